"""Emoji at the head of a message, as the gitmoji convention uses them."""

import re

from flowdsl_library.pipelines.content.changelog_generation.records import Category

_SHORTCODE = re.compile(r":([a-z0-9_+-]+):\s*")
# Variation selectors, skin tones and what hangs on a zero-width joiner do not change the meaning.
_LEADING = re.compile(
    "(?P<emoji>[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff])"
    "(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2600-\u27bf]?)*"
    r"[\s:]*(?=\S)"
)

_SHORTCODES = {
    "sparkles": "✨",
    "bug": "🐛",
    "ambulance": "🚑",
    "memo": "📝",
    "fire": "🔥",
    "lock": "🔒",
    "zap": "⚡",
    "boom": "💥",
    "recycle": "♻",
    "white_check_mark": "✅",
    "construction_worker": "👷",
    "green_heart": "💚",
    "arrow_up": "⬆",
    "arrow_down": "⬇",
    "pushpin": "📌",
    "heavy_plus_sign": "\u2795",
    "heavy_minus_sign": "\u2796",
    "art": "🎨",
    "wrench": "🔧",
    "hammer": "🔨",
    "pencil2": "✏",
    "wastebasket": "🗑",
    "rewind": "⏪",
    "truck": "🚚",
    "bookmark": "🔖",
    "lipstick": "💄",
    "rotating_light": "🚨",
    "bulb": "💡",
    "see_no_evil": "🙈",
    "children_crossing": "🚸",
    "rocket": "🚀",
    "tada": "🎉",
    "adhesive_bandage": "🩹",
}

MEANINGS = {
    "✨": Category.ADDED,
    "🎉": Category.ADDED,
    "🩺": Category.ADDED,
    "🐛": Category.FIXED,
    "🚑": Category.FIXED,
    "🩹": Category.FIXED,
    "🔒": Category.SECURITY,
    "⚡": Category.PERFORMANCE,
    "💥": Category.CHANGED,
    "💄": Category.CHANGED,
    "🚸": Category.CHANGED,
    "👽": Category.CHANGED,
    "🔥": Category.REMOVED,
    "🗑": Category.DEPRECATED,
    "📝": Category.DOCUMENTATION,
    "✏": Category.DOCUMENTATION,
    "💡": Category.DOCUMENTATION,
    "⬆": Category.DEPENDENCIES,
    "⬇": Category.DEPENDENCIES,
    "📌": Category.DEPENDENCIES,
    "\u2795": Category.DEPENDENCIES,
    "\u2796": Category.DEPENDENCIES,
    "👷": Category.INTERNAL,
    "💚": Category.INTERNAL,
    "✅": Category.INTERNAL,
    "🧪": Category.INTERNAL,
    "♻": Category.INTERNAL,
    "🎨": Category.INTERNAL,
    "🔧": Category.INTERNAL,
    "🔨": Category.INTERNAL,
    "⚒": Category.INTERNAL,
    "🚚": Category.INTERNAL,
    "🚨": Category.INTERNAL,
    "🙈": Category.INTERNAL,
    "🍱": Category.INTERNAL,
    "🔐": Category.INTERNAL,
    "🚀": Category.INTERNAL,
}
"""Category by emoji; 🔖 (release) and ⏪ (revert) have rules of their own."""


def split_emoji(text: str) -> tuple[str | None, str]:
    """Take a leading emoji or `:shortcode:` off; the emoji comes back without its ornaments."""
    shortcode = _SHORTCODE.match(text)
    if shortcode is not None and shortcode[1] in _SHORTCODES:
        return _SHORTCODES[shortcode[1]], text[shortcode.end() :]
    leading = _LEADING.match(text)
    if leading is None:
        return None, text
    return leading["emoji"], text[leading.end() :]
