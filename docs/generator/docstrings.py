"""Google docstrings as Markdown, and the docstrings of fields, which Python itself drops."""

import ast
import inspect
import re
import textwrap

GENERATED = (
    "Generated from the code by `make docs-reference`; edit the docstrings, not this page.\n"
)
EXCERPT = "```python no-run: an excerpt, in errors wrong on purpose\n"
"""How a block of a docstring begins on a page; in the docstring it begins with the language alone."""

_SECTION = re.compile(
    r"^(Args|Attributes|Example|Examples|Note|Raises|Returns|Source|Warns|Yields):$",
)
_ENTRY = re.compile(r"^ {4}(?P<name>\*{0,2}\w[\w.\[\], |]*): (?P<text>.*)$")


def markdown(docstring: str | None) -> str:
    """The docstring with its sections as bold words and their entries as a list."""
    lines: list[str] = []
    inside = ""
    for line in inspect.cleandoc(docstring or "").splitlines():
        section = _SECTION.match(line)
        entry = _ENTRY.match(line) if inside else None
        if section is not None:
            inside = section[1]
            lines += [f"**{inside}**", ""]
        elif entry is not None and inside not in {"Example", "Examples"}:
            lines.append(f"- `{entry['name']}`: {entry['text']}")
        elif inside and line.startswith(" "):
            lines.append(line if inside.startswith("Example") else line[2:])
        else:
            inside = ""
            lines.append(line)
    return "\n".join(lines).strip().replace("```python\n", EXCERPT)


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        value = statement.value.value
        return inspect.cleandoc(value) if isinstance(value, str) else ""
    return ""


def field_notes(cls: type) -> dict[str, str]:
    """The string below each annotated field of a class and its bases, by field name."""
    notes: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        try:
            source = textwrap.dedent(inspect.getsource(base))
        except (OSError, TypeError):
            continue
        (definition,) = ast.parse(source).body
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for field, below in zip(body, [*body[1:], ast.Pass()], strict=True):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                notes[field.target.id] = _text(below)
    return notes
