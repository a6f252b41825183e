"""Our own fake on loopback: a server in a thread of its own, for streams that really stream and connections that break."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fakes.app import FakeApp
from tests.fakes.house import House


@dataclass(frozen=True, slots=True)
class Served:
    """Where it answers."""

    house: House
    url: str

    @property
    def anthropic(self) -> str:
        """Base address of Anthropic's API."""
        return f"{self.url}/anthropic"

    @property
    def gemini(self) -> str:
        """Base address of the Gemini API."""
        return f"{self.url}/gemini"

    @property
    def openai(self) -> str:
        """Base address of the OpenAI-compatible API."""
        return f"{self.url}/v1"


@contextmanager
def serving(house: House | None = None) -> Generator[Served]:
    """A server for as long as the block lasts; its house may be looked into from outside."""
    import uvicorn

    app = FakeApp(house)
    # A dropped connection is an exception of the app, and the server would tell of each one.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield Served(app.house, f"http://127.0.0.1:{port}")
        finally:
            server.should_exit = True
            thread.join(timeout=5)
