"""FD30x: a legacy YAML document can't be read."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


class YamlTextError(FlowError):
    """A document is no YAML."""

    code: ClassVar[str] = "FD300"

    def __init__(self, what: str, *, place: Place, cure: str = "") -> None:
        super().__init__(f"this is no YAML that can be read: {what}.", place=place, help=cure)


class YamlLimitError(FlowError):
    """A document is larger, deeper, or stands for more values than is ever read."""

    code: ClassVar[str] = "FD301"

    def __init__(self, what: str, *, place: Place) -> None:
        super().__init__(
            f"the document is too large: {what}.",
            place=place,
            help="split it into pipelines that call each other.",
        )


class YamlKeyError(FlowError):
    """A mapping's key is given twice, or is none that can be used."""

    code: ClassVar[str] = "FD302"

    def __init__(self, what: str, *, place: Place, cure: str = "") -> None:
        super().__init__(f"{what}.", place=place, help=cure)


class ReadDifferentlyError(FlowError):
    """Something in a document is read in another way than by the original. A warning."""

    code: ClassVar[str] = "FD303"

    def __init__(self, what: str, *, place: Place) -> None:
        super().__init__(f"{what}.", place=place)
