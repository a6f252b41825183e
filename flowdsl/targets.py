"""What a command is pointed at: a file, a module or a registered name, loaded into something that can be run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TypeGuard

from flowdsl.dsl.places import place_of, shown_path
from flowdsl.dsl.signature import Signature
from flowdsl.dsl.steps import BaseStep
from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.setup import (
    BodyRaisedError,
    NoSuchNameError,
    NotATargetError,
    NothingToRunError,
    TargetImportError,
    TargetNotFoundError,
    WhichPipelineError,
    YamlTargetError,
)
from flowdsl.ir.graph import Graph
from flowdsl.ir.types import Type
from flowdsl.pipeline import Pipeline
from flowdsl.registry import installed

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120 - compared with file names of code


@dataclass(frozen=True, slots=True)
class Target:
    """A pipeline, or one step or prompt alone."""

    given: str
    """As it was named on the command line."""
    thing: Pipeline[..., object] | BaseStep[..., object]

    @property
    def name(self) -> str:
        """The pipeline's or the step's name."""
        return self.thing.name

    @property
    def kind(self) -> str:
        """`pipeline`, `prompt` or `step`."""
        return kind_of(self.thing)

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""
        with _own_errors(self.name):
            return self.thing.signature

    def graph(self, given: Mapping[str, object]) -> Graph:
        """The graph that a run with these inputs runs.

        Args:
            given: Inputs by name; those of a `Static` parameter decide the graph.

        Raises:
            FlowError: What is wrong with the pipeline.
        """
        with _own_errors(self.name):
            if isinstance(self.thing, BaseStep):
                required = [port.name for port in self.signature.ports if port.required]
                return self.thing.graph_of((*required, *given))
            static = {name: given[name] for name in self.statics if name in given}
            return (self.thing.trace(**static) if static else self.thing).graph

    def gives(self, graph: Graph) -> Type:
        """The type of its value: the declared one, or what its graph gives."""
        signature = self.signature
        return (
            signature.output if signature.declares_output else graph[graph.outputs[0].node].output
        )

    @property
    def statics(self) -> tuple[str, ...]:
        """Inputs that are known while the pipeline is traced."""
        return tuple(each.port.name for each in self.signature.parameters if each.is_static)


def kind_of(thing: Pipeline[..., object] | BaseStep[..., object]) -> str:
    """`pipeline`, `prompt` or `step`."""
    if isinstance(thing, Pipeline):
        return "pipeline"
    from flowdsl.dsl.steps import PromptStep

    return "prompt" if isinstance(thing, PromptStep) else "step"


def load_target(target: str) -> Target:
    """Load what a command was pointed at.

    A file that has no pipeline of its own stands for the one it imports, so that a script, a test or a package's
    `__init__.py` can be pointed at.

    Args:
        target: `file.py`, `file.py:name`, `module:name`, or a registered name.

    Raises:
        FlowError: There is no such file, module or name; it can't be imported; it can't be run.
    """
    where, colon, name = _split(target)
    if where.endswith((".yaml", ".yml")):
        raise YamlTargetError(where)
    if where.endswith(".py"):
        module = load_file(where)
        return Target(target, _named(where, module, name) if colon else _only(where, module))
    if Path(where).is_file():
        raise TargetNotFoundError(where, "it is not a Python file", _files_beside(Path(where)))
    if colon:
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return Target(target, _named(where, _module(where, target), name))
    return _registered(target)


def load_file(path: str) -> ModuleType:
    """Import a file of the user's as a module of its own name; what lies beside it can be imported.

    Raises:
        TargetNotFoundError: There is no such file.
        TargetImportError: It raised an error.
        FlowError: What flowdsl itself says about it.
    """
    file = Path(path)
    if not file.is_file():
        raise TargetNotFoundError(path, "there is no such file", _files_beside(file))
    file = file.resolve()
    name, root = _module_name(file)
    for folder in dict.fromkeys((str(root), str(file.parent))):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    return _executed(file, name, path)


def _files_beside(file: Path) -> list[str]:
    return sorted(str(each) for each in file.parent.glob("*.py"))


def things_in(module: ModuleType) -> dict[str, Pipeline[..., object] | BaseStep[..., object]]:
    """Pipelines, prompts and steps among a module's names, in the order in which they were made."""
    return {name: thing for name, thing in vars(module).items() if _is_thing(thing)}


def _split(target: str) -> tuple[str, str, str]:
    where, colon, name = target.rpartition(":")
    # A drive's colon (`C:\audit.py`) is none of ours.
    return (where, colon, name) if colon and name.isidentifier() else (target, "", "")


def _module_name(file: Path) -> tuple[str, Path]:
    """A file's module name and the folder it is found from; a file of a package keeps its package."""
    parts, folder = [file.stem], file.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def _executed(file: Path, name: str, shown: str) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    known = sys.modules.get(name)
    if known is not None:
        if _is_same(known, file):
            return known
        name = f"{name}_target"  # never in place of a module that others rely on
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise TargetNotFoundError(shown, "it is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _import_errors(shown):
            if "." in name:
                from importlib import import_module

                import_module(name.rpartition(".")[0])
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _is_same(module: ModuleType, file: Path) -> bool:
    known = getattr(module, "__file__", None)
    return known is not None and Path(known).resolve() == file


def _module(name: str, target: str) -> ModuleType:
    from importlib import import_module
    from importlib.util import find_spec

    with _import_errors(target):
        try:
            missing = not all(name.split(".")) or find_spec(name) is None
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            missing = True
        if missing:
            raise TargetNotFoundError(target, f"there is no module '{name}'")
        return import_module(name)


def _registered(name: str) -> Target:
    known = installed()
    found = [each for each in known if each.name == name]
    if not found:
        hint = "there is no file and no registered pipeline of that name"
        names = [each.name for each in known]
        raise TargetNotFoundError(name, hint, [*names, *_files_beside(Path(name))])
    if len({each.target for each in found}) > 1:
        raise WhichPipelineError(name, [each.target for each in found])
    where, _, attribute = found[0].target.partition(":")
    return Target(name, _named(where, _module(where, name), attribute))


def _only(path: str, module: ModuleType) -> Pipeline[..., object] | BaseStep[..., object]:
    things = things_in(module)
    known = {name: thing for name, thing in things.items() if isinstance(thing, Pipeline)}
    own = {name: thing for name, thing in known.items() if _is_own(thing, module)}
    pipelines = own or known
    distinct = {id(thing): name for name, thing in reversed(pipelines.items())}
    if not pipelines:
        raise NothingToRunError(path, list(things))
    if len(distinct) > 1:
        raise WhichPipelineError(path, list(pipelines))
    return next(iter(pipelines.values()))


def _is_own(thing: Pipeline[..., object], module: ModuleType) -> bool:
    """Whether it was written in the module, not imported into it."""
    return getattr(thing.fn, "__module__", None) == module.__name__


def _named(
    where: str, module: ModuleType, name: str
) -> Pipeline[..., object] | BaseStep[..., object]:
    missing = object()
    thing: object = getattr(module, name, missing)
    if thing is missing:
        raise NoSuchNameError(where, name, list(things_in(module)))
    if not _is_thing(thing):
        raise NotATargetError(f"{where}:{name}", type(thing).__name__)
    return thing


def _is_thing(thing: object) -> TypeGuard[Pipeline[..., object] | BaseStep[..., object]]:
    return isinstance(thing, (Pipeline, BaseStep))


@contextmanager
def _import_errors(target: str) -> Generator[None]:
    """What goes wrong in the user's module, told at the user's line."""
    with _at_user_lines(lambda error, place: TargetImportError(target, error, place=place)):
        yield


@contextmanager
def _own_errors(pipeline: str) -> Generator[None]:
    """What goes wrong in the user's pipeline function, told at the user's line."""
    with _at_user_lines(lambda error, place: BodyRaisedError(pipeline, error, place=place)):
        yield


@contextmanager
def _at_user_lines(
    make: Callable[[BaseException, Place | None], FlowError],
) -> Generator[None]:
    try:
        yield
    except FlowError as error:
        if error.place is None and not isinstance(error, TargetNotFoundError):
            error.place = _users_place(error.__traceback__)
        raise
    except SyntaxError as error:
        raise make(error, _syntax_place(error)) from error
    except (Exception, SystemExit) as error:
        raise make(error, _users_place(error.__traceback__)) from error


def _syntax_place(error: SyntaxError) -> Place | None:
    if error.filename is None or error.lineno is None:
        return _users_place(error.__traceback__)
    snippet = (error.text or "").strip() or None
    return Place(shown_path(error.filename), error.lineno, error.offset, None, snippet)


def _users_place(trace: TracebackType | None) -> Place | None:
    """The innermost line that is the user's own: not flowdsl's, not Python's, not an installed package's."""
    found: Place | None = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if _is_users(code.co_filename):
            found = place_of(code, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _is_users(filename: str) -> bool:
    from sysconfig import get_paths

    theirs = [OURS, *(get_paths()[each] + os.sep for each in ("stdlib", "platstdlib", "purelib"))]
    return not filename.startswith(("<", *theirs))
