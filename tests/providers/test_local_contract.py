"""The real local model: the contract of all providers, and how well it answers."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl, BaseModel, Field, TypeAdapter

from flowdsl.ir.message import Message, TextPart
from flowdsl.providers.base import Request
from flowdsl.providers.local import LocalProvider
from tests.providers.contract import SCHEMAS, ProviderContract, Subject, ask, inside_value
from tests.providers.local_model import MODEL, local_provider_or_skip

pytestmark = [pytest.mark.local_model, pytest.mark.timeout(180)]

REVIEWS = (
    ("The soup was cold and the waiter ignored us all evening.", "negative"),
    ("A wonderful little hotel, we will certainly come back!", "positive"),
    ("It broke after two days. A complete waste of money.", "negative"),
    ("My daughter loves this bike and rides it every day.", "positive"),
    ("The worst concert I have ever been to.", "negative"),
    ("Great service, friendly people, delicious cake.", "positive"),
    ("The book is boring and far too long.", "negative"),
    ("Excellent sound, I am very happy with these headphones.", "positive"),
    ("Terrible support: nobody ever answered my calls.", "negative"),
    ("A beautiful film, I laughed and cried.", "positive"),
    ("The room was dirty and smelled of smoke.", "negative"),
    ("This knife is sharp, light and a joy to use.", "positive"),
    ("Awful taste, I threw the rest away.", "negative"),
    ("The best coffee in town, and fairly priced.", "positive"),
    ("The app crashes each time I open it.", "negative"),
    ("Fast delivery and the jacket fits perfectly.", "positive"),
    ("I regret buying this printer, it jams constantly.", "negative"),
    ("Our guide was amazing and the tour was fantastic.", "positive"),
    ("Poor quality, the seams came apart at once.", "negative"),
    ("I love the colours, the painting looks superb.", "positive"),
)


@pytest.fixture
def subject() -> Subject:
    local_provider_or_skip()
    story = ask("Write a long story about a ship.", model=MODEL, max_tokens=600)
    return Subject(
        make=LocalProvider,
        plain=ask("Say hello.", model=MODEL),
        slow=story,
        too_long=replace(story, messages=(Message("user", (TextPart("word " * 6000),)),)),
    )


class TestLocal(ProviderContract):
    """SmolLM2 in this process."""


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(gt=0, lt=10)


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


_Adapter = TypeAdapter[object]

TYPES: dict[str, _Adapter] = {
    "time": _Adapter(time),
    "moment": _Adapter(datetime),
    "duration": _Adapter(timedelta),
    "id": _Adapter(UUID),
    "address": _Adapter(AnyUrl),
    "below": _Adapter(Annotated[int, Field(lt=-5)]),
    "share": _Adapter(Annotated[float, Field(gt=0, lt=1)]),
    "long": _Adapter(Annotated[str, Field(min_length=250)]),
    "pattern": _Adapter(Annotated[str, Field(pattern="^[a-z]+@x$")]),
    "mixed": _Adapter(Literal[1, "two", True] | None),
    "many": _Adapter(Annotated[list[int], Field(min_length=10)]),
    "either": _Adapter(Annotated[Cat | Dog, Field(discriminator="kind")]),
    "lists": _Adapter(list[list[str]]),
}


@pytest.mark.parametrize("name", TYPES)
async def test_an_answer_of_any_common_type_comes_to_its_end(name: str) -> None:
    provider = local_provider_or_skip()
    own = TYPES[name].json_schema()
    schema = {**inside_value(own), "$defs": own.pop("$defs", {})}

    reply = await provider.complete(
        ask("Give an example. Answer as JSON.", model=MODEL, schema=schema, max_tokens=600)
    )

    TYPES[name].validate_json(json.dumps(json.loads(reply.text)["value"]))


def _sentiment(review: str) -> Request:
    text = f"Classify the review as negative or positive. Answer as JSON.\n\n{review}"
    return ask(text, model=MODEL, schema=SCHEMAS["label"], max_tokens=40)


async def test_a_small_model_tells_good_reviews_from_bad_ones() -> None:
    provider = local_provider_or_skip()

    answers = [await provider.complete(_sentiment(review)) for review, _ in REVIEWS]

    right = [
        json.loads(reply.text)["value"] == wanted
        for reply, (_, wanted) in zip(answers, REVIEWS, strict=True)
    ]
    assert sum(right) >= 16


async def test_tokens_counted_before_equal_tokens_reported_after() -> None:
    provider = local_provider_or_skip()
    request = replace(ask("Say hello.", model=MODEL), system="You are a pirate.")

    counted = await provider.count_tokens(request)

    assert counted == (await provider.complete(request)).usage.input_tokens


async def test_a_stop_text_ends_the_answer_before_it() -> None:
    provider = local_provider_or_skip()
    plain = await provider.complete(ask("Say hello.", model=MODEL))
    word = plain.text.split()[3]

    stopped = await provider.complete(replace(ask("Say hello.", model=MODEL), stop=(word,)))

    assert plain.text.startswith(stopped.text)
    assert word not in stopped.text


async def test_a_window_that_fills_up_is_told_from_a_limit_that_was_set() -> None:
    local_provider_or_skip()
    narrow = LocalProvider(context_tokens=256, slots=1)
    question = "Repeat the word ship without end, in one list: " + "ship " * 180

    with pytest.raises(Exception, match="window of 256 tokens was full") as caught:
        await narrow.complete(ask(question, model=MODEL, max_tokens=4000))

    assert getattr(caught.value, "kind", None) == "max_tokens"


async def test_an_open_text_is_closed_at_its_bound() -> None:
    provider = local_provider_or_skip()
    schema = {"type": "object", "properties": {"story": {"type": "string"}}, "required": ["story"]}

    reply = await provider.complete(
        ask("Write a long story as JSON.", model=MODEL, schema=schema, max_tokens=400)
    )

    assert 0 < len(json.loads(reply.text)["story"]) <= 200


async def test_other_seeds_give_other_answers_when_warm() -> None:
    provider = local_provider_or_skip()
    warm = replace(ask("Tell me a joke.", model=MODEL, max_tokens=600), temperature=1.5)

    answers = {
        (await provider.complete(replace(warm, seed=seed, stop=("\n", ".")))).text
        for seed in (1, 2, 3)
    }

    assert len(answers) > 1


async def test_a_file_that_is_no_model_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    local_provider_or_skip()
    junk = tmp_path_factory.mktemp("models") / "junk.gguf"
    junk.write_bytes(b"not a model")

    with pytest.raises(Exception, match=r"junk\.gguf can't be loaded") as caught:
        await LocalProvider().complete(ask("Hello?", model=str(junk)))

    assert getattr(caught.value, "kind", None) == "not_ready"


def test_a_script_that_leaves_an_answer_unfinished_ends_cleanly() -> None:
    local_provider_or_skip()
    script = (
        "import asyncio\n"
        "from tests.providers.contract import ask\n"
        "from flowdsl.providers.local import LocalProvider\n"
        "async def main():\n"
        "    async for piece in LocalProvider().stream(ask('Tell a story.', model='smollm2-135m', max_tokens=900)):\n"
        "        print(bool(piece.text), flush=True)\n"
        "        break\n"
        "asyncio.run(main())\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
