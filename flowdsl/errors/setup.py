"""FD50x to FD52x: what a command was pointed at, given or told can't be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near
from flowdsl.errors.cures import cure_of


class TargetNotFoundError(FlowError):
    """A command was pointed at a file, a module or a registered name that is not there.

    A target is a file (`audit.py`), one thing in it (`audit.py:review`), a thing in a module
    (`package.audit:review`), or the name of an installed pipeline (`flowdsl list`).
    """

    code: ClassVar[str] = "FD501"

    def __init__(self, target: str, what: str, known: Sequence[str] = ()) -> None:
        super().__init__(
            f"'{target}': {what}.",
            help=near(target, list(known))
            or "a target is `file.py`, `file.py:name`, `module:name` or a name that `flowdsl list` shows.",
        )


class TargetImportError(FlowError):
    """The user's file or module raised an error while it was imported; the place is its own line.

    The error it raised is the `__cause__`.
    """

    code: ClassVar[str] = "FD502"

    def __init__(self, target: str, cause: BaseException, *, place: Place | None = None) -> None:
        super().__init__(
            f"'{target}' can't be imported: {_told(cause)}", place=place, help=cure_of(cause)
        )
        self.__cause__ = cause


class NothingToRunError(FlowError):
    """A file holds no pipeline, and it imports none.

    A file without a pipeline of its own stands for the one it imports. Steps and prompts are run alone when they are named: `flowdsl run audit.py:review`.
    """

    code: ClassVar[str] = "FD503"

    def __init__(self, path: str, steps: Sequence[str]) -> None:
        named = " or ".join(f"`{path}:{name}`" for name in steps[:3])
        super().__init__(
            f"'{path}' holds no pipeline.",
            place=Place(path, 1),
            help=f"decorate a function with @pipeline, or run a step alone: {named}."
            if steps
            else "decorate a function of the file with @pipeline.",
        )


class WhichPipelineError(FlowError):
    """A file holds several pipelines, or imports several and has none of its own, and none was named."""

    code: ClassVar[str] = "FD504"

    def __init__(self, path: str, names: Sequence[str]) -> None:
        super().__init__(
            f"'{path}' holds {len(names)} pipelines: {', '.join(names)}.",
            place=Place(path, 1),
            help=f"name one: `{path}:{names[0]}`.",
        )


class NoSuchNameError(FlowError):
    """A file or module holds nothing of the name that was asked for."""

    code: ClassVar[str] = "FD505"

    def __init__(self, where: str, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"'{where}' holds no '{name}'.",
            help=near(name, list(known)) or "it holds no pipelines and no steps.",
        )


class NotATargetError(FlowError):
    """The name a command was pointed at stands for something that can't be run."""

    code: ClassVar[str] = "FD506"

    def __init__(self, target: str, kind: str) -> None:
        super().__init__(
            f"'{target}' is of type {kind}; it is no pipeline, step or prompt.",
            help="decorate it with @pipeline, @step or @prompt.",
        )


class YamlTargetError(FlowError):
    """A command was pointed at a YAML pipeline, which this version does not read yet."""

    code: ClassVar[str] = "FD507"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"'{path}': YAML pipelines come with a later release.",
            place=Place(path, 1),
            help="until then point at a Python file: `flowdsl run file.py`.",
        )


class BodyRaisedError(FlowError):
    """A pipeline function raised an error of its own while it was traced; the place is its own line.

    The function is run once to build the graph, before any step, so plain Python errors in it show here. The error
    it raised is the `__cause__`.
    """

    code: ClassVar[str] = "FD508"

    def __init__(self, pipeline: str, cause: BaseException, *, place: Place | None = None) -> None:
        super().__init__(
            f"'{pipeline}' could not be traced: {_told(cause)}", place=place, help=cure_of(cause)
        )
        self.__cause__ = cause


class CommandLineError(FlowError):
    """A command was called in a way it does not have: an unknown option, a missing argument, a wrong value."""

    code: ClassVar[str] = "FD509"

    def __init__(self, message: str, command: str, cure: str = "") -> None:
        super().__init__(message, help=cure or f"`{command} --help` shows what it takes.")


class InputSyntaxError(FlowError):
    """An `--input` can't be read, or says the same twice.

    ```text
    flowdsl run audit.py --input limit=3 --input text=@notes.txt --input 'files=["a.py", "b.py"]'
    ```
    """

    code: ClassVar[str] = "FD510"

    def __init__(self, given: str, wrong: str, cure: str, *, place: Place | None = None) -> None:
        super().__init__(f"--input {given}: {wrong}.", place=place, help=cure)


class InputsFileError(FlowError):
    """What `--inputs` names can't be read, or is no JSON object of inputs by name."""

    code: ClassVar[str] = "FD511"

    def __init__(self, path: str, wrong: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"--inputs {path}: {wrong}.",
            place=place,
            help='it takes one JSON object, such as {"limit": 3}; `-` reads it from standard input.',
        )


class OutputFileError(FlowError):
    """What a command was to write can't be written where it was told."""

    code: ClassVar[str] = "FD512"

    def __init__(self, path: str, wrong: str) -> None:
        super().__init__(
            f"{path} can't be written: {wrong}.",
            help="name a file in a folder that exists and may be written to.",
        )


class FieldError(FlowError):
    """`--field` asks for something that the value does not have.

    It names fields, entries and items, by dots: `--field report.issues.0.line`. Where the value's type is known, it is
    looked at before anything is run.
    """

    code: ClassVar[str] = "FD513"

    def __init__(self, path: str, name: str, where: str, known: Sequence[str] = ()) -> None:
        super().__init__(
            f"--field {path}: there is no '{name}' in {where}.",
            help=near(name, list(known)) or "leave --field out to see the whole value.",
        )


class NoJsonFormError(FlowError):
    """What a run gave can't be written as JSON, so a command can't print it.

    An integer of more than 4,300 digits is one such value, a list that holds itself another.
    """

    code: ClassVar[str] = "FD514"

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(
            f"the run is done, but its value of type {kind} can't be written as JSON: {why}.",
            help="let the last step give it as a text or in smaller parts; `--field` prints a part of it.",
        )


class SettingsFileError(FlowError):
    """A configuration file can't be read, or is no TOML."""

    code: ClassVar[str] = "FD520"

    def __init__(self, path: str, wrong: str, *, line: int = 1, column: int | None = None) -> None:
        super().__init__(
            f"the settings in {path} can't be read: {wrong}.",
            place=Place(path, line, column),
            help="mend the file; `flowdsl doctor` shows which files are read.",
        )


class UnknownSettingError(FlowError):
    """A configuration file sets something that is no setting.

    ```toml
    max_paralel = 4     # wrong
    max_parallel = 4
    ```
    """

    code: ClassVar[str] = "FD521"

    def __init__(self, name: str, known: Sequence[str], *, place: Place) -> None:
        super().__init__(
            f"there is no setting '{name}'.", place=place, help=near(name, list(known))
        )


class SettingValueError(FlowError):
    """A setting was given a value it can't take, in a file, in the environment or as a flag."""

    code: ClassVar[str] = "FD522"

    def __init__(
        self, name: str, got: str, takes: str, source: str, *, place: Place | None = None
    ) -> None:
        super().__init__(
            f"the setting '{name}' takes {takes}, but {source} gives {got}.",
            place=place,
            help=f"give '{name}' {takes}.",
        )


class AliasError(FlowError):
    """Aliases of models lead in a circle, or to nothing.

    ```toml
    [tool.flowdsl.aliases]
    fast = "local:smollm2-135m"
    ```
    """

    code: ClassVar[str] = "FD523"

    def __init__(self, alias: str, path: Sequence[str]) -> None:
        super().__init__(
            f"the alias '{alias}' leads in a circle: {' → '.join(path)}.",
            help="let it stand for `provider:model`.",
        )


class ExtraMissingError(FlowError):
    """Something was switched on that needs packages of an extra, and they are not installed.

    Extras are installed with flowdsl: `pip install "flowdsl[otel]"`. `flowdsl doctor` shows which are there.
    """

    code: ClassVar[str] = "FD528"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed.",
            help=f'pip install "flowdsl[{extra}]"',
        )
        self.extra = extra


class InternalError(FlowError):
    """Something went wrong that flowdsl did not foresee: a mistake in flowdsl, not in your file.

    The error itself is the `__cause__`; the place is the line of flowdsl where it came up.
    """

    code: ClassVar[str] = "FD529"

    def __init__(self, cause: BaseException, *, place: Place | None = None) -> None:
        super().__init__(
            f"internal error: {_told(cause)}",
            place=place,
            help="this is a mistake in flowdsl; please report it with this message, the command"
            " and what `flowdsl doctor` says.",
        )
        self.__cause__ = cause


def _told(cause: BaseException) -> str:
    said = cause.msg if isinstance(cause, SyntaxError) else cause
    text = " ".join(str(said).split())
    return f"{type(cause).__name__}: {text}" if text else type(cause).__name__
