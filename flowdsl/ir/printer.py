"""The stable text form of a graph: what snapshots, explain and diffs show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from flowdsl.errors.printable import printable
from flowdsl.ir.constants import short_hash, shorten, show_constant
from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.effects import Effect, Effects
from flowdsl.ir.expr import Apply, Const, Expr, Name
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.policy import DEFAULT_POLICY, Policy
from flowdsl.ir.prompt import FromFile, FromSession, FromStep, Prompt, PromptPart, Static, Template
from flowdsl.ir.region_nodes import Call, Each, Region, While
from flowdsl.ir.show import show
from flowdsl.ir.wording import named_bodies, word_of

_STEP = "  "
_MAX_TOKENS = Generate.__dataclass_fields__["max_tokens"].default
_MAX_ROUNDS = While.__dataclass_fields__["max_rounds"].default
_MAX_DEPTH = Call.__dataclass_fields__["max_depth"].default


def to_text(graph: Graph) -> str:
    """The graph as text, a line a node, bodies indented under their region; ends with a line break.

    Equal graphs give equal text, in every process; places are not shown, control characters are written out.
    """
    first = graph.description.strip().partition("\n")[0]
    head = f"pipeline {graph.name}" + (f": {first}" if first else "")
    return printable("\n".join([head, *body_lines(graph, _STEP)]) + "\n")


def body_lines(graph: Graph, indent: str = "") -> Iterator[str]:
    """The lines of a graph's nodes and outputs, without the heading."""
    for node_id, _ in graph.nodes:
        yield from node_lines(graph, node_id, indent)
    for output in graph.outputs:
        yield f"{indent}-> {output.name} = {output.node}"


def node_lines(graph: Graph, node_id: NodeId, indent: str = "") -> Iterator[str]:
    """The lines of one node: itself, its prompt, its bodies."""
    node = graph[node_id]
    yield f"{indent}{node_line(graph, node_id)}"
    if isinstance(node, Generate):
        yield from (f"{indent}{_STEP}{line}" for line in prompt_lines(node.prompt))
    if isinstance(node, Region):
        for name, body in named_bodies(node):
            yield f"{indent}{_STEP}{name}:"
            yield from body_lines(body, indent + 2 * _STEP)


def node_line(graph: Graph, node_id: NodeId) -> str:
    """`id = kind label(port=source, port='constant') -> type  [what is set]`."""
    node = graph[node_id]
    said = tuple(filter(None, settings_of(node) + _policy(node.policy) + _effects(node)))
    notes = f"  [{'; '.join(said)}]" if said else ""
    label = "" if node.label == node_id else f" {node.label}"
    if isinstance(node, Input):
        return f"{node_id} = input{label} -> {show(node.output)}{notes}"
    return f"{node_id} = {word_of(node)}{label}({_feeds(graph, node_id)}) -> {show(node.output)}{notes}"


def _feeds(graph: Graph, node_id: NodeId) -> str:
    node = graph[node_id]
    fed = {
        edge.port: str(edge.source) for edge in graph.edges_into(node_id) if edge.port is not None
    }
    fed |= {name: show_constant(value) for name, value in node.constants}
    names = [port.name for port in node.inputs if port.name in fed]
    names += sorted(fed.keys() - set(names))
    shown = [f"{name}={fed[name]}" for name in names]
    after = [str(edge.source) for edge in graph.edges_into(node_id) if edge.is_order]
    return ", ".join(shown) + (f"{'; ' if shown else ''}after {', '.join(after)}" if after else "")


def _set(name: str, value: object, default: object = None) -> str:
    return "" if value == default else f"{name}={value}"


def settings_of(node: Node) -> tuple[str, ...]:
    """What the author set on a node, as printed; empty parts are to be passed over."""
    match node:
        case Input() | Compute() | Text() | Approve():
            return _said(node)
        case Transform():
            own = node.function.qualname.rpartition(".")[2]
            lane = {"lane": "", "loop": "async"}.get(node.lane, node.lane)
            return ("" if own == node.label else f"function={node.function.qualname}", lane)
        case Generate():
            return (
                _set("model", node.model),
                _set("max_tokens", node.max_tokens, _MAX_TOKENS),
                _set("temperature", node.temperature),
                _set("effort", node.effort),
                _set("thinking", node.thinking),
                _set("cache", node.cache),
                "repeatable" if node.repeatable else "",
            )
        case _:
            return _region(node)


def _said(node: Input | Compute | Text | Approve) -> tuple[str, ...]:
    match node:
        case Input():
            return () if node.required else (f"default={show_constant(node.default)}",)
        case Compute():
            return (shorten(show_expr(node.expr)),)
        case Text():
            return (shorten(repr(node.template.source)),)
        case Approve():
            return (shorten(repr(node.question)),)
        case _:
            assert_never(node)


def _region(node: Node) -> tuple[str, ...]:
    match node:
        case Each():
            return (
                _set("max_parallel", node.limits.max_parallel),
                "carry" if node.carry else "",
                "skip_failed" if node.on_item_error == "skip" else "",
            )
        case While():
            return (
                _set("max_rounds", node.max_rounds, _MAX_ROUNDS),
                "keep_last" if node.on_limit == "keep" else "",
            )
        case Call():
            return (f"pipeline={node.pipeline}", _set("max_depth", node.max_depth, _MAX_DEPTH))
        case _:
            return ()


def _policy(policy: Policy) -> tuple[str, ...]:
    return (
        "" if policy.timeout_s is None else f"timeout_s={policy.timeout_s:g}",
        "" if policy.deadline_s is None else f"deadline_s={policy.deadline_s:g}",
        "" if policy.retry is None else _set("retries", policy.retry.attempts - 1),
        _set("on_error", policy.on_error, "fail"),
        _set("repairs", policy.repairs, DEFAULT_POLICY.repairs),
    )


def _effects(node: Node) -> tuple[str, ...]:
    return (show_effects(node.declared),) if isinstance(node, Transform) else ()


def show_effects(effects: Effects) -> str:
    """`reads path:notes.txt, varies`; resources stand behind the effect they belong to."""
    names = {
        Effect.READS: ("reads", effects.reads),
        Effect.WRITES: ("writes", effects.writes),
        Effect.VARIES: ("varies", ()),
        Effect.SPENDS: ("spends", ()),
    }
    return ", ".join(
        " ".join([name, *(f"{each.kind}:{each.name}" for each in resources)])
        for effect, (name, resources) in names.items()
        if effects & effect
    )


def show_expr(expr: Expr) -> str:
    """An expression with its operators by key, as in `gt(score, 3)`."""
    match expr:
        case Name(name):
            return name
        case Const(value):
            return repr(value)
        case Apply(operator, operands):
            return f"{operator}({', '.join(map(show_expr, operands))})"
        case _:
            assert_never(expr)


def prompt_lines(prompt: Prompt) -> Iterator[str]:
    """The first line of each part, marked `system|` or `user|`; a longer part with its length and hash."""
    for mark, parts in (("system", prompt.system), ("user", prompt.user)):
        yield from (f"{mark}| {_part(part)}" for part in parts)


def _part(part: PromptPart) -> str:
    match part:
        case Static(text):
            return _first_line(text)
        case Template(source):
            return _first_line(source)
        case FromFile(path):
            return f"<file {path}>"
        case FromStep(port, select, argument):
            return f"<{select} of {port}{'' if argument is None else f', {argument}'}>"
        case FromSession(session):
            return f"<session {session}>"
        case _:
            assert_never(part)


def _first_line(text: str) -> str:
    whole = text.strip("\n")
    first = whole.partition("\n")[0]
    if first == whole and len(first) <= 100:
        return first
    return f"{first[:100].rstrip()}… [{len(whole.splitlines())} lines, #{short_hash(whole)}]"
