"""The fingerprint of code: what changes it, what leaves it alone, and what makes a function opaque."""

from __future__ import annotations

import functools
import json
import linecache
import logging
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from flowdsl.ir.code import CodeIdentity, code_identity, identity_of
from flowdsl.ir.ids import Fingerprint
from flowdsl.ir.node import FunctionRef
from tests.strategies import shout

_numbers = count()


class Load(Protocol):
    """Writes source text into a module and imports it."""

    def __call__(self, source: str, name: str = "") -> types.ModuleType: ...


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Writes source text into a module of its own and imports it."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loaded: list[str] = []

    def written(source: str, name: str = "") -> types.ModuleType:
        name = name or f"code_under_test_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        sys.modules.pop(name, None)
        linecache.checkcache()
        loaded.append(name)
        return import_module(name)

    yield written
    for name in loaded:
        sys.modules.pop(name, None)


def identity(module: types.ModuleType, name: str = "f") -> CodeIdentity:
    return code_identity(vars(module)[name])


BASE = "def f(x):\n    return x + 1\n"

SAME = {
    "docstring": 'def f(x):\n    """Say more."""\n    return x + 1\n',
    "annotations": "def f(x: int) -> int:\n    return x + 1\n",
    "comments and layout": "# first\n\ndef f( x ):\n    # why\n    return (x +\n        1)\n",
    "annotated assignment": "def f(x):\n    y: int\n    return x + 1\n",
}
DIFFERENT = {
    "body": "def f(x):\n    return x + 2\n",
    "constant's type": "def f(x):\n    return x + 1.0\n",
    "parameter": "def f(x, y=2):\n    return x + 1\n",
    "default": "def f(x=3):\n    return x + 1\n",
    "keyword default": "def f(x, *, k=3):\n    return x + 1\n",
}


@pytest.mark.parametrize("name", SAME)
def test_how_code_is_written_does_not_count(name: str, load: Load) -> None:
    assert identity(load(SAME[name])) == identity(load(BASE))


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_code_does_counts(name: str, load: Load) -> None:
    assert identity(load(DIFFERENT[name])).fingerprint not in {
        None,
        identity(load(BASE)).fingerprint,
    }


def test_an_annotated_assignment_is_an_assignment(load: Load) -> None:
    plain = load("def f():\n    y = 1\n    return y\n")
    annotated = load("def f():\n    y: int = 1\n    return y\n")

    assert identity(plain) == identity(annotated)


REACHED = {
    "helper": ("def g(x):\n    return {}\n\ndef f(x):\n    return g(x)\n", "x", "-x"),
    "helper of a helper": (
        "def h(x):\n    return {}\n\ndef g(x):\n    return h(x)\n\ndef f(x):\n    return g(x)\n",
        "x",
        "-x",
    ),
    "plain global": ("LIMIT = {}\n\ndef f(x):\n    return x[:LIMIT]\n", "3", "4"),
    "collection": (
        "NAMES = {}\n\ndef f(x):\n    return x in NAMES\n",
        "['a', ('b', {'c'})]",
        "['a', ('b', {'d'})]",
    ),
    "dict of functions": (
        "def g(x):\n    return {}\n\nKNOWN = {{'g': g}}\n\ndef f(x):\n    return KNOWN['g'](x)\n",
        "1",
        "2",
    ),
    "closure": (
        "def made(n):\n    def f(x):\n        return x + n\n    return f\n\nf = made({})\n",
        "1",
        "2",
    ),
    "inner function": (
        "def f(x):\n    def g(y):\n        return y{}\n    return g(x)\n",
        "",
        "+ 1",
    ),
    "global of a lambda inside": (
        "N = {}\n\ndef f(x):\n    return sorted(x, key=lambda y: y % N)\n",
        "2",
        "3",
    ),
    "lambda": ("f = lambda x: {}\n", "x", "x + 1"),
    "one of two lambdas on a line": ("f, g = (lambda x: {}), (lambda x: 0)\n", "1", "2"),
    "lambda in a lambda": ("f = (lambda x: lambda y: {})(1)\n", "1", "2"),
    "pattern": (
        "import re\nP = re.compile({})\n\ndef f(x):\n    return P.sub('', x)\n",
        "'a'",
        "'b'",
    ),
    "partial": (
        "from functools import partial\n\ndef g(x, n):\n    return x\n\nf = partial(g, n={})\n",
        "1",
        "2",
    ),
    "wrapped": (
        "import functools\n\n@functools.lru_cache\ndef g(x):\n    return {}\n\ndef f(x):\n    return g(x)\n",
        "1",
        "2",
    ),
    "decorator of the project": (
        "def deco(fn):\n    def inner(x):\n        return fn(x){}\n    return inner\n\n@deco\ndef f(x):\n    return x\n",
        "",
        " + 1",
    ),
    "decorated function": (
        "def deco(fn):\n    def inner(x):\n        return fn(x)\n    return inner\n\n@deco\ndef f(x):\n    return {}\n",
        "1",
        "2",
    ),
    "class": ("class A:\n    size = {}\n\ndef f(x):\n    return A.size\n", "1", "2"),
    "method's helper": (
        "def g():\n    return {}\n\nclass A:\n    def go(self):\n        return g()\n\ndef f(x):\n    return A().go()\n",
        "1",
        "2",
    ),
    "base class": (
        "class B:\n    n = {}\n\nclass A(B):\n    pass\n\ndef f(x):\n    return A.n\n",
        "1",
        "2",
    ),
    "static method": (
        "class A:\n    @staticmethod\n    def s():\n        return {}\n\ndef f(x):\n    return A.s()\n",
        "1",
        "2",
    ),
    "property": (
        "class A:\n    @property\n    def s(self):\n        return {}\n\ndef f(x):\n    return A().s\n",
        "1",
        "2",
    ),
    "value of a default": ("N = {}\n\ndef f(x=N):\n    return x\n", "1", "2"),
    "value of a keyword default": ("N = {}\n\ndef f(*, x=N):\n    return x\n", "1", "2"),
    "type alias": (
        "from typing import TypeVar\nT = TypeVar('T')\nA = {} | None\n\ndef f(x):\n    return (A, T)\n",
        "int",
        "str",
    ),
    "what a library's dispatcher wraps": (
        "from functools import singledispatch\n\n@singledispatch\ndef f(x):\n    return {}\n",
        "1",
        "2",
    ),
    "what a library's decorator wraps": (
        "from contextlib import contextmanager\n\n@contextmanager\ndef f(x):\n    yield {}\n",
        "1",
        "2",
    ),
    "object": (
        "class A:\n    def __init__(self, n):\n        self.n = n\n\nSHARED = A({})\n\ndef f(x):\n    return SHARED.n\n",
        "1",
        "2",
    ),
    "bound method": (
        "class A:\n    def __init__(self, n):\n        self.n = n\n    def go(self, x):\n        return self.n\n\nf = A({}).go\n",
        "1",
        "2",
    ),
    "value of a library's class": (
        "from decimal import Decimal\nN = Decimal('{}')\n\ndef f(x):\n    return x * N\n",
        "1",
        "2",
    ),
    "builtin method": ("f = '{}'.join\n", "a", "b"),
    "global that appears": ("{}\n\ndef f(x):\n    return missing\n", "", "missing = 1"),
}


@pytest.mark.parametrize("name", REACHED)
def test_all_that_is_reached_counts(name: str, load: Load) -> None:
    source, before, after = REACHED[name]

    first, again, changed = (
        identity(load(source.format(part))) for part in (before, before, after)
    )

    assert first.opaque_because == ()
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != changed.fingerprint


def test_a_helper_in_another_module_of_the_project_counts(load: Load) -> None:
    load("def clean(x):\n    return x\n\ndef unused():\n    return 1\n", "helpers_under_test")
    user = "import helpers_under_test as h\n\ndef f(x):\n    return h.clean(x)\n"
    before = identity(load(user))

    load("def clean(x):\n    return x\n\ndef unused():\n    return 2\n", "helpers_under_test")
    unrelated = identity(load(user))
    load("def clean(x):\n    return x.strip()\n", "helpers_under_test")
    changed = identity(load(user))

    assert before == unrelated
    assert before.fingerprint != changed.fingerprint


def test_a_global_is_looked_at_anew_each_time(load: Load) -> None:
    module = load("LIMIT = 1\n\ndef f(x):\n    return x[:LIMIT]\n")
    before = identity(module)

    vars(module)["LIMIT"] = 2

    assert identity(module).fingerprint != before.fingerprint


def test_functions_that_call_each_other_end(load: Load) -> None:
    source = "def f(x):\n    return x and g(x - 1)\n\ndef g(x):\n    return x and f(x - {})\n"

    first, again, changed = (identity(load(source.format(n))) for n in (1, 1, 2))

    assert first == again
    assert first.fingerprint not in {None, changed.fingerprint}


def test_libraries_count_by_their_version(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(
        "import json\nfrom orjson import dumps\nimport hypothesis\n\ndef f(x):\n    hypothesis.given\n    return json.dumps(dumps(x))\n"
    )
    before = identity(module)
    assert before.opaque_because == ()

    from flowdsl.ir import libraries

    def newer(top: str) -> str:
        return f"{top} 99"

    monkeypatch.setattr(libraries, "_distribution", newer)

    assert identity(module).fingerprint not in {None, before.fingerprint}


OPAQUE = {
    "an open file": (
        "import sys\nOUT = sys.stdout\n\ndef f(x):\n    OUT.write(x)\n",
        "the global 'OUT' is a ",
    ),
    "a project's module as a value": (
        "import helpers_under_test as h\n\ndef f(x):\n    return getattr(h, x)\n",
        "the global 'h' is the module 'helpers_under_test' used as a value",
    ),
    "a lock in an object": (
        "import threading\nclass A:\n    def __init__(self):\n        self.lock = threading.Lock()\nA1 = A()\n\ndef f(x):\n    return A1\n",
        "the global 'A1'.lock is a _thread.lock",
    ),
    "a folder of modules as a value": (
        "import folder_under_test as h\n\ndef f(x):\n    return h\n",
        "the global 'h' is the module 'folder_under_test' used as a value",
    ),
    "text that is gone": (
        "scope = {}\nexec('def g(x):\\n    return x', scope)\ng = scope['g']\n\ndef f(x):\n    return g(x)\n",
        "the source of the global 'g' 'g' can't be found",
    ),
}


@pytest.mark.parametrize("name", OPAQUE)
def test_what_cannot_be_hashed_makes_a_function_opaque(
    name: str, load: Load, tmp_path: Path
) -> None:
    load("x = 1\n", "helpers_under_test")
    (tmp_path / "folder_under_test").mkdir()
    source, reason = OPAQUE[name]

    found = identity(load(source))

    assert found.fingerprint is None
    assert any(each.startswith(reason) for each in found.opaque_because), found.opaque_because


def test_a_declared_version_stands_for_the_code() -> None:
    def made(version: str | None, target: Callable[..., object] | None = shout) -> CodeIdentity:
        return identity_of(FunctionRef("shop", "f", version=version, target=target))

    assert made("1") == made("1", json.dumps)
    assert made("1").fingerprint not in {made("2").fingerprint, made(None).fingerprint}


def test_a_function_that_is_not_bound_has_what_the_document_kept() -> None:
    kept = FunctionRef("shop", "f", stored=Fingerprint("abc"))

    assert identity_of(kept) == CodeIdentity(Fingerprint("abc"))
    assert identity_of(FunctionRef("shop", "f")).opaque_because == (
        "'shop:f' is not bound to a function",
    )


def test_an_empty_closure_and_a_logger_are_no_obstacle() -> None:
    log = logging.getLogger("shop")

    def f(x: int) -> int:
        log.info("x")
        return later(x) if x else 0

    before = code_identity(f)

    def later(x: int) -> int:
        return f(x - 1)

    assert before.fingerprint not in {None, code_identity(f).fingerprint}
    assert functools.partial(f, 1).func is f
