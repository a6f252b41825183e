"""Fingerprints follow what a node does and what feeds it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import Place
from flowdsl.ir.algorithms import topological_order
from flowdsl.ir.data_nodes import Compute, Input, Transform
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.fingerprints import fingerprints_of, graph_fingerprint, opaque_nodes
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import ModelName, NodeId
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import FunctionRef, Node, Port
from flowdsl.ir.policy import Limits, Policy, Retry
from flowdsl.ir.prompt import Prompt, Template
from flowdsl.ir.region_nodes import Case, Each, Subflow, Switch, While
from flowdsl.ir.types import BOOL, INT, STR, Choice, ListOf, Type
from tests.ir.sample_graphs import ask, chain, diamond, graph_of, ports, step
from tests.ir.sample_graphs import given as given_input
from tests.strategies import graphs, shout, whisper


def of(node: Node) -> str:
    return fingerprints_of(graph_of([("node", node)]))[NodeId("node")]


def renamed(graph: Graph, names: dict[NodeId, NodeId]) -> Graph:
    return replace(
        graph,
        nodes=tuple((names[node_id], node) for node_id, node in graph.nodes),
        edges=tuple(Edge(names[e.source], names[e.target], e.port) for e in graph.edges),
        outputs=tuple(Output(each.name, names[each.node]) for each in graph.outputs),
        places={},
    )


@given(graphs(), st.data())
def test_names_and_the_order_of_independent_nodes_do_not_count(
    graph: Graph, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(graph.nodes))
    mixed = replace(graph, nodes=tuple(shuffled))
    mixed = replace(mixed, nodes=tuple((n, mixed[n]) for n in topological_order(mixed)))
    names = {node_id: NodeId(f"other_{at}") for at, node_id in enumerate(mixed)}

    changed = renamed(mixed, names)

    assert {names[NodeId(n)]: f for n, f in graph.fingerprints.items()} == dict(
        changed.fingerprints
    )
    assert graph_fingerprint(changed) == graph_fingerprint(graph)


@given(graphs())
def test_twins_have_one_fingerprint(graph: Graph) -> None:
    for node_id, node in graph.nodes:
        twin = NodeId(f"{node_id}_twin")
        edges = tuple(edge._replace(target=twin) for edge in graph.edges_into(node_id))
        doubled = replace(graph, nodes=(*graph.nodes, (twin, node)), edges=(*graph.edges, *edges))
        assert doubled.fingerprints[twin] == graph.fingerprints[node_id]


BODY = graph_of([("item", given_input("item")), ("a", step("a", x=STR))], [("item", "a", "x")])
OTHER = graph_of([("item", given_input("item")), ("a", step("b", x=STR))], [("item", "a", "x")])
ASK = ask("ask", "Read {{ x }}", x=STR)
EACH = Each(label="each", inputs=ports(items=ListOf(STR)), output=ListOf(STR), body=BODY)
SWITCH = Switch(label="s", inputs=ports(on=BOOL), output=STR, cases=(Case(when=True, body=BODY),))
LOOP = While(label="loop", inputs=ports(carry=STR), output=STR, body=BODY)
STEP = step("step", x=STR, y=INT, constants=(("x", "a"), ("y", 1)))
COMPUTE = Compute(label="c", inputs=ports(x=INT), expr=Apply("add", (Name("x"), Const(1))))
INPUT = Input(label="x", output=STR, required=False, default="a")

COUNTS: dict[str, tuple[Node, Node]] = {
    "prompt": (ASK, replace(ASK, prompt=Prompt(user=(Template("Look {{ x }}", ("x",)),)))),
    "model": (ASK, replace(ASK, model=ModelName("fast"))),
    "temperature": (ASK, replace(ASK, temperature=0.1)),
    "bound of tokens": (ASK, replace(ASK, max_tokens=7)),
    "output type": (ASK, replace(ASK, output=INT)),
    "port type": (ASK, replace(ASK, inputs=ports(x=INT))),
    "constant": (STEP, replace(STEP, constants=(("x", "b"), ("y", 1)))),
    "constant's type": (STEP, replace(STEP, constants=(("x", "a"), ("y", True)))),
    "function": (STEP, replace(STEP, function=FunctionRef("shop", "other", version="1"))),
    "version": (
        replace(STEP, function=FunctionRef("shop", "step", version="1")),
        replace(STEP, function=FunctionRef("shop", "step", version="2")),
    ),
    "expression": (COMPUTE, replace(COMPUTE, expr=Apply("add", (Name("x"), Const(1.0))))),
    "input name": (INPUT, replace(INPUT, label="y")),
    "input default": (INPUT, replace(INPUT, default="b")),
    "input need": (INPUT, replace(INPUT, required=True)),
    "error as value": (STEP, replace(STEP, policy=Policy(on_error="skip"))),
    "body": (EACH, replace(EACH, body=OTHER)),
    "carry": (EACH, replace(EACH, carry=True)),
    "item errors": (EACH, replace(EACH, on_item_error="skip")),
    "case": (SWITCH, replace(SWITCH, cases=(Case(when=1, body=BODY),))),
    "default": (SWITCH, replace(SWITCH, default=BODY)),
    "bound of rounds": (LOOP, replace(LOOP, max_rounds=3)),
    "test": (LOOP, replace(LOOP, test=BODY)),
    "literal type": (replace(ASK, output=Choice((1,))), replace(ASK, output=Choice((True,)))),
}


@pytest.mark.parametrize("name", COUNTS)
def test_what_a_node_does_counts(name: str) -> None:
    before, after = COUNTS[name]

    assert of(before) == of(replace(before))
    assert of(before) != of(after)


SILENT: dict[str, tuple[Node, Node]] = {
    "label": (STEP, replace(STEP, label="other")),
    "time and tries": (STEP, replace(STEP, policy=Policy(timeout_s=3, retry=Retry(3), repairs=0))),
    "tags": (STEP, replace(STEP, tags=("slow",))),
    "lane": (STEP, replace(STEP, lane="threads")),
    "order of ports": (
        STEP,
        replace(STEP, inputs=STEP.inputs[::-1], constants=STEP.constants[::-1]),
    ),
    "limits": (EACH, replace(EACH, limits=Limits(3))),
    "repeatable": (ASK, replace(ASK, repeatable=True)),
    "input description": (INPUT, replace(INPUT, description="the text")),
    "name of a subflow": (
        Subflow(label="f", graph=BODY),
        Subflow(label="f", graph=replace(BODY, name=chain(1).name, description="said")),
    ),
    "place of a template": (
        ASK,
        replace(ASK, prompt=Prompt(user=(Template("Read {{ x }}", ("x",), Place("a.py", 1)),))),
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_how_a_node_is_run_or_named_does_not_count(name: str) -> None:
    before, after = SILENT[name]

    assert of(before) == of(after)


def test_a_change_reaches_all_that_it_feeds_and_nothing_else() -> None:
    graph = diamond()
    changed = graph.with_nodes({NodeId("b"): step("other", x=STR)})

    same = {n for n in graph if graph.fingerprints[n] == changed.fingerprints[n]}

    assert same == {"a", "c"}


def test_which_port_is_fed_counts() -> None:
    def fed(first: str, second: str) -> str:
        links = [("a", "c", first), ("b", "c", second)]
        nodes = [("a", step("a")), ("b", step("b")), ("c", step("c", x=STR, y=STR))]
        return fingerprints_of(graph_of(nodes, links))[NodeId("c")]

    assert fed("x", "y") != fed("y", "x")


def test_an_order_edge_counts() -> None:
    nodes = [("a", step("a")), ("b", step("b"))]

    free, waiting = graph_of(nodes), graph_of(nodes, [("a", "b", None)])

    assert free.fingerprints[NodeId("b")] != waiting.fingerprints[NodeId("b")]


def test_which_node_is_an_output_counts_for_the_graph() -> None:
    graph = diamond()

    assert graph_fingerprint(graph) != graph_fingerprint(
        replace(graph, outputs=(Output("value", NodeId("a")),))
    )
    assert graph_fingerprint(graph) == graph_fingerprint(replace(graph, name=chain(1).name))


def calling(function: Callable[[str], str], *, name: str = "f") -> Transform:
    return replace(step(name), function=FunctionRef("shop", "f", target=function))


def test_code_counts_and_its_name_does_not() -> None:
    assert of(calling(shout)) == of(
        replace(calling(shout), function=FunctionRef("x", "y", target=shout))
    )
    assert of(calling(shout)) != of(calling(whisper))


def opaque_function() -> Callable[[str], str]:
    held = object()
    return lambda text: f"{text}{held}"


def test_what_cannot_be_hashed_is_reported_and_never_taken_for_another() -> None:
    first, second = opaque_function(), opaque_function()
    body = graph_of([("in", calling(first))])
    graph = graph_of(
        [
            ("a", calling(first)),
            ("twin", calling(first)),
            ("b", calling(second)),
            ("c", step("c", constants=(("x", object()),))),
            ("d", calling(shout)),
            ("e", Subflow(label="e", graph=body)),
            ("f", step("f")),
        ]
    )

    found = graph.fingerprints
    opaque = opaque_nodes(graph)

    assert found[NodeId("a")] == found[NodeId("twin")] != found[NodeId("b")]
    assert set(opaque) == {"a", "twin", "b", "c", "e", "f"}
    assert opaque[NodeId("a")] == (
        "the closed-over 'held' is a builtins.object, which can't be hashed",
    )
    assert opaque[NodeId("f")] == ("'shop:f' is not bound to a function",)


def test_a_function_may_be_a_constant() -> None:
    def passing(function: object) -> str:
        return of(step("map", constants=(("f", function),)))

    assert passing(shout) == passing(shout) != passing(whisper)


def test_a_node_on_a_cycle_has_none() -> None:
    graph = graph_of([("a", step("a")), ("b", step("b"))], [("b", "b", None)])

    assert set(graph.fingerprints) == {"a"}


def test_types_that_python_calls_equal_are_told_apart_in_one_graph() -> None:
    number, truth = (replace(ASK, output=Choice((value,))) for value in (1, True))
    found = graph_of([("a", number), ("b", truth)]).fingerprints

    assert found[NodeId("a")] != found[NodeId("b")]


def test_a_port_of_any_type_can_be_hashed() -> None:
    types: tuple[Type, ...] = (STR, ListOf(STR), Choice(("a", 1, None, True)))

    found = {of(replace(ASK, inputs=(Port("x", type_),))) for type_ in types}

    assert len(found) == len(types)
    assert isinstance(ASK, Generate)
