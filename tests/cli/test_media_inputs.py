"""Images and documents inside lists, dicts and models are given as paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from flowdsl import Document, Image
from flowdsl.cli.inputs import read_inputs
from flowdsl.errors import InputTypeError, MediaError
from tests.cli.test_inputs import read, signature

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


class Page(BaseModel):
    picture: Image
    notes: list[Document] = []
    inner: Page | None = None


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dot.png").write_bytes(PNG)
    Path("a.txt").write_text("words")


DOT = Image(PNG, name="dot.png")
WORDS = Document(b"words", name="a.txt")
PAGE = {"picture": "dot.png", "notes": ["a.txt"], "inner": {"picture": "dot.png"}}
CASES: list[tuple[object, object, object]] = [
    (list[Image], ["dot.png", "dot.png"], [DOT, DOT]),
    (list[list[Document]], [["a.txt"]], [[WORDS]]),
    (dict[str, Image | None], {"a": "dot.png", "b": None}, {"a": DOT, "b": None}),
    (tuple[int, Document], [1, "a.txt"], (1, WORDS)),
    (Page, PAGE, Page(picture=DOT, notes=[WORDS], inner=Page(picture=DOT))),
]


@pytest.mark.parametrize(("annotation", "given", "value"), CASES)
def test_a_path_is_opened_wherever_a_file_is_wanted(
    annotation: object, given: object, value: object
) -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/in.json").write_text(json.dumps({"value": given}))

    from_file = read_inputs(signature(annotation), [], "elsewhere/in.json")

    assert read(annotation, json.dumps(given)) == value
    assert from_file == {"value": value}


@pytest.mark.parametrize(
    ("annotation", "given"),
    [(list[Image], ["dot.png", "dto.png"]), (Page, {"picture": "dto.png"})],
)
def test_a_path_without_a_file_is_refused_with_the_near_name(
    annotation: object, given: object
) -> None:
    with pytest.raises(MediaError, match=r"'dto\.png' cannot be used: there is no") as caught:
        read(annotation, json.dumps(given))

    assert caught.value.help == "did you mean 'dot.png'?"


def test_what_is_no_path_is_told_with_the_form_that_works() -> None:
    with pytest.raises(InputTypeError, match="At picture: ") as caught:
        read(Page, '{"picture": 3}')

    assert caught.value.help == """give it: --input value='{"picture": "PATH"}'"""
