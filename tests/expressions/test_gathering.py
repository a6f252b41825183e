"""Displays have the types of their parts; what cannot be a key or a member is found."""

import pytest

from flowdsl.expressions import check, parse
from flowdsl.ir.fits import fits
from flowdsl.ir.show import show
from flowdsl.ir.types import INT, STR, Field, Record

_TYPES = {"n": INT, "s": STR}


def test_a_dict_display_with_texts_as_keys_fits_a_record() -> None:
    wanted = Record("", "schema", "schema", (Field("a", INT), Field("b", STR)))

    assert fits(check(parse("{'a': n, 'b': s}"), _TYPES).type, wanted)
    assert not fits(check(parse("{'a': s, 'b': s}"), _TYPES).type, wanted)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("[n, s]", "list[int | str]"),
        ("(n, s)", "tuple[int, str]"),
        ("{n}", "set[int]"),
        ("{s: n}", "dict[str, int]"),
    ],
)
def test_a_display_holds_what_its_parts_are(text: str, type_: str) -> None:
    assert show(check(parse(text), _TYPES).type) == type_


@pytest.mark.parametrize(
    "text", ["{[n]}", "{[n]: 1}", "[n] in {s}", "(1, [n]) in {(n, n)}", "{{n}}"]
)
def test_what_has_no_hash_is_neither_member_nor_key(text: str) -> None:
    assert check(parse(text), _TYPES).problems != ()
