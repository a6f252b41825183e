"""Code whose text no file holds: functions and classes of notebook cells."""

from __future__ import annotations

import linecache
import types

import pytest

from flowdsl.ir.code import CodeIdentity, code_identity, value_identity


def cell(source: str, scope: dict[str, object], number: int) -> None:
    """Run source the way a notebook does: the text lives in linecache only."""
    title = f"<ipython-input-{number}>"
    linecache.cache[title] = (len(source), None, source.splitlines(keepends=True), title)
    types.FunctionType(compile(source, title, "exec", dont_inherit=True), scope)()


def test_code_in_a_notebook_has_a_fingerprint() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    cell("def f(x):\n    return x + N\n", scope, 9001)
    cell("N = 1\n", scope, 9002)

    def now() -> CodeIdentity:
        function = scope["f"]
        assert isinstance(function, types.FunctionType)
        return code_identity(function)

    before = now()
    cell("N = 2\n", scope, 9003)
    other_global = now()
    cell("# better\ndef f(x):\n    return x - N\n", scope, 9004)
    other_text = now()

    assert None not in {before.fingerprint, other_global.fingerprint, other_text.fingerprint}
    assert len({before.fingerprint, other_global.fingerprint, other_text.fingerprint}) == 3


CLASSES = {
    "model": "from pydantic import BaseModel\nclass A(BaseModel):\n    n: int = {}\n",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: int = {}\n",
    "plain class": "class A:\n    n = {}\n",
    "method": "class A:\n    def go(self):\n        return {}\n",
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_defined_in_a_notebook_counts(name: str) -> None:
    def found(value: int, number: int) -> CodeIdentity:
        scope: dict[str, object] = {"__name__": "__main__"}
        cell(CLASSES[name].format(value), scope, number)
        return value_identity(scope["A"], "the class")

    first, again, changed = found(1, 9100), found(1, 9101), found(2, 9102)

    assert first.opaque_because == ()
    assert first == again
    assert first.fingerprint != changed.fingerprint


def test_a_class_whose_members_show_addresses_is_opaque() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    cell(
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    n: object = object()\n",
        scope,
        9200,
    )

    assert value_identity(scope["A"], "the class").opaque_because == (
        "the default of 'n' is a builtins.object, which can't be hashed",
    )


def test_an_annotation_that_shows_an_address_makes_a_class_opaque() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    cell("from typing import Annotated\nclass A:\n    n: Annotated[int, object()]\n", scope, 9300)

    assert value_identity(scope["A"], "the class").opaque_because == (
        "the class 'A' holds what can't be hashed",
    )
