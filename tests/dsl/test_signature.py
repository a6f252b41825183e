"""A function's signature, read once: ports, types, and how arguments find them."""

import json
from collections.abc import (
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from types import MappingProxyType
from typing import Annotated, Literal

import pytest

from flowdsl import Static, pipeline
from flowdsl.dsl.signature import Signature, signature_of
from flowdsl.errors import ArgumentError, DeclarationError, TypeMismatchError
from flowdsl.errors.base import Place
from flowdsl.ir.node import Port
from flowdsl.ir.types import ANYTHING, INT, STR, ListOf


def plain(note: str, times: int) -> list[str]:
    return [note] * times


def rich(
    note: str, /, times: int = 2, *rest: int, loud: bool = False, **named: str
) -> Annotated[str, "shown"]:
    return f"{note}{times}{rest}{loud}{named}"


def bare(note: str, times: int = 1) -> str:
    return note * times


bare.__annotations__.clear()


def static(note: str, times: Static[int] = 2, kind: Annotated[str, "plain"] = "a") -> str:
    return note * times + kind


def at() -> Place:
    return Place("audit.py", 3)


def bound(signature: Signature, *args: object, **kwargs: object) -> list[tuple[str, object]]:
    return [(port.name, value) for port, value in signature.bind(args, kwargs, at)]


def test_parameters_become_ports() -> None:
    signature = signature_of(plain, "plain")

    assert signature.ports == (Port("note", STR), Port("times", INT))
    assert signature.output == ListOf(STR)
    assert signature.simple
    assert signature.declares_output
    assert signature.shown == "(note: str, times: int) -> list[str]"


def test_every_kind_of_parameter_keeps_its_kind() -> None:
    signature = signature_of(rich, "rich")

    assert [(port.name, port.kind, port.required) for port in signature.ports] == [
        ("note", "positional", True),
        ("times", "positional", False),
        ("rest", "rest", False),
        ("loud", "keyword", False),
        ("named", "rest_keyword", False),
    ]
    assert not signature.simple
    assert [each.has_default for each in signature.parameters] == [False, True, False, True, False]
    assert signature.parameters[1].default == 2


def test_what_has_no_annotation_may_be_anything() -> None:
    signature = signature_of(bare, "bare")

    assert [port.type for port in signature.ports] == [ANYTHING, ANYTHING]
    assert not signature.declares_output
    assert signature.shown == "(note: Any, times: Any = …)"


def test_static_inputs_are_marked() -> None:
    signature = signature_of(static, "static")

    assert [each.is_static for each in signature.parameters] == [False, True, False]
    assert [port.type for port in signature.ports] == [STR, INT, STR]


def test_arguments_find_their_ports_as_in_python() -> None:
    signature = signature_of(rich, "rich")

    assert bound(signature, "a") == [("note", "a")]
    assert bound(signature, "a", 3, 4, 5, loud=True, tone="b") == [
        ("note", "a"),
        ("times", 3),
        ("rest[0]", 4),
        ("rest[1]", 5),
        ("loud", True),
        ("tone", "b"),
    ]
    assert bound(signature_of(plain, "plain"), "a", times=2) == [("note", "a"), ("times", 2)]
    assert bound(signature_of(plain, "plain"), "a", 2) == [("note", "a"), ("times", 2)]


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((), {}, "'note' is missing, 'times' is missing."),
        (("a",), {}, "'times' is missing."),
        (("a", 1, 2, 3), {}, "2 positional argument(s) too many."),
        (("a", 1), {"loud": 1}, "there is no parameter 'loud'."),
        (("a", 1), {"note": "b"}, "'note' is given twice."),
        (("a",), {"tims": 1}, "'times' is missing, there is no parameter 'tims'."),
    ],
)
def test_arguments_that_find_none_are_all_named(
    args: tuple[object, ...], kwargs: dict[str, object], said: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        bound(signature_of(plain, "plain"), *args, **kwargs)

    assert caught.value.message == f"'plain' can't be called like this: {said}"
    assert caught.value.place == at()


def test_names_around_a_function_may_be_given() -> None:
    def local(note: int) -> str:
        return str(note)

    local.__annotations__["note"] = "Hidden"

    assert signature_of(local, "local", scope={"Hidden": int}).ports == (Port("note", INT),)


def counted(n: int) -> Iterator[int]:
    return iter(range(n))


def generated(n: int) -> Generator[int, None, None]:
    return (number for number in range(n))


def awaited(n: int) -> AsyncIterator[int]:
    raise AssertionError(n)


def listed(n: int) -> Iterable[int]:
    return range(n)


@pytest.mark.parametrize("function", [counted, generated, awaited])
def test_a_result_that_can_be_read_only_once_is_refused(function: Callable[..., object]) -> None:
    with pytest.raises(DeclarationError) as caught:
        signature_of(function, function.__name__)

    assert caught.value.message.startswith(f"'{function.__name__}' gives an iterator: several")
    assert caught.value.help == "return a list, and declare it: -> list[…]."
    assert caught.value.place is not None
    assert caught.value.place.function == function.__name__


def test_a_result_that_is_iterable_is_a_list_to_the_graph() -> None:
    assert isinstance(signature_of(listed, "listed").output, ListOf)


TEXT: int = json.loads('"x"')
NOTHING: int = json.loads("null")


def fitting(
    *,
    ratio: float = 1,
    names: Sequence[str] = (),
    kind: Literal["a", "b"] = "a",
    nothing: str | None = None,
    times: Static[int] = 2,
    where: Mapping[str, int] = MappingProxyType({}),
    anything: object = None,
) -> None: ...


def text_for_a_number(note: str, times: int = TEXT) -> None: ...


def nothing_for_a_number(note: str, *, times: int = NOTHING) -> None: ...


def static_text_for_a_number(times: Static[int] = TEXT) -> None: ...


def test_defaults_that_fit_their_types_are_taken() -> None:
    assert [each.has_default for each in signature_of(fitting, "fitting").parameters] == [True] * 7


@pytest.mark.parametrize("function", [text_for_a_number, static_text_for_a_number])
def test_a_default_of_another_type_is_refused_at_the_function(
    function: Callable[..., object],
) -> None:
    with pytest.raises(TypeMismatchError) as caught:
        signature_of(function, "flow")

    assert caught.value.message == (
        "'times = 'x'' gives str, but 'flow.times' takes int. (it is the default in the signature)"
    )
    assert "a default of type int" in caught.value.help
    assert caught.value.place is not None
    assert caught.value.place.line == function.__code__.co_firstlineno


def test_none_as_a_default_must_be_in_the_annotation() -> None:
    with pytest.raises(TypeMismatchError, match="gives None, but") as caught:
        signature_of(nothing_for_a_number, "flow")

    assert "`int | None`" in caught.value.help


def test_a_wrong_default_is_found_by_a_check() -> None:
    @pipeline
    def flow(note: str, times: int = TEXT) -> str:
        return note

    assert [problem.code for problem in flow.check()] == ["FD102"]
