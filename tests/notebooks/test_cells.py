"""Pipelines in the cells of a real kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.notebooks.kernel import Kernel

pytestmark = [pytest.mark.timeout(90), pytest.mark.xdist_group("kernel")]

STEPS = """
import asyncio
from pydantic import BaseModel
from flowdsl import each, pipeline, prompt, step

class Issue(BaseModel):
    message: str

@step
def shout(text: str) -> str:
    print("shouted")
    return text.upper()

@prompt("List the defects of {{ text }}")
def review(text: str) -> Issue: ...

@step
async def slow(text: str) -> str:
    print("began", flush=True)
    try:
        await asyncio.sleep(20 if text == "LONG" else 0.6)
    finally:
        print("ended", flush=True)
    return text

@step
def broken(text: str) -> str:
    raise ValueError("no " + text)
"""
PIPELINES = """
@pipeline
def audit(text: str) -> Issue:
    return review(shout(text))

@pipeline
def wait(texts: list[str]) -> list[str]:
    return each(texts, lambda text: slow(shout(text)))

@pipeline
def fail(text: str) -> str:
    return broken(shout(text))
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    started = Kernel()
    started.run(STEPS)
    started.run(PIPELINES)
    yield started
    started.stop()


def test_a_pipeline_shows_its_drawing(kernel: Kernel) -> None:
    for cell in ("audit", "audit.graph"):
        shown = kernel.run(cell)

        assert set(shown.result) == {"text/html", "image/svg+xml", "text/plain"}
        assert "<svg" in shown.result["text/html"]
        assert shown.text.startswith("pipeline audit")


def test_a_run_shows_itself_and_gives_the_values_of_nodes(kernel: Kernel) -> None:
    shown = kernel.run("run = audit.using(model='mock:').run('a'); run")

    assert "<table" in shown.result["text/html"]
    assert kernel.run("run['shout'], type(run.value).__name__").text == "('A', 'Issue')"


def test_a_quick_run_shows_no_progress(kernel: Kernel) -> None:
    assert kernel.run("audit.using(model='mock:')('a')").displays == []


@pytest.mark.parametrize("call", ["wait.run(['a'])", "await wait.arun(['a'])"])
def test_a_longer_run_is_shown_live_in_one_display(kernel: Kernel, call: str) -> None:
    shown = kernel.run(f"done = {call}")

    assert len({display_id for display_id, _ in shown.displays}) == 1
    first, last = shown.displays[0][1], shown.displays[-1][1]
    assert first["text/plain"].startswith("wait: running · 0 of 1 steps")
    assert "slow" in first["text/html"]
    assert last["text/plain"].startswith("wait: done · 1 of 1 steps")
    assert kernel.run("done.value").text == "['A']"


@pytest.mark.parametrize(
    "cell",
    [
        "wait.using(progress=False).run(['a']).value",
        "%env FLOWDSL_PROGRESS=off\nvalue = wait.run(['a']).value\n%env FLOWDSL_PROGRESS=\nvalue",
    ],
)
def test_progress_can_be_switched_off(kernel: Kernel, cell: str) -> None:
    shown = kernel.run(cell)

    assert (shown.text, shown.displays) == ("['A']", [])


def test_an_error_shows_the_users_cells_and_nothing_of_the_engine(kernel: Kernel) -> None:
    shown = kernel.run("fail.run('a')")

    assert shown.error == "StepFailedError"
    lines = [re.sub(r"In\[\d+\]", "In[_]", line.strip()) for line in shown.traceback.splitlines()]
    assert [line for line in lines if line] == [
        "FD201: step 'broken' failed: ValueError: no A",
        "at cell In[_]:11, in fail",
        "return broken(shout(text))",
        "raised at cell In[_]:27, in broken",
        "help: it was given text='A'.",
        "ValueError: no A",
        "at cell In[_]:27, in broken",
        'raise ValueError("no " + text)',
        "called from",
        "at cell In[_]:1",
        "fail.run('a')",
    ]


def test_a_mistake_in_a_pipeline_names_the_cell_and_its_line(kernel: Kernel) -> None:
    shown = kernel.run(
        "@pipeline\ndef bad(n: int) -> str:\n    return shout(n)\nnumber = len(In) - 1\nbad"
    )
    number = kernel.run("number").text

    told = unescape(shown.result["text/html"]).removeprefix("<pre>")
    assert told.startswith("FD102: 'n' gives int, but 'shout.text' takes str.")
    assert f"at cell In[{number}]:3, in bad\n     return shout(n)" in told


def test_an_interrupt_cancels_the_run_and_leaves_the_kernel_usable(kernel: Kernel) -> None:
    shown = kernel.run("wait.run(['long', 'long'])", interrupt_at="began")

    assert shown.error == "RunInterruptedError"
    assert shown.traceback.startswith("Interrupted: ")
    assert "engine.py" not in shown.traceback
    assert "ended" in shown.printed
    assert kernel.run("import sys; sys.last_value.run.status").text == "'cancelled'"
    assert kernel.run("wait.using(progress=False).run(['a']).value").text == "['A']"


def test_an_interrupt_cancels_an_awaited_run_too(kernel: Kernel) -> None:
    shown = kernel.run("await wait.arun(['long'])", interrupt_at="began")

    assert shown.error in {"CancelledError", "KeyboardInterrupt"}
    assert "ended" in shown.printed
    assert kernel.run("(await wait.using(progress=False).arun(['a'])).value").text == "['A']"


def test_only_a_node_and_what_it_needs_is_run(kernel: Kernel) -> None:
    shown = kernel.run("audit.using(upto='shout').run('a').value")

    assert (shown.text, shown.printed) == ("'A'", "shouted\n")


def test_results_are_reused_until_a_steps_cell_is_run_again_with_other_code(kernel: Kernel) -> None:
    kernel.run("first = audit.using(model='mock:').run('a')")
    again = kernel.run("audit.using(model='mock:', reuse=first).run('a').value == first.value")
    same = kernel.run(STEPS)
    as_before = kernel.run(
        "audit.using(model='mock:', reuse=first).run('a').value.message == first.value.message"
    )
    kernel.run(STEPS.replace("text.upper()", "text.upper() + '!'"))
    changed = kernel.run("audit.using(model='mock:', reuse=first).run('a')['shout']")
    kernel.run(STEPS)

    assert same.error == ""
    assert (again.text, again.printed) == ("True", "")
    assert (as_before.text, as_before.printed) == ("True", "")
    assert (changed.text, changed.printed) == ("'A!'", "shouted\n")
