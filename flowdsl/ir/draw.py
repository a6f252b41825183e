"""A graph as a self-contained SVG: notebook, command line and dashboard share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from unicodedata import east_asian_width
from urllib.parse import quote

from flowdsl.ir.draw_style import STATES, STYLE, THEMES
from flowdsl.ir.figure import Body, Box, Card, Figure, Line, Metrics, figure_of
from flowdsl.ir.graph import Graph
from flowdsl.ir.layout import Gaps, Size
from flowdsl.ir.mermaid import to_mermaid
from flowdsl.ir.text_drawing import to_text_drawing

__all__ = ["to_html", "to_mermaid", "to_svg", "to_text_drawing"]

_MARGIN = 20.0
_HEADING = 34.0
_WIDEST_TEXT = 230.0
_NARROWEST = 84.0
_TITLE, _SMALL = 13.5, 11.0
"""Font sizes in pixels."""


def to_svg(graph: Graph, *, states: Mapping[str, str] | None = None) -> str:
    """Draw the graph; no script, no font and no picture is fetched.

    Each node is a `<g>` with its path as `id` (percent-encoded) and as `data-node`, so that a live view can find it.

    Args:
        graph: Need not be sound; what names no node is left out.
        states: State of nodes by path: `waiting`, `running`, `done`, `failed`, `skipped`. A path is node ids joined
            by `/`, as in events, but without the numbers of items and rounds.
    """
    figure = figure_of(graph, Metrics(_card_size, Gaps(26, 34, 3, 10), 16, 22))
    width = max(figure.size.width, _wide(graph.name, _TITLE + 3) + 10) + 2 * _MARGIN
    height = figure.size.height + 2 * _MARGIN + _HEADING
    emitter = _Emitter(states or {})
    shift = (width - 2 * _MARGIN - figure.size.width) / 2
    about = f"{graph.name}: {len(graph)} nodes, {len(graph.edges)} edges."
    described = f"{about} {graph.description}".strip()
    box = f'width="{width:.0f}" height="{height:.0f}"'
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flowdsl" role="img" {box}',
        f' viewBox="0 0 {width:.0f} {height:.0f}" aria-label="{_safe(about)}"',
        ' style="max-width:100%;height:auto">',
        f"<title>{_safe(graph.name)}</title><desc>{_safe(described)}</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" {box} rx="8"/>',
        f'<text class="heading" x="{_MARGIN:g}" y="{_MARGIN + 8:g}">{_safe(graph.name)}</text>',
        f'<g transform="translate({_MARGIN + shift:.1f} {_MARGIN + _HEADING - 8:.1f})">',
        *emitter.figure(figure),
        "</g></svg>",
    )
    return "".join(parts)


def to_html(graph: Graph, *, states: Mapping[str, str] | None = None) -> str:
    """The drawing for a notebook's cell: it follows the notebook's theme, where that is not the system's.

    Args:
        graph: As for `to_svg`.
        states: As for `to_svg`.
    """
    return f"<div><style>{THEMES}</style>{to_svg(graph, states=states)}</div>"


def _safe(text: str) -> str:
    """Text for XML: escaped, and without the characters that XML does not allow."""
    allowed = "".join(
        c if c in "\t\n" or (" " <= c <= "\ud7ff") or c > "\udfff" else "\ufffd" for c in text
    )
    return escape(allowed.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))


@lru_cache(maxsize=4096)
def _wide(text: str, size: float) -> float:
    """About how wide a text is in a usual sans-serif font, in pixels; a little too much rather than too little."""
    total = 0.0
    for letter in text:
        if letter in "iljtfrI.,:;|'!()[] ":
            total += 0.36
        elif letter in "mwMW@%—→":
            total += 0.92
        elif east_asian_width(letter) in "WF":
            total += 1.05
        else:
            total += 0.66 if letter.isupper() or letter == "_" else 0.57
    return total * size


def _cut(text: str, size: float) -> str:
    """The text, or so much of it as fits."""
    if _wide(text, size) <= _WIDEST_TEXT:
        return text
    kept = len(text)
    while kept and _wide(text[:kept] + "…", size) > _WIDEST_TEXT:
        kept -= 1
    return text[:kept].rstrip(" …") + "…"


def _fits(caption: str) -> bool:
    return _wide(caption, _SMALL) <= _WIDEST_TEXT


def _texts(card: Card) -> tuple[str, str, str]:
    return (
        _cut(card.caption_within(_fits).replace("\n", " "), _SMALL),
        _cut(card.title.replace("\n", " "), _TITLE),
        _cut(f"→ {card.type}", _SMALL) if card.type else "",
    )


def _card_size(card: Card) -> Size:
    caption, title, type_ = _texts(card)
    room = max(_wide(caption, _SMALL), _wide(title, _TITLE) * 1.06, _wide(type_, _SMALL))
    width = max(room + 28, _NARROWEST)
    if card.look == "output":
        return Size(max(room + 32, 64), 28)
    return Size(width, 44 if card.look == "input" else 60)


class _Emitter:
    """Writes figures; remembers which ids are taken."""

    def __init__(self, states: Mapping[str, str]) -> None:
        self._states = states
        self._taken: set[str] = set()

    def figure(self, figure: Figure) -> Iterator[str]:
        yield from (self._line(line) for line in figure.lines)
        for box in figure.boxes:
            yield from self._box(box)

    def _line(self, line: Line) -> str:
        legs = line.route.legs
        path = [f"M{legs[0].x1:.1f} {line.route.start:.1f}"]
        for leg in legs:
            middle = (leg.top + leg.bottom) / 2
            last = leg.bottom - (5 if leg is legs[-1] else 0)
            path.append(f"V{leg.top:.1f}")
            if abs(leg.x1 - leg.x2) < 0.5:
                path.append(f"V{last:.1f}")
            else:
                path.append(
                    f"C{leg.x1:.1f} {middle:.1f} {leg.x2:.1f} {middle:.1f} {leg.x2:.1f} {last:.1f}"
                )
        end = legs[-1]
        look = "edge order" if line.is_order else "edge"
        return (
            f'<g class="{look}"><title>{_safe(line.says)}</title><path d="{"".join(path)}"/>'
            f'<path class="tip" d="M{end.x2 - 4:.1f} {end.bottom - 7:.1f}h8l-4 7z"/></g>'
        )

    def _id(self, path: str) -> str:
        plain = quote(path, safe="/!-_.~", errors="surrogatepass")
        found, number = plain, 1
        while found in self._taken:
            number += 1
            found = f"{plain}~{number}"
        self._taken.add(found)
        return found

    def _box(self, box: Box) -> Iterator[str]:
        card, size = box.card, box.size
        state = self._states.get(card.path, "")
        known = f" {state}" if state in STATES else ""
        yield (
            f'<g class="node {card.look}{known}" id="{_safe(self._id(card.path))}" '
            f'data-node="{_safe(card.path)}" transform="translate({box.x:.1f} {box.y:.1f})">'
            f"<title>{_safe(card.full)}{f' ({state})' if known else ''}</title>"
        )
        radius = 14 if card.look in {"input", "output"} else 8
        yield f'<rect class="box" width="{size.width:.1f}" height="{size.height:.1f}" rx="{radius}"/>'
        yield from _words(card, size, centred=not box.bodies)
        if known:
            yield (
                f'<circle class="lamp" cx="{size.width - 2:.1f}" cy="2" r="8"/>'
                f'<text class="mark" x="{size.width - 2:.1f}" y="6">{STATES[state]}</text>'
            )
        for body in box.bodies:
            yield from self._body(body)
        yield "</g>"

    def _body(self, body: Body) -> Iterator[str]:
        if body.name:
            middle = body.x + body.figure.size.width / 2
            name = _safe(_cut(body.name, _SMALL))
            yield f'<text class="part" x="{middle:.1f}" y="{body.y - 9:.1f}">{name}</text>'
        yield f'<g transform="translate({body.x:.1f} {body.y:.1f})">'
        yield from self.figure(body.figure)
        yield "</g>"


def _words(card: Card, size: Size, *, centred: bool) -> Iterator[str]:
    caption, title, type_ = _texts(card)
    x = size.width / 2 if centred else 14.0
    place = "" if centred else ' style="text-anchor:start"'
    rows = {"input": (0, 19, 34), "output": (0, 18, 0)}.get(card.look, (16, 34, 50))
    for look, text, y in zip(("kind", "name", "type"), (caption, title, type_), rows, strict=True):
        if text:
            yield f'<text class="{look}" x="{x:.1f}" y="{y}"{place}>{_safe(text)}</text>'
