"""Small graphs that several tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowdsl.errors import Place
from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.effects import Effects, Resource, writes
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import ModelName, NodeId, PipelineName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import FunctionRef, Node, Port
from flowdsl.ir.policy import DEFAULT_POLICY, Limits, Policy, Retry
from flowdsl.ir.prompt import FromFile, FromSession, FromStep, Prompt, Static, Template
from flowdsl.ir.region_nodes import Call, Case, Each, Subflow, Switch, While
from flowdsl.ir.types import BOOL, INT, STR, ListOf, Type
from tests.strategies import ISSUE

Link = tuple[str, str, str | None]


def graph_of(
    nodes: Sequence[tuple[str, Node]],
    links: Sequence[Link] = (),
    outputs: Sequence[tuple[str, str]] | None = None,
    name: str = "sample",
) -> Graph:
    """A graph whose last node is its value, unless outputs are given."""
    ends = [("value", nodes[-1][0])] if outputs is None else outputs
    return Graph(
        name=PipelineName(name),
        nodes=tuple((NodeId(node_id), node) for node_id, node in nodes),
        edges=tuple(Edge(NodeId(a), NodeId(b), port) for a, b, port in links),
        outputs=tuple(Output(title, NodeId(node_id)) for title, node_id in ends),
    )


def ports(**types: Type) -> tuple[Port, ...]:
    return tuple(Port(name, type_) for name, type_ in types.items())


def step(
    name: str,
    output: Type = STR,
    *,
    policy: Policy = DEFAULT_POLICY,
    declared: Effects | None = None,
    constants: tuple[tuple[str, object], ...] = (),
    **inputs: Type,
) -> Transform:
    node = Transform(
        label=name,
        function=FunctionRef("shop", name),
        inputs=ports(**inputs),
        output=output,
        policy=policy,
        constants=constants,
    )
    return node if declared is None else replace(node, declared=declared)


def given(name: str, type_: Type = STR) -> Input:
    return Input(label=name, output=type_)


def ask(name: str, text: str, output: Type = STR, **inputs: Type) -> Generate:
    template = Template(text, tuple(sorted(inputs)))
    return Generate(
        label=name, inputs=ports(**inputs), output=output, prompt=Prompt(user=(template,))
    )


def chain(length: int) -> Graph:
    """`step_0` → `step_1` → …"""
    nodes: list[tuple[str, Node]] = [("step_0", step("step_0"))]
    links: list[Link] = []
    for at in range(1, length):
        nodes.append((f"step_{at}", step(f"step_{at}", text=STR)))
        links.append((f"step_{at - 1}", f"step_{at}", "text"))
    return graph_of(nodes, links)


def nested(depth: int) -> Graph:
    """A step inside as many sub-pipelines."""
    graph = chain(1)
    for _ in range(depth):
        graph = graph_of([("sub", Subflow(label="sub", output=STR, graph=graph))])
    return graph


def diamond() -> Graph:
    """a → b, c → d."""
    return graph_of(
        [
            ("a", step("a")),
            ("b", step("b", x=STR)),
            ("c", step("c", x=STR)),
            ("d", step("d", x=STR, y=STR)),
        ],
        [("a", "b", "x"), ("a", "c", "x"), ("b", "d", "x"), ("c", "d", "y")],
    )


def audit() -> Graph:
    """Fan-out of a model call, a verdict, a branch."""
    review = graph_of(
        [
            ("item", given("item")),
            (
                "review",
                replace(
                    ask(
                        "review",
                        "List the defects of this file.\n\n{{ code }}",
                        ListOf(ISSUE),
                        code=STR,
                    ),
                    model=ModelName("fast"),
                ),
            ),
        ],
        [("item", "review", "code")],
    )
    escalate = graph_of(
        [
            ("grade", given("grade")),
            (
                "escalate",
                replace(
                    ask("escalate", "Write a letter: {{ grade }}", grade=STR),
                    max_tokens=500,
                    policy=Policy(timeout_s=30, retry=Retry(3)),
                ),
            ),
            ("send", step("send", declared=writes(Resource("outside", "mail")), text=STR)),
        ],
        [("grade", "escalate", "grade"), ("escalate", "send", "text")],
    )
    keep = graph_of([("grade", given("grade"))])
    return replace(
        graph_of(
            [
                ("files", given("files", ListOf(STR))),
                (
                    "each",
                    Each(
                        label="each review",
                        inputs=ports(items=ListOf(STR)),
                        output=ListOf(ListOf(ISSUE)),
                        body=review,
                        limits=Limits(8),
                    ),
                ),
                ("worst", step("worst", reviews=ListOf(ListOf(ISSUE)))),
                (
                    "is_high",
                    Compute(
                        label="is_high",
                        expr=Apply("eq", (Name("grade"), Const("high"))),
                        inputs=ports(grade=STR),
                        output=BOOL,
                    ),
                ),
                (
                    "when",
                    Switch(
                        label="when",
                        inputs=ports(on=BOOL, grade=STR),
                        output=STR,
                        cases=(Case(when=True, body=escalate), Case(when=False, body=keep)),
                    ),
                ),
            ],
            [
                ("files", "each", "items"),
                ("each", "worst", "reviews"),
                ("worst", "is_high", "grade"),
                ("is_high", "when", "on"),
                ("worst", "when", "grade"),
            ],
            name="audit",
        ),
        description="Grade a set of files.\nSecond line.",
        places={NodeId("worst"): Place("audit.py", 12, function="audit")},
    )


def every_kind() -> Graph:
    """One node of each kind that `audit` lacks, and every setting that is printed."""
    body = graph_of(
        [
            ("carry", given("carry", INT)),
            ("more", step("more", INT, n=INT)),
            ("enough", step("enough", BOOL)),
        ],
        [("carry", "more", "n")],
        [("value", "more"), ("stop", "enough")],
    )
    summing = graph_of(
        [
            ("item", given("item", INT)),
            ("carry", given("carry", INT)),
            ("plus", step("plus", INT, a=INT, b=INT)),
        ],
        [("item", "plus", "a"), ("carry", "plus", "b")],
    )
    test = graph_of(
        [("carry", given("carry", INT)), ("small", step("small", BOOL, n=INT))],
        [("carry", "small", "n")],
    )
    shared = graph_of([("text", given("text"))], name="shared")
    call_policy = Policy(on_error="skip", repairs=0)
    prompt = Prompt(
        system=(Static("Be brief."), FromFile("style.md"), FromSession("talk")),
        user=(FromStep("a", "excerpt", "20"), FromStep("b")),
    )
    return graph_of(
        [
            ("limit", Input(label="limit", output=INT, required=False, default=3)),
            (
                "greeting",
                Text(
                    label="greeting",
                    output=STR,
                    inputs=ports(n=INT),
                    template=Template("Hi {{ n }}", ("n",)),
                ),
            ),
            ("ok", Approve(label="ok", output=STR, inputs=ports(value=STR), question="Send it?")),
            (
                "loop",
                While(
                    label="loop",
                    output=INT,
                    inputs=ports(carry=INT),
                    body=body,
                    max_rounds=9,
                    on_limit="keep",
                ),
            ),
            (
                "tested",
                While(label="tested", output=INT, inputs=ports(carry=INT), body=body, test=test),
            ),
            ("numbers", step("numbers", ListOf(INT))),
            (
                "sum",
                Each(
                    label="sum",
                    output=INT,
                    inputs=ports(items=ListOf(INT), carry=INT),
                    body=summing,
                    carry=True,
                    on_item_error="skip",
                    constants=(("carry", 0),),
                ),
            ),
            ("shared", Subflow(label="shared", output=STR, inputs=ports(text=STR), graph=shared)),
            (
                "call",
                Call(
                    label="call",
                    output=STR,
                    pipeline=PipelineName("again"),
                    max_depth=4,
                    policy=call_policy,
                ),
            ),
            (
                "ask",
                Generate(
                    label="ask",
                    output=STR,
                    inputs=ports(a=STR, b=STR),
                    prompt=prompt,
                    model=ModelName("fast"),
                    temperature=0.5,
                    repeatable=True,
                    max_tokens=9,
                ),
            ),
            (
                "last",
                replace(
                    step("named", constants=(("how", "x" * 100),), how=STR),
                    function=FunctionRef("shop", "Shop.other"),
                    lane="threads",
                ),
            ),
            (
                "pick",
                Switch(
                    label="pick",
                    output=STR,
                    inputs=ports(on=INT),
                    cases=(Case(1, graph_of([("one", step("one"))])),),
                    default=graph_of([("none", step("none"))]),
                ),
            ),
        ],
        [
            ("limit", "greeting", "n"),
            ("greeting", "ok", "value"),
            ("limit", "loop", "carry"),
            ("loop", "tested", "carry"),
            ("numbers", "sum", "items"),
            ("ok", "shared", "text"),
            ("ok", "ask", "a"),
            ("shared", "ask", "b"),
            ("ask", "last", None),
            ("sum", "pick", "on"),
        ],
        [("value", "last"), ("sum", "sum")],
        name="every_kind",
    )
