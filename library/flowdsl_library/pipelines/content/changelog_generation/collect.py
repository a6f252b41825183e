"""From a repository and two refs to the commits between them."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from flowdsl_library.pipelines.content.changelog_generation import git
from flowdsl_library.pipelines.content.changelog_generation.errors import (
    NoCommitsError,
    NotARepositoryError,
    RefNotFoundError,
    ShallowCloneError,
)
from flowdsl_library.pipelines.content.changelog_generation.log_format import (
    LOG_ARGUMENTS,
    parse_date,
    parse_log,
)
from flowdsl_library.pipelines.content.changelog_generation.message import reverted_ids
from flowdsl_library.pipelines.content.changelog_generation.records import Commit, History
from flowdsl_library.pipelines.content.changelog_generation.versioning import is_version_tag

_TAG_FORMAT = "--format=%(objectname) %(*objectname) %(refname:strip=2)"


def collect_commits(repo: str, *, from_ref: str | None = None, to_ref: str = "HEAD") -> History:
    """Read the commits reachable from `to_ref` and not from `from_ref`.

    Args:
        repo: A folder inside the repository.
        from_ref: Where the range starts, itself not in it. Without it: the last version tag
            before `to_ref` (a tag on `to_ref` itself names the range, it does not empty it);
            the whole history where no commit bears one. `""` asks for the whole history.
        to_ref: Where the range ends, itself in it.

    Returns:
        Newest first; no commits where both refs are the same.

    Raises:
        ChangelogError: No git, no repository, no commits, a shallow clone, a ref that is missing.
    """
    _check(repo)
    tags = _tags(repo)
    to_id = _resolve(repo, to_ref)
    earlier = _versions_before(repo, to_id, tags)
    start = (earlier[0] if earlier else None) if from_ref is None else from_ref or None
    from_id = None if start is None else _resolve(repo, start)
    wanted = [to_id] if from_id is None else [to_id, f"^{from_id}"]
    commits, warnings = parse_log(git.read(repo, *LOG_ARGUMENTS, *wanted, "--"), tags)
    if from_id is not None and git.ask(repo, "merge-base", "--is-ancestor", from_id, to_id)[0] != 0:
        warnings.append(f"'{start}' is no ancestor of '{to_ref}', so ranges will not add up")
    return History(
        name=_name(repo),
        from_ref=start,
        to_ref=to_ref,
        from_id=from_id,
        to_id=to_id,
        version=_version_on(to_id, tags),
        previous_version=_previous(repo, from_id, earlier, tags),
        date=_date(repo, to_id),
        commits=tuple(commits),
        elsewhere=_elsewhere(repo, commits),
        warnings=tuple(warnings),
    )


def _date(repo: str, commit: str) -> str:
    plain = ("--no-patch", "--no-notes", "--no-show-signature", "--format=%cI")
    return parse_date(git.lines(repo, "show", *plain, commit)[0])


def _check(repo: str) -> None:
    if not Path(repo).is_dir():
        raise NotARepositoryError(repo, reason="no such folder")
    if git.lines(repo, "rev-parse", "--is-shallow-repository") == ["true"]:
        raise ShallowCloneError(repo)
    if git.ask(repo, "rev-list", "--max-count=1", "--all")[1] == b"":
        raise NoCommitsError(repo)


def _resolve(repo: str, ref: str) -> str:
    wanted = f"{ref}^{{commit}}"
    code, output, _ = git.ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    if code == 0:
        return output.decode("ascii").strip()
    names = git.lines(repo, "for-each-ref", "--format=%(refname:lstrip=2)")
    raise RefNotFoundError(ref, near=get_close_matches(ref, names, n=3, cutoff=0.5))


def _tags(repo: str) -> dict[str, tuple[str, ...]]:
    """Tag names by commit, in version order; an annotated tag counts for the commit it is on."""
    found: dict[str, tuple[str, ...]] = {}
    for line in git.lines(repo, "for-each-ref", "--sort=version:refname", _TAG_FORMAT, "refs/tags"):
        direct, peeled, name = line.split(" ", 2)
        commit = peeled or direct
        found[commit] = (*found.get(commit, ()), name)
    return found


def _version_on(commit: str, tags: Mapping[str, Sequence[str]]) -> str | None:
    versions = [name for name in tags.get(commit, ()) if is_version_tag(name)]
    return versions[-1] if versions else None


def _versions_before(repo: str, to_id: str, tags: Mapping[str, Sequence[str]]) -> list[str]:
    """Version tags on strict ancestors of `to_id`, the latest first."""
    if not tags:
        return []
    decorated = git.lines(repo, "rev-list", "--date-order", "--simplify-by-decoration", to_id, "--")
    versions = (_version_on(commit, tags) for commit in decorated if commit != to_id)
    return [name for name in versions if name is not None]


def _previous(
    repo: str, from_id: str | None, earlier: Sequence[str], tags: Mapping[str, Sequence[str]]
) -> str | None:
    if from_id is None:
        return earlier[0] if earlier else None
    here = _version_on(from_id, tags)
    before = [] if here else _versions_before(repo, from_id, tags)
    return here or (before[0] if before else None)


def _elsewhere(repo: str, commits: Sequence[Commit]) -> tuple[str, ...]:
    """Commits named by a revert that exist, but not in the range."""
    named = sorted({name for commit in commits for name in reverted_ids(commit.message)})
    outside = [name for name in named if not _is_among(name, commits)]
    if not outside:
        return ()
    asked = "".join(f"{name}\n" for name in outside).encode("ascii")
    answers = git.read(repo, "cat-file", "--batch-check", stdin=asked).decode("ascii").splitlines()
    return tuple(
        name for name, answer in zip(outside, answers, strict=True) if " commit " in answer
    )


def _is_among(name: str, commits: Iterable[Commit]) -> bool:
    return any(commit.id.startswith(name) for commit in commits)


def _name(repo: str) -> str:
    code, output, _ = git.ask(repo, "rev-parse", "--show-toplevel")
    top = output.decode("utf-8", "replace").strip() if code == 0 else ""
    return Path(top or repo).resolve().name.removesuffix(".git")
