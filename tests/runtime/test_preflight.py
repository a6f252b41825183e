"""What is wrong with the models of a graph is found before any step, all at once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flowdsl.engine import Models, Options, check_models, run_async
from flowdsl.errors import FlowError, ManyProblemsError
from flowdsl.errors.base import Place
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Port
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import INT, NONE, STR, Instance, ListOf, Media, Type, Union
from flowdsl.providers import Capabilities, Reply, Request
from flowdsl.runtime.preflight import media_in
from tests.runtime.building import Draft


class Knowing:
    """A provider that says what it can do and is never asked."""

    def __init__(self, *, images: bool = False, why: str | None = None) -> None:
        self._capabilities = Capabilities(images=images)
        self._why = why

    async def complete(self, request: Request, /) -> Reply:
        raise AssertionError(request)

    def models(self) -> tuple[ModelName, ...]:
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        return self._capabilities if model != "dark" else None

    def unready(self, _model: ModelName, /) -> str | None:
        return self._why


class Picky(Knowing):
    """A provider that takes no structured answers, and says so before it is asked."""

    def __init__(self, *, why: str | None) -> None:
        super().__init__()
        self.schemas: list[Mapping[str, object]] = []
        self._refusal = why

    def refuses(self, _model: ModelName, schema: Mapping[str, object], /) -> str | None:
        self.schemas.append(schema)
        return self._refusal


def ask(label: str, model: str | None = None, output: Type = STR, *ports: Port) -> Generate:
    return Generate(
        label=label,
        inputs=ports,
        output=output,
        prompt=Prompt(user=(Static("?"),)),
        model=None if model is None else ModelName(model),
    )


def graph_of(*nodes: Generate) -> Graph:
    draft = Draft()
    for node in nodes:
        feeds = {
            port.name: draft.input(f"{node.label}_{port.name}", port.type) for port in node.inputs
        }
        draft.places[draft.add(node, **feeds)] = Place("flow.py", 7)
    return draft.graph()


async def test_every_problem_is_told_before_any_step_starts() -> None:
    ran: list[int] = []

    async def step(n: int) -> int:
        ran.append(n)
        return n

    draft = Draft()
    draft.step(step, 1)
    draft.add(ask("a", "nowhere:x"))
    draft.add(ask("b"))
    draft.add(ask("c", "fake:x", Instance("m:Thing")))

    with pytest.raises(ManyProblemsError) as caught:
        await run_async(draft.graph(), {}, Options(providers={"fake": Knowing()}))

    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"FD231", "FD240", "FD170"}
    assert ran == []


def test_prompts_without_a_model_are_named_together_with_the_place_of_the_first() -> None:
    graph = graph_of(ask("a"), ask("b"), ask("c", "smart"))

    found = check_models(graph, Options())

    assert [problem.message for problem in found] == [
        "prompts 'a' and 'b' name no model, and there is no default.",
        "prompt 'c' asks 'smart', which stands for no model yet, and there is no default.",
    ]
    assert [problem.place for problem in found] == [Place("flow.py", 7)] * 2


def test_a_model_that_is_unknown_is_told_once_with_the_prompt_that_asks_it() -> None:
    found = check_models(graph_of(ask("a", "gpt-4o"), ask("b", "gpt-4o")), Options())

    assert [problem.message for problem in found] == [
        "prompt 'a': the model 'gpt-4o' can't be reached: it has no `provider:` in front."
    ]


def problems(graph: Graph, provider: Knowing) -> list[FlowError]:
    return check_models(graph, Options(providers={"fake": provider}, model="fake:m"))


def test_a_picture_for_a_blind_model_is_told_with_its_place() -> None:
    graph = graph_of(ask("look", None, STR, Port("photo", Media("image"))))

    found = problems(graph, Knowing())

    assert [problem.code for problem in found] == ["FD242"]
    assert "'look' shows an image ('photo') to 'fake:m'" in str(found[0])
    assert found[0].place == Place("flow.py", 7)
    assert problems(graph, Knowing(images=True)) == []
    dark = graph_of(ask("look", "fake:dark", STR, Port("photo", Media("image"))))
    assert problems(dark, Knowing()) == []


def test_a_model_that_is_not_ready_is_told_once() -> None:
    graph = graph_of(ask("a"), ask("b"))

    found = problems(graph, Knowing(why="pull it first"))

    assert [problem.message for problem in found] == [
        "'a' asks 'fake:m', which cannot answer: pull it first"
    ]


def test_a_model_that_refuses_the_replys_schema_is_told_with_its_cure() -> None:
    provider = Picky(why="it gives no lists. Ask for a text")

    found = problems(graph_of(ask("a", None, ListOf(INT)), ask("b")), provider)

    assert [(problem.code, problem.message, problem.help) for problem in found] == [
        ("FD243", "'a' asks 'fake:m', which cannot answer: it gives no lists.", "Ask for a text")
    ]
    assert found[0].place == Place("flow.py", 7)
    assert "array" in str(provider.schemas)
    assert len(provider.schemas) == 1, "a plain text needs no schema"


def test_a_schema_the_model_takes_is_no_problem() -> None:
    provider = Picky(why=None)

    assert problems(graph_of(ask("a", None, ListOf(INT))), provider) == []
    assert len(provider.schemas) == 1


def test_a_type_that_has_no_schema_is_told_by_the_lint_alone() -> None:
    provider = Picky(why="never asked")

    found = problems(graph_of(ask("a", None, Instance("m:Thing"))), provider)

    assert {problem.code for problem in found} == {"FD170"}
    assert provider.schemas == []


def test_models_in_bodies_are_looked_at_too() -> None:
    body = Draft("body")
    body.input("item")
    body.add(ask("inner", "nowhere:x"))
    draft = Draft()
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(STR),
        body=body.graph(),
    )
    draft.add(each, items=draft.input("items", ListOf(INT)))

    assert [problem.code for problem in problems(draft.graph(), Knowing())] == ["FD231"]


def test_the_same_unknown_model_is_told_once() -> None:
    graph = graph_of(ask("a", "nowhere:x"), ask("b", "nowhere:x"))

    assert [problem.code for problem in problems(graph, Knowing())] == ["FD231"]


@pytest.fixture
def default_model(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FLOWDSL_MODEL", "mock:")
    return "mock:"


def test_the_default_model_is_that_of_the_environment(default_model: str) -> None:
    assert Models(Options())(None).full_name == default_model


def test_an_alias_stands_for_a_model() -> None:
    found = Models(Options(aliases={"fast": "mock:quick"}))(ModelName("fast"))

    assert (found.full_name, found.name) == ("mock:quick", "quick")
    assert Models(Options(model="fast", aliases={"fast": "mock:"}))(None).full_name == "mock:"


async def test_a_provider_is_made_once_a_run_and_closed() -> None:
    models = Models(Options())

    assert models(ModelName("mock:a")).provider is models(ModelName("mock:b")).provider
    await models.aclose()


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (Media("document"), "document"),
        (Union((NONE, Media("image"))), "image"),
        (ListOf(Media("image")), "image"),
        (STR, None),
        (Union((STR, NONE)), None),
    ],
)
def test_media_are_found_in_types(type_: Type, kind: str | None) -> None:
    assert media_in(type_) == kind
