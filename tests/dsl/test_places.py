"""Problems point at the user's line: not at flowdsl's, nor at Python's own."""

import linecache
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from flowdsl import pipeline, step
from flowdsl.dsl import places
from flowdsl.dsl.places import (
    caller_locals,
    here,
    name_of_function,
    place_of,
    place_of_failure,
    place_of_function,
    shown_path,
)
from flowdsl.errors import NotYetKnownError, Place


def test_a_path_below_the_working_folder_is_shown_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert shown_path(str(tmp_path / "flows" / "audit.py")) == "flows/audit.py"
    assert shown_path(str(tmp_path.parent / "other.py")) == str(tmp_path.parent / "other.py")
    assert shown_path("<stdin>") == "<stdin>"


def test_here_is_the_line_that_asks() -> None:
    place = here()

    assert place.path.endswith("test_places.py")
    assert place.function == "test_here_is_the_line_that_asks"
    assert linecache.getline(__file__, place.line).strip() == "place = here()"


def test_here_passes_over_what_python_itself_calls() -> None:
    @pipeline
    def told(notes: list[str]) -> list[str]:
        return sorted(notes)

    with pytest.raises(NotYetKnownError) as caught:
        _ = told.graph

    assert caught.value.place is not None
    assert caught.value.place.function == "told"


def test_without_a_line_of_the_users_the_place_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(_: str) -> bool:
        return True

    monkeypatch.setattr(places, "_is_ours", everything)

    assert here() == Place("<unknown>", 1)


def test_a_module_has_no_function_of_its_own() -> None:
    code = compile("x = 1\n", "audit.py", "exec")

    assert place_of(code, 1) == Place("audit.py", 1, None, None)


def test_a_line_without_a_file_is_shown() -> None:
    linecache.cache["<cell-1>"] = (12, None, ["x = 1\n", "y = shout( 2 )\n"], "<cell-1>")
    code = compile("x = 1\ny = shout( 2 )\n", "<cell-1>", "exec")

    assert place_of(code, 2) == Place("<cell-1>", 2, None, "<module>", "y = shout( 2 )")
    assert place_of(code, 9).snippet is None


def test_a_notebook_cell_is_named_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tmp/ipykernel_7/1234.py"  # noqa: S108 - as notebooks name their cells
    shell = SimpleNamespace(compile=SimpleNamespace(_filename_map={path: 4}))
    ipython = ModuleType("IPython")
    vars(ipython)["get_ipython"] = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", ipython)

    assert shown_path(path) == "cell In[4]"
    assert shown_path("/tmp/ipykernel_7/other.py").endswith("other.py")  # noqa: S108 - likewise


@pytest.mark.parametrize("shell", [None, SimpleNamespace(), SimpleNamespace(compile=1)])
def test_outside_a_notebook_ipython_changes_nothing(
    shell: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ipython = ModuleType("IPython")
    vars(ipython)["get_ipython"] = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", ipython)

    assert shown_path(f"<quiet {shell}>") == f"<quiet {shell}>"


def test_local_names_are_those_around_the_caller() -> None:
    inner = "seen"

    def decorate() -> dict[str, object]:
        return caller_locals()

    assert decorate()["inner"] == inner


def test_a_function_is_placed_at_its_definition() -> None:
    @step
    def shout(note: str) -> str:
        return note

    place = place_of_function(shout.fn)
    assert place is not None
    assert linecache.getline(__file__, place.line).strip() == "@step"
    assert place_of_function(print) is None
    assert name_of_function(shout.fn) == "shout"
    assert name_of_function(object()) == "function"


def test_a_failure_is_placed_where_the_functions_file_was_left() -> None:
    def fails() -> None:
        Path("nowhere").stat().st_size.bit_count()

    with pytest.raises(FileNotFoundError) as caught:
        fails()

    place = place_of_failure(caught.value, fails)
    assert place is not None
    assert place.function == "fails"
    assert place_of_failure(caught.value, print) is None
