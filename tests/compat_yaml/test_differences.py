"""Named differences: complete, and true of what the original gave."""

from __future__ import annotations

import math

import pytest

from compat_yaml.differences import READING
from compat_yaml.text import read
from tests.compat_yaml.golden import corpus, golden, is_list, is_table, unshared

_ATOMS: dict[object, object] = {"+inf": float("inf"), "-inf": float("-inf"), "nan": "not a number"}


def test_a_difference_has_a_name_of_its_own_and_says_all() -> None:
    assert len({each.id for each in READING}) == len(READING)
    for each in READING:
        assert each.did
        assert each.do
        assert each.why


def theirs(value: object) -> object:
    """A value as the golden files write it."""
    if is_list(value):
        return [theirs(each) for each in value]
    if not is_table(value):
        return value
    if set(value) == {"$atom"}:
        return _ATOMS.get(value["$atom"], value["$atom"])
    pairs = value.get("$map")
    if is_list(pairs):
        return {repr(pair[0]): theirs(pair[1]) for pair in pairs if is_list(pair)}
    return {repr(key): theirs(each) for key, each in value.items()}


def ours(value: object) -> object:
    """A value of ours in the same form."""
    if isinstance(value, float) and math.isnan(value):
        return "not a number"
    if is_list(value):
        return [ours(each) for each in value]
    if is_table(value):
        return {repr(key): ours(each) for key, each in value.items()}
    return value


@pytest.mark.timeout(60)
def test_every_text_is_read_as_the_original_did_or_as_a_difference_predicts() -> None:
    vectors, shared = golden("yaml")
    seen: set[str] = set()
    for vector in vectors:
        given, output = vector["input"], vector["output"]
        assert is_table(given)
        assert is_table(output)
        text = unshared(given.get("text"), shared)
        if text is None:
            text = corpus(str(given.get("corpus_id") or vector["corpus_id"]))
        assert isinstance(text, str)
        answer = unshared(output["value"], shared)
        assert is_table(answer)
        pair = answer.get("$tuple")
        source = read(text, "vector.yaml")
        # A document of nothing is an empty mapping to the original.
        mine = None if source.problems else ours({} if source.tree is None else source.tree)
        wanted = theirs(pair[1]) if is_list(pair) and pair[0] == {"$atom": "ok"} else None
        if mine != wanted:
            named = {each.id for each in READING if each.predicts(text)}
            assert named, f"{vector['id']}: {text[:80]!r} gives {mine}, not {wanted}"
            seen |= named

    assert seen == {each.id for each in READING}
