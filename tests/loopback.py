"""A small server on this machine: real sockets, prepared answers, and what it was asked."""

from __future__ import annotations

import json
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Prepared:
    """One answer, given to every call."""

    status: int = 200
    body: object = None
    """Text as it is; anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    is_silent: bool = False
    """Never answers."""


@dataclass
class Server:
    """Where it listens, and what it was asked."""

    url: str
    asked: list[tuple[str, Mapping[str, str]]] = field(
        default_factory=list[tuple[str, Mapping[str, str]]]
    )
    """Path and headers of each call, names of headers in small letters."""


@contextmanager
def serving(answer: Prepared) -> Generator[Server]:
    """A server that gives this answer for as long as the block lasts."""
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            if answer.is_silent:
                over.wait(10)
                return
            is_text = isinstance(answer.body, str)
            body = (str(answer.body) if is_text else json.dumps(answer.body)).encode()
            self.send_response(answer.status)
            kind = "text/html" if is_text else "application/json"
            for name, value in {"content-type": kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def do_CONNECT(self) -> None:
            self.do_GET()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told = Server(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_address() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
