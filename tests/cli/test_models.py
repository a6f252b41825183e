"""`flowdsl models`."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowdsl.providers import models
from tests.cli.calling import Call


def test_models_are_listed_with_their_state(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = tmp_path / "weights.gguf"
    there.write_bytes(b"GGUF")
    monkeypatch.setenv("FLOWDSL_GGUF", str(there))
    ready = call("models", "list")
    documents = call("models", "list", "--json").document["models"]

    assert "local:smollm2-135m  ready  98 MB" in ready.out
    assert isinstance(documents, list)
    assert documents[0]["path"] == str(there)


def test_a_pull_tells_its_stages_and_how_the_model_is_used(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def pull(name: str, progress: models.Progress | None = None) -> Path:
        model = models.known_model(name)
        for stage in ("downloading", "checking", "ready", "here"):
            if progress is not None:
                progress(stage, model)
        return tmp_path / "weights.gguf"

    monkeypatch.setattr(models, "pull", pull)
    said = call("models", "pull")
    quiet = call("models", "pull", "local:smollm2-135m", "--quiet")

    assert said.out == quiet.out == f"{tmp_path}/weights.gguf\n"
    assert said.err.splitlines() == [
        "downloading smollm2-135m, 98 MB …",
        "checking its checksum …",
        "smollm2-135m is ready (Apache-2.0)",
        "smollm2-135m is here already",
        "use it with --model local:smollm2-135m",
    ]
    assert quiet.err == "use it with --model local:smollm2-135m\n"
    assert call("models", "pull", "--json").document == {
        "model": "local:smollm2-135m",
        "path": f"{tmp_path}/weights.gguf",
    }


def test_an_unknown_model_is_told_with_near_names(call: Call) -> None:
    done = call("models", "pull", "smollm2")

    assert done.code == 2
    assert "did you mean 'smollm2-135m'" in done.err
