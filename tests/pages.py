"""Reads Markdown pages: their fenced blocks, headings and links, with line numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house import ROOT

FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,}|~{3,})(?P<info>.*)$")
HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*$")
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: `line` is that of its first line of content, counted from 1."""

    language: str
    remark: str
    line: int
    text: str


def pages() -> list[Path]:
    """The README and every page of the site, in order; news fragments are no pages."""
    docs = ROOT / "docs"
    found = [
        page
        for page in sorted(docs.rglob("*.md"))
        if not {"changes", "_build"} & set(page.relative_to(docs).parts)
    ]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "library" / "README.md", *found]


def blocks(page: Path) -> Iterator[Block]:
    """The page's fenced blocks, outermost only."""
    opened: re.Match[str] | None = None
    start = 0
    body: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fence = FENCE.match(line)
        if opened is None:
            if fence is not None:
                opened, start, body = fence, number + 1, []
        elif fence and fence["ticks"].startswith(opened["ticks"]) and not fence["info"].strip():
            language, _, remark = opened["info"].strip().partition(" ")
            yield Block(language, remark.strip(), start, "\n".join(body) + "\n")
            opened = None
        else:
            body.append(line.removeprefix(opened["indent"]))


def prose(page: Path) -> str:
    """The page without its fenced blocks and inline code."""
    text = page.read_text(encoding="utf-8")
    without = re.sub(r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", without)


def headings(page: Path) -> list[str]:
    """The page's headings as written, without the marks."""
    text = re.sub(
        r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$",
        "",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    return [found["title"] for line in text.splitlines() if (found := HEADING.match(line))]


def anchor(title: str) -> str:
    """The anchor a repository browser and the site give to a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def links(page: Path) -> list[str]:
    """The targets of the page's links that lead into the repository."""
    targets = (found["target"] for found in LINK.finditer(prose(page)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def commands(reference: Path) -> dict[str, set[str]]:
    """Each command on the page of commands, with the options it takes."""
    found: dict[str, set[str]] = {}
    current = ""
    for line in reference.read_text(encoding="utf-8").splitlines() if reference.exists() else ():
        heading = re.match(r"#+ `(flowdsl[^`]*)`$", line)
        if heading is not None:
            current = heading[1]
            found[current] = {"--help"}
        elif current and line.startswith("* `-"):
            found[current] |= set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", line.split("`: ")[0]))
    return found
