"""What is said about a run that is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from flowdsl.cli.answers import DONE, FAILED, Answer, interruption, plain, to_json
from flowdsl.cli.fields import field_in
from flowdsl.errors.budget import left_undone
from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.setup import FieldError, NoJsonFormError
from flowdsl.events.console import seconds_text
from flowdsl.ir.usage import dollars
from flowdsl.runtime.report import run_facts
from flowdsl.runtime.run import Run

if TYPE_CHECKING:
    from flowdsl.errors.base import FlowError


def finished(run: Run[object], *, quiet: bool, field: str | None = None) -> Answer:
    """A run that gave its value.

    Args:
        run: The run.
        quiet: Without sums.
        field: The part of the value that is asked for; `None` for all of it.
    """
    value = run.value
    if field is not None:
        try:
            value = field_in(value, field)
        except FieldError as error:
            return failed(error, FAILED, run)
    try:
        # An iterator can be read only once.
        read = plain(value)
        text = shown(value, read)
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split("\n")[0].split(";")[0].split())
        return failed(NoJsonFormError(type(value).__name__, why), FAILED, run)
    document = {"value": read, "run": run_facts(run)}
    return Answer(text, document, "" if quiet else f"{run.status} {sums(run)}", DONE)


def shown(value: object, read: object) -> str | bytes:
    """A value for people: text as it is, Markdown where it offers some, else the JSON of what `plain` read of it."""
    if isinstance(value, (str, bytes)):
        return value
    markdown: object = getattr(value, "_repr_markdown_", None)
    said = markdown() if callable(markdown) else None
    return said if isinstance(said, str) else to_json(read)


def failed(error: FlowError, code: int, run: object = None) -> Answer:
    """A run that failed, or that could not begin; what was done is told where there is something."""
    run = getattr(error, "run", None) if run is None else run
    document: dict[str, object] = {"error": error.to_document(), "run": None}
    lines = [str(error)]
    if _is_run(run):
        document["run"] = run_facts(run)
        is_listed = isinstance(error, StepFailedError) and error.undone
        undone = () if is_listed else _undone(run)
        lines += ["", f"{run.status} {sums(run)}", *_left(run), *undone]
    return Answer(document=document, after="\n".join(lines), code=code)


def interrupted(run: object) -> Answer:
    """A run that was ended by Ctrl-C."""
    if not _is_run(run):
        return interruption()
    said = [f"interrupted {sums(run)}", *_left(run), *_undone(run)]
    return interruption(run_facts(run), "\n".join(said))


def _undone(run: Run[object]) -> Iterator[str]:
    """Model calls that gave no answer, a few by name."""
    if run.undone:
        yield left_undone(run.undone)


def _is_run(run: object) -> TypeGuard[Run[object]]:
    return isinstance(run, Run)


def sums(run: Run[object]) -> str:
    """Seconds, steps, tokens and dollars, on one line."""
    done = sum(record.state == "done" for path, record in run.nodes.items() if "/" not in path)
    parts = [f"{done} of {_steps(run)} steps"]
    usage = run.usage
    if usage.calls:
        parts.append(f"{usage.calls} model {'call' if usage.calls == 1 else 'calls'}")
        parts.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
        parts.append(dollars(run.cost_usd))
    return f"in {seconds_text(run.seconds)} · " + " · ".join(parts)


def _steps(run: Run[object]) -> int:
    return sum("/" not in path for path in run.nodes)


def _left(run: Run[object]) -> Iterator[str]:
    """One line a node of the pipeline itself: what became of it."""
    for path, record in run.nodes.items():
        if "/" not in path:
            seconds = "" if record.seconds is None else f" · {seconds_text(record.seconds)}"
            yield f"  {record.state:<9} {path}{seconds}"
