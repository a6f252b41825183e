"""Files of cassettes: readable, exact, whole, and each test its own."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors.testing import CassetteFileError
from flowdsl.testing.cassette_files import dump, place_of, read, write

TEST_FILE = Path("tests") / "test_audit.py"
ODD = [
    "\tdeep\nin\n",
    " blank in front\nx",
    "blank behind \n\n",
    "\n",
    "a\r\nb",
    "a\x85b\n\u2028c",
    "\x00\n",
    "- no list\n# no remark\n---\n...",
    "yes",
    "1e5",
    "2026-11-27",
    "",
    "~",
    "🎉\nß",
]
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


@given(documents)
def test_what_is_read_is_what_was_written(document: object) -> None:
    text = dump(document)

    assert yaml.load(text, Loader=yaml.CSafeLoader) == document
    assert yaml.load(text, Loader=yaml.SafeLoader) == document


@given(st.text(alphabet=" \n\tab#:-|é\x85\r\u2028'\"%", max_size=20))
def test_texts_that_yaml_has_rules_for_are_exact(text: str) -> None:
    assert yaml.safe_load(dump({"calls": [{"user": text, "parts": [text]}]})) == {
        "calls": [{"user": text, "parts": [text]}]
    }


@pytest.mark.parametrize("text", ODD, ids=map(json.dumps, ODD))
def test_an_odd_text_is_exact(text: str) -> None:
    assert yaml.safe_load(dump([{"text": text}])) == [{"text": text}]


def test_a_prompt_stands_as_it_is_read_with_blanks_and_tabs() -> None:
    prompt = "Name the defect. \n\nfunc main() {\n\treturn\n}\n"

    assert dump({"messages": [{"user": prompt}]}).splitlines() == [
        "messages:",
        "- user: |",
        "    Name the defect. ",
        "",
        "    func main() {",
        "    \treturn",
        "    }",
    ]


def test_a_long_line_is_not_broken() -> None:
    line = "word " * 100 + "end"

    assert dump({"text": line}) == f"text: |-\n  {line}\n"


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("test_it", "test_it"),
        ("TestAudit::test_it", "TestAudit.test_it"),
        ("test_it[small-1]", "test_it-small-1"),
    ],
)
def test_a_file_is_called_like_its_test_and_lies_beside_it(test: str, name: str) -> None:
    assert place_of(TEST_FILE, test) == Path("tests/cassettes/test_audit") / f"{name}.yaml"


def test_names_that_systems_do_not_take_or_confuse_stay_apart() -> None:
    tests = [
        "test_it[a b]",
        "test_it[a/b]",
        "test_it[a:b]",
        "test_it[a]",
        "test_it[A]",
        "test_it[../../up]",
        "test_it[nul\x00]",
        "test_größe",
        "test_groesse",
        f"test_it[{'x' * 300}]",
        f"test_it[{'x' * 301}]",
        "test_it[end.]",
    ]
    places = [place_of(TEST_FILE, test) for test in tests]

    assert len({str(place).lower() for place in places}) == len(tests)
    for place in places:
        assert place.parent == Path("tests/cassettes/test_audit")
        assert len(place.name) <= 105
        assert place.name.isascii()
        assert not set('<>:"/\\|?*\x00 []') & set(place.name)
        assert not place.stem.endswith(".")


def test_a_file_is_written_whole_over_the_one_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "cassettes" / "test_it.yaml"

    write(file, {"version": 1}, "test_a.py::test_it")
    write(file, {"version": 1, "calls": []}, "test_a.py::test_it")

    assert read(file) == {"version": 1, "calls": []}
    assert file.read_text("utf-8").startswith(
        "# Answers of models, recorded for test_a.py::test_it\n"
    )
    assert [each.name for each in file.parent.iterdir()] == ["test_it.yaml"]


def test_nothing_is_left_of_a_file_that_can_not_be_put_in_place(tmp_path: Path) -> None:
    (tmp_path / "test_it.yaml" / "inside").mkdir(parents=True)

    with pytest.raises(CassetteFileError, match=r"test_it\.yaml can't be used"):
        write(tmp_path / "test_it.yaml", {}, "")

    assert [each.name for each in tmp_path.iterdir()] == ["test_it.yaml"]


def test_where_no_folder_can_be_made_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "cassettes").write_text("a file", "utf-8")

    with pytest.raises(CassetteFileError, match="can't be used"):
        write(tmp_path / "cassettes" / "test_it.yaml", {}, "")


def test_a_test_whose_name_holds_a_key_does_not_carry_it_into_the_file(tmp_path: Path) -> None:
    write(tmp_path / "it.yaml", {}, "test_it[sk-ant-api03-AbC_123-xyz9876543]")

    assert "xyz9876543" not in (tmp_path / "it.yaml").read_text("utf-8")


def test_new_files_may_be_read_by_those_who_may_read_others(tmp_path: Path) -> None:
    write(tmp_path / "it.yaml", {}, "")
    (tmp_path / "other").write_text("", "utf-8")

    assert (tmp_path / "it.yaml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_file_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none.yaml") is None


@pytest.mark.parametrize("text", ["a: [", "!!python/object/apply:os.getcwd []", "\x00"])
def test_a_file_that_is_no_plain_yaml_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_text(text, "utf-8")

    with pytest.raises(CassetteFileError, match=r"it\.yaml can't be used"):
        read(tmp_path / "it.yaml")
