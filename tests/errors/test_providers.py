"""What errors of providers say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.providers import (
    ModelNotReadyError,
    ModelPullError,
    ProviderError,
    UnknownModelError,
    UnknownProviderError,
    UnscriptedCallError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "fault": ProviderError("overloaded", "too busy.", help="wait.", place=AT, retry_after_s=3),
    "unknown prefix": UnknownProviderError("antropic:x", ["anthropic", "mock"], place=AT),
    "no prefix": UnknownProviderError(
        "gpt-4o", ["local", "mock"], aliases=["fast", "smart"], place=AT
    ),
    "no such prefix": UnknownProviderError("gpt:4o", ["mock"], place=AT),
    "a misspelt alias": UnknownProviderError("fsat", ["mock"], aliases=["fast"], place=AT),
    "not ready": ModelNotReadyError("smol", "no weights", "flowdsl models pull smol"),
    "no file": ModelNotReadyError("a.gguf", "there is no file a.gguf", "x", cure="look again."),
    "not pulled": ModelPullError("smol", "no network", "try again.", output="refused"),
    "not pulled, silently": ModelPullError("smol", "no network", "try again."),
    "unknown model": UnknownModelError("smal", ["smol"]),
    "unscripted": UnscriptedCallError("judge", "Judge\nthis", 2, "bool"),
    "unscripted, misspelt": UnscriptedCallError(
        "judge", "Judge", 1, "it knows: jugde", known=["jugde", "sum"]
    ),
    "unscripted, other steps": UnscriptedCallError(
        "judge", "Judge", 1, "it knows: sum", known=["sum"]
    ),
    "unscripted and empty": UnscriptedCallError("judge", "", 2, "bool"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help


def test_what_was_billed_is_kept_with_the_fault() -> None:
    fault = ProviderError("cut_off", "cut.", billed={"input_tokens": 5, "output_tokens": 3})

    assert (fault.kind, fault.retry_after_s) == ("cut_off", None)
    assert fault.billed == {"input_tokens": 5, "output_tokens": 3}
    assert ModelNotReadyError("smol", "no weights", "x").kind == "not_ready"
    assert UnscriptedCallError("judge", "a", 1, "bool").kind == "bad_request"
