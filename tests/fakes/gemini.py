"""Our own fake of the Gemini API, for what nobody emulates (PROVIDERS D.4): answers, streams, token counts, vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowdsl.ir.usage import Usage
from flowdsl.providers.json_schema import is_list, is_schema
from tests.fakes.faults import Fault
from tests.fakes.house import House, Worked
from tests.fakes.ledger import Outcome
from tests.fakes.prefix_cache import Part
from tests.fakes.wire import Answer, Asked, Json
from tests.fakes.words import Line, cut, digest, line_for, pieces, said, tokens_of, tokens_of_json

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MODELS = (
    *("gemini-4-argon", "gemini-3.8-flash", "gemini-3.6-flash", "gemini-3.5-flash-lite"),
    *("gemini-3.5-flash", "gemini-3.1-pro-preview", "gemini-3.1-flash-lite"),
    *("gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-embedding-001"),
)
"""Those with a price in PROVIDERS B, and one for vectors."""
MIN_CACHE = 6144
"""PROVIDERS B says it of gemini-4-argon; taken for all of them."""
CONTEXT = 1_048_576
MAX_OUTPUT = 65_536
EMBED_SIZE = 16


def error(status: int, message: str, *, kind: str = "", reason: str = "") -> Answer:
    """An error in the API's own words (PROVIDERS B, errors)."""
    told: dict[str, object] = {
        "code": status,
        "message": message,
        "status": kind or STATUSES.get(status, "UNKNOWN"),
    }
    if reason:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
        told["details"] = [{**info, "domain": "googleapis.com"}]
    return Answer(status, {"error": told})


def answer(house: House, asked: Asked, path: str, fault: Fault | None) -> Worked:
    """What the API makes of a request."""
    key = asked.headers.get("x-goog-api-key", asked.query.get("key", ""))
    if house.wrong_key(key):  # the API says 400 of a wrong key; PROVIDERS is silent about it
        why = "API key not valid. Please pass a valid API key."
        return _rejected(error(400, why, reason="API_KEY_INVALID"), key)
    version, _, rest = path.strip("/").partition("/")
    if version not in {"v1", "v1beta"} or not rest.startswith("models"):
        return _rejected(error(404, f"{path}: not found"), key)
    if asked.method == "GET":
        return Worked(_models(rest), "", key, "counted", Usage())
    name, _, verb = rest.removeprefix("models/").partition(":")
    if fault is not None and fault.kind == "status":
        told = error(fault.status, fault.message, kind=fault.error_type, reason=fault.error_code)
        return Worked(told, name, key, "failed" if fault.status >= 500 else "rejected", Usage())
    if name not in MODELS and not (name.endswith("-latest") and version == "v1beta"):
        why = f"models/{name} is not found for API version {version}"  # PROVIDERS 0.3: aliases
        return _rejected(error(404, why), key)
    return _called(_Call(house, asked.body, name, key), verb, fault)


def _called(call: _Call, verb: str, fault: Fault | None) -> Worked:
    match verb:
        case "generateContent" | "streamGenerateContent":
            return call.answer(fault, is_stream=verb == "streamGenerateContent")
        case "countTokens":
            told = Answer(200, {"totalTokens": call.prompt})
            return Worked(told, call.name, call.key, "counted", Usage())
        case "embedContent" | "batchEmbedContents":
            return call.embed()
        case _:
            return _rejected(error(404, f"{verb}: not found"), call.key)


def _rejected(told: Answer, key: str) -> Worked:
    return Worked(told, "", key, "rejected", Usage())


def _models(rest: str) -> Answer:
    name = rest.removeprefix("models").strip("/")
    if not name:
        return Answer(200, {"models": [_model(each) for each in MODELS]})
    if name not in MODELS:
        return error(404, f"models/{name} is not found")
    return Answer(200, _model(name))


def _model(name: str) -> dict[str, object]:
    limits = {"inputTokenLimit": CONTEXT, "outputTokenLimit": MAX_OUTPUT}
    verbs = ["embedContent"] if "embedding" in name else ["generateContent", "countTokens"]
    return {"name": f"models/{name}", **limits, "supportedGenerationMethods": verbs}


@dataclass(frozen=True, slots=True)
class _Call:
    house: House
    body: Json
    name: str
    key: str

    @property
    def _parts(self) -> list[Part]:
        found = [
            Part(value, tokens_of_json(value), "") for value in [self.body.get("tools")] if value
        ]
        system = self.body.get("systemInstruction")
        contents = self.body.get("contents")
        for turn in [system, *(contents if is_list(contents) else [])]:
            parts = turn.get("parts") if is_schema(turn) else None
            found += [
                Part(part, tokens_of_json(part), "") for part in (parts if is_list(parts) else [])
            ]
        return found

    @property
    def prompt(self) -> int:
        return sum(part.tokens for part in self._parts) + 1

    @property
    def _config(self) -> Json:
        config = self.body.get("generationConfig")
        return config if is_schema(config) else {}

    def embed(self) -> Worked:
        """A vector for each content; made out of its text."""
        several = self.body.get("requests")
        asked = several if is_list(several) else [self.body]
        vectors = [{"values": _vector(each)} for each in asked]
        told = {"embeddings": vectors} if is_list(several) else {"embedding": vectors[0]}
        tokens = sum(tokens_of_json(each.get("content")) for each in asked if is_schema(each))
        return Worked(
            Answer(200, told), self.name, self.key, "answered", Usage(input_tokens=tokens)
        )

    def answer(self, fault: Fault | None, *, is_stream: bool) -> Worked:
        """The candidate, or why there is none."""
        if not self.body.get("contents"):
            return _rejected(error(400, "contents is not specified"), self.key)
        limit = self.house.context_tokens or CONTEXT
        if self.prompt > limit:
            told = f"The input token count ({self.prompt}) exceeds the maximum number of tokens allowed ({limit})."
            return _rejected(error(400, told), self.key)
        if self.house.is_spent:
            why = "Your project has exceeded its monthly spending cap."
            return _rejected(error(429, why), self.key)
        line = line_for(
            self.house.lines, [self.body.get("systemInstruction"), self.body["contents"]]
        )
        read = self.house.cache.longest(f"{self.name} {self.key}", self._parts, MIN_CACHE)
        chunks, output, thought = self._chunks(line, read)
        billed = self._usage(read, output, thought)
        outcome: Outcome = "refused" if line.blocked or line.refusal else "answered"
        if not is_stream:
            return Worked(Answer(200, _joined(chunks)), self.name, self.key, outcome, billed)
        after = len(chunks) if fault is None else fault.after_events
        shown = sum(tokens_of(_text(chunk)) for chunk in chunks[:after])
        seen = thought if shown else 0
        cut_bill = self._usage(read, min(output, seen + shown), seen)
        events = tuple(_events(chunks, fault))
        return Worked(Answer(200, events=events), self.name, self.key, outcome, billed, cut_bill)

    def _usage(self, read: int, output: int, thought: int) -> Usage:
        return Usage(
            input_tokens=self.prompt,
            cache_read_tokens=read,
            output_tokens=output,
            thinking_tokens=thought,
        )

    def _chunks(self, line: Line, read: int) -> tuple[list[dict[str, object]], int, int]:
        """What a stream gives, the tokens of all it puts out, and those of its thoughts."""
        config = self._config
        mark = digest(self.body)
        if line.blocked:  # PROVIDERS B, finish reasons: no candidates
            told = {"blockReason": "PROHIBITED_CONTENT"}
            usage = {"promptTokenCount": self.prompt, "totalTokenCount": self.prompt}
            return [{"promptFeedback": told, "usageMetadata": usage, **self._names(mark)}], 0, 0
        schema = config.get("responseJsonSchema", config.get("responseSchema"))
        text = "" if line.refusal else said(line, self.body, schema)
        thinking = config.get("thinkingConfig")
        thought = line.thought if self._thinks(thinking) else ""
        most = config.get("maxOutputTokens")
        left = most if isinstance(most, int) else MAX_OUTPUT
        thought_tokens = min(tokens_of(thought), left)
        text_tokens = tokens_of(text) if line.output_tokens is None else line.output_tokens
        is_whole = left - thought_tokens >= text_tokens
        text = text if is_whole else cut(text, left - thought_tokens)
        text_tokens = min(text_tokens, left - thought_tokens)
        parts: list[Json] = [{"text": piece} for piece in pieces(text)]
        if is_schema(thinking) and _said(thinking, "include_thoughts") is True and thought:
            parts.insert(0, {"text": thought, "thought": True})
        reason = line.refusal or ("STOP" if is_whole else "MAX_TOKENS")
        usage: dict[str, object] = {
            "promptTokenCount": self.prompt,
            "candidatesTokenCount": text_tokens,
            "totalTokenCount": self.prompt + text_tokens + thought_tokens,
        }
        if thought_tokens:
            usage["thoughtsTokenCount"] = thought_tokens
        if read:
            usage["cachedContentTokenCount"] = read
        last = {"finishReason": line.finish or reason}
        chunks = [self._chunk([part], {}, {}, mark) for part in parts[:-1]]
        chunks.append(self._chunk(parts[-1:], last, usage, mark))
        return chunks, text_tokens + thought_tokens, thought_tokens

    def _thinks(self, thinking: object) -> bool:
        """Only 2.5 can be told not to think, by a budget of 0; it does when nothing is said, lite not."""
        if is_schema(thinking) and _said(thinking, "thinking_budget") == 0:
            return False
        return "lite" not in self.name or is_schema(thinking)

    def _names(self, mark: str) -> dict[str, object]:
        return {"modelVersion": self.name, "responseId": mark[:20]}

    def _chunk(self, parts: list[Json], last: Json, usage: Json, mark: str) -> dict[str, object]:
        content = {"role": "model", "parts": parts}
        candidate = {"content": content, "index": 0, **last}
        told = usage or {"promptTokenCount": self.prompt}
        return {"candidates": [candidate], "usageMetadata": told, **self._names(mark)}


def _vector(content: object) -> list[float]:
    mark = digest(content)
    size = content.get("outputDimensionality") if is_schema(content) else None
    wanted = size if isinstance(size, int) else EMBED_SIZE
    return [int(mark[at % 60 : at % 60 + 4], 16) / 65_536 for at in range(wanted)]


def _said(thinking: Json, name: str) -> object:
    """A word of the settings of thinking: the SDK writes it with lines, and the documents without."""
    first, _, second = name.partition("_")
    return thinking.get(name, thinking.get(first + second.capitalize()))


def _candidate(chunk: Json) -> Json:
    candidates = chunk.get("candidates")
    first = candidates[0] if is_list(candidates) and candidates else None
    return first if is_schema(first) else {}


def _chunk_parts(chunk: Json) -> list[object]:
    content = _candidate(chunk).get("content")
    parts = content.get("parts") if is_schema(content) else None
    return parts if is_list(parts) else []


def _text(chunk: Json) -> str:
    shown = [part for part in _chunk_parts(chunk) if is_schema(part) and "thought" not in part]
    return "".join(str(part.get("text", "")) for part in shown)


def _joined(chunks: list[dict[str, object]]) -> Json:
    last = chunks[-1]
    if "candidates" not in last:
        return last
    thoughts = [p for c in chunks for p in _chunk_parts(c) if is_schema(p) and "thought" in p]
    text = "".join(_text(chunk) for chunk in chunks)
    parts = [*thoughts, *([{"text": text}] if text else [])]
    candidate = {**_candidate(last), "content": {"role": "model", "parts": parts}}
    return {**last, "candidates": [candidate]}


def _events(chunks: list[dict[str, object]], fault: Fault | None) -> Iterator[tuple[str, Json]]:
    for number, chunk in enumerate(chunks):
        if fault is not None and fault.kind == "error_event" and number == fault.after_events:
            yield "", error(fault.status, fault.message, kind=fault.error_type).json or {}
            return
        yield "", chunk
