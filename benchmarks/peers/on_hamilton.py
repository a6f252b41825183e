"""Apache Hamilton, async driver: functions made by hand, since their names and parameters are the graph."""

# Its packages are in a virtual environment of their own, where pyright does not look.
# pyright: basic
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from benchmarks.peers.measure import measure
from benchmarks.workloads import CHAIN, FAN, FAN_LATENCY_S, answer, noop


def function(
    name: str, parents: list[str], work: Callable[..., Awaitable[int]]
) -> Callable[..., Awaitable[int]]:
    """An async function with these parameters."""

    async def node(**values: int) -> int:
        return await work(*values.values())

    parameters = [
        inspect.Parameter(each, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=int)
        for each in parents
    ]
    node.__name__ = node.__qualname__ = name
    node.__annotations__ = {**dict.fromkeys(parents, int), "return": int}
    node.__signature__ = inspect.Signature(parameters, return_annotation=int)
    return node


async def driver(functions: list[Callable[..., Awaitable[int]]]) -> object:
    from hamilton import ad_hoc_utils, async_driver, base

    module = ad_hoc_utils.create_temporary_module(*functions)
    builder = async_driver.Builder().with_modules(module).with_adapters(base.DictResult())
    return await builder.build()


async def main() -> None:
    steps = [function("s0", ["x"], noop)]
    steps += [function(f"s{n}", [f"s{n - 1}"], noop) for n in range(1, CHAIN)]
    chain_driver = await driver(steps)

    async def late(x: int) -> int:
        return await answer(FAN_LATENCY_S, x)

    async def join(*values: int) -> int:
        return sum(values)

    names = [f"f{n}" for n in range(FAN)]
    fan_driver = await driver(
        [*(function(name, ["x"], late) for name in names), function("total", names, join)]
    )

    async def chain() -> None:
        done = await chain_driver.execute([f"s{CHAIN - 1}"], inputs={"x": 0})
        assert done[f"s{CHAIN - 1}"] == CHAIN

    async def fan() -> None:
        done = await fan_driver.execute(["total"], inputs={"x": 0})
        assert done["total"] == FAN

    await measure(chain, fan)


asyncio.run(main())
