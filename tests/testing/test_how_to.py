"""The page on testing: its tests are run by pytest, as a reader would run them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.pages import blocks

PAGE = ROOT / "docs" / "how-to" / "test-a-pipeline.md"


@pytest.mark.timeout(60)
def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    source = "\n".join(block.text for block in blocks(PAGE) if block.language == "python")
    (tmp_path / "test_page.py").write_text(source, encoding="utf-8")

    def suite(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:asyncio",
                *arguments,
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    suite("--snapshot-update")
    done = suite()

    assert done.returncode == 0, done.stdout
    assert f"{source.count('def test_')} passed" in done.stdout
