"""Reads settings: defaults, under a file, under the environment, under flags."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from flowdsl.config.file import OWN_FILE, SHARED_FILE, FoundFile, find_file, place_of
from flowdsl.config.settings import KINDS, Settings
from flowdsl.errors.base import FlowError, Place, raise_all
from flowdsl.errors.keys import LiteralKeyError
from flowdsl.errors.setup import SettingValueError

PREFIX = "FLOWDSL_"
"""How the environment's variables begin; a setting's name in capitals follows."""
OTHER_VARIABLES = ("FLOWDSL_MODELS", "FLOWDSL_GGUF", "FLOWDSL_PROGRESS", "FLOWDSL_FULL_TRACEBACK")
"""Variables that are no settings: the folder of pulled models, a GGUF file that stands for all, a notebook's display."""

Weight: TypeAlias = Literal["default", "file", "environment", "flag"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting's value came from."""

    weight: Weight
    where: str = ""
    """File and line, variable, or flag; empty for a default."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where each came from."""

    settings: Settings
    origins: Mapping[str, Origin]
    """By setting; those that are missing have their default."""
    file: Path | None
    """The file that was read."""


_VARIABLES = tuple((name, PREFIX + name.upper()) for name in KINDS)


def load(
    *,
    flags: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Loaded:
    """Read all sources anew.

    Args:
        flags: Settings given on a command line; `None` values are none.
        environment: The process's own by default.
        folder: Where the search for a file begins; the working folder by default.

    Raises:
        FlowError: What is wrong with a file, a variable or a flag; all that is wrong at once.
    """
    environment = os.environ if environment is None else environment
    reading = _Reading()
    found = find_file(Path.cwd() if folder is None else folder, tuple(KINDS), reading.problems)
    if found is not None:
        reading.take_file(found)
    for name, variable in _VARIABLES:
        if text := environment.get(variable):
            parsed = partial(KINDS[name].parse, text)
            reading.take(name, text, parsed, Origin("environment", variable))
    for name, value in (flags or {}).items():
        if value is not None:
            flag = "--" + name.removesuffix("_s").removesuffix("_usd").replace("_", "-")
            reading.take(name, value, partial(KINDS[name].read, value), Origin("flag", flag))
    raise_all(reading.problems)
    path = None if found is None else found.path
    return Loaded(_settings(reading.values), reading.origins, path)


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    values: dict[str, object] = field(default_factory=dict[str, object])
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])
    problems: list[FlowError] = field(default_factory=list[FlowError])

    def take_file(self, found: FoundFile) -> None:
        """Take in all that a file says."""
        for name, value in found.values.items():
            place = place_of(found, name)
            origin = Origin("file", f"{place.path}:{place.line}")
            self.take(name, value, partial(KINDS[name].read, value), origin, place)
        workspace = self.values.get("workspace")
        if isinstance(workspace, str):
            self.values["workspace"] = str(found.path.parent / Path(workspace).expanduser())

    def take(
        self,
        name: str,
        given: object,
        read: Callable[[], object],
        origin: Origin,
        place: Place | None = None,
    ) -> None:
        """Take in one value, over what was there."""
        try:
            self.values[name] = read()
        except ValueError:
            source = "the file" if place is not None else origin.where
            kind = KINDS[name]
            shown = "something that is not shown" if kind.is_private else repr(given)
            self.problems.append(SettingValueError(name, shown, kind.takes, source, place=place))
            return
        except LiteralKeyError as problem:
            problem.place = place
            self.problems.append(problem)
            return
        self.origins[name] = origin


def _settings(values: Mapping[str, object]) -> Settings:
    """The settings with these values, each of which its kind has let through."""
    made = Settings()
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


@dataclass(slots=True)
class _Kept:
    """The settings read last, and what they were read from."""

    key: object = None
    folder: str = ""
    looked_at: float = 0.0
    stamps: tuple[tuple[str, int], ...] = ()
    settings: Settings | None = None


_KEPT = _Kept()
_NAMES = tuple(os.fsencode(variable) for _, variable in _VARIABLES)
"""As bytes: each run looks them up, and text would be coded both ways at each look."""
LOOK_S = 0.1
"""Seconds for which files of settings are taken to be as they were: many short runs need not look each time."""


def current() -> Settings:
    """The settings of the working folder and the environment; read anew only when one of them has changed.

    Raises:
        FlowError: As `load` does.
    """
    folder = os.getcwd()  # noqa: PTH109 - each run waits for it
    now = time.monotonic()
    if folder != _KEPT.folder or now > _KEPT.looked_at + LOOK_S:
        _KEPT.stamps, _KEPT.folder, _KEPT.looked_at = _stamps(folder), folder, now
    key = (folder, _KEPT.stamps, *map(os.environb.get, _NAMES))
    if key != _KEPT.key or _KEPT.settings is None:
        _KEPT.settings = load().settings
        _KEPT.key = key
    return _KEPT.settings


def _stamps(folder: str) -> tuple[tuple[str, int], ...]:
    """The files of settings above a folder, and when they were written."""
    found: list[tuple[str, int]] = []
    while True:
        for name in (OWN_FILE, SHARED_FILE):
            path = os.path.join(folder, name)  # noqa: PTH118 - each run waits for it
            try:
                found.append((path, os.stat(path).st_mtime_ns))  # noqa: PTH116 - each run waits for it
            except OSError:
                continue
        above = os.path.dirname(folder)  # noqa: PTH120 - each run waits for it
        if above == folder:
            return tuple(found)
        folder = above


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings but are none, sorted."""
    known = {variable for _, variable in _VARIABLES}
    return sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and name not in known and name not in OTHER_VARIABLES
    )
