"""Schemas asked for, replies read back."""

import dataclasses
import datetime as dt
import enum
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, NotRequired, TypedDict
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, field_validator

from flowdsl.errors import Place, ReplyMismatchError, SchemaLintError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import ANYTHING, STR, ListOf, Record
from flowdsl.ir.types import Field as Part
from flowdsl.prompts.show import is_mapping, to_document
from flowdsl.prompts.structured import (
    MAX_MISMATCHES,
    lint,
    read_reply,
    repair_message,
    request_schema,
)
from tests.prompts.schema_values import meeting


class Severity(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Issue(BaseModel):
    """A defect."""

    severity: Severity
    line: int = Field(default=1, ge=1, description="Where it is.")
    found: dt.date | None = None

    @field_validator("line")
    @classmethod
    def not_unlucky(cls, line: int) -> int:
        if line == 13:
            raise ValueError("13 is no line")
        return line


@dataclasses.dataclass(frozen=True)
class Report:
    title: str
    issues: tuple[Issue, ...]
    score: float | None = None


class Row(TypedDict):
    name: str
    size: NotRequired[int]


class Pair(NamedTuple):
    left: int
    right: str


class Value(BaseModel):
    value: int


class Dog(BaseModel):
    kind: Literal["dog", "wolf"] = "dog"
    barks: bool


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Owner(BaseModel):
    model_config = ConfigDict(extra="allow")
    pet: Annotated[Dog | Cat, Field(discriminator="kind")]


class Odd(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    when: slice


class Secret(enum.Enum):
    ONE = object()


class Kid(BaseModel):
    parent: "Kid | None" = None


ANNOTATIONS: list[object] = [
    int, float, bool, None, dt.datetime, Severity, Literal["a", "b", 3],
    list[int], list[list[str]], set[int], frozenset[str], tuple[int, str], tuple[bool, ...],
    Sequence[int], dict[str, int], int | None, int | str, Issue | None, list[Issue], Issue | Report,
    Issue, Report, Row, Pair, Value, Owner, list[Report | None], list[Row],
]  # fmt: skip
OBJECTS: list[object] = [Issue, Report, Row, Value, Owner]


def as_json(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return to_document(list(value) if isinstance(value, Pair) else value)


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
def test_the_root_of_a_schema_is_a_closed_object(annotation: object) -> None:
    schema = request_schema(type_of(annotation))

    assert schema is not None
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert is_mapping(properties)
    assert (set(properties) == {"value"}) is (annotation not in OBJECTS or annotation is Value)


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
@settings(max_examples=20)
@given(data=st.data())
def test_what_meets_the_schema_is_read_and_written_back_alike(
    annotation: object, data: st.DataObject
) -> None:
    type_ = type_of(annotation)
    schema = request_schema(type_)
    assert schema is not None
    document = data.draw(meeting(schema))
    text = json.dumps(document)
    assume('"line": 13' not in text)

    value = read_reply(type_, text)

    wrapped = annotation not in OBJECTS
    again = {"value": as_json(value)} if wrapped else as_json(value)
    assert read_reply(type_, json.dumps(again)) == value


@given(
    st.builds(
        Report,
        st.text(),
        st.tuples(st.builds(Issue, severity=st.sampled_from(Severity), line=st.integers(14))),
    )
)
def test_instances_come_back_equal(report: Report) -> None:
    text = json.dumps(to_document(report))

    assert read_reply(type_of(Report), text) == report
    assert read_reply(type_of(list[Report]), json.dumps({"value": [json.loads(text)]})) == [report]


@given(st.text())
def test_text_is_the_reply_as_it_is(text: str) -> None:
    assert read_reply(STR, text) == text
    assert read_reply(ANYTHING, text) == text
    assert request_schema(STR) is None
    assert request_schema(ANYTHING) is None


def test_a_schema_keeps_what_tells_and_drops_what_does_not() -> None:
    assert request_schema(type_of(list[Issue])) == {
        "type": "object",
        "properties": {"value": {"type": "array", "items": {"$ref": "#/$defs/Issue"}}},
        "required": ["value"],
        "additionalProperties": False,
        "$defs": {
            "Issue": {
                "type": "object",
                "description": "A defect.",
                "properties": {
                    "severity": {"$ref": "#/$defs/Severity"},
                    "line": {"type": "integer", "minimum": 1, "description": "Where it is."},
                    "found": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                },
                "required": ["severity"],
                "additionalProperties": False,
            },
            "Severity": {"type": "string", "enum": ["low", "high"]},
        },
    }


def test_a_model_of_its_own_is_no_definition() -> None:
    schema = request_schema(type_of(Issue))

    assert schema is not None
    assert isinstance(schema["$defs"], dict)
    assert [*schema["$defs"]] == ["Severity"]
    assert "$defs" not in (request_schema(type_of(Value)) or {})


def test_what_tells_is_required_whatever_its_default() -> None:
    cat = request_schema(type_of(Cat))
    owner = request_schema(type_of(list[Owner]))

    assert cat is not None
    assert cat["required"] == ["lives", "kind"]
    assert owner is not None
    definitions = owner["$defs"]
    assert is_mapping(definitions)
    dog = definitions["Dog"]
    assert is_mapping(dog)
    assert dog["required"] == ["barks", "kind"]


def test_every_union_is_any_of_and_open_models_are_closed() -> None:
    text = json.dumps(request_schema(type_of(Owner)))

    assert "oneOf" not in text
    assert "discriminator" not in text
    assert '"additionalProperties": true' not in text


def test_a_record_out_of_a_schema_comes_back_as_a_dict() -> None:
    record = Record(
        "Size", "schema:Size", "schema", (Part("w", STR), Part("h", ListOf(STR), required=False))
    )

    assert read_reply(record, '{"w": "1"}') == {"w": "1"}
    with pytest.raises(ReplyMismatchError, match=r"\$\.w: Field required"):
        read_reply(record, "{}")


@pytest.mark.parametrize(
    "text",
    [
        '{"value": [1]}',
        '```json\n{"value": [1]}\n```',
        '```\n{"value": [1]}```\n',
        ' \n{"value":[1]}\n',
    ],
)
def test_a_fence_around_the_whole_reply_is_taken_off(text: str) -> None:
    assert read_reply(type_of(list[int]), text) == [1]
    assert read_reply(type_of(Iterable[int]), text) == [1]


@pytest.mark.parametrize(
    ("annotation", "text", "mismatches"),
    [
        (Issue, "", ["$: it is empty"]),
        (Issue, "```\n\n```", ["$: it is empty"]),
        (Issue, "Sure! {}", ["$: it is no JSON: Expecting value: line 1 column 1 (char 0)"]),
        (float, '{"value": NaN}', ["$: it is no JSON: NaN is no JSON number"]),
        (Issue, "[" * 100_000, ["$: it is nested too deeply"]),
        (int, "3", ['$: it must be an object with the one property "value"; it is 3']),
        (int, '{"value": 1, "x": 2}', ['$: it must be an object with the one property "value"; it is {"value": 1, "x": 2}']),
        (int, '{"value": "3"}', ['$.value: Input should be a valid integer; it is "3"']),
        (bool, '{"value": "yes"}', ['$.value: Input should be a valid boolean; it is "yes"']),
        (Issue, '{"line": 13}', ["$.severity: Field required", "$.line: 13 is no line; it is 13"]),
        (
            list[Issue],
            '{"value": [{"severity": "mid"}, {"severity": "low", "line": 0}]}',
            [
                "$.value[0].severity: Input should be 'low' or 'high'; it is \"mid\"",
                "$.value[1].line: Input should be greater than or equal to 1; it is 0",
            ],
        ),
        (
            Report,
            '{"title": "t", "issues": [{"severity": "low", "found": "May"}]}',
            ['$.issues[0].found: Input should be a valid date in the format YYYY-MM-DD, input is too short; it is "May"'],
        ),
        (
            int | list[int],
            '{"value": {"a": "' + "x" * 80 + '"}}',
            [
                '$.value: Input should be a valid integer; it is {"a": "' + "x" * 50 + "...",
                '$.value: Input should be a valid array; it is {"a": "' + "x" * 50 + "...",
            ],
        ),
    ],
)  # fmt: skip
def test_every_mismatch_is_listed_with_its_path(
    annotation: object, text: str, mismatches: list[str]
) -> None:
    with pytest.raises(ReplyMismatchError) as caught:
        read_reply(type_of(annotation), text)

    assert [f"{path}: {reason}" for path, reason in caught.value.mismatches] == mismatches
    assert caught.value.reply == text


def test_the_repair_message_is_what_a_model_needs() -> None:
    with pytest.raises(ReplyMismatchError) as caught:
        read_reply(type_of(list[int]), '{"value": ["a"]}')

    assert repair_message(caught.value) == (
        "Your reply cannot be used. The reply does not match the expected shape:\n"
        '- $.value[0]: Input should be a valid integer; it is "a"\n'
        "Reply again with the complete JSON value, corrected, and nothing else."
    )


def test_a_flood_of_mismatches_is_cut() -> None:
    with pytest.raises(ReplyMismatchError) as caught:
        read_reply(type_of(list[int]), json.dumps({"value": ["a"] * 50}))

    assert len(caught.value.mismatches) == MAX_MISMATCHES


def test_classes_of_one_name_are_not_mixed_up() -> None:
    def make(limit: int) -> type[BaseModel]:
        class Local(BaseModel):
            n: int = Field(le=limit)

        return Local

    small, large = make(1), make(100)

    assert type(read_reply(type_of(large), '{"n": 50}')) is large
    with pytest.raises(ReplyMismatchError):
        read_reply(type_of(small), '{"n": 50}')


@pytest.mark.parametrize("annotation", [Secret, list[Secret]])
def test_lint_finds_what_only_the_classes_tell(annotation: object) -> None:
    (problem,) = lint(type_of(annotation), place=Place("a.py", 1))

    assert isinstance(problem, SchemaLintError)
    assert (problem.severity, problem.path, problem.place) == ("error", "$", Place("a.py", 1))
    assert "pydantic has no schema for it (" in problem.message
    with pytest.raises(SchemaLintError):
        request_schema(type_of(annotation))


def test_lint_does_not_repeat_what_the_type_tells() -> None:
    assert [problem.message.split(" is ")[0] for problem in lint(type_of(Odd))] == [
        "The reply's type at $.when"
    ]
    assert len(lint(type_of(Kid))) == 1
    assert lint(type_of(list[Report])) == []
    assert lint(ANYTHING) == []


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (dt.timedelta, "PT1H", dt.timedelta(hours=1)),
        (dt.time, "10:00:00", dt.time(10)),
        (Decimal, "1.50", Decimal("1.50")),
        (Fraction, "1/3", Fraction(1, 3)),
        (IPv4Address, "1.2.3.4", IPv4Address("1.2.3.4")),
        (Path, "a/b", Path("a/b")),
        (UUID, str(UUID(int=1)), UUID(int=1)),
    ],
)
def test_values_written_as_text_are_read_and_no_problem(
    annotation: object, text: str, value: object
) -> None:
    assert lint(type_of(annotation)) == []
    assert read_reply(type_of(annotation), json.dumps({"value": text})) == value
