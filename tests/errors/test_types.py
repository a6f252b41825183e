"""What errors of types and stored values say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.types import (
    MalformedValueError,
    NoSchemaError,
    NotATypeError,
    NotEncodableError,
    SchemaError,
    UnknownClassError,
    UnresolvedHintError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "hint": UnresolvedHintError("review", "Isue", place=AT),
    "hint of a parameter": UnresolvedHintError("review", "Isue", hint="issue", place=AT),
    "value as type": NotATypeError("3", place=AT),
    "unencodable": NotEncodableError("['a'][2]", "builtins:function"),
    "unencodable as a whole": NotEncodableError("", "x", why="it holds itself"),
    "class": UnknownClassError("flows:Issue"),
    "changed class": UnknownClassError("flows:Issue", "it has no field 'a' any more"),
    "malformed": MalformedValueError("date"),
    "schema": SchemaError("#/$defs/A", "it leads nowhere", "write it out."),
    "whole schema": SchemaError("", "it is a list", "give an object."),
    "no schema": NoSchemaError("Callable[[int], str]"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help


def test_facts_are_kept() -> None:
    hint = UnresolvedHintError("review", "Isue")
    value = NotEncodableError("['a']", "x")

    assert (hint.owner, hint.name) == ("review", "Isue")
    assert (value.path, value.kind) == ("['a']", "x")
    assert UnknownClassError("flows:Issue").name == "flows:Issue"
    assert MalformedValueError("date").tag == "date"
    assert SchemaError("#/a", "x", "y").at == "#/a"
    assert NoSchemaError("int").shown == "int"
    assert NotATypeError("3").text == "3"
