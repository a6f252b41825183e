"""Computes expressions: a tree becomes nested closures once, and is then called with values. No `eval`, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import TypeAlias

from flowdsl.errors import FlowError
from flowdsl.errors.expressions import EvaluationError, OutsizeError, UnknownNameError
from flowdsl.expressions.bounds import MAX_DEPTH, readable, refuse_method
from flowdsl.expressions.operators import Operator, row_of, spine
from flowdsl.ir.expr import Apply, Const, Expr, Name, names_in
from flowdsl.ir.narrowing import is_dict

_Values: TypeAlias = tuple[object, ...]
_Code: TypeAlias = Callable[[_Values], object]
_Finish: TypeAlias = Callable[[object, _Values], object]

_CLOSURES = 40
"""Operators on a spine that become nested closures; a longer spine is run by a loop."""
_OFFERED = 200
"""Keys among which near names are sought."""


def evaluate(expr: Expr, values: Mapping[str, object]) -> object:
    """The value of an expression.

    Args:
        expr: The tree.
        values: A value for each name in it; others are ignored.

    Raises:
        EvaluationError: An operator has no value for its operands (its own exception is the cause).
        OutsizeError: The value, or the tree, is larger than expressions may be.
        UnknownNameError: A name has no value, whether or not it would have been reached.
        UnknownOperatorError: The tree has an operator that the table lacks.
    """
    names = names_in(expr)
    for name in names:
        if name not in values:
            raise UnknownNameError(name, known=tuple(values))
    return _compile(expr, {name: index for index, name in enumerate(names)}, 0)(
        tuple(values[name] for name in names)
    )


def compile_expr(expr: Expr, names: Sequence[str]) -> Callable[..., object]:
    """The expression as a function of positional values, one for each of `names`; some tenths of a µs a call.

    Raises:
        OutsizeError: The tree nests more than `MAX_DEPTH` levels.
        UnknownNameError: The tree reads a name that is not in `names`.
        UnknownOperatorError: The tree has an operator that the table lacks.
    """
    code = _compile(expr, {name: index for index, name in enumerate(names)}, 0)

    def compute(*values: object) -> object:
        return code(values)

    return compute


def _compile(expr: Expr, slots: Mapping[str, int], depth: int) -> _Code:
    if depth > MAX_DEPTH:
        raise OutsizeError("an expression nested deeper", limit=MAX_DEPTH, unit="levels")
    innermost, around = spine(expr)
    code = _leaf(innermost, slots)
    if len(around) > _CLOSURES:
        return _looped(code, [_finish(row, apply, slots, depth) for row, apply in around])
    for row, apply in around:
        code = _closure(row, apply, code, slots, depth)
    return code


def _leaf(expr: Expr, slots: Mapping[str, int]) -> _Code:
    match expr:
        case Name(name):
            if name not in slots:
                raise UnknownNameError(name, known=tuple(slots))
            return itemgetter(slots[name])
        case Const(value):
            return lambda _: value
        case _:
            function = row_of(expr).function
            return lambda _: function()


def _looped(first: _Code, steps: list[_Finish]) -> _Code:
    def run(values: _Values) -> object:
        value = first(values)
        for finish in steps:
            value = finish(value, values)
        return value

    return run


def _closure(
    row: Operator, apply: Apply, first: _Code, slots: Mapping[str, int], depth: int
) -> _Code:
    match apply.operands:
        case (_,) if not row.lazy:
            return _unary(apply, row.function, first)
        case (_, Const(str() as name)) if row.key == "attr" and readable(name):
            return _field(apply, first, name)
        case (_, Const(constant)) if not row.lazy:
            return _binary_const(apply, row.function, first, constant)
        case (_, second) if not row.lazy:
            return _binary(apply, row.function, first, _compile(second, slots, depth + 1))
        case _:
            finish = _finish(row, apply, slots, depth)
            return lambda values: finish(first(values), values)


def _unary(apply: Apply, function: Callable[..., object], first: _Code) -> _Code:
    def run(values: _Values) -> object:
        value = first(values)
        try:
            return function(value)
        except FlowError:
            raise
        except Exception as error:
            raise _failed(apply, (value,), error) from error

    return run


def _field(apply: Apply, first: _Code, name: str) -> _Code:
    def run(values: _Values) -> object:
        owner = first(values)
        try:
            found: object = getattr(owner, name)
            if callable(found):
                refuse_method(name)
        except FlowError:
            raise
        except Exception as error:
            raise _failed(apply, (owner, name), error) from error
        return found

    return run


def _binary_const(
    apply: Apply, function: Callable[..., object], first: _Code, second: object
) -> _Code:
    def run(values: _Values) -> object:
        value = first(values)
        try:
            return function(value, second)
        except FlowError:
            raise
        except Exception as error:
            raise _failed(apply, (value, second), error) from error

    return run


def _binary(apply: Apply, function: Callable[..., object], first: _Code, second: _Code) -> _Code:
    def run(values: _Values) -> object:
        left = first(values)
        right = second(values)
        try:
            return function(left, right)
        except FlowError:
            raise
        except Exception as error:
            raise _failed(apply, (left, right), error) from error

    return run


def _finish(row: Operator, apply: Apply, slots: Mapping[str, int], depth: int) -> _Finish:
    """What is left to do when the value of the first operand is there."""
    rest = [_compile(operand, slots, depth + 1) for operand in apply.operands[1:]]
    if row.key == "if":
        return _finish_choice(apply, *rest)
    if row.lazy:
        return _finish_junction(apply, rest, stop=row.key == "any_of")

    def finish(first: object, values: _Values) -> object:
        operands = (first, *[code(values) for code in rest])
        try:
            return row.function(*operands)
        except FlowError:
            raise
        except Exception as error:
            raise _failed(apply, operands, error) from error

    return finish


def _finish_choice(apply: Apply, then: _Code, otherwise: _Code) -> _Finish:
    def finish(condition: object, values: _Values) -> object:
        return then(values) if _truth(apply, condition) else otherwise(values)

    return finish


def _finish_junction(apply: Apply, rest: list[_Code], *, stop: bool) -> _Finish:
    def finish(first: object, values: _Values) -> object:
        if _truth(apply, first) is stop:
            return stop
        for code in rest:
            if _truth(apply, code(values)) is stop:
                return stop
        return not stop

    return finish


def _truth(apply: Apply, value: object) -> bool:
    try:
        return bool(value)
    except FlowError:
        raise
    except Exception as error:
        raise _failed(apply, (value,), error) from error


def _failed(apply: Apply, operands: tuple[object, ...], error: Exception) -> EvaluationError:
    """The error to raise instead of what an operator raised."""
    from flowdsl.expressions.writer import describe

    missing: str | None = None
    known: Iterable[object] = ()
    match error, operands:
        case KeyError(), (mapping, key) if is_dict(mapping):
            missing, known = str(key), mapping
        case AttributeError(), (owner, str() as name):
            missing, known = name, _fields(owner)
        case _:
            pass
    return EvaluationError(
        describe(apply),
        operands=tuple(type(operand).__name__ for operand in operands),
        reason=f"{type(error).__name__}: {error}".rstrip(". "),
        missing=missing,
        known=tuple(map(str, islice(known, _OFFERED))),
    )


def _fields(owner: object) -> list[str]:
    """Names of an object's own fields, as far as it lists them."""
    found: dict[str, object] = getattr(owner, "__dict__", {}) or getattr(
        owner, "__dataclass_fields__", {}
    )
    return [name for name in found if not name.startswith("_")]
