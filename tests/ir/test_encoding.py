"""Values in their written form, and the bytes they are hashed by."""

import dataclasses
import datetime as dt
import json
import zoneinfo
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors.types import NotEncodableError
from flowdsl.ir.encoding import canonical, dumps, encode
from tests.ir import sample_types as sample


@given(sample.json_values)
def test_json_is_its_own_written_form_wherever_it_can_be(value: object) -> None:
    written = encode(value)

    assert json.loads(dumps(written)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([1, "a", None, True, 1.5, {"a": 2}], [1, "a", None, True, 1.5, {"a": 2}]),
        ((1, 2), {"$type": "tuple", "value": [1, 2]}),
        ({2, 1}, {"$type": "set", "value": [1, 2]}),
        ({1: "a"}, {"$type": "dict", "value": [[1, "a"]]}),
        ({"$type": 1}, {"$type": "dict", "value": [["$type", 1]]}),
        (float("inf"), {"$type": "float", "value": "inf"}),
        (2**63, {"$type": "int", "value": "0x8000000000000000"}),
        (2**63 - 1, 2**63 - 1),
        ("\ud800", {"$type": "str", "value": "7aCA"}),
        (b"ab", {"$type": "bytes", "value": "YWI="}),
        (
            sample.Color.RED,
            {"$type": "enum", "class": "tests.ir.sample_types:Color", "name": "RED"},
        ),
        (
            sample.Point(1),
            {"$type": "namedtuple", "class": "tests.ir.sample_types:Point", "value": [1, 0]},
        ),
        (
            sample.Issue(severity="a", line=1),
            {
                "$type": "model",
                "class": "tests.ir.sample_types:Issue",
                "value": {"severity": "a", "line": 1},
            },
        ),
        (
            dt.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo("UTC")),
            {"$type": "datetime", "value": "2026-01-02T00:00:00", "zone": "UTC"},
        ),
    ],
    ids=repr,
)
def test_what_json_lacks_is_tagged(value: object, written: object) -> None:
    assert encode(value) == written


class Elsewhere(dt.tzinfo):
    pass


@dataclasses.dataclass
class Unset:
    never: int = dataclasses.field(init=False)


@dataclasses.dataclass
class Listed(list[int]):
    name: str = ""


@pytest.mark.parametrize(
    ("value", "path", "kind"),
    [
        (object(), "", "builtins:object"),
        ({"a": [1, object()]}, "['a'][1]", "builtins:object"),
        ({"a": (sample.Plain(),)}, "['a'][0]", "tests.ir.sample_types:Plain"),
        ({1: sample.Plain()}, "[1]", "tests.ir.sample_types:Plain"),
        ({sample.Plain: 1}, f".key({sample.Plain!r})", "builtins:type"),
        ({sample.Text("a")}, "{…}", "tests.ir.sample_types:Text"),
        (sample.Pair(1, [sample.Plain()]), ".right[0]", "tests.ir.sample_types:Plain"),
        (
            [dt.datetime(2026, 1, 1, tzinfo=Elsewhere())],
            "[0].tzinfo",
            "tests.ir.test_encoding:Elsewhere",
        ),
        ([Unset()], "[0].never", "tests.ir.test_encoding:Unset"),
        (Listed(), "", "tests.ir.test_encoding:Listed"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.__class__.__name__,
)
def test_what_cannot_be_written_is_named_with_its_path(value: object, path: str, kind: str) -> None:
    with pytest.raises(NotEncodableError) as caught:
        encode(value)

    assert (caught.value.path, caught.value.kind) == (path, kind)


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(NotEncodableError, match="contains itself"):
        encode(endless)


@given(st.dictionaries(st.text() | st.integers() | st.none(), sample.json_values), st.randoms())
def test_the_order_of_a_dict_does_not_count(value: dict[object, object], random: Random) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)

    assert canonical(dict(shuffled)) == canonical(value)


@given(st.sets(st.text() | st.integers() | st.tuples(st.booleans())))
def test_the_order_of_a_set_does_not_count(value: set[object]) -> None:
    other: set[object] = set()
    for item in sorted(value, key=repr):
        other.add(item)

    assert canonical(other) == canonical(value)


def test_values_a_step_could_tell_apart_have_other_bytes() -> None:
    alike: list[object] = [1, True, 1.0, "1", (1,), [1], {1}, frozenset({1}), {1: 1}, {"1": 1}]
    alike += [0.0, -0.0, sample.Point(1, 0), (1, 0), None, "None"]

    assert len({canonical(each) for each in alike}) == len(alike)


def test_what_is_nested_deeper_than_orjson_goes_is_written_too() -> None:
    deep: object = 1
    for _ in range(150):
        deep = (deep,)

    written = b'{"$type":"tuple","value":['

    assert canonical(deep) == written * 150 + b"1" + b"]}" * 150
