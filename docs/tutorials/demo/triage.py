"""Sort letters to a shop: a model says how each one sounds, plain Python does the rest."""

from typing import Literal

from pydantic import BaseModel

from flowdsl import each, pipeline, prompt, size, step, text, when

LETTERS = [
    "My parcel 4471 arrived two days early and the lamp is lovely. Thank you!",
    "Order 5102 came broken and nobody answers my calls. I want my money back.",
    "The chair from order 3980 is great, my cat has claimed it already.",
    "Third time I write about order 5102. This is the worst service I have ever had.",
    "Just a note: the new kettle works perfectly.",
    "The jacket of order 6003 is far too small and the zip is torn.",
]


class Mood(BaseModel):
    """How a letter sounds."""

    sentiment: Literal["negative", "positive"]


class Letter(BaseModel):
    """A letter, read."""

    order: str | None
    sentiment: Literal["negative", "positive"]
    text: str


@prompt(
    "Classify the sentiment of this review as negative or positive. Answer as JSON.\n\n{{ letter }}",
    max_tokens=24,
    temperature=0.0,
)
def read_mood(letter: str) -> Mood:
    """Ask a model how a letter sounds."""
    ...


@step(inline=True)
def combine(letters: list[str], moods: list[Mood]) -> list[Letter]:
    """Put what the model said beside what plain Python finds."""
    return [
        Letter(order=_order_in(letter), sentiment=mood.sentiment, text=letter)
        for letter, mood in zip(letters, moods, strict=True)
    ]


def _order_in(letter: str) -> str | None:
    return next((word.strip(".,!") for word in letter.split() if word.strip(".,!").isdigit()), None)


@step(inline=True)
def urgent(letters: list[Letter]) -> list[Letter]:
    """Choose what somebody must answer today."""
    return [letter for letter in letters if letter.sentiment == "negative"]


@pipeline
def triage(letters: list[str]) -> str:
    """Tell which letters somebody must answer today."""
    waiting = urgent(combine(letters, each(letters, read_mood)))
    return when(
        size(waiting) > 0,
        lambda: text(
            """
            To answer today:
            {% for letter in letters %}
            - order {{ letter.order or "unknown" }}: {{ letter.text }}
            {% endfor %}
            {{ letters | length }} in all.
            """,
            letters=waiting,
        ),
        otherwise="Nothing to answer today.",
    )
