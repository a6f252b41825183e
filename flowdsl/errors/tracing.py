"""FD101-FD129: a pipeline function says something that a graph cannot hold."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near


def _sentence(advice: str) -> str:
    return advice if advice.endswith((".", "?", "…")) else f"{advice}."


class NotYetKnownError(FlowError):
    """A value that does not exist yet was asked to decide something.

    While a pipeline function is traced, a step's result is a handle: it stands for a value that only a run produces.
    So Python cannot branch on it, loop over it, measure it or put it into a string. Each of these has a counterpart
    that goes into the graph: `when`, `each`, `size`, `contains`, `text`, `is_none`.

    ```python
    # wrong
    grade = worst(reviews)
    if grade == "high":
        grade = escalate(grade)

    # right
    grade = when(grade == "high", lambda: escalate(grade), otherwise=grade)
    ```
    """

    code: ClassVar[str] = "FD101"

    def __init__(
        self, handle: str, *, used_as: str, instead: str, place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{handle}' has no value yet, so it can't be used as {used_as}.",
            place=place,
            help=f"write {instead}.",
        )
        self.handle = handle
        self.used_as = used_as


class TypeMismatchError(FlowError):
    """A value of one type was given where another is taken.

    The types are those of the annotations; they are compared while the pipeline is traced, before anything runs.

    ```python
    # wrong: count gives int, and shout takes str
    return shout(count(note))

    # right: a text with the number in it
    return shout(text("{{ n }} letters", n=count(note)))
    ```
    """

    code: ClassVar[str] = "FD102"

    def __init__(
        self,
        source: str,
        gives: str,
        target: str,
        takes: str,
        *,
        why: str = "",
        advice: str = "",
        place: Place | None = None,
    ) -> None:
        super().__init__(
            f"'{source}' gives {gives}, but '{target}' takes {takes}."
            + (f" ({why})" if why else ""),
            place=place,
            help=advice or f"declare '{source}' as {takes}, or put a converting step between them.",
        )
        self.source = source
        self.target = target


class ArgumentError(FlowError):
    """A step or a pipeline was called with arguments its signature does not have, or without some it needs."""

    code: ClassVar[str] = "FD103"

    def __init__(
        self,
        step: str,
        *,
        missing: tuple[str, ...] = (),
        unknown: tuple[str, ...] = (),
        surplus: int = 0,
        twice: tuple[str, ...] = (),
        signature: str = "",
        known: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        said = [
            *(f"'{name}' is missing" for name in missing),
            *(f"there is no parameter '{name}'" for name in unknown),
            *(f"'{name}' is given twice" for name in twice),
        ]
        if surplus:
            said.append(f"{surplus} positional argument(s) too many")
        advice = near(unknown[0], list(known)) if unknown else ""
        if not advice.startswith("did you mean"):
            advice = f"its signature is {step}{signature}."
        super().__init__(
            f"'{step}' can't be called like this: {', '.join(said)}.",
            place=place,
            help=advice,
        )
        self.step = step
        self.missing = missing
        self.unknown = unknown


class PlainConditionError(FlowError):
    """A condition that is already decided was given where a handle's condition belongs.

    `when(True, …)` would build a graph with one branch for ever; most often a comparison was made with Python's
    `and`, `or`, `not` or `is`, which decide at once.

    ```python
    # wrong: LOUD is known already, so the run has no choice
    return when(LOUD, lambda: shout(note), otherwise=note)

    # right: plain Python chooses what goes into the graph
    return shout(note) if LOUD else note
    ```
    """

    code: ClassVar[str] = "FD104"

    def __init__(
        self, where: str, value: object, *, is_condition: bool = True, place: Place | None = None
    ) -> None:
        wanted = "a condition on a step's result" if is_condition else "a step's result or an input"
        cure = (
            "compare handles with ==, <, …, join conditions with & | not_ (or all_of, any_of); "
            "for a choice made while tracing use a Static input and plain Python."
        )
        super().__init__(
            f"{where} got the plain value {value!r}, not {wanted}.",
            place=place,
            help=cure
            if is_condition
            else "the value is known while the graph is built, so choose with plain Python.",
        )


class HiddenHandleError(FlowError):
    """A handle stands inside an object that flowdsl can't look into, such as a dataclass or a model.

    Lists, tuples and dicts may hold handles; any other object would keep the handle instead of its value.

    ```python
    # wrong: Card holds the handle of a title
    return render(Card(title=shout(note)))

    # right: a step makes the card of the title's value
    @step
    def card(title: str) -> Card:
        return Card(title=title)

    return render(card(shout(note)))
    ```
    """

    code: ClassVar[str] = "FD105"

    def __init__(
        self, handle: str, container: str, target: str, *, place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{handle}' is hidden inside a {container} given to '{target}', which would get the handle and not the value.",
            place=place,
            help=f"build the {container} in a step that takes the value, or pass it in a list, tuple or dict.",
        )
        self.handle = handle


class EscapedHandleError(FlowError):
    """A handle is used where its value can't reach: outside the branch or loop it was made in, or after tracing.

    ```python
    # wrong: the loud note exists only where the branch is taken
    kept = []
    when(is_long(note), lambda: kept.append(shout(note)), otherwise=note)
    return kept[0]

    # right: the choice gives the value
    return when(is_long(note), lambda: shout(note), otherwise=note)
    ```
    """

    code: ClassVar[str] = "FD106"

    def __init__(self, handle: str, *, after_tracing: bool, place: Place | None = None) -> None:
        where = (
            "after its pipeline was traced"
            if after_tracing
            else "outside the branch or loop it was made in"
        )
        super().__init__(
            f"'{handle}' is used {where}.",
            place=place,
            help="return it from the branch or the loop body, and use what each(), when() or loop() gives.",
        )


class CyclicCallError(FlowError):
    """A pipeline calls itself without a condition, so it would never end."""

    code: ClassVar[str] = "FD107"

    def __init__(
        self, pipeline: str, chain: tuple[str, ...], *, place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{pipeline}' calls itself with no condition: {' → '.join(chain)}.",
            place=place,
            help="put the call into a branch of when() or switch(), or use loop(start, body, until=…).",
        )


class PythonDecidesError(FlowError):
    """The pipeline's body holds Python syntax that decides at once about a value that does not exist yet.

    `is`, `isinstance`, `match`, `try` around a step, `getattr` with a default and plain `if` can't be seen by a handle,
    so the body's syntax is read before it is traced. Functions of other libraries can't work on a handle either: they
    belong into a step.

    ```python
    # wrong: `is` decides now, while there is no note yet
    tidied = "" if tidy(note) is None else tidy(note)

    # right: the graph decides, when there is one
    tidied = given(tidy(note), lambda found: found, otherwise="")
    ```
    """

    code: ClassVar[str] = "FD108"

    def __init__(
        self,
        syntax: str,
        *,
        because: str,
        instead: str,
        place: Place | None = None,
        last_line: int | None = None,
    ) -> None:
        super().__init__(f"{syntax} {because}.", place=place, help=f"write {instead}.")
        self.syntax = syntax
        self.last_line = last_line
        """Where the syntax ends, when it spans lines."""


class NotAStepError(FlowError):
    """Something that can't be part of a graph was given where a step, a pipeline or a branch belongs."""

    code: ClassVar[str] = "FD109"

    def __init__(self, where: str, got: str, *, instead: str, place: Place | None = None) -> None:
        super().__init__(f"{where} got {got}.", place=place, help=_sentence(instead))


class DeclarationError(FlowError):
    """A step, prompt, tool or pipeline is declared in a way that can't be carried out."""

    code: ClassVar[str] = "FD110"

    def __init__(self, name: str, wrong: str, *, instead: str, place: Place | None = None) -> None:
        super().__init__(f"'{name}' {wrong}.", place=place, help=_sentence(instead))


class SwitchCasesError(FlowError):
    """The cases of a `switch` and the values of its subject do not match.

    ```python
    # wrong, where level gives Literal["low", "high"]: nothing is said for "high"
    switch(level(note), {"low": note})

    # right: a case for each value, or a default
    switch(level(note), {"low": note, "high": lambda: shout(note)})
    ```
    """

    code: ClassVar[str] = "FD111"

    def __init__(
        self, subject: str, wrong: str, *, instead: str, place: Place | None = None
    ) -> None:
        super().__init__(f"switch on '{subject}': {wrong}.", place=place, help=_sentence(instead))


class StaticInputError(FlowError):
    """A `Static` input needs a plain value while the pipeline is traced.

    ```python
    @pipeline
    def polish(note: str, times: Static[int]) -> str:
        for _ in range(times):      # plain Python: the graph has one step a round
            note = tidy(note)
        return note

    polish.graph                    # wrong: how many rounds?
    polish.trace(times=2).graph     # right
    ```
    """

    code: ClassVar[str] = "FD112"

    def __init__(
        self, pipeline: str, name: str, *, handle: bool, place: Place | None = None
    ) -> None:
        wrong = "was given a handle" if handle else "has no value"
        super().__init__(
            f"the Static input '{name}' of '{pipeline}' {wrong}.",
            place=place,
            help=f"give it a plain value, as in {pipeline}.trace({name}=…).graph or {pipeline}.run({name}=…).",
        )


class OptionError(FlowError):
    """`using()`, `named()` or a decorator was given an option it does not have, or a value out of its range."""

    code: ClassVar[str] = "FD113"

    def __init__(
        self,
        where: str,
        option: str,
        wrong: str,
        *,
        known: tuple[str, ...] = (),
        meant: str | None = None,
        advice: str = "",
        place: Place | None = None,
    ) -> None:
        # "must be a number from 1, not 0" says what to give; nobody needs to look it up.
        wanted = wrong.partition(", not ")[0].replace("must lie", "must be a number")
        if not advice and wanted.startswith("must be "):
            advice = f"give {wanted.removeprefix('must be ')}."
        offered = near(option if meant is None else meant, list(known))
        super().__init__(
            f"{where}: '{option}' {wrong}.",
            place=place,
            help=advice or offered or "see the reference of the options.",
        )
