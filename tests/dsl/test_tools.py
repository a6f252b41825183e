"""A tool is a step that a model may call, too."""

from flowdsl import pipeline, tool
from flowdsl.dsl.tools import Tool
from flowdsl.ir.effects import UNKNOWN
from flowdsl.ir.ids import NodeId


@tool
def look_up(word: str, limit: int = 3) -> list[str]:
    """Look a word up.

    Args:
        word: What is looked for.
        limit: How many meanings at most.
    """
    return [word] * limit


def test_a_tool_is_described_from_its_signature_and_docstring() -> None:
    assert isinstance(look_up, Tool)
    told = look_up.definition

    assert (told.name, told.description) == ("look_up", "Look a word up.")
    assert told.parameters["required"] == ["word"]
    assert look_up.definition is told


def test_another_name_is_told_too() -> None:
    renamed = look_up.named("find")

    assert isinstance(look_up, Tool)
    assert look_up.definition.name == "look_up"
    assert isinstance(renamed, Tool)
    assert renamed.definition.name == "find"


def test_a_tool_is_a_step_of_pipelines() -> None:
    @pipeline
    def told(word: str) -> list[str]:
        return look_up(word, limit=2)

    assert told("a") == ["a", "a"]
    assert told.graph[NodeId("look_up")].effects == UNKNOWN
