"""A real kernel: cells go in, what a front end would show comes out."""

from __future__ import annotations

import contextlib
import os
import queue
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from flowdsl.ir.narrowing import is_dict, is_list

ROUND_S = 120.0


@dataclass
class Shown:
    """What one cell showed."""

    result: dict[str, str] = field(default_factory=dict[str, str])
    """The cell's last value, by media type."""
    printed: str = ""
    displays: list[tuple[str, dict[str, str]]] = field(
        default_factory=list[tuple[str, dict[str, str]]]
    )
    """Displays and their updates in order: id and forms by media type."""
    error: str = ""
    """The error's name."""
    traceback: str = ""

    @property
    def text(self) -> str:
        """The last value as text."""
        return self.result.get("text/plain", "")


class Kernel:
    """A kernel of its own.

    Args:
        folder: Where it works; the current one by default.
        variables: Added to its environment.
    """

    def __init__(
        self, *, folder: Path | None = None, variables: Mapping[str, str] | None = None
    ) -> None:
        # Sockets in a folder of their own: the kernel works in another one, and their names must be short.
        self._sockets = TemporaryDirectory(prefix="kernel-")
        self._manager = KernelManager(transport="ipc", ip=f"{self._sockets.name}/s")
        self._manager.start_kernel(
            cwd=str(folder or Path.cwd()), env={**os.environ, **(variables or {})}
        )
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=ROUND_S)

    def run(self, cell: str, *, interrupt_at: str = "") -> Shown:
        """Run a cell to its end.

        Args:
            cell: Its source.
            interrupt_at: Interrupt the kernel as soon as this was printed.
        """
        sent = self._client.execute(cell)
        shown = Shown()
        for kind, content in self._messages(sent):
            match kind, content:
                case "stream", {"text": str(text)}:
                    shown.printed += text
                    if interrupt_at and interrupt_at in shown.printed:
                        interrupt_at = ""
                        self._manager.interrupt_kernel()
                case (
                    "display_data" | "update_display_data",
                    {"transient": {"display_id": str(name)}, "data": data},
                ):
                    shown.displays.append((name, _forms(data)))
                case "execute_result", {"data": data}:
                    shown.result = _forms(data)
                case "error", {"ename": str(name), "traceback": lines}:
                    shown.error = name
                    shown.traceback = "\n".join(map(str, lines if is_list(lines) else ()))
                case _:
                    pass
        return shown

    def _messages(self, sent: str) -> Iterator[tuple[str, dict[str, object]]]:
        end = time.monotonic() + ROUND_S
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                message = self._client.get_iopub_msg(timeout=1)
                if message["parent_header"].get("msg_id") != sent:
                    continue
                kind, content = message["msg_type"], message["content"]
                if kind == "status" and content["execution_state"] == "idle":
                    return
                yield kind, content
        raise TimeoutError(sent)

    def stop(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._sockets.cleanup()


def _forms(data: object) -> dict[str, str]:
    return {str(kind): str(form) for kind, form in data.items()} if is_dict(data) else {}
