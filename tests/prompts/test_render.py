"""Prompts filled in: text, messages, media in their places, errors at their line."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import (
    EmptyValueError,
    Place,
    RenderError,
    TemplateLimitError,
    TemplateSyntaxError,
    UnshowableValueError,
)
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.ir.prompt import FromFile, FromSession, FromStep, Prompt, Static, Template
from flowdsl.prompts import Document, Image, parse_template, render, render_text

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Touchy:
    name: str

    @property
    def broken(self) -> str:
        raise ConnectionError(self.name)

    @property
    def deep(self) -> "str":
        return self.deep

    @property
    def wrong(self) -> str:
        raise ValueError("bad state")


@given(st.text(max_size=30), st.dictionaries(st.sampled_from("abc"), st.text(max_size=5)))
def test_text_values_stand_as_they_are_and_are_no_templates(
    text: str, values: dict[str, str]
) -> None:
    template = parse_template("<{{ text }}|{{ values }}>")

    first = render_text(template, {"text": text, "values": values})

    assert first.startswith(f"<{text}|")
    assert first == render_text(template, {"text": text, "values": dict(values)})


def test_values_that_no_variable_names_are_not_seen() -> None:
    assert render_text(Template("{{ x is defined }}", ()), {"x": 1}) == "False"


def test_system_text_and_user_message_are_apart() -> None:
    prompt = Prompt(
        user=(
            Static("Look: "),
            parse_template("{{ code }}"),
            FromFile("notes.md"),
            FromStep("draft"),
        ),
        system=(parse_template("You know {{ topic }}."), Static(" Be brief.")),
    )
    values = {"code": "x = 1", "topic": "Python", "draft": " and more"}

    rendered = render(prompt, values, read_file=lambda path: f" <{path}>")

    assert rendered.system == "You know Python. Be brief."
    assert rendered.messages == (Message("user", (TextPart("Look: x = 1 <notes.md> and more"),)),)


def test_media_split_the_message_where_they_are_shown() -> None:
    page = Image(PNG, name="p.png")
    scan = Document(b"%PDF-1.7 x", name="s.pdf")
    prompt = Prompt(
        (parse_template("{% for p in pages %}[{{ p }}]{% endfor %}{{ scan }}{{ note }}"),)
    )

    rendered = render(
        prompt, {"pages": [page, page], "scan": scan, "note": Document(b"hi", name="n.txt")}
    )

    image = MediaPart("image", "image/png", PNG, "p.png")
    assert rendered.messages[0].parts == (
        TextPart("["),
        image,
        TextPart("]["),
        image,
        TextPart("]"),
        MediaPart("document", "application/pdf", b"%PDF-1.7 x", "s.pdf"),
        TextPart("--- begin n.txt ---\nhi\n--- end n.txt ---"),
    )


def test_a_prompt_of_a_picture_alone_has_no_empty_text() -> None:
    rendered = render(Prompt((parse_template("{{ x }}"),)), {"x": Image(PNG)})

    assert [type(part) for part in rendered.messages[0].parts] == [MediaPart]
    assert render(Prompt(()), {}).messages[0].parts == (TextPart(""),)


def test_a_text_document_is_text_everywhere_and_a_picture_only_in_the_message() -> None:
    note = Document(b"hi", name="n.txt")

    assert render(Prompt((), (parse_template("{{ n }}"),)), {"n": note}).system.startswith(
        "--- begin n.txt"
    )
    with pytest.raises(RenderError, match="a system text cannot hold an image"):
        render(Prompt((), (parse_template("{{ n }}"),)), {"n": Image(PNG)})
    with pytest.raises(RenderError, match="this text cannot hold an image"):
        render_text(parse_template("{{ n }}"), {"n": Image(PNG)})


@pytest.mark.parametrize(
    "text", ["{{ n ~ 'a' }}", "{{ n | upper }}", "{{ [n] }}", "{{ [n] | join }}"]
)
def test_a_picture_inside_a_text_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(RenderError) as caught:
        render_text(parse_template(text), {"n": Image(PNG)})

    assert "braces of its own" in caught.value.help


def test_what_was_said_in_a_session_comes_first() -> None:
    said = (Message("user", (TextPart("a"),)), Message("assistant", (TextPart("b"),)))
    prompt = Prompt((FromSession("chat"), Static("c")))

    assert render(prompt, {}, sessions={"chat": said}).messages == (
        *said,
        Message("user", (TextPart("c"),)),
    )
    assert len(render(prompt, {}).messages) == 1


def test_a_file_needs_a_workspace() -> None:
    with pytest.raises(RenderError, match=r"no workspace to read 'a\.md' from"):
        render(Prompt((FromFile("a.md"),)), {})


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("{{ x.absent }}", RenderError, "has no attribute 'absent'"),
        ("{{ gone }}", RenderError, "'gone' is undefined"),
        ("{{ none_ }}", EmptyValueError, "'none_'"),
        ("{{ x.name }} {{ none_ }}", EmptyValueError, "a value, which is None"),
        ("{{ x.run() }}", RenderError, "has no attribute 'run'"),
        ("{{ odd }}", UnshowableValueError, "type 'object'"),
        ("{{ 1 / 0 }}", RenderError, "ZeroDivisionError"),
        ("{{ 'a' + 1 }}", RenderError, "TypeError"),
        ("{{ x.wrong }}", RenderError, "ValueError: bad state"),
        ("{{ x.deep }}", TemplateLimitError, "RecursionError"),
    ],
)
def test_an_error_names_the_line_of_the_template_in_the_users_file(
    text: str, error: type[Exception], says: str, tmp_path: Path
) -> None:
    file = tmp_path / "pipe.py"
    file.write_text(f'@prompt("""\n  Hello\n  {text}\n""")\n', encoding="utf-8")
    template = parse_template(f"\n  Hello\n  {text}\n", place=Place(str(file), 1))

    with pytest.raises(error) as caught:
        render_text(template, {"x": Touchy("t"), "none_": None, "odd": object()})

    assert says in str(caught.value)
    assert f"{file}:3:3" in str(caught.value)


def test_an_error_of_a_values_own_code_is_let_through() -> None:
    with pytest.raises(ConnectionError, match="t"):
        render_text(parse_template("{{ x.broken }}"), {"x": Touchy("t")})


def test_a_template_that_was_never_parsed_is_checked_all_the_same() -> None:
    with pytest.raises(TemplateSyntaxError, match="macro"):
        render_text(Template("{% macro a() %}{% endmacro %}", ()), {})


# -- what stays the same from call to call

PIECES = (
    *(
        "Read this. ",
        "a\n",
        "  \n",
        "  ",
        "{# aside #}",
        "{#- aside -#}",
        "{% raw %}{{ x }}{% endraw %}",
    ),
    *(
        "{{ x }}",
        "{{- x }}",
        "{{ x -}}",
        "{% if x %}yes{% endif %}",
        "  {% if x %}\n yes{%- endif %}\n",
    ),
    *("{% set y = 1 %}", "{{ 'constant' }}"),
)
PARTS = st.one_of(
    st.text(max_size=8).map(Static),
    st.lists(st.sampled_from(PIECES), max_size=5).map(lambda some: Template("".join(some), ("x",))),
    st.just(FromFile("notes.md")),
    st.just(FromStep("draft")),
    st.just(parse_template("{{ page }}")),
)


@given(
    st.lists(PARTS, max_size=5), st.sampled_from(["", "one", "{{"]), st.sampled_from(["", "two"])
)
def test_marking_what_is_fixed_changes_no_byte_and_marks_what_no_value_changes(
    parts: list[Static | Template | FromFile | FromStep], one: str, two: str
) -> None:
    prompt = Prompt(tuple(parts))

    def rendered(said: str, *, mark: bool) -> Message:
        values = {"x": said, "draft": said, "page": Image(PNG)}
        [message] = render(prompt, values, read_file=str.upper, mark_fixed=mark).messages
        return message

    plain, marked, other = (
        rendered(one, mark=False),
        rendered(one, mark=True),
        rendered(two, mark=True),
    )

    assert marked.text == plain.text
    assert [each for each in marked.parts if isinstance(each, MediaPart)] == [
        each for each in plain.parts if isinstance(each, MediaPart)
    ]
    assert not any(isinstance(each, TextPart) and each.is_fixed for each in plain.parts)
    fixed = [
        n for n, each in enumerate(marked.parts) if isinstance(each, TextPart) and each.is_fixed
    ]
    assert fixed in ([], [0])
    if fixed:
        assert marked.parts[0] == other.parts[0]
        assert marked.parts[0] != TextPart("", is_fixed=True)


@pytest.mark.parametrize(
    ("parts", "fixed", "rest"),
    [
        ((Static("Rules."), Static(" Go.")), "Rules. Go.", ""),
        ((Static("Rules: "), parse_template("be {{ x }}!")), "Rules: be ", "kind!"),
        (
            (parse_template("Rules:\n{# why #}one\n{% if x %}two{% endif %}"),),
            "Rules:\none\n",
            "two",
        ),
        ((parse_template("Rules: {{- x }}"),), "Rules:", "kind"),
        ((Template("All. ", ()), parse_template("The rest {{ x }}")), "All. The rest ", "kind"),
        ((Static("See "), FromFile("a.md"), Static(" end")), "See ", "A.MD end"),
        ((Static("See "), FromStep("x"), Static(" end")), "See ", "kind end"),
        ((parse_template("{{ x }} end"),), "", "kind end"),
    ],
)
def test_the_fixed_beginning_ends_where_something_is_filled_in(
    parts: tuple[Static | Template | FromFile | FromStep, ...], fixed: str, rest: str
) -> None:
    rendered = render(Prompt(parts), {"x": "kind"}, read_file=str.upper, mark_fixed=True)

    wanted = (TextPart(fixed, is_fixed=True), TextPart(rest))
    assert rendered.messages[0].parts == tuple(each for each in wanted if each.text)


def test_text_before_a_picture_may_be_fixed_and_the_picture_is_not() -> None:
    prompt = Prompt((parse_template("Look: {{ x }} now"),))

    rendered = render(prompt, {"x": Image(PNG)}, mark_fixed=True)

    assert rendered.messages[0].parts == (
        TextPart("Look: ", is_fixed=True),
        MediaPart("image", "image/png", PNG),
        TextPart(" now"),
    )
    alone = render(Prompt((parse_template("{{ x }}"),)), {"x": Image(PNG)}, mark_fixed=True)
    assert alone.messages[0].parts == (MediaPart("image", "image/png", PNG),)


def test_behind_earlier_turns_and_in_an_empty_prompt_nothing_is_fixed() -> None:
    said = {"chat": (Message("user", (TextPart("a"),)),)}
    prompt = Prompt((Static("c"), FromSession("chat")))

    assert render(prompt, {}, sessions=said, mark_fixed=True).messages[1].parts == (TextPart("c"),)
    assert render(prompt, {}, mark_fixed=True).messages[0].parts == (TextPart("c", is_fixed=True),)
    assert render(Prompt(()), {}, mark_fixed=True).messages[0].parts == (TextPart(""),)
