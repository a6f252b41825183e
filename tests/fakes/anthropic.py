"""Our own fake of Anthropic's API, for what nobody emulates (PROVIDERS D.4): messages, streams, token counts, models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowdsl.ir.usage import Usage
from flowdsl.providers.json_schema import is_list, is_schema
from tests.fakes.claude_models import MODELS, Claude, claude
from tests.fakes.claude_rules import is_off, schema_of, why_refused
from tests.fakes.faults import Fault
from tests.fakes.house import House, Worked
from tests.fakes.ledger import Outcome
from tests.fakes.prefix_cache import Kept, parts_of
from tests.fakes.wire import Answer, Asked, Json
from tests.fakes.words import Line, cut, digest, line_for, pieces, said, tokens_of, tokens_of_json

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
SPENT = "enforced_spend_limit_reached"
EXTRA_TOKENS = 3
"""Of every prompt, for what stands around it."""


def error(status: int, message: str, *, kind: str = "", code: str = "") -> Answer:
    """An error in the API's own words (PROVIDERS A.3)."""
    told: dict[str, object] = {"type": kind or TYPES.get(status, "api_error"), "message": message}
    if code:
        told["details"] = {"error_code": code}
    name = f"req_{digest([status, message])[:20]}"
    content = {"type": "error", "error": told, "request_id": name}
    return Answer(status, content, headers={"request-id": name})


def answer(house: House, asked: Asked, path: str, fault: Fault | None) -> Worked:
    """What the API makes of a request."""
    key = asked.headers.get("authorization", "").removeprefix("Bearer ")  # PROVIDERS 0.2
    key = key or asked.headers.get("x-api-key", "")
    if why := house.wrong_key(key):
        return _rejected(error(401, why), key)
    if asked.method == "GET" and path.startswith("/v1/models"):
        return Worked(_models(path), "", key, "counted", Usage())
    name = str(asked.body.get("model", ""))
    if fault is not None and fault.kind == "status":
        told = error(fault.status, fault.message, kind=fault.error_type, code=fault.error_code)
        return Worked(told, name, key, "failed" if fault.status >= 500 else "rejected", Usage())
    model = claude(name)
    if path not in {"/v1/messages", "/v1/messages/count_tokens"} or asked.method != "POST":
        return _rejected(error(404, f"{path}: Not found"), key)
    if model is None:
        return _rejected(error(404, f"model: {name}"), key)
    call = _Call(house, asked, name, model, key)
    return call.count() if path.endswith("count_tokens") else call.answer(fault)


def _rejected(told: Answer, key: str) -> Worked:
    return Worked(told, "", key, "rejected", Usage())


def _models(path: str) -> Answer:
    name = path.removeprefix("/v1/models").strip("/")
    if not name:
        listed = [_model(each, rules) for each, rules in MODELS.items()]
        ends = {"first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
        return Answer(200, {"data": listed, "has_more": False, **ends})
    rules = claude(name)
    return error(404, f"model: {name}") if rules is None else Answer(200, _model(name, rules))


def _model(name: str, rules: Claude) -> dict[str, object]:
    return {
        "type": "model",
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_tokens": rules.max_output,
        "max_input_tokens": rules.context,
    }


@dataclass(frozen=True, slots=True)
class _Call:
    house: House
    asked: Asked
    name: str
    model: Claude
    key: str

    def count(self) -> Worked:
        """Tokens of the prompt (PROVIDERS A.2, token count)."""
        checked = {"max_tokens": 1, **self.asked.body}
        if why := why_refused(checked, self.model, self._version):
            return _rejected(error(400, why), self.key)
        told = Answer(200, {"input_tokens": self._prompt})
        return Worked(told, self.name, self.key, "counted", Usage())

    @property
    def _version(self) -> str:
        return self.asked.headers.get("anthropic-version", "")

    @property
    def _prompt(self) -> int:
        schema = schema_of(self.asked.body)
        extra = tokens_of_json(schema) if schema else 0
        return sum(part.tokens for part in parts_of(self.asked.body)) + extra + EXTRA_TOKENS

    def answer(self, fault: Fault | None) -> Worked:
        """The message, or why there is none."""
        body = self.asked.body
        if why := why_refused(body, self.model, self._version):
            return _rejected(error(400, why), self.key)
        limit = self.house.context_tokens or self.model.context
        if self._prompt > limit:
            told = f"prompt is too long: {self._prompt} tokens > {limit} maximum"
            return _rejected(error(400, told), self.key)
        if self.house.is_spent:  # PROVIDERS A.1: looks like a rate limit, and is none
            why = "You have reached your specified API usage limits."
            return _rejected(error(429, why, code=SPENT), self.key)
        line = line_for(self.house.lines, [body.get("system"), body.get("messages")])
        kept = self._kept()
        message, output, thought = self._message(line, kept)
        billed = _usage(kept, output, thought)
        outcome: Outcome = "refused" if line.refusal else "answered"
        headers = {"request-id": f"req_{str(message['id'])[4:]}"}
        if body.get("stream") is not True:
            told = Answer(200, message, headers=headers)
            return Worked(told, self.name, self.key, outcome, billed)
        events = tuple(_events(message, fault))
        after = len(events) if fault is None else fault.after_events
        shown = sum(tokens_of(_delta_text(content)) for _, content in events[:after])
        seen = thought if shown else 0  # it thought before its first word
        least = min(1, after)  # so many the first event says
        cut_bill = _usage(kept, max(least, min(output, seen + shown)), seen)
        told = Answer(200, events=events, headers=headers)
        return Worked(told, self.name, self.key, outcome, billed, cut_bill)

    def _kept(self) -> Kept:
        parts = parts_of(self.asked.body)
        owner = f"{self.name} {self.key}"
        kept = self.house.cache.account(owner, parts, self.model.min_cache)
        rest = self._prompt - sum(kept)
        return kept._replace(fresh=kept.fresh + rest)

    def _message(self, line: Line, kept: Kept) -> tuple[dict[str, object], int, int]:
        body = self.asked.body
        question = {name: part for name, part in body.items() if name != "stream"}
        mark = digest(question)
        thought = "" if is_off(body, self.model) or line.refusal else line.thought
        text = "" if line.refusal else said(line, question, schema_of(body))
        most = body.get("max_tokens")
        left = most if isinstance(most, int) else 0
        thinking_tokens = min(tokens_of(thought), left)
        text_tokens = tokens_of(text) if line.output_tokens is None else line.output_tokens
        whole = left - thinking_tokens >= text_tokens
        text = text if whole else cut(text, left - thinking_tokens)
        output = min(thinking_tokens + text_tokens, left)
        blocks = _blocks(thought, text, body, line)
        stop = "refusal" if line.refusal else "end_turn" if whole else "max_tokens"
        message: dict[str, object] = {
            "id": f"msg_{mark[:24]}",
            "type": "message",
            "role": "assistant",
            "model": self.name,
            "content": blocks,
            "stop_reason": line.finish or stop,
            "stop_sequence": None,
            "usage": _raw_usage(kept, output, thinking_tokens),
        }
        if line.refusal:  # PROVIDERS A.2, refusals
            category = None if line.refusal == "other" else line.refusal
            message["stop_details"] = {"type": "refusal", "category": category}
        return message, output, thinking_tokens


def _blocks(thought: str, text: str, body: Json, line: Line) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = []
    thinking = body.get("thinking")
    if thought:  # PROVIDERS A.2: display summarized or omitted
        shown = is_schema(thinking) and thinking.get("display") == "summarized"
        told = thought if shown else ""
        blocks.append({"type": "thinking", "thinking": told, "signature": digest(thought)[:32]})
    if line.strange_block:  # PROVIDERS A.3
        blocks.append({"type": "hologram", "shape": "cube"})
    if text or not thought:
        blocks.append({"type": "text", "text": text})
    return [] if line.refusal else blocks


def _raw_usage(kept: Kept, output: int, thought: int) -> dict[str, object]:
    """As PROVIDERS A.2 tells: `input_tokens` without what was kept."""
    return {
        "input_tokens": kept.fresh,
        "cache_read_input_tokens": kept.read,
        "cache_creation_input_tokens": kept.written_5m + kept.written_1h,
        "cache_creation": {
            "ephemeral_5m_input_tokens": kept.written_5m,
            "ephemeral_1h_input_tokens": kept.written_1h,
        },
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": thought},
        "service_tier": "standard",
    }


def _usage(kept: Kept, output: int, thought: int) -> Usage:
    return Usage(
        input_tokens=sum(kept),
        output_tokens=output,
        cache_read_tokens=kept.read,
        cache_write_tokens=kept.written_5m + kept.written_1h,
        cache_write_1h_tokens=kept.written_1h,
        thinking_tokens=thought,
    )


def _events(message: dict[str, object], fault: Fault | None) -> Iterator[tuple[str, Json]]:
    for number, event in enumerate(_whole_events(message)):
        if fault is not None and fault.kind == "error_event" and number == fault.after_events:
            told = error(fault.status, fault.message, kind=fault.error_type, code=fault.error_code)
            yield "error", told.json or {}
            return
        yield event


def _whole_events(message: dict[str, object]) -> Iterator[tuple[str, Json]]:
    usage, content = message["usage"], message["content"]
    begun = {
        **(usage if is_schema(usage) else {}),
        "output_tokens": 1,
        "output_tokens_details": None,
    }
    empty: list[object] = []
    start = {**message, "content": empty, "stop_reason": None, "usage": begun}
    yield _named("message_start", message=start)
    for index, block in enumerate(content if is_list(content) else []):
        if is_schema(block):
            yield from _block_events(index, block)
    delta = {name: message.get(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
    yield _named("message_delta", delta=delta, usage=usage)
    yield _named("message_stop")


def _block_events(index: int, block: Json) -> Iterator[tuple[str, Json]]:
    kind = str(block["type"])
    if kind == "text":
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces(str(block["text"]))]
        empty: Json = {"type": "text", "text": ""}
    elif kind == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": p} for p in pieces(str(block["thinking"]))]
        deltas.append({"type": "signature_delta", "signature": str(block["signature"])})
        empty = {"type": "thinking", "thinking": "", "signature": ""}
    else:
        deltas, empty = [], block
    yield _named("content_block_start", index=index, content_block=empty)
    for delta in deltas:
        yield _named("content_block_delta", index=index, delta=delta)
    yield _named("content_block_stop", index=index)


def _named(name: str, **content: object) -> tuple[str, Json]:
    return name, {"type": name, **content}


def _delta_text(content: Json) -> str:
    delta = content.get("delta")
    if not is_schema(delta):
        return ""
    return str(delta.get("text") or "")
