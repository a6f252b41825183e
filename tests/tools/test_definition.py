"""What a model is told about a function."""

import pytest

from flowdsl.ir.node import Port
from flowdsl.ir.types import INT, STR, ListOf
from flowdsl.tools.definition import ToolDefinition, define

PORTS = (Port("word", STR), Port("limits", ListOf(INT), required=False))

GOOGLE = """Look a word up.

    In the large dictionary.

    Args:
        word: What is looked for.
        limits: How many
            at most.

    Returns:
        Its meanings.
    """
NUMPY = """Look a word up.

    In the large dictionary.

    Parameters
    ----------
    word
        What is looked for.
    limits
        How many
        at most.
    """
REST = """Look a word up.

    In the large dictionary.

    :param word: What is looked for.
    :param limits: How many
        at most.
    """


@pytest.mark.parametrize("docstring", [GOOGLE, NUMPY, REST], ids=["google", "numpy", "rest"])
def test_every_common_style_of_docstring_is_read(docstring: str) -> None:
    told = define("look_up", docstring, PORTS)

    assert told == ToolDefinition(
        "look_up",
        "Look a word up.\n\nIn the large dictionary.",
        {
            "title": "look_up",
            "type": "object",
            "properties": {
                "word": {"type": "string", "description": "What is looked for."},
                "limits": {
                    "type": "array",
                    "items": {"type": "integer"},
                    "description": "How many\nat most.",
                },
            },
            "required": ["word"],
            "additionalProperties": False,
        },
    )


def test_a_docstring_of_one_line_describes_no_argument() -> None:
    told = define("look_up", "Look a word up.", PORTS[:1])

    assert told.description == "Look a word up."
    assert told.parameters["properties"] == {"word": {"type": "string"}}


def test_without_parameters_the_schema_is_an_empty_object() -> None:
    assert define("now", "Tell the time.", ()).parameters["properties"] == {}
