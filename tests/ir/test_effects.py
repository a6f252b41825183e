"""Laws of what nodes may do to the world: what meets, what conflicts, what joins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.effects import (
    EVERYTHING,
    MODEL_CALL,
    PURE,
    REPEATABLE_MODEL_CALL,
    UNKNOWN,
    Effect,
    Effects,
    Resource,
    ResourceKind,
    reads,
    writes,
)

kinds: st.SearchStrategy[ResourceKind] = st.sampled_from(
    ["path", "workspace", "session", "variable", "outside"]
)
names = st.sampled_from(
    ["*", "a", "a/", "a/b", "ab", "a/b/c", "./a", "a/../b", ".", "..", "/", "/a", "mail"]
)
resources = st.builds(Resource, kinds, names)
some = st.lists(resources, max_size=3).map(tuple)
effects = st.builds(
    Effects, st.sampled_from([*Effect, Effect.NONE, Effect.ALL]), reads=some, writes=some
)


@given(resources)
def test_a_resource_meets_itself(one: Resource) -> None:
    assert one.meets(one)


@given(resources, resources)
def test_meeting_has_no_direction(one: Resource, other: Resource) -> None:
    assert one.meets(other) is other.meets(one)


@given(resources)
def test_all_of_a_kind_meets_each_of_the_kind(one: Resource) -> None:
    assert Resource(one.kind).meets(one)


@given(resources)
def test_everything_meets_anything(one: Resource) -> None:
    assert any(each.meets(one) for each in EVERYTHING)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Resource("path", "a"), Resource("path", "a/b"), True),
        (Resource("path", "a/"), Resource("path", "a/b/c"), True),
        (Resource("path", "/"), Resource("path", "/a"), True),
        (Resource("path", "./a"), Resource("path", "a"), True),
        (Resource("path", "a//b/"), Resource("path", "a/b"), True),
        (Resource("path", "b/../a"), Resource("path", "a/b"), True),
        (Resource("path", "b/../a"), Resource("path", "b"), False),
        (Resource("path", "."), Resource("path", "a/b"), True),
        (Resource("path", "../a"), Resource("path", "a"), True),
        (Resource("path", "/srv/a"), Resource("path", "a"), True),
        (Resource("path", "/a"), Resource("path", "/b"), False),
        (Resource("path", "a"), Resource("path", "ab"), False),
        (Resource("path", "a/b"), Resource("path", "a/c"), False),
        (Resource("path", "a"), Resource("workspace"), True),
        (Resource("path", "a"), Resource("workspace", "b"), True),
        (Resource("workspace", "a"), Resource("workspace", "a/b"), True),
        (Resource("workspace", "a"), Resource("workspace", "b"), False),
        (Resource("outside", "mail"), Resource("outside", "mail"), True),
        (Resource("outside", "mail"), Resource("outside", "git"), False),
        (Resource("outside", "mail"), Resource("outside"), True),
        (Resource("outside", "a"), Resource("outside", "a/b"), False),
        (Resource("outside"), Resource("path"), False),
        (Resource("session", "a"), Resource("variable", "a"), False),
        (Resource("session"), Resource("workspace"), False),
        (Resource("variable", "a"), Resource("variable", "a/b"), False),
        (Resource("variable", "a"), Resource("variable", "a"), True),
    ],
)
def test_what_can_be_one_thing_meets(one: Resource, other: Resource, *, meet: bool) -> None:
    assert one.meets(other) is meet
    assert other.meets(one) is meet


@given(effects, effects)
def test_a_conflict_has_no_direction(one: Effects, other: Effects) -> None:
    assert one.conflicts(other) is other.conflicts(one)


@given(some, some)
def test_two_that_only_look_never_conflict(
    mine: tuple[Resource, ...], theirs: tuple[Resource, ...]
) -> None:
    assert not reads(*mine).conflicts(reads(*theirs))


@given(resources, resources)
def test_a_write_conflicts_with_whatever_touches_what_it_meets(
    changed: Resource, touched: Resource
) -> None:
    assert writes(changed).conflicts(writes(touched)) is changed.meets(touched)
    assert writes(changed).conflicts(reads(touched)) is changed.meets(touched)


@given(effects)
def test_what_is_pure_conflicts_with_nothing(one: Effects) -> None:
    assert not PURE.conflicts(one)


@given(resources)
def test_what_declares_nothing_conflicts_with_every_touch(one: Resource) -> None:
    assert UNKNOWN.conflicts(reads(one))
    assert UNKNOWN.conflicts(writes(one))
    assert not UNKNOWN.conflicts(MODEL_CALL)


@given(effects, effects, effects)
def test_joining_is_a_union(one: Effects, two: Effects, three: Effects) -> None:
    assert (one | two) | three == one | (two | three)
    assert (one | two) | two == one | two
    joined = one | two
    assert joined.kinds == one.kinds | two.kinds
    assert set(joined.reads) == {*one.reads, *two.reads}
    assert set(joined.writes) == {*one.writes, *two.writes}


@given(effects)
def test_joining_with_what_is_pure_adds_nothing(one: Effects) -> None:
    once = one | PURE

    assert once == PURE | one
    assert once.kinds == one.kinds
    assert once.reads == tuple(dict.fromkeys(one.reads))


@given(effects, effects, effects)
def test_a_join_conflicts_with_what_a_part_conflicts_with(
    one: Effects, two: Effects, later: Effects
) -> None:
    assert (one | two).conflicts(later) is (one.conflicts(later) or two.conflicts(later))


def test_a_question_for_kinds_gives_those_there_are() -> None:
    assert MODEL_CALL & (Effect.SPENDS | Effect.READS) == Effect.SPENDS
    assert not PURE & Effect.ALL
    assert UNKNOWN & Effect.ALL == Effect.ALL


def test_the_constants_say_what_they_are_for() -> None:
    assert Effects(Effect.NONE, (), ()) == PURE
    assert UNKNOWN.reads == UNKNOWN.writes == EVERYTHING
    assert MODEL_CALL.kinds == Effect.SPENDS | Effect.VARIES
    assert REPEATABLE_MODEL_CALL.kinds == Effect.SPENDS
    assert not MODEL_CALL.conflicts(MODEL_CALL)
    assert {each.kind for each in EVERYTHING} == {
        "path",
        "workspace",
        "session",
        "variable",
        "outside",
    }
    assert all(each.name == "*" for each in EVERYTHING)


def test_all_is_the_four_and_no_more() -> None:
    assert list(Effect.ALL) == [Effect.READS, Effect.WRITES, Effect.VARIES, Effect.SPENDS]
    assert not Effect.NONE
