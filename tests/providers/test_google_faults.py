"""What Google says went wrong, heard through its SDK."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from tests.providers.contract import ask, fault, streamed
from tests.providers.google_double import (
    MODEL,
    Double,
    Said,
    always,
    gives,
    google_error,
    streaming,
)

ASKED = ask("Say hello.", model=MODEL)
RETRY: Said = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "20.5s"}
QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for "
    "metric: generate_content_requests, limit: {}, model: gemini-2.5-pro"
)


def _info(reason: str) -> Said:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}


async def _fault(
    status: int, body: Said, headers: Mapping[str, str] = MappingProxyType({})
) -> ProviderError:
    return await fault(Double(always(body, status, headers)).provider(), ASKED)


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (400, "INVALID_ARGUMENT", "bad_request"),
        (400, "FAILED_PRECONDITION", "bad_request"),
        (401, "UNAUTHENTICATED", "authentication"),
        (402, "", "spend_limit"),
        (402, "FAILED_PRECONDITION", "spend_limit"),
        (413, "RESOURCE_EXHAUSTED", "context_overflow"),
        (403, "PERMISSION_DENIED", "permission"),
        (404, "NOT_FOUND", "unknown_model"),
        (408, "", "timeout"),
        (413, "", "context_overflow"),
        (429, "RESOURCE_EXHAUSTED", "rate_limit"),
        (429, "", "rate_limit"),
        (499, "CANCELLED", "bad_request"),
        (500, "INTERNAL", "server"),
        (502, "", "server"),
        (503, "UNAVAILABLE", "overloaded"),
        (504, "DEADLINE_EXCEEDED", "timeout"),
        (529, "", "overloaded"),
    ],
)
async def test_each_status_is_a_kind_of_fault(status: int, name: str, kind: str) -> None:
    error = await _fault(status, google_error(status, name, "Something went wrong."))

    assert error.kind == kind
    shown = f"{status} {name}" if name else f"{status}"
    assert error.message == f"google said ({shown}): Something went wrong."
    assert error.retry_after_s is None


async def test_a_fault_in_a_stream_is_told_as_one_of_a_whole_answer() -> None:
    double = gives(lambda: httpx2.Response(503, json=google_error(503, "UNAVAILABLE", "Busy.")))

    with pytest.raises(ProviderError) as caught:
        await streamed(double.provider(), ASKED)

    assert caught.value.kind == "overloaded"


@pytest.mark.parametrize(
    "body",
    [
        google_error(400, "INVALID_ARGUMENT", "No.", _info("API_KEY_INVALID")),
        google_error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        google_error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    ],
)
async def test_a_wrong_key_comes_as_400_and_is_told_as_a_wrong_key(body: Said) -> None:
    error = await _fault(400, body)

    assert error.kind == "authentication"
    assert "GEMINI_API_KEY" in error.help
    assert "flowdsl login google" in error.help


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, google_error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.")),
        (429, google_error(429, "RESOURCE_EXHAUSTED", "Monthly spending cap exceeded.", RETRY)),
        (429, google_error(429, "RESOURCE_EXHAUSTED", QUOTA.format(0), RETRY)),
        (429, google_error(429, "RESOURCE_EXHAUSTED", QUOTA.format(5))),
        (403, google_error(403, "PERMISSION_DENIED", "No.", _info("BILLING_DISABLED"))),
        (400, google_error(400, "FAILED_PRECONDITION", "Please enable billing on your project.")),
    ],
)
async def test_money_that_is_spent_is_no_limit_that_passes(status: int, body: Said) -> None:
    error = await _fault(status, body)

    assert error.kind == "spend_limit"
    assert "spending cap" in error.help


async def test_a_limit_with_a_time_to_wait_passes_whatever_is_said_of_billing() -> None:
    error = await _fault(429, google_error(429, "RESOURCE_EXHAUSTED", QUOTA.format(5), RETRY))

    assert (error.kind, error.retry_after_s) == ("rate_limit", 20.5)


async def test_a_budget_of_thoughts_is_no_money() -> None:
    words = "Thinking budget is not supported for this model."

    assert (await _fault(400, google_error(400, "INVALID_ARGUMENT", words))).kind == "bad_request"


@pytest.mark.parametrize(
    ("headers", "details", "seconds"),
    [
        ({"Retry-After": "7"}, (), 7.0),
        ({"Retry-After": "7"}, (RETRY,), 7.0),
        ({"Retry-After": "soon"}, (RETRY,), 20.5),
        ({}, (_info("X"), RETRY), 20.5),
        ({}, ({**RETRY, "retryDelay": "a while"},), None),
        ({}, ({**RETRY, "retryDelay": 3},), None),
    ],
)
async def test_google_asks_to_wait_by_a_header_or_by_a_detail(
    headers: dict[str, str], details: tuple[Said, ...], seconds: float | None
) -> None:
    body = google_error(503, "UNAVAILABLE", "Busy.", *details)

    assert (await _fault(503, body, headers)).retry_after_s == seconds


@pytest.mark.parametrize(
    "words",
    [
        "The input token count (2551556) exceeds the maximum number of tokens allowed (1048576).",
        "Request payload size exceeds the limit: 20971520 bytes.",
        "The prompt does not fit in the context window.",
    ],
)
async def test_a_prompt_that_is_too_long_is_told_by_its_words(words: str) -> None:
    error = await _fault(400, google_error(400, "INVALID_ARGUMENT", words))

    assert error.kind == "context_overflow"
    assert "each(...)" in error.help


async def test_a_place_that_is_not_served_is_a_matter_of_permission() -> None:
    words = "User location is not supported for the API use."

    assert (await _fault(400, google_error(400, "FAILED_PRECONDITION", words))).kind == "permission"


async def test_a_model_that_is_not_there_is_told_with_near_names() -> None:
    body = google_error(404, "NOT_FOUND", "models/gemini-3.9-flash is not found for v1.")
    asked = replace(ASKED, model=ModelName("gemini-3.9-flash"))

    error = await fault(Double(always(body, 404)).provider(), asked)

    assert error.kind == "unknown_model"
    assert "did you mean" in error.help
    assert "'gemini-3.8-flash'" in error.help


async def test_long_words_are_cut_and_pages_are_not_shown() -> None:
    long = await _fault(500, google_error(500, "INTERNAL", "word " * 200))
    page = gives(lambda: httpx2.Response(502, html="<html><b>Bad Gateway</b></html>"))

    error = await fault(page.provider(), ASKED)

    assert len(long.message) < 350
    assert long.message.endswith("…")
    assert (error.kind, error.message) == (
        "server",
        "google said (502): a page in place of an answer",
    )


@pytest.mark.parametrize(
    "body", ["Oops", {"error": "Oops"}, [google_error(500, "INTERNAL", "Oops")], ["Oops", 1], 3]
)
async def test_faults_of_odd_forms_are_told_by_their_status(body: object) -> None:
    error = await fault(gives(lambda: httpx2.Response(500, json=body)).provider(), ASKED)

    assert error.kind == "server"
    assert error.message.startswith("google said (500")


async def test_a_fault_inside_a_stream_is_told_by_its_own_number() -> None:
    said = google_error(429, "RESOURCE_EXHAUSTED", "Slow down.", RETRY)
    double = gives(
        lambda: streaming([f"data: {httpx2.Response(200, json=said).text}\n\n".encode()])
    )

    with pytest.raises(ProviderError) as caught:
        await streamed(double.provider(), ASKED)

    assert (caught.value.kind, caught.value.retry_after_s) == ("rate_limit", 20.5)
