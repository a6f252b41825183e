"""Workloads and their plain-asyncio forms; the standard library only, so that other engines can import it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from typing import NamedTuple

CHAIN = 200
FAN = 1000
FAN_LATENCY_S = 0.05


class Job(NamedTuple):
    """One node of a workload: whom it reads, and how long it takes."""

    name: str
    parents: tuple[str, ...]
    seconds: float


async def noop(x: int) -> int:
    """A model that answers at once."""
    return x + 1


async def answer(seconds: float, x: int) -> int:
    """A model that takes its time."""
    await asyncio.sleep(seconds)
    return x + 1


def combine(values: Iterable[int]) -> int:
    """A small number that depends on all of them."""
    return (1 + sum(values)) % 1_000_003


def ragged(seed: int = 20261123, size: int = 300) -> list[Job]:
    """A random layered graph: many short jobs, some long ones; the last job reads every loose end."""
    chance = random.Random(seed)
    jobs: list[Job] = []
    layers: list[list[str]] = []
    while len(jobs) < size - 1:
        width = min(chance.randint(1, 24), size - 1 - len(jobs))
        layer: list[str] = []
        for _ in range(width):
            job = Job(f"n{len(jobs)}", _parents(chance, layers), _latency(chance))
            jobs.append(job)
            layer.append(job.name)
        layers.append(layer)
    read = {parent for job in jobs for parent in job.parents}
    loose = tuple(job.name for job in jobs if job.name not in read)
    return [*jobs, Job("out", loose, 0.005)]


def _parents(chance: random.Random, layers: list[list[str]]) -> tuple[str, ...]:
    if not layers:
        return ()
    found = chance.sample(layers[-1], min(len(layers[-1]), chance.choice([1, 1, 2, 3])))
    if len(layers) > 1 and chance.random() < 0.25:
        further = chance.choice(chance.choice(layers[:-1]))
        if further not in found:
            found.append(further)
    return tuple(found)


def _latency(chance: random.Random) -> float:
    short = chance.random() < 0.7
    return round(chance.uniform(0.005, 0.05) if short else chance.uniform(0.05, 0.2), 4)


def late_chain(shorts: int = 60, links: int = 20, seconds: float = 0.01) -> list[Job]:
    """Many short jobs, and a long chain that was written last: who takes first what came first is late."""
    jobs = [Job(f"s{number}", (), seconds) for number in range(shorts)]
    jobs += [
        Job(f"c{number}", (f"c{number - 1}",) if number else (), seconds) for number in range(links)
    ]
    ends = (*(f"s{number}" for number in range(shorts)), f"c{links - 1}")
    return [*jobs, Job("out", ends, 0.001)]


def critical_path_s(jobs: list[Job]) -> float:
    """Seconds with no limit at all."""
    done: dict[str, float] = {}
    for job in jobs:
        done[job.name] = job.seconds + max((done[each] for each in job.parents), default=0.0)
    return max(done.values())


def bound_s(jobs: list[Job], limit: int) -> float:
    """Seconds no schedule with so many at once can beat."""
    return max(critical_path_s(jobs), sum(job.seconds for job in jobs) / limit)


def list_schedule_s(jobs: list[Job], limit: int) -> float:
    """Seconds of a list schedule that knows every latency: the longest remaining path first."""
    rank: dict[str, float] = {}
    readers: dict[str, list[Job]] = {}
    for job in jobs:
        for parent in job.parents:
            readers.setdefault(parent, []).append(job)
    for job in reversed(jobs):
        behind = max((rank[each.name] for each in readers.get(job.name, ())), default=0.0)
        rank[job.name] = job.seconds + behind
    waits = {job.name: len(job.parents) for job in jobs}
    ready = [job for job in jobs if not job.parents]
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        ready.sort(key=lambda job: -rank[job.name])
        while ready and len(running) < limit:
            job = ready.pop(0)
            running.append((now + job.seconds, job.name))
        running.sort()
        now, name = running.pop(0)
        for reader in readers.get(name, ()):
            waits[reader.name] -= 1
            if not waits[reader.name]:
                ready.append(reader)
    return now


def expected(jobs: list[Job]) -> int:
    """What the last job gives."""
    values: dict[str, int] = {}
    for job in jobs:
        values[job.name] = combine(values[each] for each in job.parents)
    return values["out"]


# -- the same in plain asyncio


async def raw_chain(count: int) -> int:
    """One task per step."""
    loop = asyncio.get_running_loop()
    x = 0
    for _ in range(count):
        x = await loop.create_task(noop(x))
    return x


async def raw_fan() -> int:
    """One task per answer."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(answer(FAN_LATENCY_S, number)) for number in range(FAN)]
    return sum(task.result() for task in tasks)


async def raw_graph(jobs: list[Job]) -> int:
    """One task per job, each waiting for the tasks it reads."""
    tasks: dict[str, asyncio.Task[int]] = {}

    async def work(job: Job) -> int:
        values = [await tasks[parent] for parent in job.parents]
        await asyncio.sleep(job.seconds)
        return combine(values)

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            tasks[job.name] = group.create_task(work(job))
    return tasks["out"].result()


class _Fifo:
    """A pool of workers that take first what became ready first."""

    def __init__(self, jobs: list[Job], limit: int) -> None:
        self.limit = limit
        self.values: dict[str, int] = {}
        self.waits = {job.name: len(job.parents) for job in jobs}
        self.readers: dict[str, list[Job]] = {}
        self.queue: asyncio.Queue[Job | None] = asyncio.Queue()
        for job in jobs:
            for parent in job.parents:
                self.readers.setdefault(parent, []).append(job)
            if not job.parents:
                self.queue.put_nowait(job)

    async def work(self) -> None:
        while (job := await self.queue.get()) is not None:
            await asyncio.sleep(job.seconds)
            self.values[job.name] = combine(self.values[each] for each in job.parents)
            for reader in self.readers.get(job.name, ()):
                self.waits[reader.name] -= 1
                if not self.waits[reader.name]:
                    self.queue.put_nowait(reader)
            if len(self.values) == len(self.waits):
                for _ in range(self.limit):
                    self.queue.put_nowait(None)


async def raw_fifo(jobs: list[Job], limit: int) -> int:
    """So many workers over one queue."""
    pool = _Fifo(jobs, limit)
    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(pool.work())
    return pool.values["out"]
