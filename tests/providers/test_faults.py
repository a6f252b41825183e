"""What went wrong on the way to a server."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest

from flowdsl.providers.faults import kind_of_status, retry_after_s, transport_fault

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "authentication"),
        (402, "spend_limit"),
        (403, "permission"),
        (404, "unknown_model"),
        (408, "timeout"),
        (409, "server"),
        (413, "context_overflow"),
        (418, "bad_request"),
        (429, "rate_limit"),
        (500, "server"),
        (502, "server"),
        (503, "overloaded"),
        (504, "timeout"),
        (529, "overloaded"),
    ],
)
def test_a_status_tells_the_kind_of_fault(status: int, kind: str) -> None:
    assert kind_of_status(status) == kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Mon, 23 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"retry-after": "Mon, 23 Nov 2026 11:59:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 12:01:00 -0000"}, 60.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "tomorrow"}, None),
    ],
)
def test_a_wait_is_read_in_every_form_that_servers_write(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers, NOW) == seconds


def test_a_wait_until_a_date_is_measured_by_the_clock() -> None:
    assert retry_after_s({"retry-after": "Mon, 23 Nov 2020 12:00:00 GMT"}) == 0.0


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ReadTimeout("slow"), "timeout"),
        (TimeoutError(), "timeout"),
        (httpx2.ConnectError("refused"), "unreachable"),
        (httpx2.RemoteProtocolError("peer closed"), "unreachable"),
        (ValueError("other"), None),
    ],
)
def test_an_exception_of_the_client_tells_its_kind(error: Exception, kind: str | None) -> None:
    fault = transport_fault(error)

    assert (None if fault is None else fault.kind) == kind


def test_what_the_client_says_is_told() -> None:
    fault = transport_fault(httpx2.ConnectError("All connection\nattempts failed"))

    assert fault is not None
    assert fault.message == "the connection failed: All connection attempts failed"
