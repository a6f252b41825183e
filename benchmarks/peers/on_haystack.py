"""Haystack, Pipeline.run_async with its limit raised to the width of the fan-out."""

# Its packages are in a virtual environment of their own, where pyright does not look.
# pyright: basic
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false, reportCallIssue=false

from haystack import Pipeline, component
from haystack.core.component.types import Variadic

from benchmarks.peers.measure import main
from benchmarks.workloads import CHAIN, FAN, FAN_LATENCY_S, answer, noop


@component
class Noop:
    @component.output_types(y=int)
    def run(self, x: int) -> dict[str, int]:
        return {"y": x + 1}

    @component.output_types(y=int)
    async def run_async(self, x: int) -> dict[str, int]:
        return {"y": await noop(x)}


@component
class Late:
    @component.output_types(y=int)
    def run(self, x: int) -> dict[str, int]:
        return {"y": x + 1}

    @component.output_types(y=int)
    async def run_async(self, x: int) -> dict[str, int]:
        return {"y": await answer(FAN_LATENCY_S, x)}


@component
class Total:
    @component.output_types(total=int)
    def run(self, xs: Variadic[int]) -> dict[str, int]:
        return {"total": sum(xs)}


chain_flow, fan_flow = Pipeline(), Pipeline()
for number in range(CHAIN):
    chain_flow.add_component(f"s{number}", Noop())
    if number:
        chain_flow.connect(f"s{number - 1}.y", f"s{number}.x")
fan_flow.add_component("join", Total())
for number in range(FAN):
    fan_flow.add_component(f"f{number}", Late())
    fan_flow.connect(f"f{number}.y", "join.xs")


async def chain() -> None:
    done = await chain_flow.run_async({"s0": {"x": 0}})
    assert done[f"s{CHAIN - 1}"]["y"] == CHAIN


async def fan() -> None:
    items = {f"f{number}": {"x": 0} for number in range(FAN)}
    done = await fan_flow.run_async(items, concurrency_limit=FAN)
    assert done["join"]["total"] == FAN


main(chain, fan)
