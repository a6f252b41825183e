"""Running a step or a pipeline in a test, with answers written beside it or recorded, and every request kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from flowdsl.config import FOLLOWING, Settings, current
from flowdsl.dsl.places import here
from flowdsl.engine import Options, run_sync
from flowdsl.errors.frames import user_frames
from flowdsl.errors.tracing import OptionError
from flowdsl.runtime.run import Run
from flowdsl.testing.everywhere import DEFAULT, EveryModel
from flowdsl.testing.scripted import Script, ScriptedProvider

if TYPE_CHECKING:
    from flowdsl.dsl.steps import BaseStep
    from flowdsl.ir.graph import Graph
    from flowdsl.pipeline import Pipeline
    from flowdsl.providers.base import Request
    from flowdsl.testing.cassette_models import CassetteModels
    from flowdsl.testing.cassettes import Cassette

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
    cassette: Cassette | None = None,
    model: str | None = None,
    **inputs: object,
) -> ScriptedRun[R]:
    """Run a pipeline on answers written beside the test, or recorded.

    Args:
        pipeline: Whatever models its prompts name, the script answers for them.
        given: Inputs by name; for those called like one of the words below.
        script: Answers, as `ScriptedProvider` takes them, or one.
        mock: What has no scripted answer is answered by the mock model, made up and of the right type.
        cassette: Recorded answers of real models, in place of script and mock.
        model: Model of prompts that name none: `provider:model`. With a cassette, aliases and the default model are those
            of the settings; without one, they are only names.
        inputs: Inputs by name.

    Raises:
        StepFailedError: A step failed, or asked what the script has no answer to.
        FlowError: The pipeline or its inputs are not in order; nothing was run.
    """
    with user_frames:
        answers = _answers("run_pipeline()", script, mock=mock, cassette=cassette)
        pairs = tuple(pipeline.signature.bind((), {**given, **inputs}, here))
        static = {each.port.name for each in pipeline.signature.parameters if each.is_static}
        traced = pipeline.trace(
            **{port.name: value for port, value in pairs if port.name in static}
        )
        values = {port.name: value for port, value in pairs if port.name not in static}
        options = Options(**pipeline.options)
        return ScriptedRun[R].of(*_run(traced.graph, values, answers, options, model))


def run_step(
    step: BaseStep[P, R],
    given: Mapping[str, object] = _NONE,
    /,
    *,
    script: Script | ScriptedProvider = (),
    mock: bool = False,
    cassette: Cassette | None = None,
    model: str | None = None,
    **inputs: object,
) -> ScriptedRun[R]:
    """Run one step or prompt the way a pipeline runs it: types checked, limits and retries kept.

    Args:
        step: A step, a prompt or a tool.
        given: Inputs by name; for those called like one of the words below.
        script: Answers, as `ScriptedProvider` takes them, or one.
        mock: What has no scripted answer is answered by the mock model.
        cassette: Recorded answers of real models, in place of script and mock.
        model: Model of prompts that name none, as `run_pipeline` takes it.
        inputs: Inputs by name; a parameter that is not given takes its default.

    Raises:
        StepFailedError: The step failed, or asked what the script has no answer to.
        FlowError: The inputs are not in order; nothing was run.
    """
    with user_frames:
        answers = _answers("run_step()", script, mock=mock, cassette=cassette)
        pairs = tuple(step.signature.bind((), {**given, **inputs}, here))
        graph = step.graph_of(tuple(port.name for port, _ in pairs))
        values = {port.name: value for port, value in pairs}
        return ScriptedRun[R].of(*_run(graph, values, answers, Options(), model))


def _run(
    graph: Graph,
    values: Mapping[str, object],
    answers: EveryModel | Cassette,
    options: Options,
    model: str | None,
) -> tuple[Run[object], list[Request]]:
    options = replace(options, model=model or options.model, progress=False)
    if isinstance(answers, EveryModel):
        models: EveryModel | CassetteModels = answers
        options = _nowhere(options)
    else:
        models = answers.around(options.providers)
        options = replace(options, settings=_names_alone())
    run = run_sync(graph, values, replace(options, providers=models))
    return run, models.requests


def _nowhere(options: Options) -> Options:
    """The options with nothing taken from settings: a test gives the same on every machine."""
    return replace(
        options,
        model=options.model or DEFAULT,
        aliases={alias: f"{alias}:" for alias in FOLLOWING},
        settings=Settings(),
    )


def _names_alone() -> Settings:
    """Of the settings what names of models stand for: those have to be real ones, and a project's file says which."""
    found = current()
    return Settings(model=found.model, aliases=found.aliases)


def _answers(
    where: str, script: Script | ScriptedProvider, *, mock: bool, cassette: Cassette | None
) -> EveryModel | Cassette:
    """Where answers come from.

    Raises:
        OptionError: From two places at once.
    """
    if cassette is None:
        provider = script if isinstance(script, ScriptedProvider) else ScriptedProvider(script)
        return EveryModel(provider, mock=mock)
    if mock or script != ():
        raise OptionError(where, "cassette", "stands in place of script and mock", place=here())
    return cassette
