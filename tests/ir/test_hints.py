"""Annotations of functions and classes as objects, and errors that name what is missing."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Annotated

import pytest

from flowdsl.errors.types import UnresolvedHintError
from flowdsl.ir.hints import hints_of
from tests.ir.sample_types import Issue


def documented(code: Annotated[str, "source"], count: int = 3) -> list[Issue]:
    raise AssertionError(code, count)


def _function(**written: str) -> Callable[..., object]:
    def step() -> None:
        raise AssertionError

    step.__annotations__.clear()
    step.__annotations__.update(written)
    return step


def test_hints_are_evaluated_and_keep_what_annotated_adds() -> None:
    assert hints_of(documented) == {
        "code": Annotated[str, "source"],
        "count": int,
        "return": list[Issue],
    }


def test_a_class_that_a_closure_has_caught_is_found() -> None:
    class Local:
        pass

    def step(item: Local) -> None:
        raise AssertionError(Local, item)

    assert hints_of(step) == {"item": Local, "return": type(None)}


def test_a_class_local_to_a_function_is_found_among_the_names_given() -> None:
    class Local:
        pass

    assert hints_of(_function(item="Local"), names=locals()) == {"item": Local}


def test_a_local_class_that_stands_below_the_step_is_named_with_the_cure() -> None:
    def step(item: Late) -> None:
        raise AssertionError(Late, item)

    with pytest.raises(UnresolvedHintError) as caught:
        hints_of(step)

    class Late:
        pass

    assert Late is not None
    assert caught.value.name == "Late"
    assert "a class local to a function must stand above the step" in caught.value.help
    assert caught.value.place is not None
    assert caught.value.place.path == __file__
    assert "in the annotation of 'item'" in caught.value.message


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("list[Isue]", "Isue"),
        ("list[", "list["),
        ("typing.Lst[int]", "typing.Lst[int]"),
        ("int[str]", "int[str]"),
    ],
)
def test_an_annotation_that_cannot_be_evaluated_is_named(written: str, named: str) -> None:
    assert typing is not None

    with pytest.raises(UnresolvedHintError) as caught:
        hints_of(_function(fine="int", code=written))

    assert caught.value.name == named
    assert caught.value.owner == "step"
    assert "in the annotation of 'code'" in caught.value.message


def test_a_class_with_a_missing_name_is_named() -> None:
    broken = type("Broken", (), {"__annotations__": {"x": "Isue"}})

    with pytest.raises(UnresolvedHintError) as caught:
        hints_of(broken)

    assert caught.value.message == (
        "'Broken' names the type 'Isue', which is not known there (in the annotation of 'x')."
    )
    assert caught.value.place is None


@pytest.mark.parametrize(
    ("error", "named"),
    [(NameError("no 'Isue'", name="Isue"), "Isue"), (TypeError("no type"), "no type")],
    ids=str,
)
def test_annotations_that_are_evaluated_late_and_fail_still_give_the_error(
    error: Exception, named: str
) -> None:
    def refuse(_: object) -> dict[str, object]:
        raise error

    class Late:
        def __call__(self) -> None:
            raise AssertionError

    type.__setattr__(Late, "__annotations__", property(refuse))

    with pytest.raises(UnresolvedHintError) as caught:
        hints_of(Late())

    assert caught.value.name == named
