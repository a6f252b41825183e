"""How the SVG looks."""

import re

from flowdsl.ir.draw_style import STATES, STYLE
from flowdsl.ir.kinds import KINDS


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 has it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def looks(style: str) -> dict[str, tuple[str, str]]:
    """Kind: filling of the box, ink of the caption."""
    pattern = r"\.(\w+)>\.box\{stroke:[^;]+;fill:(#\w{6})\w*\}\.flowdsl \.\w+>\.kind\{fill:(#\w+)\}"
    return {kind: (filling, ink) for kind, filling, ink in re.findall(pattern, style)}


def test_captions_can_be_read_by_day_and_by_night() -> None:
    day, night = STYLE.split("@media(prefers-color-scheme:dark)")

    for style in (day, night):
        found = looks(style)
        assert len(found) == 9
        assert {kind: c for kind, (f, i) in found.items() if (c := contrast(f, i)) < 4.5} == {}


def test_every_kind_has_a_look_and_every_state_a_mark() -> None:
    drawn = {"generate": "model"} | dict.fromkeys(("each", "while", "switch", "subflow"), "region")

    assert {drawn.get(kind, kind) for kind in KINDS} <= set(looks(STYLE))
    assert len(set(STATES.values())) == len(STATES)


def test_no_rule_reaches_beyond_the_drawing() -> None:
    rules = re.sub(r"@media\([^)]*\)\{", "", STYLE)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", rules)]

    assert [each for each in selectors if not each.startswith(".flowdsl ")] == []
    assert "url(" not in STYLE
    assert "import" not in STYLE
