"""What `local:` says before a model is loaded, and how it hears one; the real model has its own file."""

import asyncio
import importlib.util
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from flowdsl.errors import ModelNotReadyError, ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.providers import local
from flowdsl.providers.base import KnowsModels, RefusesSchemas, Request
from flowdsl.providers.json_schema import Schema
from flowdsl.providers.local import LocalProvider
from flowdsl.providers.local_schema import Bounds
from flowdsl.providers.local_server import Body, Finished, ServerSettings
from tests.providers.contract import SCHEMAS, ask, fault, streamed

SMOL = ModelName("smollm2-135m")


class FakeServer:
    """Says prepared pieces in place of a model."""

    def __init__(self, *pieces: str, reason: str = "stop") -> None:
        self.pieces = pieces
        self.reason = reason
        self.bodies: list[Body] = []
        self.settings: list[ServerSettings] = []
        self.problem: Exception | None = None
        self._pool = ThreadPoolExecutor(1)

    def start(self, settings: ServerSettings) -> "FakeServer":
        self.settings.append(settings)
        return self

    def submit(self, work: Callable[[], None]) -> Future[None]:
        return self._pool.submit(work)

    def grammar(self, schema: Schema) -> str:
        return repr(schema)

    def generate(self, body: Body, on_text: Callable[[str], bool]) -> Finished | None:
        self.bodies.append(body)
        if self.problem:
            raise self.problem
        for piece in self.pieces:
            if on_text(piece):
                return None
        return Finished("".join(self.pieces), self.reason, 5, len(self.pieces))

    def count_tokens(self, messages: list[dict[str, str]]) -> int:
        return len(messages)


@pytest.fixture(autouse=True)
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file that passes for a model, the software that passes for installed, and an empty cache."""
    path = tmp_path / "own.gguf"
    path.write_bytes(b"weights")
    monkeypatch.setenv("FLOWDSL_MODELS", str(tmp_path / "cache"))
    monkeypatch.delenv("FLOWDSL_GGUF", raising=False)
    _install(monkeypatch, present=True)
    return str(path.resolve())


def _install(patch: pytest.MonkeyPatch, *, present: bool) -> None:
    spec = importlib.util.find_spec("json") if present else None
    patch.setattr(local, "find_spec", {"xllamacpp": spec}.get)


def _serve(server: FakeServer, patch: pytest.MonkeyPatch) -> FakeServer:
    patch.setattr(local, "shared_server", server.start)
    return server


def _own(gguf: str, text: str = "Hello?", schema: Schema | None = None) -> Request:
    return ask(text, model=gguf, schema=schema)


async def test_a_missing_model_names_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "locate", dict[str, Path]().get)

    with pytest.raises(ModelNotReadyError) as caught:
        await LocalProvider().complete(ask("Hello?", model=SMOL))

    assert caught.value.kind == "not_ready"
    assert "`flowdsl models pull smollm2-135m`" in caught.value.help
    assert "flowdsl models pull smollm2-135m" in (LocalProvider().unready(SMOL) or "")


async def test_missing_software_names_the_one_command(
    gguf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, present=False)

    error = await fault(LocalProvider(), _own(gguf))

    assert error.kind == "not_ready"
    assert '`pip install "flowdsl[local]"`' in error.help
    assert "not installed" in (LocalProvider().unready(ModelName(gguf)) or "")


async def test_an_unknown_model_is_told_with_near_names() -> None:
    error = await fault(LocalProvider(), ask("Hello?", model="smollm"))

    assert error.kind == "unknown_model"
    assert "smollm2-135m" in error.help
    assert "no local model 'smollm'" in (LocalProvider().unready(ModelName("smollm")) or "")


async def test_a_schema_without_an_end_is_refused_before_anything_is_loaded(gguf: str) -> None:
    schema: Schema = {"type": "object", "additionalProperties": {"type": "integer"}}

    error = await fault(LocalProvider(), _own(gguf, schema=schema))

    assert error.kind == "bad_request"
    assert "can't answer in this type" in error.message
    assert LocalProvider().refuses(SMOL, SCHEMAS["label"]) is None


def test_it_says_what_it_can_do_before_a_run(gguf: str) -> None:
    provider = LocalProvider(context_tokens=99_999)

    able = provider.capabilities(SMOL)
    of_own = provider.capabilities(ModelName(gguf))

    assert isinstance(provider, KnowsModels)
    assert isinstance(provider, RefusesSchemas)
    assert able is not None
    assert not able.images
    assert not able.documents
    assert able.context_tokens == 8192
    assert of_own is not None
    assert of_own.context_tokens == 99_999
    assert provider.unready(ModelName(gguf)) is None
    assert provider.models() == ()


@pytest.mark.parametrize("kind", ["image/png", "application/pdf"])
async def test_pictures_are_refused_by_name(gguf: str, kind: str) -> None:
    part = MediaPart("document", kind, b"...", name="plan")

    error = await fault(LocalProvider(), replace(_own(gguf), messages=(Message("user", (part,)),)))

    assert error.kind == "bad_request"
    assert f"plan ({kind})" in error.message


async def test_no_message_is_no_question(gguf: str) -> None:
    assert (await fault(LocalProvider(), replace(_own(gguf), messages=()))).kind == "bad_request"


async def test_a_conversation_is_sent_as_it_is(gguf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _serve(FakeServer("fine"), monkeypatch)
    plain = MediaPart("document", "text/plain", b"a note")
    request = replace(
        _own(gguf),
        system="Be brief.",
        messages=(
            Message("user", (TextPart("Read: "), plain)),
            Message("assistant", (TextPart("Done."),)),
            Message("user", (TextPart("And?"),)),
        ),
        temperature=0.5,
        seed=7,
        stop=("END",),
        max_tokens=9,
    )

    reply = await LocalProvider(context_tokens=123, slots=3, threads=1).complete(request)
    counted = await LocalProvider().count_tokens(request)

    assert server.bodies == [
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Read: a note"},
                {"role": "assistant", "content": "Done."},
                {"role": "user", "content": "And?"},
            ],
            "max_tokens": 9,
            "temperature": 0.5,
            "seed": 7,
            "stop": ["END"],
        }
    ]
    assert reply.text == "fine"
    assert reply.model == "local:own.gguf"
    assert counted == 4
    assert server.settings[0] == ServerSettings(
        path=Path(gguf), alias="own.gguf", context_tokens=123, slots=3, threads=1
    )


async def test_without_wishes_the_same_question_gets_the_same_answer(
    gguf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _serve(FakeServer("fine"), monkeypatch)

    await LocalProvider().complete(_own(gguf))

    assert (server.bodies[0]["temperature"], server.bodies[0]["seed"]) == (0, 1)


@pytest.mark.parametrize(("bounds", "closed"), [(None, False), (Bounds(text=50), True)])
async def test_a_file_of_ones_own_gets_no_bounds_unless_asked(
    gguf: str, bounds: Bounds | None, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    server = _serve(FakeServer("{}"), monkeypatch)
    schema: Schema = {"type": "object", "properties": {"a": {"type": "string"}}}

    await LocalProvider(bounds=bounds).complete(_own(gguf, schema=schema))

    assert ("'maxLength': 50" in str(server.bodies[0]["grammar"])) is closed


async def test_pieces_are_heard_in_order(gguf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _serve(FakeServer("one ", "two ", "three"), monkeypatch)

    joined, reply = await streamed(LocalProvider(), _own(gguf))

    assert joined == reply.text == "one two three"
    assert reply.usage.output_tokens == 3


@pytest.mark.parametrize(("most", "said"), [(2, "max_tokens = 2"), (900, "window of 4096 tokens")])
async def test_a_cut_answer_says_which_limit_it_met(
    gguf: str, most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(FakeServer("one ", "two", reason="length"), monkeypatch)

    error = await fault(LocalProvider(), replace(_own(gguf), max_tokens=most))

    assert error.kind == "max_tokens"
    assert said in error.message
    assert error.billed == {"input_tokens": 5, "output_tokens": 2}


async def test_whatever_fails_on_the_servers_thread_is_heard(
    gguf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _serve(FakeServer(), monkeypatch)
    server.problem = ValueError("odd")

    error = await fault(LocalProvider(), _own(gguf))

    assert error.kind == "server"
    assert "odd" in error.message


async def test_an_answer_stopped_by_another_hand_is_truncated(
    gguf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(FakeServer):
        def generate(self, body: Body, on_text: Callable[[str], bool]) -> None:
            on_text("half")

    _serve(Stopped(), monkeypatch)

    assert (await fault(LocalProvider(), _own(gguf))).kind == "truncated"


async def test_a_slow_start_counts_as_time(gguf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "to_thread", never)

    assert (await fault(LocalProvider(), replace(_own(gguf), timeout_s=0.01))).kind == "timeout"


def test_a_loop_that_is_gone_stops_the_model(gguf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Callable[[str], bool]] = []

    class Kept(FakeServer):
        def generate(self, body: Body, on_text: Callable[[str], bool]) -> Finished:
            heard.append(on_text)
            return Finished("x", "stop", 1, 1)

    _serve(Kept(), monkeypatch)
    asyncio.run(LocalProvider().complete(_own(gguf)))

    assert heard[0]("more") is True


def test_errors_of_this_room_are_provider_errors() -> None:
    assert issubclass(ModelNotReadyError, ProviderError)
