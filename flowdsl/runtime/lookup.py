"""Finding nodes in the frames of a run: by id, by label, by address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.errors.run import NoSuchNodeError, NoValueError
from flowdsl.ir.ids import NodeId
from flowdsl.ir.region_nodes import Each, While
from flowdsl.runtime.ops import UNSET

if TYPE_CHECKING:
    from flowdsl.runtime.ops import Frame, Op, Plan


def steps_of(frame: Frame) -> Iterator[tuple[str, Frame, Op]]:
    """Address, frame and op of everything a frame could run, bodies after their region."""
    todo: list[Iterator[tuple[Frame, Op]]] = [_ops_of(frame)]
    while todo:
        at = next(todo[-1], None)
        if at is None:
            todo.pop()
            continue
        inner, op = at
        yield inner.prefix + op.id, inner, op
        children = (inner.children or {}).get(op.index)
        if children:
            todo += map(_ops_of, reversed(children))


def _ops_of(frame: Frame) -> Iterator[tuple[Frame, Op]]:
    return ((frame, op) for op in frame.plan.ops)


def look_up(root: Frame, name: str) -> object:
    """A node's value, or the list of its values where it stands in a body that runs often.

    Raises:
        NoSuchNodeError: There is no node of that name.
        NoValueError: It has no value.
    """
    if "/" in name:
        return _by_address(root, name)
    found = _find(root, name)
    if found is not UNSET:
        return found
    if name in set(names_in(root.plan)):
        raise NoValueError(f"'{name}'", _why(root, name))
    raise NoSuchNodeError(name, dict.fromkeys(names_in(root.plan)))


def _why(root: Frame, name: str) -> str:
    for path, frame, op in steps_of(root):
        if name in (op.id, op.node.label, path):
            failure = (frame.failures or {}).get(op.index)
            return failure.message if failure is not None else "it was not run to its end"
    return "the branch it stands in was not taken"


def _by_address(root: Frame, address: str) -> object:
    for path, frame, op in steps_of(root):
        if path == address:
            value = frame.values[op.index]
            if value is UNSET:
                raise NoValueError(f"'{address}'", _why(root, address))
            return value
    raise NoSuchNodeError(address, [path for path, _, _ in steps_of(root)])


def names_in(plan: Plan) -> Iterator[str]:
    """Every name a node of the plan or its bodies can be asked by."""
    yield from plan.ids
    for op in plan.ops:
        yield op.node.label
        for _, body in op.bodies:
            yield from names_in(body)


def _slot(plan: Plan, name: str) -> int | None:
    slot = plan.index.get(NodeId(name))
    if slot is not None:
        return slot
    return next((op.index for op in plan.ops if op.node.label == name), None)


def _find(frame: Frame, name: str) -> object:
    slot = _slot(frame.plan, name)
    if slot is not None:
        return frame.values[slot]
    for op in frame.plan.ops:
        if any(name in set(names_in(body)) for _, body in op.bodies):
            found = _in_region(frame, op, name)
            if found is not UNSET:
                return found
    return UNSET


def _in_region(frame: Frame, op: Op, name: str) -> object:
    children = [
        child
        for child in (frame.children or {}).get(op.index, ())
        if not child.is_dead and name in set(names_in(child.plan))
    ]
    if not isinstance(op.node, Each | While):
        return next(
            (v for v in (_find(child, name) for child in children) if v is not UNSET), UNSET
        )
    is_whole = not frame.forgot or op.index not in frame.forgot
    if is_whole:
        found = [_find(child, name) for child in children]
        return [None if value is UNSET else value for value in found] if found else UNSET
    body = op.bodies[-1][1]
    if isinstance(op.node, Each) and _slot(body, name) == body.outputs.get("value"):
        return frame.values[op.index]
    raise NoValueError(
        f"'{name}'", f"only the first {len(children)} rounds of '{op.id}' are remembered"
    )
