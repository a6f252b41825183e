"""Pipelines that distributions register."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flowdsl.registry import Registered, installed


def test_registered_pipelines_are_read_from_metadata_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "reports-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: reports\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[flowdsl.pipelines]\nweekly = nowhere.reports:weekly\ndaily = nowhere.reports:daily\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    assert installed() == [
        Registered("daily", "nowhere.reports:daily", "reports 1.2"),
        Registered("weekly", "nowhere.reports:weekly", "reports 1.2"),
    ]
