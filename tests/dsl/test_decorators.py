"""What decorators make of functions, and what they refuse."""

import builtins
import runpy
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import cast

import pytest

from flowdsl import pipeline, prompt, step, tool
from flowdsl.dsl.steps import AsyncStep, PromptStep, Step
from flowdsl.dsl.tools import Tool
from flowdsl.errors import (
    DeclarationError,
    FlowError,
    ManyProblemsError,
    OptionError,
    TemplateFileError,
    UnknownVariableError,
)
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.effects import UNKNOWN
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import FunctionRef
from flowdsl.ir.policy import DEFAULT_POLICY, Policy, Retry
from flowdsl.ir.prompt import Template


def shout(note: str) -> str:
    """Make it loud."""
    return note.upper()


async def fetch(address: str) -> bytes:
    return address.encode()


def node_of(made: object) -> Transform:
    assert isinstance(made, (Step, AsyncStep))
    node = cast("Step[..., object]", made).node
    assert isinstance(node, Transform)
    return node


def test_a_step_keeps_what_its_function_says() -> None:
    made = step(shout)

    assert made.name == "shout"
    assert made.fn is shout
    assert made.__doc__ == "Make it loud."
    assert made("a") == "A"
    assert repr(made) == "<step shout(note: str) -> str>"
    node = node_of(made)
    assert (node.lane, node.policy) == ("lane", DEFAULT_POLICY)
    assert node.function == FunctionRef(shout.__module__, "shout", target=shout)


@pytest.mark.parametrize("lane", ["inline", "threads", "process"])
def test_a_step_runs_where_it_is_told_to(lane: str) -> None:
    decorate = cast("Callable[..., Callable[[Callable[..., object]], object]]", step)

    assert node_of(decorate(**{lane: True})(shout)).lane == lane


def test_an_async_step_runs_on_the_loop() -> None:
    node = node_of(step(fetch))

    assert node.lane == "loop"
    assert node.function.is_async
    assert isinstance(step(timeout_s=1)(fetch), AsyncStep)


def test_options_of_a_step_reach_its_node() -> None:
    node = node_of(step(name="loud", timeout_s=2, retries=3, version="7")(shout))

    assert node.label == "loud"
    assert node.policy == Policy(timeout_s=2, retry=Retry(attempts=4))
    assert node.function.version == "7"


def test_a_step_that_runs_in_place_takes_no_timer() -> None:
    with pytest.raises(OptionError, match="'timeout_s' can't end an inline step") as refused:
        step(inline=True, timeout_s=2)(shout)
    with pytest.raises(OptionError, match=r"shout\.using\(\): 'timeout_s' can't end"):
        step(inline=True)(shout).using(timeout_s=2)

    assert refused.value.help == "leave inline=True away, or timeout_s."
    assert node_of(step(inline=True, retries=2)(shout)).policy == Policy(retry=Retry(attempts=3))


@pytest.mark.parametrize("lane", ["inline", "threads", "process"])
def test_an_async_step_is_told_no_other_place(lane: str) -> None:
    decorate = cast("Callable[..., Callable[[Callable[..., object]], object]]", step)

    with pytest.raises(DeclarationError, match="runs on the loop"):
        decorate(**{lane: True})(fetch)


def test_a_step_runs_in_one_place() -> None:
    with pytest.raises(DeclarationError, match="several places"):
        step(inline=True, threads=True)(shout)


def sources(parts: tuple[object, ...]) -> list[str]:
    return [part.source for part in parts if isinstance(part, Template)]


def test_a_prompt_asks_a_model_with_its_template() -> None:
    @prompt("Judge {{ note }}", system="You judge {{ kind }}.", model="fast", max_tokens=9)
    def judge(note: str, kind: str = "texts") -> bool: ...

    node = judge.node
    assert isinstance(judge, PromptStep)
    assert isinstance(node, Generate)
    assert sources(node.prompt.user) == ["Judge {{ note }}"]
    assert sources(node.prompt.system) == ["You judge {{ kind }}."]
    assert (node.model, node.max_tokens) == ("fast", 9)
    assert judge.fn.__name__ == "judge"
    assert repr(judge) == "<prompt judge(note: str, kind: str = …) -> bool>"


def test_a_prompts_file_lies_beside_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "judge.md").write_text("Judge {{ note }}", encoding="utf-8")
    source = (
        "from flowdsl import prompt\n"
        "@prompt(file='judge.md', name='judged')\n"
        "def judge(note: str) -> str:\n"
        "    '''Judge it.'''\n"
    )
    file = tmp_path / "flows.py"
    file.write_text(source, encoding="utf-8")
    assert repr(runpy.run_path(str(file))["judge"]) == "<prompt judged(note: str) -> str>"

    # A cell of a notebook has no folder of its own: the working folder stands in.
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
    FunctionType(compile(source, "<cell>", "exec"), namespace)()
    assert isinstance(namespace["judge"], PromptStep)


def test_a_prompts_file_must_exist() -> None:
    with pytest.raises(TemplateFileError, match="does not exist"):

        @prompt(file="nowhere.md")
        def judge(note: str) -> str: ...


def test_a_docstring_or_pass_is_an_empty_body_too() -> None:
    @prompt("{{ note }}")
    def with_docstring(note: str) -> None:
        """Judge it."""

    @prompt("{{ note }}")
    def with_pass(note: str) -> None:
        pass

    assert with_docstring.__doc__ == "Judge it."
    assert with_pass.name == "with_pass"


def test_a_body_that_only_gives_a_constant_is_no_empty_one() -> None:
    with pytest.raises(DeclarationError, match="has a body, which would never run"):

        @prompt("Judge {{ note }}")
        def judge(note: str) -> str:
            return "good"

    with pytest.raises(DeclarationError, match="has a body, which would never run"):

        @prompt("Judge {{ note }}")
        def graded(note: str) -> int:
            """Give a grade."""
            return 1


def test_a_builtin_has_no_body_to_look_at() -> None:
    with pytest.raises(ManyProblemsError, match="has a body"):
        prompt("{{ obj }}")(len)


def test_every_problem_of_a_prompt_is_told_at_once() -> None:
    with pytest.raises(ManyProblemsError) as caught:

        @prompt("a", file="b.md")
        def judge(note: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the mistake itself
            return note.upper()

    assert [problem.message for problem in caught.value.problems] == [
        "'judge' has both a template and a file.",
        "'judge' has a body, which would never run.",
        "'judge' does not say what it returns.",
    ]


def test_unknown_variables_of_both_templates_are_told() -> None:
    with pytest.raises(FlowError) as caught:

        @prompt("{{ nota }}", system="{{ kind }}")
        def judge(note: str) -> str: ...

    assert [type(problem) for problem in caught.value.problems] == [UnknownVariableError] * 2


def test_an_async_prompt_is_refused_once() -> None:
    with pytest.raises(DeclarationError, match="is async"):

        @prompt("{{ note }}")
        async def judge(note: str) -> str: ...


def test_a_prompt_needs_its_brackets() -> None:
    bare = cast("Callable[[object], object]", prompt)

    with pytest.raises(DeclarationError, match="'shout' has no template"):
        bare(shout)


def test_a_tool_tells_a_model_what_it_does() -> None:
    made = tool(shout)

    assert isinstance(made, Tool)
    assert made("a") == "A"
    assert made.node.effects == UNKNOWN
    assert made.fn is shout


def test_a_tool_without_a_docstring_is_refused() -> None:
    def mute(note: str) -> str:
        return note

    with pytest.raises(DeclarationError, match="has no docstring"):
        tool(mute)


def test_names_around_a_nested_function_are_known_to_its_annotations() -> None:
    class Note(str):
        __slots__ = ()

    @step
    def shorten(note: "Note") -> "Note":
        return note

    @pipeline
    def told(note: str) -> object:
        return shorten(note)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself

    assert shorten.signature.shown == "(note: Note) -> Note"
    assert [problem.code for problem in told.check()] == ["FD102"]


def test_an_option_out_of_range_is_told_at_the_decorator() -> None:
    with pytest.raises(OptionError, match="'retries' must be a whole number from 0"):
        step(retries=-1)(shout)
    with pytest.raises(OptionError, match="'temperature' must lie between 0 and 2"):
        prompt("{{ note }}", temperature=3.0)(cast("Callable[[str], str]", shout_nothing))


def shout_nothing(note: str) -> str: ...  # type: ignore[empty-body]
