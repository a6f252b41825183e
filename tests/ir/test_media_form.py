"""A text is no image and no document, unless whoever reads has its files opened."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from flowdsl import Document, Image
from flowdsl.ir.media_form import MediaOpeners
from flowdsl.ir.types import ListOf, Media
from flowdsl.runtime.inputs import adapter_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
IMAGES = adapter_of(ListOf(Media("image")))
DOCUMENT = adapter_of(Media("document"))


def test_an_image_passes_as_it_is() -> None:
    picture = Image(content=PNG, media_type="image/png")

    assert IMAGES.validate_python([picture]) == [picture]


@pytest.mark.parametrize(
    "value", ["dot.png", 3, None, Document(content=b"a", media_type="text/plain")]
)
def test_what_is_no_image_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match=r"should be an Image, as Image\.open\(path\) gives"):
        IMAGES.validate_python([value])


def test_a_text_is_no_document() -> None:
    with pytest.raises(ValidationError, match="should be a Document"):
        DOCUMENT.validate_python("notes.csv")


def test_a_text_is_a_path_where_files_are_opened(tmp_path: Path) -> None:
    file = tmp_path / "dot.png"
    file.write_bytes(PNG)
    openers = MediaOpeners(image=Image.open)

    assert IMAGES.validate_python([str(file)], context=openers) == [Image.open(file)]
