"""Pictures and documents before a model: which parameter shows one, and which PDFs are refused before the run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from flowdsl import Document, Image, each, pipeline, prompt, step, when
from flowdsl.engine import Models, Options, run_sync
from flowdsl.errors import FlowError, MediaUnsupportedError, StepFailedError
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.providers import Capabilities, Reply, Request
from flowdsl.runtime.shown_media import port_showing, refused_documents, shows
from flowdsl.testing import ScriptedProvider

PDF = Document(b"%PDF-1.4 ...", name="paper.pdf")
PLAIN = Document(b"only words")
PICTURE = Image(b"\x89PNG\r\n\x1a\n...")


@dataclass
class Letter:
    """Something with a document in it."""

    body: str
    scan: Document


class Blind(ScriptedProvider):
    """Takes no documents but as `seeing`; of `unknown` it knows nothing."""

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """What it takes."""
        return None if model == "unknown" else Capabilities(documents=model == "seeing")


@prompt("Read {{ paper }} for {{ who }}")
def read(paper: Document, who: str) -> str:
    """Shows a document."""
    ...


@prompt("Read {% for paper in papers %}{{ paper }}{% endfor %}")
def read_all(papers: list[Document]) -> str:
    """Shows several."""
    ...


@step(inline=True)
def scanned(paper: Document) -> Document:
    """Known only while running."""
    return paper


@pipeline
def straight(paper: Document) -> str:
    """From the input to the model."""
    return read(paper, "me")


@pipeline
def called(paper: Document) -> str:
    """Through a sub-pipeline."""
    return straight(paper)


@pipeline
def by_item(papers: list[Document], who: str = "me") -> list[str]:
    """An item each."""
    return each(papers, lambda paper: read(paper, who))


@pipeline
def together(papers: list[Document]) -> str:
    """All in one."""
    return read_all(papers)


@pipeline
def written(who: str) -> str:
    """A constant."""
    return read(PDF, who)


@pipeline
def optional(paper: Document = PDF) -> str:
    """A default."""
    return read(paper, "me")


@pipeline
def later(paper: Document) -> str:
    """What a step gives."""
    return read(scanned(paper), "me")


@pipeline
def branched(paper: Document, who: str) -> str:
    """A branch may never be taken."""
    return when(who == "me", lambda: read(paper, who), otherwise="no")


def refusal(graph: Graph, **inputs: object) -> FlowError:
    """Why it is not run."""
    provider = Blind(["read"])
    options = Options(model="x:blind", providers={"x": provider})
    with pytest.raises(MediaUnsupportedError) as refused:
        run_sync(graph, inputs, options)
    assert provider.calls == 0
    return refused.value


def test_a_pdf_that_goes_straight_to_a_model_that_takes_none_is_refused_before_the_run() -> None:
    for told in (
        refusal(straight.graph, paper=PDF),
        refusal(called.graph, paper=PDF),
        refusal(by_item.graph, papers=[PLAIN, PDF]),
        refusal(written.graph, who="me"),
        refusal(optional.graph),
    ):
        assert told.message == (
            "'read' shows a document ('paper') to 'x:blind', which cannot take one."
        )
        assert told.place is not None
    assert "('papers')" in refusal(together.graph, papers=[PDF]).message


def test_what_every_model_takes_is_not_refused() -> None:
    for model, paper in (("blind", PLAIN), ("seeing", PDF), ("unknown", PDF)):
        flow = straight.using(model=f"x:{model}", providers={"x": Blind(["read"])})

        assert flow.run(paper=paper).value == "read"


def test_a_branch_that_is_not_taken_refuses_nothing() -> None:
    flow = branched.using(model="x:blind", providers={"x": Blind(["read"])})

    assert flow.run(paper=PDF, who="you").value == "no"


@pytest.mark.parametrize(
    ("graph", "inputs"),
    [(later.graph, {"paper": PDF}), (branched.graph, {"paper": PDF, "who": "me"})],
)
def test_what_shows_only_while_running_names_its_parameter_too(
    graph: Graph, inputs: dict[str, object]
) -> None:
    options = Options(model="x:blind", providers={"x": Blind(["read"])})

    with pytest.raises(StepFailedError, match=r"FD242: 'read' shows a document \('paper'\)"):
        run_sync(graph, inputs, options)


@pytest.mark.parametrize(
    ("value", "kind", "is_shown"),
    [
        (PDF, "document", True),
        (PDF, "image", False),
        (PLAIN, "document", False),
        ([("a", {"b": PICTURE})], "image", True),
        ({"a": "b"}, "image", False),
        (Letter("a", PDF), "document", False),
    ],
)
def test_a_value_shows_what_it_is_or_collects(value: object, kind: str, is_shown: object) -> None:
    assert shows(value, kind) is is_shown


def test_the_parameter_is_named_even_when_a_record_holds_the_document() -> None:
    values = {"who": "me", "letter": Letter("a", PDF)}

    assert port_showing(values, "document") == "letter"
    assert port_showing({**values, "paper": PDF}, "document") == "paper"
    assert port_showing(values, "image") is None


def test_a_model_of_which_nothing_is_known_is_left_to_the_run() -> None:
    class Silent:
        async def complete(self, request: Request, /) -> Reply:
            raise AssertionError(request)

    options = Options(model="x:m", providers={"x": Silent()})

    assert refused_documents(straight.graph, {"paper": PDF}, Models(options)) == []
    nowhere = Models(Options(model="nowhere:m"))
    assert refused_documents(straight.graph, {"paper": PDF}, nowhere) == []
