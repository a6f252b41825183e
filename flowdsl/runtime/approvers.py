"""Who is asked where nobody else was named: the person at the terminal."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from flowdsl.runtime.telling import brief

if TYPE_CHECKING:
    from flowdsl.runtime.context import Approver


def approver_of_terminal() -> Approver | None:
    """Asks on the terminal; `None` when standard input is none."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


async def _ask(question: str, value: object) -> bool:
    answer = await asyncio.to_thread(input, f"{question}\n  {brief(value)}\n[y/N] ")
    return answer.strip().lower() in {"y", "yes"}
