"""The pytest plugin: fixtures for tests of pipelines. It loads nothing until one of them is used."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion
    from syrupy.extensions.base import AbstractSyrupyExtension

    from flowdsl.testing.cassette_tape import Mode
    from flowdsl.testing.cassettes import Cassette
    from flowdsl.testing.scripted import ScriptedProvider

_Kept: TypeAlias = "pytest.StashKey[Cassette]"
_KEPT: _Kept = pytest.StashKey()
_ASKING = ("record", "refresh")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--flowdsl-cassettes`."""
    parser.getgroup("flowdsl").addoption(
        "--flowdsl-cassettes",
        choices=("replay", *_ASKING, "off"),
        default="replay",
        help="answers of models in tests: replay what was recorded (default), record what is missing, refresh all of it, "
        "or ask the models each time and keep nothing (off)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to record on a CI server.

    Raises:
        pytest.UsageError: It was asked for.
    """
    mode = _mode(config)
    if mode in _ASKING and os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        from flowdsl.errors.testing import RecordingOnCIError

        raise pytest.UsageError(str(RecordingOnCIError(mode)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Finish the cassette of a test that has passed."""
    result = yield
    cassette = item.stash.get(_KEPT, None)
    if cassette is not None:
        from flowdsl.errors import FlowError

        try:
            cassette.finish()
        except FlowError as error:
            pytest.fail(str(error), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a test that has failed what became of its recording."""
    report = yield
    cassette = item.stash.get(_KEPT, None)
    if call.when == "call" and not report.passed and cassette is not None:
        said = cassette.left_alone()
        if said:
            report.sections.append(("cassette", said))
    return report


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Cassette:
    """Answers of real models, recorded once and played back: `run_pipeline(audit, cassette=cassette, …)`.

    They lie beside the test, in `cassettes/<file>/<test>.yaml`; `pytest --flowdsl-cassettes=record` records what is missing.
    """
    from flowdsl.errors import FlowError
    from flowdsl.testing.cassette_files import place_of
    from flowdsl.testing.cassettes import Cassette

    item: pytest.Item = request.node
    name = item.nodeid.partition("::")[2]
    try:
        made = Cassette(place_of(item.path, name), _mode(request.config), test=item.nodeid)
    except FlowError as error:
        pytest.fail(str(error), pytrace=False)
    item.stash[_KEPT] = made
    return made


def _mode(config: pytest.Config) -> Mode:
    chosen: Mode | None = config.getoption("--flowdsl-cassettes")
    return chosen or "replay"


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
