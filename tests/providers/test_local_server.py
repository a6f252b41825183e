"""The server in this process is shared, and every way in which it fails is told."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest

from flowdsl.errors import ProviderError
from flowdsl.providers import local_server
from flowdsl.providers.local_server import LocalServer, ServerSettings, close_servers, shared_server

Chunk = dict[str, object]


class FakeServer:
    """Hands over prepared chunks in place of a model's."""

    listening_address = "http://127.0.0.1:9"
    chunks: tuple[Chunk, ...] = ()
    problem: Exception | None = None
    started: ClassVar[list[SimpleNamespace]] = []

    def __init__(self, parameters: SimpleNamespace) -> None:
        if "junk" in parameters.model.path:
            raise RuntimeError("Failed to init server")
        self.started.append(parameters)

    def handle_chat_completions(
        self, _body: Mapping[str, object], on_chunk: Callable[[Chunk], bool]
    ) -> None:
        if self.problem:
            raise self.problem
        for chunk in self.chunks:
            if on_chunk(chunk):
                return

    def handle_embeddings(self, body: Mapping[str, object]) -> Chunk:
        if self.problem:
            raise self.problem
        return self.chunks[0] if self.chunks else {"heard": body}


def _parameters() -> SimpleNamespace:
    parts = ("model", "cpuparams", "cpuparams_batch", "sampling")
    return SimpleNamespace(**{part: SimpleNamespace() for part in parts})


@pytest.fixture(autouse=True)
def software(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for xllamacpp, and a table of servers of its own."""
    module = ModuleType("xllamacpp")
    vars(module).update(Server=FakeServer, CommonParams=_parameters, json_schema_to_grammar=str)
    vars(module).update(llama_pooling_type=SimpleNamespace(LLAMA_POOLING_TYPE_MEAN="mean"))
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    monkeypatch.setattr(local_server, "_servers", {})


def _settings(name: str = "a.gguf", *, threads: int | None = None) -> ServerSettings:
    return ServerSettings(path=Path(name), alias="a", threads=threads)


def _say(*chunks: Chunk, monkeypatch: pytest.MonkeyPatch) -> LocalServer:
    monkeypatch.setattr(FakeServer, "chunks", chunks)
    return shared_server(_settings())


def _delta(text: str | None, reason: str | None = None) -> Chunk:
    return {"choices": [{"delta": {"content": text}, "finish_reason": reason}]}


USAGE: Chunk = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}


def test_pieces_are_handed_over_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _say(_delta(None), _delta("a"), _delta("b", "stop"), USAGE, monkeypatch=monkeypatch)
    heard: list[str] = []

    end = server.generate({}, lambda text: bool(heard.append(text)))

    assert heard == ["a", "b"]
    assert end == local_server.Finished("ab", "stop", 7, 2)


def test_a_listener_that_wants_no_more_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _say(_delta("a"), _delta("b", "stop"), USAGE, monkeypatch=monkeypatch)
    heard: list[str] = []

    def once(text: str) -> bool:
        heard.append(text)
        return True

    assert server.generate({}, once) is None
    assert heard == ["a"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            {"type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 4},
            "context_overflow",
        ),
        ({"code": 500, "message": "out of memory"}, "server"),
        ({"code": 400, "message": "odd"}, "bad_request"),
        ({}, "bad_request"),
    ],
)
def test_a_refusal_is_an_error_of_its_kind(
    error: Chunk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _say({"error": error}, monkeypatch=monkeypatch)

    with pytest.raises(ProviderError) as caught:
        server.generate({}, lambda _text: False)

    assert caught.value.kind == kind


def test_an_answer_that_breaks_off_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _say(_delta("a"), {"choices": ["odd"]}, {}, monkeypatch=monkeypatch)

    with pytest.raises(ProviderError) as caught:
        server.generate({}, lambda _text: False)

    assert caught.value.kind == "truncated"


def test_what_the_server_throws_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeServer, "problem", RuntimeError("no pictures"))

    with pytest.raises(ProviderError, match="no pictures"):
        shared_server(_settings()).generate({}, lambda _text: False)


def test_texts_are_handed_over_to_become_vectors() -> None:
    assert shared_server(_settings()).embed(("a", "b")) == {"heard": {"input": ["a", "b"]}}


def test_a_server_for_vectors_takes_a_whole_text_at_once() -> None:
    shared_server(replace(_settings(), makes_vectors=True, context_tokens=99))
    shared_server(_settings())

    vectors, answers = FakeServer.started[-2:]
    assert (vectors.embedding, vectors.pooling_type) == (True, "mean")
    assert (vectors.n_batch, vectors.n_ubatch) == (99, 99)
    assert not hasattr(answers, "embedding")


def test_a_text_that_becomes_no_vector_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    long = {"code": 500, "message": "input (9 tokens) is too large to process."}
    server = _say({"error": long}, monkeypatch=monkeypatch)

    with pytest.raises(ProviderError, match=r"too long.*9 tokens") as caught:
        server.embed(("a",))
    monkeypatch.setattr(FakeServer, "problem", TypeError("surrogates not allowed"))
    with pytest.raises(ProviderError, match="surrogates") as other:
        server.embed(("a",))

    assert (caught.value.kind, other.value.kind) == ("context_overflow", "bad_request")


def test_a_server_that_does_not_listen_is_an_error() -> None:
    with pytest.raises(ProviderError) as caught:
        shared_server(_settings()).count_tokens([])

    assert caught.value.kind == "server"


def test_a_file_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ProviderError, match="junk") as caught:
        shared_server(_settings("junk.gguf"))

    assert caught.value.kind == "not_ready"


def test_equal_settings_share_one_server_until_it_is_closed() -> None:
    first = shared_server(_settings())

    assert shared_server(_settings()) is first
    assert shared_server(_settings(threads=1)) is not first
    close_servers()
    assert shared_server(_settings()) is not first


def test_a_forked_process_starts_a_server_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    first = shared_server(_settings())
    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert shared_server(_settings()) is not first


def test_one_core_is_left_to_others_and_nobody_waits_busily(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)

    server = shared_server(ServerSettings(path=Path("a"), alias="a", context_tokens=100, slots=3))

    chosen = FakeServer.started[-1]
    assert server.settings.slots == 3
    assert chosen.cpuparams.n_threads == 3
    assert chosen.cpuparams_batch.n_threads == 4
    assert (chosen.n_ctx, chosen.n_parallel) == (300, 3)
    assert len(chosen.api_keys[0]) == 32
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
