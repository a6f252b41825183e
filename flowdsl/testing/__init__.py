"""What tests of pipelines need; each name is loaded on use, for pytest looks in here at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowdsl.testing.cassettes import Cassette as Cassette
    from flowdsl.testing.cassettes import CassetteWarning as CassetteWarning
    from flowdsl.testing.everywhere import EveryModel as EveryModel
    from flowdsl.testing.harness import ScriptedRun as ScriptedRun
    from flowdsl.testing.harness import run_pipeline as run_pipeline
    from flowdsl.testing.harness import run_step as run_step
    from flowdsl.testing.scripted import Raw as Raw
    from flowdsl.testing.scripted import Rule as Rule
    from flowdsl.testing.scripted import ScriptedProvider as ScriptedProvider
    from flowdsl.testing.scripted import in_turn as in_turn

__all__ = [
    "Cassette",
    "CassetteWarning",
    "EveryModel",
    "Raw",
    "Rule",
    "ScriptedProvider",
    "ScriptedRun",
    "in_turn",
    "run_pipeline",
    "run_step",
]
_HOMES = (
    {"EveryModel": "everywhere"}
    | dict.fromkeys(("Cassette", "CassetteWarning"), "cassettes")
    | dict.fromkeys(("ScriptedRun", "run_pipeline", "run_step"), "harness")
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'flowdsl.testing' has no attribute '{name}'")
    from importlib import import_module

    value: object = getattr(import_module(f"flowdsl.testing.{_HOMES.get(name, 'scripted')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
