"""Resolve the pinned requirement files anew: hashes, every platform, no index address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-package=flowdsl",
    "--no-emit-package=flowdsl-library",
    "--custom-compile-command=make lock",
    "--quiet",
)
EXTRAS = ("--extra=testing", "--extra=local", "--extra=notebook", "--extra=otel")
FILES = {
    "uv.txt": ("--group=bootstrap",),
    "run.txt": ("pyproject.toml",),
    "dev.txt": ("pyproject.toml", *EXTRAS, "--group=dev"),
}


def main() -> int:
    """Write each file beside this script; versions already pinned stay unless --upgrade is given."""
    uv = str(Path(sys.executable).with_name("uv"))
    for name, sources in FILES.items():
        output = f"--output-file=requirements/{name}"
        subprocess.run(
            [uv, "pip", "compile", *sources, *COMMON, *sys.argv[1:], output], cwd=ROOT, check=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
