"""Recorded histories, one commit a line, rebuilt as real repositories with placeholder files."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from flowdsl_library.pipelines.content.changelog_generation import git
from flowdsl_library.pipelines.content.changelog_generation.errors import ImportRejectedError

_LINES_KEPT = 60


class RecordedCommit(BaseModel):
    """What is known of one commit: no contents, only how many lines of which path changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    parents: tuple[str, ...] = ()
    date: str
    """ISO 8601 with offset."""
    author: str
    tags: tuple[str, ...] = ()
    subject: str
    body: str = ""
    files: tuple[tuple[int | None, int | None, str], ...] = ()
    """Lines added, lines deleted (both `None` for a binary file), path."""


_ROW = TypeAdapter(RecordedCommit)


def read_recorded(text: str) -> list[RecordedCommit]:
    """Read a recorded history, newest first as it is written."""
    return [
        _ROW.validate_python(json.loads(line), strict=False) for line in text.splitlines() if line
    ]


def build_repository(rows: Sequence[RecordedCommit], folder: Path) -> dict[str, str]:
    """Build a git repository out of a recorded history, in one `git fast-import`.

    Args:
        rows: Newest first; a parent that is not among them is left away.
        folder: Made if need be; must not hold a repository yet.

    Returns:
        The commits' new ids by their recorded ones.

    Raises:
        ImportRejectedError: The folder holds a repository, or git cannot read the stream.
    """
    if (folder / ".git").exists():
        raise ImportRejectedError(str(folder), reason="there is a repository already")
    escaping = sorted({path for row in rows for *_, path in row.files if _escapes(path)})
    if escaping:
        raise ImportRejectedError(str(folder), reason=f"'{escaping[0]}' leads out of the tree")
    folder.mkdir(parents=True, exist_ok=True)
    git.read(str(folder), "init", "--quiet", "--initial-branch=main")
    marks = folder / ".git" / "recorded-marks"
    _import(folder, rows, marks)
    numbers = {f":{at}": row.id for at, row in enumerate(reversed(rows), start=1)}
    pairs = (line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
    built = {numbers[mark]: name for mark, name in pairs}
    marks.unlink()
    return built


def _escapes(path: str) -> bool:
    """Fast-import takes such a path, and a later checkout would follow it."""
    return any(part.lower() in {"", ".", "..", ".git"} for part in path.split("/"))


def _import(folder: Path, rows: Sequence[RecordedCommit], marks: Path) -> None:
    stream = b"".join(_stream(list(reversed(rows))))
    wanted = ("fast-import", "--quiet", f"--export-marks={marks}")
    code, _, complaint = git.ask(str(folder), *wanted, stdin=stream)
    if code != 0:
        raise ImportRejectedError(str(folder), reason=complaint.partition("\n")[0])


def _stream(rows: Sequence[RecordedCommit]) -> Iterator[bytes]:
    marks: dict[str, int] = {}
    contents: dict[str, list[str]] = {}
    for mark, row in enumerate(rows, start=1):
        yield from _commit(row, mark, marks)
        yield from _changes(row, mark, contents)
        marks[row.id] = mark
    for row in rows:
        for tag in row.tags:
            yield f"reset refs/tags/{tag}\nfrom :{marks[row.id]}\n\n".encode()


def _commit(row: RecordedCommit, mark: int, marks: Mapping[str, int]) -> Iterator[bytes]:
    when = datetime.fromisoformat(row.date)
    stamp = f"{int(when.timestamp())} {when:%z}"
    name = row.author.replace("<", "").replace(">", "").replace("\n", " ").strip()
    who = f"{name} <{name.replace(' ', '.').lower()}@example.invalid> {stamp}"
    message = f"{row.subject}\n\n{row.body}\n" if row.body else f"{row.subject}\n"
    # Without the reset, fast-import would give a root the commit before it as its parent.
    yield f"reset refs/heads/main\ncommit refs/heads/main\nmark :{mark}\n".encode()
    yield f"author {who}\ncommitter {who}\n".encode()
    yield from _data(message.encode())
    known = [marks[parent] for parent in row.parents if parent in marks]
    for at, parent in enumerate(known):
        yield f"{'merge' if at else 'from'} :{parent}\n".encode()


def _changes(row: RecordedCommit, mark: int, contents: dict[str, list[str]]) -> Iterator[bytes]:
    for added, deleted, path in row.files:
        quoted = json.dumps(path, ensure_ascii=False).encode()
        if added is None or deleted is None:
            yield b"M 100644 inline " + quoted + b"\n"
            yield from _data(b"\0" + str(mark).encode())
            continue
        old = contents.get(path, [])
        kept = old[: max(0, len(old) - deleted)]
        lines = [*kept, *(f"line {at} of commit {mark}\n" for at in range(added))][-_LINES_KEPT:]
        if not lines and path in contents:
            del contents[path]
            yield b"D " + quoted + b"\n"
            continue
        # A file that began before the history does must still show that it changed.
        contents[path] = lines or [f"rest after commit {mark}\n"]
        yield b"M 100644 inline " + quoted + b"\n"
        yield from _data("".join(contents[path]).encode())


def _data(content: bytes) -> Iterable[bytes]:
    yield b"data " + str(len(content)).encode() + b"\n"
    yield content
    yield b"\n"
