"""What a function's text says."""

import ast

from flowdsl.ir.code_source import canonical, class_digest, said_by

SCALE = 3


def outer(x: int) -> object:
    """Docstring."""

    def inner(y: int) -> str:
        return f"{y * SCALE}{ast.Add.__name__}"

    return inner(x), ast


class Named:
    size: int = 1


def test_the_globals_of_inner_functions_are_seen_and_their_attributes() -> None:
    said = said_by(outer.__code__)

    assert said is not None
    assert said.globals == ("SCALE", "ast", "int", "str")
    assert said.attributes == (("ast", "Add"),)
    assert "ast" in said.whole


def test_built_in_text_has_no_source() -> None:
    code = compile("1 + 1", "<nowhere>", "eval")

    assert said_by(code) is None


def test_docstrings_and_annotations_are_silent_in_functions_and_speak_in_classes() -> None:
    bare = ast.parse("def f(x):\n    return x")
    dressed = ast.parse('def f(x: int) -> int:\n    "Say."\n    return x')

    assert canonical(bare) == canonical(dressed)
    assert canonical(bare, annotations=True) != canonical(dressed, annotations=True)


def test_a_class_without_text_has_no_digest() -> None:
    assert class_digest(Named) is not None
    assert class_digest(type("Made", (), {})) is None
