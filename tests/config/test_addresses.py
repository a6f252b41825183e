"""Where servers are, and which addresses are warned of."""

from __future__ import annotations

import logging

import pytest

from flowdsl import engine
from flowdsl.config import Settings, base_urls, unencrypted
from flowdsl.engine import Models, Options
from flowdsl.errors import SettingValueError
from flowdsl.errors.redaction import redact
from flowdsl.ir.ids import ModelName


def test_a_setting_stands_before_the_variable_of_the_providers_own_software() -> None:
    settings = Settings(openai_base_url="http://localhost:11434/v1")
    environment = {
        "OPENAI_BASE_URL": "https://other.example",
        "ANTHROPIC_BASE_URL": "https://a.example ",
    }

    assert base_urls(settings, environment) == {
        "openai": "http://localhost:11434/v1",
        "anthropic": "https://a.example",
    }
    assert base_urls(Settings(), {"GOOGLE_GEMINI_BASE_URL": "https://g.example"}) == {
        "google": "https://g.example"
    }


@pytest.mark.parametrize("text", ["http://[x", "http://x:port", "ftp://x"])
def test_a_variable_that_holds_no_address_is_told(text: str) -> None:
    with pytest.raises(SettingValueError, match="OPENAI_BASE_URL") as caught:
        base_urls(Settings(), {"OPENAI_BASE_URL": text})

    assert "an address such as" in caught.value.help


def test_a_password_in_an_address_is_hidden() -> None:
    base_urls(Settings(openai_base_url="https://me:pass-of-mine@h.example/v1"), {})

    assert redact("pass-of-mine it was") == "[redacted] it was"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://models.example:8080/v1", True),
        ("http://192.168.0.4:11434", True),
        ("https://models.example", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost:11434/v1", False),
        ("http://box.localhost", False),
    ],
)
def test_an_unencrypted_way_to_another_machine_is_warned_of(address: str, *, warned: bool) -> None:
    found = list(unencrypted({"openai": address}))

    assert [each.code for each in found] == ["FD265"] * warned
    assert all("unencrypted to http://" in each.message for each in found)


def test_a_run_warns_once_of_each_such_address(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_WARNED", set[str]())
    settings = Settings(openai_base_url="http://me:pass-of-mine@models.example/v1")

    with caplog.at_level(logging.WARNING, logger="flowdsl"):
        for _ in range(2):
            Models(Options(settings=settings))(ModelName("openai:small"))

    warned = (
        "FD265: Keys and prompts for 'openai:' go unencrypted to http://models.example. Use an address that begins "
        "with https:, or a server on this machine."
    )
    assert [record.getMessage() for record in caplog.records] == [warned]
