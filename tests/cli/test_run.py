"""`flowdsl run`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import Call, Called, in_process_of_its_own, write


def test_the_value_is_all_that_goes_to_standard_output(call: Call) -> None:
    done = call("run", "flows.py:twice", "--input", "n=4")

    assert (done.code, done.out) == (0, "16\n")
    assert "doubling 4\ndoubling 8\n" in done.err.replace("done     double · 0.0 s\n", "")
    assert done.err.splitlines()[0] == "running  twice"
    assert done.err.splitlines()[-1].endswith("2 of 2 steps")


def test_text_is_printed_as_it_is_and_structures_as_json(call: Call) -> None:
    text = call("run", "flows.py:greet", "-i", "word=hi", "-m", "mock:", "--quiet")
    structure = call("run", "flows.py:grade", "-i", 'issues=[{"severity": "low", "line": 7}]', "-q")

    assert text.out.startswith("Mock answer")
    assert text.out.count("\n") == 1
    assert structure.out == "[\n  7\n]\n"
    assert text.err == structure.err == ""


def test_models_that_are_asked_are_summed_up(call: Call) -> None:
    done = call("run", "flows.py:asks", "-i", "texts=a", "-i", "texts=b", "--model", "mock:")

    assert done.code == 0
    assert len(json.loads(done.out)) == 2
    assert "2 model calls · " in done.err
    assert "done     each_find · " in done.err
    assert "2/2 items" in done.err


def test_a_step_or_a_prompt_is_run_alone(call: Call) -> None:
    assert call("run", "flows.py:double", "-i", "n=3", "-q").out == "6\n"
    assert call("run", "flows.py:say", "-i", "word=x", "-m", "mock:", "-q").code == 0
    assert call("run", "flows.py:lines", "-i", "issues=[]", "-q").out == "[]\n"


def test_static_inputs_shape_the_graph(call: Call) -> None:
    assert call("run", "flows.py:unfolded", "-i", "n=1", "-i", "rounds=3", "-q").out == "8\n"


def test_a_step_that_fails_gives_1_and_says_what_was_done(call: Call) -> None:
    done = call("run", "flows.py:breaks", "-i", "n=4")

    assert (done.code, done.out) == (1, "")
    assert "FD201: step 'boom' failed: ValueError: no luck\n  at flows.py:" in done.err
    assert "failed in 0.0 s · 1 of 3 steps\n  done      double · 0.0 s\n" in done.err
    assert done.err.endswith("  failed    boom · 0.0 s\n  waiting   double_2\n")


def test_a_failure_as_json_carries_the_error_and_the_run(call: Call) -> None:
    done = call("run", "flows.py:breaks", "-i", "n=4", "--json")

    assert done.code == 1
    assert done.err == "doubling 4\n"
    assert done.at("error", "code") == "FD201"
    assert done.at("run", "status") == "failed"
    assert {
        name: done.at("run", "nodes", name, "state") for name in done.table("run", "nodes")
    } == {
        "double": "done",
        "boom": "failed",
        "double_2": "waiting",
    }


def test_a_run_as_json_carries_value_sums_and_nodes(call: Call) -> None:
    done = call("run", "flows.py:twice", "-i", "n=1", "--json")

    assert done.at("value") == 4
    assert sorted(done.table("run")) == [
        "cost_usd",
        "failures",
        "nodes",
        "pipeline",
        "price_source",
        "run_id",
        "seconds",
        "started_at",
        "status",
        "undone",
        "usage",
        "warnings",
    ]


def test_a_run_that_cannot_begin_gives_2(call: Call) -> None:
    without_model = call("run", "flows.py:greet", "-i", "word=hi")
    no_node = call("run", "flows.py:twice", "-i", "n=1", "--upto", "doubel")

    assert (without_model.code, no_node.code) == (2, 2)
    assert "FD240" in without_model.err
    assert "--model local:smollm2-135m" in without_model.err
    assert "did you mean 'double'" in no_node.err


def test_upto_gives_the_value_of_a_node(call: Call) -> None:
    assert call("run", "flows.py:breaks", "-i", "n=4", "--upto", "double", "-q").out == "8\n"


def test_the_value_is_written_to_a_file(call: Call, folder: Path) -> None:
    done = call("run", "flows.py:twice", "-i", "n=4", "-o", "out.txt")
    document = call("run", "flows.py:twice", "-i", "n=4", "-o", "out.json", "--json")
    nowhere = call("run", "flows.py:twice", "-i", "n=4", "-o", "none/out.txt")
    failed = call("run", "flows.py:breaks", "-i", "n=4", "-o", "never.txt")

    assert done.out == ""
    assert (folder / "out.txt").read_text() == "16\n"
    assert document.document["output"] == "out.json"
    assert failed.code == 1
    assert not (folder / "never.txt").exists()
    assert nowhere.code == 2
    assert "FD512: none/out.txt can't be written: there is no folder 'none'." in nowhere.err


@pytest.mark.parametrize("output", [".", "none/out.txt", ""])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_run(
    call: Call, output: str
) -> None:
    done = call("run", "flows.py:twice", "-i", "n=4", "-o", output)

    assert done.code == 2
    assert "FD512" in done.err
    assert "doubling" not in done.err


def test_a_part_of_the_value_can_be_asked_for(call: Call, folder: Path) -> None:
    write(
        folder,
        "reports.py",
        """
        from pydantic import BaseModel
        from flowdsl import pipeline, step

        class Issue(BaseModel):
            line: int

        class Report(BaseModel):
            issues: list[Issue]
            meta: dict[str, str] = {}

            @property
            def markdown(self) -> str:
                return f"# {len(self.issues)} issues"

        @step
        def make(n: int) -> Report:
            return Report(issues=[Issue(line=n)], meta={"by": "me"})

        @pipeline
        def report(n: int) -> Report:
            return make(n)
        """,
    )

    def asked(field: str, *more: str) -> Called:
        return call("run", "reports.py", "-i", "n=7", "--field", field, *more)

    assert asked("markdown", "-q").out == "# 1 issues\n"
    assert asked("issues.0.line", "-q").out == "7\n"
    assert asked("issues.-1", "--json").at("value") == {"line": 7}
    assert asked("meta.by", "-o", "by.txt").code == 0
    assert (folder / "by.txt").read_text() == "me\n"
    wrong = asked("isues.0")
    assert (wrong.code, wrong.out) == (2, "")
    assert "FD513: --field isues.0: there is no 'isues' in Report." in wrong.err
    assert "did you mean 'issues'?" in wrong.err
    assert "running" not in wrong.err
    late = asked("issues.3", "--json")
    assert (late.code, late.at("error", "code")) == (1, "FD513")
    assert late.at("run", "status") == "done"


def test_a_part_of_one_nodes_value_is_looked_for_after_the_run(call: Call) -> None:
    done = call("run", "flows.py:twice", "-i", "n=4", "--upto", "double", "--field", "x")

    assert done.code == 1
    assert "there is no 'x' in the int" in done.err


def test_a_value_that_shows_itself_as_markdown_is_printed_so(call: Call, folder: Path) -> None:
    write(
        folder,
        "shown.py",
        """
        from dataclasses import dataclass
        from flowdsl import pipeline, step

        @dataclass
        class Page:
            title: str

            def _repr_markdown_(self) -> str:
                return f"# {self.title}"

        @step
        def make() -> Page:
            return Page("Changes")

        @pipeline
        def shown() -> Page:
            return make()
        """,
    )

    assert call("run", "shown.py", "-q").out == "# Changes\n"
    assert call("run", "shown.py", "--json").at("value") == {"title": "Changes"}


def test_bytes_are_written_as_they_are(call: Call, folder: Path) -> None:
    write(
        folder,
        "raw.py",
        """
        from flowdsl import pipeline, step

        @step
        def make() -> bytes:
            return b"\\x00\\xff"

        @pipeline
        def raw() -> bytes:
            return make()
        """,
    )

    call("run", "raw.py", "-o", "out.bin")

    assert (folder / "out.bin").read_bytes() == b"\x00\xff"
    assert (
        in_process_of_its_own("run", "raw.py", "--json", folder=folder).document["value"] == "AP8="
    )


def test_settings_stand_below_flags(call: Call, folder: Path) -> None:
    write(folder, "flowdsl.toml", 'model = "mock:"\n[aliases]\nfast = "nowhere:x"\n')

    assert call("run", "flows.py:greet", "-i", "word=hi", "-q").code == 0
    assert "nowhere" in call("run", "flows.py:asks", "-i", 'texts=["a"]').err
    assert "'other'" in call("run", "flows.py:greet", "-i", "word=hi", "-m", "other:x").err


def test_on_failure_goes_on_with_other_branches(call: Call, folder: Path) -> None:
    write(
        folder,
        "branches.py",
        """
        import asyncio
        from flowdsl import pipeline, step

        @step
        def fails() -> int:
            raise OSError("gone")

        @step
        async def late(n: int) -> int:
            await asyncio.sleep(0.05)
            return n

        @step
        def after(n: int) -> int:
            return n

        @step
        def both(a: int, b: int) -> int:
            return a + b

        @pipeline
        def branches() -> int:
            return both(fails(), after(late(1)))
        """,
    )

    stopped = call("run", "branches.py", "--json")
    went_on = call("run", "branches.py", "--json", "--on-failure", "continue")

    assert (stopped.code, went_on.code) == (1, 1)
    assert stopped.at("run", "nodes", "after", "state") == "waiting"
    assert went_on.at("run", "nodes", "after", "state") == "done"


def test_a_run_that_takes_too_long_gives_1(call: Call, folder: Path) -> None:
    write(
        folder,
        "slow.py",
        """
        import asyncio
        from flowdsl import pipeline, step

        @step
        async def wait() -> int:
            await asyncio.sleep(60)
            return 1

        @pipeline
        def slow() -> int:
            return wait()
        """,
    )

    done = call("run", "slow.py", "--timeout", "0.05")

    assert done.code == 1
    assert "FD208" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("flows.py",),
        ("flows.py:twise",),
        ("flows.py:Issue",),
        ("flow.py",),
        ("flows",),
        ("notes.txt",),
        ("notes.txt:twice",),
        ("flows.yaml",),
        ("nowhere.flows:twice",),
        ("changelog_generatio",),
        ("flows.py:twice",),
        ("flows.py:twice", "-i", "n=four", "-i", "m=1", "-i", "n"),
        ("flows.py:wrong", "-i", "n=1"),
        ("flows.py:twice", "-i", "n=1", "--max-parallel", "0"),
        ("flows.py:greet", "-i", "word=hi", "--model", "mok:"),
    ],
    ids=" ".join,
)
def test_mistakes_are_told_with_their_cure(
    call: Call, folder: Path, arguments: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    write(folder, "notes.txt", "words")

    done = call("run", *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err == snapshot


def test_a_process_of_its_own_reads_inputs_from_standard_input(folder: Path) -> None:
    done = in_process_of_its_own(
        "run", "flows.py:twice", "--inputs", "-", folder=folder, text='{"n": 3}'
    )

    assert (done.code, done.out) == (0, "12\n")


@pytest.mark.parametrize("wanted", ["--json", "--quiet"])
def test_what_programs_of_a_step_print_stays_off_standard_output(wanted: str, folder: Path) -> None:
    write(
        folder,
        "shell.py",
        """
        import os, subprocess
        from flowdsl import step

        @step
        def hello() -> int:
            os.write(1, b"straight\\n")
            return subprocess.run(["echo", "hello"]).returncode
        """,
    )

    done = in_process_of_its_own("run", "shell.py:hello", wanted, folder=folder)

    found = json.loads(done.out)
    assert (found if wanted == "--quiet" else found["value"]) == 0
    assert "straight\nhello\n" in done.err
