"""Where settings come from, and which source stands over which."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.config import Loaded, Origin, Settings, current, load, reading, unknown_variables
from flowdsl.errors import FlowError, LiteralKeyError, ManyProblemsError, SettingValueError

Read = Callable[..., Loaded]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads `flowdsl.toml` with this text, variables and flags."""
    monkeypatch.chdir(tmp_path)

    def read(text: str = "", **sources: dict[str, object]) -> Loaded:
        (tmp_path / "flowdsl.toml").write_text(text)
        environment = {name: str(value) for name, value in sources.get("environment", {}).items()}
        return load(environment=environment, flags=sources.get("flags"))

    return read


def test_without_any_source_there_are_defaults(tmp_path: Path) -> None:
    loaded = load(environment={}, folder=tmp_path)

    assert (loaded.settings, loaded.origins, loaded.file) == (Settings(), {}, None)


def test_a_file_a_variable_and_a_flag_stand_over_each_other_in_that_order(read: Read) -> None:
    text = 'model = "a:"\nmax_parallel = 1\ntimeout_s = 1\n'
    environment: dict[str, object] = {"FLOWDSL_MAX_PARALLEL": "2", "FLOWDSL_TIMEOUT_S": "2.5"}

    loaded = read(text, environment=environment, flags={"timeout_s": 3, "model": None})

    settings = loaded.settings
    assert (settings.model, settings.max_parallel, settings.timeout_s) == ("a:", 2, 3)
    assert loaded.origins == {
        "model": Origin("file", "flowdsl.toml:1"),
        "max_parallel": Origin("environment", "FLOWDSL_MAX_PARALLEL"),
        "timeout_s": Origin("flag", "--timeout"),
    }
    assert loaded.file is not None
    assert loaded.file.name == "flowdsl.toml"


def test_an_empty_variable_is_none(read: Read) -> None:
    assert read(environment={"FLOWDSL_MODEL": ""}).settings.model is None


def test_variables_carry_tables_and_lists(read: Read) -> None:
    settings = read(
        environment={
            "FLOWDSL_ALIASES": "fast=mock:a, smart = mock:b,",
            "FLOWDSL_MOCK_RULES": '[{"answer": 3, "step": "count"}]',
        }
    ).settings

    assert settings.aliases == {"fast": "mock:a", "smart": "mock:b"}
    assert settings.mock_rules == ({"answer": 3, "step": "count"},)


def test_a_workspace_is_relative_to_its_file(read: Read, tmp_path: Path) -> None:
    assert read('workspace = "data"').settings.workspace == str(tmp_path / "data")
    assert read('workspace = "/data"').settings.workspace == "/data"
    assert read(flags={"workspace": "data"}).settings.workspace == "data"


@pytest.mark.parametrize(
    "line",
    [
        "model = 3",
        'model = " "',
        'aliases = "fast"',
        "aliases = {fast = 3}",
        'aliases = {"a:b" = "mock:"}',
        "max_parallel = 0",
        "max_parallel = true",
        "max_parallel = 1.5",
        "timeout_s = 0",
        "timeout_s = nan",
        'on_failure = "go"',
        "grace_s = -1",
        "mock_rules = 3",
        "mock_rules = [3]",
        "mock_rules = [{step = 'a'}]",
        "mock_rules = [{answer = 1, steps = 'a'}]",
    ],
)
def test_a_value_that_is_not_taken_is_told_at_its_line(read: Read, line: str) -> None:
    with pytest.raises(SettingValueError) as caught:
        read(f"\n{line}")

    place = caught.value.place
    assert place is not None
    assert (place.path, place.line) == ("flowdsl.toml", 2)


def test_all_that_is_wrong_is_told_at_once(read: Read, snapshot: SnapshotAssertion) -> None:
    with pytest.raises(ManyProblemsError) as caught:
        read(
            'max_paralel = 3\nmodel = ""\n[aliases]\nfast = 1\n',
            environment={"FLOWDSL_LOCAL_SLOTS": "many", "FLOWDSL_MOCK_RULES": "{"},
            flags={"max_parallel": 0},
        )

    assert str(caught.value) == snapshot


def test_variables_that_are_nearly_settings_are_found() -> None:
    names = {"FLOWDSL_MODL": "", "FLOWDSL_MODEL": "", "FLOWDSL_GGUF": "", "PATH": ""}

    assert unknown_variables(names) == ["FLOWDSL_MODL"]


def test_current_settings_follow_file_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    monkeypatch.delenv("FLOWDSL_MODEL", raising=False)
    monkeypatch.setattr(reading, "LOOK_S", -1.0)
    assert current().model is None

    (tmp_path / "flowdsl.toml").write_text('model = "mock:one"')
    assert current().model == "mock:one"
    assert current() is current()
    os.utime(tmp_path / "flowdsl.toml", (1, 1))
    assert current().model == "mock:one"
    monkeypatch.setenv("FLOWDSL_MODEL", "mock:two")
    assert current().model == "mock:two"


def test_current_settings_that_are_wrong_are_wrong_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowdsl.toml").write_text("modell = 1")

    for _ in range(2):
        with pytest.raises(FlowError, match="modell"):
            current()


def test_keys_are_named_by_where_they_are(read: Read) -> None:
    text = '[keys]\nanthropic = "env:MINE"\nopenai = "keyring:team/me"\n'

    assert read(text).settings.keys == {"anthropic": "env:MINE", "openai": "keyring:team/me"}
    assert read(environment={"FLOWDSL_KEYS": "google=env:MINE,"}).settings.keys == {
        "google": "env:MINE"
    }


@pytest.mark.parametrize("place", ["PLANTED-1234567", "env:", "keyring:team", "env:A B"])
def test_a_key_in_a_file_is_refused_and_not_shown(read: Read, place: str) -> None:
    with pytest.raises(LiteralKeyError) as caught:
        read(f'[keys]\nanthropic = "{place}"\n')

    assert caught.value.place is not None
    assert str(caught.value.place) == "flowdsl.toml:1"
    assert "flowdsl login anthropic" in caught.value.help
    assert place not in str(caught.value).replace('"env:VARIABLE"', "")


@pytest.mark.parametrize(
    "line", ['keys = "PLANTED-1234567"', '[keys]\nantropic = "PLANTED-1234567"']
)
def test_what_stands_for_keys_by_mistake_is_not_shown(read: Read, line: str) -> None:
    with pytest.raises(SettingValueError) as caught:
        read(line)

    assert "PLANTED" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "ftp://x", "https://", "a b", "http://[x", "x:port"])
def test_an_address_has_to_be_one(read: Read, address: str) -> None:
    with pytest.raises(SettingValueError, match="an address such as"):
        read(f'openai_base_url = "{address}"')
