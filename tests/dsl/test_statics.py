"""Inputs that are plain values while a pipeline is traced."""

import pytest

from flowdsl import Static
from flowdsl.dsl.computing import COMPUTING
from flowdsl.dsl.scope import Scope, Session
from flowdsl.dsl.signature import signature_of
from flowdsl.dsl.statics import key_of, static_names, static_values
from flowdsl.errors import Place, StaticInputError, TypeMismatchError
from flowdsl.ir.types import INT


def repeat(note: str, times: Static[int], by: Static[int | None] = 1) -> str:
    return note * times * (by or 1)


SIGNATURE = signature_of(repeat, "repeat")
AT = Place("flows.py", 7)


def test_static_inputs_are_named_in_order() -> None:
    assert static_names(SIGNATURE) == ("times", "by")


def test_the_call_comes_before_what_was_kept_and_before_the_default() -> None:
    assert static_values(SIGNATURE, {"times": 1, "note": "a"}, {"times": 2, "by": 5}, AT) == {
        "times": 1,
        "by": 5,
    }
    assert static_values(SIGNATURE, {"by": None}, {"times": 2}, AT) == {"times": 2, "by": None}
    assert static_values(SIGNATURE, {"times": 3}, {}, AT) == {"times": 3, "by": 1}


def test_an_input_without_a_value_is_named_at_the_pipeline() -> None:
    with pytest.raises(StaticInputError, match="'times' of 'repeat' has no value") as caught:
        static_values(SIGNATURE, {"by": 2}, {}, AT)
    assert caught.value.place == AT


def test_a_handle_is_no_static_value() -> None:
    held = Scope(Session(COMPUTING)).add_input("number", INT)

    with pytest.raises(StaticInputError, match="was given a handle"):
        static_values(SIGNATURE, {"times": held}, {}, AT)


def test_a_static_value_is_of_its_declared_type() -> None:
    with pytest.raises(
        TypeMismatchError, match=r"gives str, but 'repeat\.times' takes int"
    ) as caught:
        static_values(SIGNATURE, {"times": "3"}, {}, AT)
    assert caught.value.help == "give 'times' a value of type int."
    with pytest.raises(TypeMismatchError, match=r"'repeat\.by' takes int \| None"):
        static_values(SIGNATURE, {"times": 3, "by": 1.5}, {}, AT)


def test_equal_values_make_one_key_and_others_another() -> None:
    assert key_of({}) == b""
    assert key_of({"a": 1, "b": [2]}) == key_of({"b": [2], "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})
    assert key_of({"a": 1}) != key_of({"a": True})
    assert key_of({"a": print}) is None
