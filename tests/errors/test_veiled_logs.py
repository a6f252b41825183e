"""Libraries that talk to providers log no secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx2
import pytest

from flowdsl.errors.veiled_logs import LOGGERS, veil_logs

KEY = "sk-ant-api03-AbC_123-xyz9876543"


@pytest.fixture(autouse=True)
def unveiled() -> Iterator[None]:
    """Filters are taken away afterwards."""
    before = {name: [*logging.getLogger(name).filters] for name in LOGGERS}
    yield
    for name, filters in before.items():
        logging.getLogger(name).filters[:] = filters


def test_an_address_with_a_password_is_logged_without_it(caplog: pytest.LogCaptureFixture) -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200)

    veil_logs()
    veil_logs()
    with (
        caplog.at_level(logging.DEBUG),
        httpx2.Client(transport=httpx2.MockTransport(answer)) as client,
    ):
        client.get("https://me:pass-of-mine@models.example/v1")
        logging.getLogger("anthropic._base_client").debug("sent %s", {"key": KEY})
        logging.getLogger("mine").debug("kept %s", "as it is")

    assert "pass-of-mine" not in caplog.text
    assert "https://me:[redacted]@models.example/v1" in caplog.text
    assert "sent {'key': 'sk-ant-[redacted]'}" in caplog.text
    assert "kept as it is" in caplog.text
    assert len(logging.getLogger("httpx2").filters) == 1
