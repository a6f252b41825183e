"""Values come back as they were; a document chooses neither what is imported nor what is called."""

import dataclasses
import datetime as dt
import decimal
import math
import pathlib
import sys
import types
import uuid
import zoneinfo
from enum import Enum

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, PrivateAttr, RootModel

from flowdsl.errors.types import MalformedValueError, UnknownClassError
from flowdsl.ir.decoding import decode
from flowdsl.ir.encoding import encode
from flowdsl.ir.narrowing import is_dict
from flowdsl.prompts.media import Document
from tests.ir import sample_types as sample


class Open(BaseModel, extra="allow"):
    a: int = 1
    b: str = "b"
    _seen: int = PrivateAttr(0)

    def look(self) -> "Open":
        self._seen += 7
        return self

    def looks(self) -> int:
        return self._seen


class Wrapped(RootModel[list[int]]):
    pass


class Outer:
    class Inner(Enum):
        A = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Positive:
    number: int
    half: float = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "half", self.number / 2)


hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC) | st.timezones())
    | st.times(timezones=st.none() | st.timezones())
    | st.dates()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.sampled_from([*sample.Color, *sample.Level, *sample.Shape, Outer.Inner.A])
    | st.sampled_from([sample.Rights.READ, sample.Rights.READ | sample.Rights.WRITE])
    | st.sampled_from(
        [pathlib.Path("a"), pathlib.PurePosixPath("/b"), pathlib.PureWindowsPath("c:\\d")]
    )
    | st.builds(Positive, st.integers(-(2**50), 2**50)),
    lambda inner: (
        st.tuples(inner, inner) | st.frozensets(inner, max_size=3) | st.builds(sample.Point, inner)
    ),
    max_leaves=5,
)
values = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(hashable, inner, max_size=3)
        | st.sets(hashable, max_size=3)
        | st.builds(sample.Pair[object], inner, inner)
    ),
    max_leaves=8,
)


def _alike(left: object, right: object) -> bool:
    return left.__class__ is right.__class__ and left == right and repr(left) == repr(right)


@given(values)
def test_a_value_comes_back_the_same_and_of_the_same_types(value: object) -> None:
    document = orjson.loads(orjson.dumps(encode(value)))

    back = decode(document)

    assert (back.__class__, back) == (value.__class__, value)
    assert encode(back) == encode(value)


def test_models_come_back_with_extras_private_parts_and_what_was_given() -> None:
    given_one = Open.model_validate({"a": 3, "more": (1, 2)}).look()

    back = decode(encode(given_one))

    assert isinstance(back, Open)
    assert back == given_one
    assert (back.model_fields_set, back.model_extra, back.looks()) == (
        {"a", "more"},
        {"more": (1, 2)},
        7,
    )


@pytest.mark.parametrize(
    "value",
    [
        Wrapped([1]),
        sample.Box[int](content=1),
        sample.Tree(value=1, children=[sample.Tree(value=2)]),
        Document(b"text", name="a.md"),
        dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
        -0.0,
        math.inf,
        decimal.Decimal("1.10"),
        uuid.UUID(int=1),
    ],
    ids=repr,
)
def test_special_values_come_back(value: object) -> None:
    back = decode(encode(value))

    assert _alike(back, value)


def test_not_a_number_comes_back() -> None:
    back = decode(encode([math.nan]))

    assert repr(back) == "[nan]"


def test_no_initialiser_runs() -> None:
    written = encode(Positive(4))

    assert is_dict(written)
    assert decode({**written, "value": {"number": 4, "half": 9.0}}) != Positive(4)


def test_a_class_given_by_name_is_taken_first() -> None:
    @dataclasses.dataclass
    class Local:
        a: int

    written = encode(Local(1))

    with pytest.raises(UnknownClassError, match="no such class"):
        decode(written)
    assert decode(written, classes={f"{__name__}:{Local.__qualname__}": Local}) == Local(1)


def _tagged(kind: str, owner: str, /, **parts: object) -> dict[str, object]:
    return {"$type": kind, "class": owner, **parts}


SAMPLE = "tests.ir.sample_types"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (_tagged("dataclass", "not_loaded_at_all:Thing", value={}), "not loaded"),
        (_tagged("dataclass", "subprocess:Popen", value={}), "no dataclass now"),
        (_tagged("enum", "subprocess:Popen", name="A"), "no Enum now"),
        (_tagged("model", f"{SAMPLE}:Span", value={}), "no model now"),
        (_tagged("dataclass", f"{SAMPLE}:Gone", value={}), "no such class"),
        (_tagged("model", f"{SAMPLE}:Box[never_made]", value={}), "no such class"),
        (_tagged("dataclass", "json:dumps.x", value={}), "no such class"),
        (_tagged("dataclass", "math:pi.x", value={}), "no such class"),
        (_tagged("dataclass", f"{SAMPLE}:Pair", value={"left": 1}), "fields have changed"),
        (_tagged("model", f"{SAMPLE}:Issue", value={"severity": "a"}), "fields have changed"),
        (_tagged("namedtuple", f"{SAMPLE}:Point", value=[1]), "fields have changed"),
        (_tagged("enum", f"{SAMPLE}:Color", name="GREEN"), "no member 'GREEN' now"),
    ],
    ids=str,
)
def test_a_class_that_is_not_what_it_was_is_named(document: object, why: str) -> None:
    with pytest.raises(UnknownClassError, match=why):
        decode(document)


def test_nothing_is_imported_not_even_by_a_module_that_loads_on_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    lazy = types.ModuleType("lazy")
    lazy.__dict__["__getattr__"] = asked.append
    monkeypatch.setitem(sys.modules, "lazy", lazy)

    with pytest.raises(UnknownClassError):
        decode(_tagged("dataclass", "lazy:Thing", value={}))
    with pytest.raises(UnknownClassError):
        decode(_tagged("dataclass", "this:Thing", value={}))

    assert asked == []
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    "document",
    [
        {"$type": "unheard"},
        {"$type": 3},
        {"$type": ["tuple"]},
        {"$type": "tuple"},
        {"$type": "tuple", "value": "ab"},
        {"$type": "set", "value": [[1]]},
        {"$type": "dict", "value": [1]},
        {"$type": "dict", "value": [[1, 2, 3]]},
        {"$type": "int", "value": "x"},
        {"$type": "float", "value": 1.5},
        {"$type": "bytes", "value": "?"},
        {"$type": "str", "value": "/w=="},
        {"$type": "datetime", "value": "yesterday"},
        {"$type": "datetime", "value": "2026-01-01T00:00:00", "zone": "No/Where"},
        {"$type": "timedelta", "value": [1]},
        {"$type": "decimal", "value": "one"},
        {"$type": "uuid", "value": "x"},
        _tagged("model", f"{SAMPLE}:Issue", value=[]),
        _tagged("enum", f"{SAMPLE}:Rights", value="x"),
        _tagged("enum", f"{SAMPLE}:Rights"),
    ],
    ids=str,
)
def test_a_document_nobody_wrote_is_refused(document: object) -> None:
    with pytest.raises(MalformedValueError):
        decode(document)
