"""Plain functions: on the loop, in place, on the lane, on threads, in a process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from inspect import iscoroutine
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, TypeGuard

from flowdsl.errors.run import CoroutineResultError, MissingFunctionError, ProcessStepError
from flowdsl.runtime.binding import Binding, binding_of, call_of
from flowdsl.runtime.lanes import call_by_name
from flowdsl.runtime.ops import At, Crew, Mode, Op, Values

if TYPE_CHECKING:
    from flowdsl.ir.data_nodes import Transform

_CREWS = {
    "loop": Crew.LOOP,
    "inline": Crew.LOOP,
    "lane": Crew.LANE,
    "threads": Crew.THREADS,
    "process": Crew.PROCESS,
}


def make_transform(op: Op, node: Transform, slots: dict[str, int]) -> None:
    """Make a plain function's op."""
    function = node.function.target
    if function is None:
        op.mode, op.handle = Mode.HANDLE, partial(_missing, node.function.origin)
        return
    binding = binding_of(node, slots)
    call = call_of(function, binding)
    op.names_context = names_context(function)
    if node.function.is_async:
        op.mode = Mode.AWAIT
        op.acall = _awaited(call)
        return
    op.crew = _CREWS[node.lane]
    if node.lane in ("inline", "loop"):
        op.mode = Mode.CALL
        op.invoke = _plain(call, op)
    elif node.lane == "process":
        op.mode, op.handle = Mode.HANDLE, partial(_in_process, node, binding)
    else:
        op.mode = Mode.HANDLE
        op.handle = partial(_on_thread, _plain(call, op))


def is_awaitable_call(
    call: Callable[[Values], object],
) -> TypeGuard[Callable[[Values], Awaitable[object]]]:
    """What an `async def` gives is awaitable; the node says that it is one."""
    return callable(call)


def _awaited(call: Callable[[Values], object]) -> Callable[[Values], Awaitable[object]]:
    assert is_awaitable_call(call)  # noqa: S101 - narrows only
    return call


def _plain(call: Callable[[Values], object], op: Op) -> Callable[[Values], object]:
    def invoke(values: Values) -> object:
        value = call(values)
        if iscoroutine(value):
            value.close()
            raise CoroutineResultError(op.id, place=op.place)
        return value

    return invoke


def names_context(function: object, seen: frozenset[object] = frozenset()) -> bool:
    """Whether a function, or one of those it names, names a `ContextVar`; true where nobody can tell."""
    code = getattr(function, "__code__", None)
    if not isinstance(function, FunctionType) or not isinstance(code, CodeType):
        return True
    cells = [cell.cell_contents for cell in function.__closure__ or () if not _is_empty(cell)]
    named = [function.__globals__[name] for name in code.co_names if name in function.__globals__]
    found = [*cells, *named]
    seen |= {code}
    return any(isinstance(each, ContextVar) for each in found) or any(
        names_context(each, seen)
        for each in found
        if isinstance(each, FunctionType) and each.__code__ not in seen
    )


def _is_empty(cell: CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return True
    return False


async def _missing(origin: str, at: At) -> object:
    raise MissingFunctionError(at.op.id, origin)


async def _on_thread(invoke: Callable[[Values], object], at: At) -> object:
    lanes = at.execution.lanes
    threads = lanes.lane if at.op.crew is Crew.LANE else lanes.threads
    return await threads.run(partial(invoke, at.frame.values))


async def _in_process(node: Transform, binding: Binding, at: At) -> object:
    function, op = node.function, at.op
    why = _why_not_by_name(function.module, function.qualname)
    if why:
        raise ProcessStepError(op.id, why, place=op.place)
    args, kwargs = binding.arguments(at.frame.values)
    why = _why_not_pickled((args, kwargs))
    if why:
        raise ProcessStepError(op.id, why, place=op.place)
    future = at.execution.lanes.processes.submit(
        call_by_name, function.module, function.qualname, args, kwargs
    )
    return await asyncio.wrap_future(future)


def _why_not_by_name(module: str, qualname: str) -> str:
    if "<locals>" in qualname:
        return "it is defined inside another function, where no other process can find it"
    import sys

    main = sys.modules.get("__main__")
    if module == "__main__" and getattr(main, "__file__", None) is None:
        return "it is defined in a notebook or at a prompt, where no other process can find it"
    return ""


def _why_not_pickled(arguments: object) -> str:
    from pickle import PicklingError, dumps

    try:
        dumps(arguments)
    except (PicklingError, TypeError, AttributeError) as error:
        return f"what it is handed cannot be sent there ({error})"
    return ""
