"""A run on a real terminal: the picture while it goes on, Ctrl-C, questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import write
from tests.cli.terminals import terminal

pytestmark = pytest.mark.timeout(90)

SLOW = """
import asyncio
from flowdsl import approve, each, pipeline, step

@step
async def wait(n: int) -> int:
    await asyncio.sleep(n)
    print("waited", n)
    return n

@step(spends=True)
async def paid(n: int) -> int:
    await asyncio.sleep(n)
    return n

@step
def add(ns: list[int]) -> int:
    return sum(ns)

@pipeline
def slow(ns: list[int]) -> int:
    return add(each(ns, wait))

@pipeline
def pays(ns: list[int]) -> int:
    return add(each(ns, paid))

@pipeline
def asked(n: int) -> int:
    return wait(approve(n, "Is this right?"))
"""


def test_nodes_are_drawn_while_they_run(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:slow", "-i", "ns=[0, 1]") as shown:
        shown.expect("▶ +each_wait +[0-9.]+ s +1/2.*0 of 2 steps")
        shown.expect("done in")
        code = shown.left()

    assert code == 0


def test_what_steps_print_stands_above_the_picture(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:slow", "-i", "ns=[0, 1]") as shown:
        shown.left()
        lines = [line for line in shown.shown.splitlines() if line.strip()]

    assert "waited 0" in lines
    assert lines[-2] == "1"
    assert lines[-1].startswith("done in ")


def test_ctrl_c_cancels_the_run_and_says_what_was_done(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:slow", "-i", "ns=[0, 600]") as shown:
        shown.expect("1/2")
        shown.interrupt()
        shown.expect(r"interrupted in [^\n]* 0 of 2 steps")
        shown.expect("cancelled +each_wait")
        shown.expect("waiting +add")
        code = shown.left()

    assert code == 130


def test_ctrl_c_says_what_is_waited_for_and_a_second_one_ends_at_once(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:pays", "-i", "ns=[600]") as shown:
        shown.expect("▶ +paid")
        shown.interrupt()
        shown.expect(r"for up to\s+30\s+s\s+it\s+waits\s+for\s+'each_paid\[0\]/paid'")
        shown.expect(r"interrupt\s+now\s+ends\s+it\s+at\s+once")
        shown.interrupt()
        shown.expect(r"interrupted in [^\n]* 0 of 2 steps")
        shown.expect("cancelled +each_paid")
        shown.expect("waiting +add")
        code = shown.left()

    assert code == 130


def test_a_question_is_asked_while_the_picture_is_away(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:asked", "-i", "n=0") as shown:
        shown.expect(r"Is this right\?\s+0\s+\[y/N\]")
        shown.type("y")
        shown.expect("done in")
        code = shown.left()

    assert code == 0


def test_no_is_a_failure(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:asked", "-i", "n=0", "--quiet") as shown:
        shown.expect(r"\[y/N\]")
        shown.type("n")
        shown.expect("FD219")
        code = shown.left()

    assert code == 1


def test_ctrl_c_at_a_question_ends_the_run(folder: Path) -> None:
    write(folder, "slow.py", SLOW)

    with terminal(folder, "run", "slow.py:asked", "-i", "n=0") as shown:
        shown.expect(r"\[y/N\]")
        shown.interrupt()
        shown.expect("interrupted in")
        code = shown.left()

    assert code == 130
