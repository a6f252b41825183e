"""Write LLM pipelines as typed Python functions; see, check and run them as graphs."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowdsl.dsl.control import each as each
    from flowdsl.dsl.control import given as given
    from flowdsl.dsl.control import loop as loop
    from flowdsl.dsl.control import switch as switch
    from flowdsl.dsl.control import when as when
    from flowdsl.dsl.decorators import prompt as prompt
    from flowdsl.dsl.decorators import step as step
    from flowdsl.dsl.decorators import tool as tool
    from flowdsl.dsl.signature import Static as Static
    from flowdsl.dsl.words import all_of as all_of
    from flowdsl.dsl.words import any_of as any_of
    from flowdsl.dsl.words import approve as approve
    from flowdsl.dsl.words import contains as contains
    from flowdsl.dsl.words import is_none as is_none
    from flowdsl.dsl.words import not_ as not_
    from flowdsl.dsl.words import size as size
    from flowdsl.dsl.words import text as text
    from flowdsl.ir.graph import Graph as Graph
    from flowdsl.pipeline import Pipeline as Pipeline
    from flowdsl.pipeline import pipeline as pipeline
    from flowdsl.prompts.media import Document as Document
    from flowdsl.prompts.media import Image as Image
    from flowdsl.runtime.run import Run as Run

__all__ = [
    "Document",
    "Graph",
    "Image",
    "Pipeline",
    "Run",
    "Static",
    "all_of",
    "any_of",
    "approve",
    "contains",
    "each",
    "given",
    "is_none",
    "loop",
    "not_",
    "pipeline",
    "prompt",
    "size",
    "step",
    "switch",
    "text",
    "tool",
    "when",
]
__version__ = "0.1.0"

_HOMES = {
    "Document": "flowdsl.prompts.media",
    "Graph": "flowdsl.ir.graph",
    "Image": "flowdsl.prompts.media",
    "Pipeline": "flowdsl.pipeline",
    "Run": "flowdsl.runtime.run",
    "Static": "flowdsl.dsl.signature",
    "each": "flowdsl.dsl.control",
    "given": "flowdsl.dsl.control",
    "loop": "flowdsl.dsl.control",
    "pipeline": "flowdsl.pipeline",
    "prompt": "flowdsl.dsl.decorators",
    "step": "flowdsl.dsl.decorators",
    "switch": "flowdsl.dsl.control",
    "tool": "flowdsl.dsl.decorators",
    "when": "flowdsl.dsl.control",
}
_WORDS = "flowdsl.dsl.words"


class _Package(ModuleType):
    """The package: `flowdsl.pipeline` is the decorator, also once the module of that name is loaded."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "pipeline" and isinstance(value, ModuleType):
            value = value.pipeline
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'flowdsl' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOMES.get(name, _WORDS)), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
