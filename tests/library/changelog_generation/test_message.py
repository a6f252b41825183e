"""What can be read out of a message without guessing."""

import pytest
from flowdsl_library.pipelines.content.changelog_generation.gitmoji import MEANINGS, split_emoji
from flowdsl_library.pipelines.content.changelog_generation.message import (
    parse_message,
    reverted_headline,
    reverted_ids,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("headline", "type_", "scope", "text"),
    [
        ("feat: a", "feat", None, "a"),
        ("Feat(ui): a (#12)", "feat", "ui", "a"),
        ("fix(ui, api)!: a", "fix", "ui, api", "a"),
        ("chore:a", "chore", None, "a"),
        ("transform: keep indexes", None, "transform", "keep indexes"),
        ("ASGI: wait", None, "ASGI", "wait"),
        ("Menus: seven recipes", None, None, "Menus: seven recipes"),
        ("std::move is used", None, None, "std::move is used"),
        ("robert(x): y", None, None, "robert(x): y"),
        ("fix ui: no", None, None, "fix ui: no"),
        (":bug: crash", None, None, "crash"),
        ("✨ feat(ui): shine", "feat", "ui", "shine"),
        ("", None, None, ""),
        ("(#12)", None, None, "(#12)"),
    ],
)
def test_a_header_is_taken_apart(
    headline: str, type_: str | None, scope: str | None, text: str
) -> None:
    message = parse_message(headline)

    assert (message.type, message.scope, message.text) == (type_, scope, text)


@pytest.mark.parametrize(
    ("message", "found", "note"),
    [
        ("feat!: a", "header", None),
        ("feat(x)!: a\n\nBREAKING CHANGE: b", "header", "b"),
        ("a\n\nBREAKING CHANGE: all of\nit moved\n\nmore", "footer", "all of it moved"),
        ("a\n\nBREAKING-CHANGE: b\nSigned-off-by: C", "footer", "b"),
        ("a\n\n* BREAKING CHANGES: b", "footer", "b"),
        ("a\n\nBREAKING CHANGE: None.", None, None),
        ("a\n\nbreaking change: b", None, None),
        ("a\n\nThis is not a BREAKING CHANGE at all", None, None),
        ("BREAKING: new names", "words", None),
        ("New names (breaking)", "words", None),
        ("Breaking news", None, None),
        ("fix: breaking of long lines", None, None),
    ],
)
def test_what_breaks_is_found_where_it_is_said(
    message: str, found: str | None, note: str | None
) -> None:
    parsed = parse_message(message)

    assert (parsed.breaking, parsed.breaking_note) == (found, note)


def test_trailers_are_the_last_paragraph_and_only_if_all_of_it_is() -> None:
    assert parse_message("a\n\nb: c\n\nRefs: #1\nChangelog: fixed").trailers == (
        ("refs", "#1"),
        ("changelog", "fixed"),
    )
    assert parse_message("a\n\nRefs: #1\nand so on").trailers == ()


def test_references_come_from_the_headline_and_from_lines_that_mention_them() -> None:
    message = "Mend it (#12)\n\nCloses #3, ABC-7\nuses UTF-8 and page#4\nrow #5 of 9\nSee GH-6"

    assert parse_message(message).references == ("#12", "#3", "ABC-7", "#6")


def test_a_merged_pull_request_of_one_parent_bears_its_title() -> None:
    message = "Merge pull request #8 from ada/x\n\nAdd a bell"

    assert parse_message(message).headline == "Add a bell (#8)"
    assert parse_message(message, is_merge=True).headline.startswith("Merge pull request")
    assert parse_message("Merge pull request #8 from ada/x").headline.startswith("Merge")


def test_fixups_lead_to_the_headline_they_belong_to() -> None:
    message = parse_message("fixup! squash! feat: a")

    assert (message.is_fixup, message.headline, message.type) == (True, "feat: a", "feat")
    assert not parse_message("No more fixup! commits").is_fixup


@pytest.mark.parametrize(
    ("headline", "undone"),
    [
        ('Revert "feat: a (#1)" (#2)', "feat: a (#1)"),
        ('revert: "a"', "a"),
        ('Revert "Revert "a""', 'Revert "a"'),
        ('Reapply "a"', 'Revert "a"'),
        ("revert: feat: a", "feat: a"),
        ("Revert a", None),
        ("fix: revert to the old way", None),
    ],
)
def test_a_revert_says_what_it_undoes(headline: str, undone: str | None) -> None:
    assert reverted_headline(headline) == undone


def test_ids_of_what_is_undone_may_be_cut_short() -> None:
    body = f"This reverts commit {'a' * 40}, reversing\nand reverts commit abcdef1.\nno commit abc"

    assert reverted_ids(body) == ("a" * 40, "abcdef1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("⬆️ Bump", ("⬆", "Bump")),
        ("👷🏻‍♂️ Build", ("👷", "Build")),
        ("📝Add", ("📝", "Add")),
        ("📝\u00a0Remove", ("📝", "Remove")),
        (":sparkles: New", ("✨", "New")),
        (":unheard: New", (None, ":unheard: New")),
        ("🔥", (None, "🔥")),
        ("plain ✨", (None, "plain ✨")),
    ],
)
def test_an_emoji_is_taken_off_with_its_ornaments(text: str, parts: tuple[str | None, str]) -> None:
    assert split_emoji(text) == parts


@pytest.mark.parametrize("emoji", sorted(MEANINGS))
def test_every_emoji_with_a_meaning_is_recognised(emoji: str) -> None:
    assert split_emoji(f"{emoji} x") == (emoji, "x")


@given(text=st.text(), is_merge=st.booleans())
def test_no_text_is_too_strange_to_be_taken_apart(text: str, *, is_merge: bool) -> None:
    message = parse_message(text, is_merge=is_merge)

    assert len(message.text) <= len(text) + 12
    assert "\n" not in message.headline
