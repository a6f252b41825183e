"""Symbolic values: operators build expressions; whatever would decide now refuses and names the cure."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from flowdsl.dsl.places import here
from flowdsl.errors.tracing import NotYetKnownError, PlainConditionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowdsl.errors.base import Place
    from flowdsl.ir.expr import Expr
    from flowdsl.ir.ids import NodeId
    from flowdsl.ir.types import Type


class Language(Protocol):
    """What handles need of the room above them: how operators become expressions."""

    def apply(self, operator: str, operands: tuple[object, ...], /) -> Handle:
        """The handle of an operator over handles and plain values."""
        ...

    def written(self, value: Handle, /) -> str:
        """A handle's expression as text."""
        ...


class Home(Protocol):
    """The scope a handle belongs to, as far as the handle knows it."""

    @property
    def language(self) -> Language:
        """How its operators are understood."""
        ...

    def note_shown(self, text: str, name: str, /) -> None:
        """Remember how a handle was printed."""
        ...


class Handle:
    """Stands for a value that a run will produce.

    Its own attributes are called `_flow_…`, since models have fields called `name` and `type`.
    """

    __slots__ = ("_flow_at", "_flow_expr", "_flow_node", "_flow_scope", "_flow_type")

    _flow_scope: Home
    _flow_node: NodeId
    """The node whose value it is; meaningless while there is an expression."""
    _flow_expr: Expr | None
    _flow_type: Type
    _flow_at: Place | None
    """Where its expression was written."""

    def _flow_apply(self, operator: str, *operands: object) -> Handle:
        return self._flow_scope.language.apply(operator, operands)

    def _flow_refuse(self, used_as: str, instead: str) -> NoReturn:
        raise NotYetKnownError(name_of(self), used_as=used_as, instead=instead, place=here())

    def _flow_truth(self, other: object, sign: str) -> None:
        if type(other) is bool:
            raise PlainConditionError(f"'{sign}'", other, place=here())

    # What becomes part of the graph.

    def __getattr__(self, name: str) -> Handle:
        if name.startswith("_"):
            # Protocol probes (copy, pickle, notebooks) must see a plain missing attribute.
            raise AttributeError(name)
        return self._flow_apply("attr", self, name)

    def __getitem__(self, key: object) -> Handle:
        return self._flow_apply("getitem", self, key)

    def __eq__(self, other: object) -> Handle:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - it builds a comparison
        return self._flow_apply("eq", self, other)

    def __ne__(self, other: object) -> Handle:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - it builds a comparison
        return self._flow_apply("ne", self, other)

    def __lt__(self, other: object) -> Handle:
        return self._flow_apply("lt", self, other)

    def __le__(self, other: object) -> Handle:
        return self._flow_apply("le", self, other)

    def __gt__(self, other: object) -> Handle:
        return self._flow_apply("gt", self, other)

    def __ge__(self, other: object) -> Handle:
        return self._flow_apply("ge", self, other)

    def __add__(self, other: object) -> Handle:
        return self._flow_apply("add", self, other)

    def __radd__(self, other: object) -> Handle:
        return self._flow_apply("add", other, self)

    def __sub__(self, other: object) -> Handle:
        return self._flow_apply("sub", self, other)

    def __rsub__(self, other: object) -> Handle:
        return self._flow_apply("sub", other, self)

    def __mul__(self, other: object) -> Handle:
        return self._flow_apply("mul", self, other)

    def __rmul__(self, other: object) -> Handle:
        return self._flow_apply("mul", other, self)

    def __truediv__(self, other: object) -> Handle:
        return self._flow_apply("truediv", self, other)

    def __rtruediv__(self, other: object) -> Handle:
        return self._flow_apply("truediv", other, self)

    def __floordiv__(self, other: object) -> Handle:
        return self._flow_apply("floordiv", self, other)

    def __rfloordiv__(self, other: object) -> Handle:
        return self._flow_apply("floordiv", other, self)

    def __mod__(self, other: object) -> Handle:
        return self._flow_apply("mod", self, other)

    def __rmod__(self, other: object) -> Handle:
        return self._flow_apply("mod", other, self)

    def __pow__(self, other: object) -> Handle:
        return self._flow_apply("pow", self, other)

    def __rpow__(self, other: object) -> Handle:
        return self._flow_apply("pow", other, self)

    def __neg__(self) -> Handle:
        return self._flow_apply("neg", self)

    def __pos__(self) -> Handle:
        return self._flow_apply("pos", self)

    def __abs__(self) -> Handle:
        return self._flow_apply("abs", self)

    def __and__(self, other: object) -> Handle:
        self._flow_truth(other, "&")
        return self._flow_apply("all_of", self, other)

    __rand__ = __and__

    def __or__(self, other: object) -> Handle:
        self._flow_truth(other, "|")
        return self._flow_apply("any_of", self, other)

    __ror__ = __or__

    def __invert__(self) -> Handle:
        return self._flow_apply("not", self)

    # What would decide now.

    def __bool__(self) -> NoReturn:
        self._flow_refuse(
            "a condition",
            "when(…) for a choice, and & | not_ (or all_of, any_of) between conditions",
        )

    def __iter__(self) -> NoReturn:
        self._flow_refuse(
            "something to loop over",
            "each(items, step), or index it (pair[0], pair[1]), or give the whole to a step",
        )

    def __len__(self) -> NoReturn:
        self._flow_refuse("something to measure", "size(…) in place of len(…)")

    def __contains__(self, item: object) -> NoReturn:
        self._flow_refuse("the right side of 'in'", "contains(collection, item)")

    def __format__(self, spec: str) -> NoReturn:
        self._flow_refuse(
            "part of a string", 'text("… {{ name }} …", name=…) in place of an f-string or format()'
        )

    def __str__(self) -> NoReturn:
        self._flow_refuse(
            "text", 'text("{{ value }}", value=…), or a step that converts or prints the value'
        )

    def __int__(self) -> NoReturn:
        self._flow_refuse("a number", "a step that converts it")

    def __float__(self) -> NoReturn:
        self._flow_refuse("a number", "a step that converts it")

    def __complex__(self) -> NoReturn:
        self._flow_refuse("a number", "a step that converts it")

    def __index__(self) -> NoReturn:
        self._flow_refuse(
            "an index or a count", "a step that takes both, or a Static input for counts"
        )

    def __round__(self, digits: int = 0) -> NoReturn:
        self._flow_refuse("a number to round", "a step that rounds it")

    def __hash__(self) -> NoReturn:
        self._flow_refuse("a dict key or a set member", "a list, or a step that builds the dict")

    def __call__(self, *_: object, **__: object) -> NoReturn:
        self._flow_refuse("a function", "a step that takes the value and calls its method")

    def __await__(self) -> NoReturn:
        self._flow_refuse("something to await", "it without 'await': waiting is the run's work")

    def __enter__(self) -> NoReturn:
        self._flow_refuse("a context manager", "a step that opens and closes it")

    def __exit__(self, *exc: object) -> NoReturn:
        self._flow_refuse("a context manager", "a step that opens and closes it")

    def __reversed__(self) -> NoReturn:
        self._flow_refuse("something to loop over", "a step that reverses it")

    def __setitem__(self, key: object, value: object) -> NoReturn:
        self._flow_refuse("something to change", "a step that gives a changed copy")

    def __delitem__(self, key: object) -> NoReturn:
        self._flow_refuse("something to change", "a step that gives a changed copy")

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_flow_"):
            self._flow_refuse("something to change", "a step that gives a changed copy")
        object.__setattr__(self, name, value)

    @property  # type: ignore[misc]  # - isinstance must not decide
    def __class__(self) -> NoReturn:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - isinstance must not decide
        self._flow_refuse(
            "an instance to test",
            "a step that takes the value and looks, or switch(value.kind, {…})",
        )

    def __repr__(self) -> str:
        from flowdsl.ir.show import show

        name = name_of(self)
        text = f"<handle {name}: {show(self._flow_type)}>"
        self._flow_scope.note_shown(text, name)
        return text


_set_scope = Handle.__dict__["_flow_scope"].__set__
_set_node = Handle.__dict__["_flow_node"].__set__
_set_expr = Handle.__dict__["_flow_expr"].__set__
_set_type = Handle.__dict__["_flow_type"].__set__
_set_at = Handle.__dict__["_flow_at"].__set__
_new = object.__new__


def handle(
    scope: Home,
    node: NodeId,
    type_: Type,
    expr: Expr | None = None,
    place: Place | None = None,
) -> Handle:
    """Make a handle; by slot, since `__setattr__` refuses users and is slow."""
    made = _new(Handle)
    _set_scope(made, scope)
    _set_node(made, node)
    _set_expr(made, expr)
    _set_type(made, type_)
    _set_at(made, place)
    return made


def is_handle(value: object) -> bool:
    """Whether a value is a handle, without asking it for its class."""
    return type(value) is Handle


def name_of(value: Handle) -> str:
    """How messages name it: the node, or the expression as written."""
    if value._flow_expr is None:
        return value._flow_node
    return value._flow_scope.language.written(value)


def refuse_as_options(where: str, options: Mapping[str, object]) -> None:
    """Options shape the graph, so none of them can be a value that only a run produces.

    Raises:
        NotYetKnownError: One is a handle.
    """
    for option, value in options.items():
        if type(value) is Handle:
            raise NotYetKnownError(
                name_of(value),
                used_as=f"the option '{option}' of {where}",
                instead="a plain value: options are part of the graph; a Static input can hold one",
                place=here(),
            )
