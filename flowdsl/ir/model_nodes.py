"""Nodes that ask a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flowdsl.ir.asking import CacheTtl, Effort, Thinking
from flowdsl.ir.effects import MODEL_CALL, REPEATABLE_MODEL_CALL, Effects
from flowdsl.ir.ids import ModelName
from flowdsl.ir.node import Node
from flowdsl.ir.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate(Node):
    """Ask a model once; the reply, checked against the output type, is the only output."""

    kind: ClassVar[str] = "generate"

    prompt: Prompt
    model: ModelName | None = None
    """`provider:model` or an alias; `None` takes the run's default model."""
    max_tokens: int = 4096
    """Upper bound of the reply, in tokens; 4096 unless given, which takes a small local model minutes to fill."""
    temperature: float | None = None
    """`None` leaves it to the provider; a model that refuses it warns."""
    effort: Effort | None = None
    """`None` leaves it to the model."""
    thinking: Thinking | None = None
    """`None` leaves it to the model."""
    cache: CacheTtl | None = None
    """Ask the provider to keep the fixed beginning of the prompt; `None` leaves it to the provider."""
    repeatable: bool = False
    """The author accepts one reply standing for many."""

    @property
    def effects(self) -> Effects:
        """It costs money; and it varies unless declared repeatable."""
        return REPEATABLE_MODEL_CALL if self.repeatable else MODEL_CALL
