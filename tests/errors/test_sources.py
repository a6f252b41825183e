"""How errors show themselves in notebooks: the user's own lines, nothing of the engine."""

from __future__ import annotations

import json
import sys
from types import FunctionType, ModuleType, SimpleNamespace

import pytest

from flowdsl import pipeline, step
from flowdsl.errors import FlowError, ManyProblemsError, RunInterruptedError, StepFailedError
from flowdsl.errors.sources import cell_of
from flowdsl.runtime.run import Run

HOOK = "_render_traceback_"
"""What IPython calls."""


@step
def read(text: str) -> int:
    return int(json.loads(text))


@step
def dig(depth: int) -> int:
    return _down(depth)


def _down(depth: int) -> int:
    if depth == 0:
        raise ValueError
    return _down(depth - 1)


@pipeline
def parse(text: str) -> int:
    return read(text)


@pipeline
def deep(depth: int) -> int:
    return dig(depth)


def _shown(error: BaseException) -> list[str]:
    lines: list[str] = getattr(error, HOOK)()
    return [line.strip() for line in lines]


def test_the_cause_is_shown_where_the_users_code_was_and_where_it_arose() -> None:
    with pytest.raises(StepFailedError) as caught:
        parse.run("[")

    shown = _shown(caught.value)
    assert shown[0].startswith("FD201: step 'read' failed: JSONDecodeError")
    assert "return int(json.loads(text))" in shown
    assert any("decoder.py" in line for line in shown)
    assert 'parse.run("[")' in shown
    assert not [line for line in shown if "executor.py" in line or "engine.py" in line]


def test_of_a_deep_recursion_both_ends_are_shown() -> None:
    with pytest.raises(StepFailedError) as caught:
        deep.run(40)

    shown = _shown(caught.value)
    assert "… 36 more" in shown
    assert "return _down(depth)" in shown
    assert "raise ValueError" in shown
    assert "ValueError" in shown


def test_an_error_that_went_nowhere_is_its_own_text() -> None:
    assert _shown(FlowError("no.", help="yes.")) == ["FD000: no.", "help: yes."]


def test_all_problems_are_told_and_their_causes() -> None:
    one, two = FlowError("one."), FlowError("two.")
    with pytest.raises(StepFailedError) as caught:
        parse.run("[")
    two.__cause__ = caught.value.__cause__

    shown = _shown(ManyProblemsError((one, two)))

    assert {"FD000: one.", "FD000: two.", "return int(json.loads(text))"} <= set(shown)


def test_an_interrupt_says_what_was_done_and_where_it_is() -> None:
    run: Run[int] = parse.run("1")

    assert _shown(RunInterruptedError(run)) == [
        "Interrupted: 1 of 1 steps were done; `import sys; sys.last_value.run` holds them."
    ]


def test_a_cell_is_known_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = ModuleType("IPython")
    cells = SimpleNamespace(compile=SimpleNamespace(_filename_map={"cell.py": 3}))
    vars(ipython)["get_ipython"] = lambda: cells
    monkeypatch.setitem(sys.modules, "IPython", ipython)

    assert cell_of("cell.py") == "cell In[3]"
    assert cell_of("other.py") is None


def test_without_ipython_there_are_no_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)

    assert cell_of("cell.py") is None


def test_lines_typed_at_a_prompt_are_shown_by_their_own_name() -> None:
    source = "def typed(depth):\n    raise ValueError(depth)\n"
    space: dict[str, object] = {}
    FunctionType(compile(source, "<stdin>", "exec"), space)()
    typed = space["typed"]
    error = FlowError("no.")
    assert callable(typed)
    try:
        typed(1)
    except ValueError as cause:
        error.__cause__ = cause

    assert "at <stdin>:2, in typed" in _shown(error)
