"""Where settings are written down: `flowdsl.toml`, or a table of `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flowdsl.config.kinds import is_table
from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.setup import SettingsFileError, UnknownSettingError

OWN_FILE = "flowdsl.toml"
SHARED_FILE = "pyproject.toml"
TABLE = ("tool", "flowdsl")
"""The table of `pyproject.toml`."""

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""^\s*(?P<name>[\w."'-]+(?:\s*\.\s*[\w."'-]+)*)\s*=""")
_AT = re.compile(r" \(at line (\d+), column (\d+)\)| \(at end of document\)")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of settings."""

    path: Path
    values: Mapping[str, object]
    """Known settings only."""
    lines: Mapping[str, int]
    """The line each setting of the table begins on, counted from 1."""


def find_file(folder: Path, known: Sequence[str], problems: list[FlowError]) -> FoundFile | None:
    """The nearest file of settings, from a folder upwards.

    Args:
        folder: Where the search begins.
        known: Names of settings.
        problems: Receives what is wrong with the file: not readable, not TOML, unknown names.
    """
    for each in (folder, *folder.parents):
        for name, table in ((OWN_FILE, ()), (SHARED_FILE, TABLE)):
            text = _text(each / name, problems)
            if text is not None and (not table or table[-1] in text):
                found = _read(each / name, text, table, known, problems)
                if found is not None:
                    return found
    return None


def shown(path: Path) -> str:
    """A file as its user would name it: relative where it lies below the working folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def place_of(found: FoundFile, name: str) -> Place:
    """Where a setting stands in its file."""
    return Place(shown(found.path), found.lines.get(name, 1))


def _text(path: Path, problems: list[FlowError]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        wrong = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        if path.name == OWN_FILE:
            problems.append(SettingsFileError(shown(path), wrong or "it can't be opened"))
        return None


def _read(
    path: Path, text: str, table: tuple[str, ...], known: Sequence[str], problems: list[FlowError]
) -> FoundFile | None:
    import tomllib

    try:
        values: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(_broken(path, text, str(error)))
        return FoundFile(path, {}, {})
    for part in table:
        values = values.get(part) if is_table(values) else None
    if not is_table(values):
        return None
    lines = dict(_lines(text, table))
    found = FoundFile(path, {name: values[name] for name in known if name in values}, lines)
    problems += [
        UnknownSettingError(name, known, place=place_of(found, name))
        for name in values
        if name not in known
    ]
    return found


def _broken(path: Path, text: str, said: str) -> SettingsFileError:
    at = _AT.search(said)
    wrong = _AT.sub("", said).strip().rstrip(".")
    if at is None or at[1] is None:
        return SettingsFileError(shown(path), wrong, line=max(1, len(text.splitlines())))
    return SettingsFileError(shown(path), wrong, line=int(at[1]), column=int(at[2]))


def _lines(text: str, table: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Name of each setting and its line; a reader of positions, for the parser gives none."""
    inside: tuple[str, ...] = ()
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header is not None:
            path = inside = _parts(header["name"])
        elif key is not None:
            path = (*inside, *_parts(key["name"]))
        else:
            continue
        if path[: len(table)] == table and len(path) > len(table):
            name = path[len(table)]
            if name not in seen:
                seen.add(name)
                yield name, number


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
