"""Our own fake of an OpenAI-compatible server, only for faults that the emulator of others lacks: chat, streams, models."""

from __future__ import annotations

from collections.abc import Iterator

from flowdsl.ir.usage import Usage
from flowdsl.providers.json_schema import is_schema
from tests.fakes.faults import Fault
from tests.fakes.house import House, Worked
from tests.fakes.ledger import Outcome
from tests.fakes.wire import Answer, Asked, Json
from tests.fakes.words import cut, digest, line_for, pieces, said, tokens_of, tokens_of_json

MODELS = ("fake-small", "fake-large")
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}


def error(status: int, message: str, *, kind: str = "", code: str = "") -> Answer:
    """An error as such servers tell it."""
    told: dict[str, object] = {
        "message": message,
        "type": kind or TYPES.get(status, "server_error"),
        "param": None,
    }
    told["code"] = code or None
    return Answer(status, {"error": told})


def answer(house: House, asked: Asked, path: str, fault: Fault | None) -> Worked:
    """What the server makes of a request."""
    key = asked.headers.get("authorization", "").removeprefix("Bearer ")
    if house.keys is not None and (why := house.wrong_key(key)):
        return Worked(error(401, why, code="invalid_api_key"), "", key, "rejected", Usage())
    if path == "/models":
        return Worked(_models(), "", key, "counted", Usage())
    name = str(asked.body.get("model", ""))
    if fault is not None and fault.kind == "status":
        told = error(fault.status, fault.message, kind=fault.error_type, code=fault.error_code)
        return Worked(told, name, key, "failed" if fault.status >= 500 else "rejected", Usage())
    if path != "/chat/completions":
        return Worked(error(404, f"{path} is not here"), "", key, "rejected", Usage())
    told = _refusal(house, asked.body)
    if told is not None:
        return Worked(told, name, key, "rejected", Usage())
    return _chat(house, asked.body, fault, name, key)


def _models() -> Answer:
    listed = [{"id": name, "object": "model", "owned_by": "flowdsl"} for name in MODELS]
    return Answer(200, {"object": "list", "data": listed})


def _refusal(house: House, body: Json) -> Answer | None:
    prompt = tokens_of_json(body.get("messages"))
    if house.context_tokens is not None and prompt > house.context_tokens:
        why = f"This model's maximum context length is {house.context_tokens} tokens."
        return error(400, why, kind="invalid_request_error", code="context_length_exceeded")
    if house.is_spent:
        return error(429, "You exceeded your current quota.", code="insufficient_quota")
    return None


def _chat(house: House, body: Json, fault: Fault | None, name: str, key: str) -> Worked:
    prompt = tokens_of_json(body.get("messages"))
    line = line_for(house.lines, body.get("messages"))
    question = {
        word: part for word, part in body.items() if word not in {"stream", "stream_options"}
    }
    form = body.get("response_format")
    inner = form.get("json_schema") if is_schema(form) else None
    text = said(line, question, inner.get("schema") if is_schema(inner) else None)
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    output = tokens_of(text) if line.output_tokens is None else line.output_tokens
    is_whole = not isinstance(most, int) or output <= most
    if isinstance(most, int) and not is_whole:
        text, output = cut(text, most), most
    reason = line.finish or ("content_filter" if line.refusal else "stop" if is_whole else "length")
    total = prompt + output
    usage = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": total}
    mark = {"id": f"chatcmpl-{digest(question)[:20]}", "created": 0, "model": name}
    billed = Usage(input_tokens=prompt, output_tokens=output)
    outcome: Outcome = "refused" if line.refusal else "answered"
    if body.get("stream") is not True:
        message = {"role": "assistant", "content": text, "refusal": line.refusal or None}
        choice = {"index": 0, "message": message, "finish_reason": reason}
        told = {**mark, "object": "chat.completion", "choices": [choice], "usage": usage}
        return Worked(Answer(200, told), name, key, outcome, billed)
    events = tuple(_events(mark, text, reason, usage, fault))
    after = len(events) if fault is None else fault.after_events
    shown = sum(tokens_of(piece) for piece in pieces(text)[:after])
    cut_bill = Usage(input_tokens=prompt, output_tokens=min(output, shown))
    return Worked(Answer(200, events=events), name, key, outcome, billed, cut_bill)


def _events(
    mark: Json, text: str, reason: str, usage: Json, fault: Fault | None
) -> Iterator[tuple[str, Json]]:
    chunk = {**mark, "object": "chat.completion.chunk"}
    whole: list[tuple[Json, str | None]] = [({"content": p}, None) for p in pieces(text)]
    whole.append(({}, reason))
    for number, (delta, finish) in enumerate(whole):
        if fault is not None and fault.kind == "error_event" and number == fault.after_events:
            yield "", error(fault.status, fault.message, kind=fault.error_type).json or {}
            return
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        yield "", {**chunk, "choices": [choice], "usage": None}
    yield "", {**chunk, "choices": [], "usage": usage}
    yield "", {}
