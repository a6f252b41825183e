"""The root of the error tree: what went wrong, where, and what to write instead."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from flowdsl.errors.printable import printable
from flowdsl.errors.redaction import redact


class Place(NamedTuple):
    """Where in somebody's source text a thing stands."""

    path: str
    """File as the user named it, or a cell's title in a notebook."""
    line: int
    """Counted from 1."""
    column: int | None = None
    """Counted from 1; `None` when only the line is known."""
    function: str | None = None
    """The function the line belongs to."""
    snippet: str | None = None
    """The line itself, where a path alone would not help (notebook cells, templates)."""

    def __str__(self) -> str:
        at = f"{self.path}:{self.line}" + (f":{self.column}" if self.column is not None else "")
        return at + (f", in {self.function}" if self.function else "")


class FlowError(Exception):
    """Everything flowdsl raises on purpose. What it says never holds a key or another secret.

    Its traceback holds the lines of your own code alone; `FLOWDSL_FULL_TRACEBACK=1` in the environment shows those of
    flowdsl too.

    Attributes:
        code: Stable name of this kind of error, such as `FD102`.
        message: What is wrong, in one sentence.
        place: Where; `None` when there is no source text to point at.
        help: What to write instead; empty when nothing can be advised.
    """

    code: ClassVar[str] = "FD000"

    def __init__(self, message: str, *, place: Place | None = None, help: str = "") -> None:  # noqa: A002 - the printed word
        message = redact(message)
        super().__init__(message)
        self.message = message
        self.place = place
        self.help = redact(help)

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.message}"]
        if self.place is not None:
            lines.append(f"  at {self.place}")
            if self.place.snippet:
                lines.append(f"     {self.place.snippet.strip()}")
        lines += self._further_places()
        if self.help:
            lines.append(f"  help: {self.help}")
        return redact(printable("\n".join(lines)))

    def _further_places(self) -> tuple[str, ...]:
        """Lines that tell of more places than the one."""
        return ()

    @property
    def problems(self) -> tuple[FlowError, ...]:
        """Every problem this error stands for; itself when there is one."""
        return (self,)

    @property
    def as_sentences(self) -> str:
        """What is wrong, its cure and its place on one line, for a warning."""
        said = (each[:1].upper() + each[1:] for each in (self.message, self.help))
        at = f"(at {self.place})" if self.place is not None else ""
        return redact(printable(" ".join(filter(None, (*said, at)))))

    def _render_traceback_(self) -> list[str]:
        """How IPython shows it: what it says and the user's own lines, without the engine's."""
        from flowdsl.errors.sources import in_notebook

        return in_notebook(self, self.problems)

    def to_document(self) -> dict[str, object]:
        """Facts for `--json`: code, message, path, line, column, help (null when unknown)."""
        at = self.place
        return {
            "code": self.code,
            "message": redact(self.message),
            "path": at.path if at else None,
            "line": at.line if at else None,
            "column": at.column if at else None,
            "help": self.help or None,
        }


class ManyProblemsError(FlowError):
    """Several problems were found at once; each is listed with its own code, place and cure."""

    code: ClassVar[str] = "FD100"

    def __init__(self, problems: tuple[FlowError, ...]) -> None:
        flat = tuple(each for problem in problems for each in problem.problems)
        super().__init__(f"{len(flat)} problems were found.")
        self._problems = flat

    def __str__(self) -> str:
        return "\n\n".join([f"{self.code}: {self.message}", *map(str, self._problems)])

    @property
    def problems(self) -> tuple[FlowError, ...]:
        """The problems, in the order in which they were found."""
        return self._problems

    def to_document(self) -> dict[str, object]:
        """Facts for `--json`, with every problem under `problems`."""
        return {
            **super().to_document(),
            "problems": [each.to_document() for each in self._problems],
        }


def raise_all(problems: list[FlowError]) -> None:
    """Raise nothing, the one problem, or all of them together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ManyProblemsError(tuple(problems))


def near(name: str, known: list[str]) -> str:
    """A help sentence that offers near names: `did you mean 'x'?`, else what exists; empty without any."""
    if not known:
        return ""
    from difflib import get_close_matches

    found = get_close_matches(name, known, n=3, cutoff=0.6)
    if found:
        return "did you mean " + " or ".join(f"'{each}'" for each in found) + "?"
    return "known: " + ", ".join(f"'{each}'" for each in known[:12]) + "."
