"""What a prompt asks of its model, against what the model takes: refused before the run, or left out with a warning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.asking import SettingRefusedError

if TYPE_CHECKING:
    from flowdsl.errors.base import FlowError, Place
    from flowdsl.ir.asking import Effort, Thinking
    from flowdsl.ir.model_nodes import Generate
    from flowdsl.runtime.context import Model


class Fitted(NamedTuple):
    """What is sent of a prompt's settings."""

    temperature: float | None
    effort: Effort | None
    thinking: Thinking | None
    dropped: tuple[str, ...] = ()
    """Settings that the model has nothing for, such as `temperature=0.2`."""


def fitted(node: Generate, model: Model) -> Fitted:
    """The settings of a prompt that a model takes; of an unknown model all, for its provider to judge."""
    can = model.can
    if can is None:
        return Fitted(node.temperature, node.effort, node.thinking)
    given = {
        "temperature": (node.temperature, can.temperature),
        "effort": (node.effort, bool(can.efforts)),
        # A model that never thinks does as it is told by `off`.
        "thinking": (node.thinking, bool(can.thinking) or node.thinking == "off"),
    }
    dropped = tuple(
        f"{name}={value!r}"
        for name, (value, is_taken) in given.items()
        if value is not None and not is_taken
    )
    return Fitted(
        node.temperature if can.temperature else None,
        node.effort if can.efforts else None,
        node.thinking if can.thinking else None,
        dropped,
    )


def refused_settings(node: Generate, model: Model, place: Place | None) -> Iterator[FlowError]:
    """Settings of which the model takes others, but not these."""
    can = model.can
    if can is None:
        return
    if node.effort is not None and can.efforts and node.effort not in can.efforts:
        yield SettingRefusedError(
            node.label,
            f"effort={node.effort!r}",
            model.full_name,
            sorted(map(repr, can.efforts)),
            place=place,
        )
    mode = "budget" if isinstance(node.thinking, int) else node.thinking
    if mode is not None and can.thinking and mode not in can.thinking:
        takes = sorted(
            "a number of tokens" if each == "budget" else repr(each) for each in can.thinking
        )
        yield SettingRefusedError(
            node.label, f"thinking={node.thinking!r}", model.full_name, takes, place=place
        )
    most = can.max_output_tokens
    if most is not None and node.max_tokens > most:
        yield SettingRefusedError(
            node.label,
            f"max_tokens={node.max_tokens}",
            model.full_name,
            [f"at most {most:,}"],
            place=place,
        )
