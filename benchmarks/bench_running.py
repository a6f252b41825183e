"""Running: chain, fan-out, ragged graphs, priorities. All through `Pipeline.arun`, everything switched on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from benchmarks.timing import Pair, Row, Spread, paired, ratios_cpu
from benchmarks.workloads import (
    CHAIN,
    FAN,
    FAN_LATENCY_S,
    Job,
    bound_s,
    combine,
    critical_path_s,
    expected,
    late_chain,
    list_schedule_s,
    noop,
    ragged,
    raw_chain,
    raw_fan,
    raw_fifo,
    raw_graph,
)
from flowdsl import Pipeline, each, pipeline, step
from flowdsl.events.records import Event

step_noop = step(noop)


@step
async def model(x: int) -> int:
    await asyncio.sleep(FAN_LATENCY_S)
    return x + 1


@step
async def join(*values: int) -> int:
    return sum(values)


@step
async def join_list(values: list[int]) -> int:
    return sum(values)


@step
async def work(seconds: float, *values: int) -> int:
    await asyncio.sleep(seconds)
    return combine(values)


def sink() -> Callable[[Event], object]:
    """A listener that hears everything and keeps the last thousand."""
    return deque[Event](maxlen=1000).append


def chain_of(count: int) -> Pipeline[[int], int]:
    """A pipeline of no-op steps, one after the other."""

    def chain(x: int) -> int:
        for _ in range(count):
            x = step_noop(x)
        return x

    return pipeline(chain)


@pipeline
def fan_static() -> int:
    return join(*[model(number) for number in range(FAN)])


@pipeline
def fan_each(items: list[int]) -> int:
    return join_list(each(items, model))


def graph_of(jobs: list[Job]) -> Pipeline[[], int]:
    """A pipeline of the jobs."""

    def flow() -> int:
        values: dict[str, int] = {}
        for job in jobs:
            values[job.name] = work(job.seconds, *[values[parent] for parent in job.parents])
        return values["out"]

    return pipeline(flow)


async def rows(*, quick: bool = False) -> AsyncIterator[Row]:
    """Every line about running."""
    times = 5 if quick else 31
    per_step: dict[int, list[float]] = {}
    for count in (CHAIN, 10 * CHAIN):
        pair = await _chain(count, times)
        per_step[count] = [each_.cpu_s / count for each_ in pair.ours]
        yield Row(
            f"chain of {count}: CPU ÷ task per step",
            ratios_cpu(pair),
            0.4,
            f"{Spread.of(per_step[count]).median * 1e6:.2f} µs a step",
        )
    grown = [big / small for small, big in zip(*per_step.values(), strict=True)]
    yield Row(f"chain, {10 * CHAIN} : {CHAIN} per step", Spread.of(grown), 1.1, "")
    async for row in _fans(3 if quick else 15):
        yield row
    async for row in _graphs(1 if quick else 5):
        yield row


async def _chain(count: int, times: int) -> Pair:
    chain = chain_of(count).using(on_event=sink())

    async def ours() -> None:
        assert (await chain.arun(0)).value == count

    return await paired(lambda: raw_chain(count), ours, times, warm=2)


async def _fans(times: int) -> AsyncIterator[Row]:
    items = list(range(FAN))
    static, mapped = fan_static.using(on_event=sink()), fan_each.using(on_event=sink())
    total = sum(items) + FAN

    async def run_static() -> None:
        assert (await static.arun()).value == total

    async def run_mapped() -> None:
        assert (await mapped.arun(items)).value == total

    for name, ours in (("static nodes", run_static), ("an each", run_mapped)):
        pair = await paired(raw_fan, ours, times)
        over = Spread.of([each_.wall_s / FAN_LATENCY_S for each_ in pair.ours])
        raw = Spread.of([each_.wall_s / FAN_LATENCY_S for each_ in pair.raw])
        yield Row(f"fan-out of {FAN}, {name}: ÷ ideal", over, 1.2, f"raw asyncio {raw.median:.3f}")


async def _graphs(times: int) -> AsyncIterator[Row]:
    jobs = ragged()
    path = critical_path_s(jobs)
    pair = await _graph(jobs, None, times)
    yield Row(
        "ragged: ÷ critical path",
        Spread.of([each_.wall_s / path for each_ in pair.ours]),
        1.01,
        f"raw asyncio {Spread.of([each_.wall_s / path for each_ in pair.raw]).median:.3f}",
    )
    planned = list_schedule_s(jobs, 4)
    pair = await _graph(jobs, 4, max(1, times // 2))
    yield Row(
        "ragged, 4 at once: ÷ list schedule",
        Spread.of([each_.wall_s / planned for each_ in pair.ours]),
        1.03,
        f"÷ lower bound {pair.ours[0].wall_s / bound_s(jobs, 4):.3f}; FIFO {pair.raw[0].wall_s / planned:.3f}",
    )
    jobs = late_chain()
    planned = list_schedule_s(jobs, 4)
    pair = await _graph(jobs, 4, max(1, times))
    yield Row(
        "late chain, 4 at once: ÷ FIFO pool",
        Spread.of([two.wall_s / one.wall_s for one, two in zip(*pair, strict=True)]),
        1 / 1.3,
        f"÷ list schedule {Spread.of([each_.wall_s / planned for each_ in pair.ours]).median:.3f}",
    )


async def _graph(jobs: list[Job], limit: int | None, times: int) -> Pair:
    wanted = expected(jobs)
    flow = graph_of(jobs).using(on_event=sink())
    if limit is not None:
        flow = flow.using(max_parallel=limit)

    async def ours() -> None:
        assert (await flow.arun()).value == wanted

    async def raw() -> None:
        value = await (raw_graph(jobs) if limit is None else raw_fifo(jobs, limit))
        assert value == wanted

    return await paired(raw, ours, times)
