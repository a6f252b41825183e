"""FD23x: a model did not answer, or could not be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near

_CURES: Mapping[str, str] = MappingProxyType(
    {
        "rate_limit": "ask less at once (`max_parallel`), or later.",
        "overloaded": "try again later, or take another model.",
        "server": "try again later; `flowdsl doctor --online` tells whether the provider answers.",
        "truncated": "try again; `flowdsl doctor --online` tells whether something stands in the way.",
        "malformed": "try again; `flowdsl doctor --online` tells whether something else answers at the address.",
    }
)
"""What helps against a kind of fault, where nothing better is said."""


class ProviderError(FlowError):
    """A provider could not give a complete answer.

    Attributes:
        kind: One of `flowdsl.providers.base.FaultKind`.
        retry_after_s: Seconds the provider asks to wait; `None` when it says nothing.
        billed: Tokens of the failed attempt that are billed all the same, by the names of `Usage`'s fields.
    """

    code: ClassVar[str] = "FD230"

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the printed word
        place: Place | None = None,
        retry_after_s: float | None = None,
        billed: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        super().__init__(message, place=place, help=help or _CURES.get(kind, ""))
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.billed = billed


class UnknownProviderError(FlowError):
    """A model's name starts with no provider that flowdsl knows.

    Models are named `provider:model`, such as `local:smollm2-135m` or `mock:`; a bare word has to be an
    alias of the configuration.
    """

    code: ClassVar[str] = "FD231"

    def __init__(
        self,
        model: str,
        known: Sequence[str],
        *,
        aliases: Sequence[str] = (),
        place: Place | None = None,
    ) -> None:
        prefix, colon, _ = model.partition(":")
        said = f"there is no provider '{prefix}'" if colon else "it has no `provider:` in front"
        super().__init__(
            f"the model '{model}' can't be reached: {said}.",
            place=place,
            help=_providers(prefix, known, () if colon else aliases),
        )
        self.model = model


def _providers(prefix: str, known: Sequence[str], aliases: Sequence[str]) -> str:
    meant = near(prefix, [*aliases, *(f"{each}:" for each in known)])
    if meant.startswith("did you mean"):
        return f"{meant} Models are named `provider:model`."
    said = [f"write `provider:model`; this version has {_listed(known)}"]
    if aliases:
        said.append("aliases are " + ", ".join(f"'{each}'" for each in aliases))
    return "; ".join(said) + "."


def _listed(prefixes: Sequence[str]) -> str:
    *some, last = [f"'{each}:'" for each in prefixes]
    return f"{', '.join(some)} and {last}" if some else last


class ModelNotReadyError(ProviderError):
    """A local model can't answer yet: its weights or the software that runs them are not there.

    The help names the one command that mends it: `pip install "flowdsl[local]"` for the software,
    `flowdsl models pull smollm2-135m` for the weights. Nothing is ever downloaded unasked.

    Attributes:
        model: The model as it was named, without its prefix.
        missing: What is not there.
    """

    code: ClassVar[str] = "FD233"

    def __init__(self, model: str, missing: str, command: str, *, cure: str = "") -> None:
        super().__init__(
            "not_ready",
            f"The model 'local:{model}' is not ready: {missing}.",
            help=cure or f"run `{command}`, or use `--model mock:` for made-up answers.",
        )
        self.model = model
        self.missing = missing


class ModelPullError(FlowError):
    """A model's weights could not be fetched; nothing half-done is left behind.

    Attributes:
        model: The model's name in the catalogue.
        reason: What went wrong, in a few words.
    """

    code: ClassVar[str] = "FD234"

    def __init__(self, model: str, reason: str, cure: str, *, output: str = "") -> None:
        said = f" It said: {output}" if output else ""
        super().__init__(f"The model '{model}' was not fetched: {reason}.{said}", help=cure)
        self.model = model
        self.reason = reason


class UnknownModelError(FlowError):
    """A model was named that the catalogue of local models does not have."""

    code: ClassVar[str] = "FD235"

    def __init__(self, model: str, known: list[str]) -> None:
        super().__init__(
            f"There is no local model '{model}' in the catalogue.",
            help=near(model, known)
            + " A GGUF file of your own is named by its path: `local:path/to/model.gguf`.",
        )
        self.model = model


class UnscriptedCallError(ProviderError):
    """A `ScriptedProvider` was asked something its script has no reply for.

    The message shows the prompt, so that the missing reply can be written.

    Attributes:
        step: Label of the step that asked.
        prompt: The last message it sent.
    """

    code: ClassVar[str] = "FD236"

    def __init__(
        self, step: str, prompt: str, asked: int, wanted: str, *, known: Sequence[str] = ()
    ) -> None:
        shown = "\n".join(f"    | {line}" for line in prompt.splitlines()) or "    | (empty)"
        super().__init__(
            "bad_request",
            f"The script has no reply for call {asked}, made by step '{step}' ({wanted}):\n{shown}",
            help=_unscripted(step, known),
        )
        self.step = step
        self.prompt = prompt


def _unscripted(step: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    for key in get_close_matches(step, known, n=1):
        return f"the script has a reply for '{key}': did you mean '{step}'?"
    if known:
        return f"add a reply for '{step}' to the ScriptedProvider; it knows {', '.join(known)}."
    return (
        "give script=… a reply, or mock=True so that the mock answers the rest;"
        " or find out why the pipeline asks once more."
    )
