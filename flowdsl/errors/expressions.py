"""What can be wrong with an expression: its text, its operands, its types, its size."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near


class ExpressionSyntaxError(FlowError):
    """The text of an expression cannot be read.

    The column is the one of the character (or word) that does not fit; `expected` names what could
    have stood there instead.

    ```text
    size(files > 3        fails: a closing bracket is missing
    len(files) > 3        works
    ```

    Attributes:
        column: Counted from 1, in the line of the text that `line` names.
        line: Counted from 1.
        expected: What could have stood there.
    """

    code: ClassVar[str] = "FD150"

    def __init__(
        self,
        text: str,
        *,
        line: int,
        column: int,
        found: str,
        expected: tuple[str, ...] = (),
        advice: str = "",
        place: Place | None = None,
    ) -> None:
        shown = text.split("\n")[line - 1]
        where = place or Place("<expression>", line, column, snippet=shown)
        cure = advice or (f"expected {_listed(expected)}." if expected else "")
        super().__init__(f"the expression cannot be read: {found}.", place=where, help=cure)
        self.line = line
        self.column = column
        self.expected = expected


class EvaluationError(FlowError):
    """An expression has no value for the values it was given.

    The exception that Python's own operator raised is kept as `__cause__`.

    ```text
    total / len(files)                          fails for an empty list of files
    total / len(files) if len(files) > 0 else 0 works
    ```

    Attributes:
        text: The part of the expression that failed, not the whole of it.
        operands: The types of its operands' values.
    """

    code: ClassVar[str] = "FD151"

    def __init__(
        self,
        text: str,
        *,
        operands: tuple[str, ...],
        reason: str,
        missing: str | None = None,
        known: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        over = f" over {', '.join(operands)}" if operands else ""
        cure = near(missing, list(known)) if missing is not None else ""
        if not cure and "NoneType" in operands:
            cure = "a value is None: say what then with `given(value, …, otherwise=…)`."
        super().__init__(f"`{text}`{over} has no value: {reason}.", place=place, help=cure)
        self.text = text
        self.operands = operands


class UnknownNameError(FlowError):
    """An expression reads a name that its surroundings do not provide.

    Attributes:
        name: The unknown name.
    """

    code: ClassVar[str] = "FD152"

    def __init__(self, name: str, *, known: tuple[str, ...], place: Place | None = None) -> None:
        super().__init__(
            f"nothing is called '{name}' here.", place=place, help=near(name, list(known))
        )
        self.name = name


class UnknownFieldError(FlowError):
    """An expression reads a field that the value's type does not have.

    ```text
    issue.severty     fails: class Issue has `severity` and `message`
    issue.severity    works
    ```

    Attributes:
        field: The unknown field.
    """

    code: ClassVar[str] = "FD153"

    def __init__(
        self,
        text: str,
        *,
        field: str,
        owner: str,
        known: tuple[str, ...] = (),
        advice: str = "",
        place: Place | None = None,
    ) -> None:
        cure = advice or near(field, list(known))
        super().__init__(f"`{text}`: {owner} has no field '{field}'.", place=place, help=cure)
        self.field = field


class OperandTypeError(FlowError):
    """An operator is applied to values of types it does not take.

    ```text
    len(files) > "3"    fails: a number is not ordered against a text
    len(files) > 3      works
    ```

    Attributes:
        text: The part of the expression that is wrong.
        types: The types of its operands.
    """

    code: ClassVar[str] = "FD154"

    def __init__(
        self,
        text: str,
        *,
        types: tuple[str, ...],
        reason: str,
        advice: str = "",
        place: Place | None = None,
    ) -> None:
        super().__init__(f"`{text}`: {reason}.", place=place, help=advice)
        self.text = text
        self.types = types


class MayBeNoneError(FlowError):
    """A value that may be None is used where it must not be.

    ```python
    given(issue, lambda issue: issue.severity, otherwise="none")   # instead of: issue.severity
    ```

    Attributes:
        type: The type of the value, with its None.
    """

    code: ClassVar[str] = "FD155"

    def __init__(self, text: str, *, part: str, found: str, place: Place | None = None) -> None:
        super().__init__(
            f"`{text}`: '{part}' is {found} and may be None.",
            place=place,
            help=f"say what then: given({part}, lambda value: …, otherwise=…).",
        )
        self.type = found


class NeverEqualError(FlowError):
    """Two values are compared that can never be equal, so the answer is known before the run.

    ```text
    issue.severity == "hihg"    fails where severity is Literal["low", "high"]
    issue.severity == "high"    works
    ```

    Attributes:
        types: The types of the two sides.
    """

    code: ClassVar[str] = "FD156"

    def __init__(
        self, text: str, *, types: tuple[str, str], advice: str = "", place: Place | None = None
    ) -> None:
        left, right = types
        super().__init__(f"`{text}`: {left} is never equal to {right}.", place=place, help=advice)
        self.types = types


class UnwritableError(FlowError):
    """An expression holds something that its text form has no spelling for.

    Attributes:
        what: What cannot be spelled.
    """

    code: ClassVar[str] = "FD157"

    def __init__(self, what: str, *, dialect: str) -> None:
        super().__init__(
            f"{what} has no spelling in the {dialect} dialect.",
            help="give the value to the step by an input instead of writing it in the expression.",
        )
        self.what = what


class UnknownOperatorError(FlowError):
    """An expression tree names an operator that is not in the table, or gives it too few or too many operands.

    Such a tree comes out of a document written by hand or by a newer version; text and Python
    cannot make one.

    Attributes:
        operator: The key that the tree names.
    """

    code: ClassVar[str] = "FD158"

    def __init__(
        self, operator: str, *, known: tuple[str, ...] = (), found: int | None = None
    ) -> None:
        said = (
            f"there is no operator '{operator}'."
            if found is None
            else f"operator '{operator}' does not work on {found} operands of this form."
        )
        super().__init__(said, help=near(operator, list(known)))
        self.operator = operator


class OutsizeError(FlowError):
    """Computing an expression would take more memory, time or nesting than an expression may.

    Expressions may come from other people's files, so that `9 ** 9 ** 9` must not stop a machine.
    A `@step` in plain Python has no such bound.

    Attributes:
        limit: The bound, in the unit that the message names.
    """

    code: ClassVar[str] = "FD159"

    def __init__(self, what: str, *, limit: int, unit: str) -> None:
        super().__init__(
            f"{what}: an expression may go up to {limit:,} {unit}.",
            help="do it in a @step, or in several expressions.",
        )
        self.limit = limit


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
