"""The sandbox of prompts: what may be read and called, and nothing besides."""

import datetime as dt
import enum
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import EmptyValueError, FlowError, RenderError
from flowdsl.prompts import parse_template, render_text


class Spy:
    """Remembers every name it is asked for."""

    name = "spy"

    def __init__(self) -> None:
        object.__setattr__(self, "asked", [])

    def __getattribute__(self, name: str) -> object:
        asked: list[str] = object.__getattribute__(self, "asked")
        asked.append(name)
        return object.__getattribute__(self, name)

    def run(self) -> str:
        return "ran"


class Level(str, enum.Enum):  # noqa: UP042 - also the older way must work
    HIGH = "high"


def shown(text: str, **values: object) -> str:
    return render_text(parse_template(text), values)


NAMES = st.sampled_from(
    [
        "__init__",
        "_x",
        "__globals__",
        "__subclasses__",
        "__dict__",
        "__call__",
        "_",
        "__",
    ]
)
WAYS = st.sampled_from(
    [
        "{{{{ v['{0}'] }}}}",
        "{{{{ [v] | map(attribute='{0}') | list }}}}",
        "{{{{ [v] | sort(attribute='{0}') }}}}",
        "{{{{ [v] | selectattr('{0}') | list }}}}",
        "{{{{ [v] | join(attribute='{0}') }}}}",
        "{{{{ [v] | groupby('{0}') | list }}}}",
        "{{{{ v[('{0}' ~ '')] }}}}",
        "{{{{ [v] | sum('a.{0}') }}}}",
    ]
)


@given(NAMES, WAYS)
def test_a_private_name_is_never_read(name: str, way: str) -> None:
    spy = Spy()

    with pytest.raises(FlowError):
        shown(way.format(name), v=spy)

    assert name not in object.__getattribute__(spy, "asked")


@pytest.mark.parametrize(
    "text",
    [
        "{{ v.run() }}",
        "{{ v.run }}",
        "{{ 'a'.format(v) }}",
        "{{ 'a'.format_map(v) }}",
        "{{ 'a'.ljust(1000000) }}",
        "{{ 'a'.encode() }}",
        "{{ d.pop('a') }}",
        "{{ xs.append(1) }}",
        "{{ xs.sort() }}",
        "{{ [f][0]() }}",
        "{{ f.code }}",
        "{{ c.mro() }}",
        "{{ c.name }}",
        "{{ f.note }}",
        "{{ m.MAXYEAR }}",
        "{{ missing_call.x() }}",
        "{{ xs[0]() }}",
    ],
)
def test_what_is_no_safe_method_is_not_called(text: str) -> None:
    values = {
        "v": Spy(),
        "d": {"a": 1},
        "xs": [1],
        "f": shown,
        "c": Spy,
        "m": dt,
        "missing_call": {},
    }

    vars(shown)["note"] = "not for templates"

    with pytest.raises(FlowError) as caught:
        shown(text, **values)

    assert caught.value.code in {"FD165", "FD167"}
    assert values["xs"] == [1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ s.upper() }} {{ s.split(',') | join('+') }}", "A,B a+b"),
        ("{{ '-'.join(xs) }} {{ s.replace('a', 'x') }}", "p-q x,b"),
        ("{{ d.get('k', 'none') }} {{ d.values() | list }}", 'none ["of d"]'),
        ("{{ d.items }}", "of d"),
        ("{{ xs.index('q') }} {{ xs[1] }} {{ xs[-1] }} {{ xs[:1] }}", '1 q q ["p"]'),
        ("{{ when.isoformat() }} {{ when.year }}", "2026-01-02 2026"),
        ("{{ level }} {{ level.upper() }} {{ level.value }}", "high HIGH high"),
        (
            "{% for x in xs %}{{ loop.cycle('a', 'b') }}{{ loop.changed(1) }} {% endfor %}",
            "aTrue bFalse ",
        ),
        (
            "{% for x in xs %}{{ loop.index }}/{{ loop.length }}{{ '' if loop.last else ',' }}{% endfor %}",
            "1/2,2/2",
        ),
        ("{{ range(3) | list }}{{ range(5, 1, -2) | list }}", "[0, 1, 2][5, 3]"),
        ("{{ xs | first | upper }} {{ xs | last | title }} {{ xs | length }}", "P Q 2"),
        ("{{ s | replace('b', 'c') | capitalize }} {{ ' a ' | trim }}", "A,c a"),
        ("{{ 'a\nb' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}", "a\n  b|  a\n  b"),
        ("{{ 2.5 | round }} {{ 3.14159 | round(2) }} {{ '7' | int + 1 }}", "2 3.14 8"),
        ("{{ d | tojson }} {{ xs | string | length }}", '{"items": "of d"} 10'),
        (
            "{{ tags | join(',') }} {{ tags | list }} {% for t in tags %}{{ t }}{% endfor %}",
            'a,b,c ["a", "b", "c"] abc',
        ),
        ("{{ [{'n': 1}, {'n': 2}] | join(';', attribute='n') }}", "1;2"),
        ("{{ [{'n': 1}, {'n': 2}] | sum(attribute='n') }} {{ d | upper }}", '3 {"ITEMS": "OF D"}'),
        ("{{ 1 ~ 'a' ~ d }}{{ (1 ~ 2) ~ 3 }}", '1a{"items": "of d"}123'),
        ("{{ gone | default('x') }}{{ d.gone | default('y') }}{{ gone is defined }}", "xyFalse"),
        ("{{ s.format is defined }} {{ s.upper is defined }}", "False True"),
        ("{% if none is none and 1 == 1 and 4 is divisibleby 2 %}yes{% endif %}", "yes"),
        (
            "{{ 7 // 2 + 2 ** 3 - 2 * 3 % 4 }} {{ xs + ['r'] }} {{ 'ab' * 2 }}",
            '9 ["p", "q", "r"] abab',
        ),
        ("a\n{% for x in xs %}\n  - {{ x }}\n{% endfor %}\nz", "a\n  - p\n  - q\nz"),
    ],
)
def test_templates_can_say(text: str, expected: str) -> None:
    values: Mapping[str, object] = {
        "s": "a,b",
        "xs": ["p", "q"],
        "d": {"items": "of d"},
        "when": dt.date(2026, 1, 2),
        "level": Level.HIGH,
        "tags": {"c", "a", "b"},
    }

    assert shown(text, **values) == expected


@pytest.mark.parametrize(
    "text", ["{{ x }}", "{{ x ~ 'a' }}", "{{ [x] | join }}", "{{ x | upper }}"]
)
def test_none_is_never_written(text: str) -> None:
    with pytest.raises(EmptyValueError, match="which is None here"):
        shown(text, x=None)


@pytest.mark.parametrize(
    "text", ["{{ y }}", "{{ x.y }}", "{{ x.y | upper }}", "{{ x[3] }}", "{{ x['y'] ~ 1 }}"]
)
def test_what_is_not_there_is_never_empty_text(text: str) -> None:
    with pytest.raises(RenderError, match=r"undefined|has no (attribute|element)") as caught:
        shown(text, x={"a": 1})

    assert "default(" in caught.value.help
