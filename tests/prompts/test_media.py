"""Images and documents as values."""

import base64
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import MediaError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.message import MediaPart, TextPart
from flowdsl.ir.types import Media
from flowdsl.prompts import Document, Image
from flowdsl.prompts.media import MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES, parts_of, sniff

PNG = b"\x89PNG\r\n\x1a\nrest"
PDF = b"%PDF-1.7\nrest"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a..", "image/gif"),
        (b"GIF87a..", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"OOPS\xff\x00\x00\x00WEBPVP8 ", None),
        (PDF, "application/pdf"),
        ("grün".encode(), "text/plain"),
        (b"\xef\xbb\xbfa", "text/plain"),
        (b"a\x00b", None),
        (b"\xff\xfe", None),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, media_type: str | None) -> None:
    assert sniff(content) == media_type


def test_a_picture_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)

    image = Image.open(tmp_path / "cat.png")

    assert image == Image(PNG, "image/png", "cat.png")
    assert repr(image) == "Image(cat.png, image/png, 12 bytes)"
    assert image.message_part() == MediaPart("image", "image/png", PNG, "cat.png")
    assert vars(Image)["_repr_mimebundle_"](image) == {
        "text/plain": repr(image),
        "image/png": base64.b64encode(PNG).decode(),
    }


@pytest.mark.parametrize(
    ("name", "content", "media_type", "is_text"),
    [
        ("a.pdf", PDF, "application/pdf", False),
        ("a.md", b"# A", "text/markdown", True),
        ("a.csv", b"x,y", "text/csv", True),
        ("a.py", b"x = 1", "text/plain", True),
        ("a.PDF", b"no pdf", "text/plain", True),
    ],
)
def test_a_document_is_read_from_a_file(
    tmp_path: Path, name: str, content: bytes, media_type: str, *, is_text: bool
) -> None:
    (tmp_path / name).write_bytes(content)

    document = Document.open(str(tmp_path / name))

    assert (document.media_type, document.is_text, document.name) == (media_type, is_text, name)
    assert vars(Document)["_repr_mimebundle_"](document, include=None) == {
        "text/plain": repr(document)
    }
    assert isinstance(document.message_part(), TextPart) is is_text


@given(st.text(st.characters(exclude_characters="\x00\r", codec="utf-8"), min_size=1))
def test_the_delimiters_of_a_text_do_not_occur_in_it(text: str) -> None:
    part = Document(text.encode(), name="n").message_part()

    assert isinstance(part, TextPart)
    first, *middle, last = part.text.split("\n")
    fence = first.split(" ")[0]
    assert first == f"{fence} begin n {fence}"
    assert last == f"{fence} end n {fence}"
    assert fence not in "\n".join(middle)
    assert "\n".join(middle) == text.removeprefix("\ufeff").rstrip("\n")


def test_a_text_type_may_be_given_and_a_document_without_a_name_is_called_so() -> None:
    document = Document(b"a,b", "text/csv")

    assert document.media_type == "text/csv"
    assert document.message_part() == TextPart("--- begin document ---\na,b\n--- end document ---")
    assert repr(document) == "Document(unnamed, text/csv, 3 bytes)"


@pytest.mark.parametrize(
    ("make", "says", "cure"),
    [
        (lambda: Image(PDF), "it is application/pdf", "PNG, JPEG, GIF or WebP"),
        (
            lambda: Image(b"\x00\x01", name="x.bmp"),
            "'x.bmp' cannot be used: it is of an unknown type",
            "PNG",
        ),
        (
            lambda: Image(PNG, "image/jpeg"),
            "it is image/png, not image/jpeg",
            "leave media_type out",
        ),
        (lambda: Image(b""), "it is empty", ""),
        (lambda: Image(PNG + bytes(MAX_IMAGE_BYTES)), "more than 10,000,000", "smaller"),
        (lambda: Document(PNG), "it is image/png", "Image.open"),
        (
            lambda: Document(b"\xff\x00", name="a.docx"),
            "'a.docx' cannot be used: it is neither",
            "into text or PDF",
        ),
        (
            lambda: Document(PDF, "text/plain"),
            "it is application/pdf, not text/plain",
            "leave media_type out",
        ),
        (
            lambda: Document(b"a", "application/pdf"),
            "it is text/plain, not application/pdf",
            "leave",
        ),
        (lambda: Document(b"a" * (MAX_DOCUMENT_BYTES + 1)), "more than 32,000,000", "split"),
    ],
)
def test_what_models_do_not_take_is_refused(make: type, says: str, cure: str) -> None:
    with pytest.raises(MediaError) as caught:
        make()

    assert says in caught.value.message
    assert cure in caught.value.help


def test_a_missing_file_names_its_near_ones(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)

    with pytest.raises(MediaError, match="no such file") as caught:
        Image.open(tmp_path / "cta.png")

    assert caught.value.help == "did you mean 'cat.png'?"
    with pytest.raises(MediaError, match="no such file"):
        Document.open(tmp_path / "gone" / "x.md")


def test_a_file_is_not_read_when_it_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(PNG + bytes(MAX_IMAGE_BYTES))

    with pytest.raises(MediaError, match=r"big\.png.*more than"):
        Image.open(tmp_path / "big.png")


def test_a_delimiter_in_a_text_makes_longer_ones() -> None:
    part = Document(b"a\n----\nb", name="n").message_part()

    assert part == TextPart("----- begin n -----\na\n----\nb\n----- end n -----")


def test_the_hash_covers_all_a_model_sees() -> None:
    hashes = {
        item.content_hash
        for item in (
            Image(PNG),
            Image(PNG, name="a"),
            Image(PNG + b"x"),
            Document(b"a"),
            Document(b"a", name="a.md"),
            Document(b"a", "text/csv"),
        )
    }

    assert len(hashes) == 6
    assert Image(PNG).content_hash == Image(PNG, "image/png").content_hash


def test_media_are_values_that_types_know_and_processes_can_send() -> None:
    assert type_of(Image) == Media("image")
    assert type_of(Document) == Media("document")
    assert pickle.loads(pickle.dumps(Image(PNG))) == Image(PNG)  # noqa: S301 - our own bytes


def test_what_is_no_media_has_no_parts() -> None:
    assert parts_of("text") == []
    assert parts_of(Image(PNG)) == [Image(PNG).message_part()]
