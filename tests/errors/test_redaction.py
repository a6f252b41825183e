"""Secrets are known by their value or by their looks; ordinary text stays as it is."""

import pytest

from flowdsl.errors import redaction
from flowdsl.errors.base import FlowError, ManyProblemsError, Place
from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.redaction import REDACTED, hide, redact, redact_in, unfinished
from flowdsl.errors.sources import in_notebook

LOOKS = {
    "key sk-ant-api03-AbC_123-xyz9876543 end": "key sk-ant-[redacted] end",
    "key sk-proj-abcDEF1234567890": "key sk-proj-[redacted]",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv!": "AIza[redacted]!",
    "AQ.Ab8RN6Iabcdefgh12345": "AQ.[redacted]",
    "Authorization: Bearer abcdefghijkl": "Authorization: Bearer [redacted]",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==": "Authorization: Basic [redacted]",
    "with Bearer planted-secret-value-1": "with Bearer [redacted]",
    '{"x-api-key": "abc12345"}': '{"x-api-key": "[redacted]"}',
    "{'X-Goog-Api-Key': b'abc12345'}": "{'X-Goog-Api-Key': b'[redacted]'}",
    "api_key='hello-123-world', model": "api_key='[redacted]', model",
    r"\"api_key\": \"zzzzzzz1\"": r"\"api_key\": \"[redacted]\"",
    "OPENAI_API_KEY=abcdefgh": "OPENAI_API_KEY=[redacted]",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/b": "aws_secret_access_key = [redacted]",
    "password=hunter2hunter2": "password=[redacted]",
    "postgres://me:pw@host/db": "postgres://me:[redacted]@host/db",
    "https://h/v1?key=abcdefgh1&x=1": "https://h/v1?key=[redacted]&x=1",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789": "ghp_[redacted]",
    "AKIAIOSFODNN7EXAMPLE": "AKIA[redacted]",
    "xoxb-123456789012-abcdef": "xoxb-[redacted]",
    "https://hooks.slack.com/services/T0000/B0000/XXXX": "https://hooks.slack.com/services/[redacted]",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef": "eyJ[redacted]",
    'private_key: "-----BEGIN PRIVATE KEY-----\nMIIE1234\n-----END PRIVATE KEY-----", x': (
        'private_key: "-----BEGIN PRIVATE KEY-----[redacted]", x'
    ),
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE1234": "-----BEGIN RSA PRIVATE KEY-----[redacted]",
}
ORDINARY = (
    "sk-learn-based-classifier-thing is risk-averse-but-thorough",
    "the bearer understanding is that bearer responsibilities are shared",
    'api_key=os.environ["A"] and api_key=settings.key_of_mine(3)',
    "password: required, password=None",
    "set ANTHROPIC_API_KEY: it is nowhere; ANTHROPIC_API_KEY=…",
    "https://x.de:80/a@b and task-3 of hf_abc",
    "sk-1",
    "",
)
PLANTED = "PLANTED-abcdefghijklmnopqrstuvwxyz-01"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hidden here is forgotten afterwards."""
    monkeypatch.setattr(redaction, "_HIDDEN", set[str]())
    monkeypatch.setattr(redaction, "_HEADS", set(vars(redaction)["_HEADS"]))


@pytest.mark.parametrize("text", LOOKS)
def test_what_looks_like_a_secret_is_replaced_and_its_kind_stays(text: str) -> None:
    assert redact(text) == LOOKS[text]
    assert redact(LOOKS[text]) == LOOKS[text], "a second time changes nothing"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


def test_a_known_secret_is_replaced_wherever_it_stands_and_where_it_is_cut_off() -> None:
    hide(PLANTED)
    hide("sk-ant-short")

    assert redact(f"x{PLANTED}y {PLANTED[:20]}…") == "x[redacted]y [redacted]…"
    assert redact("a sk-ant-short one") == "a sk-ant-[redacted] one"


def test_a_key_that_begins_like_a_known_one_is_replaced_as_a_whole() -> None:
    hide("sk-ant-api03-0000000000000000000000000000")
    hide("my own pass word")

    assert redact("it is sk-ant-api03-AbC_123-xyz9876543") == "it is sk-ant-[redacted]"
    assert redact("password=my own pass word") == "password=[redacted]"


def test_of_two_secrets_that_begin_alike_both_go() -> None:
    for secret in ("a-word-of-mine", "a-word-of-mine-and-yours", "a-word-of"):
        hide(secret)

    assert redact("(a-word-of-mine-and-yours)") == "([redacted])"


def test_a_short_value_is_no_secret() -> None:
    hide("abcdefg")

    assert redact("abcdefg hijklmn") == "abcdefg hijklmn"


def test_data_is_redacted_at_any_depth() -> None:
    hide(PLANTED)

    assert redact_in({"a": [PLANTED, {"b": (PLANTED, 1)}], "c": None}) == {
        "a": [REDACTED, {"b": [REDACTED, 1]}],
        "c": None,
    }


def streamed(text: str, size: int) -> list[str]:
    waiting, pieces = "", list[str]()
    for at in range(0, len(text), size):
        whole = waiting + text[at : at + size]
        end = unfinished(whole)
        waiting = whole[end:]
        pieces.append(redact(whole[:end]))
    return [*pieces, redact(waiting)]


STREAMS = (
    "the key is sk-ant-api03-AbC_123-xyz9876543, yes",
    "Authorization: Bearer abc123def456ghi7 next",
    "go to postgres://me:pw1@host/db now",
    f"x {PLANTED} y",
    "use api_key = 'abc12345x' there",
    "plain text as usual, with sauce and grapes. Really!",
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 80])
@pytest.mark.parametrize("text", STREAMS)
def test_a_secret_spread_over_pieces_is_found_and_nothing_is_lost(text: str, size: int) -> None:
    hide(PLANTED)

    assert "".join(streamed(text, size)) == redact(text)


@pytest.mark.parametrize("size", [1, 4, 80])
def test_a_private_key_spread_over_pieces_shows_nothing_of_itself(size: int) -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----"

    said = "".join(streamed(f"it is {key} after", size))

    assert said.startswith("it is -----BEGIN RSA PRIVATE KEY-----[redacted]")
    assert said.endswith(" after")
    assert "MIIE" not in said


def test_text_without_a_secret_does_not_wait() -> None:
    assert streamed("Now, over the moon.", 4)[:-1] == ["Now,", " ove", "r th", "e mo", "on."]


def test_an_error_never_shows_a_secret() -> None:
    hide(PLANTED)
    place = Place("a.py", 3, snippet=f"ask(api_key='{PLANTED}')")
    error = FlowError(f"it said {PLANTED}", place=place, help=f"try {PLANTED}.")
    error.message = f"later {PLANTED}"

    told = [
        str(error),
        error.as_sentences,
        str(error.args),
        error.help,
        str(error.to_document()),
        str(ManyProblemsError((error, error))),
        "\n".join(in_notebook(error, error.problems)),
    ]

    assert [each for each in told if PLANTED in each] == []
    assert all(REDACTED in each for each in told)


def test_what_a_failed_step_was_given_and_what_it_said_are_redacted() -> None:
    hide(PLANTED)

    failed = StepFailedError("a", ValueError(PLANTED), given=f"key='{PLANTED}'")

    assert failed.given == "key='[redacted]'"
    assert failed.message == "step 'a' failed: ValueError: [redacted]"
    assert PLANTED not in "\n".join(in_notebook(failed, failed.problems))
