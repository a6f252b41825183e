"""The text form of graphs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.diff import diff
from flowdsl.ir.effects import UNKNOWN, Effect, Effects, Resource
from flowdsl.ir.graph import Edge, Graph
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.printer import prompt_lines, show_effects, to_text
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.text_drawing import to_text_drawing
from tests.ir.sample_graphs import audit, every_kind
from tests.strategies import graphs


def test_a_pipeline_reads_from_top_to_bottom(snapshot: SnapshotAssertion) -> None:
    assert to_text(audit()) == snapshot


def test_every_kind_and_setting_shows(snapshot: SnapshotAssertion) -> None:
    assert to_text(every_kind()) == snapshot


@given(graphs())
def test_places_and_the_order_of_edges_do_not_show(graph: Graph) -> None:
    data = tuple(edge for edge in graph.edges if not edge.is_order)
    order = tuple(edge for edge in graph.edges if edge.is_order)

    assert to_text(replace(graph, places={}, edges=data[::-1] + order)) == to_text(graph)


def test_text_is_the_same_in_another_process() -> None:
    code = "from tests.ir.sample_graphs import audit; from flowdsl.ir.printer import to_text; print(to_text(audit()), end='')"

    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed == [to_text(audit())] * 2


def test_effects_name_their_resources() -> None:
    both = Effects(Effect.READS | Effect.SPENDS, reads=(Resource("path", "a"), Resource("session")))

    assert show_effects(both) == "reads path:a session:*, spends"
    assert show_effects(UNKNOWN).endswith("varies, spends")


def test_a_long_prompt_shows_its_first_line_and_a_hash_of_the_rest() -> None:
    def lines(text: str) -> list[str]:
        return list(prompt_lines(Prompt(user=(Static(text),))))

    assert lines("Hello\n") == ["user| Hello"]
    assert lines("Hello\nyou")[0].startswith("user| Hello… [2 lines, #")
    assert lines("Hello\nyou") != lines("Hello\nthere")
    assert len(lines("x" * 500)[0]) < 140


def test_a_port_that_is_not_declared_shows_too() -> None:
    graph = audit()
    odd = replace(graph, edges=(*graph.edges, Edge(NodeId("files"), NodeId("worst"), "zz")))

    assert "worst = step(reviews=each, zz=files)" in to_text(odd)


def test_control_characters_are_written_out() -> None:
    steering = replace(audit(), description="Look\x1b[2J away", name=PipelineName("a\x07dit"))

    for text in (to_text(steering), to_text_drawing(steering), str(diff(audit(), steering))):
        assert not set(text) & {"\x1b", "\x07"}
    assert to_text(steering).startswith("pipeline a\\x07dit: Look\\x1b[2J away\n")
