"""Expression trees and values for laws, and Python's own answer to a tree."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType

from hypothesis import strategies as st

from flowdsl.expressions.operators import OPERATORS
from flowdsl.ir.expr import Apply, Const, Expr, Name

NAMES = ("n", "x", "text", "flag", "items", "record", "table")


@dataclass(frozen=True)
class Made:
    """A record whose fields no built-in type has as methods."""

    amount: int
    heading: str
    inner: list[int]


_WORDS = st.sampled_from(
    ["", "a", "ab", "b c", "é", 'q"', "it's", "\\n", "\n\t", "\x00", "😀", "{x}"]
)
_NUMBERS = st.one_of(st.integers(-4, 9), st.sampled_from([0.0, -0.0, 0.5, -2.25, 1e16, 1e-9]))
_CONSTANTS = st.one_of(st.none(), st.booleans(), _NUMBERS, _WORDS).map(Const)

_BY_KIND: dict[str, dict[str, tuple[str, ...]]] = {
    "number": {
        **dict.fromkeys(
            ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"), ("number", "number")
        ),
        **dict.fromkeys(("neg", "pos", "abs", "round"), ("number",)),
        "size": ("items",),
        "int": ("text",),
        "float": ("number",),
        "min": ("number", "number"),
        "sum": ("items",),
        "max": ("items",),
        "if": ("flag", "number", "number"),
    },
    "flag": {
        **dict.fromkeys(("eq", "ne", "in", "not_in", "contains", "lt"), ("any", "any")),
        **dict.fromkeys(("lt", "le", "gt", "ge"), ("number", "number")),
        **dict.fromkeys(("all_of", "any_of"), ("flag", "any", "flag")),
        **dict.fromkeys(("not", "truth", "is_none", "is_not_none"), ("any",)),
    },
    "text": {
        "add": ("text", "text"),
        "mul": ("text", "number"),
        "str": ("any",),
        "if": ("any", "text", "text"),
    },
    "items": {
        "list": ("any", "any"),
        "tuple": ("any",),
        "sorted": ("items",),
        "add": ("items", "items"),
        "set": ("any", "any"),
        "dict": ("text", "any", "any", "any"),
        "mul": ("items", "number"),
    },
}
_LEAVES = {
    "number": ("n", "x"),
    "flag": ("flag",),
    "text": ("text",),
    "items": ("items", "table"),
    "any": NAMES,
}


@st.composite
def computable(draw: st.DrawFn, kind: str = "any", depth: int = 4) -> Expr:
    """A tree most of whose operators get operands they take, and some of which do not."""
    if draw(st.integers(0, 9)) == 0:
        kind = "any"
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.one_of(st.sampled_from(_LEAVES[kind]).map(Name), _constant_of(kind)))
    chosen = draw(st.sampled_from([*_BY_KIND])) if kind == "any" else kind
    key = draw(st.sampled_from([*_BY_KIND[chosen], "getitem", "cut", "attr", "method"]))
    if key in _REACHING:
        return draw(_REACHING[key](chosen, depth))
    operands = tuple(draw(computable(wanted, depth - 1)) for wanted in _BY_KIND[chosen][key])
    return Apply(key, operands)


def _constant_of(kind: str) -> st.SearchStrategy[Expr]:
    return {"number": _NUMBERS.map(Const), "text": _WORDS.map(Const)}.get(kind, _CONSTANTS)


@st.composite
def _indexed(draw: st.DrawFn, kind: str, depth: int) -> Expr:
    owner = draw(computable("text" if kind == "text" else "items", depth - 1))
    return Apply("getitem", (owner, draw(computable("number", depth - 1))))


@st.composite
def _cut(draw: st.DrawFn, kind: str, depth: int) -> Expr:
    owner = draw(computable("text" if kind == "text" else "items", depth - 1))
    bound = st.one_of(st.just(Const(None)), st.integers(-3, 3).map(Const), computable("number", 1))
    return Apply("getitem", (owner, Apply("slice", (draw(bound), draw(bound), draw(bound)))))


@st.composite
def _field(draw: st.DrawFn, kind: str, depth: int) -> Expr:
    owner = draw(
        st.one_of(st.just(Name("record")), st.just(Name("record")), computable("any", depth - 1))
    )
    return Apply(
        "attr", (owner, Const(draw(st.sampled_from(["amount", "heading", "inner", "missing"]))))
    )


@st.composite
def _method(draw: st.DrawFn, kind: str, depth: int) -> Expr:
    # Python looks a method up before it computes arguments; with leaves as arguments no order shows.
    key = draw(st.sampled_from(["lower", "upper", "strip", "startswith", "endswith", "split"]))
    row = OPERATORS[key]
    owner = draw(computable("text", depth - 1))
    count = draw(st.integers(row.least, row.most or row.least)) - 1
    return Apply(key, (owner, *(draw(computable("text", 0)) for _ in range(count))))


_REACHING: dict[str, Callable[[str, int], st.SearchStrategy[Expr]]] = {
    "getitem": _indexed,
    "cut": _cut,
    "attr": _field,
    "method": _method,
}

values = st.fixed_dictionaries(
    {
        "n": st.integers(-5, 9),
        "x": st.one_of(st.floats(-9, 9), st.sampled_from([float("inf"), float("nan"), -0.0])),
        "text": st.text("abé '\"", max_size=4),
        "flag": st.booleans(),
        "items": st.lists(
            st.one_of(st.integers(-3, 3), st.text("ab", max_size=2), st.none()), max_size=4
        ),
        "record": st.builds(
            Made, st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2)
        ),
        "table": st.dictionaries(
            st.one_of(st.text("ab", max_size=1), st.integers(0, 3)), st.integers(), max_size=3
        ),
    }
)


def _mod(left: object, right: object) -> object:
    # The one operator that is narrower than Python's: formatting text with % is refused.
    if isinstance(left, str):
        raise TypeError
    return python("left % right", {"left": left, "right": right})


def _contains(container: list[object], item: object) -> bool:
    return item in container


_FUNCTIONS: dict[str, object] = {
    **{
        each.__name__: each
        for each in (abs, bool, float, int, len, max, min, round, sorted, str, sum, set)
    },
    "mod": _mod,
    "contains": _contains,
}


def python(source: str, names: Mapping[str, object]) -> object:
    """What Python itself makes of a source text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(source, "<python>", "eval")
    answer: object = FunctionType(code, {"__builtins__": _FUNCTIONS, **names})()
    return answer


def python_source(expr: Expr) -> str:
    """A tree as Python source, in brackets everywhere; not by the writer, which is under test."""
    match expr:
        case Name(name):
            return name
        case Const(value):
            return f"({value!r})"
        case Apply("attr", (owner, Const(name))):
            return f"({python_source(owner)}).{name}"
        case Apply("getitem", (owner, Apply("slice", bounds))):
            return f"({python_source(owner)})[{':'.join(map(python_source, bounds))}]"
        case Apply(key, operands):
            return f"({_around(key, [python_source(each) for each in operands])})"


def _around(key: str, parts: list[str]) -> str:
    row = OPERATORS[key]
    pairs = zip(parts[::2], parts[1::2], strict=False)
    forms: dict[str, Callable[[], str]] = {
        "getitem": lambda: f"({parts[0]})[{parts[1]}]",
        "mod": lambda: f"mod({parts[0]}, {parts[1]})",
        "if": lambda: f"{parts[1]} if {parts[0]} else {parts[2]}",
        "is_none": lambda: f"{parts[0]} is None",
        "is_not_none": lambda: f"{parts[0]} is not None",
        "list": lambda: f"[{', '.join(parts)}]",
        "tuple": lambda: "".join(f"{part}, " for part in parts),
        "set": lambda: f"{{{', '.join(parts)}}}",
        "dict": lambda: f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}",
        # `and` and `or` give whether, not which.
        "all_of": lambda: " and ".join(f"bool({part})" for part in parts),
        "any_of": lambda: " or ".join(f"bool({part})" for part in parts),
    }
    if key in forms:
        return forms[key]()
    if row.form == "infix":
        return f" {row.symbol} ".join(parts)
    if row.form == "prefix":
        return f"{row.symbol} {parts[0]}"
    if row.form == "method":
        return f"({parts[0]}).{row.symbol}({', '.join(parts[1:])})"
    return f"{row.symbol}({', '.join(parts)})"


_ANY_NAME = st.sampled_from(["a", "min", "item_2", "é", "len"])


@st.composite
def writable(draw: st.DrawFn, depth: int = 3) -> Expr:
    """Any tree the table allows, sensible or not."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        constants = st.one_of(_CONSTANTS, st.text(max_size=6).map(Const), st.integers().map(Const))
        floats = st.floats(allow_nan=False).map(Const)
        return draw(st.one_of(_ANY_NAME.map(Name), constants, floats))
    row = draw(st.sampled_from([*OPERATORS.values()]))
    owner = draw(writable(depth - 1))
    if row.key == "attr":
        return Apply("attr", (owner, Const(draw(_ANY_NAME))))
    if row.key == "getitem" and draw(st.booleans()):
        bounds = tuple(draw(st.one_of(st.just(Const(None)), writable(depth - 1))) for _ in range(3))
        return Apply("getitem", (owner, Apply("slice", bounds)))
    count = draw(st.integers(row.least, row.least + 2 if row.most is None else row.most))
    count += count % 2 if row.key == "dict" else 0
    return Apply(
        row.key, tuple([owner, *(draw(writable(depth - 1)) for _ in range(count))][:count])
    )
