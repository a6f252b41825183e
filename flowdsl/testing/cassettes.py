"""Cassettes: answers that models gave once, played back in tests."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flowdsl.errors.base import raise_all
from flowdsl.runtime.telling import counted
from flowdsl.testing.cassette_models import CassetteModels
from flowdsl.testing.cassette_tape import Mode, Tape

if TYPE_CHECKING:
    from flowdsl.providers.base import Provider

__all__ = ["Cassette", "CassetteWarning"]
_NONE: Mapping[str, Provider] = MappingProxyType({})


class CassetteWarning(UserWarning):
    """Recorded answers that a test does not ask for any more."""


class Cassette:
    """Answers of real models for one test; the fixture `cassette` makes it, and finishes it when the test has passed.

    ```python
    def test_the_audit(cassette):
        run = run_pipeline(audit, cassette=cassette, model="anthropic:claude-haiku-5-5", code="…")
    ```

    Args:
        file: A YAML file; it need not be there.
        mode: `replay` plays what the file has, and a call that it has not is an error; `record` asks models what is
            missing; `refresh` asks them everything; `off` too, and keeps nothing.
        test: The test's name for messages, as pytest takes it.

    Raises:
        CassetteFileError: The file can't be read.
    """

    def __init__(self, file: Path | str, mode: Mode = "replay", *, test: str = "") -> None:
        self._tape = Tape(Path(file), mode, test)

    @property
    def file(self) -> Path:
        """Where the answers are kept."""
        return self._tape.file

    @property
    def mode(self) -> Mode:
        """`replay`, `record`, `refresh` or `off`."""
        return self._tape.mode

    @cached_property
    def providers(self) -> CassetteModels:
        """For `using(providers=cassette.providers)`: every provider there is, behind the cassette."""
        return self.around(_NONE)

    def around(self, providers: Mapping[str, Provider], /) -> CassetteModels:
        """The same with real providers of your own, by prefix."""
        return CassetteModels(self._tape, providers)

    def finish(self) -> None:
        """Keep what was recorded, and tell of what was not asked for.

        Raises:
            FlowError: Calls that were not recorded, out of date, or not to be recorded; nothing is written then. They
                count even where the pipeline went on without the answer.
            CassetteFileError: The file can't be written.
        """
        tape = self._tape
        raise_all([*tape.problems])
        if tape.mode == "refresh" or (tape.mode == "record" and tape.new):
            tape.save()
        unused = tape.unused()
        if unused:
            shown = ", ".join(unused[:10]) + (" …" if len(unused) > 10 else "")
            warnings.warn(
                f"the cassette {tape.file.name} has answers that nobody asks for: {shown}. "
                "Remove them with --flowdsl-cassettes=refresh.",
                CassetteWarning,
                stacklevel=2,
            )

    def left_alone(self) -> str:
        """What to say of a test that failed while answers were recorded; empty when none were."""
        tape = self._tape
        if not tape.new:
            return ""
        state = "is as it was" if tape.file.exists() else "was not written"
        return f"The test failed, so nothing was recorded ({counted(tape.new, 'answer')} lost): {tape.file} {state}."
