"""The fixture `cassette` as a user's test suite meets it: in a process of its own, with files of its own."""

import pytest

from tests.fakes.house import House
from tests.fakes.server import serving
from tests.house import ROOT
from tests.pages import blocks

PAGE = ROOT / "docs" / "how-to" / "record-answers-of-models.md"
KEYS = ("ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENAI_API_KEY")
pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(60)

PIPELINE = """
from flowdsl import each, pipeline, prompt, step

@prompt("Name the main defect.\\n\\n{{ code }}", model="fast", system="You review code.")
def review(code: str) -> str: ...

@step
def worst(reviews: list[str]) -> str:
    return max(reviews, key=len)

@pipeline
def audit(files: list[str]) -> str:
    return worst(each(files, review))
"""
TESTS = """
import pytest
from flowdsl.testing import run_pipeline
from audit import audit

@pytest.mark.parametrize("code", ["x = 1", "X = 1", "../up"])
def test_one(cassette, code):
    run = run_pipeline(audit, cassette=cassette, model="mock:", files=[code])
    assert "no model was asked" in run.value

class TestAudit:
    def test_two(self, cassette):
        models = cassette.providers
        run = audit.using(providers=models, model="mock:").run(files=["a", "b"])
        assert len(models.requests) == 2
"""
ARGUMENTS = ("-q", "-pno:cacheprovider", "-pno:asyncio", "-pno:anyio", "-pno:hypothesispytest")


class Suite:
    """A user's project with a pipeline and its tests."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.folder = pytester.path
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
        done = self._pytester.runpytest_subprocess(*ARGUMENTS, *arguments)
        return int(done.ret), done.stdout.str() + done.stderr.str()

    def files(self) -> dict[str, str]:
        folder = self.folder / "cassettes" / "test_audit"
        return {each.name: each.read_text("utf-8") for each in sorted(folder.glob("*"))}


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.delenv("CI", raising=False)
    return Suite(pytester)


def flat(said: str) -> str:
    return " ".join(said.replace("\nE ", " ").split())


def test_tests_pass_without_a_model_once_they_are_recorded(suite: Suite) -> None:
    missing, said = suite.run()
    recorded, _ = suite.run("--flowdsl-cassettes=record")
    before = suite.files()
    passed, _ = suite.run()

    assert (missing, recorded, passed) == (1, 0, 0)
    assert "There is no recorded answer for step 'review' at 'each_review[0]/review'" in flat(said)
    assert "pytest --flowdsl-cassettes=record 'test_audit.py::test_one[x = 1]'" in flat(said)
    assert len(before) == 4
    assert "TestAudit.test_two.yaml" in before
    assert suite.files() == before


def test_a_file_is_yaml_that_people_read(suite: Suite) -> None:
    suite.run("--flowdsl-cassettes=record")

    text = suite.files()["TestAudit.test_two.yaml"]
    assert text.startswith(
        "# Answers of models, recorded for test_audit.py::TestAudit::test_two\n"
        "# Anew: pytest --flowdsl-cassettes=refresh\n"
        "version: 1\n"
        "calls:\n"
        "- step: review\n"
        "  path: each_review[0]/review\n"
        "  recorded: '"
    )
    assert (
        "  request:\n"
        "    model: 'mock:'\n"
        "    system: You review code.\n"
        "    messages:\n"
        "    - user: |-\n"
        "        Name the main defect.\n"
        "\n"
        "        a\n"
        "    max_tokens: 4096\n"
        "  answers:\n"
        "  - text: "
    ) in text


def test_a_changed_prompt_fails_with_a_readable_difference_and_a_refresh_mends_it(
    suite: Suite,
) -> None:
    suite.run("--flowdsl-cassettes=record")
    suite.change("audit.py", "Name the main defect.", "Name the worst defect.")

    failed, said = suite.run("-k", "two")
    refreshed, _ = suite.run("--flowdsl-cassettes=refresh")
    passed, _ = suite.run()

    assert (failed, refreshed, passed) == (1, 0, 0)
    lines = [" ".join(line.removeprefix("E").split()) for line in said.splitlines()]
    assert "- Name the main defect." in lines
    assert "+ Name the worst defect." in lines
    assert "pytest --flowdsl-cassettes=refresh test_audit.py::TestAudit::test_two" in said
    assert all("main defect" not in text for text in suite.files().values())


def test_answers_that_are_not_asked_for_are_warned_of_until_a_refresh(suite: Suite) -> None:
    suite.run("--flowdsl-cassettes=record", "-k", "two")
    suite.change("test_audit.py", 'files=["a", "b"]', 'files=["a"]')
    suite.change("test_audit.py", "== 2", "== 1")

    passed, warned = suite.run("-k", "two")
    suite.run("-k", "two", "--flowdsl-cassettes=refresh")
    strict, said = suite.run("-k", "two", "-W", "error")

    assert (passed, strict) == (0, 0), said
    assert "has answers that nobody asks for: each_review[1]/review" in flat(warned)


@pytest.mark.parametrize("mode", ["record", "refresh"])
def test_a_test_that_fails_while_it_is_recorded_keeps_the_old_file_and_says_so(
    suite: Suite, mode: str
) -> None:
    suite.run("--flowdsl-cassettes=record")
    before = suite.files()
    suite.change("audit.py", "Name the main defect.", "Name the worst defect.")
    suite.change("test_audit.py", "== 2", "== 3")

    failed, said = suite.run("-k", "two", f"--flowdsl-cassettes={mode}")

    assert failed == 1
    assert "The test failed, so nothing was recorded (2 answers lost)" in said
    assert "TestAudit.test_two.yaml is as it was." in said
    assert suite.files() == before


def test_a_missing_answer_fails_the_test_even_if_it_catches_the_error(suite: Suite) -> None:
    suite.write(
        "test_audit.py",
        "import pytest\n"
        "from flowdsl.testing import run_pipeline\n"
        "from audit import audit\n"
        "def test_it(cassette):\n"
        "    with pytest.raises(Exception):\n"
        "        run_pipeline(audit, cassette=cassette, model='mock:', files=['a'])\n",
    )

    failed, said = suite.run()

    assert failed == 1
    assert "FD270: There is no recorded answer for step 'review'" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("ci", "is_refused"), [("true", True), ("false", False)])
def test_a_ci_server_replays_and_never_records(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, ci: str, *, is_refused: bool
) -> None:
    monkeypatch.setenv("CI", ci)

    refused, said = suite.run("--flowdsl-cassettes=record")

    assert (refused == 4) is is_refused
    assert (suite.files() == {}) is is_refused
    assert ("FD274" in said and "record on your machine and commit" in said) is is_refused


def test_a_ci_server_replays_what_was_recorded(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.run("--flowdsl-cassettes=record")
    monkeypatch.setenv("CI", "true")

    passed, said = suite.run()

    assert passed == 0, said


def test_it_works_in_several_processes(suite: Suite) -> None:
    more = "\n".join(
        f"def test_more_{n}(cassette):\n"
        f"    run_pipeline(audit, cassette=cassette, model='mock:', files=['{n}', 'b', 'c'])\n"
        for n in range(4)
    )
    suite.write("test_audit.py", TESTS + more)

    recorded, said = suite.run("-n", "2", "--flowdsl-cassettes=record")
    passed, _ = suite.run("-n", "2")
    before = suite.files()
    alone, _ = suite.run("--flowdsl-cassettes=refresh")

    assert (recorded, passed, alone) == (0, 0, 0), said
    assert len(before) == 8
    assert suite.files() == before


def test_off_asks_each_time_and_keeps_nothing(suite: Suite) -> None:
    passed, said = suite.run("--flowdsl-cassettes=off")

    assert passed == 0, said
    assert suite.files() == {}


def test_a_broken_file_is_told_with_its_name(suite: Suite) -> None:
    suite.run("--flowdsl-cassettes=record", "-k", "two")
    name = "cassettes/test_audit/TestAudit.test_two.yaml"
    suite.change(name, "version: 1", "version: 7")

    failed, said = suite.run("-k", "two")

    assert failed == 1
    assert (
        "FD272: the cassette TestAudit.test_two.yaml can't be used: version: input should be 1"
        in said
    )


def test_an_unknown_mode_is_refused(suite: Suite) -> None:
    refused, said = suite.run("--flowdsl-cassettes=rec")

    assert refused == 4
    assert "'replay', 'record', 'refresh', 'off'" in said


CLOUD = """
from pathlib import Path

import pytest
from flowdsl.testing import run_pipeline
from audit import audit

@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["anthropic:claude-haiku-5-5", "google:gemini-3.8-flash", "openai:gpt-5"])
def test_it(cassette, model, stream):
    taped = audit.using(keep_events=stream)
    run = run_pipeline(taped, cassette=cassette, model=model, files=["a", "b"])
    seen = repr([run.value, run.usage, run.cost_usd, run.nodes.keys()])
    noted = Path(f"{model[:5]}{stream}.txt")
    if cassette.mode == "record":
        noted.write_text(seen, "utf-8")
    assert noted.read_text("utf-8") == seen
"""
KEY = "sk-proj-Planted0123456789abcdefPlanted"


def test_the_cloud_is_asked_with_the_users_keys_and_replayed_without(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.write("test_audit.py", CLOUD)
    with serving(House(keys=frozenset({KEY}))) as served:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", served.anthropic)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", served.gemini)
        monkeypatch.setenv("OPENAI_BASE_URL", served.openai)
        for variable in KEYS:
            monkeypatch.setenv(variable, KEY)
        recorded, said = suite.run("--flowdsl-cassettes=record", "-W", "error")
    for variable in KEYS:
        monkeypatch.delenv(variable)

    assert recorded == 0, said
    passed, said = suite.run("-W", "error")

    assert passed == 0, said
    assert len(suite.files()) == 6
    assert all("Planted" not in text for text in suite.files().values())


def test_the_tests_of_the_page_are_recorded_and_pass_without_a_model(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "\n".join(block.text for block in blocks(PAGE) if block.language == "python")
    suite.write("test_audit.py", source.replace("anthropic:claude-haiku-5-5", "mock:"))
    answer = '[{"contains": "crashes", "answer": {"kind": "bug", "urgent": true}}]'
    monkeypatch.setenv("FLOWDSL_MOCK_RULES", answer)

    recorded, said = suite.run("--flowdsl-cassettes=record")
    monkeypatch.delenv("FLOWDSL_MOCK_RULES")
    passed, _ = suite.run()

    assert (recorded, passed) == (0, 0), said
    assert len(suite.files()) == source.count("def test_") == 2
