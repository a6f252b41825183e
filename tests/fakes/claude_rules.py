"""Our own fake's refusals of Anthropic: what a request may not hold, by PROVIDERS A.2, A.4 and A.5."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve
from tests.fakes.claude_models import Claude
from tests.fakes.prefix_cache import TTL_S, parts_of
from tests.fakes.wire import Json
from tests.fakes.words import BOUNDS

OLD_VERSION = "2023-06-01"
SAMPLING = ("temperature", "top_p", "top_k")
_ALLOWED_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)


def why_refused(body: Json, model: Claude, version: str) -> str | None:
    """Why the API answers 400; `None` when it does not."""
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _size(body, model),
        lambda: _sampling(body, model, version),
        lambda: _turns(body, model),
        lambda: _tools(body, model),
        lambda: _thinking(body, model),
        lambda: _effort(body, model),
        lambda: _marks(body),
        lambda: _schema(body),
    )
    return next((why for check in checks if (why := check())), None)


def _size(body: Json, model: Claude) -> str | None:
    wanted = body.get("max_tokens")
    if not isinstance(wanted, int) or wanted < 0:  # 0 warms the cache (PROVIDERS A.2)
        return "max_tokens: Field required"
    if wanted > model.max_output:  # PROVIDERS A.5, max out
        return f"max_tokens: {wanted} > {model.max_output}, the most this model puts out"
    return None


def _sampling(body: Json, model: Claude, version: str) -> str | None:
    given = [
        name for name in SAMPLING if name in body
    ]  # PROVIDERS 0.2, A.5: even at default values
    if given and not (model.sampling and version == OLD_VERSION):
        return f"{given[0]}: not supported by this model or API version"
    return None


def _turns(body: Json, model: Claude) -> str | None:
    turns = body.get("messages")
    if not is_list(turns) or not turns:
        return "messages: at least one message is required"
    last = turns[-1]
    if is_schema(last) and last.get("role") == "assistant" and not model.prefill:  # PROVIDERS A.5
        return "messages: the last turn must be the user's: prefill is not supported by this model"
    for turn in turns:
        content = turn.get("content") if is_schema(turn) else None
        if not content:
            return "messages: text content blocks must be non-empty"
    return None


def _tools(body: Json, model: Claude) -> str | None:
    choice = body.get("tool_choice")
    if is_schema(choice) and choice.get("type") in {"any", "tool"} and not model.forced_tool:
        return "tool_choice: forcing a tool is not supported by this model"  # PROVIDERS A.5
    return None


def _thinking(body: Json, model: Claude) -> str | None:
    thinking = body.get("thinking")
    if not is_schema(thinking):
        return None
    kind = thinking.get("type")
    if kind == "enabled":
        return _budget(thinking.get("budget_tokens"), body.get("max_tokens"), model)
    allowed = {model.off} if model.budget and not model.efforts else {model.off, "adaptive"}
    return None if kind in allowed else f"thinking.type: {kind} is not supported by this model"


def _budget(budget: object, most: object, model: Claude) -> str | None:
    if not model.budget:  # PROVIDERS A.5: a 400 from 4.7 on
        return "thinking.budget_tokens: not supported by this model; use adaptive thinking"
    if not isinstance(budget, int) or budget < 1024:  # PROVIDERS A.2
        return "thinking.budget_tokens: must be at least 1024"
    if isinstance(most, int) and budget >= most:
        return "max_tokens: must be greater than thinking.budget_tokens"
    return None


def is_off(body: Json, model: Claude) -> bool:
    """Whether the model does not think before its answer."""
    thinking = body.get("thinking")
    if not is_schema(thinking):
        return not model.thinks
    return thinking.get("type") in {"disabled", "between_tools"}


def _effort(body: Json, model: Claude) -> str | None:
    config = body.get("output_config")
    effort = config.get("effort") if is_schema(config) else None
    if effort is None:
        return None
    if effort not in model.efforts:
        return f"output_config.effort: {effort} is not supported by this model"
    if model.thinks and is_off(body, model) and effort not in model.effort_off:  # PROVIDERS A.5
        return f"output_config.effort: {effort} needs thinking"
    return None


def _marks(body: Json) -> str | None:
    marks = [part.ttl for part in parts_of(body) if part.ttl]
    if len(marks) > 4:  # PROVIDERS A.2
        return f"a maximum of 4 blocks with cache_control may be provided, found {len(marks)}"
    if any(ttl not in TTL_S for ttl in marks):
        return "cache_control.ttl: must be 5m or 1h"
    if "1h" in marks[marks.index("5m") :] if "5m" in marks else False:
        return "cache_control.ttl: a mark of 1h must not come after one of 5m"
    return None


# -- structured output (PROVIDERS A.4)


def schema_of(body: Json) -> Schema | None:
    """The schema that the answer has to meet."""
    config = body.get("output_config")
    form = config.get("format") if is_schema(config) else None
    schema = form.get("schema") if is_schema(form) else None
    return schema if is_schema(schema) else None


def _schema(body: Json) -> str | None:
    schema = schema_of(body)
    if schema is None:
        return None
    where = "output_config.format.schema"
    optional = unions = 0
    for part in _parts(schema):
        if why := _refused_part(part):
            return f"{where}: {why}"
        fields, required = part.get("properties"), part.get("required", [])
        if is_schema(fields) and is_list(required):
            optional += len(set(fields) - set(required))
        unions += "anyOf" in part or is_list(part.get("type"))
    if _is_endless(schema, schema, ()):
        return f"{where}: recursive schemas are not supported"
    if optional > 24:
        return f"{where}: {optional} optional parameters, at most 24 are allowed"
    if unions > 16:
        return f"{where}: {unions} parameters with union types, at most 16 are allowed"
    return None


def _refused_part(part: Schema) -> str | None:
    """What the SDK's own `transform_schema` never sends is taken to be refused."""
    kind = part.get("type")
    if kind == "object" or "properties" in part:
        if part.get("additionalProperties") is not False:
            return "for 'object' type, 'additionalProperties' must be explicitly set to false"
        if not part.get("properties"):
            return "an object without properties"
    form = part.get("format")
    if form is not None and form not in _ALLOWED_FORMATS:
        return f"format '{form}' is not supported"
    words = [
        w for w in (*BOUNDS, "oneOf", "default") if w in part and w not in {"format", "minItems"}
    ]
    if part.get("minItems", 0) not in {0, 1}:
        words.append("minItems")
    return f"'{words[0]}' is not supported" if words else None


def _parts(schema: object) -> Iterator[Schema]:
    """Every schema within a schema; names of fields are none."""
    if not is_schema(schema):
        return
    yield schema
    for word in ("properties", "$defs"):
        named = schema.get(word)
        for part in named.values() if is_schema(named) else ():
            yield from _parts(part)
    yield from _parts(schema.get("items"))
    for word in ("anyOf", "allOf", "oneOf", "prefixItems"):
        listed = schema.get(word)
        for part in listed if is_list(listed) else []:
            yield from _parts(part)


def _is_endless(root: Schema, schema: Schema, above: tuple[str, ...]) -> bool:
    for part in _parts({name: value for name, value in schema.items() if name != "$defs"}):
        ref = part.get("$ref")
        if not isinstance(ref, str):
            continue
        target = resolve(root, ref)
        if ref in above or (is_schema(target) and _is_endless(root, target, (*above, ref))):
            return True
    return False
