"""Graphs survive their JSON form; what is not such a form is refused with every problem named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import DocumentError, FlowError, ManyProblemsError
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.document import SCHEMA_VERSION, attach, from_document, functions_of, to_document
from flowdsl.ir.fingerprints import graph_fingerprint
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Node
from flowdsl.ir.rebuild import map_nodes
from flowdsl.ir.types import STR
from tests.ir.sample_graphs import audit, chain, every_kind, graph_of, nested, step
from tests.strategies import FUNCTIONS, graphs, shout


def through_json(graph: Graph) -> Graph:
    return from_document(orjson.loads(orjson.dumps(to_document(graph))))


@given(graphs())
def test_reading_gives_back_what_was_written(graph: Graph) -> None:
    read = through_json(graph)

    assert read == graph
    assert read.places == graph.places
    assert graph_fingerprint(read) == graph_fingerprint(graph)


@pytest.mark.parametrize("graph", [audit(), every_kind()], ids=["audit", "every_kind"])
def test_every_kind_of_node_survives(graph: Graph) -> None:
    assert through_json(graph) == graph
    assert through_json(graph).places == graph.places


def test_the_form_is_readable(snapshot: SnapshotAssertion) -> None:
    written = to_document(audit())

    assert written["schema_version"] == SCHEMA_VERSION
    assert orjson.dumps(written, option=orjson.OPT_INDENT_2).decode() == snapshot


def test_places_can_be_left_out() -> None:
    read = from_document(to_document(audit(), places=False))

    assert read == audit()
    assert read.places == {}


def shouting() -> Graph:
    node = step("shout", text=STR)
    bound = replace(node, function=replace(node.function, target=shout))
    return graph_of([("shout", replace(bound, inputs=()))])


def test_functions_are_kept_by_origin_and_code() -> None:
    graph = shouting()

    (written,) = functions_of(from_document(to_document(graph)))

    assert written.target is None
    assert written.stored is not None
    assert written.origin == "shop:shout"


@given(graphs())
def test_attaching_binds_every_function_again(graph: Graph) -> None:
    known: dict[str, Callable[..., object]] = {
        f"tests.strategies:{each.__name__}": each for each in FUNCTIONS
    }

    bound = attach(through_json(graph), known)

    assert bound == graph
    assert all(ref.target is known[ref.origin] for ref in functions_of(bound))


def test_attaching_names_every_function_that_is_missing() -> None:
    graph = graph_of([("a", step("clean")), ("b", step("score"))])

    with pytest.raises(ManyProblemsError) as caught:
        attach(graph, {"shop:cleam": shout})

    assert [each.help for each in caught.value.problems] == [
        "did you mean 'shop:cleam'?",
        "did you mean 'shop:cleam'?",
    ]


def test_attaching_leaves_a_bound_function_alone() -> None:
    graph = shouting()

    assert attach(graph, {}) is graph


def edited(change: Callable[[dict[str, object]], None]) -> object:
    document = deepcopy(to_document(chain(2)))
    change(document)
    return document


def _rename(document: dict[str, object]) -> None:
    document["nodez"] = document.pop("nodes")


BROKEN: dict[str, object] = {
    "no object": [1],
    "another version": {**to_document(chain(1)), "schema_version": 99},
    "a version that is a truth": {**to_document(chain(1)), "schema_version": True},
    "a misspelt field": edited(_rename),
    "no name": {"schema_version": 1, "nodes": []},
    "nodes that are no list": {"schema_version": 1, "name": "x", "nodes": {}},
    "a pair of three": {"schema_version": 1, "name": "x", "nodes": [["a", {}, 3]]},
    "places that are no object": {"schema_version": 1, "name": "x", "nodes": [], "places": []},
    "an edge that is a text": {"schema_version": 1, "name": "x", "nodes": [], "edges": ["a"]},
    "many at once": {
        "schema_version": 1,
        "name": 7,
        "nodes": [
            ["a", {"is": "generat", "label": "a"}],
            ["b", {"label": "b"}],
            ["c", "text"],
            [
                "d",
                {
                    "is": "input",
                    "label": "d",
                    "required": 1,
                    "output": {"is": "plain", "name": "st"},
                },
            ],
            ["e", {"is": "input", "label": "e", "default": {"$type": "nothing"}}],
            [
                "f",
                {
                    "is": "transform",
                    "label": "f",
                    "function": {"module": "m", "qualname": "f"},
                    "declared": {"kinds": ["READZ", 3]},
                },
            ],
        ],
    },
    "expressions": {
        "schema_version": 1,
        "name": "x",
        "nodes": [
            [name, {"is": "compute", "label": name, "expr": expr}]
            for name, expr in {
                "text": "a",
                "empty": [],
                "two": [["name", "a"], ["name", "b"]],
                "odd": [["nome", "a"]],
                "few": [["apply", "add", 2]],
                "list": [["const", [1]]],
                "value": [["const", {"$type": "nothing"}]],
                "token": [7],
            }.items()
        ],
    },
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_malformed_document_is_refused_with_every_problem(
    name: str, snapshot: SnapshotAssertion
) -> None:
    with pytest.raises(FlowError) as caught:
        from_document(BROKEN[name])

    assert all(isinstance(each, DocumentError) for each in caught.value.problems)
    assert "\n\n".join(map(str, caught.value.problems)) == snapshot


def test_a_constant_that_cannot_be_written_is_named() -> None:
    graph = graph_of([("a", step("a", constants=(("x", object()),)))])

    with pytest.raises(DocumentError, match="can't be kept"):
        to_document(graph)


def test_a_long_sum_fits_into_json() -> None:
    from flowdsl.ir.data_nodes import Compute
    from flowdsl.ir.expr import Apply, Const, Expr

    total: Expr = Const(1)
    for _ in range(400):
        total = Apply("add", (total, Const(2.5)))
    graph = graph_of([("a", Compute(label="a", expr=total))])

    assert orjson.loads(orjson.dumps(to_document(graph))) == to_document(graph)
    assert through_json(graph) == graph


def test_changing_nothing_gives_the_same_graph() -> None:
    graph = every_kind()

    def same(node: Node) -> Node:
        return node

    assert map_nodes(graph, same) is graph


def test_changing_nodes_reaches_every_body() -> None:
    def renamed(node: Node) -> Node:
        return replace(node, label="x") if isinstance(node, Transform) else node

    changed = map_nodes(every_kind(), renamed)

    labels: list[str] = []
    map_nodes(changed, lambda node: labels.append(f"{node.kind} {node.label}") or node)
    assert {each for each in labels if each.startswith("transform")} == {"transform x"}
    assert changed[NodeId("last")].label == "x"


def test_bodies_nested_too_deep_to_write_are_told_with_the_cure() -> None:
    with pytest.raises(DocumentError, match="nested deeper than Python can follow") as caught:
        to_document(nested(500))

    assert caught.value.help.endswith("or as a loop().")


def test_bodies_nested_too_deep_to_read_are_told_too() -> None:
    deep: dict[str, object] = {"name": "inmost"}
    for _ in range(500):
        sub = {"is": "subflow", "label": "sub", "output": {"is": "plain", "name": "str"}}
        deep = {"name": "sample", "nodes": [["sub", {**sub, "graph": deep}]]}

    with pytest.raises(DocumentError, match="nested deeper than Python can follow"):
        from_document({"schema_version": SCHEMA_VERSION, **deep})
