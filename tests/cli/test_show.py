"""`flowdsl show`."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import Call


@pytest.mark.parametrize("name", ["twice", "grade", "asks", "say"])
def test_inputs_output_models_and_drawing_are_shown(
    call: Call, name: str, snapshot: SnapshotAssertion
) -> None:
    assert call("show", f"flows.py:{name}").out == snapshot


def test_static_inputs_are_marked(call: Call) -> None:
    assert "rounds  int  (static)" in call("show", "flows.py:unfolded", "-i", "rounds=1").out


def test_the_document_carries_schemas(call: Call) -> None:
    document = call("show", "flows.py:grade", "--json").document

    inputs = document["inputs"]
    assert isinstance(inputs, list)
    assert inputs[1] == {
        "name": "limit",
        "type": "int",
        "schema": {"type": "integer"},
        "required": False,
        "default": 2,
        "static": False,
    }
    assert document["output"] == {
        "type": "list[int]",
        "schema": {"type": "array", "items": {"type": "integer"}},
    }


def test_models_are_listed_with_the_steps_that_ask_them(call: Call) -> None:
    document = call("show", "flows.py:asks", "--json").document

    assert document["models"] == [{"model": "fast", "steps": ["find"]}]


def test_a_type_without_a_json_form_has_no_schema(call: Call) -> None:
    from pathlib import Path

    Path("odd.py").write_text(
        "import threading\nfrom flowdsl import step\n@step\n"
        "def odd(lock: threading.Event) -> int: return 1\n"
    )

    inputs = call("show", "odd.py:odd", "--json").document["inputs"]

    assert isinstance(inputs, list)
    assert inputs[0]["schema"] is None
