"""A graph drawn with box characters, for terminals."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import east_asian_width

from flowdsl.errors.printable import printable
from flowdsl.ir.figure import Box, Card, Figure, Line, Metrics, figure_of
from flowdsl.ir.graph import Graph
from flowdsl.ir.layout import Gaps, Size

_WIDEST = 34
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_STROKES: Mapping[int, str] = {
    _UP: "│",
    _DOWN: "│",
    _UP | _DOWN: "│",
    _LEFT: "─",
    _RIGHT: "─",
    _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "┌",
    _DOWN | _LEFT: "┐",
    _UP | _RIGHT: "└",
    _UP | _LEFT: "┘",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _LEFT | _RIGHT | _DOWN: "┬",
    _LEFT | _RIGHT | _UP: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


def to_text_drawing(graph: Graph) -> str:
    """The graph as text of boxes and lines; model calls have a double border; ends with a line break."""
    figure = figure_of(graph, Metrics(_card_size, Gaps(3, 3, 1, 1), 2, 1))
    canvas = _Canvas()
    canvas.figure(figure, 0, 0)
    return printable(f"{graph.name}\n\n{canvas}\n")


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    said = "".join(letter if letter.isprintable() else " " for letter in text)
    if _columns(said) <= _WIDEST:
        return said
    kept = len(said)
    while _columns(said[:kept]) > _WIDEST - 1:
        kept -= 1
    return said[:kept].rstrip(" …") + "…"


def _rows(card: Card) -> list[str]:
    caption = card.caption_within(lambda said: _columns(said) <= _WIDEST)
    said = (card.title, caption, f"→ {card.type}" if card.type else "")
    return [_cut(each) for each in said if each]


def _card_size(card: Card) -> Size:
    rows = _rows(card)
    # Uneven widths have a middle column, from which edges leave straight.
    return Size((max(map(_columns, rows), default=1) + 4) | 1, len(rows) + 2)


class _Canvas:
    """Characters by row and column; lines that meet are joined."""

    def __init__(self) -> None:
        self._letters: dict[tuple[int, int], str] = {}
        self._strokes: dict[tuple[int, int], int] = {}

    def __str__(self) -> str:
        spots = [*self._letters, *self._strokes]
        bottom = max((row for row, _ in spots), default=-1)
        right = max((column for _, column in spots), default=-1)
        lines = [
            "".join(self._at(row, column) for column in range(right + 1))
            for row in range(bottom + 1)
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _at(self, row: int, column: int) -> str:
        stroke = self._strokes.get((row, column), 0)
        return self._letters.get((row, column), _STROKES.get(stroke, " "))

    def _write(self, row: int, column: int, text: str) -> None:
        for letter in text:
            self._letters[row, column] = letter
            column += 1
            if east_asian_width(letter) in "WF":
                self._letters[row, column] = ""
                column += 1

    def _stroke(self, row: int, column: int, mark: int) -> None:
        self._strokes[row, column] = self._strokes.get((row, column), 0) | mark

    def _down(self, column: int, top: int, bottom: int) -> None:
        for row in range(top, bottom):
            self._stroke(row, column, _DOWN)
            self._stroke(row + 1, column, _UP)

    def _across(self, row: int, start: int, end: int) -> None:
        for column in range(min(start, end), max(start, end)):
            self._stroke(row, column, _RIGHT)
            self._stroke(row, column + 1, _LEFT)

    def figure(self, figure: Figure, x: float, y: float) -> None:
        for line in figure.lines:
            self._line(line, x, y)
        for box in figure.boxes:
            self._box(box, x + box.x, y + box.y)

    def _line(self, line: Line, x: float, y: float) -> None:
        row = round(y + line.route.start) - 1
        for leg in line.route.legs:
            here, there = int(x + leg.x1), int(x + leg.x2)
            bend, bottom = int(y + leg.bend), round(y + leg.bottom)
            self._down(here, row, bend)
            self._across(bend, here, there)
            self._down(there, bend, bottom - 1)
            row = bottom - 1
        self._letters[row, int(x + line.route.legs[-1].x2)] = "▽" if line.is_order else "▼"

    def _box(self, box: Box, x: float, y: float) -> None:
        left, top = int(x), round(y)
        width, height = round(box.size.width), round(box.size.height)
        border = "╔═╗║╚╝" if box.card.look == "model" else "╭─╮│╰╯"
        self._write(top, left, border[0] + border[1] * (width - 2) + border[2])
        for row in range(top + 1, top + height - 1):
            self._write(row, left, border[3])
            self._write(row, left + width - 1, border[3])
        self._write(top + height - 1, left, border[4] + border[1] * (width - 2) + border[5])
        for number, text in enumerate(_rows(box.card)):
            self._write(top + 1 + number, left + 2, text)
        for body in box.bodies:
            inner_y = round(y + body.y)
            if body.name:
                self._write(inner_y - 1, int(x + body.x), _cut(body.name))
            self.figure(body.figure, int(x + body.x), inner_y)
