"""Prompt and values → the text and the messages that a model is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn, assert_never

from flowdsl.errors.base import FlowError
from flowdsl.errors.prompts import (
    EmptyValueError,
    RenderError,
    TemplateLimitError,
    TemplateSyntaxError,
)
from flowdsl.ir.message import MediaPart, Message, MessagePart, TextPart
from flowdsl.ir.prompt import FromFile, FromSession, FromStep, Prompt, PromptPart, Static, Template
from flowdsl.prompts.extract import take
from flowdsl.prompts.media import parts_of
from flowdsl.prompts.places import locate

if TYPE_CHECKING:
    from types import TracebackType

_OF_VALUES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What working with unfit values raises; an error of a value's own code is let through as it is."""

Chunk = str | MessagePart
ReadFile = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent: the system text, and the turns of the conversation."""

    system: str
    messages: tuple[Message, ...]


def render_text(template: Template, values: Mapping[str, object]) -> str:
    """Fill a template in; the same values always give the same text.

    Raises:
        RenderError: A value lacks what the template asks of it, or is an image or a document.
        EmptyValueError: The template shows a value that is `None`.
        UnshowableValueError: A value has no text form.
        TemplateLimitError: The text or the work grew past the bounds.
    """
    return "".join(_text_only(_filled(template, values), "this text"))


def render(
    prompt: Prompt,
    values: Mapping[str, object],
    *,
    read_file: ReadFile | None = None,
    sessions: Mapping[str, tuple[Message, ...]] | None = None,
    mark_fixed: bool = False,
) -> Rendered:
    """Fill in a whole prompt.

    Args:
        prompt: What to say.
        values: A value for each of `prompt.variables`.
        read_file: Gives the text of a workspace file, for parts that name one.
        sessions: What was said before, by session; it comes before the new message.
        mark_fixed: Let the message's beginning that is the same in every call be a part of its own, marked as such:
            what stands before the first value, file or tag. Behind earlier turns nothing is the same in every call.

    Returns:
        The system text, and earlier turns followed by one message of the user, split where it shows media.

    Raises:
        PromptError: As `render_text`, and for a file that cannot be read.
    """
    system = [
        text
        for part in prompt.system
        for text in _text_only(_chunks(part, values, read_file), "a system text")
    ]
    earlier = [
        message
        for part in (*prompt.system, *prompt.user)
        if isinstance(part, FromSession)
        for message in (sessions or {}).get(part.session, ())
    ]
    user = [chunk for part in prompt.user for chunk in _chunks(part, values, read_file)]
    parts = tuple(_merged(user))
    if mark_fixed and not earlier:
        parts = _marked(parts, _fixed(prompt.user))
    return Rendered("".join(system), (*earlier, Message("user", parts)))


def _chunks(
    part: PromptPart, values: Mapping[str, object], read_file: ReadFile | None
) -> list[Chunk]:
    match part:
        case Static(text):
            return [text]
        case Template():
            return _filled(part, values)
        case FromFile(path):
            if read_file is None:
                raise RenderError(f"there is no workspace to read '{path}' from", place=None)
            return [read_file(path)]
        case FromStep():
            return [take(values.get(part.port), part)]
        case FromSession():
            return []
        case _:
            assert_never(part)


def _text_only(chunks: list[Chunk], where: str) -> Iterator[str]:
    for chunk in chunks:
        match chunk:
            case str():
                yield chunk
            case TextPart(text):
                yield text
            case MediaPart():
                raise RenderError(
                    f"{where} cannot hold an image or a document",
                    place=None,
                    cure="show it in the prompt's own text, which becomes the user's message.",
                )


def _merged(chunks: list[Chunk]) -> Iterator[MessagePart]:
    """Neighbouring texts as one part; empty ones left out, unless nothing else is there."""
    text = ""
    said = False
    for chunk in chunks:
        match chunk:
            case str():
                text += chunk
            case TextPart(more):
                text += more
            case MediaPart():
                if text:
                    yield TextPart(text)
                yield chunk
                text, said = "", True
    if text or not said:
        yield TextPart(text)


def _marked(parts: tuple[MessagePart, ...], fixed: str) -> tuple[MessagePart, ...]:
    """The same parts, with the fixed text, which begins the first of them, as one of its own."""
    match parts:
        case (TextPart(text), *others) if fixed:
            rest = text[len(fixed) :]
            return (TextPart(fixed, is_fixed=True), *([TextPart(rest)] if rest else []), *others)
        case _:
            return parts


def _fixed(parts: tuple[PromptPart, ...]) -> str:
    """The text that a prompt begins with, whatever the values."""
    fixed = ""
    for part in parts:
        match part:
            case Static(text):
                fixed += text
            case Template(source):
                head, is_whole = _head(source)
                fixed += head
                if not is_whole:
                    break
            case _:
                break
    return fixed


@lru_cache(maxsize=1024)
def _head(source: str) -> tuple[str, bool]:
    """What a template begins with before any value or tag, as it is rendered; and whether that is all of it."""
    from jinja2.nodes import Output, TemplateData

    from flowdsl.prompts.environment import environment

    head = ""
    for node in environment().parse(source).body:
        for part in node.nodes if isinstance(node, Output) else (node,):
            if not isinstance(part, TemplateData):
                return head, False
            head += part.data
    return head, True


def _filled(template: Template, values: Mapping[str, object]) -> list[Chunk]:
    """The template's text in order, with media in their places."""
    from jinja2.exceptions import TemplateError
    from jinja2.exceptions import TemplateSyntaxError as BrokenError

    from flowdsl.prompts.bounds import Rounds, check_size
    from flowdsl.prompts.environment import BUDGET, Shown, compiled

    chunks: list[Chunk] = []
    size = 0
    given = {name: values[name] for name in template.variables if name in values}
    try:
        for text in compiled(template.source).generate({**given, BUDGET: Rounds()}):
            more = parts_of(text.media) if isinstance(text, Shown) else [text]
            size += sum(len(each) for each in more if isinstance(each, str))
            check_size(size)
            chunks += more
    except BrokenError as error:
        at = locate(template.source, error.lineno, template.place)
        raise TemplateSyntaxError(str(error.message), place=at) from None
    except (FlowError, TemplateError, *_OF_VALUES) as error:
        _explain(error, template)
    return chunks


def _explain(error: Exception, template: Template) -> NoReturn:
    """Raise the error as one of flowdsl's, at the template's line."""
    from jinja2.exceptions import SecurityError, UndefinedError

    line = _line(error.__traceback__)
    place = locate(template.source, line, template.place)
    text = template.source.split("\n")[line - 1]
    match error:
        case EmptyValueError():
            raise EmptyValueError(_shown(text), place=place) from None
        case FlowError():
            if error.place is None:
                error.place = place
            raise error
        case UndefinedError():
            cure = (
                "check the name, or guard it: {% if x.y is defined %}, {{ x.y | default('none') }}."
            )
            raise RenderError(str(error).rstrip("."), place=place, cure=cure) from None
        case SecurityError():
            cure = "compute it in a @step and give the prompt the result."
            raise RenderError(str(error).rstrip("."), place=place, cure=cure) from None
        case RecursionError() | OverflowError() | MemoryError():
            raise TemplateLimitError(f"{type(error).__name__}", place=place) from None
        case _:
            raise RenderError(f"{type(error).__name__}: {error}", place=place) from error


def _line(traceback: TracebackType | None) -> int:
    """The template's line in a traceback that Jinja has rewritten."""
    line = 1
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _shown(line: str) -> str:
    """The one expression of a line, or a word for one of several."""
    found: list[str] = re.findall(r"\{\{[-+]?\s*(.*?)\s*[-+]?\}\}", line)
    return f"'{found[0]}'" if len(found) == 1 else "a value"
