"""The page of commands, as typer itself documents them."""

import os
import subprocess
import sys

from docs.generator.docstrings import GENERATED

INTRODUCTION = f"""# Commands

{GENERATED}
Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 130 interrupted.

"""


def page() -> str:
    """Every command with its arguments and options."""
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}
    command = [sys.executable, "-m", "typer", "flowdsl.cli.app", "utils", "docs"]
    done = subprocess.run(
        [*command, "--name", "flowdsl"],
        check=True,
        capture_output=True,
        text=True,
        env=plain,
    )
    # Typer lists only the long word of its own option.
    said = done.stdout.replace("* `--help`: ", "* `-h, --help`: ")
    return INTRODUCTION + said.replace("# `flowdsl`", "## `flowdsl`", 1)
