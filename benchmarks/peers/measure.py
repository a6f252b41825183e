"""The two workloads of a peer, in pairs with plain asyncio; the standard library only."""

from __future__ import annotations

import asyncio

from benchmarks.peers import report
from benchmarks.timing import Work, paired
from benchmarks.workloads import CHAIN, FAN_LATENCY_S, raw_chain, raw_fan


async def measure(chain: Work, fan: Work) -> None:
    """Time both and print the ratios."""
    on_chain = await paired(lambda: raw_chain(CHAIN), chain, 9, warm=2)
    on_fan = await paired(raw_fan, fan, 5)
    report(
        {
            f"chain of {CHAIN}: CPU ÷ task per step": [
                two.cpu_s / one.cpu_s for one, two in zip(*on_chain, strict=True)
            ],
            "fan-out of 1000: ÷ ideal": [each.wall_s / FAN_LATENCY_S for each in on_fan.ours],
        }
    )


def main(chain: Work, fan: Work) -> None:
    """Run `measure` on a loop of its own."""
    asyncio.run(measure(chain, fan))
