"""What the SDK raises as faults; how whole calls and streams meet them is tested with the provider."""

import anthropic
import httpx2
import pytest

from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic_faults import fault_of

REQUEST = httpx2.Request("POST", "http://double/v1/messages")


def _status(status: int, body: object, text: str = "Error code") -> anthropic.APIStatusError:
    response = httpx2.Response(status, request=REQUEST, headers={"request-id": "req_9"})
    return anthropic.APIStatusError(text, response=response, body=body)


def test_a_fault_says_what_the_server_said_and_by_which_name_it_knows_the_call() -> None:
    body = {"error": {"type": "api_error", "message": "It broke.\n"}}

    fault = fault_of(_status(500, body), "claude-opus-5-5")

    assert fault.message == "Anthropic answered 500 (api_error): It broke (request req_9)."
    assert fault.billed == {}


def test_a_long_page_is_quoted_in_part() -> None:
    fault = fault_of(_status(502, "", "<p>" + "bad gateway " * 500), "claude-opus-5-5")

    assert len(fault.message) < 500
    assert "(no type): <p>bad gateway bad" in fault.message


@pytest.mark.parametrize("words", ["in 200 tokens", "with 9 tokens"])
def test_the_sum_of_prompt_and_answer_can_be_too_long_as_well(words: str) -> None:
    said = f"input length and `max_tokens` exceed context limit: {words}"
    body = {"error": {"type": "invalid_request_error", "message": said}}

    fault = fault_of(_status(400, body), "claude-opus-5-5")

    assert fault.kind == "context_overflow"
    assert "each(...)" in fault.help


@pytest.mark.parametrize(
    "code",
    [
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
    ],
)
def test_a_spend_limit_is_no_rate_limit(code: str) -> None:
    inner = {"type": "rate_limit_error", "message": "x", "details": {"error_code": code}}

    fault = fault_of(_status(429, {"error": inner}), "claude-opus-5-5")

    assert fault.kind == "spend_limit"
    assert "add credit" in fault.help


def test_a_permission_that_is_missing_names_the_model() -> None:
    fault = fault_of(_status(403, None), "claude-mythos-5-2")

    assert fault.kind == "permission"
    assert "'claude-mythos-5-2'" in fault.help


def test_a_failed_connection_tells_its_cause() -> None:
    bare = fault_of(anthropic.APIConnectionError(request=REQUEST), "claude-opus-5-5")
    late = fault_of(httpx2.ReadTimeout("x"), "claude-opus-5-5")

    assert (bare.kind, late.kind) == ("unreachable", "timeout")
    assert "Connection error" in bare.message


def test_an_address_that_is_none_is_a_bad_request() -> None:
    fault = fault_of(httpx2.InvalidURL("no host"), "claude-opus-5-5")

    assert fault.kind == "bad_request"
    assert "no host" in fault.message


def test_tokens_that_were_told_before_are_on_the_fault() -> None:
    usage = Usage(calls=1, input_tokens=8, cache_read_tokens=5)

    fault = fault_of(httpx2.ReadError("cut"), "claude-opus-5-5", usage)

    assert fault.kind == "unreachable"
    assert fault.billed == {"input_tokens": 8, "cache_read_tokens": 5}


@pytest.mark.parametrize(
    ("status", "kind"), [(500, "server"), (503, "overloaded"), (504, "timeout"), (200, "server")]
)
def test_an_error_of_the_api_without_a_better_word_is_told_by_its_status(
    status: int, kind: str
) -> None:
    body = {"error": {"type": "api_error", "message": "x"}}

    assert fault_of(_status(status, body), "claude-opus-5-5").kind == kind


def test_a_model_that_is_not_found_is_not_offered_again() -> None:
    body = {"error": {"type": "not_found_error", "message": "x"}}

    fault = fault_of(_status(404, body), "claude-opus-5-5")

    assert fault.kind == "unknown_model"
    assert "'claude-opus-5'" in fault.help
    assert "'claude-opus-5-5'" not in fault.help
