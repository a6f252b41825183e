"""`local:`: models that run in this process, free of charge and without a network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from flowdsl.errors import FlowError, ModelNotReadyError, ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import (
    Capabilities,
    Delta,
    EmbedReply,
    EmbedRequest,
    MediaPart,
    Message,
    Reply,
    Request,
    TextPart,
)
from flowdsl.providers.local_schema import Bounds, harden, too_hard
from flowdsl.providers.local_server import (
    Body,
    Finished,
    LocalServer,
    ServerSettings,
    shared_server,
)
from flowdsl.providers.local_vectors import local_vectors
from flowdsl.providers.models import CATALOGUE, DEFAULT_MODEL, locate

INSTALL = 'pip install "flowdsl[local]"'
_SEED = 1

_Arrival: TypeAlias = str | Finished | ProviderError | None


@dataclass(frozen=True, slots=True)
class _Model:
    """A model that can be loaded: its file, the name it answers by, and the ends its schemas get."""

    path: Path
    alias: str
    bounds: Bounds


class LocalProvider:
    """Runs GGUF models with llama.cpp (the extra `flowdsl[local]`).

    Models are named as in the catalogue (`local:smollm2-135m`) or by the path of a GGUF file. Without a
    temperature and a seed in the request the same request gives the same answer. Only text goes in.
    Prompt tokens that the server still remembers from an earlier call are counted like all others.

    Args:
        context_tokens: Longest prompt and answer together.
        slots: Answers in the making at once; more wait their turn.
        threads: Threads that make answers; `None` leaves one core to everybody else.
        bounds: Ends given to free texts and lists of structured answers; `None` takes the catalogue's
            for its models (a tiny model may find no end by itself), none for a file of your own.
    """

    def __init__(
        self,
        *,
        context_tokens: int = 4096,
        slots: int = 2,
        threads: int | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._context_tokens = context_tokens
        self._slots = slots
        self._threads = threads
        self._bounds = bounds

    def models(self) -> tuple[ModelName, ...]:
        """None: besides those of the catalogue any path of a GGUF file is a name."""
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """Text in, text or structured answers out."""
        return Capabilities(context_tokens=self._window(model), is_free=True)

    def unready(self, model: ModelName, /) -> str | None:
        """Why the model cannot answer now, with the command that mends it."""
        try:
            self._find(model)
        except FlowError as problem:
            return f"{problem.message} {problem.help}".strip()
        return None

    def refuses(self, _model: ModelName, schema: Mapping[str, object], /) -> str | None:
        """Recursion, free keys and untyped values: a small model runs on in them without end."""
        why = too_hard(schema)
        return None if why is None else f"{why}, or ask a larger model (small ones run on in it)."

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole."""
        async with aclosing(self.stream(request)) as arriving:
            async for item in arriving:
                if isinstance(item, Reply):
                    return item
        raise ProviderError("truncated", "The local model's answer broke off without an end.")

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        """Answer one request piece by piece; leaving early stops the model at its next token."""
        if request.schema is not None and (why := self.refuses(request.model, request.schema)):
            raise ProviderError("bad_request", f"A local model can't answer in this type: {why}")
        messages = _conversation(request)
        model = self._find(request.model)
        try:
            async with asyncio.timeout(request.timeout_s) as deadline:
                server = await self._server(model, request.model)
                until = deadline.when()
        except TimeoutError:
            raise _late(request.timeout_s) from None
        call = _Call(server, _body(request, messages, model.bounds, server))
        try:
            while True:
                arrival = await call.next(until, request)
                if isinstance(arrival, str):
                    yield Delta(arrival)
                else:
                    yield _reply(arrival, request, model, self._window(request.model))
                    return
        finally:
            call.stop()

    async def count_tokens(self, request: Request, /) -> int:
        """Tokens of the request's prompt, by the model's own tokenizer and chat template."""
        messages = _conversation(request)
        server = await self._server(self._find(request.model), request.model)
        return await asyncio.to_thread(server.count_tokens, messages)

    async def embed(self, request: EmbedRequest, /) -> EmbedReply:
        """Turn every text into a vector, the mean over what the model makes of its tokens.

        It is good for trying out what is built on vectors, free and offline, and not for finding things:
        of 12 questions smollm2-135m puts 2 nearest to the text that answers them (8 where the mean of all
        vectors is taken off; a model made for it: 12). `purpose` makes no difference. The model is loaded
        once more for this.
        """
        model = self._find(request.model)
        try:
            async with asyncio.timeout(request.timeout_s):
                server = await self._server(model, request.model, makes_vectors=True)
                vectors, tokens = await local_vectors(server, request)
        except TimeoutError:
            raise _late(request.timeout_s) from None
        return EmbedReply(
            vectors=vectors,
            usage=Usage(calls=1, input_tokens=tokens),
            model=ModelName(f"local:{model.alias}"),
            cost_usd=Decimal(0),
        )

    def _window(self, name: ModelName) -> int:
        known = CATALOGUE.get(name or DEFAULT_MODEL)
        return min(self._context_tokens, known.context_tokens if known else self._context_tokens)

    def _find(self, name: ModelName) -> _Model:
        try:
            path = locate(name)
        except ProviderError:
            raise
        except FlowError as problem:
            raise ProviderError("unknown_model", problem.message, help=problem.help) from problem
        known = CATALOGUE.get(name or DEFAULT_MODEL)
        if path is None:
            shown = name or DEFAULT_MODEL
            raise ModelNotReadyError(
                shown, "its weights are not on this machine", f"flowdsl models pull {shown}"
            )
        if find_spec("xllamacpp") is None:
            raise ModelNotReadyError(
                name or DEFAULT_MODEL,
                "the software that runs local models is not installed",
                INSTALL,
            )
        if known is not None and path.stat().st_size == known.size_bytes:
            return _Model(path, known.name, self._bounds or known.bounds)
        return _Model(path, path.name, self._bounds or Bounds())

    async def _server(
        self, model: _Model, name: ModelName, *, makes_vectors: bool = False
    ) -> LocalServer:
        settings = ServerSettings(
            path=model.path.resolve(),
            alias=model.alias,
            context_tokens=self._window(name),
            slots=1 if makes_vectors else self._slots,
            threads=self._threads,
            makes_vectors=makes_vectors,
        )
        return await asyncio.to_thread(shared_server, settings)


class _Call:
    """One answer in the making on the server's thread, heard on this event loop."""

    def __init__(self, server: LocalServer, body: Body) -> None:
        self._server = server
        self._body = body
        self._arrivals: asyncio.Queue[_Arrival] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._job = server.submit(self._work)

    def stop(self) -> None:
        """Want no more; the model stops at its next token, or never starts."""
        self._stopped.set()
        self._job.cancel()

    async def next(self, until: float | None, request: Request) -> str | Finished:
        """The next piece, or how the answer ended."""
        try:
            async with asyncio.timeout_at(until):
                arrival = await self._arrivals.get()
        except TimeoutError:
            raise _late(request.timeout_s) from None
        if isinstance(arrival, ProviderError):
            raise arrival
        if arrival is None:
            raise ProviderError("truncated", "The local model was stopped before its answer ended.")
        return arrival

    def _work(self) -> None:
        try:
            self._hand_over(self._server.generate(self._body, self._hand_over))
        except ProviderError as problem:
            self._hand_over(problem)
        except Exception as problem:  # noqa: BLE001 - whatever fails on this thread has to be heard on the loop
            self._hand_over(ProviderError("server", f"The local model failed: {problem}"))

    def _hand_over(self, arrival: _Arrival) -> bool:
        """Give the loop a piece; true when nobody wants more."""
        try:
            self._loop.call_soon_threadsafe(self._arrivals.put_nowait, arrival)
        except RuntimeError:  # the loop is closed
            return True
        return self._stopped.is_set()


def _late(timeout_s: float | None) -> ProviderError:
    return ProviderError(
        "timeout",
        f"The local model gave no whole answer within {timeout_s:g} s.",
        help="allow more time, or ask for a shorter answer.",
    )


def _conversation(request: Request) -> list[dict[str, str]]:
    turns = [{"role": each.role, "content": _text(each)} for each in request.messages]
    if not turns:
        raise ProviderError("bad_request", "There is no message to answer.")
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, *turns]


def _text(message: Message) -> str:
    return "".join(_part_text(part) for part in message.parts)


def _part_text(part: TextPart | MediaPart) -> str:
    match part:
        case TextPart(text):
            return text
        case MediaPart():
            if not part.media_type.startswith("text/"):
                raise ProviderError(
                    "bad_request",
                    f"A local model reads text only; it can't take {part.name or 'a part'} ({part.media_type}).",
                    help="use a model that takes images and documents, or extract the text first.",
                )
            return part.content.decode("utf-8", errors="replace")


def _body(
    request: Request, messages: list[dict[str, str]], bounds: Bounds, server: LocalServer
) -> Body:
    body: dict[str, object] = {
        "messages": messages,
        "max_tokens": request.max_tokens,
        "temperature": 0 if request.temperature is None else request.temperature,
        "seed": _SEED if request.seed is None else request.seed,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.schema is not None:
        body["grammar"] = server.grammar(harden(request.schema, bounds))
    return body


def _reply(end: Finished, request: Request, model: _Model, window: int) -> Reply:
    if end.reason == "length":
        full = end.output_tokens < request.max_tokens
        raise ProviderError(
            "max_tokens",
            f"The local model's window of {window} tokens was full before its answer ended."
            if full
            else f"The answer was cut at max_tokens = {request.max_tokens}.",
            help="send less text in one call, or bound the answer with max_tokens."
            if full
            else "raise max_tokens, or ask for shorter fields: Field(max_length=…).",
            billed={"input_tokens": end.input_tokens, "output_tokens": end.output_tokens},
        )
    return Reply(
        text=end.text,
        usage=Usage(calls=1, input_tokens=end.input_tokens, output_tokens=end.output_tokens),
        model=ModelName(f"local:{model.alias}"),
        cost_usd=Decimal(0),
    )
