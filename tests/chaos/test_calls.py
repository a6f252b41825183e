"""The matrix would see an answer that is none: what is compared, and what is complained of."""

import pytest

from tests.chaos.calls import Tally, wrong_ones
from tests.chaos.matrix import EMULATED, OWN, Case, quick_trials
from tests.chaos.trials import complaints_of

WHOLE = "You said: This is call number {} of many, and here it ends."


@pytest.mark.parametrize(
    ("said", "ends", "strange"),
    [
        ([WHOLE.format(1), WHOLE.format(2)], ["answered"] * 2, 0),
        ([WHOLE.format(2)], ["answered", "server"], 0),
        ([WHOLE.format(1)[:-9], WHOLE.format(2)], ["answered"] * 2, 1),
        ([WHOLE.format(1), WHOLE.format(1)], ["answered"] * 2, 1),
        ([WHOLE.format(1), WHOLE.format(3)], ["answered"] * 2, 1),
        ([WHOLE.format(1), WHOLE.format(2)], ["answered", "truncated"], 1),
        ([WHOLE.format(1)], ["answered"], 1),
    ],
    ids=["all well", "one failed", "cut", "twice", "another's", "failed and said", "never made"],
)
def test_an_answer_that_is_none_is_seen(said: list[str], ends: list[str], strange: int) -> None:
    assert len(wrong_ones(said, [1, 2], ends)) == strange


def test_an_end_that_was_not_declared_is_complained_of() -> None:
    tally = Tally(calls=2)
    tally.ends.update(["answered", "server"])

    recovering, failing = Case(name="a"), Case(name="b", end="server", requests=1)

    assert complaints_of(recovering, tally, 3) == [
        "all 2 calls should be answered: {'answered': 1, 'server': 1}"
    ]
    assert len(complaints_of(failing, tally, 3)) == 2


def test_the_quick_matrix_has_every_kind_of_end_and_every_provider() -> None:
    quick = [*quick_trials(EMULATED), *quick_trials(OWN)]

    assert {case.end for case, _ in quick} >= {
        *(None, "rate_limit", "server", "overloaded", "authentication", "permission"),
        *("unknown_model", "bad_request", "context_overflow", "truncated", "malformed"),
        *("unreachable", "max_tokens", "refusal", "spend_limit"),
    }
    assert {way.prefix for _, ways in quick for way in ways} == {"anthropic", "google", "openai"}
    assert {way.streamed for _, ways in quick for way in ways} == {True, False}
