"""The notebooks that come along run from top to bottom, on the mock model and on the real local one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import pytest

from tests.house import ROOT, relative
from tests.notebooks.kernel import Kernel, Shown
from tests.providers.local_model import MODEL, local_provider_or_skip

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = ROOT / "notebooks" / "01_first_pipeline.ipynb"

pytestmark = pytest.mark.xdist_group("kernel")


class Cell(TypedDict, total=False):
    """A cell as the file has it."""

    id: str
    cell_type: str
    source: list[str]
    outputs: list[object]
    execution_count: int | None


def _cells(path: Path) -> list[Cell]:
    loaded: dict[str, list[Cell]] = json.loads(path.read_text("utf-8"))
    return loaded["cells"]


def _executed(path: Path, model: str) -> dict[str, Shown]:
    """What each cell showed, by the cell's id; a cell that fails ends it."""
    kernel = Kernel(folder=path.parent, variables={"FLOWDSL_MODEL": model})
    shown: dict[str, Shown] = {}
    try:
        for cell in _cells(path):
            if cell.get("cell_type") == "code":
                shown[cell.get("id", "")] = kernel.run("".join(cell.get("source", ())))
                assert shown[cell.get("id", "")].traceback == ""
    finally:
        kernel.stop()
    return shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
@pytest.mark.timeout(120)
def test_a_notebook_runs_on_the_mock_model(path: Path) -> None:
    assert _executed(path, "mock:")


@pytest.mark.timeout(120)
def test_the_first_notebook_shows_what_its_text_says() -> None:
    shown = _executed(FIRST, "mock:")

    assert "<svg" in shown["write-pipeline"].result["text/html"]
    assert "The export crashes whenever I click it." in shown["values"].text
    assert "Ticket(kind=" in shown["values"].text
    assert shown["run-upto"].text.startswith("'The export crashes")
    assert shown["change-step"].text.endswith(", 0)")
    assert shown["run-many"].text.count(":") >= 3


@pytest.mark.local_model
@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
@pytest.mark.timeout(300)
def test_a_notebook_runs_on_the_local_model(path: Path) -> None:
    local_provider_or_skip()

    shown = _executed(path, f"local:{MODEL}")

    assert "<table" in shown["run-it"].result["text/html"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_carries_no_outputs(path: Path) -> None:
    carrying = [
        cell.get("id")
        for cell in _cells(path)
        if cell.get("outputs") or cell.get("execution_count")
    ]

    assert carrying == []
