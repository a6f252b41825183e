"""`flowdsl` and `python -m flowdsl`: the command line, with Ctrl-C minded from its first import to its last thread."""

from __future__ import annotations

import os
import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run a command; leaves with its exit code, and with 130 whenever Ctrl-C comes."""
    end = SystemExit()
    try:
        from flowdsl.cli.app import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        end = SystemExit(_INTERRUPTED)
    except SystemExit as left:
        end = left
    if end.code == _INTERRUPTED:
        # A second Ctrl-C means it: what still winds down, a model for instance, is not waited for.
        signal.signal(signal.SIGINT, _leave)
    raise end


def _leave(_signal: int, _frame: object) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
