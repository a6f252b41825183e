"""`flowdsl` and `python -m flowdsl`: the command line, with Ctrl-C minded from its first import to its last thread."""

from __future__ import annotations

import atexit
import os
import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run a command; leaves with its exit code, and with 130 whenever Ctrl-C comes."""
    # Registered first it runs last: nothing is left to break off then.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    end = SystemExit()
    try:
        from flowdsl.cli.app import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        end = SystemExit(_INTERRUPTED)
    except SystemExit as left:
        end = left
    # All is said: Ctrl-C only means that what still winds down, a model for instance, is not waited for.
    code = end.code if isinstance(end.code, int) else int(end.code is not None)

    def leave(_signal: int, _frame: object) -> None:
        os._exit(code)

    signal.signal(signal.SIGINT, leave)
    raise end


if __name__ == "__main__":
    main()
