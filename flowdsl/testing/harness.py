"""Running a step or a pipeline in a test, with answers written beside it and every request kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from flowdsl.config import FOLLOWING, Settings
from flowdsl.dsl.places import here
from flowdsl.engine import Options, run_sync
from flowdsl.errors.frames import user_frames
from flowdsl.runtime.run import Run
from flowdsl.testing.everywhere import DEFAULT, EveryModel
from flowdsl.testing.scripted import Script, ScriptedProvider

if TYPE_CHECKING:
    from flowdsl.dsl.steps import BaseStep
    from flowdsl.pipeline import Pipeline
    from flowdsl.providers.base import Request

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
_NONE: Mapping[str, object] = MappingProxyType({})


class ScriptedRun(Run[R_co]):
    """A run, and what its models were asked."""

    requests: tuple[Request, ...] = ()
    """Every request, repairs and further attempts too, in the order of the calls."""

    @classmethod
    def of(cls, run: Run[object], requests: Iterable[Request]) -> Self:
        """The same run, with its requests."""
        made = cls.__new__(cls)
        vars(made).update(vars(run), requests=tuple(requests))
        return made


def run_pipeline(
    pipeline: Pipeline[P, R],
    given: Mapping[str, object] = _NONE,
    /,
    *,
    script: Script | ScriptedProvider = (),
    mock: bool = False,
    **inputs: object,
) -> ScriptedRun[R]:
    """Run a pipeline without a model.

    Args:
        pipeline: Whatever models its prompts name, the script answers for them.
        given: Inputs by name; for those called `script` or `mock`.
        script: Answers, as `ScriptedProvider` takes them, or one.
        mock: What has no scripted answer is answered by the mock model, made up and of the right type.
        inputs: Inputs by name.

    Raises:
        StepFailedError: A step failed, or asked what the script has no answer to.
        FlowError: The pipeline or its inputs are not in order; nothing was run.
    """
    every = _every(script, mock=mock)
    with user_frames:
        pairs = tuple(pipeline.signature.bind((), {**given, **inputs}, here))
        static = {each.port.name for each in pipeline.signature.parameters if each.is_static}
        traced = pipeline.trace(
            **{port.name: value for port, value in pairs if port.name in static}
        )
        values = {port.name: value for port, value in pairs if port.name not in static}
        options = _options(every, Options(**pipeline.options))
        return ScriptedRun[R].of(run_sync(traced.graph, values, options), every.requests)


def run_step(
    step: BaseStep[P, R],
    given: Mapping[str, object] = _NONE,
    /,
    *,
    script: Script | ScriptedProvider = (),
    mock: bool = False,
    **inputs: object,
) -> ScriptedRun[R]:
    """Run one step or prompt the way a pipeline runs it: types checked, limits and retries kept.

    Args:
        step: A step, a prompt or a tool.
        given: Inputs by name; for those called `script` or `mock`.
        script: Answers, as `ScriptedProvider` takes them, or one.
        mock: What has no scripted answer is answered by the mock model.
        inputs: Inputs by name; a parameter that is not given takes its default.

    Raises:
        StepFailedError: The step failed, or asked what the script has no answer to.
        FlowError: The inputs are not in order; nothing was run.
    """
    every = _every(script, mock=mock)
    with user_frames:
        pairs = tuple(step.signature.bind((), {**given, **inputs}, here))
        graph = step.graph_of(tuple(port.name for port, _ in pairs))
        values = {port.name: value for port, value in pairs}
        options = _options(every, Options())
        return ScriptedRun[R].of(run_sync(graph, values, options), every.requests)


def _options(every: EveryModel, options: Options) -> Options:
    """The options with nothing taken from settings: a test gives the same on every machine."""
    return replace(
        options,
        providers=every,
        model=options.model or DEFAULT,
        aliases={alias: f"{alias}:" for alias in FOLLOWING},
        settings=Settings(),
        progress=False,
    )


def _every(script: Script | ScriptedProvider, *, mock: bool) -> EveryModel:
    provider = script if isinstance(script, ScriptedProvider) else ScriptedProvider(script)
    return EveryModel(provider, mock=mock)
