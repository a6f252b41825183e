"""The pytest plugin: fixtures for tests of pipelines. It loads nothing until one of them is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion
    from syrupy.extensions.base import AbstractSyrupyExtension

    from flowdsl.testing.scripted import ScriptedProvider


@pytest.fixture
def scripted() -> type[ScriptedProvider]:
    """Makes providers that reply from a script: `scripted({"review": "fine"})`."""
    from flowdsl.testing.scripted import ScriptedProvider

    return ScriptedProvider


@pytest.fixture
def graph_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The graph as it was when the snapshot was written: `assert audit == graph_snapshot`."""
    return _snapshot(request, "GraphSnapshot")


@pytest.fixture
def prompt_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The prompts as they were when the snapshot was written: `assert run == prompt_snapshot`."""
    return _snapshot(request, "PromptSnapshot")


def _snapshot(request: pytest.FixtureRequest, extension: str) -> SnapshotAssertion:
    if not request.config.pluginmanager.hasplugin("syrupy"):
        pytest.fail(
            f"{request.fixturename} needs syrupy: pip install 'flowdsl[testing]'", pytrace=False
        )
    from flowdsl.testing import snapshots

    kind: type[AbstractSyrupyExtension] = getattr(snapshots, extension)
    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(kind)
