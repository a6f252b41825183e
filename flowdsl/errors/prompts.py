"""FD16x: a prompt that cannot be read or rendered. FD17x: schemas and replies that do not meet."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowdsl.errors.base import FlowError, Place, near

Severity = Literal["error", "warning"]


class PromptError(FlowError):
    """A prompt cannot be read, checked or rendered."""

    code: ClassVar[str] = "FD160"


class TemplateSyntaxError(PromptError):
    """The template's text is broken, or uses something prompts do not have.

    Failing: `{% for x in xs %}{{ x }}`. Mended: `{% for x in xs %}{{ x }}{% endfor %}`.
    """

    code: ClassVar[str] = "FD161"

    def __init__(self, reason: str, *, place: Place | None, cure: str = "") -> None:
        super().__init__(f"The prompt template is broken: {reason}", place=place, help=cure)


class UnknownVariableError(PromptError):
    """The template shows a variable that the function does not have as a parameter.

    Failing: `@prompt("Review {{ code }}")` over `def review(text: str) -> str`.
    Mended: `{{ text }}`, or a parameter `code`.
    """

    code: ClassVar[str] = "FD162"

    def __init__(self, name: str, known: list[str], *, place: Place | None) -> None:
        advice = near(name, known) or "the function has no parameters."
        super().__init__(
            f"The template shows '{name}', which is not a parameter.",
            place=place,
            help=f"{advice} Or add a parameter '{name}'.",
        )
        self.name = name


class UnusedParameterError(PromptError):
    """A parameter of the function never reaches the model, since no template shows it.

    Failing: `@prompt("Review it.")` over `def review(code: str) -> str`. Mended: `Review {{ code }}`.
    """

    code: ClassVar[str] = "FD163"

    def __init__(self, name: str, *, place: Place | None) -> None:
        super().__init__(
            f"The parameter '{name}' is nowhere in the prompt, so the model would not see it.",
            place=place,
            help=f"write {{{{ {name} }}}} where it belongs, drop the parameter, or call it '_{name}' "
            "if the model is not meant to see it.",
        )
        self.name = name


class TemplateFileError(PromptError):
    """A prompt file cannot be read: it is missing, lies outside its folder, or is not text."""

    code: ClassVar[str] = "FD164"

    def __init__(self, path: str, reason: str, *, place: Place | None, cure: str = "") -> None:
        super().__init__(f"The prompt file '{path}' {reason}", place=place, help=cure)
        self.path = path


class RenderError(PromptError):
    """The template met a value it cannot work with: a missing attribute, a wrong type, an unsafe access."""

    code: ClassVar[str] = "FD165"

    def __init__(self, reason: str, *, place: Place | None, cure: str = "") -> None:
        super().__init__(f"The prompt cannot be rendered: {reason}", place=place, help=cure)


class EmptyValueError(PromptError):
    """A value that the template shows is `None`, which would read as an instruction to nobody.

    Failing: `Style: {{ style }}` with `style=None`.
    Mended: `{% if style %}Style: {{ style }}{% endif %}`, or `{{ style or "any" }}`.
    """

    code: ClassVar[str] = "FD166"

    def __init__(self, shown: str, *, place: Place | None) -> None:
        super().__init__(
            f"The prompt shows {shown}, which is None here.",
            place=place,
            help='guard it with {% if x is not none %}...{% endif %}, or say what stands for it: {{ x or "none" }}.',
        )


class UnshowableValueError(PromptError):
    """A value has no text form that a model could read, such as an open file or an object of a plain class."""

    code: ClassVar[str] = "FD167"

    def __init__(self, type_name: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"A value of type '{type_name}' cannot be written into a prompt.",
            place=place,
            help="show one of its attributes ({{ x.name }}), or give the prompt a str, a number, a list, a dict, "
            "a dataclass or a pydantic model.",
        )


class TemplateLimitError(PromptError):
    """Rendering a template grew past its bounds: loop rounds, number of characters, size of a number."""

    code: ClassVar[str] = "FD168"

    def __init__(self, what: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"The prompt template goes too far: {what}.",
            place=place,
            help="compute it in a @step and give the prompt the result.",
        )


class MediaError(PromptError):
    """An image or a document cannot be used: not found, of an unknown kind, or too large."""

    code: ClassVar[str] = "FD169"

    def __init__(self, what: str, reason: str, *, cure: str = "") -> None:
        super().__init__(f"{what} cannot be used: {reason}.", help=cure)


class SchemaLintError(FlowError):
    """A return type asks a model for something that providers cannot promise.

    Attributes:
        path: The field, from the root `$`: `$.issues[].tags`.
        severity: `error` when every provider breaks on it or loses data, `warning` when only some do.

    Failing: `-> dict[str, int]` (many providers reply with an empty object).
    Mended: `-> list[Count]` with `class Count(BaseModel): name: str; number: int`.
    """

    code: ClassVar[str] = "FD170"

    def __init__(
        self, path: str, reason: str, *, severity: Severity, cure: str, place: Place | None = None
    ) -> None:
        super().__init__(
            f"The reply's type at {path} is one models cannot be held to: {reason}."
            if severity == "error"
            else f"The reply's type at {path} will not work with every provider: {reason}.",
            place=place,
            help=cure,
        )
        self.path = path
        self.severity: Severity = severity


class ReplyMismatchError(FlowError):
    """A model's reply does not have the shape that was asked for.

    Attributes:
        reply: The reply's text, as it came.
        mismatches: `(path, what is wrong)` of each, the path from the root `$`.
    """

    code: ClassVar[str] = "FD171"

    def __init__(self, reply: str, mismatches: tuple[tuple[str, str], ...]) -> None:
        lines = "\n".join(f"- {path}: {reason}" for path, reason in mismatches)
        super().__init__(
            f"The reply does not match the expected shape:\n{lines}",
            help="a repair round shows the model this list; a larger model or a simpler type needs fewer of them.",
        )
        self.reply = reply
        self.mismatches = mismatches
