"""The Jinja environment of prompts: a small, pure, bounded part of the language."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, wraps
from typing import Protocol, runtime_checkable

from jinja2 import StrictUndefined, Template, Undefined, nodes, pass_context, pass_environment
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.filters import make_attrgetter
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flowdsl.errors.prompts import EmptyValueError
from flowdsl.prompts import bounds
from flowdsl.prompts.grammar import CONCAT, COUNTED, bind_bounds, check_tree
from flowdsl.prompts.show import dumps, in_order, is_mapping, is_set, show

BUDGET = " rounds"
"""Where a rendering keeps its count; the blank keeps templates from naming it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILTERS = _words(
    "abs count d default dictsort first float groupby int items last length list map max min "
    "reject rejectattr reverse select selectattr sort sum unique"
)
_TEXT_FILTERS = _words("capitalize lower title trim truncate upper wordcount")
_TESTS = _words(
    "boolean defined divisibleby eq equalto even false float ge gt greaterthan in integer iterable "
    "le lessthan lower lt mapping ne none number odd sameas sequence string true undefined upper "
    "== != < <= > >="
)
_METHODS: tuple[tuple[tuple[type, ...], frozenset[str]], ...] = (
    (
        (str,),
        _words(
            "capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit "
            "islower isnumeric isspace istitle isupper join lower lstrip partition removeprefix "
            "removesuffix replace rfind rindex rpartition rsplit rstrip split splitlines "
            "startswith strip swapcase title upper"
        ),
    ),
    ((Mapping,), _words("get items keys values")),
    ((list, tuple), _words("count index")),
    ((set, frozenset), _words("difference intersection isdisjoint issubset union")),
    ((dt.date, dt.time), _words("date isoformat isoweekday time")),
)
"""What may be called: methods of built-in values that change nothing and cannot grow without bound."""

_CLOSED = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.FrameType,
    types.CodeType,
    types.TracebackType,
)
"""Objects that a template may not look into."""


@runtime_checkable
class _Indexed(Protocol):
    def __getitem__(self, key: object, /) -> object: ...


class Shown(str):
    """A media value on its way through Jinja, where only text may pass."""

    __slots__ = ("media",)

    media: object

    def __str__(self) -> str:
        return self


class Environment(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox, narrowed: private names stay unread, few things are callable, all is bounded."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def getattr(self, obj: object, attribute: str) -> object:
        """`obj.attribute`; a mapping's key comes before its methods."""
        if attribute.startswith("_") or isinstance(obj, _CLOSED):
            return self.unsafe_undefined(obj, attribute)
        if is_mapping(obj) and attribute in obj:
            return obj[attribute]
        try:
            value: object = getattr(obj, attribute)
        except AttributeError:
            return self.undefined(obj=obj, name=attribute)
        return self.unsafe_undefined(obj, attribute) if _is_closed_method(value) else value

    def getitem(self, obj: object, argument: object) -> object:
        """`obj[argument]`, else the attribute of that name."""
        if isinstance(obj, _Indexed) and not isinstance(obj, type | Undefined):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: object) -> bool:
        """Only what the list of methods names, `range`, and a loop's own functions."""
        if obj is range:
            return True
        if isinstance(obj, types.MethodType):
            return isinstance(obj.__self__, LoopContext) and obj.__name__ in {"changed", "cycle"}
        return isinstance(obj, types.BuiltinMethodType) and not _is_closed_method(obj)

    def call(self, context: Context, obj: object, /, *args: object, **kwargs: object) -> object:
        """Call it if it is safe, as one round of the rendering's budget."""
        if isinstance(obj, Undefined):
            return str(obj)
        if not callable(obj) or not self.is_safe_callable(obj):
            what = getattr(obj, "__name__", type(obj).__name__)
            raise SecurityError(f"'{what}' cannot be called from a prompt")
        _spend(context)
        if isinstance(obj, types.BuiltinMethodType) and isinstance(obj.__self__, str):
            bounds.check_method(obj.__self__, obj.__name__, args)
        done: object = context.call(obj, *args, **kwargs)
        if isinstance(done, range):
            bounds.check_range(done)
        return done

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """`+`, `*`, `**` and `%` within bounds."""
        bounds.check_operator(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        check_tree(tree, self.filters, self.tests)
        bind_bounds(tree)
        return tree


@cache
def environment() -> Environment:
    """The one environment of all prompts."""
    made = Environment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
        cache_size=0,
    )
    known = dict(made.filters)
    made.filters.clear()
    made.filters.update({name: _ordered(known[name]) for name in _FILTERS})
    made.filters.update({name: _of_text(known[name]) for name in _TEXT_FILTERS})
    made.filters.update(
        {
            "indent": _of_text(bounds.indent),
            "join": _join,
            "replace": _of_text(bounds.replace),
            "round": bounds.round_to,
            "string": show,
            "tojson": dumps,
            CONCAT: _concat,
            COUNTED: _counted,
        }
    )
    made.tests = {name: made.tests[name] for name in _TESTS}
    made.globals.clear()
    made.globals["range"] = range
    return made


@lru_cache(maxsize=1024)
def compiled(source: str) -> Template:
    """The template, compiled once."""
    return environment().from_string(source)


def _is_closed_method(value: object) -> bool:
    """Whether it is a built-in function or method that templates may not have."""
    if not isinstance(value, types.BuiltinMethodType):
        return False
    owner: object = value.__self__
    return not any(
        isinstance(owner, kinds) and value.__name__ in names for kinds, names in _METHODS
    )


def _spend(context: Context) -> None:
    budget: object = context.get(BUDGET)
    if isinstance(budget, bounds.Rounds):
        budget.spend()


def _finalize(value: object) -> str:
    """What stands in the prompt for `{{ value }}`."""
    if isinstance(value, Undefined):
        return str(value)
    if hasattr(value, "__flowdsl_media__"):
        shown = Shown()
        shown.media = value
        return shown
    if value is None:
        raise EmptyValueError("a value", place=None)
    return show(value)


def _text(value: object) -> str:
    if value is None:
        raise EmptyValueError("a value", place=None)
    return str(value) if isinstance(value, Undefined) else show(value)


def _sorted(value: object) -> object:
    return in_order(value) if is_set(value) else value


def _ordered(filter_: Callable[..., object]) -> Callable[..., object]:
    """The filter, with sets put in order first."""

    @wraps(filter_)
    def ordered(*args: object, **kwargs: object) -> object:
        return filter_(*map(_sorted, args), **kwargs)

    return ordered


def _of_text(filter_: Callable[..., object]) -> Callable[..., object]:
    """The filter, working on what the prompt would show of its value."""

    @wraps(filter_)
    def of_text(*args: object, **kwargs: object) -> object:
        at = next(n for n, arg in enumerate(args) if not isinstance(arg, Environment | Context))
        return filter_(*args[:at], _text(args[at]), *args[at + 1 :], **kwargs)

    return of_text


@pass_environment
def _join(
    env: Environment, value: Iterable[object], between: str = "", attribute: str | None = None
) -> str:
    """`values | join(", ")`, each as the prompt would show it."""
    items = in_order(value) if is_set(value) else value
    if attribute is not None:
        items = map(make_attrgetter(env, attribute), items)
    texts = [_text(item) for item in items]
    bounds.check_size(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


def _concat(values: list[object]) -> str:
    """`a ~ b`, each as the prompt would show it."""
    texts = [_text(value) for value in values]
    bounds.check_size(sum(map(len, texts)))
    return "".join(texts)


@pass_context
def _counted(context: Context, values: Iterable[object]) -> Iterator[object]:
    """The rounds of a loop, counted."""
    for value in in_order(values) if is_set(values) else values:
        _spend(context)
        yield value


def variables_of(source: str) -> frozenset[str]:
    """Names a template takes from outside.

    Raises:
        jinja2.TemplateSyntaxError: The template is broken.
    """
    tree = environment().parse(source)
    found = find_undeclared_variables(tree)
    called = {
        node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)
    }
    if unknown := called - {"range"}:
        name = min(unknown)
        raise TemplateSyntaxError(f"'{name}' cannot be called", line_of(name, source))
    return frozenset(found | _plain_ranges(tree))


def line_of(name: str, source: str) -> int:
    """Line, from 1, on which a template first reads a variable; 1 when it does not."""
    tree = environment().parse(source)
    lines = [
        node.lineno
        for node in tree.find_all(nodes.Name)
        if node.name == name and node.ctx == "load"
    ]
    return min(lines, default=1)


def _plain_ranges(tree: nodes.Template) -> set[str]:
    """`range`, where it is read as a variable and not called."""
    read = sum(node.name == "range" and node.ctx == "load" for node in tree.find_all(nodes.Name))
    called = sum(
        isinstance(node.node, nodes.Name) and node.node.name == "range"
        for node in tree.find_all(nodes.Call)
    )
    return {"range"} if read > called else set()
