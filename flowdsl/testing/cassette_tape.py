"""What a cassette has for each question of a test, what was newly answered, and what does not fit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from flowdsl.errors.providers import ProviderError
from flowdsl.errors.redaction import redact, redact_in
from flowdsl.errors.testing import (
    CassetteFileError,
    SecretAnswerError,
    StalePromptError,
    UnrecordedCallError,
)
from flowdsl.ir.usage import Usage
from flowdsl.testing import cassette_files
from flowdsl.testing.cassette_form import (
    Answer,
    Document,
    Fault,
    RecordedCall,
    Recording,
    answer_document,
    fingerprint,
    from_document,
    to_document,
)

Mode: TypeAlias = Literal["replay", "record", "refresh", "off"]
_MOST_LINES = 60
"""Lines of a difference that an error shows."""
_MOST_COMPARED = 20
"""Recorded calls among which the nearest is looked for."""
_SHOWN = 120
"""Characters of an answer that an error shows."""


class Question(NamedTuple):
    """Who asks what."""

    step: str
    path: str
    request: Document


class _Key(NamedTuple):
    step: str
    path: str
    fingerprint: str


class Tape:
    """The answers of one test.

    Args:
        file: Where they are kept.
        mode: `replay` only reads; `record` keeps what is missing; `refresh` keeps all anew; `off` does neither.
        test: What pytest calls the test; for messages.

    Raises:
        CassetteFileError: The file can't be read.
    """

    def __init__(self, file: Path, mode: Mode, test: str) -> None:
        self.file = file
        self.mode: Mode = mode
        self.problems: list[ProviderError] = []
        """What was not recorded, out of date or not to be recorded; pipelines may have gone on without it."""
        self._test = test
        self._calls: dict[_Key, RecordedCall] = {}
        self._left: defaultdict[_Key, deque[Answer]] = defaultdict(deque)
        self._asked: Counter[_Key] = Counter()
        self._prices: dict[tuple[str, Usage], Decimal | None] = {}
        self._shown_lines: dict[str, list[str]] = {}
        self._new = 0
        if mode in ("replay", "record"):
            self._read()

    @property
    def is_asking(self) -> bool:
        """Whether real models may be asked."""
        return self.mode != "replay"

    @property
    def has_answers(self) -> bool:
        """Whether anything was recorded before."""
        return bool(self._left)

    @property
    def new(self) -> int:
        """Answers that came from models, and are to be kept."""
        return self._new

    def next(self, question: Question) -> Answer | None:
        """The recorded answer whose turn it is; `None` when a model has to be asked.

        Raises:
            ProviderError: There is none, and no model is to be asked.
        """
        key = _key(question)
        self._asked[key] += 1
        left = self._left.get(key)
        if left:
            return left.popleft()
        if self.mode != "replay":
            return None
        raise self._problem(self._missing(key, question))

    def keep(self, question: Question, answer: Answer) -> None:
        """Put an answer that a model gave on the tape.

        Raises:
            SecretAnswerError: It may hold a secret.
        """
        if self.mode == "off":
            return
        plain = answer_document(answer)
        if redact_in(plain) != plain:
            shown = redact(answer.text if not isinstance(answer, Fault) else answer.message)
            raise self._problem(
                SecretAnswerError(question.step, question.path, " ".join(shown.split())[:_SHOWN])
            )
        today = datetime.now(UTC).date().isoformat()
        call = self._calls.setdefault(
            _key(question),
            RecordedCall(
                step=question.step,
                path=question.path,
                recorded=today,
                request=question.request,
                answers=[],
            ),
        )
        call.recorded = today
        call.answers.append(answer)
        self._new += 1

    def price(self, model: str, usage: Usage, otherwise: Decimal | None) -> Decimal | None:
        """Dollars that a recorded fault cost when it was recorded; prices may have changed since."""
        return self._prices.get((model, usage), otherwise)

    def unused(self) -> list[str]:
        """Addresses whose recorded answers nobody asked for, each with their number."""
        left = {key: len(answers) for key, answers in self._left.items() if answers}
        return [
            f"{key.path} ({number})" if number > 1 else key.path for key, number in left.items()
        ]

    def save(self) -> None:
        """Write what is on the tape, in an order that does not depend on which answer came first.

        Raises:
            CassetteFileError: The file can't be written.
        """
        calls = sorted(self._calls.values(), key=lambda call: _natural(call.path))
        if calls:
            cassette_files.write(self.file, to_document(Recording(calls=calls)), self._test)
        else:
            self.file.unlink(missing_ok=True)

    def _read(self) -> None:
        document = cassette_files.read(self.file)
        if document is None:
            return
        try:
            calls = from_document(document).calls
        except ValueError as error:
            raise CassetteFileError(self.file.name, str(error)) from error
        for call in calls:
            key = _Key(call.step, call.path, fingerprint(call.request))
            kept = self._calls.setdefault(key, replace(call, answers=[]))
            kept.answers += call.answers
            self._left[key] += call.answers
            model = str(call.request.get("model"))
            for each in call.answers:
                if isinstance(each, Fault):
                    self._prices[model, each.usage] = each.cost_usd

    def _problem(self, problem: ProviderError) -> ProviderError:
        self.problems.append(problem)
        return problem

    def _missing(self, key: _Key, question: Question) -> ProviderError:
        """What to say where no answer is left: another question was recorded, or none."""
        near = self._nearest(question)
        if near is not None:
            moved = near.path != question.path
            old = self._shown(near.path, near.request, with_path=moved)
            new = self._shown(question.path, question.request, with_path=moved)
            cure = f"if it is meant, record it anew: {self._command('refresh')}"
            return StalePromptError(key.step, key.path, _difference(old, new), cure=cure)
        asked, call = self._asked[key], self._calls.get(key)
        if call is not None:
            why = f"it is asked for the {asked}. time, and {len(call.answers)} recorded"
        elif self._calls:
            others = sorted({each.step for each in self._calls})
            why = f"the cassette has nothing for it (recorded: {', '.join(others)})"
        else:
            why = "nothing was recorded yet"
        return UnrecordedCallError(
            key.step, key.path, why, cure=f"record it: {self._command('record')}"
        )

    def _command(self, mode: Mode) -> str:
        return f"pytest --flowdsl-cassettes={mode} {_quoted(self._test)}".rstrip()

    def _nearest(self, question: Question) -> RecordedCall | None:
        """The recorded call of the same step that is most like the question, among those nobody asked for yet."""
        free = [self._calls[key] for key, left in self._left.items() if left]
        same_step = [call for call in free if call.step == question.step]
        same_place = [call for call in same_step if call.path == question.path]
        asked = self._lines(question.request)

        def likeness(call: RecordedCall) -> float:
            lines = self._lines(call.request)
            return SequenceMatcher(None, lines, asked, autojunk=False).ratio()

        return max((same_place or same_step)[:_MOST_COMPARED], key=likeness, default=None)

    def _shown(self, path: str, request: Document, *, with_path: bool) -> list[str]:
        return [*([f"path: {path}"] if with_path else []), *self._lines(request)]

    def _lines(self, request: Document) -> list[str]:
        """A request as the file shows it; of a large `each` whose prompt has changed many are compared."""
        name = fingerprint(request)
        if name not in self._shown_lines:
            self._shown_lines[name] = cassette_files.dump(request).splitlines()
        return self._shown_lines[name]


def _key(question: Question) -> _Key:
    return _Key(question.step, question.path, fingerprint(question.request))


def _difference(old: list[str], new: list[str]) -> str:
    lines = _without_head(unified_diff(old, new, n=2, lineterm=""))
    more = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], *([f"… {more} more lines"] if more > 0 else [])])


def _without_head(lines: Iterable[str]) -> list[str]:
    """Hunks by `…` in place of numbers of lines, which nobody can look up."""
    hunks = ["…" if line.startswith("@@") else line for line in list(lines)[2:]]
    return hunks[1:] if hunks[:1] == ["…"] else hunks


def _natural(path: str) -> list[tuple[int, str]]:
    """Sorts the tenth item behind the ninth."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path)]


def _quoted(test: str) -> str:
    from shlex import quote

    return quote(test) if test else ""
