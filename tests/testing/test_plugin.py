"""The pytest plugin as a user's test suite meets it: in a process of its own, with files of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(60)

PIPELINE = '''
from flowdsl import each, pipeline, prompt, step

@prompt("Name the main defect.\\n\\n{{ code }}", model="fast", system="You review code.")
def review(code: str) -> str: ...

@step
def worst(reviews: list[str]) -> str:
    return max(reviews, key=len)

@pipeline
def audit(files: list[str]) -> str:
    """Grade a set of files."""
    return worst(each(files, review))
'''
TESTS = """
from flowdsl.testing import run_pipeline
from audit import audit

def test_the_longest_review_wins():
    run = run_pipeline(audit, script=["short", "a long one"], files=["a", "b"])
    assert run.value == "a long one"

def test_the_graph(graph_snapshot):
    assert audit == graph_snapshot

def test_the_prompts(prompt_snapshot):
    assert run_pipeline(audit, mock=True, files=["x = 1", "y = 2"]) == prompt_snapshot
"""


# What these suites don't need, so that each process starts sooner.
_WITHOUT = [
    f"-pno:{plugin}" for plugin in ("anyio", "asyncio", "cacheprovider", "cov", "hypothesispytest")
]


class Suite:
    """A user's project with a pipeline and its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("audit.py", PIPELINE)
        self.write("test_audit.py", TESTS)
        self.write("pytest.ini", "[pytest]\npythonpath = .\n")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        before = (self.folder / name).read_text("utf-8")
        assert old in before
        self.write(name, before.replace(old, new))

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *_WITHOUT, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def snapshot(self, name: str) -> str:
        return (self.folder / "__snapshots__" / "test_audit" / name).read_text("utf-8")


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


def test_a_users_tests_pass_once_their_snapshots_are_written(suite: Suite) -> None:
    missing, _ = suite.run()
    written, _ = suite.run("--snapshot-update")
    passed, said = suite.run()

    assert (missing, written, passed) == (1, 0, 0), said


def test_snapshots_are_plain_text(suite: Suite) -> None:
    suite.run("--snapshot-update")

    assert suite.snapshot("test_the_graph.graph.txt").splitlines()[:2] == [
        "pipeline audit: Grade a set of files.",
        "  files = input -> list[str]",
    ]
    assert suite.snapshot("test_the_prompts.prompts.txt") == (
        "## review at each_review[0]/review (model fast)\n"
        "system:\n  You review code.\n"
        "user:\n  Name the main defect.\n\n  x = 1\n\n"
        "## review at each_review[1]/review (model fast)\n"
        "system:\n  You review code.\n"
        "user:\n  Name the main defect.\n\n  y = 2\n"
    )


def test_a_changed_prompt_fails_with_a_readable_difference_and_an_update_mends_it(
    suite: Suite,
) -> None:
    suite.run("--snapshot-update")
    suite.change("audit.py", "Name the main defect.", "Name the worst defect.")

    failed, said = suite.run()
    updated, _ = suite.run("--snapshot-update")
    passed, _ = suite.run()

    assert (failed, updated, passed) == (1, 0, 0)
    lines = [line.removeprefix("E").strip() for line in said.splitlines()]
    assert "-   Name the main defect." in lines
    assert "+   Name the worst defect." in lines


def test_a_changed_graph_fails(suite: Suite) -> None:
    suite.run("--snapshot-update")
    suite.change("audit.py", "each(files, review)", "each(files, review, max_parallel=3)")

    failed, said = suite.run("-k", "graph")

    assert failed == 1
    changed = [line for line in said.splitlines() if re.match(r"E\s+[-+] ", line)]
    assert len(changed) == 2
    assert "max_parallel=3" in changed[1]


def test_snapshots_hold_in_several_processes_and_in_any_order(suite: Suite) -> None:
    more = "\n".join(
        f"def test_prompt_{n}(prompt_snapshot):\n"
        f"    assert run_pipeline(audit, mock=True, files=['{n}']) == prompt_snapshot\n"
        for n in range(12)
    )
    suite.write("test_audit.py", TESTS + more)
    suite.write(
        "conftest.py",
        "import random\n"
        "def pytest_collection_modifyitems(items):\n"
        "    random.Random(7).shuffle(items)\n",
    )

    written, said = suite.run("-n", "2", "--snapshot-update")
    passed, _ = suite.run("-n", "2")
    (suite.folder / "conftest.py").unlink()
    alone, _ = suite.run()

    assert (written, passed, alone) == (0, 0, 0), said
    assert len(list((suite.folder / "__snapshots__" / "test_audit").iterdir())) == 14


def test_both_snapshots_serve_one_test(suite: Suite) -> None:
    both = (
        "def test_both(graph_snapshot, prompt_snapshot):\n"
        "    run = run_pipeline(audit, mock=True, files=['a'])\n"
        "    assert run == graph_snapshot\n"
        "    assert run == prompt_snapshot\n"
    )
    suite.write("test_audit.py", TESTS + both)

    suite.run("--snapshot-update")
    passed, said = suite.run()

    assert passed == 0, said
    assert suite.snapshot("test_both.graph.txt") == suite.snapshot("test_the_graph.graph.txt")


def test_a_provider_from_the_fixture_answers(suite: Suite) -> None:
    suite.write(
        "test_audit.py",
        "from flowdsl.testing import EveryModel\n"
        "from audit import audit\n"
        "def test_it(scripted):\n"
        "    model = scripted({'review': 'fine'})\n"
        "    run = audit.using(providers=EveryModel(model), model='default:').run(files=['a', 'b'])\n"
        "    assert (run.value, model.calls) == ('fine', 2)\n",
    )

    passed, said = suite.run()

    assert passed == 0, said


def test_without_syrupy_the_fixture_says_what_to_install(suite: Suite) -> None:
    failed, said = suite.run("-p", "no:syrupy", "-k", "graph")

    assert failed == 1
    assert "graph_snapshot needs syrupy: pip install 'flowdsl[testing]'" in said


def test_the_plugin_loads_nothing_that_a_suite_does_not_use(suite: Suite) -> None:
    suite.write(
        "test_audit.py",
        "import sys\n"
        "def test_it():\n"
        "    ours = {m for m in sys.modules if m.split('.')[0] == 'flowdsl'}\n"
        "    assert ours == {'flowdsl', 'flowdsl.testing', 'flowdsl.testing.plugin'}\n",
    )

    passed, said = suite.run()

    assert passed == 0, said
