"""One provider in place of every model, whatever the prompts name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import replace

from flowdsl.errors import UnscriptedCallError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Capabilities, Delta, Provider, Reply, Request
from flowdsl.providers.canned import in_pieces
from flowdsl.providers.mock import MockProvider
from flowdsl.testing.scripted import ScriptedProvider

DEFAULT = "default:"
"""The model of prompts that name none; requests show it without the colon."""


class EveryModel(Mapping[str, Provider]):
    """Providers by prefix where one provider answers for all of them; it remembers every request.

    ```python
    models = EveryModel(ScriptedProvider({"review": "fine"}))
    audit.using(providers=models, model="default:").run(code="…")
    models.requests
    ```

    Args:
        provider: Gives the answers.
        mock: What the provider has no answer to is answered by the mock model.
    """

    def __init__(self, provider: ScriptedProvider, *, mock: bool = False) -> None:
        self.requests: list[Request] = []
        self._provider = provider
        self._mock = MockProvider() if mock else None

    def __getitem__(self, prefix: str, /) -> Provider:
        return _Named(self, prefix)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    async def answer(self, request: Request, /) -> Reply:
        """The scripted answer, or the mock model's.

        Raises:
            UnscriptedCallError: The script has none, and the mock model was not asked for.
        """
        self.requests.append(request)
        try:
            return await self._provider.complete(request)
        except UnscriptedCallError:
            if self._mock is None:
                raise
            return await self._mock.complete(request)

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """As the script's author declared."""
        return self._provider.capabilities(model)


class _Named:
    """The provider under one prefix: requests carry the model's full name, as the prompt's author wrote it."""

    def __init__(self, every: EveryModel, prefix: str) -> None:
        self._every = every
        self._prefix = prefix

    def models(self) -> tuple[ModelName, ...]:
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        return self._every.capabilities(model)

    def unready(self, _model: ModelName, /) -> str | None:
        return None

    async def complete(self, request: Request, /) -> Reply:
        full = f"{self._prefix}:{request.model}" if request.model else self._prefix
        return await self._every.answer(replace(request, model=ModelName(full)))

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        async for item in in_pieces(await self.complete(request)):
            yield item
