"""Nodes are called in drawings as their authors call them."""

from __future__ import annotations

import pytest

from flowdsl.ir.data_nodes import Approve, Input
from flowdsl.ir.expr import Scalar
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import PipelineName
from flowdsl.ir.kinds import KINDS
from flowdsl.ir.region_nodes import Case, Each, Switch
from flowdsl.ir.types import INT
from flowdsl.ir.wording import named_bodies, word_of

BODY = Graph(PipelineName("body"), (), (), ())


def choice(values: tuple[Scalar, ...], *, default: Graph | None = None) -> Switch:
    cases = tuple(Case(value, BODY) for value in values)
    return Switch(label="choice", output=INT, cases=cases, default=default)


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (Input(label="n", output=INT), "input"),
        (Approve(label="ok", output=INT, question="?"), "approve"),
        (Each(label="each", output=INT, body=BODY), "each"),
        (choice((True, False)), "when"),
        (choice((True,), default=BODY), "when"),
        (choice(("low", "high")), "switch"),
        (choice((1, 0)), "switch"),
        (choice((), default=BODY), "switch"),
    ],
)
def test_a_node_is_called_as_in_the_code(node: Input | Switch | Each | Approve, word: str) -> None:
    assert word_of(node) == word


def test_no_word_of_the_documents_is_left_that_the_language_lacks() -> None:
    words = {word_of(kind.__new__(kind)) for kind in KINDS.values() if kind is not Switch}

    assert words == {
        "input",
        "step",
        "expression",
        "text",
        "approve",
        "prompt",
        "each",
        "loop",
        "pipeline",
        "call",
    }


@pytest.mark.parametrize(
    ("region", "names"),
    [
        (choice((True, False)), ["then", "otherwise"]),
        (choice((False, True)), ["otherwise", "then"]),
        (choice((True,), default=BODY), ["then", "otherwise"]),
        (choice((True, True)), ["case True", "case True"]),
        (choice((True, False), default=BODY), ["case True", "case False", "default"]),
        (choice(("low",), default=BODY), ["case 'low'", "default"]),
        (Each(label="each", output=INT, body=BODY), ["body"]),
    ],
)
def test_the_branches_of_a_when_have_its_words(region: Switch | Each, names: list[str]) -> None:
    assert [name for name, _ in named_bodies(region)] == names
    assert [body for _, body in named_bodies(region)] == [body for _, body in region.bodies]
