"""What `flowdsl doctor` tells of cloud providers, in each of the ways in which they may not answer."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.cli.cloud import Cloud, can
from flowdsl.cli.doctor import readiness
from flowdsl.config import ADDRESS_VARIABLES, Key, Settings
from flowdsl.ir.ids import ModelName
from flowdsl.providers import Capabilities
from flowdsl.providers.reach import Reached
from tests.cli.calling import Call, write
from tests.loopback import Prepared, closed_address, serving

KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-api03-abcdefgh-an01",
    "GEMINI_API_KEY": "AIzaSyA1234567890abcdefghijklmnop-go02",
    "OPENAI_API_KEY": "sk-proj-1234567890abcdef-op03",
}


def google_error(message: str) -> dict[str, object]:
    details = [{"reason": "API_KEY_INVALID"}]
    return {"error": {"code": 400, "message": message, "details": details}}


WRONG = {
    "anthropic": Prepared(401, {"error": {"message": "invalid authentication credentials"}}),
    "google": Prepared(400, google_error("API key not valid. Please pass a valid API key.")),
    "openai": Prepared(401, {"error": {"message": f"Incorrect key: {KEYS['OPENAI_API_KEY']}."}}),
}
EXPIRED = {
    "anthropic": Prepared(401, {"error": {"message": "this key has expired"}}),
    "google": Prepared(400, google_error("API key expired. Please renew the API key.")),
    "openai": Prepared(401, {"error": {"message": "Your API key has expired."}}),
}
WELL = {
    "anthropic": Prepared(body={"data": [{"id": "unheard-of-1"}]}),
    "google": Prepared(body={"models": [{"name": "models/unheard-of-2"}]}),
    "openai": Prepared(body={"data": [{"id": f"model-{n}"} for n in range(14)]}),
}


@pytest.fixture(autouse=True)
def alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are named, and extras are no matter."""
    write(
        folder, "flowdsl.toml", 'model = "openai:model-1"\n[aliases]\nsmart = "openai:model-99"\n'
    )
    monkeypatch.setattr("flowdsl.cli.doctor.EXTRAS", {})


@pytest.fixture
def with_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for each provider."""
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


def page(call: Call) -> str:
    """What people read about providers and models, the same on every machine."""
    done = call("doctor", "--online")
    text = done.out.partition("\n\nPROVIDER")[2].partition("\n\nSETTING")[0]
    text = re.sub(r"(127\.0\.0\.1):\d+", r"\1:PORT", text)
    lines = [line.rstrip() for line in text.splitlines() if "smollm2-135m" not in line[:70]]
    said = "\n".join(re.sub(r" {3,}", "  ", line) for line in lines)
    assert not any(key in done.out + done.err for key in KEYS.values())
    return f"PROVIDER{said}"


def page_with(answers: dict[str, Prepared], call: Call, monkeypatch: pytest.MonkeyPatch) -> str:
    with ExitStack() as servers:
        for provider, answer in answers.items():
            server = servers.enter_context(serving(answer))
            monkeypatch.setenv(ADDRESS_VARIABLES[provider], server.url)
        return page(call)


def test_the_page_without_a_key(call: Call, snapshot: SnapshotAssertion) -> None:
    assert page(call) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_with_wrong_keys(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    assert page_with(WRONG, call, monkeypatch) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_with_expired_keys(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    assert page_with(EXPIRED, call, monkeypatch) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_without_a_network(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert page(call) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_where_no_server_listens(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    for variable in ADDRESS_VARIABLES.values():
        monkeypatch.setenv(variable, closed_address())

    assert page(call) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_behind_a_proxy_that_asks_for_a_password(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    with serving(Prepared(407, "<html>Who are you?</html>")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//me:a-word-of-mine@"))
        said = page(call)

    assert "a-word-of-mine" not in said
    assert said == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_behind_a_network_that_wants_a_login(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    portal = Prepared(200, "<html>Welcome to our hotel</html>")

    assert page_with(dict.fromkeys(ADDRESS_VARIABLES, portal), call, monkeypatch) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_the_page_when_all_is_well(
    call: Call, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    assert page_with(WELL, call, monkeypatch) == snapshot


@pytest.mark.usefixtures("with_keys")
def test_nobody_is_asked_unless_it_is_wanted(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(WELL["openai"]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        done = call("doctor")
        quiet = [*server.asked]
        for name in ("ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
            monkeypatch.delenv(name)
        document = call("doctor", "--online", "--json")

    assert quiet == []
    assert "OPENAI_API_KEY …op03" in done.out
    assert "nobody was asked; `flowdsl doctor --online`" in done.out
    assert document.at("providers", 2, "key") == {"from": "OPENAI_API_KEY", "end": "…op03"}
    assert document.at("providers", 2, "online", "answers") is True
    assert document.at("providers", 2, "online", "models", 0, "name") == "openai:model-0"
    assert len(server.asked) == 1


def test_an_address_that_is_none_does_not_hide_the_rest(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://[x")

    done = call("doctor")

    assert done.code == 2
    assert "FD522" in done.out
    assert "SETTING" in done.out


def test_a_model_that_is_not_offered_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEYS["OPENAI_API_KEY"])
    key = Key(KEYS["OPENAI_API_KEY"], "OPENAI_API_KEY")
    offered = (ModelName("gpt-5.4-mini"), ModelName("gpt-5.4-2026-01-01"))
    cloud = Cloud("openai", key, (), "", wants_key=True, reached=Reached(None, models=offered))
    aliases = {
        "fast": "openai:gpt-5.4-mini",
        "smart": "openai:gpt-5.4",
        "odd": "openai:gpt-5.4-mina",
    }

    found = {each.name: each.wrong for each in readiness(Settings(aliases=aliases), [cloud])}

    assert (found["fast"], found["smart"]) == (None, None)
    assert found["odd"] == (
        "'openai:' does not offer 'gpt-5.4-mina' for this key. did you mean 'gpt-5.4-mini'?"
    )


def test_what_a_model_can_do_is_told_in_words() -> None:
    full = Capabilities(
        images=True,
        documents=True,
        efforts=frozenset({"high", "low"}),
        thinking=frozenset({"on", "off"}),
        context_tokens=200_000,
        max_output_tokens=64_000,
    )

    assert can(full) == (
        "images, documents, schemas, temperature, effort low/high, thinking off/on, 200,000 tokens of context, 64,000 of answer"
    )
    assert can(Capabilities(schemas=False, temperature=False)) == "text"
    assert can(None) == "unknown"
