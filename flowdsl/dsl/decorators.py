"""`@step`, `@prompt`, `@tool`: plain functions become parts of a graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar, overload

from typing_extensions import Unpack

from flowdsl.dsl.declared import declared_effects
from flowdsl.dsl.functions import check_function
from flowdsl.dsl.labels import label_for
from flowdsl.dsl.places import caller_locals, here, name_of_function, place_of_function
from flowdsl.dsl.steps import (
    AsyncStep,
    BaseStep,
    PromptOptions,
    PromptStep,
    Step,
    generate_with,
    policy_with,
    refuse_timer,
)
from flowdsl.errors.base import FlowError, raise_all
from flowdsl.errors.frames import user_frames
from flowdsl.errors.tracing import DeclarationError
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.effects import UNKNOWN
from flowdsl.ir.node import FunctionRef
from flowdsl.ir.policy import DEFAULT_POLICY, Lane

if TYPE_CHECKING:
    from pathlib import Path

    from flowdsl.ir.prompt import Template

P = ParamSpec("P")
R = TypeVar("R")


class _StepDecorator:
    """What `@step(...)` with options gives."""

    def __init__(self, make: Callable[[Callable[..., object]], object]) -> None:
        self._make = make

    @overload
    def __call__(  # type: ignore[overload-overlap]  # pyright: ignore[reportOverlappingOverload] - the first match is meant
        self, function: Callable[P, Coroutine[object, object, R]], /
    ) -> AsyncStep[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Step[P, R]: ...
    def __call__(self, function: Callable[..., object], /) -> object:
        """Make a step of the function."""
        with user_frames:
            return self._make(function)


@overload
def step(function: Callable[P, Coroutine[object, object, R]], /) -> AsyncStep[P, R]: ...  # type: ignore[overload-overlap]  # pyright: ignore[reportOverlappingOverload] - the first match is meant
@overload
def step(function: Callable[P, R], /) -> Step[P, R]: ...
@overload
def step(
    *,
    name: str | None = None,
    inline: bool = False,
    threads: bool = False,
    process: bool = False,
    reads: str | Sequence[str] = (),
    writes: str | Sequence[str] = (),
    varies: bool = False,
    spends: bool = False,
    timeout_s: float | None = None,
    retries: int = 0,
    version: str | None = None,
) -> _StepDecorator: ...
def step(
    function: Callable[..., object] | None = None,
    /,
    *,
    name: str | None = None,
    inline: bool = False,
    threads: bool = False,
    process: bool = False,
    reads: str | Sequence[str] = (),
    writes: str | Sequence[str] = (),
    varies: bool = False,
    spends: bool = False,
    timeout_s: float | None = None,
    retries: int = 0,
    version: str | None = None,
) -> object:
    """Make a plain function a step of pipelines.

    An `async def` runs on the event loop, next to others. A `def` runs on one worker lane, one call after another, so
    that it can neither race nor block the loop.

    Args:
        function: The function; parameters and result need annotations to be checked.
        name: The step's name; the function's own by default.
        inline: Run in place, on the loop: for steps of microseconds.
        threads: Run on threads, several at once: for blocking input and output.
        process: Run in another process: for heavy computing; arguments and result are pickled.
        reads: What it looks at besides its arguments, each `kind` or `kind:name`, such as `"workspace"`,
            `"path:data/x.csv"`, `"outside:github"`. Kinds: path, workspace, session, variable, outside.
        writes: What it changes, likewise. Nothing by default, so equal calls may be merged and kept.
        varies: Two runs may answer differently: it is never merged or reused.
        spends: It costs money or quota: it is never repeated on a guess.
        timeout_s: Seconds for one attempt.
        retries: Further tries after a failure.
        version: Stands in place of the code's hash where the code can't be hashed.

    Raises:
        DeclarationError: The options contradict each other, or the function can't be a step.
        OptionError: An option out of its range.
    """
    names = caller_locals()
    with user_frames:
        effects = declared_effects(
            "@step", reads=reads, writes=writes, varies=varies, spends=spends
        )

    def make(function: Callable[..., object]) -> object:
        label = label_for("@step", name, name_of_function(function))
        is_async = inspect.iscoroutinefunction(function)
        lane = _lane(
            label, function, is_async=is_async, inline=inline, threads=threads, process=process
        )
        policy = DEFAULT_POLICY
        if timeout_s is not None or retries:
            policy = policy_with(
                policy, f"@step '{label}'", {"timeout_s": timeout_s, "retries": retries}
            )
            refuse_timer(f"@step '{label}'", lane, policy)
        node = Transform(
            label=label,
            function=reference(function, is_async=is_async, version=version),
            lane=lane,
            declared=effects,
            policy=policy,
        )
        around = local_names(function, names)
        made: BaseStep[..., object] = (
            AsyncStep(function, node, around) if is_async else Step(function, node, around)
        )
        return made

    decorator = _StepDecorator(make)
    with user_frames:
        return decorator if function is None else make(function)


def _lane(
    label: str, function: object, *, is_async: bool, inline: bool, threads: bool, process: bool
) -> Lane:
    place = check_function(label, function)
    if inline + threads + process > 1:
        raise DeclarationError(
            label,
            "is told to run in several places",
            instead="choose one of inline, threads, process",
            place=place,
        )
    if is_async:
        if inline or threads or process:
            raise DeclarationError(
                label,
                "is async, so it runs on the loop",
                instead="drop inline, threads, process, or write 'def'",
                place=place,
            )
        return "loop"
    return "inline" if inline else "threads" if threads else "process" if process else "lane"


def reference(
    function: Callable[..., object], *, is_async: bool = False, version: str | None = None
) -> FunctionRef:
    """The graph's reference to a function."""
    return FunctionRef(
        module=getattr(function, "__module__", None) or "__main__",
        qualname=getattr(function, "__qualname__", "function"),
        is_async=is_async,
        version=version,
        target=function,
    )


def local_names(function: object, names: Mapping[str, object]) -> Mapping[str, object] | None:
    """Names around a nested function, for annotations written as text that name a local class."""
    return names if "<locals>" in getattr(function, "__qualname__", "") else None


def prompt(
    template: str | None = None,
    /,
    *,
    file: str | Path | None = None,
    system: str | None = None,
    name: str | None = None,
    **options: Unpack[PromptOptions],
) -> Callable[[Callable[P, R]], PromptStep[P, R]]:
    """Make a typed function with an empty body one model call.

    The template is sandboxed Jinja over the parameters; the return type is the structured output asked for and checked.

    Args:
        template: The text; or give `file`.
        file: A template file, relative to the module that holds the function.
        system: Template of the system text.
        name: The step's name; the function's own by default.
        **options: See `PromptOptions`.

    Raises:
        DeclarationError: Neither or both of template and file, a body that is not empty, or no return type.
        TemplateError: The template is broken, or its variables are not the parameters.
    """
    place = here()
    names = caller_locals()
    if callable(template):
        raise DeclarationError(
            name_of_function(template),
            "has no template",
            instead='write @prompt("…{{ parameter }}…")',
            place=place_of_function(template),
        )

    def make(function: Callable[P, R]) -> PromptStep[P, R]:
        with user_frames:
            from flowdsl.ir.model_nodes import Generate
            from flowdsl.ir.prompt import Prompt
            from flowdsl.prompts import load_template, parse_template

            label = label_for("@prompt", name, name_of_function(function))
            problems: list[FlowError] = list(_declaration_problems(label, function, template, file))
            raise_all(problems)
            folder = _folder_of(function)
            user = (
                parse_template(template, place=place)
                if template is not None
                else load_template(str(file), base=folder, place=place)
            )
            parts: list[Template] = [user]
            before: tuple[Template, ...] = ()
            if system is not None:
                before = (parse_template(system, place=place),)
                parts += before
            raise_all(_variable_problems(parts, function))
            node = Generate(label=label, prompt=Prompt(user=(user,), system=before))
            node = generate_with(node, f"@prompt '{label}'", options)
            return PromptStep(function, node, local_names(function, names))

    return make


def _declaration_problems(
    label: str, function: object, template: str | None, file: object
) -> list[DeclarationError]:
    place = place_of_function(function)
    found: list[DeclarationError] = []
    if (template is None) == (file is None):
        wrong = "has no template" if template is None else "has both a template and a file"
        found.append(
            DeclarationError(
                label, wrong, instead='write @prompt("…") or @prompt(file="…")', place=place
            )
        )
    if inspect.iscoroutinefunction(function):
        found.append(
            DeclarationError(
                label, "is async", instead="write 'def': waiting is the run's work", place=place
            )
        )
    elif not _is_empty(function):
        found.append(
            DeclarationError(
                label,
                "has a body, which would never run",
                instead="end it with '...' and do the work in a @step",
                place=place,
            )
        )
    if "return" not in getattr(function, "__annotations__", {}):
        found.append(
            DeclarationError(
                label,
                "does not say what it returns",
                instead="annotate it: -> str for text, or a type to be filled",
                place=place,
            )
        )
    return found


def _is_empty(function: object) -> bool:
    """Whether the body is only a docstring, `...` or `pass`; judged by bytecode, so that no source is needed."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    # `return "x"` has the bytecode of a docstring alone: only what it gives differs.
    return not code.co_names and any(
        code.co_code == empty and code.co_consts[at : at + 1] == (None,)
        for at, empty in enumerate(_blank_codes())
    )


def _blank_codes() -> tuple[bytes, bytes]:
    def blank() -> None: ...

    def doc() -> None:
        """Only a docstring."""

    return blank.__code__.co_code, doc.__code__.co_code


def _variable_problems(
    templates: list[Template], function: Callable[..., object]
) -> list[FlowError]:
    from flowdsl.prompts import check_variables

    names = list(inspect.signature(function).parameters)
    return check_variables(templates, names)


def _folder_of(function: object) -> Path:
    from pathlib import Path

    code = getattr(function, "__code__", None)
    path = Path(code.co_filename) if code is not None else Path("<none>")
    return path.parent if path.is_file() else Path.cwd()


def tool(function: Callable[P, R], /) -> Step[P, R]:
    """Make a typed function a tool that a model may call, and a step that pipelines may.

    Its docstring tells the model what it does; the parameters' schema is taken from the annotations. What it does to
    the world is unknown, so its calls are neither merged nor moved.

    Raises:
        DeclarationError: It has no docstring, or it is not a plain function.
    """
    names = caller_locals()
    label = name_of_function(function)
    lane = _lane(
        label,
        function,
        is_async=inspect.iscoroutinefunction(function),
        inline=False,
        threads=False,
        process=False,
    )
    if not (function.__doc__ or "").strip():
        raise DeclarationError(
            label,
            "has no docstring",
            instead="say in one what it does: it is what the model reads",
            place=place_of_function(function),
        )
    node = Transform(label=label, function=reference(function), lane=lane, declared=UNKNOWN)
    from flowdsl.dsl.tools import Tool

    return Tool(function, node, local_names(function, names))
