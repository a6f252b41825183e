"""`flowdsl doctor`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.cli import doctor
from flowdsl.cli.doctor import extras_found, readiness
from flowdsl.config import Settings
from tests.cli.calling import Call, write


def test_settings_are_shown_with_where_they_come_from(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    write(folder, "flowdsl.toml", 'model = "mock:"\n\n[aliases]\nquick = "mock:small"\nodd = "x"\n')
    monkeypatch.setenv("FLOWDSL_MAX_PARALLEL", "3")
    monkeypatch.setenv("FLOWDSL_MODL", "x")
    monkeypatch.setattr(doctor, "EXTRAS", {"local": "no-such-distribution"})

    done = call("doctor")

    said = re.sub(r"^flowdsl .*\n", "", done.out).replace(str(folder), "FOLDER")
    said = re.sub(r"(local:smollm2-135m +)(?:not )?ready", r"\1STATE", said)
    said = "".join(line for line in said.splitlines(keepends=True) if "is not ready" not in line)
    assert done.code == 0
    assert said == snapshot


def test_the_document_says_the_same(call: Call, folder: Path) -> None:
    write(folder, "pyproject.toml", '[tool.flowdsl]\nworkspace = "data"\n')

    document = call("doctor", "--json").document

    settings = document["settings"]
    assert isinstance(settings, dict)
    assert settings["workspace"] == {
        "value": str(folder / "data"),
        "from": "file",
        "where": "pyproject.toml:2",
    }
    assert settings["model"] == {"value": None, "from": "default", "where": None}
    assert document["settings_file"] == str(folder / "pyproject.toml")
    assert document["problems"] == document["unknown_variables"] == []


def test_settings_that_cannot_be_read_are_shown_beside_the_rest(call: Call, folder: Path) -> None:
    write(folder, "flowdsl.toml", "modl = 1\nmax_parallel = 0\n")

    done = call("doctor")
    document = call("doctor", "--json")

    assert done.code == 2
    assert "FD521" in done.out
    assert "FD522" in done.out
    assert "EXTRA" in done.out
    assert document.column("problems", "line") == [1, 2]


def test_a_model_stands_for_what_it_leads_to() -> None:
    settings = Settings(model="mock:a", aliases={"quick": "smart", "odd": "nowhere:x"})

    found = {each.name: each for each in readiness(settings)}

    assert list(found) == ["(default)", "fast", "smart", "quick", "odd", "local:smollm2-135m"]
    assert [found[name].model for name in ("(default)", "fast", "quick")] == ["mock:a"] * 3
    assert found["fast"].wrong is None
    assert found["odd"].model == "nowhere:x"
    assert "no provider 'nowhere'" in str(found["odd"].wrong)


def test_a_local_model_that_is_not_there_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FLOWDSL_GGUF", raising=False)
    settings = Settings(model=f"local:{tmp_path}/none.gguf")

    first = next(iter(readiness(settings)))

    assert first.model == settings.model
    assert "none.gguf" in str(first.wrong)


def test_extras_are_found_by_what_they_bring() -> None:
    found = {each.name: each.version for each in extras_found()}

    assert list(found) == ["library", "local", "notebook", "otel", "testing"]
    assert found["testing"] is not None
