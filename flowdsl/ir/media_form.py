"""How pydantic checks an image or a document: a text is none, unless whoever reads has its files opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from flowdsl.ir.types import Media

if TYPE_CHECKING:
    from pydantic import ValidationInfo


class MediaOpeners(dict[str, Callable[[str], object]]):
    """What opens a path, by kind of media: the validation context in which texts are read as paths."""


def opened(media: Media, value: object, info: ValidationInfo) -> object:
    """The value; a text as the file it names, where the context opens files.

    Raises:
        PydanticCustomError: It is a text, and nothing opens files here.
    """
    if not isinstance(value, str):
        return value
    context: object = info.context
    if isinstance(context, MediaOpeners):
        return context[media.kind](value)
    raise _refusal(media)


@lru_cache(maxsize=4)
def media_form(media: Media) -> object:
    """The annotation of a media value whose class only its mark tells."""
    from pydantic import PlainValidator, WithJsonSchema

    def check(value: object, info: ValidationInfo) -> object:
        found = opened(media, value, info)
        if getattr(found, "__flowdsl_media__", None) != media.kind:
            raise _refusal(media)
        return found

    form: object = Annotated[object, PlainValidator(check), WithJsonSchema({})]
    return form


def _refusal(media: Media) -> Exception:
    from pydantic_core import PydanticCustomError

    name = media.kind.title()
    article = "an" if name == "Image" else "a"
    return PydanticCustomError(
        "media", "Input should be {what}", {"what": f"{article} {name}, as {name}.open(path) gives"}
    )
