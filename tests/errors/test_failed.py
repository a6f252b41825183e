"""No failure of a run gets lost: some are told, some kept, all counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import Place, ResultTypeError, StepFailedError
from flowdsl.errors.failed import gathered, told

AT = Place("review.py", 7, function="audit")


def failed(number: int) -> StepFailedError:
    return StepFailedError(f"s{number}", ValueError(number))


def total(failures: list[StepFailedError]) -> int:
    return sum(1 + each.more + total(list(each.others)) for each in failures)


@st.composite
def trees(draw: st.DrawFn) -> list[StepFailedError]:
    """Failures that stand beside failures, more than are kept among them."""
    tops = [failed(number) for number in range(draw(st.integers(0, 4)))]
    everyone = list(tops)
    for number in range(draw(st.sampled_from([0, 3, 30, 120]))):
        if not everyone:
            break
        one = failed(100 + number)
        everyone[draw(st.integers(0, min(3, len(everyone) - 1)))].add(one)
        everyone.append(one)
    return tops


@given(trees())
def test_every_failure_is_kept_or_counted(failures: list[StepFailedError]) -> None:
    before = total(failures)

    found = gathered(failures)

    assert total(list(found[:1])) == before
    assert len(found) <= 101
    assert all(each.others == () and each.more == 0 for each in found[1:])
    assert found[:1] == tuple(failures[:1])
    assert not found or found[0].problems == found


def test_a_failure_tells_ten_others_and_counts_the_rest() -> None:
    first = failed(0)
    for number in range(1, 131):
        first.add(failed(number))

    said = str(first).split("\n\n")

    assert (len(first.others), first.more) == (100, 30)
    assert [each.partition("\n")[0] for each in said[:3]] == [
        "FD201: step 's0' failed: ValueError: 0",
        "FD201: step 's1' failed: ValueError: 1",
        "FD201: step 's2' failed: ValueError: 2",
    ]
    assert len(said) == 12
    assert said[-1] == "… and 120 further failures"


def crowd(number: int, others: int) -> StepFailedError:
    first = failed(number)
    for each in range(others):
        first.add(failed(number + each + 1))
    return first


def test_what_is_only_counted_is_counted_with_all_that_stands_beside_it() -> None:
    first = crowd(0, 100)

    first.add(crowd(200, 105))

    assert first.more == 1 + 100 + 5


def test_the_first_failure_alone_knows_how_many_are_left_out() -> None:
    found = gathered([failed(0), crowd(10, 107)])

    assert len(found) == 101
    assert found[0].more == 1 + 1 + 107 - 101
    assert {each.more for each in found[1:]} == {0}


def test_an_error_of_our_own_lends_its_place_and_its_cure() -> None:
    inner = ResultTypeError("count", "int", "str 'a'", place=AT)

    error = StepFailedError("each[1]/count", inner, given="n=1", place=Place("other.py", 1))

    assert error.message == (
        "step 'each[1]/count' failed: FD202: 'count' is declared to give int, but gave str 'a'."
    )
    assert (error.place, error.help, error.given) == (AT, inner.help, "n=1")
    assert error.__cause__ is inner
    assert error.run is None


def test_a_deep_address_is_told_by_its_ends_and_kept_whole() -> None:
    path = "/".join(f"r{number}" for number in range(20))

    error = StepFailedError(path, ValueError("no"))

    assert error.path == path
    assert "'r0/r1/r2/r3/r4/r5/… 8 more …/r14/r15/r16/r17/r18/r19'" in error.message


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ValueError("no"), "ValueError: no"),
        (ValueError(" \n"), "ValueError"),
        (KeyError(), "KeyError"),
    ],
)
def test_a_cause_is_told_by_its_kind_and_words(cause: Exception, said: str) -> None:
    assert told(cause) == said


def test_a_failure_tells_the_line_of_the_step_that_raised() -> None:
    def count(text: str) -> int:
        return int(text)

    with pytest.raises(ValueError, match="invalid") as caught:
        count("x")
    line = count.__code__.co_firstlineno + 1
    failure = StepFailedError("s", caught.value, given="text = 'x'", place=AT)

    where = f"tests/errors/test_failed.py:{line}, in count"
    assert str(failure).splitlines()[1:] == [
        "  at review.py:7, in audit",
        f"  raised at {where}",
        "  help: it was given text = 'x'.",
    ]
    assert failure.to_document()["raised_at"] == where


def test_a_failure_without_a_line_of_its_own_tells_the_call_alone() -> None:
    failure = StepFailedError("s", ValueError("x"), place=AT)

    assert str(failure).splitlines()[1:] == ["  at review.py:7, in audit"]
    assert failure.to_document()["raised_at"] is None
