"""Our own fake of the providers, as an ASGI app: `/anthropic`, `/gemini` and `/v1` behind one door, each answer marked `x-fake: flowdsl`.

It stands in for what no emulator of others does (PROVIDERS D.4) and is no proof of how the real services behave:
each rule is taken from the project's notes on providers, and names its paragraph there. Use it in process,
`httpx2.ASGITransport(FakeApp())`, or on loopback, `tests.fakes.server.serving`; only the latter really streams.
"""

from __future__ import annotations

import asyncio

from flowdsl.ir.usage import Usage
from tests.fakes import anthropic, gemini, openai
from tests.fakes.faults import Fault
from tests.fakes.house import House, Worked
from tests.fakes.ledger import Entry, Outcome
from tests.fakes.wire import Answer, Asked, DroppedError, Receive, Scope, Send, read, send_answer

APIS = {"/anthropic": anthropic, "/gemini": gemini, "/v1": openai}
UNREAD = frozenset({"html", "empty", "broken_json"})
CUTS = frozenset({"truncate", "drop", "broken_chunk", "error_event"})


class FakeApp:
    """The app.

    Args:
        house: Its state, for tests to look into and to change.
    """

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = await read(scope, receive)
        if asked is None:
            await send_answer(send, Answer(400, {"error": {"message": "no JSON object"}}), None)
            return
        prefix = next((each for each in APIS if asked.path.startswith(each)), "")
        if not prefix:
            await send_answer(send, Answer(404, {"error": {"message": "nothing is here"}}), None)
            return
        await self._serve(send, asked, prefix)

    async def _serve(self, send: Send, asked: Asked, prefix: str) -> None:
        house = self.house
        api = {"/v1": "openai"}.get(prefix, prefix.strip("/"))
        fault = house.faults.next_for(api, is_stream=_is_stream(asked)) if _costs(asked) else None
        worked = APIS[prefix].answer(house, asked, asked.path.removeprefix(prefix), fault)
        if worked.answer.status >= 400 and fault is not None and fault.kind != "status":
            fault = None  # an error has no stream to break
        if house.latency_s:
            await asyncio.sleep(house.latency_s)
        outcome, billed = _bill(worked, fault)
        house.ledger.add(
            Entry(
                api=api,
                model=worked.model,
                key=worked.key,
                status=worked.answer.status,
                outcome=outcome,
                billed=billed,
                body=asked.body,
                fault="" if fault is None else fault.kind,
            )
        )
        await send_answer(send, worked.answer, fault, house.event_s)


def _bill(worked: Worked, fault: Fault | None) -> tuple[Outcome, Usage]:
    kind = "" if fault is None else fault.kind
    if kind == "html":  # somebody in between answers: the model was never asked
        return "failed", Usage()
    if kind in UNREAD:
        return "unread", worked.billed
    if kind in CUTS and worked.answer.events:
        return "cut", worked.cut
    if kind == "drop":
        return "unread", worked.billed
    return worked.outcome, worked.billed


def _is_stream(asked: Asked) -> bool:
    return asked.body.get("stream") is True or ":streamGenerateContent" in asked.path


def _costs(asked: Asked) -> bool:
    return asked.method == "POST" and "count" not in asked.path.rpartition("/")[2]


__all__ = ["DroppedError", "FakeApp", "House"]
