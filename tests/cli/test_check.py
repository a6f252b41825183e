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


def test_models_that_could_not_answer_are_problems(call: Call) -> None:
    without = call("check", "flows.py:asks", "--json")
    with_mock = call("check", "flows.py:asks", "--model", "mock:", "--json")
    unknown = call("check", "flows.py:asks", "--model", "quick", "--json")

    assert without.column("problems", "code") == ["FD240"]
    assert with_mock.column("problems", "code") == []
    assert unknown.column("problems", "code") == ["FD231"]


def test_static_inputs_shape_what_is_checked(call: Call) -> None:
    assert "FD112" in call("check", "flows.py:unfolded").out
    assert call("check", "flows.py:unfolded", "--input", "rounds=2").code == 0


def test_a_step_alone_is_checked(call: Call) -> None:
    assert call("check", "flows.py:double").code == 0
    assert call("check", "flows.py:say").code == 2
