"""What kind of work a set of changed paths is."""

import re
from collections.abc import Iterable
from typing import Literal

PathClass = Literal["changelog", "docs", "tests", "ci", "deps", "tooling", "source"]

# The first row that matches decides; `source` is what no row claims.
_ROWS: tuple[tuple[PathClass, re.Pattern[str]], ...] = (
    (
        "changelog",
        re.compile(
            r"(?:.*/)?(?:change[-_]?logs?|changes|history|news|release[-_]notes|latest-changes)"
            r"(?:\.(?:md|rst|txt|adoc))?",
            re.IGNORECASE,
        ),
    ),
    ("changelog", re.compile(r"(?:.*/)?(?:changelog\.d|newsfragments|\.changeset)/.*")),
    (
        "ci",
        re.compile(
            r"\.github/.*|\.circleci/.*|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|azure-pipelines\.ya?ml"
            r"|\.ci/.*|Jenkinsfile|appveyor\.ya?ml|\.buildkite/.*|codecov\.ya?ml|\.codecov\.ya?ml"
        ),
    ),
    ("tests", re.compile(r"(?:.*/)?(?:tests?|testing|__tests__|spec|e2e)/.*")),
    ("tests", re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test\.\w+|[^/]*\.(?:test|spec)\.\w+)")),
    (
        "deps",
        re.compile(
            r"(?:.*/)?(?:[\w-]*requirements[\w-]*\.(?:txt|in|lock)|requirements/.*|uv\.lock"
            r"|poetry\.lock|Pipfile(?:\.lock)?|package-lock\.json|yarn\.lock|pnpm-lock\.yaml"
            r"|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock)"
        ),
    ),
    (
        "docs",
        re.compile(
            r"(?:.*/)?(?:docs?|docs_src|examples?|documentation)/.*"
            r"|(?:.*/)?[^/]*\.(?:md|rst|adoc)|mkdocs[\w.-]*\.ya?ml|\.readthedocs\.ya?ml"
            r"|(?:.*/)?(?:README|LICEN[CS]E|NOTICE|AUTHORS|CONTRIBUTORS|CODEOWNERS)[^/]*",
            re.IGNORECASE,
        ),
    ),
    (
        "tooling",
        re.compile(
            r"(?:.*/)?(?:\.gitignore|\.gitattributes|\.editorconfig|\.pre-commit-config\.yaml"
            r"|\.flake8|\.mailmap|Makefile|Justfile|noxfile\.py|tox\.ini|mypy\.ini|pytest\.ini"
            r"|setup\.cfg|\.stats\.yml|\.DS_Store|Dockerfile|\.dockerignore|pyproject\.toml"
            r"|\.coveragerc|\.isort\.cfg|biome\.json|\.prettierrc\w*|\.devcontainer/.*|\.vscode/.*)"
            r"|(?:scripts?|bin|tools?|\.\w[\w-]*)/.*",
        ),
    ),
)


def path_class(path: str) -> PathClass:
    """Say what kind of file a path is, by its name alone."""
    for name, pattern in _ROWS:
        if pattern.fullmatch(path):
            return name
    return "source"


def path_classes(paths: Iterable[str]) -> frozenset[PathClass]:
    """All kinds of files among the paths."""
    return frozenset(path_class(path) for path in paths)
