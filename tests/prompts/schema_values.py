"""A strategy of values that meet a schema of the kind models are asked for."""

import datetime as dt
from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from flowdsl.prompts.show import is_mapping, is_row

Schema = Mapping[object, object]
Values = st.SearchStrategy[object]


def meeting(schema: object) -> Values:
    """Values of a whole schema, with its definitions."""
    assert is_mapping(schema)
    return _drawn(schema, _mapping(schema.get("$defs", {})))


def _drawn(schema: object, names: Schema) -> Values:
    whole = _mapping(schema)
    return next(make(whole, names) for key, make in _MAKERS.items() if key in whole)


def _mapping(value: object) -> Schema:
    assert is_mapping(value)
    return value


def _row(value: object) -> list[object]:
    assert is_row(value)
    return list(value)


def _reference(schema: Schema, names: Schema) -> Values:
    return _drawn(names[str(schema["$ref"]).removeprefix("#/$defs/")], names)


def _any_of(schema: Schema, names: Schema) -> Values:
    return st.one_of(*(_drawn(option, names) for option in _row(schema["anyOf"])))


def _places(schema: Schema, names: Schema) -> Values:
    def as_list(places: tuple[object, ...]) -> list[object]:
        return list(places)

    return st.tuples(*(_drawn(place, names) for place in _row(schema["prefixItems"]))).map(as_list)


def _items(schema: Schema, names: Schema) -> Values:
    return st.lists(_drawn(schema["items"], names), max_size=3)


def _properties(schema: Schema, names: Schema) -> Values:
    needed = _row(schema.get("required", []))
    parts = {name: _drawn(part, names) for name, part in _mapping(schema["properties"]).items()}
    return st.fixed_dictionaries(
        {name: values for name, values in parts.items() if name in needed},
        optional={name: values for name, values in parts.items() if name not in needed},
    )


def _open(schema: Schema, names: Schema) -> Values:
    return st.dictionaries(
        st.text(max_size=3), _drawn(schema["additionalProperties"], names), max_size=3
    )


def _format(schema: Schema, _: Schema) -> Values:
    if schema["format"] == "date":
        return st.dates().map(dt.date.isoformat)
    return st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)


def _scalar(schema: Schema, _: Schema) -> Values:
    least = schema.get("minimum")
    kinds: dict[object, Values] = {
        "string": st.text(max_size=5),
        "integer": st.integers(min_value=least if isinstance(least, int) else None),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return kinds[schema["type"]]


_MAKERS: dict[str, Callable[[Schema, Schema], Values]] = {
    "$ref": _reference,
    "anyOf": _any_of,
    "const": lambda schema, _: st.just(schema["const"]),
    "enum": lambda schema, _: st.sampled_from(_row(schema["enum"])),
    "prefixItems": _places,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _open,
    "format": _format,
    "type": _scalar,
}
