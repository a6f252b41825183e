"""A llama.cpp server inside this process: loaded once per model and settings, shared by every run.

It lives on threads of its own, so it serves any event loop, one after another or several at once.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeAlias, TypeGuard
from urllib.parse import urlsplit

from flowdsl.errors import ProviderError

Body: TypeAlias = Mapping[str, object]
Said: TypeAlias = dict[str, object]

_HTTP_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What a server is started with; equal settings share one server."""

    path: Path
    alias: str
    context_tokens: int = 4096
    """Longest prompt and answer together, for each slot."""
    slots: int = 2
    """Answers in the making at once; more wait their turn."""
    threads: int | None = None
    """Threads that make answers; `None` leaves one core to everybody else."""
    makes_vectors: bool = False
    """It turns texts into vectors in place of answering; take one slot, of two the second's are wrong."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How an answer ended."""

    text: str
    reason: str
    input_tokens: int
    output_tokens: int


class _Server(Protocol):
    """The part of `xllamacpp.Server` that is used; the package carries no types."""

    listening_address: str

    def handle_chat_completions(
        self, body: Body, on_chunk: Callable[[Said], bool], /
    ) -> object: ...

    def handle_embeddings(self, body: Body, /) -> Said: ...


class LocalServer:
    """One loaded model."""

    def __init__(self, settings: ServerSettings) -> None:
        # Before the import: with busy-waiting threads a busy machine falls to 3 tokens a second.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        module = import_module("xllamacpp")
        self.settings = settings
        # It listens on a loopback port; other users of the machine are kept out.
        self._api_key = secrets.token_hex(16)
        self._grammar: Callable[[Body], str] = module.json_schema_to_grammar
        try:
            self._server: _Server = module.Server(_parameters(module, settings, self._api_key))
        except RuntimeError as problem:
            raise ProviderError(
                "not_ready",
                f"{settings.path} can't be loaded as a model ({problem}).",
                help="name a whole GGUF file, or pull the model again.",
            ) from problem
        self._pool = ThreadPoolExecutor(settings.slots, thread_name_prefix="flowdsl-local")

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Have something done on one of the threads that wait for answers."""
        return self._pool.submit(work)

    def grammar(self, schema: Body) -> str:
        """What holds an answer to a schema."""
        return self._grammar(dict(schema))

    def generate(self, body: Body, on_text: Callable[[str], bool]) -> Finished | None:
        """Make one answer; blocks the calling thread, but not the interpreter.

        Args:
            body: An OpenAI chat request without its streaming fields.
            on_text: Given each piece; true stops the work.

        Returns:
            How it ended; `None` when it was stopped.

        Raises:
            ProviderError: The server refused the request.
        """
        collector = _Collector(on_text)
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        try:
            self._server.handle_chat_completions(asked, collector)
        except RuntimeError as problem:
            raise ProviderError("bad_request", f"The local model refused: {problem}") from problem
        return collector.finished()

    def embed(self, texts: Sequence[str]) -> Said:
        """The answer to an OpenAI request for vectors; blocks the calling thread.

        Raises:
            ProviderError: The server refused a text.
        """
        try:
            said = self._server.handle_embeddings({"input": list(texts)})
        except (RuntimeError, TypeError) as problem:
            raise ProviderError("bad_request", f"The local model refused: {problem}") from problem
        if _is_said(error := said.get("error")):
            raise _refusal(error)
        return said

    def count_tokens(self, messages: list[dict[str, str]]) -> int:
        """Tokens of a conversation as the model reads it, its own marks included."""
        prompt = self._post("/apply-template", {"messages": messages}).get("prompt")
        asked = {"content": prompt, "add_special": True, "parse_special": True}
        tokens = self._post("/tokenize", asked).get("tokens")
        return len(tokens) if _is_list(tokens) else 0

    def _post(self, path: str, body: Body) -> Said:
        address = urlsplit(self._server.listening_address)
        connection = HTTPConnection(address.netloc, timeout=_HTTP_TIMEOUT_S)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._api_key}"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            said: object = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError) as problem:
            raise ProviderError(
                "server", f"The local server did not answer: {problem}"
            ) from problem
        finally:
            connection.close()
        return said if _is_said(said) else {}

    def close(self) -> None:
        """Free the model; waits for answers in the making."""
        self._pool.shutdown(cancel_futures=True)
        del self._server


def _parameters(module: ModuleType, settings: ServerSettings, api_key: str) -> object:
    cores = os.cpu_count() or 1
    wanted = module.CommonParams()
    wanted.model.path = str(settings.path)
    wanted.model_alias = {settings.alias}
    wanted.n_ctx, wanted.n_parallel = settings.context_tokens * settings.slots, settings.slots
    wanted.cpuparams.n_threads = settings.threads or max(1, cores - 1)
    wanted.cpuparams_batch.n_threads = cores
    wanted.sampling.temp = 0.0
    wanted.api_keys = [api_key]
    wanted.verbosity, wanted.ui, wanted.cache_ram_mib = 0, False, 0
    if settings.makes_vectors:
        wanted.embedding = True
        wanted.pooling_type = module.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        # A mean is taken over one batch, so that a whole text has to fit into it.
        wanted.n_batch = wanted.n_ubatch = settings.context_tokens
    return wanted


class _Collector:
    """Gathers the pieces of one answer as the server hands them over."""

    def __init__(self, on_text: Callable[[str], bool]) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self._reason = ""
        self._tokens: Said = {}
        self._error: Said | None = None
        self._stopped = False

    def __call__(self, chunk: Said) -> bool:
        if _is_said(error := chunk.get("error")):
            self._error = error
            return True
        if _is_said(tokens := chunk.get("usage")):
            self._tokens = tokens
        choices = chunk.get("choices")
        for choice in choices if _is_list(choices) else ():
            self._take(choice)
        return self._stopped

    def _take(self, choice: object) -> None:
        if not _is_said(choice):
            return
        if isinstance(reason := choice.get("finish_reason"), str):
            self._reason = reason
        delta = choice.get("delta")
        piece = delta.get("content") if _is_said(delta) else None
        if isinstance(piece, str) and piece:
            self._pieces.append(piece)
            self._stopped = self._on_text(piece)

    def finished(self) -> Finished | None:
        if self._error is not None:
            raise _refusal(self._error)
        if self._stopped:
            return None
        if not self._reason:
            raise ProviderError("truncated", "The local model's answer broke off without an end.")
        return Finished(
            "".join(self._pieces),
            self._reason,
            _count(self._tokens, "prompt_tokens"),
            _count(self._tokens, "completion_tokens"),
        )


def _is_said(value: object) -> TypeGuard[Said]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _count(tokens: Said, name: str) -> int:
    number = tokens.get(name)
    return number if isinstance(number, int) else 0


def _refusal(error: Said) -> ProviderError:
    message = str(error.get("message", error))
    if error.get("type") == "exceed_context_size_error":
        return ProviderError(
            "context_overflow",
            f"The prompt is too long for the local model: {_count(error, 'n_prompt_tokens')} tokens, "
            f"and it reads {_count(error, 'n_ctx')}.",
            help="send less text in one call, for instance piece by piece with `each(...)`.",
        )
    if "too large to process" in message:
        return ProviderError(
            "context_overflow",
            f"A text is too long for the local model to be turned into a vector: {message}",
            help="cut the text into pieces.",
        )
    code = error.get("code")
    kind = "server" if isinstance(code, int) and code >= 500 else "bad_request"
    return ProviderError(kind, f"The local model refused: {message}")


_servers: dict[tuple[int, ServerSettings], LocalServer] = {}
_starting = threading.Lock()


def shared_server(settings: ServerSettings) -> LocalServer:
    """The one server of these settings in this process, started when first asked for.

    Blocks while the model is loaded (about half a second for a small one).

    Raises:
        ProviderError: The file can't be loaded.
    """
    # A forked child inherits the table, but not the threads behind it.
    key = (os.getpid(), settings)
    with _starting:
        if key not in _servers:
            _servers[key] = LocalServer(settings)
        return _servers[key]


def close_servers() -> None:
    """Free every model of this process; happens by itself at exit."""
    with _starting:
        mine = [key for key in _servers if key[0] == os.getpid()]
        for key in mine:
            _servers.pop(key).close()


atexit.register(close_servers)
