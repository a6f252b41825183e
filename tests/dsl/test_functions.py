"""What can be decorated."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from flowdsl import pipeline, step
from flowdsl.dsl.functions import check_function
from flowdsl.errors import DeclarationError, ManyProblemsError


def plain(note: str, size: int = 3, *, kinds: tuple[str, ...] = ()) -> str:
    return note * size + str(kinds)


def test_a_plain_function_has_its_place() -> None:
    place = check_function("plain", plain)

    assert place is not None
    assert place.function == "plain"
    assert check_function("upper", str.upper) is None
    assert check_function("partial", functools.partial(plain, "a")) is None


class Flows:
    @staticmethod
    def free(note: str) -> str:
        return note

    def bound(self, note: str) -> str:
        return note

    @classmethod
    def made(cls, note: str) -> str:
        return note


def generate(note: str) -> Iterator[str]:
    yield note


async def generate_soon(note: str) -> AsyncIterator[str]:
    yield note


def changing(note: str, into: list[str] = [], *, seen: set[str] = {"a"}) -> list[str]:  # noqa: B006 - the mistake itself
    return [note, *into, *seen]


REFUSED: dict[str, tuple[object, str]] = {
    "class": (Flows, "is not a function"),
    "value": (3, "is not a function"),
    "static method": (vars(Flows)["free"], "is not a function"),
    "class method": (vars(Flows)["made"], "is not a function"),
    "method": (Flows.bound, "is a method: 'self' would be one of its inputs"),
    "function of a class": (vars(Flows)["made"].__func__, "is a method: 'cls'"),
    "generator": (generate, "yields its results"),
    "async generator": (generate_soon, "yields its results"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused(case: str) -> None:
    function, message = REFUSED[case]

    with pytest.raises(DeclarationError, match=message) as caught:
        check_function("it", function)
    assert caught.value.place is not None


def test_a_local_function_may_call_its_parameter_self() -> None:
    def local(self: str) -> str:
        return self

    assert check_function("local", local) is not None


def test_every_default_that_may_change_is_named() -> None:
    with pytest.raises(ManyProblemsError) as caught:
        check_function("changing", changing)

    assert [problem.message for problem in caught.value.problems] == [
        "'changing' has a default that one call could change for the next: into=[].",
        "'changing' has a default that one call could change for the next: seen={'a'}.",
    ]
    assert check_function("changing", changing, keeps_defaults=False) is not None


def test_decorators_refuse_what_is_no_function() -> None:
    decorators: list[Callable[[Callable[..., object]], object]] = [step, pipeline, step(name="x")]
    for decorate in decorators:
        with pytest.raises(DeclarationError, match="is not a function"):
            decorate(Flows)
