"""`openai:`: models behind the OpenAI protocol, at OpenAI and at every server that imitates it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import NO_USAGE, Tier, Usage
from flowdsl.pricing import cost_of, own_price
from flowdsl.providers.base import (
    Capabilities,
    Delta,
    EmbedReply,
    EmbedRequest,
    FinishReason,
    Reply,
    Request,
)
from flowdsl.providers.bounds import worst_case
from flowdsl.providers.keyless import no_key
from flowdsl.providers.openai_body import chat_body
from flowdsl.providers.openai_embeddings import Vector, batches_of, embedding_body, vectors_in
from flowdsl.providers.openai_faults import fault_in
from flowdsl.providers.openai_hosts import host_at
from flowdsl.providers.openai_models import capabilities_of
from flowdsl.providers.openai_reply import Answer, billed
from flowdsl.providers.openai_schema import strict_schema
from flowdsl.providers.openai_wire import Piece, Wire

if TYPE_CHECKING:
    import httpx2

_IMAGE_TOKENS = 50_000
"""More than any model of OpenAI's counts for one image: gpt-4o-mini counts 2,833 and eight times 5,667."""
_CHAT = "/chat/completions"
_EMBEDDINGS = "/embeddings"
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_REQUEST_IDS = ("x-request-id", "x-generation-id")


class OpenAIProvider:
    """Asks OpenAI, or another server of its protocol: Ollama, vLLM, LM Studio, llama.cpp, OpenRouter.

    A server on this machine or in a private network is free of charge; what a gateway of your own, which
    passes calls on, pays for them has to be said in the settings. Structured answers are asked for in strict mode
    where that leaves the schema's meaning as it is.

    Args:
        api_key: Needed at OpenAI's own address; elsewhere sent if there is one.
        base_url: Where the server's routes begin, such as `http://localhost:11434/v1`; `None` is OpenAI.
        http_client: Sends the calls in place of an own client, and is left open.
    """

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._host = host_at(base_url)
        self._has_key = bool(api_key)
        self._wire = Wire(self._host, api_key, http_client)

    def models(self) -> tuple[ModelName, ...]:
        """None: which models a server has, only the server knows."""
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """What a model can do; of servers that nobody knows, everything they don't surely refuse."""
        can = capabilities_of(self._host.kind, model)
        return can if can.is_free == self._is_free(model) else replace(can, is_free=False)

    def unready(self, model: ModelName, /) -> str | None:
        """OpenAI wants a key, every server the name of a model."""
        if self._host.kind == "openai" and not self._has_key:
            return no_key("openai")
        if not model:
            return f"no model is named. write it behind the colon; {self._host.shown}/models lists what is there."
        return None

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole."""
        self._refuse_unready(request.model)
        body, notes = chat_body(request, self._host)
        answer = Answer()
        piece = await self._wire.post(_CHAT, body, model=request.model, timeout_s=request.timeout_s)
        self._take(answer, piece, request.model)
        if not answer.has_begun:
            raise ProviderError(
                "malformed",
                f"{self._host.shown} sent no answer: it has no choices.",
                billed=answer.billed,
            )
        return self._reply(answer, piece.headers, request, notes)

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        """Answer one request piece by piece; leaving early closes the connection."""
        self._refuse_unready(request.model)
        body, notes = chat_body(request, self._host)
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        answer, headers = Answer(), _NO_HEADERS
        pieces = self._wire.stream(_CHAT, asked, model=request.model, timeout_s=request.timeout_s)
        async with aclosing(pieces):
            try:
                async for piece in pieces:
                    headers = piece.headers
                    if text := self._take(answer, piece, request.model):
                        yield Delta(text)
            except ProviderError as problem:
                problem.billed = problem.billed or answer.billed
                raise
        yield self._reply(answer, headers, request, notes)

    async def embed(self, request: EmbedRequest, /) -> EmbedReply:
        """Turn every text into a vector; all of them or none."""
        self._refuse_unready(request.model)
        vectors: list[Vector] = []
        spent, is_told, name = NO_USAGE, True, ""
        for texts in batches_of(request.texts):
            answer = Answer()
            try:
                vectors += await self._embed(request, texts, answer)
            except ProviderError as problem:
                problem.billed = billed(Usage(**problem.billed) + spent)
                raise
            spent += answer.usage or Usage(calls=1)
            is_told = is_told and answer.usage is not None
            name = answer.model
        cost = (
            self.cost_usd(request.model, spent) if is_told or self._is_free(request.model) else None
        )
        return EmbedReply(
            vectors=tuple(vectors),
            usage=spent,
            model=ModelName(f"openai:{name or request.model}"),
            cost_usd=cost,
        )

    async def _embed(
        self, request: EmbedRequest, texts: tuple[str, ...], answer: Answer
    ) -> list[Vector]:
        body = embedding_body(request, texts)
        piece = await self._wire.post(
            _EMBEDDINGS, body, model=request.model, timeout_s=request.timeout_s
        )
        self._take(answer, piece, request.model)
        return vectors_in(piece.said, len(texts), request.dimensions)

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        """Dollars of some tokens; `None` where the server's prices are unknown."""
        if self._is_free(model):
            return Decimal(0)
        # The user's own prices go by the name that models are asked by, wherever the server is.
        named = self._host.prices if own_price("openai", model) is None else "openai"
        return None if named is None else cost_of(named, model, usage, tier=tier)

    def worst_case(self, request: Request, /) -> Usage | None:
        """The most tokens that one attempt can be billed for; `None` for a PDF, and for images of models unknown."""
        is_known = self._host.kind == "openai" or self._is_free(request.model)
        schema = request.schema and (strict_schema(request.schema) or request.schema)
        return worst_case(
            # Servers keep prompts by themselves, and the newest models of OpenAI take more for what is written.
            replace(request, schema=schema, cache="5m"),
            image_tokens=_IMAGE_TOKENS if is_known else None,
        )

    async def aclose(self) -> None:
        """Close the connections of this event loop; the next call opens new ones."""
        await self._wire.aclose()

    def _is_free(self, model: ModelName) -> bool:
        """Nobody is paid, unless the user says so, as for a gateway that passes calls on."""
        return self._host.kind == "own" and own_price("openai", model) is None

    def _refuse_unready(self, model: ModelName) -> None:
        if why := self.unready(model):
            raise ProviderError("authentication" if model else "unknown_model", why)

    def _take(self, answer: Answer, piece: Piece, model: ModelName) -> str:
        text = answer.take(piece.said, "message" if piece.is_whole else "delta")
        if fault := fault_in(piece.said):
            raise self._wire.error(fault, model, piece.headers, answer.billed)
        return text

    def _reply(
        self, answer: Answer, headers: Mapping[str, str], request: Request, notes: tuple[str, ...]
    ) -> Reply:
        text, finish = answer.finish(may_be_empty=bool(request.stop))
        told = tuple(_told_beside(answer, finish, request, self._host.shown))
        return Reply(
            text=text,
            usage=answer.usage or Usage(calls=1),
            model=ModelName(f"openai:{answer.model or request.model}"),
            finish=finish,
            cost_usd=self._cost(answer, request),
            tier=answer.tier,
            request_id=next((headers[each] for each in _REQUEST_IDS if each in headers), ""),
            notes=(*notes, *told),
        )

    def _cost(self, answer: Answer, request: Request) -> Decimal | None:
        if self._host.kind == "openrouter" and answer.dollars is not None:
            return answer.dollars
        if answer.usage is None and not self._is_free(request.model):
            return None
        return self.cost_usd(request.model, answer.usage or NO_USAGE, answer.tier)


def _told_beside(
    answer: Answer, finish: FinishReason, request: Request, server: str
) -> Iterator[str]:
    if answer.usage is None:
        yield f"{server} told no tokens of this call."
    elif finish == "max_tokens" and answer.usage.output_tokens < request.max_tokens:
        yield "the answer was cut before max_tokens: the model's window was full. send less text in one call."
