"""A program on a pseudo-terminal of its own, by the standard library."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 40
"""Hang guard of one expectation."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """What a person at the terminal sees and types."""

    def __init__(self, folder: Path, arguments: tuple[str, ...]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        clean = {name: text for name, text in os.environ.items() if not name.startswith("FLOWDSL_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flowdsl", *arguments],
            cwd=folder,
            env={**clean, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        """All that was written so far, without control sequences."""
        self._seen = 0

    def expect(self, pattern: str) -> None:
        """Wait until something that has not been expected yet is written."""
        until = time.monotonic() + PATIENCE_S
        while (found := re.compile(pattern, re.DOTALL).search(self.shown, self._seen)) is None:
            assert time.monotonic() < until, f"not seen: {pattern}\n{self.shown}"
            assert self._read(), f"ended without: {pattern}\n{self.shown}"
        self._seen = found.end()

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 1.0)[0]:
            return True
        try:
            written = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.shown += _CONTROL.sub("", written.decode(errors="replace")).replace("\r", "\n")
        return bool(written)

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._ours, f"{text}\n".encode())

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def left(self) -> int:
        """Wait for the end; the exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """End what still runs."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@contextmanager
def terminal(folder: Path, *arguments: str) -> Generator[Terminal]:
    """`flowdsl` on a terminal of 24 lines."""
    made = Terminal(folder, arguments)
    try:
        yield made
    finally:
        made.close()
