"""Our own fake's answers: tokens by a rough count, texts and JSON values made out of the question, and what tests script."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flowdsl.providers.json_schema import is_list, is_schema
from flowdsl.providers.mock_values import example

BYTES_A_TOKEN = 4
MEDIA_TOKENS = 250
BOUNDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("prefixItems", "format", "minProperties", "maxProperties"),
)
"""Words of a schema that the SDK moves into the description (PROVIDERS A.4); a model that reads heeds them there."""
_BOUND = re.compile(rf"(?:^|, )({'|'.join(BOUNDS)}): ")


def tokens_of(text: str) -> int:
    """About as many tokens as a text has; 0 for none."""
    return -(-len(text.encode()) // BYTES_A_TOKEN)


def tokens_of_json(value: object) -> int:
    """About as many tokens as a part of a request has; what is encoded counts as one picture."""
    if is_schema(value):
        if "data" in value and isinstance(value["data"], str):
            return MEDIA_TOKENS
        return sum(tokens_of_json(part) for part in value.values())
    if is_list(value):
        return sum(tokens_of_json(part) for part in value)
    return tokens_of(value) if isinstance(value, str) else 1


def digest(value: object) -> str:
    """The same for equal JSON values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the model says when the question holds a text; a scripted answer."""

    when: str = ""
    """Found in the question's JSON; empty for every question."""
    text: str | None = None
    """`None` for an answer made out of the question."""
    echo: bool = False
    """Says again what was asked last."""
    refusal: str = ""
    """Category of a refusal; empty for none."""
    blocked: bool = False
    """The question itself is refused; Gemini then has no candidate at all."""
    finish: str = ""
    """The API's own word for why it ended, instead of the fitting one."""
    thought: str = "Let me see what is asked here."
    strange_block: bool = False
    """A block of an unknown kind stands before the text."""
    output_tokens: int | None = None
    """Instead of a count of the text."""


PLAIN = Line()


def line_for(lines: list[Line], question: object) -> Line:
    """The first scripted answer that fits."""
    text = json.dumps(question, ensure_ascii=False)
    return next((line for line in lines if line.when in text), PLAIN)


def said(line: Line, question: object, schema: object) -> str:
    """The answer's text: valid by the schema when there is one, and the same for the same question."""
    if line.echo:
        return f"You said: {_last_text(question)}"
    if line.text is not None:
        return line.text
    mark = digest(question)
    if is_schema(schema):
        read = with_bounds(schema)
        return json.dumps(example(read if is_schema(read) else schema, int(mark[:12], 16)))
    return f"This is the fake's answer {mark[:8]}, and no model was asked for it."


def _last_text(question: object) -> str:
    """The last text of a question, in whichever API's words."""
    found = ""
    for part in question.values() if is_schema(question) else question if is_list(question) else ():
        found = _last_text(part) or found
    if is_schema(question):
        for name in ("content", "text"):
            text = question.get(name)
            found = text if isinstance(text, str) else found
    return found


def with_bounds(schema: object) -> object:
    """The schema with the bounds that its descriptions tell of in the SDK's way, such as `{minimum: 1, maximum: 9}`."""
    if is_list(schema):
        return [with_bounds(part) for part in schema]
    if not is_schema(schema):
        return schema
    read = {name: with_bounds(part) for name, part in schema.items()}
    description = schema.get("description")
    if isinstance(description, str):
        read = {**_bounds(description), **read}
    return read


def _bounds(description: str) -> Mapping[str, object]:
    start = re.search(r"\{(?=[a-zA-Z]+: )", description)
    if start is None or not description.rstrip().endswith("}"):
        return {}
    inside = description.rstrip()[start.end() : -1]
    parts = _BOUND.split(inside)
    return {name: _value(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def _value(text: str) -> object:
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value


def cut(text: str, tokens: int) -> str:
    """Its first tokens."""
    return text.encode()[: tokens * BYTES_A_TOKEN].decode(errors="ignore")


def pieces(text: str) -> list[str]:
    """The text as it streams."""
    return re.findall(r"\S+\s*|\s+", text)
