"""Who is asked where nobody else was named: the person at the terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from flowdsl.errors.printable import printable
from flowdsl.runtime.telling import brief

if TYPE_CHECKING:
    from flowdsl.runtime.context import Approver

_LINE_BYTES = 4096
"""No terminal hands over longer lines."""


def approver_of_terminal() -> Approver | None:
    """Asks on the terminal; `None` when standard input is none."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


async def _ask(question: str, value: object) -> bool:
    # Whoever decides must see the value itself, not what it makes the terminal show.
    sys.stdout.write(f"{printable(question)}\n  {printable(brief(value))}\n[y/N] ")
    sys.stdout.flush()
    answer = await _line(sys.stdin.fileno())
    return answer.strip().lower() in {"y", "yes"}


async def _line(terminal: int) -> str:
    """The next line that is typed. A thread that waits for it could not be stopped by Ctrl-C."""
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(terminal, typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(terminal)
    return os.read(terminal, _LINE_BYTES).decode(errors="replace")
