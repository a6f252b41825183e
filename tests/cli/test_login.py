"""`flowdsl login` and `flowdsl logout`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import keyring
import pytest

from flowdsl.config import SERVICE
from tests.cli.calling import Call
from tests.keystores import MemoryStore, no_store
from tests.loopback import Prepared, closed_address, serving

KEY = "sk-ant-api03-abcdefgh-98z1"


@pytest.fixture(autouse=True)
def store(folder: Path) -> MemoryStore:
    """An empty key store in place of the machine's."""
    mine = MemoryStore()
    keyring.set_keyring(mine)
    return mine


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key comes in through a pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))


@pytest.mark.usefixtures("typed")
def test_a_key_that_works_is_stored_and_never_shown(
    call: Call, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Prepared(body={"data": [{"id": "claude-x"}]})) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        done = call("login", "anthropic", "--stdin")

    assert (done.code, done.err) == (0, "")
    assert done.out == f"stored the key for 'anthropic:' (…98z1) in {store.name}, and it works\n"
    assert store.kept == {(SERVICE, "anthropic"): KEY}
    assert server.asked[0][1]["authorization"] == f"Bearer {KEY}"


@pytest.mark.usefixtures("typed")
def test_a_key_that_is_refused_is_not_stored(
    call: Call, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Prepared(401, {"error": {"message": f"no such key: {KEY}"}})) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        done = call("login", "anthropic", "--stdin")

    assert done.code == 2
    assert "FD263" in done.err
    assert "not accepted (HTTP 401: no such key: sk-ant-[redacted])" in done.err
    assert KEY not in done.out + done.err
    assert store.kept == {}


@pytest.mark.usefixtures("typed")
def test_a_key_is_stored_untried_where_there_is_no_network(
    call: Call, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", closed_address())

    done = call("login", "anthropic", "--stdin")

    assert done.code == 0
    assert "note: the key could not be tried: nobody answers at 127.0.0.1:" in done.err
    assert store.kept == {(SERVICE, "anthropic"): KEY}


@pytest.mark.usefixtures("typed")
def test_a_key_of_an_odd_look_is_stored_with_a_word_and_the_document_says_the_same(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    monkeypatch.setattr(sys, "stdin", io.StringIO("gw-1234567890-1234567890"))

    document = call("login", "openai", "--stdin", "--no-check", "--json").document

    assert document == {
        "provider": "openai",
        "stored": True,
        "store": keyring.get_keyring().name,
        "end": "…7890",
        "works": None,
        "notes": [
            "the key looks unusual: it does not begin with sk-",
            "the key was not tried",
            "OPENAI_API_KEY is set in the environment and is used instead",
        ],
    }


def test_a_key_is_asked_for_without_being_shown(
    call: Call, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def hidden(prompt: str, stream: object = None) -> str:
        asked.append(prompt)
        return KEY

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", hidden)

    done = call("login", "anthropic", "--no-check")

    assert asked == ["Key for anthropic (it is not shown): "]
    assert done.code == 0
    assert store.kept == {(SERVICE, "anthropic"): KEY}


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("  \n", ["--stdin"], "nothing was there"),
        (KEY, [], "there is no terminal to type it on"),
    ],
)
def test_without_a_key_nothing_is_stored(
    call: Call, monkeypatch: pytest.MonkeyPatch, text: str, given: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    done = call("login", "openai", *given)

    assert done.code == 2
    assert "FD264" in done.err
    assert said in done.err


@pytest.mark.usefixtures("typed")
def test_without_a_key_store_the_variable_is_named(call: Call) -> None:
    keyring.set_keyring(no_store())

    done = call("login", "anthropic", "--stdin", "--no-check")

    assert done.code == 2
    assert done.err == (
        "FD261: the key for 'anthropic:' can't be kept: there is no key store here.\n"
        "  help: set ANTHROPIC_API_KEY in the environment instead.\n"
    )


def test_a_provider_without_keys_is_told_with_those_there_are(call: Call) -> None:
    done = call("login", "antropic")

    assert done.code == 2
    assert "'anthropic', 'google', 'openai'" in done.err


def test_a_key_is_taken_out(
    call: Call, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_password(SERVICE, "anthropic", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    first = call("logout", "anthropic")
    second = call("logout", "anthropic")

    assert first.out == "took out the key for 'anthropic:'\n"
    assert first.err == "note: ANTHROPIC_API_KEY is set in the environment and is used instead\n"
    assert second.out == "no key for 'anthropic:' is stored\n"
    assert call("logout", "anthropic", "--json").document == {
        "provider": "anthropic",
        "removed": False,
        "notes": ["ANTHROPIC_API_KEY is set in the environment and is used instead"],
    }
    assert store.kept == {}


def test_the_end_of_input_in_place_of_a_key_is_an_interrupt(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(_prompt: str, _stream: object = None) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    done = call("login", "anthropic")

    assert done.code == 130
    assert "internal" not in done.err
