"""What errors of asking models say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.asking import (
    MediaUnsupportedError,
    NoModelError,
    RepliesRejectedError,
    SettingDroppedError,
    SettingRefusedError,
    UnfitModelError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "no model": NoModelError(place=AT),
    "a prompt without a model": NoModelError(prompts=["grade"], place=AT),
    "prompts without a model": NoModelError(alias="fast", prompts=["a", "b", "c"], place=AT),
    "an alias nobody set": NoModelError(alias="fast", place=AT),
    "rejected once": RepliesRejectedError("judge", "mock:a", 1, "it is no number", place=AT),
    "rejected often": RepliesRejectedError("judge", "mock:a", 3, "it is no number", place=AT),
    "an image": MediaUnsupportedError("judge", "photo", "image", "mock:a", place=AT),
    "a document": MediaUnsupportedError("judge", "paper", "document", "mock:a", place=AT),
    "unfit with a cure": UnfitModelError("judge", "local:a", "it sleeps. wake it.", place=AT),
    "refused": SettingRefusedError(
        "judge", "effort='max'", "mock:a", ["'low'", "'high'"], place=AT
    ),
    "dropped": SettingDroppedError("judge", ["temperature=0.2"], "mock:a", place=AT),
    "unfit": UnfitModelError("judge", "local:a", "it can't hold to a union", place=AT),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help
