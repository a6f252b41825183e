"""The fingerprint of a function: its own text and all of the project that it reaches.

In it are the syntax tree, the helpers it calls, what it closes over, defaults, plain globals, and the versions of the
libraries it uses. What can't be hashed makes the function opaque, which is said, never guessed.
"""

from __future__ import annotations

import builtins
import functools
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from hashlib import sha256
from inspect import unwrap
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import NamedTuple

from flowdsl.errors.types import NotEncodableError
from flowdsl.ir.code_source import class_digest, said_by
from flowdsl.ir.encoding import encode
from flowdsl.ir.ids import Fingerprint
from flowdsl.ir.libraries import release_of, release_of_object
from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple
from flowdsl.ir.node import FunctionRef

_SCALARS = (str, bytes, int, float, complex, bool, type(None), type(...))


class CodeIdentity(NamedTuple):
    """What a function does, as a fingerprint, or why none can be given."""

    fingerprint: Fingerprint | None
    opaque_because: tuple[str, ...] = ()
    """What can't be hashed, a sentence part each; empty when there is a fingerprint."""


def identity_of(ref: FunctionRef) -> CodeIdentity:
    """The identity of a node's function: a declared version, else its code, else what a document kept."""
    if ref.version is not None:
        return CodeIdentity(_hashed(f"version {ref.origin} {ref.version}"))
    if ref.target is not None:
        return code_identity(ref.target)
    if ref.stored is not None:
        return CodeIdentity(ref.stored)
    return CodeIdentity(None, (f"'{ref.origin}' is not bound to a function",))


def code_identity(function: Callable[..., object]) -> CodeIdentity:
    """Fingerprint a function by what it says and reaches now.

    Texts are read once per code object; globals and closures are looked at anew at each call, since a notebook cell
    may change them.
    """
    return value_identity(function, "the function")


def value_identity(value: object, what: str) -> CodeIdentity:
    """Fingerprint any value, functions and objects of the project's classes among them."""
    walk = _Walk()
    text = walk.visit(value, what)
    if walk.opaque:
        return CodeIdentity(None, tuple(dict.fromkeys(walk.opaque)))
    return CodeIdentity(_hashed(text))


def _hashed(text: str) -> Fingerprint:
    return Fingerprint(sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


class _Walk:
    """One walk over all that a function reaches; things met again are named by number, so circles end."""

    def __init__(self) -> None:
        self.opaque: list[str] = []
        self._met: dict[int, int] = {}
        self._kept: list[object] = []

    def visit(self, value: object, what: str) -> str:
        if isinstance(value, _SCALARS):
            return f"{type(value).__name__}:{value!r}"
        if id(value) in self._met:
            return f"met:{self._met[id(value)]}"
        self._met[id(value)] = len(self._met)
        self._kept.append(value)
        return self._collection(value, what) or self._code(value, what) or self._object(value, what)

    def _collection(self, value: object, what: str) -> str | None:
        if is_dict(value):
            pairs = (f"{self.visit(k, what)}={self.visit(v, what)}" for k, v in value.items())
            return f"dict({','.join(pairs)})"
        if is_list(value) or is_tuple(value):
            return f"{type(value).__name__}({','.join([self.visit(v, what) for v in value])})"
        if is_set(value):
            ordered = sorted(value, key=repr)
            return f"set({','.join([self.visit(v, what) for v in ordered])})"
        return None

    def _code(self, value: object, what: str) -> str | None:
        match value:
            case FunctionType():
                return self._function(value, what)
            case type():
                return self._class(value, what)
            case MethodType():
                return (
                    f"method({self.visit(value.__func__, what)},{self.visit(value.__self__, what)})"
                )
            case BuiltinFunctionType():
                bound = value.__self__
                own = "" if isinstance(bound, ModuleType) else self.visit(bound, what)
                return f"builtin:{value.__module__}.{value.__qualname__}({own})"
            case ModuleType():
                return self._module(value, what)
            case _:
                return None

    def _function(self, value: FunctionType, what: str) -> str:
        release = release_of_object(value)
        if release is not None:
            held = ";".join(self._wrapped(value, what))
            return f"library:{value.__code__.co_qualname}@{release}({held})"
        said = said_by(value.__code__)
        if said is None:
            return self._give_up(f"the source of {what} '{value.__qualname__}' can't be found")
        parts = [said.digest]
        parts += [
            self._global(name, value.__globals__, said.attributes, whole=name in said.whole)
            for name in said.globals
        ]
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
            parts.append(f"{name}={self.visit(_contents(cell), f'the closed-over {name!r}')}")
        parts.append(self.visit(value.__defaults__, f"a default of '{value.__qualname__}'"))
        parts.append(self.visit(value.__kwdefaults__, f"a default of '{value.__qualname__}'"))
        return f"function({';'.join(parts)})"

    def _wrapped(self, value: FunctionType, what: str) -> Iterator[str]:
        """What a library's wrapper holds, if it decorates a function of the project."""
        held = [*map(_contents, value.__closure__ or ()), vars(value).get("__wrapped__")]
        if any(isinstance(each, FunctionType) and release_of_object(each) is None for each in held):
            yield from (self.visit(each, what) for each in held)

    def _global(
        self,
        name: str,
        scope: Mapping[str, object],
        attributes: tuple[tuple[str, str], ...],
        *,
        whole: bool,
    ) -> str:
        if name not in scope:
            return f"{name}:{'builtin' if hasattr(builtins, name) else 'undefined'}"
        value = scope[name]
        if isinstance(value, ModuleType) and not whole and _release(value) is None:
            used = [attribute for owner, attribute in attributes if owner == name]
            parts = [f"{each}={self._attribute(value, each)}" for each in used]
            return f"{name}=module({','.join(parts)})"
        return f"{name}={self.visit(value, f'the global {name!r}')}"

    def _attribute(self, module: ModuleType, name: str) -> str:
        found: object = getattr(module, name, None)
        return self.visit(found, f"'{module.__name__}.{name}'")

    def _module(self, value: ModuleType, what: str) -> str:
        release = _release(value)
        if release is None:
            return self._give_up(f"{what} is the module '{value.__name__}' used as a value")
        return f"module:{value.__name__}@{release}"

    def _class(self, value: type, what: str) -> str:
        release = release_of_object(value)
        name = f"{value.__module__}.{value.__qualname__}"
        if release is not None:
            return f"library:{name}@{release}"
        parts = [class_digest(value) or self._fields(value)]
        parts += [self.visit(base, f"a base of {what}") for base in value.__bases__]
        for key, member in sorted(vars(value).items()):
            bare: object = getattr(member, "__func__", getattr(member, "fget", member))
            # What `dataclass` makes has no text of its own; its fields are hashed.
            if isinstance(bare, FunctionType) and unwrap(bare).__code__.co_filename != "<string>":
                parts.append(f"{key}={self.visit(bare, f'{name}.{key}')}")
        return f"class({value.__qualname__};{';'.join(parts)})"

    def _fields(self, value: type) -> str:
        """A class whose text can't be read, as in a notebook: its annotations and plain members."""
        hints: Mapping[str, object] = vars(value).get("__annotations__", {})
        parts = [f"{name}:{hint!r}" for name, hint in hints.items()]
        parts += [
            f"{name}={member!r}"
            for name, member in sorted(vars(value).items())
            if isinstance(member, _SCALARS) and not name.startswith("__")
        ]
        parts += self._dataclass_fields(value)
        described: Mapping[str, object] = vars(value).get("__pydantic_fields__", {})
        parts += [f"{name}:{each!r}" for name, each in described.items()]
        if any(" at 0x" in part for part in parts):
            return self._give_up(f"the class '{value.__qualname__}' holds what can't be hashed")
        return ";".join(parts)

    def _dataclass_fields(self, value: type) -> list[str]:
        if not is_dataclass(value):
            return []
        return [f"{each.name}={self._default(each)}" for each in fields(value)]

    def _default(self, field: Field[object]) -> str:
        what = f"the default of '{field.name}'"
        given: list[object] = [field.default, field.default_factory]
        return ",".join("none" if each is MISSING else self.visit(each, what) for each in given)

    def _object(self, value: object, what: str) -> str:
        match value:
            case re.Pattern():
                return f"pattern:{value!r}"
            case logging.Logger():
                return f"logger:{value.name}"
            case functools.partial():
                parts: tuple[object, ...] = (value.func, value.args, value.keywords)
                return f"partial({','.join([self.visit(each, what) for each in parts])})"
            case _:
                pass
        wrapped: object = getattr(value, "__wrapped__", None)
        if callable(wrapped):
            return f"wrapped:{type(value).__qualname__}({self.visit(wrapped, what)})"
        return self._instance(value, what)

    def _instance(self, value: object, what: str) -> str:
        cls = type(value)
        if release_of_object(cls) is None and hasattr(value, "__dict__"):
            held = [
                f"{name}={self.visit(each, f'{what}.{name}')}" for name, each in vars(value).items()
            ]
            return f"object({self.visit(cls, what)};{';'.join(held)})"
        try:
            return f"value:{encode(value)!r}"
        except NotEncodableError:
            pass
        if cls.__module__ in {"typing", "types"}:
            return f"typing:{value!r}"
        shown = f"{cls.__module__}.{cls.__qualname__}"
        return self._give_up(f"{what} is a {shown}, which can't be hashed")

    def _give_up(self, reason: str) -> str:
        self.opaque.append(reason)
        return "opaque"


def _contents(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return "<empty>"


def _release(module: ModuleType) -> str | None:
    file: str | None = getattr(module, "__file__", None)
    if file is None and hasattr(module, "__path__"):
        return None  # a folder without `__init__.py`
    return release_of(module.__name__, file)
