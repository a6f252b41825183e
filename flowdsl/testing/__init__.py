"""What tests of pipelines need."""

from flowdsl.testing.scripted import Raw, Rule, ScriptedProvider, in_turn

__all__ = ["Raw", "Rule", "ScriptedProvider", "in_turn"]
