"""How far a template may go."""

import pytest

from flowdsl.errors import RenderError, TemplateLimitError
from flowdsl.prompts import parse_template, render_text
from flowdsl.prompts.bounds import MAX_ROUNDS, MAX_SIZE


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(400) %}{% for j in range(400) %}{% endfor %}{% endfor %}",
        "{% for i in range(300) %}{% for j in range(300) %}{{ x.upper() }}{% endfor %}{% endfor %}",
        "{{ range(1000000) | list }}",
        "{{ range(10 ** 30) | list }}",
        "{{ 'a' * 100000000 }}",
        "{{ 100000000 * [1] }}",
        "{{ (x * 4 + x * 4) | length }}",
        "{{ (x * 4 ~ x * 4) | length }}",
        "{{ [x, x, x, x, x] | join }}",
        "{{ ','.join([x, x, x, x]) }}",
        "{{ x.replace('a', 'aaaaaaa') }}",
        "{{ x.replace('', 'bbbb') }}",
        "{{ x | replace('a', 'aaaaaaa') }}",
        "{{ x | indent(100000000) }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ (2 ** 4000) * (2 ** 4000) }}",
        "{{ 1.5 | round(1000000) }}",
        "{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}",
    ],
)
def test_what_grows_without_bound_is_stopped(text: str) -> None:
    with pytest.raises(TemplateLimitError) as caught:
        render_text(parse_template(text), {"x": "a" * (MAX_SIZE // 4)})

    assert "in a @step" in caught.value.help


@pytest.mark.parametrize(
    "text", ["{{ '%s' % x }}", "{{ '%1000000000d' % 1 }}", "{{ ','.join(x) }}"]
)
def test_what_python_does_with_texts_but_prompts_do_not_is_refused(text: str) -> None:
    with pytest.raises(RenderError, match="TypeError"):
        render_text(parse_template(text), {"x": "a"})


def test_what_stays_within_the_bounds_is_done() -> None:
    whole = f"{{% for i in range({MAX_ROUNDS - 1}) %}}{{% endfor %}}done {{{{ -3 % 5 }}}} {{{{ 2 ** 0.5 > 1 }}}}"

    assert render_text(parse_template(whole), {}) == "done 2 True"
    assert render_text(parse_template("{{ 'ab'.replace('', '-') }}{{ 2 ** -1 }}"), {}) == "-a-b-0.5"
    assert (
        render_text(parse_template("{{ 'aab' | replace('a', 'c', 1) }}{{ [1] * 2 }}"), {})
        == "cab[1, 1]"
    )
