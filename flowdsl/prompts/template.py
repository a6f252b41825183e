"""Template text → `Template`: parsed once, its variables known, its mistakes shown in the user's file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flowdsl.errors.base import FlowError, Place, near
from flowdsl.errors.prompts import (
    TemplateFileError,
    TemplateSyntaxError,
    UnknownVariableError,
    UnusedParameterError,
)
from flowdsl.ir.prompt import Template
from flowdsl.prompts.normal_form import normalise
from flowdsl.prompts.places import locate

MAX_FILE_BYTES = 1_000_000
"""Size of the largest prompt file that is read."""


def parse_template(text: str, *, place: Place | None = None) -> Template:
    """Read a prompt template, a pure and bounded part of Jinja in a sandbox.

    There are `{{ value }}`, `if`, `for` (without `recursive`), `set a = x`, `with`, `raw`, comments, `range`; a tag
    alone on its line leaves no blank line behind. Filters: abs, capitalize, count, d, default, dictsort, first,
    float, groupby, indent, int, items, join, last, length, list, lower, map, max, min, reject, rejectattr, replace,
    reverse, round, select, selectattr, sort, string, sum, title, tojson, trim, truncate, unique, upper, wordcount;
    tests: all of Jinja's but callable, escaped, filter and test. Methods of texts, dicts, lists, sets and dates that
    change nothing can be called, and a dict's key comes before its method of that name. Macros, includes, private
    names and values' own methods cannot be used.

    Args:
        text: As the author wrote it; it is normalised first.
        place: Where the text begins; errors then point into that file.

    Returns:
        The template with the names of all variables it reads.

    Raises:
        TemplateSyntaxError: The text is broken, or uses what prompts do not have.
    """
    from jinja2.exceptions import TemplateSyntaxError as BrokenError

    from flowdsl.prompts.environment import variables_of
    from flowdsl.prompts.grammar import cure_of

    source = normalise(text)
    try:
        names = variables_of(source)
    except BrokenError as error:
        reason = str(error.message or "it cannot be read").rstrip(".")
        at = locate(source, error.lineno, place)
        raise TemplateSyntaxError(reason, place=at, cure=cure_of(reason)) from None
    return Template(source, tuple(sorted(names)), place)


def check_variables(
    template: Template | Iterable[Template], names: Iterable[str]
) -> list[FlowError]:
    """Compare what templates show with what there is to show.

    Args:
        template: One template, or all templates of one prompt (system and user).
        names: Parameters of the function. One whose name begins with `_` need not be shown.

    Returns:
        A problem for each variable that is no parameter, and for each parameter that is never shown, unless it is
        what a misspelt variable meant.
    """
    templates = [template] if isinstance(template, Template) else list(template)
    known = list(names)
    problems: list[FlowError] = [
        UnknownVariableError(name, known, place=_place_of(name, each))
        for each in templates
        for name in each.variables
        if name not in known
    ]
    shown = {name for each in templates for name in each.variables}
    meant = {name for each in problems for name in known if f"mean '{name}'?" in each.help}
    place = templates[0].place if templates else None
    problems += [
        UnusedParameterError(name, place=place)
        for name in known
        if name not in shown | meant and not name.startswith("_")
    ]
    return problems


def load_template(path: str | Path, *, base: Path, place: Place | None = None) -> Template:
    """Read a template out of a file, for `file="prompts/review.md"`.

    Args:
        path: Relative to `base`.
        base: Folder of the module that defines the prompt, or the workspace; the file must lie in it,
            also after symbolic links are followed.
        place: Where the file is asked for.

    Raises:
        TemplateFileError: The file is missing, lies outside, is too large, or is not UTF-8 text.
        TemplateSyntaxError: As `parse_template`; the place is the file's own.
    """
    name = os.fspath(path)
    root = base.resolve()
    file = (root / name).resolve()
    if not file.is_relative_to(root):
        raise TemplateFileError(
            name,
            "lies outside the folder of its module.",
            place=place,
            cure=f"move it under '{base.name}' and give the path from there.",
        )
    if not file.is_file():
        raise TemplateFileError(name, "does not exist.", place=place, cure=_near_files(name, root))
    if file.stat().st_size > MAX_FILE_BYTES:
        raise TemplateFileError(
            name,
            f"is larger than {MAX_FILE_BYTES:,} bytes.",
            place=place,
            cure="pass long text as a parameter: Document.open(path).",
        )
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateFileError(
            name, f"is not UTF-8 text (byte {error.start}).", place=place, cure="save it as UTF-8."
        ) from None
    return parse_template(text, place=Place(_shown(file), 1))


def _place_of(name: str, template: Template) -> Place | None:
    """Where the template first shows a variable."""
    from flowdsl.prompts.environment import line_of

    return locate(template.source, line_of(name, template.source), template.place, name=name)


def _near_files(name: str, root: Path) -> str:
    """Help that offers files near the one asked for."""
    return near(name, sorted(_files_of(root, Path(name).suffix)))


def _files_of(root: Path, suffix: str) -> Iterator[str]:
    """Files of a kind, at most three folders deep."""
    for folder, folders, files in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = [each for each in folders if depth < 3 and not each.startswith((".", "__"))]
        yield from (
            (Path(folder) / each).relative_to(root).as_posix()
            for each in files
            if not suffix or each.endswith(suffix)
        )


def _shown(file: Path) -> str:
    """The file as seen from here, or in full when it lies elsewhere."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
