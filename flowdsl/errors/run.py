"""FD20x to FD22x: a run, a step in it, or what it was given went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowdsl.errors.base import FlowError, Place, near
from flowdsl.errors.failed import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowdsl.errors.partial import PartialRun


class ResultTypeError(FlowError):
    """A step gave a value of another type than it declares.

    ```python
    @step
    def count(text: str) -> int:
        return len(text) / 2      # a float; `// 2` gives an int
    ```
    """

    code: ClassVar[str] = "FD202"

    def __init__(self, step: str, declared: str, got: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"'{step}' is declared to give {declared}, but gave {got}.",
            place=place,
            help=f"return {declared}, or change the step's return annotation.",
        )


class ArgumentTypeError(FlowError):
    """A value that had no known type while the pipeline was built does not fit where it went."""

    code: ClassVar[str] = "FD203"

    def __init__(
        self, step: str, port: str, declared: str, got: str, *, place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{step}' takes {declared} as '{port}', but was handed {got}.",
            place=place,
            help="annotate the step the value comes from, so that this shows before the run.",
        )


class InputTypeError(FlowError):
    """An input of a run does not fit the pipeline's signature."""

    code: ClassVar[str] = "FD204"

    def __init__(self, pipeline: str, name: str, declared: str, got: str, *, why: str = "") -> None:
        super().__init__(
            f"'{pipeline}' takes {declared} as '{name}', but was given {got}."
            + (f" {why}" if why else ""),
            help=f"give '{name}' a value of type {declared}.",
        )


class MissingInputError(FlowError):
    """A run was started without an input it needs."""

    code: ClassVar[str] = "FD205"

    def __init__(self, pipeline: str, name: str, declared: str) -> None:
        super().__init__(
            f"'{pipeline}' needs '{name}' ({declared}), and nothing was given.",
            help=f"pass {name}=…, or give the parameter a default.",
        )


class UnknownInputError(FlowError):
    """A run was given an input that the pipeline does not have."""

    code: ClassVar[str] = "FD206"

    def __init__(self, pipeline: str, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"'{pipeline}' has no input '{name}'.",
            help=near(name, list(known)) or "it takes no inputs.",
        )


class StepTimeoutError(FlowError):
    """One attempt of a step took longer than its `timeout_s`."""

    code: ClassVar[str] = "FD207"

    def __init__(self, step: str, timeout_s: float) -> None:
        super().__init__(
            f"'{step}' did not finish within {timeout_s:g} s.",
            help="raise its timeout_s, or allow further attempts with retries=….",
        )


class RunTimeoutError(FlowError):
    """The whole run took longer than its `timeout_s`; what was done is kept in `run`."""

    code: ClassVar[str] = "FD208"

    def __init__(self, pipeline: str, timeout_s: float, *, model_step: str | None = None) -> None:
        super().__init__(
            f"the run of '{pipeline}' did not finish within {timeout_s:g} s.",
            help="raise timeout_s in using(…), or make steps run side by side."
            if model_step is None
            else f"'{model_step}' waited for its model: bound its answer with max_tokens=…,"
            " or raise timeout_s in using(…).",
        )
        self.run: PartialRun | None = None


class CoroutineResultError(FlowError):
    """A plain `def` step gave something that still has to be awaited.

    ```python
    @step
    def fetch(url: str) -> str:
        return client.get(url)          # a coroutine: nobody awaits it

    @step
    async def fetch(url: str) -> str:
        return await client.get(url)
    ```
    """

    code: ClassVar[str] = "FD209"

    def __init__(self, step: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"'{step}' gave a coroutine instead of a value.",
            place=place,
            help="declare the step `async def` and await the call inside it.",
        )


class LoopBlockedError(FlowError):
    """A step kept the event loop busy, so that nothing else could go on. Told as a warning.

    ```python
    @step(inline=True)
    def parse(path: str) -> str:
        return slow_parser(path)     # leave `inline=True` away: a plain `def` runs beside the loop

    @step
    async def load(path: str) -> str:
        return slow_reader(path)     # await it, or write `def`; @step(threads=True) runs several at once
    ```

    Only steps that run on the event loop are named: `async def` steps and those with `inline=True`.
    """

    code: ClassVar[str] = "FD210"

    def __init__(
        self, step: str, seconds: float, *, is_async: bool, place: Place | None = None
    ) -> None:
        cure = (
            "await what takes long, or make it a plain `def`: that runs beside the loop "
            "(with @step(threads=True) several at once)."
            if is_async
            else "leave `inline=True` away: a plain `def` runs beside the loop."
        )
        super().__init__(
            f"'{step}' has blocked every other step for {seconds:.1f} s.",
            place=place,
            help=cure,
        )


class SerialEachError(FlowError):
    """The items of an `each` run one after the other, for its step is a plain `def`. Told as a warning, once.

    ```python
    @step                       # one worker for all plain steps: no races, no speed-up
    def fetch(url: str) -> str: ...

    @step(threads=True)         # or `async def`, or process=True for heavy computing
    def fetch(url: str) -> str: ...
    ```
    """

    code: ClassVar[str] = "FD211"

    def __init__(self, each: str, step: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"the items of '{each}' run one after the other, because '{step}' is a plain `def`.",
            place=place,
            help="make it `async def`, or declare @step(threads=True) or @step(process=True).",
        )


class ListenerFailedError(FlowError):
    """Something that listened to a run's events raised an error and hears no more. Told as a warning."""

    code: ClassVar[str] = "FD212"

    def __init__(self, listener: str, cause: BaseException) -> None:
        super().__init__(
            f"the listener {listener} failed and was dropped: {told(cause)}",
            help="mend the listener; the run itself was not touched.",
        )


class NoSuchNodeError(FlowError, KeyError):
    """A run was asked for a node it does not have."""

    code: ClassVar[str] = "FD213"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no node '{name}' here.", help=near(name, list(known)))


class NoValueError(FlowError):
    """A run was asked for a value that no step has given: it failed, was skipped or never started."""

    code: ClassVar[str] = "FD214"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(
            f"{what} has no value: {why}.", help="see run.nodes for what each step did."
        )


class NoCaseError(FlowError):
    """A `switch` met a value for which it has neither a case nor a default."""

    code: ClassVar[str] = "FD215"

    def __init__(self, step: str, value: str, cases: Iterable[str]) -> None:
        super().__init__(
            f"'{step}' has no case for {value}; its cases are {', '.join(cases)}.",
            help="add the case, or a default.",
        )


class TooManyRoundsError(FlowError):
    """A loop was not finished after its greatest number of rounds."""

    code: ClassVar[str] = "FD216"

    def __init__(self, step: str, rounds: int) -> None:
        super().__init__(
            f"'{step}' was not finished after {rounds} rounds.",
            help="raise max_rounds, or say keep_last=True to take the value as it is.",
        )


class CallDepthError(FlowError):
    """A pipeline that calls itself by name has gone deeper than allowed."""

    code: ClassVar[str] = "FD217"

    def __init__(self, pipeline: str, depth: int) -> None:
        super().__init__(
            f"calls of '{pipeline}' are nested more than {depth} deep.",
            help="see that the recursion ends, or write it with loop(), whose rounds do not nest.",
        )


class UnknownPipelineError(FlowError):
    """A call names a pipeline that is not among those in sight."""

    code: ClassVar[str] = "FD218"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no pipeline '{name}' in sight.", help=near(name, list(known)))


class NotApprovedError(FlowError):
    """A person was asked and said no."""

    code: ClassVar[str] = "FD219"

    def __init__(self, step: str, question: str) -> None:
        super().__init__(f"'{step}' was not approved: {question}", help="nothing after it was run.")


class NoApproverError(FlowError):
    """A step asks a person, and there is nobody to ask: no terminal, and no approver was given."""

    code: ClassVar[str] = "FD220"

    def __init__(self, step: str, question: str) -> None:
        super().__init__(
            f"'{step}' needs a person's yes ({question}), and there is nobody to ask.",
            help="run it on a terminal, or pass an approver: using(approver=…).",
        )


class ProcessStepError(FlowError):
    """A `process=True` step cannot be handed to another process.

    Its function must be found by name in a module that can be imported, and what goes in and comes out must be
    picklable. A function written in a notebook cell is not: move it into a file.
    """

    code: ClassVar[str] = "FD221"

    def __init__(self, step: str, why: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"'{step}' cannot run in a process of its own: {why}.",
            place=place,
            help="put the function in a module and hand it plain values, or use threads=True.",
        )


class MissingFunctionError(FlowError):
    """A graph read from a document names a function that was not loaded."""

    code: ClassVar[str] = "FD222"

    def __init__(self, step: str, origin: str) -> None:
        super().__init__(
            f"'{step}' stands for the function {origin}, which is not loaded.",
            help="import its module and resolve the graph's functions before running it.",
        )


class CancelledInsideError(FlowError):
    """A step cancelled itself, or awaited something that was cancelled."""

    code: ClassVar[str] = "FD223"

    def __init__(self, step: str) -> None:
        super().__init__(
            f"'{step}' was cancelled from inside.",
            help="catch the cancellation where the step awaits what it cancelled.",
        )


class NotRunnableError(FlowError):
    """A node of this kind cannot be run by this engine."""

    code: ClassVar[str] = "FD224"

    def __init__(self, step: str, kind: str) -> None:
        super().__init__(
            f"'{step}' is a node of kind '{kind}', which nothing here can run.",
            help="run the graph with the version of flowdsl that wrote it.",
        )
