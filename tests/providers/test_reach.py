"""What one free call tells: that a provider answers, or what is in the way, each with a cure of its own."""

from __future__ import annotations

import socket

import pytest

from flowdsl.providers.reach import Obstacle, needs_key, odd_shape, reach, shown_address
from tests.loopback import Prepared, closed_address, serving

KEY = "sk-ant-api03-abcdefgh-1234"
PROVIDERS = ("anthropic", "google", "openai")
LISTS = {
    "anthropic": {"data": [{"id": "claude-x"}, {"id": "claude-y"}]},
    "google": {
        "models": [
            {"name": "models/gemini-x", "supportedGenerationMethods": ["generateContent"]},
            {"name": "models/embed-x", "supportedGenerationMethods": ["embedContent"]},
        ]
    },
    "openai": {"data": [{"id": "gpt-x"}, {"no": "id"}, 3]},
}


def google_error(code: int, message: str, reason: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "details": [{"reason": reason}]}}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy but those that a test sets."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("provider", "path", "header", "value", "models"),
    [
        (
            "anthropic",
            "/v1/models?limit=1000",
            "authorization",
            f"Bearer {KEY}",
            ("claude-x", "claude-y"),
        ),
        ("google", "/v1beta/models?pageSize=1000", "x-goog-api-key", KEY, ("gemini-x",)),
        ("openai", "/v1/models", "authorization", f"Bearer {KEY}", ("gpt-x",)),
    ],
)
def test_a_provider_that_answers_tells_its_models(
    provider: str, path: str, header: str, value: str, models: tuple[str, ...]
) -> None:
    with serving(Prepared(body=LISTS[provider])) as server:
        found = reach(provider, KEY, server.url)

    assert (found.obstacle, found.models) == (None, models)
    assert [(asked, headers[header]) for asked, headers in server.asked] == [(path, value)]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_key_nobody_is_asked(provider: str) -> None:
    found = reach(provider, None)

    assert found.obstacle == "no key"
    assert f"flowdsl login {provider}" in found.cure


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_key_with_a_line_break_is_not_sent_and_not_shown(provider: str) -> None:
    reached = reach(provider, f"{KEY}\n{KEY}", closed_address())

    assert reached.obstacle == "wrong key"
    assert KEY not in reached.said + reached.cure


def test_a_server_of_ones_own_needs_no_key() -> None:
    with serving(Prepared(body=LISTS["openai"])) as server:
        found = reach("openai", None, server.url)

    assert found.obstacle is None
    assert "authorization" not in server.asked[0][1]


ANSWERS: dict[str, tuple[str, Prepared, Obstacle, str]] = {
    "a wrong key": (
        "anthropic",
        Prepared(401, {"error": {"type": "authentication_error", "message": "invalid key"}}),
        "wrong key",
        "HTTP 401: invalid key",
    ),
    "a wrong key at google": (
        "google",
        Prepared(400, google_error(400, "API key not valid.", "API_KEY_INVALID")),
        "wrong key",
        "API key not valid)",
    ),
    "an expired key": (
        "openai",
        Prepared(401, {"error": {"message": "This key has expired."}}),
        "expired key",
        "This key has expired)",
    ),
    "an expired key at google": (
        "google",
        Prepared(400, google_error(400, "API key expired.", "API_KEY_INVALID")),
        "expired key",
        "API key expired)",
    ),
    "a key without the right": (
        "openai",
        Prepared(403, {"error": "not for you"}),
        "not allowed",
        "not for you",
    ),
    "a limit": ("openai", Prepared(429, {"error": {"message": "slow"}}), "a limit", "slow"),
    "an empty purse": ("openai", Prepared(402, {}), "a limit", "HTTP 402"),
    "trouble": ("anthropic", Prepared(529, {}), "trouble there", "HTTP 529"),
    "trouble with a page": ("openai", Prepared(502, "<html>"), "trouble there", "HTTP 502"),
    "a wrong path": ("openai", Prepared(404, {}), "wrong address", "HTTP 404"),
    "something else": ("openai", Prepared(200, [1]), "wrong address", "no list of models"),
    "a page": ("anthropic", Prepared(200, "<!doctype html>"), "a proxy in the way", "HTTP 200"),
    "a page that refuses": ("openai", Prepared(403, "<html>no"), "a proxy in the way", "HTTP 403"),
    "a way elsewhere": (
        "openai",
        Prepared(302, {}, {"location": "http://login.example"}),
        "a proxy in the way",
        "HTTP 302",
    ),
    "a proxy that wants to know who asks": (
        "openai",
        Prepared(407, {}),
        "a proxy in the way",
        "HTTP 407",
    ),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_tells_what_is_in_the_way_and_what_to_do(what: str) -> None:
    provider, answer, obstacle, said = ANSWERS[what]
    with serving(answer) as server:
        found = reach(provider, KEY, server.url)

    assert found.obstacle == obstacle
    assert said in found.said
    assert found.cure
    assert KEY not in str(found)


def test_a_server_that_is_not_there_and_a_name_that_nobody_knows_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    absent = reach("openai", KEY, closed_address())
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    nameless = reach("anthropic", KEY)

    assert (absent.obstacle, nameless.obstacle) == ("nobody there", "no network")
    assert absent.said.endswith("(Connection refused)")
    assert nameless.said == "the name api.anthropic.com can't be looked up"


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with serving(Prepared(is_silent=True)) as server:
        found = reach("openai", KEY, server.url, timeout_s=0.1)

    assert found.obstacle == "no answer in time"


def test_a_server_that_hangs_up_is_no_error_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        from threading import Thread

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = Thread(target=hang_up)
        thread.start()
        found = reach("openai", KEY, f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()

    assert found.obstacle == "nobody there"


def test_a_server_without_encryption_where_some_is_wanted_is_told() -> None:
    with serving(Prepared()) as server:
        found = reach("openai", KEY, server.url.replace("http:", "https:"))

    assert found.obstacle == "no trust"


@pytest.mark.parametrize("answers", [True, False])
def test_a_proxy_that_lets_nobody_through_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, *, answers: bool
) -> None:
    with serving(Prepared(407, {})) as server:
        url = server.url if answers else closed_address()
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//me:my-own-word@"))
        found = reach("anthropic", KEY)

    assert found.obstacle == "a proxy in the way"
    assert f"the proxy {url} gave no way to api.anthropic.com" in found.said
    assert "my-own-word" not in str(found)


def test_a_proxy_that_is_not_for_this_host_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_address())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    assert reach("openai", KEY, closed_address()).obstacle == "nobody there"


def test_what_is_no_address_is_told() -> None:
    assert reach("anthropic", KEY, "ftp://x").obstacle == "wrong address"


def test_addresses_are_shown_without_passwords() -> None:
    assert shown_address("anthropic", None) == "https://api.anthropic.com"
    assert shown_address("google", "https://me:pw@g.example/x") == "https://g.example/x"
    assert shown_address("openai", "http://me:pw@localhost:1/v1") == "http://localhost:1/v1"


def test_only_known_services_need_a_key() -> None:
    assert needs_key("anthropic", "http://localhost:1")
    assert needs_key("openai", None)
    assert not needs_key("openai", "http://localhost:11434")


@pytest.mark.parametrize(
    ("provider", "key", "odd"),
    [
        ("anthropic", KEY, None),
        ("google", "AIzaSyA1234567890abcdefghijklmnopqrstuv", None),
        ("google", "AQ.Ab8RN6Iabcdefgh12345", None),
        ("openai", "sk-proj-1234567890abcdef", None),
        ("openai", "sk-1", "it has only 4 characters"),
        ("anthropic", "sk-proj-1234567890abcdef", "it does not begin with sk-ant-"),
        ("openai", "sk-proj-1234567890 abcdef", "there is a space in it"),
    ],
)
def test_a_key_of_an_odd_shape_is_noticed(provider: str, key: str, odd: str | None) -> None:
    assert odd_shape(provider, key) == odd
