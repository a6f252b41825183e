"""Newcomers write prompts that can't be put, or ask a model that can't answer."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.keystores import no_store
from tests.newcomer.trying import attempt, expect_told

SCRIPTS = {
    "a broken template": """
@prompt("Judge {{ note")  # here
def judge(note: str) -> str: ...
""",
    "an unclosed if": """
@prompt("Judge {% if note %}{{ note }}")  # here
def judge(note: str) -> str: ...
""",
    "an f-string brace": """
@prompt("Judge {note}")  # here
def judge(note: str) -> str: ...
""",
    "an unknown variable": """
@prompt("Judge {{ nota }}")  # here
def judge(note: str) -> str: ...
""",
    "an unused parameter": """
@prompt("Judge {{ note }}")  # here
def judge(note: str, tone: str) -> str: ...
""",
    "a prompt with a body": """
@prompt("Judge {{ note }}")  # here
def judge(note: str) -> str:
    return note.upper()
""",
    "a prompt without a return type": """
@prompt("Judge {{ note }}")  # here
def judge(note: str): ...
""",
    "an async prompt": """
@prompt("Judge {{ note }}")  # here
async def judge(note: str) -> str: ...
""",
    "a prompt without its brackets": """
@prompt  # here
def judge(note: str) -> str: ...
""",
    "a prompt with no template": """
@prompt()  # here
def judge(note: str) -> str: ...
""",
    "a missing template file": """
@prompt(file="prompts/juge.md")  # here
def judge(note: str) -> str: ...
""",
    "an unknown option of a prompt": """
@prompt("Judge {{ note }}", temprature=0.2)  # here
def judge(note: str) -> str: ...
""",
    "a temperature out of range": """
@prompt("Judge {{ note }}", temperature=7)  # here
def judge(note: str) -> str: ...
""",
    "an open dict as reply": """
@prompt("Judge {{ note }}")  # here
def judge(note: str) -> dict[str, int]: ...


@pipeline
def told(note: str) -> object:
    return judge(note)


told("a")
""",
    "a reply type that holds itself": """
class Tree(BaseModel):
    name: str
    children: "list[Tree]"


@prompt("Judge {{ note }}")  # here
def judge(note: str) -> Tree: ...


@pipeline
def told(note: str) -> object:
    return judge(note)


told("a")
""",
    "a reply type no schema can say": """
import re


@prompt("Judge {{ note }}")  # here
def judge(note: str) -> re.Pattern[str]: ...


@pipeline
def told(note: str) -> object:
    return judge(note)


told("a")
""",
}


@pytest.mark.parametrize("mistake", SCRIPTS)
def test_a_prompt_that_cannot_be_put_is_told(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "judge.md").write_text("Judge {{ note }}", encoding="utf-8")

    assert expect_told(tmp_path, SCRIPTS[mistake]) == snapshot


LONGER = '''
@prompt(
    """
    Judge this note.

    {{ note }}

    Tone: {{ tone }}
    """
)
def judge(note: str) -> str: ...
'''


def test_a_mistake_in_a_longer_template_is_told_at_its_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    told = attempt(tmp_path, LONGER)

    (problem,) = told.problems
    assert problem.place is not None
    line = (tmp_path / "script.py").read_text(encoding="utf-8").splitlines()[problem.place.line - 1]
    assert line == "    Tone: {{ tone }}"
    assert problem.place.column == line.index("tone }}") + 1
    assert str(told) == snapshot


JUDGE = """
@prompt("Judge {{ note }}"%s)
def judge(note: str) -> str: ...


@pipeline
def told(note: str) -> str:
    return judge(note)  # here


told%s("a")
"""

MODELS = {
    "no model": ("", ""),
    "an unknown prefix": (', model="antropic:claude"', ""),
    "an unknown alias": (', model="fsat"', ""),
    "an alias nobody set": (', model="fast"', ""),
    "a cloud model without a key": (', model="anthropic:claude-sonnet-4"', ""),
    "a local model nobody pulled": (', model="local:smollm2-135m"', ""),
    "a local model that does not exist": (', model="local:smolm2"', ""),
    "a model without a name": (', model="local:"', ""),
    "an empty model": ("", '.using(model="")'),
}


@pytest.mark.parametrize("mistake", MODELS)
def test_a_model_that_cannot_answer_is_told(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOWDSL_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("keyring.core._keyring_backend", no_store())
    for name in ("FLOWDSL_GGUF", "FLOWDSL_MODEL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    told = attempt(tmp_path, JUDGE % MODELS[mistake])

    (problem,) = told.problems
    assert problem.place is not None
    assert problem.place.path == "script.py"
    assert problem.help
    assert str(told).replace(str(tmp_path), "<folder>") == snapshot
