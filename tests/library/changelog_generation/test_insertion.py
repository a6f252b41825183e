"""A section finds its place once and for all."""

from flowdsl_library.pipelines.content.changelog_generation.insertion import insert_section
from hypothesis import given
from hypothesis import strategies as st

SECTION = "## [v1.1] - 2026-01-02\n\n- news\n"
BLOCK = f"<!-- changelog:begin v1.1 -->\n{SECTION}<!-- changelog:end v1.1 -->\n"


def test_a_first_section_opens_the_file() -> None:
    assert insert_section("", SECTION, version="v1.1") == f"# Changelog\n\n{BLOCK}"


def test_a_new_section_stands_above_the_older_ones() -> None:
    old = "# History\n\nAll of it.\n\n## 1.0\n\n- old\n"

    assert insert_section(old, SECTION, version="v1.1") == (
        f"# History\n\nAll of it.\n\n{BLOCK}\n## 1.0\n\n- old\n"
    )


def test_without_any_section_it_comes_last() -> None:
    assert insert_section("# History\n", SECTION, version="v1.1") == f"# History\n\n{BLOCK}"


def test_the_same_release_is_replaced_where_it_stands() -> None:
    text = insert_section("# History\n\n## 2.0\n\n- newer\n", SECTION, version="v1.1")
    moved = text.replace(BLOCK, "") + "\n" + BLOCK

    again = insert_section(moved, SECTION.replace("news", "better news"), version="v1.1")

    assert again == moved.replace("- news", "- better news")


def test_a_release_takes_the_place_of_what_was_unreleased() -> None:
    draft = insert_section("", "## [Unreleased]\n\n- news\n", version=None)

    assert insert_section(draft, SECTION, version="v1.1") == f"# Changelog\n\n{BLOCK}"


def test_line_ends_of_the_file_stay() -> None:
    text = insert_section("# History\r\n\r\n## 1.0\r\n", SECTION, version="v1.1")

    assert text.count("\n") == text.count("\r\n") > 5


def test_a_marker_without_its_end_is_left_alone() -> None:
    broken = "<!-- changelog:begin v1.1 -->\n## lost\n"

    assert insert_section(broken, SECTION, version="v1.1").endswith(f"\n{broken}")


def test_a_strange_version_cannot_close_a_marker() -> None:
    text = insert_section("", SECTION, version="v1 --> <b>")

    assert text.splitlines()[2] == "<!-- changelog:begin v1-b- -->"


LINES = st.sampled_from(
    [
        "# Changelog",
        "",
        "## 1.0",
        "- old",
        "<!-- changelog:begin v1.1 -->",
        "<!-- changelog:end v1.1 -->",
        "<!-- changelog:begin unreleased -->",
        "<!-- changelog:end unreleased -->",
        "text",
    ]
)


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["v1.1", None]))
def test_a_second_time_changes_nothing(lines: list[str], newline: str, version: str | None) -> None:
    once = insert_section(newline.join(lines), SECTION, version=version)

    assert insert_section(once, SECTION, version=version) == once


@given(st.lists(st.sampled_from(["# Changelog", "", "## 1.0", "- old", "text"])))
def test_what_was_written_by_hand_stays(lines: list[str]) -> None:
    text = insert_section("\n".join(lines), SECTION, version="v1.1")

    kept = [line for line in text.replace(BLOCK, "").splitlines() if line]
    by_hand = [line for line in lines if line]
    assert kept == (by_hand or ["# Changelog"])
