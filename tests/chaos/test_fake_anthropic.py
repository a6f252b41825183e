"""Our own fake of Anthropic's API does what it says, seen through the real SDK."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import jsonschema
import pytest
from anthropic import APIStatusError, AsyncAnthropic, DefaultAsyncHttpxClient
from anthropic.types import Message

from flowdsl.providers.json_schema import is_schema
from tests.fakes.app import FakeApp
from tests.fakes.faults import Fault
from tests.fakes.house import House
from tests.fakes.words import Line

OPUS, HAIKU, OLD = "claude-opus-5-5", "claude-haiku-5-5", "claude-haiku-4-5"


@pytest.fixture
def house() -> House:
    return House()


@asynccontextmanager
async def client(house: House) -> AsyncGenerator[AsyncAnthropic]:
    http = DefaultAsyncHttpxClient(transport=httpx2.ASGITransport(FakeApp(house)))
    base = "http://fake/anthropic"
    async with AsyncAnthropic(api_key="k", base_url=base, http_client=http, max_retries=0) as made:
        yield made


async def post(house: House, **fields: object) -> httpx2.Response:
    """A bare request: the SDK itself would refuse some of these."""
    body: dict[str, object] = {
        "model": OPUS,
        "max_tokens": 2000,
        "messages": [{"role": "user", "content": "Say hello."}],
        **fields,
    }
    version = body.pop("version", "2026-10-21")
    headers = {"authorization": "Bearer k", "anthropic-version": str(version)}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(FakeApp(house))) as http:
        return await http.post("http://fake/anthropic/v1/messages", json=body, headers=headers)


async def ask(house: House, text: str = "Say hello.", model: str = OPUS) -> Message:
    async with client(house) as made:
        return await made.messages.create(
            model=model, max_tokens=2000, messages=[{"role": "user", "content": text}]
        )


async def test_an_answer_is_marked_as_ours_and_billed_as_it_says(house: House) -> None:
    async with client(house) as made:
        raw = await made.messages.with_raw_response.create(
            model=OPUS, max_tokens=2000, messages=[{"role": "user", "content": "Say hello."}]
        )
        message = await raw.parse()

    assert raw.headers["x-fake"] == "flowdsl"
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert house.ledger.total.input_tokens == message.usage.input_tokens
    assert house.ledger.total.output_tokens == message.usage.output_tokens
    details = message.usage.output_tokens_details
    assert details is not None
    assert house.ledger.total.thinking_tokens == details.thinking_tokens > 0


async def test_a_stream_gives_the_same_message(house: House) -> None:
    whole = await ask(house)

    async with (
        client(house) as made,
        made.messages.stream(
            model=OPUS, max_tokens=2000, messages=[{"role": "user", "content": "Say hello."}]
        ) as arriving,
    ):
        streamed = await arriving.get_final_message()

    shown = [block.text for block in streamed.content if block.type == "text"]
    assert shown == [block.text for block in whole.content if block.type == "text"]
    assert streamed.usage == whole.usage
    assert streamed.stop_reason == whole.stop_reason == "end_turn"


async def test_a_structured_answer_meets_bounds_that_only_a_description_tells(house: House) -> None:
    told = {"type": "integer", "description": "A line.\n\n{minimum: 40, maximum: 42}"}
    schema = {
        "type": "object",
        "properties": {"line": told, "label": {"enum": ["a", "b"]}},
        "required": ["line", "label"],
        "additionalProperties": False,
    }

    answer = await post(house, output_config={"format": {"type": "json_schema", "schema": schema}})

    blocks: list[dict[str, str]] = answer.json()["content"]
    value: object = json.loads(blocks[-1]["text"])
    jsonschema.validate(value, schema)
    assert is_schema(value)
    assert value["line"] in {40, 41, 42}


FORCED = {"type": "tool", "name": "x"}
PREFILL = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]
OPEN = {"type": "object", "additionalProperties": {"type": "integer"}}
LOOP = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {"next": {"$ref": "#/$defs/Node"}},
            "additionalProperties": False,
        }
    },
}


def form(schema: object) -> dict[str, object]:
    return {"format": {"type": "json_schema", "schema": schema}}


@pytest.mark.parametrize(
    ("model", "fields", "said"),
    [
        (OPUS, {"temperature": 1.0}, "temperature"),
        (OLD, {"temperature": 1.0}, "temperature"),
        (OPUS, {"tool_choice": FORCED}, "tool_choice"),
        (OPUS, {"messages": PREFILL}, "prefill"),
        (OPUS, {"thinking": {"type": "enabled", "budget_tokens": 1024}}, "budget_tokens"),
        (OLD, {"thinking": {"type": "enabled", "budget_tokens": 512}}, "at least 1024"),
        (OLD, {"thinking": {"type": "adaptive"}}, "adaptive"),
        (OPUS, {"thinking": {"type": "disabled"}}, "disabled"),
        ("claude-sonnet-5-5", {"thinking": {"type": "disabled"}}, "disabled"),
        (HAIKU, {"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}}, "effort"),
        (OLD, {"output_config": {"effort": "low"}}, "effort"),
        (OPUS, {"messages": []}, "at least one"),
        (OPUS, {"max_tokens": 128_001}, "max_tokens"),
        (OPUS, {"output_config": form(OPEN)}, "additionalProperties"),
        (OPUS, {"output_config": form(LOOP)}, "recursive"),
        (OPUS, {"output_config": form({"type": "integer", "minimum": 1})}, "minimum"),
    ],
)
async def test_what_a_model_does_not_take_is_a_400(
    house: House, model: str, fields: dict[str, object], said: str
) -> None:
    answer = await post(house, model=model, **fields)

    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert house.ledger.tokens == 0
    assert len(house.ledger.of("rejected")) == 1


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (OLD, {"temperature": 0.5, "version": "2023-06-01"}),
        (OLD, {"messages": PREFILL}),
        (OLD, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ("claude-sonnet-5-5", {"thinking": {"type": "between_tools"}}),
        (HAIKU, {"thinking": {"type": "disabled"}, "output_config": {"effort": "high"}}),
        (HAIKU, {"tool_choice": FORCED}),
        ("claude-haiku-4-5-20251001", {}),
    ],
)
async def test_what_a_model_takes_is_answered(
    house: House, model: str, fields: dict[str, object]
) -> None:
    assert (await post(house, model=model, **fields)).status_code == 200


@pytest.mark.parametrize(
    ("optional", "unions", "status"), [(24, 16, 200), (25, 0, 400), (0, 17, 400)]
)
async def test_a_schema_has_so_many_optional_fields_and_unions_at_most(
    house: House, optional: int, unions: int, status: int
) -> None:
    either = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    fields: dict[str, object] = {f"o{n}": {"type": "integer"} for n in range(optional)}
    fields |= {f"u{n}": either for n in range(unions)}
    required = [name for name in fields if name.startswith("u")]
    closed = {"additionalProperties": False}
    schema = {"type": "object", "properties": fields, "required": required, **closed}

    assert (await post(house, output_config=form(schema))).status_code == status


async def test_a_refusal_is_a_200_that_is_billed(house: House) -> None:
    house.lines.append(Line(refusal="cyber"))

    message = await ask(house)

    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert message.stop_details.category == "cyber"
    assert house.ledger.of("refused")[0].billed.input_tokens > 0


async def test_an_answer_is_cut_at_max_tokens_thoughts_included(house: House) -> None:
    house.lines.append(Line(text="word " * 400))

    answer = await post(house, max_tokens=50)

    assert answer.json()["stop_reason"] == "max_tokens"
    assert answer.json()["usage"]["output_tokens"] == 50
    assert house.ledger.total.output_tokens == 50


async def test_a_wrong_key_and_an_unknown_model_are_told(house: House) -> None:
    house.keys = frozenset({"k"})

    assert (await post(house, model="claude-none")).status_code == 404
    house.keys = frozenset({"other"})
    assert (await post(house)).status_code == 401


async def test_once_the_limit_is_spent_every_call_is_refused(house: House) -> None:
    house.spend_limit_tokens = 1
    await ask(house)

    with pytest.raises(APIStatusError) as caught:
        await ask(house, "More.")

    assert caught.value.status_code == 429
    assert caught.value.error_code == "enforced_spend_limit_reached"


async def test_a_prompt_is_counted_as_it_is_billed(house: House) -> None:
    async with client(house) as made:
        counted = await made.messages.count_tokens(
            model=OPUS, messages=[{"role": "user", "content": "Say hello."}]
        )
    message = await ask(house)

    assert counted.input_tokens == message.usage.input_tokens


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _marked(text: str, ttl: str = "5m") -> dict[str, object]:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral", "ttl": ttl}}


async def test_a_kept_prompt_is_written_once_and_read_until_its_time_is_over(house: House) -> None:
    house.clock = clock = _Clock()
    long = "x" * 4 * 5000

    async def usage(text: str) -> tuple[int, int]:
        answer = await post(
            house, system=[_marked(long)], messages=[{"role": "user", "content": text}]
        )
        told = answer.json()["usage"]
        return told["cache_creation_input_tokens"], told["cache_read_input_tokens"]

    assert await usage("one") == (5000, 0)
    assert await usage("two") == (0, 5000)
    clock.now = 299
    assert await usage("three") == (0, 5000)
    clock.now = 598  # the last reading made it last anew
    assert await usage("four") == (0, 5000)
    clock.now = 899
    assert await usage("five") == (5000, 0)
    assert house.ledger.total.cache_read_tokens == 15_000
    assert house.ledger.total.cache_write_tokens == 10_000


async def test_a_longer_prompt_reads_what_is_kept_and_writes_the_rest(house: House) -> None:
    first, second = _marked("x" * 4 * 5000, "1h"), _marked("y" * 4 * 1000)
    await post(house, system=[first])

    answer = await post(house, system=[first, second])

    told = answer.json()["usage"]
    assert told["cache_read_input_tokens"] == 5000
    assert told["cache_creation"] == {
        "ephemeral_5m_input_tokens": 1000,
        "ephemeral_1h_input_tokens": 0,
    }
    assert house.ledger.entries[0].billed.cache_write_1h_tokens == 5000


@pytest.mark.parametrize(
    ("model", "tokens", "kept"),
    [(OPUS, 4095, 0), (OPUS, 4096, 4096), ("claude-opus-5", 511, 0), ("claude-opus-5", 512, 512)],
)
async def test_a_prompt_below_the_minimum_is_not_kept_and_nothing_is_said(
    house: House, model: str, tokens: int, kept: int
) -> None:
    answer = await post(house, model=model, system=[_marked("x" * 4 * tokens)])

    assert answer.json()["usage"]["cache_creation_input_tokens"] == kept


async def test_five_marks_are_too_many(house: House) -> None:
    answer = await post(house, system=[_marked(f"part {n}") for n in range(5)])

    assert answer.status_code == 400


async def test_odd_replies_are_what_the_sdk_lets_through(house: House) -> None:
    house.faults.add(Fault(kind="html"), Fault(kind="empty"))

    page, empty, whole = [await ask(house) for _ in range(3)]

    assert type(page) is str  # a page of a proxy (PROVIDERS A.3)
    assert empty.to_dict() == {}
    assert whole.stop_reason == "end_turn"
    assert [entry.outcome for entry in house.ledger.entries] == ["failed", "unread", "answered"]


async def test_a_fault_comes_as_often_as_it_was_told_to_with_its_header(house: House) -> None:
    house.faults.add(Fault(kind="status", status=529, retry_after="7", times=2))

    statuses = [(await post(house)).status_code for _ in range(3)]

    assert statuses == [529, 529, 200]
    assert [entry.outcome for entry in house.ledger.entries] == ["failed", "failed", "answered"]
    assert house.ledger.total.calls == 1
    assert house.faults.is_done
