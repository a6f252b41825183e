"""`each`, `when`, `switch`, `given`, `loop`: Python's control flow, for values that do not exist yet.

Outside a pipeline each of them does at once what it would put into the graph.
"""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast, overload

from flowdsl.dsl.bodies import check_body, check_condition, check_same, item_types, label_of
from flowdsl.dsl.cases import each_now, is_count
from flowdsl.dsl.computing import type_of_value
from flowdsl.dsl.handles import Handle, is_handle, name_of, refuse_as_options
from flowdsl.dsl.labels import label_for
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import RegionPorts, Scope, current
from flowdsl.dsl.strays import refuse_stray
from flowdsl.dsl.tracing import Body, trace_body
from flowdsl.dsl.wiring import call_node
from flowdsl.errors.tracing import (
    OptionError,
    PlainConditionError,
)
from flowdsl.ir.expr import Scalar
from flowdsl.ir.node import Port
from flowdsl.ir.policy import Limits
from flowdsl.ir.types import ANYTHING, ListOf, Type

T = TypeVar("T")
R = TypeVar("R")
C = TypeVar("C")
K = TypeVar("K")


class _NotGiven:
    """Stands for an argument that was left out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not given>"


_UNSET = _NotGiven()


@overload
def each(
    items: Iterable[T],
    do: Callable[[T], R],
    /,
    *,
    max_parallel: int | None = None,
    skip_failed: bool = False,
    name: str | None = None,
) -> list[R]: ...
@overload
def each(
    items: Iterable[T], do: Callable[[C, T], C], /, *, carry: C, name: str | None = None
) -> C: ...
def each(
    items: object,
    do: Callable[..., object],
    /,
    *,
    carry: object = _UNSET,
    max_parallel: int | None = None,
    skip_failed: bool = False,
    name: str | None = None,
) -> object:
    """Do something for every item; the results come in the items' order.

    Args:
        items: Any collection.
        do: A step, a pipeline or a function of one item. With `carry`, of the carried value and the item.
        carry: Start value of a fold: items run one after the other, and the last value is the result.
        max_parallel: Items at work at once; the run's limit by default.
        skip_failed: A failed item's result is left out, so there are fewer results than items, and the events say
            which item failed; by default one failed item fails the whole.
        name: The node's name; `each_…` by default.

    Raises:
        NotAStepError: `do` can't be called, or is an `async def` that is not a step.
        OptionError: `max_parallel` is below 1, or `skip_failed` stands beside `carry`.
    """
    check_body("each", do, "a step, a pipeline or a function of one item")
    refuse_as_options("each()", {"max_parallel": max_parallel, "skip_failed": skip_failed})
    if max_parallel is not None and not is_count(max_parallel):
        raise OptionError(
            "each()",
            "max_parallel",
            f"must be a whole number from 1, not {max_parallel!r}",
            place=here(),
        )
    folds = carry is not _UNSET
    if folds and skip_failed:
        raise OptionError(
            "each()",
            "skip_failed",
            "can't stand beside 'carry': each round needs the value of the one before",
            advice="let the step itself give the carried value back when it fails.",
            place=here(),
        )
    scope = current()
    if scope is None:
        return each_now(cast("Iterable[object]", items), do, carry, _UNSET, skip_failed=skip_failed)
    label = label_for("each()", name, label_of("each", do))
    ports = RegionPorts("items", "item", "carry")
    items_type, item_type = item_types(scope, items, label)
    carry_type = type_of_value(carry) if folds else ANYTHING

    def call(body: Scope) -> object:
        item = body.add_input("item", item_type)
        return do(body.add_input("carry", carry_type), item) if folds else do(item)

    body = trace_body(scope, ports, label, call)
    if folds:
        check_same(scope, body.output, carry_type, f"{label}'s next value")
    pairs: list[tuple[Port, object]] = [(Port("items", items_type), items)]
    if folds:
        pairs.append((Port("carry", carry_type), carry))
    pairs += ports.wired()
    from flowdsl.ir.region_nodes import Each

    node = Each(
        label=label,
        inputs=tuple(port for port, _ in pairs),
        output=carry_type if folds else ListOf(body.output),
        body=body.graph,
        limits=Limits(max_parallel),
        carry=folds,
        on_item_error="skip" if skip_failed else "fail",
    )
    return call_node(scope, node, pairs)


# Four ways to say it, since mypy can't solve `Callable[[], T] | T` for two lambdas.
@overload
def when(
    condition: bool,  # noqa: FBT001 - it is the question itself
    then: Callable[[], T],
    /,
    otherwise: Callable[[], T],
) -> T: ...
@overload
def when(condition: bool, then: Callable[[], T], /, otherwise: T) -> T: ...  # noqa: FBT001 - likewise
@overload
def when(condition: bool, then: T, /, otherwise: Callable[[], T]) -> T: ...  # noqa: FBT001 - likewise
@overload
def when(condition: bool, then: T, /, otherwise: T) -> T: ...  # noqa: FBT001 - likewise
def when(condition: bool, then: object, /, otherwise: object) -> object:  # noqa: FBT001 - likewise
    """One of two values; only the chosen branch runs.

    Args:
        condition: A comparison or another truth about steps' results.
        then: What to do if it holds: a function without parameters, or a value.
        otherwise: Likewise, if not.

    Raises:
        PlainConditionError: The condition is decided already.
    """
    scope = current()
    if scope is None:
        return _branch_now(then if condition else otherwise)
    asked = _condition(scope, "when()", condition)
    return _switch("when", asked, ((True, then), (False, otherwise)))


@overload
def given(value: T | None, then: Callable[[T], R], /, otherwise: Callable[[], R]) -> R: ...
@overload
def given(value: T | None, then: Callable[[T], R], /, otherwise: R) -> R: ...
def given(value: T | None, then: Callable[[T], R], /, otherwise: object) -> object:
    """`then(value)` if there is a value, else `otherwise`; inside `then` it can't be `None`.

    Args:
        value: Something that may be `None`.
        then: A step, a pipeline or a function of the value.
        otherwise: A function without parameters, or a value.
    """
    from flowdsl.dsl.words import is_none

    scope = current()
    if scope is None:
        return then(value) if value is not None else _branch_now(otherwise)
    if not is_handle(value):
        raise PlainConditionError("given()", value, is_condition=False, place=here())
    held = cast("Handle", value)

    def present() -> object:
        from flowdsl.dsl.cases import narrowed

        return then(cast("T", narrowed(held)))

    asked = cast("Handle", is_none(cast("object", held)))
    branches = ((True, otherwise), (False, present))
    return _switch("given", asked, branches)


@overload
def switch(subject: K, cases: Mapping[K, Callable[[], T]], /) -> T: ...
@overload
def switch(subject: K, cases: Mapping[K, Callable[[], T]], /, default: Callable[[], T]) -> T: ...
@overload
def switch(subject: K, cases: Mapping[K, Callable[[], T]], /, default: T) -> T: ...
@overload
def switch(
    subject: K, cases: Mapping[K, Callable[[], T] | T], /, default: Callable[[], T]
) -> T: ...
@overload
def switch(subject: K, cases: Mapping[K, Callable[[], T] | T], /, default: T = ...) -> T: ...
def switch(subject: object, cases: Mapping[K, object], /, default: object = _UNSET) -> object:
    """One of several values, chosen by what the subject equals; only the chosen branch runs.

    Args:
        subject: A text, number, truth or enum member.
        cases: Branch per value: a function without parameters, or a value.
        default: The branch for all other values; may be left out where the cases cover a `Literal` or an enum.

    Raises:
        SwitchCasesError: No cases, or a value without a case and no default, when nothing is traced.
    """
    from flowdsl.dsl.cases import case_problems, case_value, chosen

    scope = current()
    if scope is None:
        return _branch_now(chosen(subject, tuple(cases.items()), default, _UNSET))
    if not is_handle(subject):
        raise PlainConditionError("switch()", subject, is_condition=False, place=here())
    held = cast("Handle", subject)
    type_ = held._flow_type
    place = here()
    scope.session.problems += case_problems(
        name_of(held), type_, tuple(cases), place, has_default=default is not _UNSET
    )
    branches = tuple((case_value(key), branch) for key, branch in cases.items())
    return _switch("switch", held, branches, default)


def loop(
    start: T,
    do: Callable[[T], T],
    /,
    *,
    until: Callable[[T], bool] | None = None,
    while_: Callable[[T], bool] | None = None,
    max_rounds: int = 10,
    keep_last: bool = False,
    name: str | None = None,
) -> T:
    """Do something to a value again and again.

    Args:
        start: The first value.
        do: A step, a pipeline or a function: the value of this round → that of the next.
        until: Asked about each new value; the loop ends when it holds.
        while_: Asked before each round; the loop ends when it does not hold.
        max_rounds: Upper bound of rounds, at least 1.
        keep_last: Reaching the bound is no error; the last value is the result.
        name: The node's name; `loop_…` by default.

    Raises:
        OptionError: Neither `until` nor `while_`, or a bound below 1.
    """
    check_body("loop", do, "a step, a pipeline or a function of the value")
    refuse_as_options("loop()", {"max_rounds": max_rounds, "keep_last": keep_last})
    if until is None and while_ is None:
        raise OptionError(
            "loop()",
            "until",
            "is missing: nothing would end the loop but max_rounds",
            advice="write loop(start, body, until=lambda value: …), or while_=….",
            place=here(),
        )
    if not is_count(max_rounds):
        raise OptionError(
            "loop()",
            "max_rounds",
            f"must be a whole number from 1, not {max_rounds!r}",
            place=here(),
        )
    scope = current()
    if scope is None:
        from flowdsl.dsl.cases import loop_now

        return loop_now(start, do, until, while_, max_rounds, keep_last=keep_last)
    label = label_for("loop()", name, label_of("loop", do))
    ports = RegionPorts("carry")
    type_ = type_of_value(start)

    def round_(body: Scope) -> object:
        return do(cast("T", body.add_input("carry", type_)))

    def test(body: Scope) -> object:
        assert while_ is not None  # noqa: S101 - only traced where there is one
        answer = while_(cast("T", body.add_input("carry", type_)))
        check_condition(body, answer, type_of_value(answer), "while_=")
        return answer

    stop = cast("Callable[[Handle], object] | None", until)
    body = trace_body(scope, ports, label, round_, stop=stop)
    check_same(scope, body.output, type_, f"{label}'s next value")
    asked = None if while_ is None else trace_body(scope, ports, f"{label} while", test)
    pairs = [(Port("carry", type_), cast("object", start)), *ports.wired()]
    from flowdsl.ir.region_nodes import While

    node = While(
        label=label,
        inputs=tuple(port for port, _ in pairs),
        output=type_,
        body=body.graph,
        test=None if asked is None else asked.graph,
        max_rounds=max_rounds,
        on_limit="keep" if keep_last else "fail",
    )
    return cast("T", call_node(scope, node, pairs))


def _switch(
    label: str,
    subject: Handle,
    branches: Iterable[tuple[Scalar, object]],
    default: object = _UNSET,
) -> Handle:
    from flowdsl.ir.select import join

    scope = _tracing()
    ports = RegionPorts("on")
    from flowdsl.ir.region_nodes import Case, Switch

    cases: list[Case] = []
    outputs: list[Type] = []
    for key, branch in branches:
        body = _branch(scope, ports, f"{label} {key!r}", branch)
        cases.append(Case(key, body.graph))
        outputs.append(body.output)
    other = None
    if default is not _UNSET:
        other = _branch(scope, ports, f"{label} otherwise", default)
        outputs.append(other.output)
    pairs: list[tuple[Port, object]] = [(Port("on", subject._flow_type), subject), *ports.wired()]
    node = Switch(
        label=label,
        inputs=tuple(port for port, _ in pairs),
        output=join(outputs),
        cases=tuple(cases),
        default=None if other is None else other.graph,
    )
    return call_node(scope, node, pairs)


def _tracing() -> Scope:
    scope = current()
    assert scope is not None  # noqa: S101 - only called while tracing
    return scope


def _branch(scope: Scope, ports: RegionPorts, name: str, branch: object) -> Body:
    def call(_: Scope) -> object:
        result = _branch_now(branch)
        refuse_stray(result, name)
        return result

    return trace_body(scope, ports, name, call)


def _branch_now(branch: object) -> object:
    return branch() if not is_handle(branch) and callable(branch) else branch


def _condition(scope: Scope, where: str, condition: object) -> Handle:
    if not is_handle(condition):
        raise PlainConditionError(where, condition, place=here())
    held = cast("Handle", condition)
    check_condition(scope, held, held._flow_type, where)
    return held
