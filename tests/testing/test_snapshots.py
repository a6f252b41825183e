"""What the files of snapshots hold and are called."""

import pytest

from flowdsl import pipeline
from flowdsl.testing.forms import graph_text
from flowdsl.testing.snapshots import GraphSnapshot, PromptSnapshot


@pipeline
def same(text: str) -> str:
    return text


def test_a_file_holds_the_text_and_nothing_else() -> None:
    assert GraphSnapshot().serialize(same) == graph_text(same)


def test_the_two_kinds_do_not_meet_in_one_file() -> None:
    assert GraphSnapshot.file_extension != PromptSnapshot.file_extension


def test_what_has_no_prompts_is_refused() -> None:
    with pytest.raises(TypeError, match="prompt_snapshot takes a run"):
        PromptSnapshot().serialize(same)
