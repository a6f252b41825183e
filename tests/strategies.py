"""Hypothesis strategies that every room shares: sound graphs, rich in twins, regions and effects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from flowdsl.errors import Place
from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.effects import PURE, UNKNOWN, Effect, Effects, Resource, reads, writes
from flowdsl.ir.expr import Apply, Const, Expr, Name
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import ModelName, NodeId, PipelineName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import FunctionRef, Node, Port
from flowdsl.ir.policy import Limits, Policy, Retry
from flowdsl.ir.prompt import FromFile, FromStep, Prompt, Static, Template
from flowdsl.ir.region_nodes import Call, Case, Each, Subflow, Switch, While
from flowdsl.ir.types import BOOL, FLOAT, INT, STR, Choice, Field, ListOf, Record, Type

ISSUE = Record("Issue", "shop:Issue", "model", (Field("severity", STR), Field("line", INT)))
GRADE = Choice(("low", "high"))
TYPES: tuple[Type, ...] = (STR, INT, FLOAT, BOOL, GRADE, ISSUE, ListOf(STR), ListOf(ISSUE))

names = st.sampled_from(["a", "b", "clean", "größe", "review", "x_1", "日本", "<b>&\"'"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    max_leaves=6,
)
effects: st.SearchStrategy[Effects] = st.sampled_from(
    [
        PURE,
        PURE,
        PURE,
        reads(Resource("path", "notes.txt")),
        writes(Resource("path", "notes.txt")),
        writes(Resource("outside", "mail")),
        Effects(Effect.VARIES),
        Effects(Effect.SPENDS),
        UNKNOWN,
    ]
)
policies = st.builds(
    Policy,
    timeout_s=st.sampled_from([None, None, 0.5, 30.0]),
    retry=st.sampled_from([None, None, Retry(3)]),
    on_error=st.sampled_from(["fail", "fail", "skip"]),
    repairs=st.sampled_from([2, 0]),
)


def shout(text: str) -> str:
    """Louder."""
    return text.upper()


def whisper(text: str) -> str:
    """Quieter."""
    return text.lower()


FUNCTIONS = (shout, whisper)


def _apply(operator: str, left: Expr, right: Expr) -> Expr:
    return Apply(operator, (left, right))


def expressions(leaves: tuple[str, ...], depth: int = 2) -> st.SearchStrategy[Expr]:
    """Expressions that read exactly these names."""
    constants: st.SearchStrategy[Expr] = st.builds(Const, scalars)
    read: Expr = Apply("list", tuple(map(Name, leaves)))
    operators = st.sampled_from(["eq", "add", "and", "getitem"])

    def grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        return st.builds(_apply, operators, inner, inner)

    mixed = st.recursive(constants, grown, max_leaves=depth)
    return st.builds(_apply, st.just("add"), st.just(read), mixed)


@dataclass
class _Builder:
    """A graph while it is drawn."""

    draw: st.DrawFn
    depth: int
    nodes: list[tuple[NodeId, Node]] = field(default_factory=list[tuple[NodeId, Node]])
    edges: list[Edge] = field(default_factory=list[Edge])
    outputs: list[Output] = field(default_factory=list[Output])

    def add(self, node: Node, feeds: dict[str, NodeId]) -> NodeId:
        node_id = NodeId(f"{node.kind}_{len(self.nodes)}")
        self.nodes.append((node_id, node))
        self.edges += [Edge(source, node_id, port) for port, source in feeds.items()]
        return node_id

    def of_type(self, type_: Type) -> list[NodeId]:
        return [node_id for node_id, node in self.nodes if node.output == type_]

    def giving(self, type_: Type) -> NodeId:
        """A node of this type; made when there is none."""
        found = self.of_type(type_)
        return (
            self.draw(st.sampled_from(found)) if found else self.add(self.transform((), type_), {})
        )

    def ports(self, at_most: int = 3) -> tuple[tuple[Port, ...], dict[str, NodeId]]:
        """Ports that existing nodes feed."""
        if not self.nodes:
            return (), {}
        picked = self.draw(st.lists(st.sampled_from(self.nodes), max_size=at_most))
        ports = tuple(Port(f"p{at}", node.output) for at, (_, node) in enumerate(picked))
        return ports, {f"p{at}": node_id for at, (node_id, _) in enumerate(picked)}

    def transform(self, ports: tuple[Port, ...], output: Type) -> Transform:
        function = self.draw(st.sampled_from(FUNCTIONS))
        return Transform(
            label=self.draw(names),
            inputs=ports,
            output=output,
            policy=self.draw(policies),
            function=FunctionRef("tests.strategies", function.__name__, target=function),
            declared=self.draw(effects),
        )

    def graph(self, name: str) -> Graph:
        node_ids = [node_id for node_id, _ in self.nodes]
        some = st.sampled_from(node_ids) if node_ids else st.nothing()
        where = st.dictionaries(some, places, max_size=2 if node_ids else 0)
        return Graph(
            name=PipelineName(name),
            nodes=tuple(self.nodes),
            edges=tuple(self.edges),
            outputs=tuple(self.outputs),
            places=self.draw(where),
        )


places = st.builds(
    Place,
    path=st.just("shop.py"),
    line=st.integers(1, 9),
    column=st.sampled_from([None, 4]),
    function=st.sampled_from([None, "audit"]),
    snippet=st.none(),
)


def _transform(b: _Builder) -> None:
    ports, feeds = b.ports()
    node = b.transform(ports, b.draw(st.sampled_from(TYPES)))
    if b.draw(st.booleans()):
        node = replace(
            node,
            inputs=(*ports, Port("how", STR)),
            constants=(("how", b.draw(st.text(max_size=3))),),
        )
    b.add(node, feeds)


def _compute(b: _Builder) -> None:
    ports, feeds = b.ports()
    expr = b.draw(expressions(tuple(port.name for port in ports)))
    b.add(
        Compute(label="compute", inputs=ports, output=b.draw(st.sampled_from(TYPES)), expr=expr),
        feeds,
    )


def _text(b: _Builder) -> None:
    ports, feeds = b.ports()
    b.add(Text(label="text", inputs=ports, output=STR, template=_template(ports)), feeds)


def _template(ports: tuple[Port, ...]) -> Template:
    variables = tuple(sorted(port.name for port in ports))
    return Template("Read:\n" + " ".join(f"{{{{ {name} }}}}" for name in variables), variables)


def _generate(b: _Builder) -> None:
    ports, feeds = b.ports()
    parts = b.draw(st.sampled_from([(), (Static("Be brief."),), (FromFile("notes.txt"),)]))
    user = (
        (FromStep(ports[0].name, "excerpt", "20"), _template(ports))
        if ports
        else (_template(ports),)
    )
    node = Generate(
        label=b.draw(names),
        inputs=ports,
        output=b.draw(st.sampled_from(TYPES)),
        policy=b.draw(policies),
        prompt=Prompt(user=user, system=parts),
        model=b.draw(st.sampled_from([None, ModelName("fast")])),
        max_tokens=b.draw(st.sampled_from([64, 4096])),
        temperature=b.draw(st.sampled_from([None, 0.0, 0.7])),
        repeatable=b.draw(st.booleans()),
    )
    b.add(node, feeds)


def _approve(b: _Builder) -> None:
    type_ = b.draw(st.sampled_from(TYPES))
    ports = (Port("value", type_),)
    b.add(
        Approve(label="approve", inputs=ports, output=type_, question="Send it?"),
        {"value": b.giving(type_)},
    )


def _call(b: _Builder) -> None:
    ports, feeds = b.ports()
    b.add(Call(label="call", inputs=ports, output=STR, pipeline=PipelineName("again")), feeds)


def _twin(b: _Builder) -> None:
    if b.nodes:
        node_id, node = b.draw(st.sampled_from(b.nodes))
        if not isinstance(node, Input):
            feeds = {
                e.port: e.source for e in b.edges if e.target == node_id and e.port is not None
            }
            b.add(replace(node, label=b.draw(names)), feeds)


def _body(
    b: _Builder, inputs: dict[str, Type], *, gives: Type, truths: tuple[str, ...] = ()
) -> Graph:
    inner = _Builder(b.draw, b.depth - 1)
    for name, type_ in inputs.items():
        inner.add(Input(label=name, output=type_), {})
    _fill(inner, b.draw(st.integers(0, 3)))
    inner.outputs.append(Output("value", inner.giving(gives)))
    inner.outputs += [Output(name, inner.giving(BOOL)) for name in truths]
    return inner.graph("body")


def _each(b: _Builder) -> None:
    item, gives = b.draw(st.sampled_from([STR, ISSUE])), b.draw(st.sampled_from(TYPES))
    ports, feeds = b.ports(2)
    carry = b.draw(st.booleans())
    fixed: dict[str, Type] = {"item": item, "carry": gives} if carry else {"item": item}
    truths = b.draw(st.sampled_from([(), ("stop",), ("skip",), ("stop", "skip")]))
    body = _body(
        b, {**fixed, **{port.name: port.type for port in ports}}, gives=gives, truths=truths
    )
    own = {"items": b.giving(ListOf(item)), **({"carry": b.giving(gives)} if carry else {})}
    node = Each(
        label="each",
        inputs=(Port("items", ListOf(item)), *([Port("carry", gives)] if carry else []), *ports),
        output=gives if carry else ListOf(gives),
        body=body,
        carry=carry,
        limits=Limits(b.draw(st.sampled_from([None, 4]))),
        on_item_error=b.draw(st.sampled_from(["fail", "skip"])),
    )
    b.add(node, {**own, **feeds})


def _while(b: _Builder) -> None:
    gives = b.draw(st.sampled_from(TYPES))
    ports, feeds = b.ports(2)
    inputs = {"carry": gives, **{port.name: port.type for port in ports}}
    tested = b.draw(st.booleans())
    node = While(
        label="while",
        inputs=(Port("carry", gives), *ports),
        output=gives,
        body=_body(b, inputs, gives=gives, truths=() if tested else ("stop",)),
        test=_body(b, inputs, gives=BOOL) if tested else None,
        max_rounds=b.draw(st.sampled_from([100, 3])),
    )
    b.add(node, {"carry": b.giving(gives), **feeds})


def _switch(b: _Builder) -> None:
    gives = b.draw(st.sampled_from(TYPES))
    ports, feeds = b.ports(2)
    inputs = {port.name: port.type for port in ports}
    on, whens = b.draw(
        st.sampled_from([(BOOL, (True, False)), (GRADE, ("low", "high")), (INT, (1, 0))])
    )
    node = Switch(
        label="switch",
        inputs=(Port("on", on), *ports),
        output=gives,
        cases=tuple(Case(when, _body(b, inputs, gives=gives)) for when in whens),
        default=b.draw(st.sampled_from([None, _body(b, inputs, gives=gives)])),
    )
    b.add(node, {"on": b.giving(on), **feeds})


def _subflow(b: _Builder) -> None:
    gives = b.draw(st.sampled_from(TYPES))
    ports, feeds = b.ports(2)
    inner = _body(b, {port.name: port.type for port in ports}, gives=gives)
    b.add(Subflow(label="subflow", inputs=ports, output=gives, graph=inner), feeds)


_LEAVES = (
    _transform,
    _transform,
    _twin,
    _twin,
    _compute,
    _text,
    _generate,
    _generate,
    _approve,
    _call,
)
_REGIONS = (_each, _while, _switch, _subflow)


def _fill(b: _Builder, count: int) -> None:
    kinds = _LEAVES + _REGIONS if b.depth > 0 else _LEAVES
    for _ in range(count):
        b.draw(st.sampled_from(kinds))(b)
    order = [node_id for node_id, _ in b.nodes]
    if len(order) > 2 and b.draw(st.booleans()):
        first = b.draw(st.integers(0, len(order) - 2))
        b.edges.append(Edge(order[first], order[b.draw(st.integers(first + 1, len(order) - 1))]))


@st.composite
def graphs(draw: st.DrawFn, *, max_nodes: int = 8, depth: int = 2) -> Graph:
    """Sound graphs: twins, regions inside regions, order edges, effects of every kind."""
    b = _Builder(draw, depth)
    for at, type_ in enumerate(draw(st.lists(st.sampled_from(TYPES), max_size=3))):
        required = draw(st.booleans())
        default = None if required else draw(values)
        b.add(Input(label=f"input{at}", output=type_, required=required, default=default), {})
    _fill(b, draw(st.integers(0, max_nodes)))
    ends = [node_id for node_id, _ in b.nodes]
    if ends:
        picked = draw(st.lists(st.sampled_from(ends), min_size=1, max_size=2, unique=True))
        b.outputs += [
            Output(name, each) for name, each in zip(("value", "other"), picked, strict=False)
        ]
    return b.graph("drawn")
