"""What errors of prompts say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import (
    EmptyValueError,
    FlowError,
    MediaError,
    Place,
    PromptError,
    RenderError,
    ReplyMismatchError,
    SchemaLintError,
    TemplateFileError,
    TemplateLimitError,
    TemplateSyntaxError,
    UnknownVariableError,
    UnshowableValueError,
    UnusedParameterError,
)

AT = Place("review.py", 7, 3, "review", "{{ kode }}")
ERRORS: dict[str, FlowError] = {
    "syntax": TemplateSyntaxError("unexpected '}'", place=AT, cure="close it."),
    "unknown": UnknownVariableError("kode", ["code", "style"], place=AT),
    "unused": UnusedParameterError("code", place=AT),
    "file": TemplateFileError("a.md", "does not exist.", place=AT, cure="did you mean 'b.md'?"),
    "render": RenderError("'x' is undefined", place=AT),
    "empty": EmptyValueError("'style'", place=AT),
    "unshowable": UnshowableValueError("object", place=AT),
    "limit": TemplateLimitError("it runs too long", place=AT),
    "media": MediaError("The image 'a.bmp'", "it is of an unknown type", cure="give a PNG."),
    "lint": SchemaLintError("$.a", "it has open keys", severity="error", cure="name them."),
    "warning": SchemaLintError("$", "it is a tuple", severity="warning", cure="use a model."),
    "mismatch": ReplyMismatchError("{}", (("$.a", "Field required"), ("$.b", "wrong"))),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot


def test_codes_are_each_used_once() -> None:
    codes = [type(error).code for name, error in ERRORS.items() if name != "warning"]

    assert codes == [f"FD{n}" for n in range(161, 172)]


def test_all_errors_of_prompts_have_one_base() -> None:
    apart = (SchemaLintError, ReplyMismatchError)

    assert all(isinstance(error, PromptError | apart[0] | apart[1]) for error in ERRORS.values())
