"""May a value of one type flow into a port of another? Values are never changed in place, so containers are covariant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, assert_never

from flowdsl.ir.nominal import base_of, derives, is_dict
from flowdsl.ir.parts import parts_of
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    JSON,
    NONE,
    STR,
    Anything,
    Choice,
    DictOf,
    EnumOf,
    Instance,
    Json,
    ListOf,
    Named,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
)


def fits(source: Type, target: Type) -> bool:
    """Whether each value of `source` may flow into a port of type `target`.

    `Anything` fits both ways and is checked when the value is there; so does `Json` with what JSON can hold.
    """
    if source is target or type(target) is Anything or type(source) is Anything:
        return True
    key = (id(source), id(target))
    known = _known.get(key)
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        # The types are kept beside the answer, so that their ids stay theirs.
        known = _known[key] = (_misfit(source, target, _NOTHING_OPEN) is None, source, target)
    return known[0]


def why_not(source: Type, target: Type) -> str:
    """The innermost part that does not fit, in words; empty when all fits.

    For example "field 'severity' of item: `str` does not fit `int`".
    """
    found = _misfit(source, target, _NOTHING_OPEN)
    if found is None:
        return ""
    where = " of ".join(reversed(found.path))
    return f"{where}: {found.says()}" if where else found.says()


_MOST_KNOWN = 8192
_known: dict[tuple[int, int], tuple[bool, Type, Type]] = {}


class _Misfit(NamedTuple):
    source: Type
    target: Type
    path: tuple[str, ...] = ()
    reason: str = ""

    def inside(self, part: str) -> _Misfit:
        return self._replace(path=(part, *self.path))

    def says(self) -> str:
        source, target = show(self.source), show(self.target)
        if self.reason:
            return self.reason
        if source == target:
            source, target = (
                f"{shown}` of `{getattr(type_, 'origin', '').partition(':')[0]}"
                for shown, type_ in ((source, self.source), (target, self.target))
            )
        return f"`{source}` does not fit `{target}`"


class _Open(NamedTuple):
    """Records being compared: what a `Named` inside them means, and what is taken to fit."""

    source: Mapping[str, Record] = MappingProxyType({})
    target: Mapping[str, Record] = MappingProxyType({})
    assumed: frozenset[tuple[int, int]] = frozenset()


_NOTHING_OPEN = _Open()


def _misfit(source: Type, target: Type, scope: _Open) -> _Misfit | None:
    source, target = _meant(source, scope.source), _meant(target, scope.target)
    if isinstance(source, Anything) or isinstance(target, Anything) or source == target:
        return None
    if isinstance(source, Union):
        return _first(_misfit(option, target, scope) for option in source.options)
    if isinstance(source, Choice) and len(source.values) > 1:
        return _first(_misfit(Choice((value,)), target, scope) for value in source.values)
    if isinstance(target, Union):
        return _into_union(source, target, scope)
    if isinstance(source, Json) or isinstance(target, Json):
        return _with_json(source, target)
    found = _direct(source, target, scope)
    base = base_of(source) if found is not None else None
    return found if base is None or _misfit(base, target, scope) is not None else None


def _meant(type_: Type, records: Mapping[str, Record]) -> Type:
    """What a name or variable stands for here: the record being compared, the variable's bound."""
    while isinstance(type_, Variable):
        type_ = ANYTHING if type_.bound is None else type_.bound
    return records.get(type_.origin, type_) if isinstance(type_, Named) else type_


def _first(found: Iterable[_Misfit | None]) -> _Misfit | None:
    return next((each for each in found if each is not None), None)


def _into_union(source: Type, target: Union, scope: _Open) -> _Misfit | None:
    found: list[_Misfit] = []
    for option in target.options:
        misfit = _misfit(source, option, scope)
        if misfit is None:
            return None
        if option != NONE:
            found.append(misfit)
    # With one option beside None, the reason is inside that one.
    return found[0] if len(found) == 1 and found[0].path else _Misfit(source, target)


def _with_json(source: Type, target: Type) -> _Misfit | None:
    """Json on one side: it may turn out to be any JSON value, and whatever JSON can hold is one, part by part."""
    flows_in = isinstance(target, Json)
    parts = _json_parts(source if flows_in else target, flows_in=flows_in)
    if parts is None:
        return _Misfit(source, target)
    for label, part in parts:
        given, wanted = (part, JSON) if flows_in else (JSON, part)
        found = _misfit(given, wanted, _NOTHING_OPEN)
        if found is not None:
            return found.inside(label)
    return None


def _json_parts(type_: Type, *, flows_in: bool) -> list[tuple[str, Type]] | None:
    """The parts that must be JSON for a value to be; `None` if it cannot be."""
    match type_:
        case Json() | Choice() | Named() | Plain("str" | "int" | "float" | "bool" | "None"):
            return []
        case DictOf(key, value):
            keyed = fits(key, STR) if flows_in else fits(STR, key)
            return [("value", value)] if keyed else None
        case Record(fields=fields) if is_dict(type_):
            return [(f"field '{field.name}'", field.type) for field in fields]
        case ListOf() | TupleOf() if _is_array(type_, flows_in=flows_in):
            return [("item", part) for part in parts_of(type_)]
        case EnumOf(plain="str" | "int" | "float") if flows_in:
            return []
        case _:
            return None


def _is_array(type_: ListOf | TupleOf, *, flows_in: bool) -> bool:
    """A tuple is written as an array, but an array is read as a list."""
    if not flows_in:
        return isinstance(type_, ListOf)
    return isinstance(type_, TupleOf) or type_.abstract in {"", "Sequence"}


def _direct(source: Type, target: Type, scope: _Open) -> _Misfit | None:
    """One type against one, by what the target asks for."""
    match target:
        case ListOf() | SetOf() | TupleOf():
            parts = _item_pairs(source, target)
        case DictOf():
            parts = _entry_pairs(source, target)
        case Record():
            return _into_record(source, target, scope)
        case _:
            return None if _same_leaf(source, target) else _Misfit(source, target)
    if parts is None:
        return _Misfit(source, target)
    for label, part, wanted in parts:
        found = _misfit(part, wanted, scope)
        if found is not None:
            return found.inside(label)
    return None


_Pairs = list[tuple[str, Type, Type]]


def _same_leaf(source: Type, target: Type) -> bool:
    match source, target:
        case Plain(given), Plain(wanted):
            return (given, wanted) in _WIDENS
        case EnumOf(), EnumOf():
            same = source.origin == target.origin
            return same and (target.whole or set(source.members) <= set(target.members))
        case Choice((value,)), Choice(values):
            return any(type(value) is type(each) and value == each for each in values)
        case Named() | Record(), Named():
            return source.origin == target.origin
        case _, Instance():
            return derives(source, target)
        case _:
            return False


_WIDENS = frozenset({("bool", "int"), ("bool", "float"), ("int", "float")})


def _item_pairs(source: Type, target: ListOf | SetOf | TupleOf) -> _Pairs | None:
    match target:
        case ListOf(wanted, abstract):
            items = _items(source, abstract)
            return None if items is None else [("item", item, wanted) for item in items]
        case SetOf(wanted, frozen, abstract):
            if not isinstance(source, SetOf):
                return None
            same = source.frozen == frozen and not source.abstract
            return [("item", source.item, wanted)] if abstract or same else None
        case TupleOf():
            return _tuple_pairs(source, target) if isinstance(source, TupleOf) else None
        case _:
            assert_never(target)


def _items(source: Type, abstract: str) -> tuple[Type, ...] | None:
    """Types of the items of a source that is a list, or the abstract collection asked for."""
    match source:
        case ListOf(item, given):
            return (item,) if _BREADTH[given] <= _BREADTH[abstract] else None
        case TupleOf(items, rest) if abstract:
            return (*items, *(() if rest is None else (rest,)))
        case SetOf(item) | DictOf(item) if abstract in {"Collection", "Iterable"}:
            return (item,)
        case Record() if is_dict(source) and abstract in {"Collection", "Iterable"}:
            return (STR,)
        case _:
            return None


_BREADTH: Mapping[str, int] = {"": 0, "Sequence": 1, "Collection": 2, "Iterable": 3}


def _tuple_pairs(source: TupleOf, target: TupleOf) -> _Pairs | None:
    """Position by position; beyond its fixed items a side goes on with its rest, if it has one."""
    longer = max(len(source.items), len(target.items))
    short = len(source.items) < len(target.items)
    if (short and source.rest != ANYTHING) or (
        target.rest is None and source.rest not in {None, ANYTHING}
    ):
        return None
    if target.rest is None and len(source.items) > len(target.items):
        return None
    pairs: _Pairs = []
    for index in range(longer):
        given = source.items[index] if index < len(source.items) else ANYTHING
        wanted = target.items[index] if index < len(target.items) else target.rest
        pairs.append((f"item {index}", given, ANYTHING if wanted is None else wanted))
    if source.rest is not None and target.rest is not None:
        pairs.append(("item", source.rest, target.rest))
    return pairs


def _entry_pairs(source: Type, target: DictOf) -> _Pairs | None:
    match source:
        case DictOf(key, value, abstract):
            known = [("key", key, target.key), ("value", value, target.value)]
            return known if target.abstract or not abstract else None
        case Record(fields=fields) if is_dict(source):
            named = [(f"field '{each.name}'", each.type, target.value) for each in fields]
            return [("key", STR, target.key), *named]
        case _:
            return None


def _into_record(source: Type, target: Record, scope: _Open) -> _Misfit | None:
    if not is_dict(target):
        return None if _is_kind_of(source, target, scope) else _Misfit(source, target)
    if isinstance(source, DictOf) and type(source.value) in {Anything, Json}:
        return _misfit(source.key, STR, scope)
    if not isinstance(source, Record) or not is_dict(source):
        same = isinstance(source, Named) and source.origin == target.origin
        return None if same else _Misfit(source, target)
    if (id(source), id(target)) in scope.assumed:
        return None
    return _fields_misfit(source, target, scope)


def _fields_misfit(source: Record, target: Record, scope: _Open) -> _Misfit | None:
    inside = _opened(source, target, scope)
    given = {field.name: field for field in source.fields}
    for field in target.fields:
        mine = given.get(field.name)
        if mine is None or (field.required and not mine.required):
            return _Misfit(
                source, target, reason=_lacks(source, field.name, there=mine is not None)
            )
        found = _misfit(mine.type, field.type, inside)
        if found is not None:
            return found.inside(f"field '{field.name}'")
    return None


def _is_kind_of(source: Type, target: Record, scope: _Open) -> bool:
    if derives(source, target) or (isinstance(source, Named) and source.origin == target.origin):
        return True
    if not isinstance(source, Record) or not target.arguments:
        return False
    generic, wanted = (each.origin.partition("[")[0] for each in (source, target))
    # A generic class without arguments promises nothing about them.
    ends = zip(source.arguments, target.arguments, strict=False)
    return generic == wanted and all(_misfit(mine, its, scope) is None for mine, its in ends)


def _opened(source: Record, target: Record, scope: _Open) -> _Open:
    return _Open(
        {**scope.source, source.origin: source},
        {**scope.target, target.origin: target},
        scope.assumed | {(id(source), id(target))},
    )


def _lacks(source: Record, name: str, *, there: bool) -> str:
    if there:
        return f"field '{name}' of `{show(source)}` may be missing"
    return f"`{show(source)}` has no field '{name}'"
