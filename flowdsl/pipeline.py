"""The object users hold: trace, draw, run."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Generic, ParamSpec, Self, TypeVar, cast, overload

from typing_extensions import Unpack

from flowdsl.dsl.functions import check_function
from flowdsl.dsl.handles import refuse_as_options
from flowdsl.dsl.labels import checked_name, label_for
from flowdsl.dsl.places import caller_locals, here, name_of_function, place_of_function
from flowdsl.dsl.scope import current, name_to_call, unconditional_cycle
from flowdsl.dsl.signature import Signature, signature_of
from flowdsl.dsl.statics import key_of, static_names, static_values
from flowdsl.dsl.watching import Seen, names_seen, still_stands
from flowdsl.dsl.wiring import call_node
from flowdsl.errors.base import FlowError
from flowdsl.errors.frames import user_frames
from flowdsl.errors.tracing import (
    CyclicCallError,
    DeclarationError,
    OptionError,
)
from flowdsl.ir.node import Port

if TYPE_CHECKING:
    from flowdsl.engine import Options
    from flowdsl.errors.base import Place
    from flowdsl.ir.graph import Graph
    from flowdsl.options import RunOptions
    from flowdsl.runtime.run import Run

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Pipeline(Generic[P, R_co]):
    """A function whose calls build a typed graph.

    Calling it runs it and gives the value; inside another pipeline the call becomes a node. `run` gives a `Run` with
    the value, the values of all nodes, tokens, cost and events.
    """

    _flow_adds_a_node = True

    def __init__(
        self,
        function: Callable[P, R_co],
        *,
        name: str | None = None,
        scope: Mapping[str, object] | None = None,
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        self._name = name or name_of_function(function)
        self._locals = scope
        self._options: RunOptions = {}
        self._traced: dict[bytes, tuple[Graph, Seen]] = {}
        self._static: Mapping[str, object] = {}

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self._name

    @property
    def fn(self) -> Callable[P, R_co]:
        """The bare function."""
        return self._function

    @cached_property
    def signature(self) -> Signature:
        """Parameters and types, read from the annotations at first use."""
        signature = signature_of(self._function, self._name, scope=self._locals)
        if any(port.kind in ("rest", "rest_keyword") for port in signature.ports):
            raise DeclarationError(
                self._name,
                "takes * or ** arguments",
                instead="name each input, or take a list or a dict",
                place=self._place,
            )
        return signature

    @property
    def _place(self) -> Place | None:
        return place_of_function(self._function)

    @property
    def options(self) -> RunOptions:
        """What `using` has set."""
        return self._options

    @property
    def graph(self) -> Graph:
        """The typed graph, traced at first use.

        Raises:
            StaticInputError: A `Static` input has no value; `trace` gives it one.
            FlowError: What is wrong with the pipeline; `ManyProblemsError` when there is more than one thing.
        """
        with user_frames:
            return self._graph_for({})

    def trace(self, **static: object) -> Self:
        """The same pipeline with plain values for its `Static` inputs.

        Raises:
            OptionError: A name is no `Static` input.
        """
        names = static_names(self.signature)
        for name in static:
            if name not in names:
                raise OptionError(
                    f"{self._name}.trace()",
                    name,
                    "is no Static input",
                    known=names,
                    advice="" if names else f"annotate the parameter as Static[…] in {self._name}.",
                    place=here(),
                )
        return self._changed(_static={**self._static, **static})

    def _graph_for(self, given: Mapping[str, object]) -> Graph:
        static = static_values(self.signature, given, self._static, self._place)
        key = key_of(static)
        known = None if key is None else self._traced.get(key)
        # In a notebook a step's cell may have been run again since.
        if known is not None and still_stands(known[1]):
            return known[0]
        from flowdsl.dsl.tracing import trace

        graph, stands_alone = trace(self._identity, self._function, self.signature, static)
        if stands_alone and key is not None:
            self._traced[key] = graph, names_seen(self._function)
        return graph

    @property
    def _identity(self) -> object:
        return self._function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run and give the value; inside another pipeline, become a node of it."""
        with user_frames:
            scope = current()
            if scope is not None:
                return cast("R_co", self._as_node(args, kwargs))
            return self.run(*args, **kwargs).value

    def _as_node(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        scope = current()
        assert scope is not None  # noqa: S101 - the caller looked
        place = here()
        pairs = list(self.signature.bind(args, kwargs, lambda: place))
        statics = static_names(self.signature)
        wired: list[tuple[Port, object]] = [
            (port, value) for port, value in pairs if port.name not in statics
        ]
        ports = tuple(port for port in self.signature.ports if port.name not in statics)
        if any(each.pipeline is self._identity for each in scope.session.pipelines):
            return self._recursion(ports, wired)
        graph = self._graph_for({port.name: value for port, value in pairs if port.name in statics})
        output = (
            graph[graph.outputs[0].node].output
            if not self.signature.declares_output
            else self.signature.output
        )
        from flowdsl.ir.region_nodes import Subflow

        return call_node(
            scope, Subflow(label=self._name, inputs=ports, output=output, graph=graph), wired
        )

    def _recursion(self, ports: tuple[Port, ...], wired: list[tuple[Port, object]]) -> object:
        scope = current()
        assert scope is not None  # noqa: S101 - the caller looked
        if cycle := unconditional_cycle(scope, self._identity):
            raise CyclicCallError(self._name, cycle, place=here())
        name, is_hidden = name_to_call(scope, self._identity)
        if is_hidden:
            raise DeclarationError(
                name,
                "calls itself through another pipeline of the same name, so that a call could mean either",
                instead='give one of them a name of its own: @pipeline(name="…")',
                place=here(),
            )
        from flowdsl.ir.ids import PipelineName
        from flowdsl.ir.region_nodes import Call

        node = Call(
            label=self._name,
            inputs=ports,
            output=self.signature.output,
            pipeline=PipelineName(name),
        )
        return call_node(scope, node, wired)

    def run(self, *args: P.args, **kwargs: P.kwargs) -> Run[R_co]:
        """Run in this thread, to the end; works in scripts, in notebooks and inside a running loop.

        Raises:
            FlowError: The pipeline, its inputs or its models are not in order; nothing was run.
            StepFailedError: A step failed; the error's `run` holds what was done until then.
        """
        from flowdsl.engine import run_sync

        with user_frames:
            graph, inputs = self._prepared(args, kwargs)
            with _placed(here()):
                return cast("Run[R_co]", run_sync(graph, inputs, self._engine_options()))

    async def arun(self, *args: P.args, **kwargs: P.kwargs) -> Run[R_co]:
        """Run on the running loop; raises as `run` does."""
        from flowdsl.engine import run_async

        with user_frames:
            graph, inputs = self._prepared(args, kwargs)
            with _placed(here()):
                return cast("Run[R_co]", await run_async(graph, inputs, self._engine_options()))

    def _prepared(
        self, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> tuple[Graph, dict[str, object]]:
        given = {
            port.name: value
            for port, value in self.signature.bind(args, {**self._late(kwargs), **kwargs}, here)
        }
        graph = self._graph_for(given)
        statics = static_names(self.signature)
        return graph, {name: value for name, value in given.items() if name not in statics}

    def _late(self, kwargs: Mapping[str, object]) -> dict[str, object]:
        """Static values given to `trace` earlier, so that a run need not repeat them."""
        return {name: value for name, value in self._static.items() if name not in kwargs}

    def _engine_options(self) -> Options:
        from flowdsl.engine import Options

        return Options(**self._options)

    def using(self, **options: Unpack[RunOptions]) -> Self:
        """The same pipeline, run in another way.

        Raises:
            OptionError: No such option, or a value out of its range.
        """
        from flowdsl.options import check_options

        with user_frames:
            refuse_as_options(f"{self._name}.using()", options)
            check_options(f"{self._name}.using()", options)
        return self._changed(_options={**self._options, **options})

    def named(self, name: str) -> Self:
        """The same pipeline under another name."""
        made = self._changed(_name=checked_name(f"{self._name}.named()", name), _traced={})
        vars(made).pop("signature", None)
        return made

    def _changed(self, **fields: object) -> Self:
        made = copy.copy(self)
        vars(made).update(fields)
        return made

    def check(self) -> tuple[FlowError, ...]:
        """Everything that is wrong with the pipeline, without running it; empty when all is well."""
        from flowdsl.ir.verify import verify

        try:
            return tuple(verify(self.graph))
        except FlowError as error:
            return error.problems

    def __repr__(self) -> str:
        return f"<pipeline {self._name}{self.signature.shown}>"

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, str]:
        """How a notebook shows it: its graph, or what is wrong with it."""
        try:
            graph = self.graph
        except FlowError as error:
            # Raised, it would be told once for every form that a notebook asks for.
            return {"text/html": _broken(error), "text/plain": f"{self!r}\n\n{error}"}
        return {
            "text/html": self._repr_html_(),
            "image/svg+xml": graph.to_svg(),
            "text/plain": graph.to_text(),
        }

    def _repr_html_(self) -> str:
        from flowdsl.ir.draw import to_html

        try:
            return to_html(self.graph)
        except FlowError as error:
            return _broken(error)


def _broken(error: FlowError) -> str:
    from html import escape

    return f"<pre>{escape(str(error))}</pre>"


@contextmanager
def _placed(call: Place) -> Generator[None]:
    """Point problems that have no place of their own, such as wrong inputs, at the call."""
    try:
        yield
    except FlowError as error:
        for problem in error.problems:
            problem.place = problem.place or call
        raise


class _PipelineDecorator:
    """What `@pipeline(...)` with options gives."""

    def __init__(self, name: str | None, scope: Mapping[str, object]) -> None:
        self._name = name
        self._scope = scope

    def __call__(self, function: Callable[P, R], /) -> Pipeline[P, R]:
        """Make a pipeline of the function."""
        with user_frames:
            return _make(function, self._name, self._scope)


@overload
def pipeline(function: Callable[P, R], /) -> Pipeline[P, R]: ...
@overload
def pipeline(*, name: str | None = None) -> _PipelineDecorator: ...
def pipeline(
    function: Callable[P, R] | None = None, /, *, name: str | None = None
) -> Pipeline[P, R] | _PipelineDecorator:
    """Make a function that calls steps a pipeline.

    The function is run once, on handles, to build the graph; the first paragraph of its docstring describes it.

    Args:
        function: The function; inputs and result need annotations to be checked.
        name: The pipeline's name; the function's own by default.

    Raises:
        DeclarationError: The function is async, or yields.
        OptionError: The name is empty or holds a slash.
    """
    scope = caller_locals()
    with user_frames:
        return _PipelineDecorator(name, scope) if function is None else _make(function, name, scope)


def _make(
    function: Callable[P, R], name: str | None, scope: Mapping[str, object]
) -> Pipeline[P, R]:
    from flowdsl.dsl.decorators import local_names

    label = label_for("@pipeline", name, name_of_function(function))
    place = check_function(label, function, keeps_defaults=False)
    if inspect.iscoroutinefunction(function):
        raise DeclarationError(
            label,
            "is async",
            instead="write 'def': it only builds the graph; steps may be async, and arun() runs it",
            place=place,
        )
    return Pipeline(function, name=label, scope=local_names(function, scope))
