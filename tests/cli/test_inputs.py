"""Inputs are read by the signature they are for."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Literal, TypeVar

import pytest
from pydantic import BaseModel
from syrupy.assertion import SnapshotAssertion

from flowdsl import Document, Image
from flowdsl.cli.inputs import read_inputs
from flowdsl.dsl.signature import Signature, signature_of
from flowdsl.errors import FlowError, InputSyntaxError, InputTypeError, ManyProblemsError

T = TypeVar("T")


class Colour(Enum):
    RED = "red"


class Point(BaseModel):
    x: int
    y: int = 0


def signature(annotation: object) -> Signature:
    def flow(value: object) -> None: ...

    flow.__annotations__["value"] = annotation
    return signature_of(flow, "flow")


def read(annotation: object, *texts: str) -> object:
    return read_inputs(signature(annotation), [f"value={text}" for text in texts], None)["value"]


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (str, "3", "3"),
        (str, "a=b", "a=b"),
        (str, "", ""),
        (str, "@@home", "@home"),
        (int, "3", 3),
        (float, "3", 3.0),
        (float, "1e3", 1000.0),
        (bool, "true", True),
        (bytes, "raw", b"raw"),
        (list[int], "[1, 2]", [1, 2]),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (tuple[int, str], '[1, "a"]', (1, "a")),
        (Point, '{"x": 1}', Point(x=1)),
        (list[Point], '[{"x": 1, "y": 2}]', [Point(x=1, y=2)]),
        (str | None, "null", None),
        (str | None, "none", "none"),
        (int | None, "null", None),
        (int | str, "3", "3"),
        (Literal["low", "high"], "low", "low"),
        (Literal[1, 2], "2", 2),
        (Colour, "red", Colour.RED),
        (date, "2026-01-02", date(2026, 1, 2)),
        (Path, "a/b", Path("a/b")),
        (object, "[1]", [1]),
        (object, "plain", "plain"),
        (T, "3", 3),
    ],
)
def test_a_text_is_read_as_its_type_wants(annotation: object, text: str, value: object) -> None:
    found = read(annotation, text)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int, "3.5"),
        (int, "true"),
        (int, '"3"'),
        (bool, "yes"),
        (bool, "1"),
        (list[int], "1"),
        (list[int], '["a"]'),
        (Point, '{"y": 1}'),
        (Literal["low"], "high"),
        (date, "yesterday"),
        (Colour, "blue"),
    ],
)
def test_a_text_of_another_type_is_refused(annotation: object, text: str) -> None:
    with pytest.raises(InputTypeError):
        read(annotation, text)


def test_a_list_may_be_given_item_by_item() -> None:
    assert read(list[int], "1", "2") == [1, 2]
    assert read(list[str], "a", "[b]") == ["a", "[b]"]
    with pytest.raises(InputSyntaxError, match="'value' is given 2 times"):
        read(str, "a", "b")


def test_a_file_gives_its_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("[1]\n", encoding="utf-8")
    (tmp_path / "raw").write_bytes(b"\xff")

    assert read(str, f"@{tmp_path}/text") == "[1]\n"
    assert read(list[int], f"@{tmp_path}/text") == [1]
    assert read(bytes, f"@{tmp_path}/raw") == b"\xff"
    with pytest.raises(InputSyntaxError, match=r"'.*/raw' can't be read .*not UTF-8"):
        read(str, f"@{tmp_path}/raw")


def test_a_file_that_is_not_there_is_named_with_near_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "raw.bin").write_text("x")
    said: list[str] = []
    for annotation, text in ((str, "@note.txt"), (bytes, "@deep/raw.bim"), (str, "@no/x")):
        with pytest.raises(InputSyntaxError) as caught:
            read(annotation, text)
        said.append(str(caught.value))

    assert "\n".join(said) == snapshot


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (list[str], '["a", b]'),
        (list[str], "hello"),
        (list[str] | None, "hello"),
        (list[int], "[1, 2"),
        (list[list[int]], "[1] [2]"),
        (dict[str, int], "{'a': 1}"),
        (Point, '{\n  "x": 1,\n  y: 2\n}'),
        (tuple[int, str], '[1, "' + "long " * 20 + '" x]'),
    ],
    ids=str,
)
def test_json_that_is_broken_is_told_with_where_and_an_example(
    annotation: object, text: str, snapshot: SnapshotAssertion
) -> None:
    with pytest.raises(InputSyntaxError) as caught:
        read(annotation, text)

    assert str(caught.value) == snapshot


def test_broken_json_in_a_file_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.json").write_text('["a",\n b]')

    with pytest.raises(InputSyntaxError) as caught:
        read(list[str], "@in.json")

    assert str(caught.value.place) == "in.json:2:2"
    assert "in line 2, column 2, at 'b]'" in caught.value.message


def test_a_text_of_another_type_is_answered_with_what_to_type() -> None:
    with pytest.raises(InputTypeError) as caught:
        read(list[Point], '[{"y": 1}]')

    assert caught.value.help == """give it: --input value='[{"x": 3}]'"""


def test_images_and_documents_are_paths(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    (tmp_path / "a.txt").write_text("words")

    image = read(Image, str(picture))
    document = read(Document | None, f"@{tmp_path}/a.txt")

    assert isinstance(image, Image)
    assert isinstance(document, Document)
    with pytest.raises(FlowError):
        read(Image, "nowhere.png")


def test_a_file_of_inputs_is_typed_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"value": [1]}'))
    (tmp_path / "in.json").write_text('{"value": "3"}')
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "media.json").write_text(f'{{"value": "{tmp_path}/a.txt"}}')

    def from_file(annotation: object, path: object) -> object:
        return read_inputs(signature(annotation), [], str(path))["value"]

    assert from_file(list[int], "-") == [1]
    assert from_file(str, tmp_path / "in.json") == "3"
    assert isinstance(from_file(Document, tmp_path / "media.json"), Document)
    with pytest.raises(InputTypeError):
        from_file(int, tmp_path / "in.json")


def test_what_is_given_alone_stands_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"value": 1}')

    assert read_inputs(signature(int), ["value=2"], str(tmp_path / "in.json")) == {"value": 2}


@pytest.mark.parametrize("content", [None, b"{", b"[1]", b"\xff"])
def test_a_file_of_inputs_that_cannot_be_read_is_told_beside_all_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
    snapshot: SnapshotAssertion,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("in.json").write_bytes(content)

    with pytest.raises(ManyProblemsError) as caught:
        read_inputs(signature(int), ["valeu=1"], "in.json")

    assert str(caught.value) == snapshot


def test_each_type_has_an_example_of_how_it_is_given(snapshot: SnapshotAssertion) -> None:
    annotations = [str, int, float, bool, list[str], list[int], Image, Literal["low"], Point]
    said: list[str] = []
    for annotation in annotations:
        with pytest.raises(FlowError) as caught:
            read_inputs(signature(annotation), [], None)
        said.append(caught.value.help)

    assert said == snapshot


def test_for_a_look_at_the_graph_nothing_is_missing() -> None:
    assert read_inputs(signature(int), [], None, complete=False) == {}


def test_an_input_with_a_default_may_be_left_out() -> None:
    def flow(a: int, b: str = "x") -> None: ...

    assert read_inputs(signature_of(flow, "flow"), ["a=1"], None) == {"a": 1}


@pytest.mark.parametrize("given", ["n", "=3", ""])
def test_an_input_is_a_name_and_a_value(given: str) -> None:
    def flow() -> None: ...

    call: Callable[[], object] = lambda: read_inputs(signature_of(flow, "flow"), [given], None)  # noqa: E731 - a thunk

    with pytest.raises(InputSyntaxError, match="no '='"):
        call()
