"""Text of a document → plain values, every one of which knows its line and column. Nothing here knows workflows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compat_yaml.errors import ReadDifferentlyError, YamlKeyError, YamlLimitError, YamlTextError
from compat_yaml.scalars import Scalar, resolve
from compat_yaml.source import Source, Spot, Spots, Tree
from flowdsl.errors.base import FlowError, Place

if TYPE_CHECKING:
    from yaml import CSafeLoader, Event, SafeLoader

MAX_BYTES = 10_000_000
MAX_DEPTH = 200
"""Lists and mappings inside one another."""
MAX_NODES = 1_000_000
"""Values in all, what aliases stand for counted each time."""
_SLOWLY = 200_000
"""Characters of the longest text that the parser in Python is asked about."""


def decode(content: bytes, name: str) -> str:
    """A file's bytes as text.

    Raises:
        YamlLimitError: It is longer than `MAX_BYTES`.
        YamlTextError: It is not UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise YamlLimitError(
            f"it has {len(content):,} bytes, more than {MAX_BYTES:,}", place=Place(name, 1, 1)
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise YamlTextError(
            f"the byte 0x{content[error.start]:02x} is no UTF-8",
            place=Place(name, line, column),
            cure="save the file as UTF-8.",
        ) from None


def read(text: str, name: str) -> Source:
    """Read one document; whatever is wrong with it as YAML is in `problems`, all of it that can be told at once.

    YAML 1.2's core schema decides what scalars mean. Merge keys (`<<`) are followed, with a warning: the original did
    not. Two documents in one text, a key given twice and keys that are lists or mappings are errors.
    """
    source = Source(name, text)
    if len(text) > MAX_BYTES:
        too_long = f"it has {len(text):,} characters, more than {MAX_BYTES:,}"
        source.problems.append(YamlLimitError(too_long, place=source.place((0, 0))))
        return source
    import yaml

    # The parser in C comes with PyYAML's wheels. It refuses a few texts that the standard and the one in Python take
    # (tabs in block scalars, halves of characters as escapes); that one is slow, and asked about short texts only.
    slow = len(text) <= _SLOWLY and yaml.__with_libyaml__
    try:
        _Builder(source).build(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    except YamlTextError as problem:
        again = Source(name, text)
        if not slow or not _is_built(again):
            source.problems.append(problem)
            source.tree = None
            return source
        return again
    except FlowError as problem:
        source.problems.append(problem)
        source.tree = None
    return source


def _is_built(source: Source) -> bool:
    """Whether the parser in Python takes a text that the one in C refused."""
    import yaml

    try:
        _Builder(source).build(yaml.SafeLoader)
    except FlowError:
        return False
    return True


def _events(source: Source, loader: type[CSafeLoader | SafeLoader]) -> Iterator[Event]:
    import yaml

    try:
        yield from yaml.parse(source.text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = (0, 0) if mark is None else (mark.line, mark.column)
        raise YamlTextError(_said(error), place=source.place(spot)) from None
    except yaml.reader.ReaderError as error:
        # The parser in C counts bytes.
        is_bytes = loader is yaml.CSafeLoader
        before = (
            source.text.encode()[: error.position].decode(errors="ignore")
            if is_bytes
            else source.text[: error.position]
        )
        spot = (before.count("\n"), len(before) - (before.rfind("\n") + 1))
        raise YamlTextError(
            f"the character U+{ord(source.text[len(before)]):04X} may not stand in YAML",
            place=source.place(spot),
            cure="leave it away, or write it as an escape in double quotes.",
        ) from None


def _said(error: object) -> str:
    problem: object = getattr(error, "problem", None)
    context: object = getattr(error, "context", None)
    return ", ".join(str(each) for each in (context, problem) if each) or "it is no YAML"


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come."""

    holder: list[Tree] | dict[Scalar, Tree]
    spots: Spots
    anchor: str | None
    key: Scalar = None
    key_spot: Spot = (0, 0)
    has_key: bool = False
    is_merge: bool = False
    """Whether the key is `<<` without quotes."""
    merges: list[tuple[Spot, Tree]] = field(default_factory=list[tuple[Spot, Tree]])


def whole(text: str) -> str:
    """A text whose escaped halves of characters stand together; a half alone is replaced."""
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Builder:
    """Turns parser events into values, without recursion: depth is bounded by us, not by the stack."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Tree, int]] = {}
        self.nodes = 0
        self.documents = 0

    def build(self, loader: type[CSafeLoader | SafeLoader]) -> None:
        for event in _events(self.source, loader):
            mark = event.start_mark
            spot = (0, 0) if mark is None else (mark.line, mark.column)
            match type(event).__name__:
                case "ScalarEvent":
                    self._scalar(event, spot)
                case "MappingStartEvent":
                    self._begin({}, event, spot)
                case "SequenceStartEvent":
                    self._begin([], event, spot)
                case "MappingEndEvent" | "SequenceEndEvent":
                    self._end()
                case "AliasEvent":
                    self._alias(event, spot)
                case "DocumentStartEvent":
                    self._document(spot)
                case _:
                    pass

    def _document(self, spot: Spot) -> None:
        self.documents += 1
        if self.documents > 1:
            raise YamlTextError(
                "a second document begins here",
                place=self.source.place(spot),
                cure="keep one document in a file; the original read the last one only.",
            )

    def _scalar(self, event: Event, spot: Spot) -> None:
        text: str = whole(getattr(event, "value", ""))
        tag: str | None = getattr(event, "tag", None)
        # The parser in Python says `None` where the one in C says "".
        is_plain = not getattr(event, "style", None) and tag is None
        value = resolve(text) if is_plain else self._tagged(text, tag, spot)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = (value, 1)
        self._put(value, spot, 1, is_merge=is_plain and text == "<<")

    def _tagged(self, text: str, tag: str | None, spot: Spot) -> Scalar:
        """A scalar in quotes or with a tag."""
        kind = (tag or "").removeprefix("tag:yaml.org,2002:").removeprefix("!!")
        if kind in {"", "str", "!"}:
            return text
        value = None if kind == "null" else resolve(text)
        if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        wanted = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(kind)
        if wanted is None:
            self.source.problems.append(
                YamlTextError(
                    f"the tag '{tag}' has no meaning here",
                    place=self.source.place(spot),
                    cure="leave it away, or put the text in quotes when an exclamation mark is meant.",
                )
            )
            return text
        if type(value) is not wanted:
            self.source.problems.append(
                YamlTextError(f"'{text}' is no {kind}", place=self.source.place(spot))
            )
        return value

    def _begin(self, holder: list[Tree] | dict[Scalar, Tree], event: Event, spot: Spot) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise YamlLimitError(
                f"lists and mappings lie more than {MAX_DEPTH} deep in one another",
                place=self.source.place(spot),
            )
        spots = self.source.note(holder, spot)
        anchor: str | None = getattr(event, "anchor", None)
        self.open.append(_Open(holder, spots, anchor))

    def _end(self) -> None:
        done = self.open.pop()
        if isinstance(done.holder, dict) and done.merges:
            self._merge(done.holder, done)
        if done.anchor:
            self.anchors[done.anchor] = (done.holder, done.spots.size)
        self._put(done.holder, done.spots.own, done.spots.size)

    def _alias(self, event: Event, spot: Spot) -> None:
        name: str = getattr(event, "anchor", "")
        if name not in self.anchors:
            raise YamlTextError(
                f"there is no anchor '&{name}' before this alias",
                place=self.source.place(spot),
                cure="define it above, or put the text in quotes when a star is meant.",
            )
        value, size = self.anchors[name]
        self._put(value, spot, size)

    def _put(self, value: Tree, spot: Spot, size: int, *, is_merge: bool = False) -> None:
        """Hand a value to the list or mapping around it."""
        self.nodes += size if not self.open or size == 1 else 1
        if not self.open:
            self.source.tree = value
            return
        around = self.open[-1]
        around.spots.size += size
        if around.spots.size > MAX_NODES:
            raise YamlLimitError(
                f"it stands for more than {MAX_NODES:,} values, aliases followed",
                place=self.source.place(spot),
            )
        holder = around.holder
        if isinstance(holder, list):
            around.spots.values[len(holder)] = spot
            holder.append(value)
        elif around.has_key:
            around.has_key = False
            self._set(around, holder, value, spot)
        else:
            self._key(around, value, spot, is_merge=is_merge)

    def _key(self, around: _Open, value: Tree, spot: Spot, *, is_merge: bool) -> None:
        around.has_key, around.key_spot = True, spot
        if isinstance(value, (list, dict)):
            self.source.problems.append(
                YamlKeyError(
                    "a key is a list or a mapping",
                    place=self.source.place(spot),
                    cure='put the text in quotes: "{{ name }}" without them is a mapping of YAML.',
                )
            )
            around.key, around.is_merge = None, False
            return
        around.key, around.is_merge = value, is_merge

    def _set(self, around: _Open, holder: dict[Scalar, Tree], value: Tree, spot: Spot) -> None:
        key = around.key
        if around.is_merge:
            around.merges.append((around.key_spot, value))
            return
        if key in holder and type(key) is type(next(each for each in holder if each == key)):
            first = self.source.place_of_key(holder, key)
            self.source.problems.append(
                YamlKeyError(
                    f"the key '{key}' is given twice, first in line {first.line}",
                    place=self.source.place(around.key_spot),
                    cure="keep one of them; the original took the first and said nothing.",
                )
            )
            return
        holder[key] = value
        around.spots.keys[key] = around.key_spot
        around.spots.values[key] = spot

    def _merge(self, holder: dict[Scalar, Tree], done: _Open) -> None:
        for spot, given in done.merges:
            self.source.warnings.append(
                ReadDifferentlyError(
                    "the merge key '<<' is followed here; the original did not know it",
                    place=self.source.place(spot),
                )
            )
            for each in given if isinstance(given, list) else [given]:
                if not isinstance(each, dict):
                    self.source.problems.append(
                        YamlKeyError(
                            "what '<<' merges is no mapping", place=self.source.place(spot)
                        )
                    )
                    continue
                inner = self.source.spots_of(each)
                for key, value in each.items():
                    if key not in holder:
                        holder[key] = value
                        done.spots.keys[key] = spot
                        done.spots.values[key] = inner.values.get(key, spot) if inner else spot
