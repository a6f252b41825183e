"""Docs are tests: blocks run, commands exist, links resolve, every thing has its heading."""

import asyncio
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generator import errors, nodes
from docs.generator.docstrings import markdown
from docs.generator.pages import FOLDER, present
from tests.house import ROOT, relative
from tests.pages import anchor, blocks, commands, headings, links, pages

SHELLS = frozenset({"bash", "console", "sh", "shell"})
PAGES = pages()
NO_RUN = re.compile(r"no-run: \w.+")


def _names(paths: list[Path]) -> list[str]:
    return [relative(path) for path in paths]


def _python(page: Path) -> str:
    """The page's Python blocks, each on the very lines it has in the page."""
    lines: list[str] = []
    for block in blocks(page):
        if block.language == "python" and not block.remark.startswith("no-run"):
            lines += [""] * (block.line - 1 - len(lines))
            lines += block.text.splitlines()
    return "\n".join(lines) + "\n"


@pytest.fixture
def beside_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project directory in which every model name means the mock model."""
    monkeypatch.chdir(tmp_path)
    aliases = "\n".join(f'{alias} = "mock:"' for alias in ("default", "fast", "smart"))
    (tmp_path / "flowdsl.toml").write_text(f"[aliases]\n{aliases}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("page", [p for p in PAGES if _python(p).strip()], ids=relative)
@pytest.mark.timeout(60)
def test_every_python_block_of_the_page_runs(page: Path, beside_the_readme: Path) -> None:
    name = "page_" + re.sub(r"\W", "_", relative(page))
    script = beside_the_readme / f"{name}.py"
    script.write_text(_python(page), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)

    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
        asyncio.set_event_loop(None)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_a_block_that_does_not_run_says_why(page: Path) -> None:
    unexplained = [
        f"line {block.line}: {block.remark}"
        for block in blocks(page)
        if block.language in {"python", "py", "pycon"}
        and (block.language != "python" or (block.remark and not NO_RUN.fullmatch(block.remark)))
    ]

    assert unexplained == []


def _commands(page: Path) -> Iterator[tuple[int, list[str]]]:
    """Each command the page tells a reader to type, with its line."""
    for block in blocks(page):
        if block.language not in SHELLS:
            continue
        typed = block.text.replace("\\\n", " ").splitlines()
        for number, line in enumerate(typed, start=block.line):
            if block.language == "console" and not line.startswith("$ "):
                continue
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words:
                yield number, words


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_make_target_shown_exists(page: Path) -> None:
    shown = {
        (line, word)
        for line, words in _commands(page)
        if words[0] == "make"
        for word in words[1:]
        if re.fullmatch(r"[a-z-]+", word)
    }

    assert {(line, word) for line, word in shown if word not in _targets()} == set()


def _unknown(words: list[str], known: dict[str, set[str]]) -> list[str]:
    """What of a `flowdsl …` command does not exist: its name, or options of it."""
    names = [" ".join(["flowdsl", *words[1:n]]) for n in range(len(words), 0, -1)]
    command = next((name for name in names if name in known), "")
    is_group = any(name.startswith(f"{command} ") for name in known)
    rest = words[len(command.split()) :]
    if is_group and rest and not rest[0].startswith("-"):
        return [f"{command} {rest[0]}"]
    options = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    return sorted(options - known.get(command, set()))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_flowdsl_command_shown_exists(page: Path) -> None:
    known = commands(FOLDER / "cli.md")
    shown = [
        (line, words)
        for line, words in _commands(page)
        if Path(words[0]).name == "flowdsl" and page != FOLDER / "cli.md"
    ]

    assert [(line, bad) for line, words in shown if (bad := _unknown(words, known))] == []


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [
        ("flowdsl run audit.py --json", []),
        ("flowdsl run audit.py --jsn", ["--jsn"]),
        ("flowdsl rnu audit.py", ["flowdsl rnu"]),
        ("flowdsl models pull smollm2-135m", []),
        ("flowdsl models push x", ["flowdsl models push"]),
        ("flowdsl --version", []),
    ],
)
def test_a_wrong_command_is_seen(typed: str, unknown: list[str]) -> None:
    known = {
        "flowdsl": {"--help", "--version"},
        "flowdsl run": {"--json"},
        "flowdsl models": {"--help"},
        "flowdsl models pull": set[str](),
    }

    assert _unknown(typed.split(), known) == unknown


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_resolves(page: Path) -> None:
    broken: list[str] = []
    for target in links(page):
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            broken.append(target)
        elif fragment and file.suffix == ".md":
            known = {anchor(title) for title in headings(file)}
            broken += [] if fragment in known else [target]

    assert broken == []


def test_every_page_is_reached_from_an_index() -> None:
    docs = ROOT / "docs"
    shelves = {"tutorials", "how-to", "concepts", "reference", "design"}
    listed = set(re.findall(r"^([\w/-]+)$", (docs / "index.md").read_text("utf-8"), re.MULTILINE))
    strays = {
        relative(page)
        for page in PAGES
        if page.is_relative_to(docs)
        and page != docs / "index.md"
        and page.parent.name not in shelves
        and page.relative_to(docs).with_suffix("").as_posix() not in listed
    }

    assert strays == set()


def test_design_notes_are_numbered_and_titled() -> None:
    notes = [note for note in (ROOT / "docs" / "design").glob("*.md") if note.stem != "index"]
    wrong = [n for n in _names(notes) if not re.search(r"/\d{3}-[a-z0-9-]+\.md$", n)]

    assert wrong == []


@pytest.mark.parametrize("name", present())
def test_generated_pages_say_what_the_code_says(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""

    assert present()[name]() == written, "write it anew with make docs-reference"


def test_every_error_code_has_its_heading_and_its_words() -> None:
    found = headings(FOLDER / "errors.md")

    for cls in errors.classes():
        assert f"{cls.code}: {cls.__name__}" in found
        assert (cls.__doc__ or "").strip(), cls


def test_no_two_errors_share_a_code() -> None:
    codes = [cls.code for cls in errors.classes()]

    assert sorted(set(codes)) == codes


def test_every_node_kind_has_its_heading() -> None:
    found = headings(FOLDER / "nodes.md")

    assert [f"`{kind.kind}`" for kind in nodes.kinds()] == found[1:]


def test_the_base_of_all_nodes_is_no_kind_of_its_own() -> None:
    assert "node" not in {kind.kind for kind in nodes.kinds()}


def test_no_text_on_the_page_of_commands_is_cut_short() -> None:
    items = re.findall(r"^\* .*$", (FOLDER / "cli.md").read_text("utf-8"), flags=re.MULTILINE)

    assert items
    assert [item for item in items if item.endswith(("...", "…"))] == []


def test_the_page_of_names_has_every_public_door_and_every_fixture() -> None:
    found = headings(FOLDER / "api.md")

    doors = ("flowdsl", "flowdsl.testing", "flowdsl.events", "flowdsl.providers")
    fixtures = ("scripted", "graph_snapshot", "prompt_snapshot")
    assert {f"`{name}`" for name in (*doors, *fixtures)} <= set(found)


def test_a_long_entry_of_a_docstring_stays_one_item() -> None:
    docstring = """Do it.

    Args:
        script: A mapping goes by the name of the
            step that asks: its reply is given each time.
        **more: The rest.
    """

    assert markdown(docstring).splitlines()[4:] == [
        "- `script`: A mapping goes by the name of the",
        "      step that asks: its reply is given each time.",
        "- `**more`: The rest.",
    ]
