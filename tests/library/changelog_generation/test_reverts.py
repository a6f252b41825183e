"""Reverts and their targets, in and out of the range."""

import pytest
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Commit,
    FileChange,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.reverts import net_reverts


def history(*rows: tuple[str, str, str], elsewhere: tuple[str, ...] = ()) -> History:
    """Commits from (letter, parents' letters, message), the oldest first."""
    commits = [
        Commit(
            id=letter * 40,
            parents=tuple(parent * 40 for parent in parents),
            author="Ada",
            date="2026-01-02T03:04:05+00:00",
            message=message,
            files=() if len(parents) > 1 else (FileChange(path="a.py", added=1, deleted=1),),
        )
        for letter, parents, message in rows
    ]
    return History(
        name="x",
        from_ref=None,
        to_ref="HEAD",
        from_id=None,
        to_id=commits[-1].id,
        version=None,
        previous_version=None,
        date="2026-01-02T03:04:05+00:00",
        commits=tuple(reversed(commits)),
        elsewhere=elsewhere,
    )


def gone(history: History) -> dict[str, str]:
    return {name[0]: rule for name, rule in net_reverts(history).gone.items()}


def test_a_revert_and_its_target_cancel_out() -> None:
    by_id = history(("a", "", "feat: x"), ("b", "a", f"Undo\n\nThis reverts commit {'a' * 12}."))
    by_name = history(("a", "", "feat: x (#1)"), ("b", "a", 'Revert "feat: x (#1)" (#2)'))

    assert gone(by_id) == gone(by_name) == {"a": "reverted", "b": "revert"}
    assert floor_report(by_id).entries == ()


def test_a_revert_that_was_reverted_undoes_nothing() -> None:
    three = history(
        ("a", "", "feat: x"),
        ("b", "a", f'Revert "feat: x"\n\nThis reverts commit {"a" * 40}.'),
        ("c", "b", f'Reapply "feat: x"\n\nThis reverts commit {"b" * 40}.'),
    )

    assert gone(three) == {"b": "reverted", "c": "revert"}
    assert [entry.title for entry in floor_report(three).entries] == ["X"]


def test_a_revert_of_something_older_than_the_range_is_news() -> None:
    alone = history(("b", "", 'Revert "feat: x"'))

    assert gone(alone) == {}
    assert [entry.title for entry in floor_report(alone).entries] == ['Revert "feat: x"']


def test_an_id_known_to_lie_elsewhere_is_not_replaced_by_a_namesake() -> None:
    rows = (("a", "", "feat: x"), ("b", "a", 'Revert "feat: x"\n\nThis reverts commit fffffff.'))

    assert gone(history(*rows, elsewhere=("fffffff",))) == {}
    assert gone(history(*rows)) == {"a": "reverted", "b": "revert"}


def test_a_revert_of_two_with_one_out_of_range_stays_beside_what_is_left() -> None:
    both = f"Undo\n\nThis reverts commit {'a' * 40}.\nThis reverts commit fffffff."

    assert gone(history(("a", "", "feat: x"), ("b", "a", both), elsewhere=("fffffff",))) == {
        "a": "reverted"
    }


def test_of_two_namesakes_the_nearer_one_is_meant_and_each_only_once() -> None:
    twice = history(
        ("a", "", "feat: x"),
        ("b", "a", "feat: x"),
        ("c", "b", 'Revert "feat: x"'),
        ("d", "c", 'Revert "feat: x"'),
        ("e", "d", 'Revert "feat: x"'),
    )

    pairs = {(pair.revert[0], pair.target[0]) for pair in net_reverts(twice).pairs}
    assert pairs == {("e", "b"), ("d", "a")}


def test_of_two_reverts_of_one_commit_only_the_newer_cancels_it_out() -> None:
    undo = f"Undo\n\nThis reverts commit {'a' * 40}."

    assert gone(history(("a", "", "feat: x"), ("b", "a", undo), ("c", "b", undo))) == {
        "a": "reverted",
        "c": "revert",
    }


def test_nothing_is_undone_before_it_is_done() -> None:
    assert gone(history(("b", "", f"x\n\nreverts commit {'a' * 40}"), ("a", "b", "x"))) == {}


def test_a_reverted_merge_takes_along_what_it_brought() -> None:
    merged = history(
        ("a", "", "feat: base"),
        ("b", "a", "feat: side"),
        ("c", "b", "fix: side"),
        ("d", "a", "feat: main"),
        ("e", "dc", "Merge branch 'side'"),
        ("f", "e", f"Revert it\n\nThis reverts commit {'e' * 40}, reversing\nchanges."),
    )

    assert gone(merged) == {"b": "reverted", "c": "reverted", "e": "reverted", "f": "revert"}
    assert [entry.title for entry in floor_report(merged).entries] == ["Main", "Base"]


@pytest.mark.parametrize("message", ["x", "Revert x", 'Revert "never there"'])
def test_without_a_target_nothing_cancels_out(message: str) -> None:
    assert net_reverts(history(("a", "", "y"), ("b", "a", message))).pairs == ()
