"""How a run shows itself."""

from __future__ import annotations

import json
import re

from flowdsl.ir.types import STR
from tests.runtime.building import Draft, run

MIMEBUNDLE = "_repr_mimebundle_"
"""What a notebook calls."""


async def shout(text: str) -> str:
    """A step whose value must be escaped."""
    return f"<b>{text}</b>"


async def test_a_notebook_gets_html_in_which_everything_is_escaped() -> None:
    draft = Draft("a<b>")
    draft.step(shout, draft.input("text", STR), takes=STR, output=STR)

    done = await run(draft.graph(), text="x")
    show = getattr(done, MIMEBUNDLE)
    bundle: dict[str, str] = show()

    assert set(bundle) == {"text/html", "text/plain"}
    assert "<b>x</b>" not in bundle["text/html"]
    assert "&lt;b&gt;x&lt;/b&gt;" in bundle["text/html"]
    assert "a&lt;b&gt;" in bundle["text/html"]
    assert "<svg" in bundle["text/html"]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", bundle["text/html"])
    assert cells[cells.index("shout") + 1] == "done"
    assert bundle["text/plain"].startswith("<Run of 'a<b>': done")


async def test_a_run_is_json() -> None:
    draft = Draft("doc")
    draft.step(shout, draft.input("text", STR), takes=STR, output=STR)
    done = await run(draft.graph(), text="x")

    document = json.loads(json.dumps(done.to_document()))

    assert document["run_id"] == done.run_id
    assert (document["pipeline"], document["status"], document["cost_usd"]) == ("doc", "done", "0")
    assert document["nodes"]["shout"]["state"] == "done"
    assert [event["event"] for event in document["events"]] == [
        "RunStarted",
        "NodeStarted",
        "NodeFinished",
        "RunFinished",
    ]
