"""Templates read, and compared with the signature they serve."""

from pathlib import Path

import pytest

from flowdsl.errors import (
    Place,
    TemplateFileError,
    TemplateSyntaxError,
    UnknownVariableError,
    UnusedParameterError,
)
from flowdsl.prompts import check_variables, load_template, parse_template
from flowdsl.prompts.template import MAX_FILE_BYTES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain", ()),
        ("{{ b }} {{ a.name }} {{ a }}", ("a", "b")),
        ("{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}", ("xs",)),
        ("{% set y = x %}{{ y }}{% with z = w %}{{ z }}{% endwith %}", ("w", "x")),
        ("{{ x if y else z }}", ("x", "y", "z")),
        ("{% for i in range(n) %}{{ i }}{% endfor %}", ("n",)),
        ("{{ range }}", ("range",)),
        ("{{ range(2) | list }} {{ range }}", ("range",)),
        ("{% raw %}{{ no }}{% endraw %}{# {{ nor }} #}", ()),
    ],
)
def test_the_variables_are_what_a_template_takes_from_outside(
    text: str, names: tuple[str, ...]
) -> None:
    assert parse_template(text).variables == names


@pytest.mark.parametrize(
    ("text", "reason", "cure"),
    [
        ("{{ x ", "end of print statement", "{% raw %}"),
        ("{% for x in xs %}{{ x }}", "endfor", "{% for x in xs %}"),
        ("{% macro f() %}{% endmacro %}", "no {% macro %}", "a @step or a second prompt"),
        ("{% include 'x' %}", "no {% include %}", "pass it as a parameter"),
        ("{% import 'x' as y %}", "no {% import %}", "pass it as a parameter"),
        ("{% from 'x' import y %}", "no {% from %}", "pass it as a parameter"),
        ("{% extends 'x' %}", "no {% extends %}", "pass it as a parameter"),
        ("{% block b %}{% endblock %}", "no {% block %}", "{% set a = x %}"),
        ("{% set a %}x{% endset %}", "no {% set block %}", "{% set a = x %}"),
        ("{% set a.b = 1 %}", "no {% set %}", "{% set a = x %}"),
        ("{% filter upper %}x{% endfilter %}", "no {% filter block %}", "{% if x %}"),
        ("{% for x in xs recursive %}{% endfor %}", "no recursive loops", "{% for x in xs %}"),
        ("{{ x | uper }}", "there is no filter 'uper'; did you mean 'upper'?", ""),
        ("{{ x is strin }}", "there is no test 'strin'; did you mean 'string'?", ""),
        ("{{ x | attr('y') }}", "there is no filter 'attr'", ""),
        ("{{ x.__class__ }}", "'__class__' is private", ""),
        ("{{ dict(a=1) }}", "'dict' cannot be called", ""),
    ],
)
def test_what_prompts_do_not_have_is_refused(text: str, reason: str, cure: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse_template(text)

    assert reason in caught.value.message
    assert cure in caught.value.help
    assert "counted" not in str(caught.value)


def test_broken_text_is_shown_at_its_line_of_the_users_file(tmp_path: Path) -> None:
    file = tmp_path / "pipe.py"
    file.write_text(
        'x = 1\n@prompt("""\n    Review\n    {{ code | uper }}\n""")\n', encoding="utf-8"
    )

    with pytest.raises(TemplateSyntaxError) as caught:
        parse_template("\n    Review\n    {{ code | uper }}\n", place=Place(str(file), 2))

    assert caught.value.place == Place(str(file), 4, 5, None, "{{ code | uper }}")


def test_every_unknown_and_every_unused_name_is_a_problem() -> None:
    system = parse_template("You know {{ topic }}.")
    user = parse_template("{{ code }} {{ _hidden }}")

    problems = check_variables([system, user], ["topik", "code", "_quiet", "lines", "_hidden"])

    assert [(type(each), each.message.split("'")[1]) for each in problems] == [
        (UnknownVariableError, "topic"),
        (UnusedParameterError, "lines"),
    ]
    assert "did you mean 'topik'?" in problems[0].help
    assert "{{ lines }}" in problems[1].help


def test_an_unknown_name_is_pointed_at(tmp_path: Path) -> None:
    file = tmp_path / "pipe.py"
    file.write_text('@prompt("a {{ code }}\\n{{ codes[0] }} {{ kode }}")\n', encoding="utf-8")
    template = parse_template("a {{ code }}\n{{ codes[0] }} {{ kode }}", place=Place(str(file), 1))

    (problem,) = check_variables(template, ["code", "codes"])

    assert problem.place is not None
    assert problem.place.column == file.read_text(encoding="utf-8").index("kode") + 1


def test_a_prompt_without_parameters_says_so() -> None:
    (problem,) = check_variables(parse_template("{{ x }}"), [])

    assert problem.help == "the function has no parameters. Or add a parameter 'x'."
    assert check_variables([], []) == []


def test_a_prompt_file_is_read_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "review.md").write_text(
        "\ufeffReview\r\n{{ code }}\n", encoding="utf-8"
    )

    template = load_template("prompts/review.md", base=tmp_path)

    assert template.source == "Review\n{{ code }}"
    assert template.place == Place(str(Path("prompts", "review.md")), 1)
    (problem,) = check_variables(template, [])
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (2, 4)


def test_a_file_outside_the_working_folder_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("{{ x", encoding="utf-8")

    with pytest.raises(TemplateSyntaxError) as caught:
        load_template("a.md", base=tmp_path)

    assert caught.value.place is not None
    assert caught.value.place.path == str((tmp_path / "a.md").resolve())


def test_a_missing_file_names_its_near_ones(tmp_path: Path) -> None:
    for name in (
        "prompts/review.md",
        "prompts/deep/er/than/this.md",
        ".git/review.md",
        "review.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    here = Place("pipe.py", 3)

    with pytest.raises(TemplateFileError) as caught:
        load_template("prompts/reviews.md", base=tmp_path, place=here)

    assert caught.value.help == "did you mean 'prompts/review.md'?"
    assert caught.value.place == here
    with pytest.raises(TemplateFileError, match="does not exist"):
        load_template("review", base=tmp_path)


def test_a_file_that_lies_outside_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.md").write_text("x", encoding="utf-8")
    (inside / "link.md").symlink_to(tmp_path / "secret.md")

    for name in ("../secret.md", str(tmp_path / "secret.md"), "link.md"):
        with pytest.raises(TemplateFileError, match="lies outside"):
            load_template(name, base=inside)


def test_a_file_that_is_no_short_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"ab\xff")
    (tmp_path / "b.md").write_bytes(b"x" * (MAX_FILE_BYTES + 1))

    with pytest.raises(TemplateFileError, match=r"not UTF-8 text \(byte 2\)"):
        load_template("a.md", base=tmp_path)
    with pytest.raises(TemplateFileError, match="larger than 1,000,000 bytes"):
        load_template("b.md", base=tmp_path)
