"""`flowdsl check`."""

from __future__ import annotations

from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import Call, write


def test_a_pipeline_in_order_is_said_to_be(call: Call) -> None:
    done = call("check", "flows.py:twice")

    assert (done.code, done.out, done.err) == (0, "'twice' is in order.\n", "")
    assert call("check", "flows.py:twice", "--json").document == {
        "target": "flows.py:twice",
        "name": "twice",
        "ok": True,
        "problems": [],
        "warnings": [],
    }


def test_every_problem_is_listed(call: Call, folder: Path, snapshot: SnapshotAssertion) -> None:
    write(
        folder,
        "several.py",
        """
        from flowdsl import pipeline, step

        @step
        def shout(text: str) -> str:
            return text.upper()

        @pipeline
        def several(n: int) -> int:
            a = shout(n)
            b = shout(txt=a)
            return shout(b)
        """,
    )

    done = call("check", "several.py")

    assert done.code == 2
    assert done.out == snapshot


def test_a_pipeline_without_a_ready_model_is_in_order_with_a_warning(call: Call) -> None:
    said = call("check", "flows.py:greet")
    done = call("check", "flows.py:asks", "--json")

    assert (said.code, done.code) == (0, 0)
    assert said.out.startswith("warning: FD240: ")
    assert said.out.endswith("'greet' is in order, with 1 warning: it can't be run yet.\n")
    assert (done.at("ok"), done.at("problems")) == (True, [])
    assert done.column("warnings", "code") == ["FD240"]


def test_a_model_that_a_setting_names_is_warned_of_as_well(call: Call, folder: Path) -> None:
    write(folder, "flowdsl.toml", 'model = "mok:"\n')

    done = call("check", "flows.py:asks", "--json")

    assert (done.code, done.column("warnings", "code")) == (0, ["FD231"])


def test_a_model_that_was_asked_for_must_be_ready(call: Call) -> None:
    with_mock = call("check", "flows.py:asks", "--model", "mock:", "--json")
    unknown = call("check", "flows.py:asks", "--model", "quick", "--json")

    assert (with_mock.code, with_mock.at("problems"), with_mock.at("warnings")) == (0, [], [])
    assert (unknown.code, unknown.at("ok"), unknown.at("warnings")) == (2, False, [])
    assert unknown.column("problems", "code") == ["FD231"]


def test_static_inputs_shape_what_is_checked(call: Call) -> None:
    assert "FD112" in call("check", "flows.py:unfolded").out
    assert call("check", "flows.py:unfolded", "--input", "rounds=2").code == 0


def test_a_step_alone_is_checked(call: Call) -> None:
    assert call("check", "flows.py:double").code == 0
    assert "FD240" in call("check", "flows.py:say").out
