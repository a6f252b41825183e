"""What is said of a document that can't be read."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with a document."""

    path: str
    wrong: str
    advice: str = ""


class MalformedError(Exception):
    """A document is not of the form that is read; with every problem found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


def not_a(wanted: str, value: object, path: str) -> Problem:
    """The problem of a value that is of another JSON type."""
    return Problem(path, f"expected {wanted}, found {type(value).__name__}")
