"""Operators on handles → expressions → compute nodes."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, cast

from flowdsl.dsl.handles import Handle, handle, is_handle, name_of
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import Scope, check_open, current, scope_of
from flowdsl.dsl.strays import note_hidden, refuse_stray
from flowdsl.errors.base import Place
from flowdsl.ir.data_nodes import Compute
from flowdsl.ir.expr import Apply, Const, Expr, Name, Scalar, names_in
from flowdsl.ir.graph import Edge
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterable

_DISPLAYS = frozenset({"list", "tuple", "dict"})
"""Their parts count by type, not as literals: `[1, 2]` is a `list[int]`."""
_SCALARS = (str, int, float, bool, type(None))


def apply(operator: str, operands: Iterable[object]) -> Handle:
    """The handle of an operator over handles and plain values; type problems are noted, not raised."""
    given = tuple(operands)
    scope = _home(given)
    exprs: list[Expr] = []
    types: dict[str, Type] = {}
    shapes: list[Expr] = []
    for number, operand in enumerate(given):
        expr, type_ = _as_expr(scope, operand)
        exprs.append(expr)
        if isinstance(expr, Const) and operator not in _DISPLAYS:
            shapes.append(expr)
        else:
            # Types of operands are known: only this one operator is left to check.
            types[f"_{number}"] = type_
            shapes.append(Name(f"_{number}"))
    result = _checked(scope, Apply(operator, tuple(shapes)), types, Apply(operator, tuple(exprs)))
    return handle(scope, NodeId(""), result, Apply(operator, tuple(exprs)), here())


def _home(operands: tuple[object, ...]) -> Scope:
    """The innermost scope among the handles in the operands; the current one without any."""
    found = current()
    for operand in _handles_in(operands):
        check_open(operand)
        owner = scope_of(operand)
        if found is None or owner.serial > found.serial:
            found = owner
    assert found is not None  # noqa: S101 - operators are reached through a handle or inside a pipeline
    return found


def _handles_in(value: object) -> Iterator[Handle]:
    if type(value) is Handle:
        yield value
    elif is_display(value):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _handles_in(part)


def _checked(scope: Scope, shape: Apply, types: Mapping[str, Type], whole: Apply) -> Type:
    from flowdsl.expressions import check

    checked = check(shape, types)
    if checked.problems:
        place = here()
        for problem in checked.problems:
            problem.message = _in_words(problem.message, scope, whole)
            problem.help = _in_words(problem.help, scope, whole)
            problem.place = place
        scope.session.problems += checked.problems
    return checked.type


def _in_words(message: str, scope: Scope, whole: Apply) -> str:
    """A message about the operands `_0`, `_1` … in terms of what they stand for."""
    texts = [_text(scope, operand) for operand in whole.operands]
    return re.sub(r"(?<!\w)_(\d+)(?!\w)", lambda found: texts[int(found[1])], message)


def _as_expr(scope: Scope, value: object) -> tuple[Expr, Type]:
    from flowdsl.ir.annotations import type_of

    if type(value) is Handle:
        return _expr_of(value), value._flow_type
    if is_scalar(value):
        return Const(value), type_of(None if value is None else type(value))
    if is_display(value):
        lifted = display(value)
        return _expr_of(lifted), lifted._flow_type
    if isinstance(value, slice):
        bounds = cast("slice[object, object, object]", value)
        cut = apply("slice", (bounds.start, bounds.stop, bounds.step))
        return _expr_of(cut), cut._flow_type
    refuse_stray(value, "an expression")
    note_hidden(scope, value, "an expression", here())
    name = f"={len(scope.session.objects)}"
    scope.session.objects[name] = value
    return Name(name), type_of(type(value))


def _expr_of(value: Handle) -> Expr:
    if value._flow_expr is not None:
        return value._flow_expr
    scope = scope_of(value)
    name = f"{scope.serial}:{value._flow_node}"
    scope.session.names.setdefault(name, value)
    return Name(name)


def is_scalar(value: object) -> TypeGuard[Scalar]:
    """Whether an expression can hold a value; by exact type, so that no subclass loses what it adds."""
    return type(value) in _SCALARS


Display: TypeAlias = "list[object] | tuple[object, ...] | dict[object, object]"


def is_display(value: object) -> TypeGuard[Display]:
    """Whether a value is a list, tuple or dict, which may hold handles."""
    return issubclass(
        type(value), (list, tuple, dict)
    )  # isinstance would ask a handle for its class


def display(value: Display) -> Handle:
    """The handle of a list, tuple or dict some of whose parts are handles."""
    if isinstance(value, dict):
        return apply("dict", [part for pair in value.items() for part in pair])
    return apply("list" if isinstance(value, list) else "tuple", value)


def holds_handles(value: object) -> bool:
    """Whether a list, tuple or dict has a handle in it, at any depth."""
    if not is_display(value):
        return is_handle(value)
    return any(map(holds_handles, value.values() if isinstance(value, dict) else value))


def type_of_value(value: object) -> Type:
    """The type of a handle or of a plain value, with the types of a collection's parts."""
    from flowdsl.ir.annotations import type_of

    if type(value) is Handle:
        return value._flow_type
    if is_display(value) and value and current() is not None:
        return display(value)._flow_type
    return type_of(None if value is None else type(value))


def materialise(scope: Scope, value: Handle) -> NodeId:
    """The compute node of an expression in a scope; equal expressions share one."""
    expr = value._flow_expr
    assert expr is not None  # noqa: S101 - bare handles need no node
    check_open(value)
    session = scope.session
    ports: list[Port] = []
    renamed: dict[str, str] = {}
    edges: list[tuple[NodeId, str]] = []
    constants: list[tuple[str, object]] = []
    for name in names_in(expr):
        if name in session.objects:
            port = renamed[name] = f"constant_{len(constants) + 1}"
            from flowdsl.ir.annotations import type_of

            ports.append(Port(port, type_of(type(session.objects[name])), kind="keyword"))
            constants.append((port, session.objects[name]))
        else:
            source = session.names.get(name, value)
            feed = scope.source_of(source)
            port = renamed[name] = str(feed)
            ports.append(Port(port, source._flow_type, kind="keyword"))
            edges.append((feed, port))
    rewritten = rename(expr, renamed)
    known = scope.computed.get(rewritten) if not constants else None
    if known is not None:
        return known
    label = _label(expr)
    node = Compute(
        label=label,
        inputs=tuple(ports),
        output=value._flow_type,
        constants=tuple(constants),
        expr=rewritten,
    )
    made = scope.add(label, node, value._flow_at)
    scope.edges += [Edge(source, made, port) for source, port in edges]
    if not constants:
        scope.computed[rewritten] = made
    return made


def constant(scope: Scope, value: object, place: Place | None) -> NodeId:
    """A node that gives a plain value."""
    note_hidden(scope, value, "the result", place or here())
    output = type_of_value(value)
    if is_scalar(value):
        return scope.add("value", Compute(label="value", output=output, expr=Const(value)), place)
    port = Port("constant_1", output, kind="keyword")
    node = Compute(
        label="value",
        inputs=(port,),
        output=output,
        constants=(("constant_1", value),),
        expr=Name("constant_1"),
    )
    return scope.add("value", node, place)


def rename(expr: Expr, names: Mapping[str, str]) -> Expr:
    """The expression with its names replaced."""
    match expr:
        case Name(name):
            return Name(names.get(name, name))
        case Const():
            return expr
        case Apply(_, operands):
            return replace(expr, operands=tuple(rename(operand, names) for operand in operands))


def _label(expr: Expr) -> str:
    match expr:
        case Apply("attr" | "getitem", (_, Const(str() as key))) if key.isidentifier():
            return key
        case Apply(operator):
            return operator.strip("_")
        case _:
            return "value"


def written(value: Handle) -> str:
    """A handle's expression as text, in terms of node names."""
    expr = value._flow_expr
    return value._flow_node if expr is None else _text(scope_of(value), expr)


def _text(scope: Scope, expr: Expr) -> str:
    from flowdsl.expressions import write

    session = scope.session
    spelled: dict[str, str] = {}
    shown: dict[str, str] = {}
    for number, name in enumerate(names_in(expr)):
        node = session.names.get(name)
        # Objects and odd names have no spelling of their own, so they are put in after writing.
        spelled[name] = f"__operand_{number}__"
        shown[spelled[name]] = (
            repr(session.objects[name])
            if name in session.objects
            else name_of(node)
            if node is not None
            else name
        )
    text = write(rename(expr, spelled))
    return re.sub(r"__operand_\d+__", lambda found: shown.get(found[0], found[0]), text)


class _Computing:
    """This module, as handles and scopes are given it: they lie below it."""

    apply = staticmethod(apply)
    written = staticmethod(written)
    materialise = staticmethod(materialise)


COMPUTING = _Computing()
