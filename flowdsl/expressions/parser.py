"""Reads an expression from text; an error knows its line, its column and what could have stood there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol

from flowdsl.errors import Place, near
from flowdsl.errors.expressions import ExpressionSyntaxError, OutsizeError
from flowdsl.expressions.grammar import PYTHON
from flowdsl.expressions.operators import Dialect
from flowdsl.expressions.reading import PYTHON_CALLBACKS, RefusedError
from flowdsl.ir.expr import Apply, Const, Expr, Name

if TYPE_CHECKING:
    from lark import UnexpectedInput

MAX_TEXT = 100_000
"""Characters that the text of an expression may have."""


def parse(text: str, *, dialect: Dialect = "python", place: Place | None = None) -> Expr:
    """The tree that a text stands for.

    Args:
        text: One expression; line breaks count as blanks.
        dialect: Whose grammar it follows.
        place: Where the text stands; its line and column are those of the text's first character.

    Raises:
        ExpressionSyntaxError: The text does not follow the grammar.
        OutsizeError: The text has more than `MAX_TEXT` characters.
    """
    from lark import UnexpectedInput

    if len(text) > MAX_TEXT:
        raise OutsizeError("a text this long", limit=MAX_TEXT, unit="characters")
    try:
        return as_expr(_reader(dialect).parse(text))
    except UnexpectedInput as error:
        raise _unexpected(text, error, place) from None
    except RefusedError as error:
        where = (error.line, error.column)
        raise _syntax_error(text, where, error.found, place, advice=error.advice) from None


_GRAMMARS: dict[Dialect, tuple[str, Mapping[str, Callable[..., object]]]] = {
    "python": (PYTHON, PYTHON_CALLBACKS)
}


class _Reader(Protocol):
    def parse(self, text: str) -> object: ...


@lru_cache
def _reader(dialect: Dialect) -> _Reader:
    from lark import Lark

    grammar, callbacks = _GRAMMARS[dialect]
    # Callbacks are called while reading: no tree of lark's is built, and no depth of text is too deep.
    return Lark(grammar, parser="lalr", lexer="basic", transformer=SimpleNamespace(**callbacks))


def as_expr(found: object) -> Expr:
    """A grammar's result as a tree.

    Raises:
        TypeError: The grammar has a rule without a callback.
    """
    match found:
        case Name() | Const() | Apply():
            return found
        case _:
            message = f"the grammar gave a {type(found).__name__}"
            raise TypeError(message)


_ADVICE = {
    "=": "compare with `==`.",
    "&": "write `and`.",
    "|": "write `or`.",
    "!": "write `not`.",
    "?": "write `a if condition else b`.",
    "is": "`is` takes only None; compare with `==`.",
    "for": "go over a list with each(...) or in a @step.",
    '"': "close the text with the quote that opened it.",
    "'": "close the text with the quote that opened it.",
}
_SIGNS = {
    "RPAR": "')'",
    "RSQB": "']'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "COLON": "':'",
    "ELSE": "'else'",
    "IN": "'in'",
}
_WORDS = ["and", "or", "not", "in", "is", "if", "else"]


def _unexpected(text: str, error: UnexpectedInput, place: Place | None) -> ExpressionSyntaxError:
    token: object = getattr(error, "token", None)
    kind = getattr(token, "type", "")
    where = (error.line, error.column)
    if token is None:
        sign = text[error.pos_in_stream or 0]
        return _syntax_error(
            text, where, f"'{sign}' does not fit", place, advice=_ADVICE.get(sign, "")
        )
    expected = frozenset[str](getattr(error, "accepts", None) or ())
    wanted = _wanted(expected)
    if kind == "$END":
        lines = text.rstrip().split("\n")
        found = "it ends too early" if text.strip() else "it is empty"
        return _syntax_error(text, (len(lines), len(lines[-1]) + 1), found, place, expected=wanted)
    word = str(token)
    advice = _ADVICE.get(word, "") or (
        _near_word(word) if kind == "NAME" and "NAME" not in expected else ""
    )
    return _syntax_error(
        text, where, f"'{word}' does not fit", place, expected=wanted, advice=advice
    )


def _near_word(word: str) -> str:
    advice = near(word, _WORDS)
    return advice if advice.startswith("did you mean") else ""


def _syntax_error(
    text: str,
    where: tuple[int, int],
    found: str,
    place: Place | None,
    *,
    expected: tuple[str, ...] = (),
    advice: str = "",
) -> ExpressionSyntaxError:
    line, column = where
    if place is not None:
        shift = (place.column or 1) - 1 if line == 1 else 0
        place = place._replace(line=place.line + line - 1, column=column + shift)
    return ExpressionSyntaxError(
        text,
        line=line,
        column=column,
        found=found,
        expected=expected,
        advice=advice,
        place=place,
    )


def _wanted(expected: frozenset[str]) -> tuple[str, ...]:
    """What could have stood there, in a reader's words."""
    wanted: list[str] = []
    if "STRING" in expected:
        wanted.append("a value")
    elif "NAME" in expected:
        wanted.append("a name")
    elif "NONE" in expected:
        wanted.append("'None'")
    if "STAR" in expected:
        wanted.append("an operator")
    wanted.extend(
        shown
        for sign, shown in _SIGNS.items()
        if sign in expected and (sign != "IN" or "STAR" not in expected)
    )
    return tuple(wanted)
