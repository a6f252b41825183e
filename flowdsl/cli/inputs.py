"""Inputs from the command line, read by the signature they are for; all that is wrong is told at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flowdsl.cli.examples import is_structure, option
from flowdsl.config import is_table
from flowdsl.errors.base import FlowError, Place, raise_all
from flowdsl.errors.cures import near_only
from flowdsl.errors.run import InputTypeError, MissingInputError, UnknownInputError
from flowdsl.errors.setup import InputsFileError, InputSyntaxError
from flowdsl.ir.media_form import MediaOpeners
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    NONE,
    Anything,
    Choice,
    EnumOf,
    Json,
    ListOf,
    Media,
    Plain,
    Type,
    Union,
    Variable,
)

if TYPE_CHECKING:
    from flowdsl.dsl.signature import Signature


def read_inputs(
    signature: Signature,
    given: Sequence[str],
    file: str | None,
    *,
    complete: bool = True,
) -> dict[str, object]:
    """The inputs of a run.

    Args:
        signature: What the target takes.
        given: `name=value` each; text as it is, other types as JSON, `@file` for a file's text.
        file: A file with a JSON object of further inputs; `-` is standard input, `None` none.
            Images and documents are paths, here as there from the working folder, however deep they lie.
        complete: Whether every required input must be there.

    Raises:
        FlowError: What is missing, unknown, of a wrong type or can't be read.
    """
    problems: list[FlowError] = []
    types = {port.name: port.type for port in signature.ports}
    values: dict[str, object] = {}
    texts = _texts(given, problems)
    documents = _documents(file, problems)
    problems += [
        UnknownInputError(signature.name, name, list(types))
        for name in dict.fromkeys([*texts, *documents])
        if name not in types
    ]
    for name, wanted in types.items():
        try:
            if name in texts:
                values[name] = _from_texts(signature.name, name, texts[name], wanted)
            elif name in documents:
                values[name] = _from_json(signature.name, name, documents[name], wanted)
        except FlowError as problem:
            if name in texts and isinstance(problem, InputTypeError):
                problem.help = f"give it: {option(name, wanted)}"
            problems.append(problem)
    if complete:
        problems += [
            _missing(signature.name, port.name, port.type)
            for port in signature.ports
            if port.required and port.name not in texts and port.name not in documents
        ]
    raise_all(problems)
    return values


def _missing(target: str, name: str, wanted: Type) -> MissingInputError:
    problem = MissingInputError(target, name, show(wanted))
    problem.help = f"give it: {option(name, wanted)}"
    return problem


def _texts(given: Sequence[str], problems: list[FlowError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in given:
        name, equals, text = each.partition("=")
        if equals and name:
            found.setdefault(name.strip(), []).append(text)
        else:
            cure = "write --input name=value."
            problems.append(InputSyntaxError(each, "there is no '=' in it", cure))
    return found


def _documents(file: str | None, problems: list[FlowError]) -> Mapping[str, object]:
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        found: object = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        wrong = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(InputsFileError(file, wrong or "it can't be read"))
        return {}
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        problems.append(InputsFileError(file, f"it is no JSON ({error.msg})", place=place))
        return {}
    if not is_table(found):
        problems.append(InputsFileError(file, f"it holds a {type(found).__name__}, not an object"))
        return {}
    return found


def _from_texts(target: str, name: str, texts: list[str], wanted: Type) -> object:
    if len(texts) == 1:
        return _from_text(target, name, texts[0], wanted)
    if isinstance(wanted, ListOf):
        return [_from_text(target, name, text, wanted.item) for text in texts]
    raise InputSyntaxError(
        f"{name}={texts[1]}",
        f"'{name}' is given {len(texts)} times",
        "only a list may be repeated.",
    )


def _from_text(target: str, name: str, given: str, wanted: Type) -> object:
    if (media := _media(wanted)) is not None:
        return _opened(media, given.removeprefix("@"))
    text = given
    if given.startswith("@@"):
        text = given[1:]
    elif given.startswith("@"):
        if wanted == Plain("bytes"):
            return _file(name, given, wanted)
        text = str(_file(name, given, wanted))
    if _is_text(wanted, text):
        return text
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        if is_structure(wanted):
            raise _no_json(name, given, wanted, error) from error
        value = text
    return _from_json(target, name, value, wanted)


def _no_json(name: str, given: str, wanted: Type, error: json.JSONDecodeError) -> InputSyntaxError:
    """What is wrong with a text that should be a list or an object."""
    text = error.doc
    place = None
    if given.startswith("@") and not given.startswith("@@"):
        place = Place(given[1:], error.lineno, error.colno)
    if not text.lstrip().startswith(("[", "{")):
        wrong = f"{show(wanted)} is given as JSON, and this is plain text"
    else:
        line = f"line {error.lineno}, " if "\n" in text.strip() else ""
        rest = text[error.pos :].split("\n")[0]
        found = f"at {_short(rest, 20)!r}" if rest else "where it ends"
        said = error.msg[:1].lower() + error.msg[1:]
        wrong = f"it is not valid JSON: {said} in {line}column {error.colno}, {found}"
    cure = f"write {option(name, wanted)}"
    if isinstance(wanted, ListOf) and not is_structure(wanted.item):
        cure += f", or give it item by item: --input {name}=… --input {name}=…"
    return InputSyntaxError(_short(f"{name}={given}", 60), wrong, f"{cure}.", place=place)


def _short(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _file(name: str, text: str, wanted: Type) -> str | bytes:
    path = Path(text[1:])
    try:
        return path.read_bytes() if wanted == Plain("bytes") else path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        beside = map(str, path.parent.glob("*")) if path.parent.is_dir() else ()
        wrong, cure = f"there is no file '{path}'", near_only(str(path), beside)
        cure = cure or "name a file that is there."
        raise InputSyntaxError(f"{name}={text}", wrong, f"{cure} {_aside(name)}") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        wrong = f"the file '{path}' can't be read ({why})"
        raise InputSyntaxError(
            f"{name}={text}", wrong, f"name a file of text. {_aside(name)}"
        ) from error


def _aside(name: str) -> str:
    return f"(A text that begins with @ is written {name}=@@….)"


def _is_text(wanted: Type, text: str) -> bool:
    """Whether the text itself is the value, rather than JSON of it."""
    match wanted:
        case Plain("str"):
            return True
        case Choice(values):
            return text in values
        case EnumOf():
            return False
        case Union(options):
            return not (text == "null" and NONE in options) and any(
                _is_text(option, text) for option in options
            )
        case _:
            return False


def _media(wanted: Type) -> str | None:
    match wanted:
        case Media(kind):
            return kind
        case Union(options):
            return next(filter(None, map(_media, options)), None)
        case _:
            return None


def _opened(kind: str, path: str) -> object:
    from flowdsl.prompts.media import Document, Image

    return (Image if kind == "image" else Document).open(path)


_OPENERS = MediaOpeners({kind: partial(_opened, kind) for kind in ("image", "document")})


def _from_json(target: str, name: str, value: object, wanted: Type) -> object:
    if isinstance(wanted, (Anything, Json, Variable)):
        return value
    if isinstance(value, str) and (media := _media(wanted)) is not None:
        return _opened(media, value)
    from pydantic import ValidationError

    from flowdsl.runtime.inputs import adapter_of

    try:
        return adapter_of(wanted).validate_json(json.dumps(value), strict=True, context=_OPENERS)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        at = ".".join(map(str, first["loc"]))
        why = f"At {at}: {first['msg']}." if at else f"{first['msg']}."
        raise InputTypeError(target, name, show(wanted), json.dumps(value)[:60], why=why) from error
