"""Live progress in a cell: when it is shown, and what it says."""

from __future__ import annotations

import sys
from threading import Event as Flag
from types import ModuleType, SimpleNamespace

import pytest

from flowdsl import pipeline, step
from flowdsl.events import notebook
from flowdsl.events.notebook import MAX_ROWS, NotebookProgress, html_of, line_of, progress_for
from flowdsl.events.progress import Progress
from flowdsl.events.records import (
    Event,
    ModelCalled,
    NodeFailed,
    NodeStarted,
    RunFinished,
    RunStarted,
)
from flowdsl.ir.usage import NO_USAGE, Usage

STARTED = RunStarted(0.0, "abc", "twice", 2, "now")
FINISHED = RunFinished(1.0, "done", NO_USAGE, None)


@step
def shout(text: str) -> str:
    return text.upper()


@pipeline
def twice(text: str) -> str:
    return shout(shout(text))


@pipeline
def long(text: str) -> str:
    for _ in range(MAX_ROWS + 6):
        text = shout(text)
    return text


class Cell:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, bool]] = []
        self.first = Flag()

    def __call__(self, html: str, text: str, /, *, display_id: str, update: bool) -> None:
        assert display_id == "flowdsl-abc"
        self.shown.append((text, update))
        self.first.set()


def _told(progress: Progress, *events: Event) -> Progress:
    for event in events:
        progress.note(event)
    return progress


def test_a_run_over_before_its_time_shows_nothing() -> None:
    cell = Cell()
    listen = NotebookProgress(twice.graph, cell, after_s=60)

    listen(STARTED)
    listen(FINISHED)

    assert cell.shown == []


def test_one_display_is_updated_and_ends_with_the_end() -> None:
    cell = Cell()
    listen = NotebookProgress(twice.graph, cell, after_s=0.01, every_s=0.01)

    listen(STARTED)
    listen(NodeStarted(0.0, "shout"))
    assert cell.first.wait(10)
    listen(FINISHED)

    assert [update for _, update in cell.shown] == [False, *[True] * (len(cell.shown) - 1)]
    assert cell.shown[0][0].startswith("twice: running · 0 of 2 steps")
    assert cell.shown[-1][0] == "twice: done · 0 of 2 steps · 1.0 s"


def test_the_line_counts_and_the_rows_name_what_happens() -> None:
    html = html_of(_told(Progress(twice.graph), NodeStarted(0.5, "shout")), 2.0)

    assert "twice: running · 0 of 2 steps · 2.0 s" in html
    assert 'title="running">▶</span>' in html
    assert "1.5 s" in html
    assert "shout_2" in html


def test_when_all_is_well_only_the_line_stays() -> None:
    done = _told(Progress(twice.graph), FINISHED)

    assert "<table" not in html_of(done, 1.0)
    assert "<table" in html_of(_told(done, RunFinished(1.0, "failed", NO_USAGE, None)), 1.0)


def test_of_many_nodes_those_at_work_are_shown() -> None:
    busy = f"shout_{MAX_ROWS + 5}"
    html = html_of(_told(Progress(long.graph), NodeStarted(0.5, busy)), 2.0)

    assert f">{busy}<" in html
    assert "… and 6 further nodes" in html


def test_everything_from_outside_is_escaped() -> None:
    failed = NodeFailed(1.0, "shout", 1.0, "FD201", "<script>alert(1)</script>")
    html = html_of(_told(Progress(twice.graph), failed), 2.0)

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_outside_of_a_notebook_nothing_listens() -> None:
    assert progress_for(twice.graph) is None


@pytest.fixture
def in_notebook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    ipython = ModuleType("IPython")
    vars(ipython)["get_ipython"] = lambda: SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    return ipython


@pytest.mark.usefixtures("in_notebook")
def test_in_a_notebook_a_run_is_listened_to_unless_it_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(progress_for(twice.graph), NotebookProgress)

    for off in ("0", "off", "No", "FALSE"):
        monkeypatch.setenv(notebook.VARIABLE, off)
        assert progress_for(twice.graph) is None


def test_on_ipythons_terminal_nothing_listens(in_notebook: ModuleType) -> None:
    vars(in_notebook)["get_ipython"] = SimpleNamespace

    assert progress_for(twice.graph) is None


def test_the_line_tells_calls_tokens_and_dollars() -> None:
    called = ModelCalled(
        1.0,
        "shout",
        "mock:",
        0.5,
        Usage(calls=1, input_tokens=990, output_tokens=10),
        None,
        accepted=True,
    )

    line = line_of(_told(Progress(twice.graph), called), 2.0)

    assert (
        line == "twice: running · 0 of 2 steps · 1 model call · 1,000 tokens · cost unknown · 2.0 s"
    )


def test_it_is_shown_by_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[object, dict[str, object]]] = []
    module = ModuleType("IPython.display")

    def display(forms: object, **options: object) -> None:
        shown.append((forms, options))

    vars(module)["display"] = display
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)

    notebook.in_cell("<b>a</b>", "a", display_id="x", update=True)

    assert shown == [
        (
            {"text/html": "<b>a</b>", "text/plain": "a"},
            {"raw": True, "display_id": "x", "update": True},
        )
    ]
