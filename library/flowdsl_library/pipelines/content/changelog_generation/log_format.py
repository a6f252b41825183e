"""The NUL-separated log: how it is asked for and how it is read."""

import re
from collections.abc import Iterator, Mapping

from flowdsl_library.pipelines.content.changelog_generation.records import Commit, FileChange

# A record opens with 0x1e, which no line of numbers can open with.
_FIELDS = ("%H", "%P", "%aN", "%aE", "%cI", "%e", "%B")

LOG_ARGUMENTS = (
    "log",
    "-z",
    "--topo-order",
    "--numstat",
    "--no-renames",
    "--diff-merges=off",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-show-signature",
    "--no-notes",
    "--no-decorate",
    "--encoding=UTF-8",
    "--format=tformat:%x1e" + "%x00".join(_FIELDS) + "%x00",
)

_NUMBERS = re.compile(rb"\n?(\d+|-)\t(\d+|-)\t(.*)", re.DOTALL)


def parse_log(output: bytes, tags: Mapping[str, tuple[str, ...]]) -> tuple[list[Commit], list[str]]:
    """Read the log's output.

    Args:
        output: What git printed for `LOG_ARGUMENTS`.
        tags: Tag names by commit.

    Returns:
        Commits in the order git gave them, and warnings about text that had to be guessed.
    """
    commits: list[Commit] = []
    warnings: list[str] = []
    for record in _records(output.split(b"\0")):
        commit, was_guessed = _commit(record, tags)
        commits.append(commit)
        if was_guessed:
            warnings.append(f"{commit.id[:10]}: message is not UTF-8 and names no encoding")
    return commits, warnings


def _records(tokens: list[bytes]) -> Iterator[list[bytes]]:
    start = 0
    width = len(_FIELDS)
    while start < len(tokens) and tokens[start].startswith(b"\x1e"):
        end = start + width
        while end < len(tokens) and not tokens[end].startswith(b"\x1e"):
            end += 1
        yield tokens[start:end]
        start = end


def _commit(record: list[bytes], tags: Mapping[str, tuple[str, ...]]) -> tuple[Commit, bool]:
    commit_id = record[0][1:].decode("ascii")
    encoding = record[5].decode("ascii", "replace")
    author, _ = decode(record[2], encoding)
    email, _ = decode(record[3], encoding)
    message, was_guessed = decode(record[6], encoding)
    commit = Commit(
        id=commit_id,
        parents=tuple(record[1].decode("ascii").split()),
        author=author,
        email=email,
        date=parse_date(record[4].decode("ascii", "replace")),
        message=message,
        files=tuple(_files(record[len(_FIELDS) :])),
        tags=tags.get(commit_id, ()),
    )
    return commit, was_guessed


def parse_date(text: str) -> str:
    """Write a commit's date in one way; newer versions of git say `Z` for UTC."""
    return text.removesuffix("Z") + "+00:00" if text.endswith("Z") else text


def _files(tokens: list[bytes]) -> Iterator[FileChange]:
    for token in tokens:
        numbers = _NUMBERS.fullmatch(token)
        if numbers is not None:
            added, deleted, path = numbers.groups()
            yield FileChange(
                path=path.decode("utf-8", "backslashreplace"),
                added=_count(added),
                deleted=_count(deleted),
            )


def _count(number: bytes) -> int | None:
    return None if number == b"-" else int(number)


def decode(text: bytes, encoding: str) -> tuple[str, bool]:
    """Decode text git could not turn into UTF-8 itself; tells whether it had to be guessed."""
    for name in ("utf-8", encoding):
        try:
            return text.decode(name), False
        except (LookupError, UnicodeDecodeError):
            continue
    return text.decode("latin-1"), True
