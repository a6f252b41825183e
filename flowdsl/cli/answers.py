"""What a command answers, and how it is printed: the one place that writes to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import wraps
from io import TextIOBase
from typing import IO, Final, ParamSpec

from flowdsl.errors.base import FlowError
from flowdsl.errors.printable import printable
from flowdsl.ir.narrowing import is_dict, is_list, is_tuple

P = ParamSpec("P")

DONE: Final = 0
FAILED: Final = 1
"""A run failed."""
WRONG: Final = 2
"""Wrong usage or input; nothing was run."""
INTERRUPTED: Final = 130

_OUT: Final = 1
_ERR: Final = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say; printed when it is over."""

    text: str | bytes = ""
    """For people, on standard output; nothing is printed when it is empty."""
    document: Mapping[str, object] = field(default_factory=dict[str, object])
    """The same for programs: what `--json` prints."""
    after: str = ""
    """For people, on standard error, after the text."""
    code: int = DONE


class _Aside(TextIOBase):
    """Writes to whatever standard error is at that moment: a live picture stands in for it while a run goes on."""

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def fileno(self) -> int:
        return sys.stderr.fileno()

    def writable(self) -> bool:
        return True


aside = _Aside()
"""Where what the user's own code prints goes: standard error."""


def command(function: Callable[P, Answer]) -> Callable[P, Answer]:
    """What the user's own code prints goes to standard error, so that the answer stands alone on standard output."""

    @wraps(function)
    def quietly(*args: P.args, **kwargs: P.kwargs) -> Answer:
        with _programs_aside(), redirect_stdout(aside):
            return function(*args, **kwargs)

    return quietly


@contextmanager
def _programs_aside() -> Generator[None]:
    """What programs that the user's code starts, and libraries written in C, print goes to standard error too."""
    try:
        is_real = (sys.stdout.fileno(), sys.stderr.fileno()) == (_OUT, _ERR)
    except (AttributeError, OSError, ValueError):  # closed, or something that stands in for it
        is_real = False
    if not is_real:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(_OUT)
    os.dup2(_ERR, _OUT)
    try:
        yield
    finally:
        os.dup2(kept, _OUT)
        os.close(kept)


def failure(error: FlowError, code: int = WRONG) -> Answer:
    """An error as an answer."""
    return Answer(document={"error": error.to_document()}, after=str(error), code=code)


def interruption(run: Mapping[str, object] | None = None, after: str = "interrupted") -> Answer:
    """Ctrl-C as an answer: there is no error class for it, so that it stays Python's own `KeyboardInterrupt`."""
    said = {**dict.fromkeys(("code", "message", "path", "line", "column", "help"))}
    document = {"error": {**said, "message": "interrupted"}, "run": run}
    return Answer(document=document, after=after, code=INTERRUPTED)


def deliver(answer: Answer, *, as_json: bool) -> None:
    """Print an answer."""
    if as_json:
        text = to_json(answer.document)
        whole = text if _can_write(sys.stdout, text) else to_json(answer.document, ascii_only=True)
        _write(sys.stdout, whole + "\n")
        return
    if isinstance(answer.text, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.text)
    elif answer.text:
        _write(sys.stdout, answer.text if answer.text.endswith("\n") else answer.text + "\n")
    if answer.after:
        _write(sys.stderr, answer.after + "\n")


def _write(stream: IO[str], text: str) -> None:
    """Write a text; letters that the stream has no bytes for are written out by their numbers.

    On a terminal so are control characters: what a model answered must not steer it. Files and pipes get them as they are.
    """
    if stream.isatty():
        text = printable(text)
    if not _can_write(stream, text):
        encoding = _encoding(stream)
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)
    stream.flush()


def _can_write(stream: IO[str], text: str) -> bool:
    try:
        text.encode(_encoding(stream))
    except UnicodeEncodeError:
        return False
    return True


def _encoding(stream: IO[str]) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def to_json(value: object, *, ascii_only: bool = False) -> str:
    """Indented JSON of any value; models become objects, what has no JSON form is shown as text."""
    import json

    return json.dumps(plain(value), ensure_ascii=ascii_only, indent=2)


def to_line(value: object) -> str:
    """JSON on one line; a text as it is."""
    import json

    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def plain(value: object) -> object:
    """A value as JSON-able data, for reading; `flowdsl.ir.values` has the lossless form."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    import json

    import pydantic_core

    try:
        written = pydantic_core.to_json(
            value,
            fallback=repr,
            serialize_unknown=True,
            inf_nan_mode="strings",
            bytes_mode="base64",
        )
    except pydantic_core.PydanticSerializationError:
        # Half a surrogate pair, as models may write it; or a model whose own way of writing bytes takes text only.
        return _taken_apart(value)
    found: object = json.loads(written)
    return found


def _taken_apart(value: object) -> object:
    import pydantic
    import pydantic_core

    if isinstance(value, pydantic.BaseModel):
        return {name: plain(held) for name, held in value}
    if is_dict(value):
        return {str(key): plain(held) for key, held in value.items()}
    if is_list(value) or is_tuple(value):
        return [plain(held) for held in value]
    return pydantic_core.to_jsonable_python(value, fallback=repr, serialize_unknown=True)
