"""`google:`: Gemini models, through Google's own SDK."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import Message, TextPart
from flowdsl.ir.usage import NO_USAGE, Tier, Usage
from flowdsl.providers.base import Capabilities, Delta, EmbedReply, EmbedRequest, Reply, Request
from flowdsl.providers.google_body import asked, contents_of
from flowdsl.providers.google_embeddings import Vector, embed_config, portions, spent_on, vectors_in
from flowdsl.providers.google_models import IMAGE_TOKENS, LONGEST_WHOLE, MODELS, bare_name
from flowdsl.providers.google_reply import Answer, billed
from flowdsl.providers.google_schema import endless, gemini_schema
from flowdsl.providers.google_wire import Wire
from flowdsl.providers.keyless import no_key

if TYPE_CHECKING:
    import httpx2


class GoogleProvider:
    """Asks Gemini models (the Gemini Developer API, by a key of AI Studio).

    Structured answers are asked for as JSON Schema. Google keeps the beginnings of prompts by itself wherever a
    model does so, and bills them lower when they come again: `Request.cache` needs nothing to be sent. Caches
    that are made explicitly cost money for every hour they are held, so none is made.

    A call is one request: nothing is tried again here, and an answer that is longer than one call gives ends in
    `truncated`, where the SDK by itself would go on with further, billed requests.

    Args:
        api_key: A key of Google AI Studio; without one every call is refused.
        base_url: Where the server is, with the version of its API behind it (`…/v1beta`) or without; `None` is
            Google's own. The SDK's `GOOGLE_GEMINI_BASE_URL` and `GOOGLE_GENAI_API_VERSION` count where it is silent.
        http_client: Sends the calls in place of an own client, and is left open; it gets a hook that looks at
            responses, so that streams can be closed.
    """

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._has_key = bool(api_key and api_key.strip())
        self._wire = Wire(api_key, base_url, http_client)

    def models(self) -> tuple[ModelName, ...]:
        """None: besides those of the table Google has others, and new ones each month."""
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """What a model of the table can do; of others it is not known."""
        return MODELS.get(bare_name(model))

    def unready(self, model: ModelName, /) -> str | None:
        """A key is wanted, and the name of a model."""
        if not self._has_key:
            return no_key("google")
        if not bare_name(model):
            return f"no model is named. write it behind the colon, such as google:{next(iter(MODELS))}."
        return None

    def refuses(self, _model: ModelName, schema: Mapping[str, object], /) -> str | None:
        """Types that contain themselves in a place which is always there."""
        why = endless(schema)
        return None if why is None else f"{why}."

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole."""
        self._refuse_unready(request.model)
        if request.max_tokens > LONGEST_WHOLE:
            return await self._joined(request)
        contents, config, notes = asked(request)
        answer = Answer()
        answer.take(await self._wire.generate(request.model, contents, config, request.timeout_s))
        if not answer.has_begun and not answer.blocked:
            raise ProviderError(
                "malformed", "google sent no answer: it has no candidates.", billed=answer.billed
            )
        return self._reply(answer, request, notes)

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        """Answer one request piece by piece; leaving early closes the connection."""
        self._refuse_unready(request.model)
        contents, config, notes = asked(request)
        answer = Answer()
        pieces = self._wire.stream(request.model, contents, config, request.timeout_s)
        async with aclosing(pieces):
            try:
                async for piece in pieces:
                    if text := answer.take(piece):
                        yield Delta(text)
            except ProviderError as problem:
                problem.billed = problem.billed or answer.billed
                raise
        yield self._reply(answer, request, notes)

    async def count_tokens(self, request: Request, /) -> int:
        """Tokens of the request's prompt, by a call that costs nothing.

        The API counts turns only: the system text is counted as one of them, the answer's type not at all.
        """
        self._refuse_unready(request.model)
        system = (Message("user", (TextPart(request.system),)),) if request.system else ()
        counted = replace(request, messages=(*system, *request.messages))
        said = await self._wire.count(request.model, contents_of(counted), request.timeout_s)
        if said.total_tokens is None:
            raise ProviderError("malformed", "google did not say how many tokens the prompt has.")
        return said.total_tokens

    async def embed(self, request: EmbedRequest, /) -> EmbedReply:
        """Turn every text into a vector; all of them or none.

        Vectors shorter than a model's own come as the model gives them: those of `gemini-embedding-001` then have
        another length (in the geometric sense) than 1.
        """
        self._refuse_unready(request.model)
        vectors: list[Vector] = []
        spent, is_told = NO_USAGE, True
        for contents in portions(request):
            try:
                said = await self._wire.embed(
                    request.model, contents, embed_config(request), request.timeout_s
                )
                told = spent_on(said)
                spent += told or Usage(calls=1)
                is_told = is_told and told is not None
                vectors += vectors_in(said, len(contents), request.dimensions)
            except ProviderError as problem:
                problem.billed = billed(spent)
                raise
        return EmbedReply(
            vectors=tuple(vectors),
            usage=spent,
            model=ModelName(f"google:{bare_name(request.model)}"),
            cost_usd=self.cost_usd(request.model, spent) if is_told else None,
        )

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        """Dollars of some tokens at Google's list prices; `None` when the price is unknown."""
        from flowdsl.pricing.prices import cost_of

        return cost_of("google", bare_name(model), usage, tier=tier)

    def worst_case(self, request: Request, /) -> Usage | None:
        """The most tokens that one attempt can be billed for; thoughts count towards `max_tokens`.

        A document may fill the window, since nobody counts its pages here. `None` with pictures or documents for a
        model that is not known.
        """
        from flowdsl.providers.bounds import worst_case

        can = self.capabilities(request.model)
        window = can.context_tokens if can else None
        most = worst_case(
            # The type as it is sent; and what Google keeps by itself is billed as other input when it is written.
            replace(request, schema=request.schema and gemini_schema(request.schema), cache=None),
            image_tokens=IMAGE_TOKENS if can else None,
            document_tokens=window,
        )
        if most is None or window is None:
            return most
        return replace(most, input_tokens=min(most.input_tokens, window))

    async def aclose(self) -> None:
        """Close the connections of this event loop; the next call opens new ones."""
        await self._wire.aclose()

    async def _joined(self, request: Request) -> Reply:
        async with aclosing(self.stream(request)) as arriving:
            async for item in arriving:
                if isinstance(item, Reply):
                    return item
        raise ProviderError("truncated", "the answer broke off.")

    def _refuse_unready(self, model: ModelName) -> None:
        if why := self.unready(model):
            raise ProviderError("unknown_model" if self._has_key else "authentication", why)

    def _reply(self, answer: Answer, request: Request, notes: tuple[str, ...]) -> Reply:
        text, finish = answer.finish(may_be_empty=bool(request.stop))
        untold = () if answer.usage else ("google told no tokens of this call.",)
        # Prices are known by the name that was asked for; what answers may be a dated version of it.
        cost = self.cost_usd(request.model, answer.usage, answer.tier) if answer.usage else None
        return Reply(
            text=text,
            usage=answer.usage or Usage(calls=1),
            model=ModelName(f"google:{bare_name(answer.model or request.model)}"),
            finish=finish,
            cost_usd=cost,
            tier=answer.tier,
            request_id=answer.request_id,
            notes=(*notes, *untold),
        )
