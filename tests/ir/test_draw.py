"""The SVG: well-formed, safe, accessible, and told by path."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.draw import to_html, to_mermaid, to_svg
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.region_nodes import Case, Switch
from flowdsl.ir.types import BOOL, STR
from tests.ir.sample_graphs import audit, chain, every_kind, graph_of, ports, step
from tests.strategies import graphs

SVG = "{http://www.w3.org/2000/svg}"


def parsed(graph: Graph, states: dict[str, str] | None = None) -> ET.Element:
    tree: ET.ElementTree[ET.Element] = ET.ElementTree(file=StringIO(to_svg(graph, states=states)))
    return tree.getroot()


def by_path(root: ET.Element) -> dict[str, ET.Element]:
    return {each.attrib["data-node"]: each for each in root.iter() if "data-node" in each.attrib}


def texts(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


@given(graphs())
def test_a_drawing_is_well_formed_and_shows_every_node(graph: Graph) -> None:
    root = parsed(graph)

    assert set(graph) <= set(by_path(root))
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
    assert to_svg(graph) == to_svg(graph)


HOSTILE = "</text><script>alert(1)</script>\"'&\x00\ud800\ufffe"


def test_what_users_write_never_becomes_markup() -> None:
    graph = replace(
        graph_of(
            [(HOSTILE, step(HOSTILE, constants=((HOSTILE, HOSTILE),)))], (), [(HOSTILE, HOSTILE)]
        ),
        name=PipelineName(HOSTILE),
        description=HOSTILE,
    )

    root = parsed(graph, {HOSTILE: "done"})

    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in to_svg(graph)
    assert any("<script>alert(1)" in text for text in texts(root))


@given(st.text())
def test_any_name_can_be_drawn(name: str) -> None:
    root = parsed(graph_of([(name, step(name))], name=name))

    assert root.tag == f"{SVG}svg"


def test_bodies_are_drawn_inside_their_region_under_its_path() -> None:
    nodes = by_path(parsed(audit()))

    assert {"each/review", "when/escalate", "when/send"} <= set(nodes)
    assert nodes["each/review"] in list(nodes["each"].iter())
    assert {"then", "otherwise"} <= set(texts(parsed(audit())))


def test_nodes_of_one_path_in_two_branches_have_ids_of_their_own() -> None:
    body = graph_of([("a", step("a"))])
    switch = Switch(
        label="s",
        inputs=ports(on=BOOL),
        output=STR,
        cases=(Case(when=True, body=body), Case(when=False, body=body)),
    )

    root = parsed(graph_of([("s", switch)]))

    assert [e.attrib["id"] for e in root.iter() if e.get("data-node") == "s/a"] == ["s/a", "s/a~2"]


def test_a_model_call_stands_out_and_tooltips_tell_everything() -> None:
    nodes = by_path(parsed(audit()))

    assert nodes["each/review"].attrib["class"] == "node model"
    title = nodes["each/review"].findtext(f"{SVG}title", "")
    assert title.startswith("review = prompt(code=item) -> list[Issue]  [model=fast]")
    edges = [
        each.findtext(f"{SVG}title")
        for each in parsed(audit()).iter()
        if each.get("class") == "edge"
    ]
    assert "files → each.items: list[str]" in edges


def test_the_picture_has_a_title_and_a_description() -> None:
    root = parsed(audit())

    assert root.findtext(f"{SVG}title") == "audit"
    assert root.findtext(f"{SVG}desc", "").startswith("audit: 5 nodes, 5 edges. Grade a set")
    assert root.attrib["role"] == "img"


@pytest.mark.parametrize("state", ["waiting", "running", "done", "failed", "skipped"])
def test_a_state_is_shown_by_class_mark_and_words(state: str) -> None:
    node = by_path(parsed(audit(), {"each/review": state}))["each/review"]

    assert node.attrib["class"] == f"node model {state}"
    assert node.findtext(f"{SVG}title", "").endswith(f"({state})")
    assert [each for each in node.iter() if each.get("class") == "mark"]


def test_an_unknown_state_is_not_shown() -> None:
    assert to_svg(audit(), states={"each": '" onload="x'}) == to_svg(audit())


def test_order_edges_are_dashed_and_outputs_have_their_own_boxes() -> None:
    root = parsed(every_kind())

    assert [e.findtext(f"{SVG}title") for e in root.iter() if e.get("class") == "edge order"] == [
        "last waits for ask"
    ]
    assert {"value!", "sum!"} <= set(by_path(root))


def test_long_names_are_cut_and_kept_in_the_tooltip() -> None:
    name = "step_" + "x" * 300

    node = by_path(parsed(graph_of([(name, step(name))])))[name]

    assert name in node.findtext(f"{SVG}title", "")
    assert all(len(text) < 60 for text in texts(node))
    assert any(text.endswith("…") for text in texts(node))


def test_wide_letters_get_more_room() -> None:
    def width(name: str) -> float:
        return float(parsed(graph_of([(name, step(name))])).attrib["width"])

    assert width("日本語日本語日本語") > width("abcabcabc")


def test_a_broken_graph_can_still_be_looked_at() -> None:
    graph = chain(2)
    ghost = NodeId("ghost")
    broken = replace(
        graph,
        edges=(
            *graph.edges,
            Edge(ghost, NodeId("step_0")),
            Edge(NodeId("step_1"), NodeId("step_0")),
            Edge(NodeId("step_0"), NodeId("step_0")),
        ),
        outputs=(*graph.outputs, Output("gone", ghost)),
    )

    assert set(by_path(parsed(broken))) == {"step_0", "step_1", "value!"}


def test_an_empty_graph_is_an_empty_picture() -> None:
    assert by_path(parsed(Graph(PipelineName("empty"), ()))) == {}


def test_a_notebook_shows_the_drawing_and_the_text() -> None:
    asked_by_ipython = "_repr_mimebundle_"

    shown: dict[str, str] = getattr(audit(), asked_by_ipython)(include=None, exclude=None)

    assert shown["image/svg+xml"] == to_svg(audit())
    assert shown["text/html"] == to_html(audit())
    assert shown["text/plain"].startswith("pipeline audit")
    assert audit().to_mermaid() == to_mermaid(audit())


def test_a_drawing_in_a_notebook_follows_the_notebooks_theme() -> None:
    shown = to_html(audit())

    assert to_svg(audit()) in shown
    for page in (
        "[data-jp-theme-light=false],.vscode-dark",
        "[data-jp-theme-light=true],.vscode-light",
    ):
        assert f":is({page}) .flowdsl .paper{{" in shown
