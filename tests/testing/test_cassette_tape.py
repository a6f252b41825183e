"""What a tape answers, what it keeps, and what it says where it has nothing."""

from decimal import Decimal
from pathlib import Path

import pytest

from flowdsl.errors.testing import (
    CassetteFileError,
    SecretAnswerError,
    StalePromptError,
    UnrecordedCallError,
)
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Reply
from flowdsl.testing.cassette_form import Answer, Document, Fault
from flowdsl.testing.cassette_tape import Question, Tape

KEY = "sk-ant-api03-AbC_123-xyz9876543"


def asks(text: str, *, path: str = "review", step: str = "review", system: str = "") -> Question:
    request: Document = {"model": "house:small", "messages": [{"user": text}], "max_tokens": 9}
    return Question(step, path, request | ({"system": system} if system else {}))


def reply(text: str) -> Reply:
    return Reply(text=text, usage=Usage(calls=1, input_tokens=1), model=ModelName("house:small"))


def texts(*answers: Answer | None) -> list[str]:
    return [each.text for each in answers if isinstance(each, Reply)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cassettes" / "test_it.yaml"


def recorded(file: Path, *kept: tuple[Question, Answer]) -> Path:
    tape = Tape(file, "refresh", "test_it.py::test_it")
    for question, answer in kept:
        assert tape.next(question) is None
        tape.keep(question, answer)
    tape.save()
    return file


def replayed(file: Path) -> Tape:
    return Tape(file, "replay", "test_it.py::test_it")


def test_answers_to_the_same_question_come_in_their_order(file: Path) -> None:
    recorded(file, *((asks("a"), reply(word)) for word in ("one", "two", "three")))
    tape = replayed(file)

    assert texts(*(tape.next(asks("a")) for _ in range(3))) == ["one", "two", "three"]
    with pytest.raises(UnrecordedCallError, match=r"asked for the 4\. time, and 3 recorded"):
        tape.next(asks("a"))


def test_the_same_question_at_another_address_has_answers_of_its_own(file: Path) -> None:
    recorded(
        file, (asks("a", path="r[0]"), reply("first")), (asks("a", path="r[1]"), reply("second"))
    )
    tape = replayed(file)

    assert texts(tape.next(asks("a", path="r[1]")), tape.next(asks("a", path="r[0]"))) == [
        "second",
        "first",
    ]


def test_the_file_does_not_depend_on_which_answer_came_first(file: Path, tmp_path: Path) -> None:
    calls = [(asks("a", path=f"r[{n}]"), reply(str(n))) for n in (2, 10, 0)]

    one = recorded(file, *calls).read_text("utf-8")
    other = recorded(tmp_path / "other.yaml", *reversed(calls)).read_text("utf-8")

    assert one == other
    assert one.index("r[2]") < one.index("r[10]")


def test_repairs_stay_in_the_order_in_which_they_were_asked(file: Path) -> None:
    recorded(file, (asks("z"), reply("no")), (asks("a"), reply("yes")))

    assert file.read_text("utf-8").index("user: z") < file.read_text("utf-8").index("user: a")


def test_a_changed_prompt_is_shown_against_the_one_at_its_address(file: Path) -> None:
    recorded(
        file,
        (asks("Name a flaw.\n\nx = 1", path="r[0]"), reply("a")),
        (asks("Name a flaw.\n\nx = 2", path="r[1]"), reply("b")),
    )

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("Name the flaw.\n\nx = 2", path="r[1]"))

    assert caught.value.diff.splitlines() == [
        " messages:",
        " - user: |-",
        "-    Name a flaw.",
        "+    Name the flaw.",
        " ",
        "     x = 2",
    ]
    assert caught.value.step == "review"
    assert caught.value.path == "r[1]"
    assert caught.value.help.endswith("pytest --flowdsl-cassettes=refresh test_it.py::test_it")


def test_what_was_recorded_at_the_same_address_stands_before_what_is_more_alike(file: Path) -> None:
    recorded(file, (asks("x = 1", path="r[0]"), reply("a")), (asks("y", path="r[1]"), reply("b")))

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("x = 1", path="r[1]"))

    assert "-- user: y" in caught.value.diff.splitlines()


def test_of_several_the_nearest_is_shown(file: Path) -> None:
    recorded(
        file,
        (asks("Something else.", system="Sing.", path="old"), reply("a")),
        (asks("Name a flaw.", system="Look.", path="old"), reply("b")),
    )

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("Name a flaw.", system="Look hard.", path="old"))

    assert "Sing" not in caught.value.diff
    assert "-system: Look." in caught.value.diff.splitlines()


def test_a_step_that_has_moved_is_shown_with_both_addresses(file: Path) -> None:
    recorded(file, (asks("a", path="old/review"), reply("x")))

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("a", path="new/review"))

    assert caught.value.diff.splitlines()[:2] == ["-path: old/review", "+path: new/review"]


def test_a_step_that_was_not_recorded_is_told_how_to_be(file: Path) -> None:
    recorded(file, (asks("a"), reply("x")))

    with pytest.raises(UnrecordedCallError) as caught:
        replayed(file).next(asks("a", step="grade", path="grade"))

    assert "'grade' at 'grade': the cassette has nothing for it (recorded: review)" in str(
        caught.value
    )
    assert caught.value.help == ("record it: pytest --flowdsl-cassettes=record test_it.py::test_it")


def test_a_question_more_is_missing_and_not_stale_where_all_others_were_asked(file: Path) -> None:
    recorded(file, (asks("a", path="r[0]"), reply("x")))
    tape = replayed(file)
    tape.next(asks("a", path="r[0]"))

    with pytest.raises(UnrecordedCallError):
        tape.next(asks("b", path="r[1]"))


def test_a_difference_of_many_lines_is_cut(file: Path) -> None:
    recorded(file, (asks("\n".join(f"old {n}" for n in range(200))), reply("x")))

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("\n".join(f"new {n}" for n in range(200))))

    assert len(caught.value.diff.splitlines()) == 61
    assert caught.value.diff.splitlines()[-1].startswith("… ")


def test_parts_of_a_difference_that_lie_apart_are_parted(file: Path) -> None:
    lines = [f"line {n}" for n in range(30)]
    recorded(file, (asks("\n".join(lines)), reply("x")))
    lines[3], lines[25] = "third", "last"

    with pytest.raises(StalePromptError) as caught:
        replayed(file).next(asks("\n".join(lines)))

    assert caught.value.diff.splitlines().count("…") == 1
    assert "@@" not in caught.value.diff


def test_what_is_missing_is_remembered_even_if_the_pipeline_goes_on(file: Path) -> None:
    tape = replayed(file)

    with pytest.raises(UnrecordedCallError, match="nothing was recorded yet"):
        tape.next(asks("a"))

    assert [type(each) for each in tape.problems] == [UnrecordedCallError]


def test_record_asks_only_for_what_is_missing_and_keeps_the_rest(file: Path) -> None:
    recorded(file, (asks("a"), reply("old")))
    tape = Tape(file, "record", "")

    assert texts(tape.next(asks("a"))) == ["old"]
    assert tape.next(asks("b")) is None
    tape.keep(asks("b"), reply("new"))
    tape.save()

    again = replayed(file)
    assert texts(again.next(asks("a")), again.next(asks("b"))) == ["old", "new"]
    assert tape.new == 1


def test_refresh_takes_nothing_from_before_and_drops_what_is_not_asked(file: Path) -> None:
    recorded(file, (asks("a"), reply("old")), (asks("gone"), reply("x")))
    tape = Tape(file, "refresh", "")

    assert tape.next(asks("a")) is None
    tape.keep(asks("a"), reply("new"))
    tape.save()

    assert texts(replayed(file).next(asks("a"))) == ["new"]
    assert "gone" not in file.read_text("utf-8")


def test_a_refresh_that_asks_nothing_leaves_no_file(file: Path) -> None:
    recorded(file, (asks("a"), reply("old")))

    Tape(file, "refresh", "").save()

    assert not file.exists()


def test_off_keeps_nothing_and_plays_nothing(file: Path) -> None:
    recorded(file, (asks("a"), reply("old")))
    tape = Tape(file, "off", "")

    assert tape.next(asks("a")) is None
    tape.keep(asks("a"), reply(KEY))

    assert (tape.new, tape.unused(), tape.is_asking) == (0, [], True)


def test_what_nobody_asked_for_is_named_with_its_number(file: Path) -> None:
    recorded(
        file,
        *((asks("a", path="r[0]"), reply(word)) for word in ("1", "2", "3")),
        (asks("a", path="r[1]"), reply("4")),
    )
    tape = replayed(file)
    tape.next(asks("a", path="r[0]"))

    assert tape.unused() == ["r[0] (2)", "r[1]"]


@pytest.mark.parametrize(
    "answer",
    [
        reply(f"The key is {KEY}."),
        Reply(text="x", usage=Usage(), model=ModelName("m:"), notes=(f"sent {KEY}",)),
        Fault(fault="server", message=f"bad key {KEY}"),
    ],
    ids=["text", "note", "fault"],
)
def test_an_answer_that_may_hold_a_secret_is_refused_and_not_altered(
    answer: Answer, file: Path
) -> None:
    tape = Tape(file, "record", "")

    with pytest.raises(SecretAnswerError) as caught:
        tape.keep(asks("a"), answer)

    assert KEY not in str(caught.value)
    assert tape.new == 0
    assert tape.problems == [caught.value]


def test_a_faults_price_is_that_of_its_day(file: Path) -> None:
    billed = {"input_tokens": 5}
    recorded(
        file,
        (
            asks("a"),
            Fault(fault="max_tokens", message="cut", billed=billed, cost_usd=Decimal("0.1")),
        ),
    )
    tape, usage = replayed(file), Usage(calls=1, input_tokens=5)

    assert tape.price("house:small", usage, Decimal(9)) == Decimal("0.1")
    assert tape.price("house:other", usage, Decimal(9)) == Decimal(9)


def test_a_file_of_another_kind_is_refused_when_it_is_read(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("calls: 3\n", "utf-8")

    with pytest.raises(CassetteFileError, match="calls: input should be a valid list"):
        replayed(file)
    assert Tape(file, "refresh", "").unused() == []


def test_a_call_that_stands_twice_in_an_edited_file_has_the_answers_of_both(file: Path) -> None:
    text = recorded(file, (asks("a"), reply("one"))).read_text("utf-8")
    head, calls = text.split("calls:\n")
    file.write_text(f"{head}calls:\n{calls}{calls.replace('one', 'two')}", "utf-8")
    tape = replayed(file)

    assert texts(tape.next(asks("a")), tape.next(asks("a"))) == ["one", "two"]
