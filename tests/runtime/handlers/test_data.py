"""Expressions, text, approval."""

from __future__ import annotations

import pytest

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.ir.data_nodes import Approve, Text
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.types import ANYTHING, INT, STR
from flowdsl.prompts import parse_template
from tests.runtime.building import Draft, inc, run, value_of


async def test_an_expression_reads_its_ports() -> None:
    draft = Draft()
    a, b = draft.input("a"), draft.input("b")
    draft.compute(Apply("sub", (Name("y"), Name("x"))), INT, x=a, y=b)

    assert await value_of(draft.graph(), a=1, b=10) == 9


async def test_an_expression_needs_no_ports() -> None:
    draft = Draft()
    draft.compute(Apply("add", (Const(1), Const(2))), INT)

    assert await value_of(draft.graph()) == 3


async def test_an_expression_of_one_name_is_quick() -> None:
    draft = Draft()
    draft.compute(Apply("neg", (Name("x"),)), INT, x=draft.input("a"))

    assert await value_of(draft.graph(), a=4) == -4


async def test_text_is_filled_in() -> None:
    draft = Draft()
    name = draft.input("who", STR)
    template = parse_template("Hello {{ name }}!")
    draft.add(
        Text(label="text", inputs=(Port("name", STR),), output=STR, template=template), name=name
    )

    assert await value_of(draft.graph(), who="Ada") == "Hello Ada!"


def approval() -> Graph:
    """A value that a person lets through."""
    draft = Draft()
    ask = Approve(
        label="ask", inputs=(Port("value", ANYTHING),), output=INT, question="Go on with it?"
    )
    draft.step(inc, draft.add(ask, value=draft.input("n")))
    return draft.graph()


async def test_a_yes_lets_the_value_through() -> None:
    asked: list[object] = []

    async def yes(question: str, value: object) -> bool:
        asked.append((question, value))
        return True

    assert await value_of(approval(), Options(approver=yes), n=4) == 5
    assert asked == [("Go on with it?", 4)]


async def test_a_no_stops_what_comes_after() -> None:
    async def no(_question: str, _value: object) -> bool:
        return False

    with pytest.raises(StepFailedError, match=r"FD219.*was not approved"):
        await run(approval(), Options(approver=no), n=4)


async def test_nobody_to_ask_is_an_error_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(StepFailedError, match="FD220") as caught:
        await run(approval(), n=4)

    assert "approver=" in caught.value.help
