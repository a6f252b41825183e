"""Which page comes from where."""

import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "reference"

SOURCES = {
    "api.md": ("docs.generator.api", "flowdsl.testing"),
    "cli.md": ("docs.generator.cli", "flowdsl.cli.app"),
    "configuration.md": ("docs.generator.settings", "flowdsl.config"),
    "errors.md": ("docs.generator.errors", "flowdsl.errors"),
    "nodes.md": ("docs.generator.nodes", "flowdsl.ir.node"),
}


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _tidy(page: Callable[[], str]) -> Callable[[], str]:
    def tidied() -> str:
        plain = "\n".join(line.rstrip() for line in page().splitlines())
        return re.sub(r"\n{3,}", "\n\n", plain).strip() + "\n"

    return tidied


def present() -> dict[str, Callable[[], str]]:
    """The page's file name and its writer, for each page whose part of the code exists."""
    return {
        name: _tidy(importlib.import_module(writer).page)
        for name, (writer, subject) in SOURCES.items()
        if _exists(writer) and _exists(subject)
    }
