"""What a server's address tells of it."""

import pytest

from flowdsl.providers.openai_hosts import host_at


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (None, "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://localhost:11434/v1", "own"),
        ("http://127.0.0.1:8000/v1", "own"),
        ("http://[::1]:8000/v1", "own"),
        ("http://192.168.1.20:8000/v1", "own"),
        ("http://10.0.0.3/v1", "own"),
        ("http://ollama:11434/v1", "own"),
        ("http://gpu.local:8000/v1", "own"),
        ("http://host.docker.internal:1234/v1", "own"),
        ("https://8.8.8.8/v1", "other"),
        ("https://api.together.ai/v1", "other"),
        ("https://api.openai.com.evil.example/v1", "other"),
        ("https://notopenrouter.ai/v1", "other"),
    ],
)
def test_a_server_is_told_by_its_name(address: str | None, kind: str) -> None:
    assert host_at(address).kind == kind


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        ("localhost:1234/v1/", "http://localhost:1234/v1"),
        ("llm.example.com", "https://llm.example.com/v1"),
        (" https://llm.example.com/openai/v2 ", "https://llm.example.com/openai/v2"),
    ],
)
def test_a_short_address_is_made_whole(address: str, url: str) -> None:
    assert host_at(address).url == url


def test_what_is_shown_of_an_address_holds_no_password() -> None:
    host = host_at("https://ann:secret@llm.example.com/v1")

    assert host.shown == "https://llm.example.com/v1"
    assert host.url == "https://ann:secret@llm.example.com/v1"


def test_only_known_shops_have_a_price_list() -> None:
    addresses = (
        None,
        "https://openrouter.ai/api/v1",
        "http://localhost:1/v1",
        "https://a.example/v1",
    )

    assert [host_at(each).prices for each in addresses] == ["openai", "openrouter", None, None]


def test_who_finds_nobody_is_told_how_to_start_the_server() -> None:
    assert "`ollama serve`" in host_at("http://10.0.0.2:11434/v1").start
    assert "llama-server" in host_at("http://127.0.0.1:8080/v1").start
    assert "reaches the network" in host_at(None).start
    assert "http://127.0.0.1:8080/v1" in host_at("http://127.0.0.1:8080/v1").start


def test_this_machine_is_told_from_its_neighbours() -> None:
    addresses = (
        "http://localhost/v1",
        "http://127.0.0.2/v1",
        "http://10.0.0.2/v1",
        "https://a.b/v1",
    )

    assert [host_at(each).is_here for each in addresses] == [True, True, False, False]
