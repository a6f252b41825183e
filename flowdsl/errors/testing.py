"""FD27x: recorded answers of models that are missing, out of date, or can't be kept."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError
from flowdsl.errors.providers import ProviderError


class UnrecordedCallError(ProviderError):
    """A test replays a cassette that has no answer for what a step asked.

    Nothing is asked unless the test is run with `--flowdsl-cassettes=record`.

    Attributes:
        step: Label of the step that asked.
        path: Its address.
    """

    code: ClassVar[str] = "FD270"

    def __init__(self, step: str, path: str, why: str, *, cure: str = "") -> None:
        super().__init__(
            "bad_request",
            f"There is no recorded answer for step '{step}' at '{path}': {why}.",
            help=cure or "record it with --flowdsl-cassettes=record.",
        )
        self.step = step
        self.path = path


class StalePromptError(ProviderError):
    """A step asks something else than it asked when its answer was recorded, so that answer says nothing any more.

    The message shows the difference: `-` what was recorded, `+` what is asked now.

    Attributes:
        step: Label of the step that asked.
        path: Its address.
        diff: The difference, line by line.
    """

    code: ClassVar[str] = "FD271"

    def __init__(self, step: str, path: str, diff: str, *, cure: str = "") -> None:
        shown = "\n".join(f"    {line}" for line in diff.splitlines())
        super().__init__(
            "bad_request",
            f"Step '{step}' at '{path}' asks something else than was recorded:\n{shown}",
            help=cure or "if it is meant, record it anew with --flowdsl-cassettes=refresh.",
        )
        self.step = step
        self.path = path
        self.diff = diff


class CassetteFileError(FlowError):
    """A file of recorded answers can't be read, or not be written."""

    code: ClassVar[str] = "FD272"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"the cassette {file} can't be used: {why}.",
            help="undo what was changed in it by hand, or delete it and record it anew with "
            "--flowdsl-cassettes=record.",
        )
        self.file = file


class SecretAnswerError(ProviderError):
    """A model's answer holds what looks like a key or a password, so it is not recorded.

    A file that many people read must not hold it; blacked out, the answer would not be the one that the model gave.

    Attributes:
        step: Label of the step that asked.
    """

    code: ClassVar[str] = "FD273"

    def __init__(self, step: str, path: str, shown: str) -> None:
        super().__init__(
            "bad_request",
            f"The answer to step '{step}' at '{path}' looks like it holds a secret, so it is not recorded: {shown}",
            help="have the model asked so that it does not repeat secrets, or give this test a script in place of a "
            "cassette.",
        )
        self.step = step
        self.path = path


class RecordingOnCIError(FlowError):
    """Cassettes were to be recorded on a CI server, which only ever replays them.

    A CI server is told by the variable `CI`.
    """

    code: ClassVar[str] = "FD274"

    def __init__(self, mode: str) -> None:
        super().__init__(
            f"--flowdsl-cassettes={mode} asks real models, and this is a CI server: CI is set.",
            help="record on your machine and commit the cassettes; or unset CI if this is no CI server.",
        )
