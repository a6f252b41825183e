"""What commands are pointed at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import (
    ArgumentError,
    BodyRaisedError,
    FlowError,
    NothingToRunError,
    TargetImportError,
    TargetNotFoundError,
    TypeMismatchError,
    WhichPipelineError,
)
from flowdsl.targets import load_file, load_target, things_in
from tests.cli.calling import isolated, write

ONE = """
from flowdsl import pipeline, step

@step
def inc(n: int) -> int:
    return n + 1

@pipeline
def flow(n: int) -> int:
    return inc(n)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder whose modules are forgotten afterwards."""
    yield from isolated(tmp_path, monkeypatch)


def test_the_one_pipeline_of_a_file_needs_no_name(folder: Path) -> None:
    write(folder, "single.py", ONE)

    target = load_target("single.py")

    assert (target.name, target.kind, target.statics) == ("flow", "pipeline", ())
    assert load_target("single.py:inc").kind == "step"
    assert load_target("single:flow").name == "flow"


def test_a_pipeline_that_is_imported_is_not_the_files_own(folder: Path) -> None:
    write(folder, "lower.py", ONE)
    write(
        folder,
        "upper.py",
        """
        from flowdsl import pipeline
        from lower import flow

        @pipeline
        def outer(n: int) -> int:
            return flow(flow(n))

        again = outer
        """,
    )

    assert load_target("upper.py").name == "outer"
    assert load_target("upper.py:flow").name == "flow"


def test_a_file_without_a_pipeline_of_its_own_stands_for_the_one_it_imports(folder: Path) -> None:
    write(folder, "lower.py", ONE)
    write(folder, "script.py", "from lower import flow, inc\nagain = flow\n")
    write(
        folder, "second.py", "from flowdsl import pipeline\n@pipeline\ndef g() -> int: return 1\n"
    )
    write(folder, "both.py", "from lower import flow\nfrom second import g\n")
    write(folder, "steps.py", "from lower import inc\n")

    assert load_target("script.py").name == "flow"
    with pytest.raises(WhichPipelineError, match=r"both\.py:flow"):
        load_target("both.py")
    with pytest.raises(NothingToRunError, match=r"run a step alone: `steps\.py:inc`"):
        load_target("steps.py")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("single", "did you mean 'single.py'?"),
        ("singel", "did you mean 'single.py'?"),
        ("notes.txt", "it is not a Python file"),
        ("notes.txt:flow", "it is not a Python file"),
    ],
)
def test_a_file_that_was_meant_is_offered(folder: Path, target: str, said: str) -> None:
    write(folder, "single.py", ONE)
    write(folder, "notes.txt", "words")

    with pytest.raises(TargetNotFoundError) as caught:
        load_target(target)

    assert said in str(caught.value)


def test_a_file_elsewhere_finds_what_lies_beside_it(folder: Path) -> None:
    (folder / "deep").mkdir()
    write(folder, "deep/beside.py", "WORD = 3\n")
    write(folder, "deep/finds.py", ONE + "\nfrom beside import WORD\n")

    assert load_target("deep/finds.py").name == "flow"
    assert load_target(str(folder / "deep" / "finds.py")).name == "flow"


def test_a_file_of_a_package_keeps_its_package(folder: Path) -> None:
    (folder / "kit" / "inner").mkdir(parents=True)
    write(folder, "kit/__init__.py", "LOADED = 1\n")
    write(folder, "kit/inner/__init__.py", "")
    write(folder, "kit/words.py", "WORD = 3\n")
    write(folder, "kit/inner/flows.py", ONE + "\nfrom ..words import WORD\n")

    module = load_file("kit/inner/flows.py")

    assert module.__name__ == "kit.inner.flows"
    assert load_file("kit/inner/flows.py") is module


def test_a_file_does_not_take_the_place_of_another_module(folder: Path) -> None:
    import json

    write(folder, "json.py", ONE)

    assert load_target("json.py").name == "flow"
    assert sys.modules["json"] is json


def test_steps_are_run_alone_with_the_inputs_that_are_given(folder: Path) -> None:
    write(
        folder,
        "defaults.py",
        "from flowdsl import step\n@step\ndef add(a: int, b: int = 2) -> int:\n    return a + b\n",
    )
    target = load_target("defaults.py:add")

    assert [node.label for _, node in target.graph({"a": 1}).inputs] == ["a"]
    assert [node.label for _, node in target.graph({"a": 1, "b": 2}).inputs] == ["a", "b"]


def test_static_inputs_shape_the_graph(folder: Path) -> None:
    write(
        folder,
        "static.py",
        ONE.replace("def flow(n: int)", "def flow(n: int, times: Static[int] = 1)")
        .replace("return inc(n)", "return [n := inc(n) for _ in range(times)][-1]")
        .replace("import pipeline", "import Static, pipeline"),
    )
    target = load_target("static.py")

    assert target.statics == ("times",)
    assert len(target.graph({})) == 2
    assert len(target.graph({"times": 3, "n": 1})) == 4


def test_things_are_listed_in_the_order_of_the_file(folder: Path) -> None:
    write(folder, "order.py", ONE)

    assert list(things_in(load_file("order.py"))) == ["inc", "flow"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import nowhere_at_all\n", TargetImportError),
        ("def broken(:\n", TargetImportError),
        ("x = 1\n\ndef f():\n    return {}['a']\n\nf()\n", TargetImportError),
        ("import sys\nsys.exit(3)\n", TargetImportError),
        ("import json\njson.loads('{')\n", TargetImportError),
        ("x = 1\n", NothingToRunError),
        ("from flowdsl import step\n@step\ndef f(n: int) -> int: return n\n", NothingToRunError),
        (ONE + ONE.replace("flow(", "other("), WhichPipelineError),
        ("from flowdsl import prompt\n@prompt('{{ a }}')\ndef p(b: str) -> str: ...\n", FlowError),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(
    folder: Path, text: str, kind: type[FlowError], snapshot: SnapshotAssertion
) -> None:
    write(folder, "bad.py", text)

    with pytest.raises(kind) as caught:
        load_target("bad.py")

    assert caught.value.problems[0].place is not None
    assert str(caught.value) == snapshot
    assert "bad" not in sys.modules or kind is not TargetImportError


def test_the_error_of_the_users_file_is_the_cause(folder: Path) -> None:
    write(folder, "bad.py", "raise LookupError('x')\n")

    with pytest.raises(TargetImportError) as caught:
        load_target("bad.py")

    assert isinstance(caught.value.__cause__, LookupError)


def test_a_syntax_error_that_names_no_file_is_told_where_it_was_raised(folder: Path) -> None:
    write(folder, "bad.py", "x = 1\nraise SyntaxError('own rules')\n")

    with pytest.raises(TargetImportError, match="own rules") as caught:
        load_target("bad.py")

    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == ("bad.py", 2)


def test_a_module_whose_own_import_fails_is_not_said_to_be_missing(folder: Path) -> None:
    (folder / "pack").mkdir()
    write(folder, "pack/__init__.py", "import nowhere_at_all\n")

    with pytest.raises(TargetImportError, match="nowhere_at_all"):
        load_target("pack.sub:flow")
    with pytest.raises(TargetNotFoundError, match=r"no module 'single\.x'"):
        load_target("single.x:flow")
    with pytest.raises(TargetNotFoundError, match="no module"):
        load_target(".x:flow")


def test_an_error_in_the_pipeline_function_is_told_at_its_line(folder: Path) -> None:
    write(folder, "body.py", ONE.replace("return inc(n)", "return {}['missing']"))

    with pytest.raises(BodyRaisedError, match="KeyError: 'missing'") as caught:
        load_target("body.py").graph({})

    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == ("body.py", 9)


def test_what_flowdsl_itself_says_about_a_pipeline_stays_as_it_is(folder: Path) -> None:
    write(folder, "types.py", ONE.replace("inc(n)", "inc('a')"))
    write(folder, "names.py", ONE.replace("inc(n)", "inc(m=n)"))

    with pytest.raises(TypeMismatchError):
        load_target("types.py").graph({})
    with pytest.raises(ArgumentError):
        load_target("names.py").graph({})


def test_two_registered_pipelines_of_one_name_are_told_apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "single.py", ONE)
    for number in "12":
        info = folder / f"pack{number}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pack{number}\nVersion: 1\n")
        points = f"[flowdsl.pipelines]\nown = single:flow\nboth = single{number}:flow\n"
        (info / "entry_points.txt").write_text(points)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])

    assert load_target("own").name == "flow"
    with pytest.raises(WhichPipelineError, match="single1:flow, single2:flow"):
        load_target("both")


def test_a_registered_name_takes_nothing_from_the_working_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs an installed pipeline in a stranger's repository must not run the stranger's modules."""
    installed = folder / "site"
    info = installed / "pack-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[flowdsl.pipelines]\nhonest = packed:flow\n")
    write(installed, "packed.py", ONE)
    write(folder, "packed.py", "raise SystemExit\n")
    monkeypatch.setattr(sys, "path", [str(installed), *(each for each in sys.path if each)])

    assert load_target("honest").name == "flow"
    assert str(folder) not in sys.path
