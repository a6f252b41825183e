"""What a terminal and a log are shown of a run that goes on."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from flowdsl.events.console import (
    LiveProgress,
    Pace,
    PlainProgress,
    drawn,
    rows_shown,
    seconds_text,
    sums,
    tokens_in,
)
from flowdsl.events.progress import Progress
from flowdsl.events.records import (
    EachProgressed,
    Event,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    NodeStarted,
    Retried,
    RunFinished,
    RunStarted,
    TextArrived,
    Warned,
)
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.node import Node
from flowdsl.ir.types import STR
from flowdsl.ir.usage import NO_USAGE, Usage
from tests.ir.sample_graphs import every_kind

START = RunStarted(0.0, "r1", "flow", 3, "2026-01-01T00:00:00Z")
USAGE = Usage(calls=1, input_tokens=1000, output_tokens=50)


def graph(*names: str) -> Graph:
    nodes: list[tuple[NodeId, Node]] = [(NodeId("text"), Input(label="text", output=STR))]
    nodes += [(NodeId(name), Node(label=name)) for name in names]
    return Graph(PipelineName("flow"), tuple(nodes), (), ())


def called(at_s: float, path: str, cost_usd: Decimal | None = None) -> ModelCalled:
    return ModelCalled(at_s, path, "mock:", 0.5, USAGE, cost_usd, accepted=True)


STORY: tuple[Event, ...] = (
    START,
    NodeStarted(0.1, "load"),
    NodeFinished(0.3, "load", 0.2),
    NodeStarted(0.3, "review"),
    EachProgressed(0.3, "review", 0, 4),
    NodeStarted(0.3, "review/ask[0]"),
    Retried(0.4, "review/ask[0]", 1, 2.0, "busy"),
    TextArrived(2.5, "review/ask[0]", "A piece"),
    called(3.0, "review/ask[0]"),
    NodeFinished(3.0, "review/ask[0]", 2.7),
    EachProgressed(3.0, "review", 1, 4),
    Warned(3.1, "", "FD211", "items run one after the other."),
    NodeFinished(70.0, "review", 69.7),
    NodeStarted(70.0, "write"),
    NodeFailed(70.5, "write", 0.5, "FD201", "no luck"),
    NodeSkipped(70.5, "send", "it failed"),
    RunFinished(70.6, "failed", USAGE, None),
)


def test_a_log_gets_a_line_when_a_step_is_over(snapshot: SnapshotAssertion) -> None:
    stream = io.StringIO()
    told = PlainProgress(graph("load", "review", "write", "send"), stream)

    for event in STORY:
        told(event)

    assert stream.getvalue() == snapshot


@pytest.mark.parametrize("seen", [1, 3, 8, 11, 17])
def test_a_terminal_shows_a_line_a_node_and_the_sums(
    seen: int, snapshot: SnapshotAssertion
) -> None:
    progress, pace = Progress(graph("load", "review", "write", "send")), Pace()
    for event in STORY[:seen]:
        progress.note(event)
        pace.note(event)
    console = Console(file=io.StringIO(), width=72, color_system=None)

    with console.capture() as shown:
        console.print(drawn(progress, pace, STORY[seen - 1].at_s, rows=20, width=72))

    lines = [line.rstrip() for line in shown.get().splitlines()]
    assert "\n".join(lines) == snapshot


def test_what_several_items_write_at_once_is_not_shown() -> None:
    progress = Progress(graph("ask"))
    for event in (NodeStarted(0.0, "ask[0]"), NodeStarted(0.0, "ask[1]")):
        progress.note(event)
    progress.note(TextArrived(0.1, "ask[0]", "half"))
    console = Console(file=io.StringIO(), width=72)

    with console.capture() as both:
        console.print(drawn(progress, Pace(), 1.0, rows=9, width=72))
    progress.note(NodeFinished(0.2, "ask[1]", 0.2))
    with console.capture() as one:
        console.print(drawn(progress, Pace(), 1.0, rows=9, width=72))

    assert "half" not in both.get()
    assert "half" in one.get()


def test_nodes_of_bodies_stand_under_their_region() -> None:
    progress = Progress(every_kind())
    console = Console(file=io.StringIO(), width=90)

    with console.capture() as shown:
        console.print(drawn(progress, Pace(), 0.0, rows=20, width=90))

    paths = list(progress.rows)
    indents = [len(line[3:]) - len(line[3:].lstrip()) for line in shown.get().splitlines()]
    assert [path.count("/") * 2 for path in paths] == indents[: len(paths)]
    assert max(indents) > 0


def test_what_runs_is_shown_where_not_all_has_room() -> None:
    names = [f"step{number}" for number in range(10)]
    progress = Progress(graph(*names))
    for name in names[:6]:
        progress.note(NodeStarted(0.0, name))
        progress.note(NodeFinished(1.0, name, 1.0))
    progress.note(NodeStarted(1.0, "step8"))
    progress.note(NodeFailed(1.0, "step1", 1.0, "FD201", "no luck"))

    shown, left = rows_shown(progress, 4)

    assert ([row.path for row in shown], left) == (["step1", "step6", "step8"], 7)
    assert rows_shown(progress, 10) == (list(progress.rows.values()), 0)
    assert rows_shown(progress, -3)[1] == 9
    console = Console(file=io.StringIO(), width=60)
    with console.capture() as drawing:
        console.print(drawn(progress, Pace(), 1.0, rows=4, width=60))
    assert "… 7 more" in drawing.get()


def test_tokens_of_bodies_count_for_their_region() -> None:
    progress = Progress(graph("review", "reviewer"))
    for path in ("review", "review/ask[0]", "review/ask[1]", "reviewer"):
        progress.note(called(1.0, path))

    assert tokens_in(progress, "review") == 3150


def test_a_rate_counts_answers_under_way() -> None:
    pace = Pace()
    assert pace.rate(9.0) is None

    for at_s in (1.0, 1.1, 1.2):
        pace.note(TextArrived(at_s, "ask", "word"))
    pace.note(START)
    assert pace.rate(1.2) is None
    assert pace.rate(2.0) == 3.0
    pace.note(called(3.0, "ask"))
    assert pace.rate(3.0) == 25.0


def test_a_rate_counts_from_when_a_model_was_asked() -> None:
    pace = Pace()

    pace.note(called(1.5, "ask"))

    assert pace.rate(2.0) == 50.0


@pytest.mark.parametrize(
    ("costs", "said"),
    [((Decimal("0.25"), Decimal("0.5")), "$0.7500"), ((Decimal(1), None), "cost unknown")],
)
def test_dollars_are_summed_or_unknown(costs: tuple[Decimal | None, ...], said: str) -> None:
    progress = Progress(graph("ask"))
    for cost in costs:
        progress.note(called(1.0, "ask", cost))

    assert sums(progress, Pace(), 1.0).endswith(said)


def test_without_models_there_are_no_tokens_and_no_dollars() -> None:
    assert sums(Progress(graph("a", "b")), Pace(), 1.0) == "0 of 2 steps · 1.0 s"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (59.96, "1 min 00 s"), (125.4, "2 min 05 s")],
)
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert seconds_text(seconds) == said


def test_a_live_picture_leaves_the_screen_but_warnings_stay() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=20, color_system=None)

    with LiveProgress(graph("fetch", "review"), console) as live:
        live(START)
        live(NodeStarted(0.0, "fetch"))
        live(Warned(0.1, "load", "FD210", "load blocks"))
        live(Warned(0.1, "load", "", "no code"))
        live.pause()
        live.pause()
        live.resume()

    text = screen.getvalue()
    assert "warning  FD210: load blocks" in text
    assert "warning  no code" in text
    assert "▶  fetch" in text
    assert text.endswith(("\x1b[2K", "\x1b[1A\x1b[2K"))


def test_steps_that_are_over_count_also_when_they_were_left_out() -> None:
    progress = Progress(graph("a", "b"))
    progress.note(NodeSkipped(0.1, "a", "it failed"))

    assert sums(progress, Pace(tokens=NO_USAGE.output_tokens), 1.0).startswith("1 of 2 steps")


def test_a_log_says_when_an_answer_was_rejected() -> None:
    stream = io.StringIO()
    told = PlainProgress(graph("ask"), stream)

    told(ModelCalled(1.0, "ask", "mock:a\x1b[2J", 0.5, USAGE, None, accepted=False))
    told(ModelCalled(2.0, "ask", "mock:a", 0.5, USAGE, None, accepted=True))

    assert stream.getvalue() == "rejected ask · the answer of mock:a\\x1b[2J could not be used\n"
