"""FD13x: value types, their schemas, and values on their way to and from JSON."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


class UnresolvedHintError(FlowError):
    """An annotation names something that does not exist where the function stands.

    Hints are read when a step is decorated, so a class must stand above the step that names it.
    A class defined inside a function is seen only by steps that are defined below it in the same function.

    ```python
    @step
    def review(code: str) -> list["Issue"]: ...   # FD130 when `Issue` stands below, or is misspelt

    class Issue(BaseModel):
        severity: str
    ```

    Cure: move the class above the step, import it at run time (not only under `if TYPE_CHECKING:`),
    or correct the name.

    Attributes:
        owner: The function or class whose annotation cannot be read.
        name: The missing name, or the text that is no valid annotation.
    """

    code: ClassVar[str] = "FD130"

    def __init__(
        self, owner: str, name: str, *, hint: str = "", place: Place | None = None
    ) -> None:
        where = f" (in the annotation of '{hint}')" if hint else ""
        super().__init__(
            f"'{owner}' names the type '{name}', which is not known there{where}.",
            place=place,
            help=f"define or import '{name}' above '{owner}', at run time and not only under"
            " `if TYPE_CHECKING:`; a class local to a function must stand above the step.",
        )
        self.owner = owner
        self.name = name


class NotATypeError(FlowError):
    """An annotation is a value, not a type.

    ```python
    @step
    def pick(xs: list[str], n: 3) -> str: ...          # FD131: `3` is a value
    def pick(xs: list[str], n: int = 3) -> str: ...    # a default is written after `=`
    ```

    Attributes:
        text: The annotation as Python prints it.
    """

    code: ClassVar[str] = "FD131"

    def __init__(self, text: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"the annotation `{text}` is not a type.",
            place=place,
            help="write a type such as `str`, `list[str]`, `Literal['a', 'b']` or a class;"
            " a default value goes after `=`.",
        )
        self.text = text


class NotEncodableError(FlowError):
    """A value cannot be written down, so it cannot be kept, hashed or sent to another process.

    JSON values, tuples, sets, bytes, dates, `Decimal`, `UUID`, `Path`, enum members, dataclasses,
    pydantic models and named tuples can. Give a step's result one of these types, or keep the object
    inside one step.

    Attributes:
        path: Where inside the value, such as `[2]['when']`; empty for the value itself.
        kind: The class of the part that cannot be written.
    """

    code: ClassVar[str] = "FD133"

    def __init__(self, path: str, kind: str, why: str = "") -> None:
        super().__init__(
            f"the value{path and f' at {path}'} cannot be written down: "
            + (why or f"nothing is known about '{kind}'")
            + ".",
            help="use JSON values, dates, dataclasses, pydantic models or named tuples,"
            " or keep the object inside one step.",
        )
        self.path = path
        self.kind = kind


class UnknownClassError(FlowError):
    """A stored value is of a class that is not loaded here, or is no longer what it was.

    Reading a stored value never imports a module, because a document must not choose what code runs.
    Import the module that defines the class before the value is read.

    Attributes:
        name: `module:qualname` of the class.
    """

    code: ClassVar[str] = "FD134"

    def __init__(self, name: str, why: str = "its module is not loaded") -> None:
        module = name.partition(":")[0]
        super().__init__(
            f"a stored value is of the class '{name}', but {why}.",
            help=f"import '{module}' first; a class local to a function cannot be found again,"
            " so move it to the top level of its module.",
        )
        self.name = name


class MalformedValueError(FlowError):
    """A stored value does not have the form in which flowdsl writes values.

    The document was changed by hand, cut off, or written by a newer version.

    Attributes:
        tag: The `$type` of the part that cannot be read.
    """

    code: ClassVar[str] = "FD135"

    def __init__(self, tag: str) -> None:
        super().__init__(
            f"a stored value of the form '{tag}' cannot be read back.",
            help="it was changed, cut off, or written by a newer version of flowdsl; compute it anew.",
        )
        self.tag = tag


class SchemaError(FlowError):
    """A JSON Schema cannot be read as a type.

    ```yaml
    items: {"$ref": "#/$defs/Isue"}     # FD136: '#/$defs/Isue' leads nowhere
    ```

    Attributes:
        at: JSON pointer of the offending part.
    """

    code: ClassVar[str] = "FD136"

    def __init__(self, at: str, why: str, advice: str) -> None:
        super().__init__(f"the schema at '{at or '#'}' cannot be read: {why}.", help=advice)
        self.at = at


class NoSchemaError(FlowError):
    """A type has no JSON form, so a model cannot be asked for it and a document cannot describe it.

    Attributes:
        shown: The type as it is written in Python.
    """

    code: ClassVar[str] = "FD137"

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"`{shown}` has no JSON form.",
            help="use JSON types, dates, dataclasses, TypedDicts or pydantic models.",
        )
        self.shown = shown
