"""What decorators make: callables that add a node while a pipeline is traced, and run outside of one."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cached_property, update_wrapper
from typing import (
    TYPE_CHECKING,
    Generic,
    ParamSpec,
    Self,
    TypedDict,
    TypeGuard,
    TypeVar,
    cast,
)

from typing_extensions import Unpack

from flowdsl.dsl.handles import handle, refuse_as_options
from flowdsl.dsl.labels import checked_name
from flowdsl.dsl.places import here, place_of_function
from flowdsl.dsl.runner import runner
from flowdsl.dsl.scope import current
from flowdsl.dsl.signature import Signature, signature_of
from flowdsl.dsl.wiring import call_node
from flowdsl.errors.frames import user_frames
from flowdsl.errors.tracing import ArgumentError, OptionError
from flowdsl.ir.asking import (
    CACHE_TTLS,
    EFFORTS,
    SWITCHES,
    CacheTtl,
    Effort,
    Thinking,
    is_cache_ttl,
    is_effort,
    is_thinking,
)
from flowdsl.ir.data_nodes import Input, Transform
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import ModelName, NodeId, PipelineName
from flowdsl.ir.node import Node
from flowdsl.ir.policy import Policy, Retry

if TYPE_CHECKING:
    from flowdsl.errors.base import FlowError
    from flowdsl.ir.model_nodes import Generate
    from flowdsl.ir.policy import Lane

P = ParamSpec("P")
R = TypeVar("R")


class StepOptions(TypedDict, total=False):
    """How a step is run; none of it changes what the step means."""

    timeout_s: float | None
    """Seconds for one attempt; `None` arms no timer."""
    retries: int
    """Further tries after a failure, 0 or more."""


class PromptOptions(StepOptions, total=False):
    """How a prompt is put to a model."""

    model: str | None
    """`provider:model` or an alias; `None` takes the run's model."""
    max_tokens: int
    """Upper bound of the reply, in tokens."""
    temperature: float | None
    effort: Effort | None
    """How hard the model tries; which levels there are differs from model to model."""
    thinking: Thinking | None
    """`"on"`, `"off"`, `"between_tools"`, or a budget in tokens for models that want one."""
    cache: CacheTtl | None
    """Ask the provider to keep the fixed beginning of the prompt for `"5m"` or `"1h"`."""
    deadline_s: float | None
    """Seconds for all attempts together, waits included."""
    repeatable: bool
    """One reply may stand for many: equal calls are merged and cached."""
    repairs: int
    """How often the model is asked again with the validation error."""


class BaseStep(Generic[P, R]):
    """The common part of steps, prompts and tools."""

    def __init__(
        self, function: Callable[..., object], node: Node, scope: Mapping[str, object] | None
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        self._node = node
        self._locals = scope

    @property
    def name(self) -> str:
        """The step's name, from which its nodes get their ids."""
        return self._node.label

    @cached_property
    def signature(self) -> Signature:
        """Parameters and types, read from the annotations at first use."""
        return signature_of(self._function, self.name, scope=self._locals)

    @cached_property
    def node(self) -> Node:
        """The node as one call makes it, without constants."""
        return replace(self._node, inputs=self.signature.ports, output=self.signature.output)

    @cached_property
    def _generic(self) -> bool:
        from flowdsl.ir.variables import has_variables

        return any(has_variables(port.type) for port in self.signature.ports)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Add a node while a pipeline is traced; outside of one, run and give the value."""
        scope = current()
        if scope is None:
            with user_frames:
                return self._run(args, kwargs)
        try:
            pairs = self.signature.bind(args, kwargs, here)
        except ArgumentError as problem:
            # Noted like a type problem, so that one tracing finds them all.
            scope.session.problems.append(problem)
            return cast("R", handle(scope, NodeId(self.name), self.node.output))
        return cast("R", call_node(scope, self.node, pairs, generic=self._generic))

    def _run(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> R:
        pairs = tuple(self.signature.bind(args, kwargs, here))
        graph = self.graph_of(tuple(port.name for port, _ in pairs))
        return cast("R", runner().call(graph, {port.name: value for port, value in pairs}))

    def graph_of(self, given: tuple[str, ...] | None = None) -> Graph:
        """A graph of this one step, each given port an input; all of its ports unless told otherwise."""
        ports = [port for port in self.node.inputs if given is None or port.name in given]
        label = NodeId(self.name)
        inputs: list[tuple[NodeId, Node]] = []
        edges: list[Edge] = []
        for port in ports:
            node_id = NodeId(port.name if port.name != label else f"{port.name}_input")
            inputs.append((node_id, Input(label=port.name, output=port.type)))
            edges.append(Edge(node_id, label, port.name))
        place = place_of_function(self._function)
        return Graph(
            PipelineName(self.name),
            (*inputs, (label, self.node)),
            tuple(edges),
            (Output("value", label),),
            places={} if place is None else {label: place},
        )

    def named(self, name: str) -> Self:
        """The same step under another name.

        Raises:
            OptionError: The name is empty or holds a slash.
        """
        name = checked_name(f"{self.name}.named()", name)
        return self._with(replace(self._node, label=name))

    def _with(self, node: Node) -> Self:
        made = copy.copy(self)
        for cached in ("signature", "node", "definition", "_generic", "_linted"):
            vars(made).pop(cached, None)
        vars(made)["_node"] = node
        return made

    def __repr__(self) -> str:
        from flowdsl.ir.wording import word_of

        return f"<{word_of(self._node)} {self.name}{self.signature.shown}>"


class Step(BaseStep[P, R]):
    """A plain Python function as a step."""

    @property
    def fn(self) -> Callable[P, R]:
        """The bare function."""
        return cast("Callable[P, R]", self._function)

    def using(self, **options: Unpack[StepOptions]) -> Self:
        """The same step, run in another way.

        Raises:
            OptionError: No such option, or a value out of its range.
        """
        where = f"{self.name}.using()"
        with user_frames:
            policy = policy_with(self._node.policy, where, options)
            if isinstance(self._node, Transform):
                refuse_timer(where, self._node.lane, policy)
        return self._with(replace(self._node, policy=policy))

    def _run(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> R:
        return cast("R", self._function(*args, **kwargs))


class AsyncStep(BaseStep[P, R]):
    """An `async def` function as a step; what it gives is the awaited value."""

    @property
    def fn(self) -> Callable[P, Awaitable[R]]:
        """The bare function."""
        return cast("Callable[P, Awaitable[R]]", self._function)

    def using(self, **options: Unpack[StepOptions]) -> Self:
        """The same step, run in another way.

        Raises:
            OptionError: No such option, or a value out of its range.
        """
        with user_frames:
            policy = policy_with(self._node.policy, f"{self.name}.using()", options)
        return self._with(replace(self._node, policy=policy))


class PromptStep(BaseStep[P, R]):
    """One model call as a step."""

    @property
    def fn(self) -> Callable[P, R]:
        """The bare function; its body is empty."""
        return cast("Callable[P, R]", self._function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Add a model call while a pipeline is traced; outside of one, ask the model and give the answer."""
        scope = current()
        if scope is not None:
            known = {str(problem) for problem in scope.session.problems}
            scope.session.problems += [each for each in self.lint() if str(each) not in known]
        return super().__call__(*args, **kwargs)

    def lint(self) -> list[FlowError]:
        """What no provider would take about the return type; found while tracing, before any call."""
        if self._linted is None:
            from flowdsl.prompts.structured import lint

            place = place_of_function(self._function)
            found = lint(self.signature.output, place=place)
            self._linted = [each for each in found if each.severity == "error"]
        return self._linted

    _linted: list[FlowError] | None = None

    def using(self, **options: Unpack[PromptOptions]) -> Self:
        """The same prompt, put in another way.

        Raises:
            OptionError: No such option, or a value out of its range.
        """
        node = cast("Generate", self._node)
        with user_frames:
            return self._with(generate_with(node, f"{self.name}.using()", options))


_STEP_OPTIONS = ("timeout_s", "retries")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "effort": EFFORTS,
    "thinking": SWITCHES,
    "cache": CACHE_TTLS,
}
_PROMPT_OPTIONS = (
    *_STEP_OPTIONS,
    "deadline_s",
    "model",
    "max_tokens",
    "temperature",
    *_CHOICES,
    "repeatable",
    "repairs",
)


def policy_with(
    policy: Policy,
    where: str,
    options: Mapping[str, object],
    known: tuple[str, ...] = _STEP_OPTIONS,
) -> Policy:
    """A policy changed by options.

    Raises:
        NotYetKnownError: An option is given a handle.
        OptionError: No such option, or a value out of its range.
    """
    refuse_as_options(where, options)
    for option, value in options.items():
        if option not in known:
            raise OptionError(where, option, "is no option here", known=known, place=here())
        if option == "timeout_s":
            policy = replace(policy, timeout_s=_seconds(where, option, value))
        elif option == "deadline_s":
            policy = replace(policy, deadline_s=_seconds(where, option, value))
        elif option == "retries":
            policy = replace(policy, retry=Retry(attempts=_at_least(where, option, value, 0) + 1))
        elif option == "repairs":
            policy = replace(policy, repairs=_at_least(where, option, value, 0))
    return policy


def refuse_timer(where: str, lane: Lane, policy: Policy) -> None:
    """A step that runs in place can't be timed: nothing else goes on that could end it.

    Raises:
        OptionError: The step is inline, and its policy has a timer.
    """
    if lane == "inline" and policy.timeout_s is not None:
        raise OptionError(
            where,
            "timeout_s",
            "can't end an inline step: nothing else runs until it is over",
            advice="leave inline=True away, or timeout_s.",
            place=here(),
        )


def generate_with(node: Generate, where: str, options: Mapping[str, object]) -> Generate:
    """A model node changed by options.

    Raises:
        OptionError: No such option, or a value out of its range.
    """
    node = replace(node, policy=policy_with(node.policy, where, options, _PROMPT_OPTIONS))
    for option, value in options.items():
        if option == "model":
            node = replace(node, model=_model_name(where, option, value))
        elif option == "max_tokens":
            node = replace(node, max_tokens=_at_least(where, option, value, 1))
        elif option == "temperature":
            if value is not None and not (_is_number(value) and 0 <= value <= 2):
                raise OptionError(
                    where, option, f"must lie between 0 and 2, not {value!r}", place=here()
                )
            node = replace(node, temperature=value)
        elif option in _CHOICES:
            node = _chosen(node, where, option, value)
        elif option == "repeatable":
            node = replace(node, repeatable=bool(value))
    return node


def _model_name(where: str, option: str, value: object) -> ModelName | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise OptionError(
            where, option, f"must be 'provider:model' or an alias, not {value!r}", place=here()
        )
    return ModelName(value)


def _chosen(node: Generate, where: str, option: str, value: object) -> Generate:
    if option == "effort" and (value is None or is_effort(value)):
        return replace(node, effort=value)
    if option == "thinking" and (value is None or is_thinking(value)):
        return replace(node, thinking=value)
    if option == "cache" and (value is None or is_cache_ttl(value)):
        return replace(node, cache=value)
    also = " or a number of tokens" if option == "thinking" else ""
    choices = ", ".join(f"'{each}'" for each in _CHOICES[option])
    raise OptionError(where, option, f"must be one of {choices}{also}, not {value!r}", place=here())


def _seconds(where: str, option: str, value: object) -> float | None:
    if value is not None and not (_is_number(value) and value > 0):
        raise OptionError(
            where, option, f"must be a number of seconds above 0, not {value!r}", place=here()
        )
    return value


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _at_least(where: str, option: str, value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise OptionError(
            where, option, f"must be a whole number from {least}, not {value!r}", place=here()
        )
    return value
