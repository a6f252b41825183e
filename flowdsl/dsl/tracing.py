"""Runs a pipeline function once on handles and collects the graph."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flowdsl.dsl.bodies import check_condition
from flowdsl.dsl.computing import COMPUTING, constant, display, holds_handles, is_display
from flowdsl.dsl.handles import Handle, handle, name_of
from flowdsl.dsl.places import here, name_of_function, place_of_failure, place_of_function
from flowdsl.dsl.scope import RegionPorts, Scope, Session, UnderWay, current, enter, leave
from flowdsl.dsl.signature import Signature
from flowdsl.dsl.strays import refuse_stray
from flowdsl.dsl.wiring import misfit
from flowdsl.errors.base import FlowError, Place, raise_all
from flowdsl.errors.expressions import UnknownFieldError
from flowdsl.errors.tracing import (
    DeclarationError,
    NotYetKnownError,
    PlainConditionError,
    PythonDecidesError,
    TypeMismatchError,
)
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.types import NONE, Type


@dataclass(frozen=True, slots=True)
class Body:
    """A region's body, traced."""

    graph: Graph
    output: Type


def trace(
    pipeline: object,
    function: Callable[..., object],
    signature: Signature,
    static: Mapping[str, object],
) -> tuple[Graph, bool]:
    """The graph of a pipeline function, and whether it may be used elsewhere than where it was traced.

    Args:
        pipeline: Whatever identifies the pipeline, to notice that it calls itself.
        function: The function that was decorated.
        signature: Its parameters and types.
        static: Values of its `Static` inputs, all of them.

    Raises:
        FlowError: The one problem, or `ManyProblemsError` with all of them.
    """
    outer = current()
    around = outer.session.pipelines if outer is not None else ()
    session = Session(COMPUTING, (*around, UnderWay(pipeline, _in_region(outer), signature.name)))
    scope = Scope(session)
    problems = _lint(function, signature)
    token = enter(scope)
    try:
        output = _result_of(scope, function, signature, static)
    except Exception as error:
        output = None
        known = _foreign(error, function)
        if known is None:
            raise
        problems += known.problems
    finally:
        leave(token)
        session.closed = True
    if session.shown and not problems:
        from flowdsl.dsl.shown import printed_handles

        session.problems += printed_handles(scope)
    raise_all(_told_once((*problems, *session.problems)))
    assert output is not None  # noqa: S101 - without an output there was a problem
    if outer is not None and not session.stands_alone:
        outer.session.stands_alone = outer.session.stands_alone and len(around) == 1
    return scope.finish(
        signature.name, [("value", output)], _first_paragraph(function)
    ), session.stands_alone


def _in_region(outer: Scope | None) -> bool:
    return outer is not None and outer.parent is not None


def _result_of(
    scope: Scope,
    function: Callable[..., object],
    signature: Signature,
    static: Mapping[str, object],
) -> NodeId:
    result = function(*_arguments(scope, signature, static), **_keywords(scope, signature, static))
    output, type_ = output_node(scope, result, place_of_function(function))
    _check_result(scope, signature, result, type_, function)
    return output


def _lint(function: Callable[..., object], signature: Signature) -> list[FlowError]:
    from flowdsl.dsl.lint import lint

    return lint(
        function, handles={each.port.name for each in signature.parameters if not each.is_static}
    )


_NAMES_A_HANDLE = re.compile(r"\bHandle\b|<handle ")


def _foreign(error: Exception, function: Callable[..., object]) -> FlowError | None:
    """What a plain error says that some other library raised about a handle; `None` if it has another reason."""
    if isinstance(error, FlowError):
        return error
    if isinstance(error, RecursionError):
        return DeclarationError(
            name_of_function(function),
            "nests deeper than Python can follow",
            instead="put a long sum into a @step and deep branches into pipelines of their own; "
            "a plain function that calls itself must end while the graph is built",
            place=place_of_function(function),
        )
    if not _NAMES_A_HANDLE.search(str(error)):
        return None
    said = " ".join(str(error).split())
    found = PythonDecidesError(
        "this line",
        because=f"gives a value that does not exist yet to code that is no step ({type(error).__name__}: {said})",
        instead="the call into a @step that takes the value",
        place=place_of_failure(error, function) or place_of_function(function),
    )
    found.__cause__ = error
    return found


def _told_once(found: Iterable[FlowError]) -> list[FlowError]:
    """The problems by line, less those that only follow from another."""
    once: dict[str, FlowError] = {}
    for problem in found:
        once.setdefault(str(problem), problem)
    told = sorted(once.values(), key=_line)
    return [each for each in told if not any(_follows(each, other) for other in told)]


def _line(problem: FlowError) -> int:
    return problem.place.line if problem.place is not None else 0


def _follows(problem: FlowError, other: FlowError) -> bool:
    """Whether a problem is the echo of another: a decision that the source showed already, a method taken for a field."""
    line = _line(problem)
    match other:
        case PythonDecidesError():
            inside = _line(other) <= line <= (other.last_line or _line(other))
            field = isinstance(problem, UnknownFieldError) and "attr(" in other.syntax
            decides = isinstance(problem, (NotYetKnownError, PlainConditionError))
            return inside and (decides or field)
        case NotYetKnownError(used_as="a function"):
            return isinstance(problem, UnknownFieldError) and line == _line(other)
        case _:
            return False


def _arguments(scope: Scope, signature: Signature, static: Mapping[str, object]) -> list[object]:
    return [
        _input(scope, signature, number, static)
        for number, parameter in enumerate(signature.parameters)
        if parameter.port.kind == "positional"
    ]


def _keywords(
    scope: Scope, signature: Signature, static: Mapping[str, object]
) -> dict[str, object]:
    return {
        parameter.port.name: _input(scope, signature, number, static)
        for number, parameter in enumerate(signature.parameters)
        if parameter.port.kind == "keyword"
    }


def _input(scope: Scope, signature: Signature, number: int, static: Mapping[str, object]) -> object:
    parameter = signature.parameters[number]
    port = parameter.port
    if parameter.is_static:
        return static[port.name]
    if parameter.has_default:
        return scope.add_input(port.name, port.type, required=False, default=parameter.default)
    return scope.add_input(port.name, port.type)


def _first_paragraph(function: Callable[..., object]) -> str:
    from inspect import cleandoc

    return cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def output_node(scope: Scope, result: object, place: Place | None = None) -> tuple[NodeId, Type]:
    """The node that gives what a traced function returned, and its type; the place is the call's by default."""
    if type(result) is Handle:
        return scope.source_of(result), result._flow_type
    if is_display(result) and holds_handles(result):
        shown = display(result)
        return scope.source_of(shown), shown._flow_type
    refuse_stray(result, "the pipeline", place)
    made = constant(scope, result, place or here())
    return made, next(node.output for node_id, node in scope.nodes if node_id == made)


def _check_result(
    scope: Scope, signature: Signature, result: object, type_: Type, function: Callable[..., object]
) -> None:
    from flowdsl.ir.fits import fits
    from flowdsl.ir.show import show

    if not signature.declares_output or fits(type_, signature.output):
        return
    place = place_of_function(function) or here()
    if result is None and type_ == NONE:
        scope.session.problems.append(
            TypeMismatchError(
                signature.name,
                "None",
                f"{signature.name} -> …",
                show(signature.output),
                advice="return the result of the last step.",
                place=place,
            )
        )
        return
    name = name_of(result) if type(result) is Handle else "the result"
    problem = misfit(name, type_, f"{signature.name} -> …", signature.output, place)
    if problem.help.startswith("declare "):
        problem.help = (
            f"declare '{signature.name}' as `-> {show(type_)}`, or return something else."
        )
    scope.session.problems.append(problem)


def trace_body(
    parent: Scope,
    ports: RegionPorts,
    name: str,
    call: Callable[[Scope], object],
    *,
    stop: Callable[[Handle], object] | None = None,
) -> Body:
    """The graph of a region's body.

    Args:
        parent: Where the region stands.
        ports: The region's ports; outer values that the body reads are added.
        name: The body's name.
        call: Adds the body's own inputs to its scope, and gives what the user's function returned.
        stop: Asked with the body's result; gives the output `stop`.
    """
    scope = Scope(parent.session, parent, ports)
    token = enter(scope)
    try:
        result = call(scope)
        output, type_ = output_node(scope, result)
        outputs = [("value", output)]
        if stop is not None:
            asked = stop(handle(scope, output, type_))
            stopped, stop_type = output_node(scope, asked)
            check_condition(scope, asked, stop_type, "until=")
            outputs.append(("stop", stopped))
    finally:
        leave(token)
    return Body(scope.finish(name, outputs), type_)
