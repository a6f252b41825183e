"""The checker gives the type of an expression's value and every problem, and what it passes does not misfit."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict

import pytest
from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import EvaluationError, OutsizeError, Place, UnknownNameError
from flowdsl.expressions import check, evaluate, parse
from flowdsl.expressions.bounds import MAX_DEPTH
from flowdsl.ir.annotations import type_of
from flowdsl.ir.expr import Apply, Const, Expr, Name
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    FLOAT,
    INT,
    JSON,
    STR,
    Choice,
    Type,
    Variable,
)
from flowdsl.ir.values import checker
from tests.expressions.trees import Made, computable, values


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Issue:
    severity: Literal["low", "high"]
    score: int
    parent: "Issue | None" = None

    @property
    def label(self) -> str:
        return self.severity

    def shout(self) -> str:
        return self.severity.upper()


@dataclass(frozen=True, order=True)
class Version:
    major: int


@dataclass(frozen=True)
class Bag:
    content: list[int]

    def __contains__(self, item: object) -> bool:
        return item in self.content

    def __len__(self) -> int:
        return len(self.content)

    def __neg__(self) -> "Bag":
        return self

    def __add__(self, other: object) -> "Bag":
        return self

    def __radd__(self, other: object) -> "Bag":
        return self

    def __int__(self) -> int:
        return len(self)


class Entry(TypedDict):
    title: str
    size: int


class Point(NamedTuple):
    x: int
    y: float


class Free:
    """A class whose attributes only its objects know."""


TYPES: dict[str, Type] = {
    "n": INT,
    "x": FLOAT,
    "s": STR,
    "b": BOOL,
    "raw": type_of(bytes),
    "any": ANYTHING,
    "json": JSON,
    "maybe": type_of(int | None),
    "text_or_int": type_of(str | int),
    "none": type_of(None),
    "var": Variable("T", INT),
    "issue": type_of(Issue),
    "issues": type_of(list[Issue]),
    "maybe_issue": type_of(Issue | None),
    "version": type_of(Version),
    "bag": type_of(Bag),
    "stream": type_of(Iterable[int]),
    "choice": Choice(("a", None)),
    "entry": type_of(Entry),
    "point": type_of(Point),
    "free": type_of(Free),
    "colour": type_of(Colour),
    "level": type_of(Level),
    "sev": type_of(Literal["low", "high"]),
    "day": type_of(date),
    "path": type_of(Path),
    "ns": type_of(list[int]),
    "words": type_of(list[str]),
    "mixed": type_of(list[int | str]),
    "pair": type_of(tuple[int, str]),
    "many": type_of(tuple[int, ...]),
    "tags": type_of(set[str]),
    "frozen": type_of(frozenset[int]),
    "ages": type_of(dict[str, int]),
    "nested": type_of(list[list[int]]),
}

_GROUPS = {
    "fields": """
        issue.severity; issue.sevrity; issue.label; issue.shout; issue.__class__; issue.parent; issue.parent.score;
        maybe_issue.severity; issues.severity; entry.title; ages.size; colour.value; colour.name; level.value; s.foo;
        n.real; any.a; json.a; free.a; day.year; day.yaer; day.today; path.name; point.x; point.z; none.a; raw.a;
        version.major; var.a; text_or_int.a
    """,
    "items": """
        ns[0]; ns[n]; ns[x]; ns['a']; ns[None]; ns[1:]; ns['a':]; ns[maybe:]; ns[0.5]; s[0]; s[n]; s[1:2]; raw[0]; raw[n];
        raw[1:]; pair[0]; pair[-1]; pair[2]; pair[n]; pair[1:]; many[5]; point[0]; point[1:]; ages['a']; ages[1]; ages[s];
        ages[n]; ages[1:]; entry['title']; entry['tilte']; entry[1]; entry[s]; entry[n]; tags[0]; n[0]; issue[0]; colour[0];
        any[0]; any[s]; json['a']; json[1:]; free[0]; maybe_issue[0]; mixed[0]; level[0]; sev[0]; nested[0][0]; ns[any]; stream[0]; stream[n]; stream[1:]
    """,
    "equality": """
        n == 1; n == x; n == b; n == 's'; n != None; maybe == None; choice == None; choice == 'a'; choice == 'b'; s == 's'; sev == 'low'; sev == 'hihg'; sev == s;
        colour == 'red'; colour == colour; level == 'low'; level == 'mid'; level == sev; colour == level; issue == issue;
        issue == version; ns == words; ns == pair; any == 1; path == 's'; 'a' == 'b'; none == n; point == pair; entry == ages
    """,
    "order": """
        n < x; n < 's'; s < 's'; n >= b; maybe < 1; issue < issue; version < version; colour < colour; level < s; ns < ns;
        mixed < mixed; pair < pair; ages < ages; tags <= tags; any < 1; text_or_int < 1; none < 1; min(ns); max(mixed);
        min(n, x); min(n, s); max(issues); sorted(words); sorted(mixed); sorted(n); min(s); max(maybe, 1); sorted(nested);
        sorted(any); sorted(ages); min([]); min([None])
    """,
    "arithmetic": """
        n + 1; n + x; b + b; s + s; s + n; n + issue; ns + ns; ns + words; ns + pair; pair + pair; pair + many; many + many; raw + raw;
        maybe + 1; any + 1; day - day; tags - tags; tags + tags; n - s; n // 2; n % 2; x % 2; s % n; n / 2; s / 2; n * 2; n * x;
        s * 3; 3 * s; s * x; ns * n; n * pair; raw * 2; n ** 2; n ** -1; n ** n; x ** 2; s ** 2; -n; -b; -x; -s; +any; abs(x);
        abs(s); level + 'x'; sev + 'x'; text_or_int + 1; var + 1; path / 's'; 's' / path; issues * issue
    """,
    "functions": """
        len(ns); len(n); len(s); len(ages); len(any); len(issue); len(free); str(n); int(s); int(x); int(ns); int(any); float(s); float(none);
        round(x); round(n); round(x, 1); round(x, x); round(x, None); round(x, maybe); round(s); round(any); sum(ns); sum(words); sum([1, 2.5]);
        sum(any); sum(n); sum([day]); sum([bag]); len(bag); len(stream); -bag; bag + 1; 1 + bag; int(bag); bool(ns); not n; is_it if b else n; n and s; n or s; s.lower(); n.lower(); s.startswith('a');
        s.startswith(n); s.split(); s.split(n); any.lower(); maybe.lower(); slice(1, 2, 3)
    """,
    "membership": """
        1 in ns; 's' in ns; s in s; n in s; any in s; 'a' in ages; 1 in ages; 'low' in [sev]; 'mid' in [sev]; n in n; n in any; ns in tags; pair in [pair];
        contains(ns, 1); contains(words, 1); s not in words; maybe in s; n in issue; n in maybe; n in free; 1 in (1, 2); 98 in raw; text_or_int in s; n in bag; n in stream
    """,
    "displays": """
        []; [1, 2]; [n, s]; (n, s); (); {n}; set(); {ns}; {pair}; {(ns, 1)}; {many}; {frozen}; {tags}; {}; {'a': n, 'b': s}; {s: n}; {n: 1, 's': 2};
        {1: n}; {ns: 1}; {'a': {'b': [n]}}; 1 if b else 's'; 'low' if b else 'high'; None; 1.5; True
    """,
    "narrowing": """
        maybe + 1 if maybe is not None else 0; 0 if maybe is None else maybe + 1; maybe + 1 if maybe is None else 0;
        maybe is not None and maybe > 1; maybe is None or maybe > 1; maybe is None and maybe > 1; not maybe is None and maybe > 1;
        maybe > 1 if b and maybe is not None else False; 0 if maybe is None or b else maybe + 1;
        issue.parent.score if issue.parent is not None else 0; maybe > 1 if b else 0
    """,
}


@pytest.mark.parametrize("group", _GROUPS)
def test_every_operator_gives_a_type_or_says_what_is_wrong(
    group: str, snapshot: SnapshotAssertion
) -> None:
    lines: list[str] = []
    for text in _GROUPS[group].split(";"):
        checked = check(parse(text), TYPES)
        lines.append(f"{' '.join(text.split())}  →  {show(checked.type)}")
        lines += [
            f"    {line}" for problem in checked.problems for line in str(problem).splitlines()
        ]

    assert "\n".join(lines) == snapshot


_DRAWN: dict[str, Type] = {
    "n": INT,
    "x": FLOAT,
    "text": STR,
    "flag": BOOL,
    "items": type_of(list[int | str | None]),
    "record": type_of(Made),
    "table": type_of(dict[str | int, int]),
}


@given(computable(), values)
def test_what_is_passed_fails_by_its_values_only_and_gives_its_type(
    expr: Expr, given_values: dict[str, object]
) -> None:
    checked = check(expr, _DRAWN)
    if checked.problems:
        return
    match _computed(expr, given_values):
        case EvaluationError() as error:
            assert isinstance(error.__cause__, ArithmeticError | LookupError | ValueError)
        case OutsizeError() | complex():
            pass
        case value:
            assert checker(checked.type)(value), show(checked.type)


def _computed(expr: Expr, given_values: dict[str, object]) -> object:
    try:
        return evaluate(expr, given_values)
    except (EvaluationError, OutsizeError) as error:
        return error


def test_all_problems_are_found_at_once_and_have_the_place() -> None:
    place = Place("flow.py", 3)

    checked = check(parse("[n + s, issue.sevrity, nothing]"), TYPES, place=place)

    assert [problem.code for problem in checked.problems] == ["FD154", "FD153", "FD152"]
    assert {problem.place for problem in checked.problems} == {place}


def test_messages_show_names_by_other_words() -> None:
    (problem,) = check(
        parse("_0.sevrity"), {"_0": TYPES["issue"]}, shown={"_0": "reviews[0]"}
    ).problems

    assert problem.message == "`reviews[0].sevrity`: Issue has no field 'sevrity'."


def test_a_sound_expression_is_not_checked_twice() -> None:
    expr = parse("n + 1")

    assert check(expr, {"n": INT}) is check(parse("n + 1"), {"n": INT})
    assert check(expr, {"n": FLOAT}).type == FLOAT


def test_many_answers_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowdsl.expressions.checker._MOST_KNOWN", 1)
    first = check(parse("n + 2"), {"n": INT})
    check(parse("n + 3"), {"n": INT})

    assert check(parse("n + 2"), {"n": INT}) is not first


def test_an_unknown_name_is_a_problem_and_may_be_anything() -> None:
    checked = check(parse("isue"), TYPES)

    assert checked.type == ANYTHING
    (problem,) = checked.problems
    assert isinstance(problem, UnknownNameError)
    assert problem.help.startswith("did you mean 'issue'")


def test_a_sum_of_thousands_of_terms_is_typed_and_a_deep_nest_is_refused() -> None:
    tall: Expr = Name("n")
    deep: Expr = Name("n")
    for _ in range(3000):
        tall = Apply("add", (tall, Const(1)))
    for _ in range(MAX_DEPTH + 1):
        deep = Apply("add", (Const(1), deep))

    assert check(tall, {"n": INT}).type == INT
    with pytest.raises(OutsizeError):
        check(deep, {"n": INT})


def test_a_value_of_any_type_silences_the_checker() -> None:
    value: Any = ANYTHING
    for text in (
        "v + 1",
        "v.a",
        "v[0]",
        "v < 1",
        "len(v)",
        "1 in v",
        "-v",
        "sum(v)",
        "v.lower()",
        "int(v)",
    ):
        assert check(parse(text), {"v": value}).problems == ()
