"""Parts of `switch`, `given`, `each`, `loop`: which case is meant, and the same done at once outside a pipeline."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from typing import TypeVar

from flowdsl.dsl.handles import Handle, handle
from flowdsl.dsl.scope import current
from flowdsl.errors.base import FlowError, Place, near
from flowdsl.errors.tracing import OptionError, SwitchCasesError
from flowdsl.ir.data_nodes import Compute
from flowdsl.ir.expr import Name, Scalar
from flowdsl.ir.graph import Edge
from flowdsl.ir.node import Port
from flowdsl.ir.types import BOOL, Choice, EnumOf, Type

T = TypeVar("T")

_SCALARS = (str, int, float, bool, type(None))


def is_count(value: object) -> bool:
    """Whether a value is a whole number from 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def case_value(key: object) -> Scalar:
    """A case's key as the graph holds it: an enum member by its value."""
    plain = key.value if isinstance(key, Enum) else key
    return plain if isinstance(plain, _SCALARS) else repr(plain)


def case_problems(
    subject: str, type_: Type, keys: tuple[object, ...], place: Place, *, has_default: bool
) -> list[FlowError]:
    """What is wrong with the keys of a `switch` over a subject of this type."""
    found: list[FlowError] = []
    if not keys:
        found.append(
            SwitchCasesError(
                subject,
                "there are no cases",
                instead="give at least one: {value: branch}",
                place=place,
            )
        )
    odd = [key for key in keys if not isinstance(key, (*_SCALARS, Enum))]
    found += [
        SwitchCasesError(
            subject,
            f"{key!r} can't be a case",
            instead="use texts, numbers, truths or enum members",
            place=place,
        )
        for key in odd
    ]
    possible = _possible(type_)
    if possible is None:
        if not has_default:
            found.append(
                SwitchCasesError(
                    subject,
                    "other values have no branch",
                    instead="give default=…, or declare the subject as a Literal or an enum",
                    place=place,
                )
            )
        return found
    given = {case_value(key) for key in keys}
    for value in sorted(given - set(possible), key=repr):
        advice = near(str(value), [str(each) for each in possible])
        found.append(
            SwitchCasesError(
                subject, f"it is never {value!r}", instead=advice or "drop the case", place=place
            )
        )
    missing = [value for value in possible if value not in given]
    if missing and not has_default:
        listed = ", ".join(map(repr, missing))
        found.append(
            SwitchCasesError(
                subject, f"no case for {listed}", instead="add the cases, or default=…", place=place
            )
        )
    return found


def _possible(type_: Type) -> tuple[Scalar, ...] | None:
    match type_:
        case Choice(values):
            return values
        case EnumOf(_, members):
            return tuple(value for _, value in members)
        case _:
            return (True, False) if type_ == BOOL else None


def chosen(
    subject: object, cases: tuple[tuple[object, object], ...], default: object, unset: object
) -> object:
    """The branch of a `switch` that is done at once.

    Raises:
        SwitchCasesError: No case fits and there is no default.
    """
    for key, branch in cases:
        if key == subject and type(case_value(key)) is type(case_value(subject)):
            return branch
    if default is unset:
        raise SwitchCasesError(
            "subject", f"no case for {subject!r}", instead="add the case, or default=…"
        )
    return default


def narrowed(value: Handle) -> Handle:
    """In a branch where a value is known not to be `None`: the same value without `None` in its type."""
    from flowdsl.ir.select import without_none

    scope = current()
    assert scope is not None  # noqa: S101 - branches are only called while tracing
    source = scope.source_of(value)
    type_ = without_none(value._flow_type)
    node = Compute(
        label="present",
        inputs=(Port(str(source), value._flow_type, kind="keyword"),),
        output=type_,
        expr=Name(str(source)),
    )
    made = scope.add("present", node, None)
    scope.edges.append(Edge(source, made, str(source)))
    return handle(scope, made, type_)


def each_now(
    items: Iterable[object],
    do: Callable[..., object],
    carry: object,
    unset: object,
    *,
    skip_failed: bool,
) -> object:
    """An `each` done at once, outside a pipeline."""
    if carry is unset:
        results: list[object] = []
        for item in items:
            with suppress(*((Exception,) if skip_failed else ())):
                results.append(do(item))
        return results
    for item in items:
        carry = do(carry, item)
    return carry


def loop_now(
    value: T,
    do: Callable[[T], T],
    until: Callable[[T], bool] | None,
    while_: Callable[[T], bool] | None,
    max_rounds: int,
    *,
    keep_last: bool,
) -> T:
    """A `loop` done at once, outside a pipeline.

    Raises:
        OptionError: The bound was reached and `keep_last` is off.
    """
    for _ in range(max_rounds):
        if while_ is not None and not while_(value):
            return value
        value = do(value)
        if until is not None and until(value):
            return value
    if keep_last or (while_ is not None and not while_(value)):
        return value
    raise OptionError("loop()", "max_rounds", f"was reached: {max_rounds} rounds did not end it")
