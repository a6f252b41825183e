"""States for drawings, rows, and values as documents."""

from __future__ import annotations

import re

import pytest

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Port
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import INT, STR, ListOf
from flowdsl.runtime.report import MAX_ROWS, run_document, run_facts, run_html, states_of, written
from flowdsl.testing import ScriptedProvider
from tests.runtime.building import Draft, body_of, inc, run, whole_run


async def odd_only(n: int) -> int:
    if n % 2 == 0:
        raise ValueError(n)
    return n


def many(limit: int) -> Draft:
    draft = Draft()
    items = draft.input("items", ListOf(INT))
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=body_of(odd_only, "item"),
    )
    draft.add(each, items=items)
    return draft


async def test_the_gravest_state_of_many_items_is_drawn() -> None:
    with pytest.raises(StepFailedError) as caught:
        await run(many(1).graph(), Options(on_failure="continue"), items=[1, 2, 3])

    failed = whole_run(caught)
    assert states_of(failed) == {"items": "done", "each": "failed", "each/odd_only": "failed"}
    assert "FD201" in run_html(failed)


async def test_the_table_has_an_end() -> None:
    done = await run(many(1).graph(), items=[1] * 200)

    html = run_html(done)

    assert html.count("<tr>") == MAX_ROWS + 1
    assert "and 101 further nodes" in html


def test_a_value_without_a_written_form_is_shown_briefly() -> None:
    assert written(3) == 3
    assert written(many) == {"shown": f"<{type(many).__name__} many at {hex(id(many))}>"}


async def test_the_headline_tells_calls_tokens_and_cost() -> None:
    draft = Draft()
    draft.add(Generate(label="ask", prompt=Prompt(user=(Static("Well?"),)), output=STR))
    options = Options(model="x:", providers={"x": ScriptedProvider(["yes"])})

    html = run_html(await run(draft.graph(), options))

    assert re.search(r"done in \d+\.\d{3} s, 1 model call, \d+ tokens, ", html)


async def test_the_facts_of_a_run_are_its_document_without_values_and_events() -> None:
    draft = Draft()
    draft.step(inc, draft.input("n"))
    done = await run(draft.graph(), n=1)

    facts, whole = run_facts(done), run_document(done)

    assert set(whole) - set(facts) == {"outputs", "events"}
    assert facts["nodes"] == {
        "inc": {
            "state": "done",
            "seconds": done.nodes["inc"].seconds,
            "cost_usd": "0",
            "usage": facts["usage"],
        }
    }
    assert {name: whole[name] for name in facts if name != "nodes"} == {
        name: value for name, value in facts.items() if name != "nodes"
    }
