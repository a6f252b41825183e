"""Looks at the house: its files, what they import, and how often they dodge the type checker.

Run as a script it writes `house_counts.json` with the lower numbers; it refuses to raise one.
With the word `names` it pins today's public names in `public_names.txt`.
"""

import ast
import importlib
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ("flowdsl", "compat_yaml", "library", "tests", "benchmarks")
PUBLIC_MODULES = (
    "flowdsl",
    "flowdsl.errors",
    "flowdsl.events",
    "flowdsl.providers",
    "flowdsl.testing",
)
PINNED_NAMES = ROOT / "tests" / "public_names.txt"
COUNTS_FILE = ROOT / "tests" / "house_counts.json"
TEXT_SUFFIXES = frozenset(
    {".cfg", ".css", ".html", ".ini", ".ipynb", ".j2", ".json", ".md", ".py", ".svg", ".toml"}
    | {".ambr", ".txt", ".yaml", ".yml", ".typed", ".in", ""},
)

Counts = dict[str, dict[str, int]]

_DODGES = {
    "pyright: ignore": re.compile(r"#\s*pyright:\s*ignore"),
    "type: ignore": re.compile(r"#\s*type:\s*ignore"),
    "noqa": re.compile(r"#\s*(?:ruff:\s*)?noqa"),
    "no cover": re.compile(r"#\s*pragma:\s*no (?:cover|branch)"),
}
COUNTED = ("Any", "cast", *_DODGES)


def project_files() -> list[Path]:
    """Every file git tracks or would add, that still exists."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted({ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()})


def python_files(tree: str) -> list[Path]:
    """The Python files of one top-level tree."""
    return [f for f in project_files() if f.suffix == ".py" and f.is_relative_to(ROOT / tree)]


def text_files() -> list[Path]:
    """Files a person wrote or a tool wrote for persons."""
    return [f for f in project_files() if f.suffix in TEXT_SUFFIXES]


def relative(path: Path) -> str:
    """The path as a reader of the repository sees it."""
    return path.relative_to(ROOT).as_posix()


def comments(source: str) -> Iterator[str]:
    """Each comment; text in strings does not count."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.attr if node.value.id in {"t", "typing", "typing_extensions"} else ""


def dodges(source: str) -> Counter[str]:
    """How often one file turns away from the type checker, the linter or the coverage gate."""
    found = Counter(name for name in _names(ast.parse(source)) if name in {"Any", "cast"})
    for comment in comments(source):
        found.update(name for name, pattern in _DODGES.items() if pattern.search(comment))
    return found


@cache
def count_dodges() -> Counts:
    """The counts of every tree."""
    counts: Counts = {}
    for tree in TREES:
        total: Counter[str] = Counter()
        for file in python_files(tree):
            total += dodges(file.read_text(encoding="utf-8"))
        counts[tree] = {name: total[name] for name in COUNTED}
    return counts


def committed_counts() -> Counts:
    """The counts the repository has agreed to."""
    loaded: Counts = json.loads(COUNTS_FILE.read_text(encoding="utf-8"))
    return loaded


def imported_names(source: str) -> Iterator[tuple[str, str]]:
    """Each import as (module, name); the name is empty for `import module`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def has_behaviour(source: str) -> bool:
    """Whether a module defines a function with a body; pure declarations have nothing to try."""
    return any(
        not all(
            isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) for part in f.body
        )
        for f in ast.walk(ast.parse(source))
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def rooms() -> frozenset[str]:
    """The packages of flowdsl that have a file."""
    package = ROOT / "flowdsl"
    return frozenset(
        part.parent.name for part in package.glob("*/__init__.py") if any(part.parent.iterdir())
    )


def public_names() -> list[str]:
    """What `__all__` of the public modules lists, with the module before each name."""
    return [
        f"{name}.{part}"
        for name in PUBLIC_MODULES
        for part in importlib.import_module(name).__all__
    ]


def main() -> int:
    """Write the counts when none has risen, or the public names."""
    if sys.argv[1:] == ["names"]:
        PINNED_NAMES.write_text("".join(f"{name}\n" for name in public_names()), encoding="utf-8")
        return 0
    now = count_dodges()
    if COUNTS_FILE.exists():
        agreed = committed_counts()
        risen = [(t, n) for t in TREES for n in COUNTED if now[t][n] > agreed.get(t, {}).get(n, 0)]
        if risen:
            sys.stderr.write(f"risen, not written: {risen}\n")
            return 1
    COUNTS_FILE.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
