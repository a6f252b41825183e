"""Template lines found again in the user's file."""

import linecache
from pathlib import Path

import pytest

from flowdsl.errors import Place
from flowdsl.prompts import normalise
from flowdsl.prompts.places import locate

FILE = '''\
@prompt(
    """
    Review this.

    {{ code }} and {{ kode }}
    """,
    model="fast",
)
def review(code: str) -> str: ...


@prompt("One line.\\n\\nThen {{ kode }} twice {{ kode }}")
def other(code: str) -> str: ...
'''


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "pipe.py"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def test_a_line_of_a_block_is_found_with_its_column(file: str) -> None:
    source = normalise("\n    Review this.\n\n    {{ code }} and {{ kode }}\n    ")

    found = locate(source, 3, Place(file, 1, function="review"), name="kode")

    assert found == Place(file, 5, 23, "review", "{{ code }} and {{ kode }}")
    assert FILE.split("\n")[4][22:26] == "kode"


def test_a_line_written_with_escapes_is_found_in_its_one_line(file: str) -> None:
    source = "One line.\n\nThen {{ kode }} twice {{ kode }}"

    found = locate(source, 3, Place(file, 12), name="kode")

    assert found is not None
    assert (found.line, found.column) == (12, FILE.split("\n")[11].index("kode") + 1)


def test_without_a_name_the_first_braces_are_pointed_at(file: str) -> None:
    found = locate("Review this.\n\n{{ code }} and {{ kode }}", 3, Place(file, 2))

    assert found is not None
    assert (found.line, found.column) == (5, 5)


def test_a_line_without_braces_is_pointed_at_from_its_start(file: str) -> None:
    found = locate("Review this.\n\n{{ code }} and {{ kode }}", 1, Place(file, 2), name="absent")

    assert found is not None
    assert (found.line, found.column) == (3, 5)


def test_text_that_is_not_in_the_file_is_shown_beside_the_place() -> None:
    place = Place("<cell 3>", 7, snippet="@prompt(TEXT)")

    assert locate("a\n{{ b }}", 2, place) == place._replace(snippet="{{ b }}")
    assert locate("a\n\nb", 2, place) == place
    assert locate("a", 9, place) == place


def test_a_file_changed_since_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "p.py"
    path.write_text("x = 1\n", encoding="utf-8")
    linecache.getlines(str(path))
    path.write_text("a = 1\nb = '{{ c }}'\n", encoding="utf-8")

    found = locate("{{ c }}", 1, Place(str(path), 1))

    assert found is not None
    assert (found.line, found.column) == (2, 6)


def test_without_a_place_there_is_none() -> None:
    assert locate("{{ x }}", 1, None) is None
