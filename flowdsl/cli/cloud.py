"""What `flowdsl doctor` tells of cloud providers: keys, addresses, and what answers there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowdsl.cli.tables import table
from flowdsl.errors.base import near

if TYPE_CHECKING:
    from flowdsl.config import Key, Settings
    from flowdsl.ir.ids import ModelName
    from flowdsl.providers import Capabilities, Provider
    from flowdsl.providers.reach import Reached

_MOST_MODELS = 12
"""Models of one provider that the text lists; `--json` has them all."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One provider, as it is set up here."""

    name: str
    key: Key | None
    notes: tuple[str, ...]
    """Where its key was looked for in vain although the settings say so, and what is unwise about its address."""
    address: str
    wants_key: bool
    reached: Reached | None
    """`None` when it was not asked."""

    def refuses(self, model: ModelName) -> str | None:
        """Why a model can't answer, as far as the provider was asked; `None` when nothing speaks against it."""
        if self.reached is None:
            return None
        if self.reached.obstacle is not None:
            return f"'{self.name}:' does not answer: {self.reached.obstacle}."
        offered = self.reached.models
        if any(each == model or each.startswith(f"{model}-") for each in offered):
            return None
        return f"'{self.name}:' does not offer '{model}' for this key. {near(model, [*offered])}".strip()


def clouds(settings: Settings, *, online: bool) -> list[Cloud]:
    """Every cloud provider; the network is touched only where `online` says so."""
    from concurrent.futures import ThreadPoolExecutor

    from flowdsl.config import base_urls
    from flowdsl.providers import KEY_VARIABLES

    addresses = base_urls(settings)

    def look(name: str) -> Cloud:
        return _look(name, settings, addresses.get(name), online=online)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(look, KEY_VARIABLES))


def _look(name: str, settings: Settings, base_url: str | None, *, online: bool) -> Cloud:
    from flowdsl.config import find_key, unencrypted
    from flowdsl.providers.reach import needs_key, reach, shown_address

    looked = find_key(name, settings)
    warned = unencrypted({} if base_url is None else {name: base_url})
    wants_key = needs_key(name, base_url)
    # Without a key there is nothing to ask, but at a server of one's own that was named.
    is_set_up = looked.key is not None or not wants_key
    value = None if looked.key is None else looked.key.value
    return Cloud(
        name,
        looked.key,
        (*looked.notes, *(each.as_sentences for each in warned)),
        shown_address(name, base_url),
        wants_key,
        reach(name, value, base_url, renew=_renew(looked.key)) if online and is_set_up else None,
    )


def _renew(key: Key | None) -> str | None:
    """How another key takes this one's place, where the key store is not asked for it."""
    if key is None or key.origin == "keyring":
        return None
    return f"put it where this one is: {key.origin.removeprefix('env:')}"


def cloud_text(found: Sequence[Cloud], *, online: bool) -> str:
    """A table of providers, what is in the way of each and how to go on; with `online`, the models of those that answer."""
    heads = ("provider", "key", "address", *(("online",) if online else ()))
    rows = [
        (each.name, _key(each), each.address, *((_state(each),) if online else ()))
        for each in found
    ]
    lines = [table(heads, rows)]
    lines += [f"  {each.name}: {note}" for each in found for note in each.notes]
    lines += [
        f"  {each.name}: {each.reached.said}. {each.reached.cure}"
        for each in found
        if each.reached is not None and each.reached.obstacle is not None
    ]
    lines += _next(found, online=online)
    return "\n\n".join(["\n".join(lines), *_models(found)])


def _key(cloud: Cloud) -> str:
    if cloud.key is not None:
        return f"{cloud.key.origin} {cloud.key.end}"
    return "no key" if cloud.wants_key else "not needed"


def _state(cloud: Cloud) -> str:
    if cloud.reached is None:
        return "not asked"
    if cloud.reached.obstacle is not None:
        return cloud.reached.obstacle
    offered = len(cloud.reached.models)
    return f"answers, {offered} model{'' if offered == 1 else 's'}"


def _next(found: Sequence[Cloud], *, online: bool) -> Iterator[str]:
    is_set_up = any(each.key is not None or not each.wants_key for each in found)
    if not is_set_up:
        yield (
            "  no key is set: `flowdsl login anthropic` (or google, openai) stores one, or set ANTHROPIC_API_KEY; "
            "without a key use `--model local:smollm2-135m` or `--model mock:`."
        )
    elif not online:
        yield "  nobody was asked; `flowdsl doctor --online` tries each key with a free call."


def _models(found: Sequence[Cloud]) -> Iterator[str]:
    """A table of models for each provider that answers."""
    for cloud in found:
        if cloud.reached is None or cloud.reached.obstacle is not None:
            continue
        provider, offered = _provider(cloud), cloud.reached.models
        rows = [
            (f"{cloud.name}:{each}", can(_capabilities(provider, each)))
            for each in offered[:_MOST_MODELS]
        ]
        lines = [table((f"{cloud.name} offers", "which can"), rows)]
        left = len(offered) - _MOST_MODELS
        if left > 0:
            lines.append(f"  … and {left} more; --json lists them all")
        yield "\n".join(lines)


def cloud_document(found: Sequence[Cloud]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "provider": each.name,
            "key": None if each.key is None else {"from": each.key.origin, "end": each.key.end},
            "needs_key": each.wants_key,
            "base_url": each.address,
            "notes": [*each.notes],
            "online": _reached(each),
        }
        for each in found
    ]


def _reached(cloud: Cloud) -> Mapping[str, object] | None:
    reached = cloud.reached
    if reached is None:
        return None
    provider = None if reached.obstacle is not None else _provider(cloud)
    return {
        "answers": reached.obstacle is None,
        "obstacle": reached.obstacle,
        "why": reached.said or None,
        "cure": reached.cure or None,
        "models": [
            {"name": f"{cloud.name}:{each}", "can": can(_capabilities(provider, each))}
            for each in reached.models
        ],
    }


def _provider(cloud: Cloud) -> Provider:
    from flowdsl.providers.catalog import ProviderSettings, make_provider

    return make_provider(cloud.name, ProviderSettings(base_urls={cloud.name: cloud.address}))


def _capabilities(provider: Provider | None, model: ModelName) -> Capabilities | None:
    from flowdsl.providers import KnowsModels

    return provider.capabilities(model) if isinstance(provider, KnowsModels) else None


def can(found: Capabilities | None) -> str:
    """What a model can do, in words."""
    if found is None:
        return "unknown"
    efforts = [
        each
        for each in ("minimal", "low", "medium", "high", "xhigh", "max")
        if each in found.efforts
    ]
    said = {
        "images": found.images,
        "documents": found.documents,
        "schemas": found.schemas,
        "temperature": found.temperature,
        f"effort {'/'.join(efforts)}": bool(efforts),
        f"thinking {'/'.join(sorted(found.thinking))}": bool(found.thinking),
        f"{found.context_tokens or 0:,} tokens of context": found.context_tokens is not None,
        f"{found.max_output_tokens or 0:,} of answer": found.max_output_tokens is not None,
    }
    return ", ".join(word for word, has in said.items() if has) or "text"
