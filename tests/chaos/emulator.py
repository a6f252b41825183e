"""llmock as a process on loopback: an emulator by others, whose faults are scripted and which judges its client."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from flowdsl.providers.json_schema import is_list, is_schema
from tests.fakes.wire import Json

NAMES = {"anthropic": "anthropic", "google": "gemini", "openai": "openai"}
"""Our prefix → llmock's name of the provider."""
# The blank tells OpenAI's `POST /v1/…` from Anthropic's `POST /anthropic/v1/…`.
_ROOTS = {"anthropic": "/anthropic", "google": "/gemini", "openai": " /v1"}


@dataclass(frozen=True, slots=True)
class Emulator:
    """A server that waits to be told what goes wrong."""

    url: str

    def base_url(self, prefix: str) -> str:
        """Where a provider's routes begin."""
        return self.url + _ROOTS[prefix].strip()

    def reset(self) -> None:
        """Forget faults and requests."""
        self._post("reset", {})

    def script(self, behaviours: Sequence[Json], prefix: str) -> None:
        """Let these go wrong with requests of one provider."""
        only = {"provider": NAMES[prefix]}
        told = [{**each, "match": only} for each in behaviours]
        if told:
            self._post("scenario", {"behaviors": told})

    def failures(self, prefix: str) -> list[str]:
        """What a provider's client did wrong, by llmock's verdict; warnings are none."""
        found = [
            each
            for each in _objects(self._get("verdict").get("findings"))
            if each["severity"] == "error" and _ROOTS[prefix] in str(each["path"])
        ]
        return [f"{each['code']}: {each['title']}" for each in found]

    def requests(self, prefix: str) -> int:
        """How many came to a provider since the last reset."""
        listed = _objects(self._get("requests").get("requests"))
        return sum(each["provider"] == NAMES[prefix] for each in listed)

    def _get(self, name: str) -> Json:
        told: object = httpx2.get(f"{self.url}/_llmock/{name}", timeout=30).json()
        return told if is_schema(told) else {}

    def _post(self, name: str, body: Json) -> None:
        httpx2.post(f"{self.url}/_llmock/{name}", json=body, timeout=30).raise_for_status()


def _objects(value: object) -> list[Json]:
    return [each for each in value if is_schema(each)] if is_list(value) else []


@contextmanager
def emulating(*options: str) -> Generator[Emulator]:
    """A server for as long as the block lasts; it says again what it is asked.

    Args:
        *options: More options of `llmock serve`, such as `--rpm 60`.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    program = str(Path(sys.executable).with_name("llmock"))
    said = ("serve", "--port", str(port), "--log-level", "critical", "--response-style", "echo")
    process = subprocess.Popen(
        [program, *said, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Measured for coverage it would only be slower.
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    )
    try:
        yield Emulator(_when_up(f"http://127.0.0.1:{port}", process))
    finally:
        process.terminate()
        process.wait(timeout=10)


def _when_up(url: str, process: subprocess.Popen[bytes], within_s: float = 60.0) -> str:
    end = time.monotonic() + within_s
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"{url}/_llmock/verdict", timeout=5).status_code == 200:
                return url
        except httpx2.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"llmock did not come up at {url}")
