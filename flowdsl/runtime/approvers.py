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
_LINES = 200
"""So much of a value is shown; nobody reads more before a question."""


def approver_of_terminal() -> Approver | None:
    """Asks on the terminal; `None` when standard input is none."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


async def _ask(question: str, value: object) -> bool:
    _say(f"{printable(question)}\n{_shown(value)}\n[y/N] ")
    sys.stdout.flush()
    answer = await _line(sys.stdin.fileno())
    return answer.strip().lower() in {"y", "yes"}


def _shown(value: object) -> str:
    """The whole value, indented, so that no line of it looks like the question; the rest of a long one is counted."""
    # Whoever decides must see the value itself, not what it makes the terminal show.
    lines = printable(value if isinstance(value, str) else _written(value)).split("\n")
    shown = [f"  {line}" for line in lines[:_LINES]]
    more = len(lines) - len(shown)
    if more:
        shown.append(f"… {more} more {'line' if more == 1 else 'lines'} of the value")
    return "\n".join(shown)


def _written(value: object) -> str:
    import json

    import pydantic_core

    try:
        return pydantic_core.to_json(
            value,
            indent=2,
            fallback=repr,
            serialize_unknown=True,
            inf_nan_mode="strings",
            bytes_mode="base64",
        ).decode()
    except ValueError:  # half a surrogate pair, or what goes round in a circle
        pass
    try:
        plain = pydantic_core.to_jsonable_python(value, fallback=brief, serialize_unknown=True)
        return json.dumps(plain, indent=2)
    except ValueError:
        return brief(value)


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


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
