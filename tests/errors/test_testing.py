"""What errors of recorded answers say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError
from flowdsl.errors.testing import (
    CassetteFileError,
    RecordingOnCIError,
    SecretAnswerError,
    StalePromptError,
    UnrecordedCallError,
)

ERRORS: dict[str, FlowError] = {
    "missing": UnrecordedCallError("review", "each_review[0]/review", "nothing was recorded yet"),
    "missing, in a test": UnrecordedCallError(
        "review",
        "review",
        "it is asked for the 3. time, and 2 recorded",
        cure="record it: pytest --flowdsl-cassettes=record test_audit.py::test_it",
    ),
    "stale": StalePromptError("review", "review", "- Name a defect.\n+ Name the defect."),
    "file": CassetteFileError("test_it.yaml", "calls.0.step: input should be a valid string"),
    "secret": SecretAnswerError("review", "review", "The key is sk-[redacted]."),
    "ci": RecordingOnCIError("record"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help
