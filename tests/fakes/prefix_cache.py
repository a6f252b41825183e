"""Our own fake's prompt caches: what is kept of a prompt, for how long, and what that does to its bill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flowdsl.providers.json_schema import is_list, is_schema
from tests.fakes.words import digest, tokens_of_json

TTL_S = {"5m": 300.0, "1h": 3600.0}
LOOK_BACK = 20
"""Parts before a mark at which an earlier prompt may have ended."""


class Part(NamedTuple):
    """A part of a prompt, in the order tools, system, messages (PROVIDERS A.2)."""

    content: object
    tokens: int
    ttl: str
    """Where the prompt is to be kept up to here: for how long; empty for no mark."""


class Kept(NamedTuple):
    """Tokens of one prompt by what they are billed as."""

    fresh: int
    read: int
    written_5m: int
    written_1h: int


def parts_of(body: object) -> list[Part]:
    """The parts of a request of Anthropic's Messages API, marks included."""
    if not is_schema(body):
        return []
    found: list[Part] = []
    for name in ("tools", "system"):
        value = body.get(name)
        found += _parts(value, "")
    turns = body.get("messages")
    for turn in turns if is_list(turns) else []:
        if is_schema(turn):
            found += _parts(turn.get("content"), str(turn.get("role")))
    if ttl := _ttl(body.get("cache_control")):  # one mark for all: at the last part
        found[-1:] = [part._replace(ttl=ttl) for part in found[-1:]]
    return found


def _parts(value: object, role: str) -> list[Part]:
    blocks: Sequence[object] = value if is_list(value) else [value] if value else []
    found: list[Part] = []
    for block in blocks:
        bare = (
            {k: v for k, v in block.items() if k != "cache_control"} if is_schema(block) else block
        )
        ttl = _ttl(block.get("cache_control")) if is_schema(block) else ""
        told = bare if not is_schema(bare) or "text" not in bare else bare["text"]
        found.append(Part([role, told], tokens_of_json(told), ttl))
    return found


def _ttl(mark: object) -> str:
    return str(mark.get("ttl", "5m")) if is_schema(mark) else ""


class PrefixCache:
    """Beginnings of prompts, each until its time is over; reading one makes it last anew.

    Args:
        clock: Seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}
        self._ttls: dict[str, float] = {}

    def clear(self) -> None:
        """Keep nothing."""
        self._ends.clear()

    def account(self, owner: str, parts: Sequence[Part], minimum: int) -> Kept:
        """What a prompt is billed as, and keep what it marks.

        Args:
            owner: Model and key: nothing is shared beyond them.
            parts: The whole prompt.
            minimum: Tokens below which nothing is kept, and nothing is said of it (PROVIDERS A.5).
        """
        sums, names = self._ends_of(owner, parts)
        marks = [at for at, part in enumerate(parts) if part.ttl and sums[at] >= minimum]
        if not marks:
            return Kept(sums[-1] if sums else 0, 0, 0, 0)
        now = self._clock()
        read = max(
            (at for at in self._near(marks) if self._ends.get(names[at], now) > now), default=-1
        )
        done = sums[read] if read >= 0 else 0
        if read >= 0:
            self._ends[names[read]] = now + self._ttls[names[read]]
        written = {"5m": 0, "1h": 0}
        at_tokens = done
        for at in marks:
            if at > read:
                written[parts[at].ttl] += sums[at] - at_tokens
                at_tokens = sums[at]
                self._keep(names[at], now, TTL_S[parts[at].ttl])
        return Kept(sums[-1] - at_tokens, done, written["5m"], written["1h"])

    def longest(self, owner: str, parts: Sequence[Part], minimum: int) -> int:
        """Tokens of the longest beginning that was seen before, and keep this prompt, too; marks are not heeded."""
        sums, names = self._ends_of(owner, parts)
        now = self._clock()
        found = [n for n, name in zip(sums, names, strict=True) if self._ends.get(name, now) > now]
        for tokens, name in zip(sums, names, strict=True):
            if tokens >= minimum:
                self._keep(name, now, TTL_S["5m"])
        return max(found, default=0)

    def _keep(self, name: str, now: float, ttl_s: float) -> None:
        self._ends[name], self._ttls[name] = now + ttl_s, ttl_s

    @staticmethod
    def _near(marks: Sequence[int]) -> set[int]:
        return {at for mark in marks for at in range(max(0, mark - LOOK_BACK + 1), mark + 1)}

    @staticmethod
    def _ends_of(owner: str, parts: Sequence[Part]) -> tuple[list[int], list[str]]:
        sums: list[int] = []
        names: list[str] = []
        total, name = 0, digest(owner)
        for part in parts:
            total, name = total + part.tokens, digest([name, part.content])
            sums.append(total)
            names.append(name)
        return sums, names
