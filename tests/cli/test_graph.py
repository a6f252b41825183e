"""`flowdsl graph`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.document import from_document
from tests.cli.calling import Call


@pytest.mark.parametrize("form", ["text", "mermaid"])
def test_a_graph_is_drawn(call: Call, form: str, snapshot: SnapshotAssertion) -> None:
    done = call("graph", "flows.py:twice", "--format", form)

    assert (done.code, done.err) == (0, "")
    assert done.out == snapshot


def test_a_drawing_is_written_to_a_file(call: Call, folder: Path) -> None:
    done = call("graph", "flows.py:twice", "-f", "svg", "-o", "twice.svg")

    assert (done.out, done.err) == ("", "wrote twice.svg\n")
    assert (folder / "twice.svg").read_text().startswith("<svg")


def test_the_document_can_be_read_back(call: Call) -> None:
    plain = json.loads(call("graph", "flows.py:twice", "-f", "json").out)
    wrapped = call("graph", "flows.py:twice", "--json").document

    assert wrapped == {"name": "twice", "format": "text", "graph": plain}
    assert [str(node_id) for node_id in from_document(plain)] == ["n", "double", "double_2"]


def test_a_drawing_can_be_asked_for_as_json(call: Call) -> None:
    document = call("graph", "flows.py:twice", "-f", "mermaid", "--json").document

    assert document["drawing"] == call("graph", "flows.py:twice", "-f", "mermaid").out
    assert "graph" not in document


def test_static_inputs_shape_the_drawing(call: Call) -> None:
    assert call("graph", "flows.py:unfolded", "-i", "rounds=3").out.count("│ double") == 3
