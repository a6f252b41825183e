"""The part of Jinja that prompts use."""

from jinja2 import Environment, nodes

from flowdsl.prompts.grammar import CONCAT, COUNTED, bind_bounds, cure_of


def test_every_loop_is_counted_and_every_tilde_bound() -> None:
    tree = Environment(autoescape=True).parse(
        "{% for x in a ~ (b ~ c) %}{% for y in x %}{% endfor %}{% endfor %}"
    )

    bind_bounds(tree)

    names = [node.name for node in tree.find_all(nodes.Filter)]
    assert sorted(names) == [COUNTED, COUNTED, CONCAT, CONCAT]
    assert next(tree.find_all(nodes.Concat), None) is None


def test_advice_that_is_already_in_the_reason_is_not_doubled() -> None:
    assert cure_of("there is no filter 'uper'; did you mean 'upper'?") == ""
    assert cure_of("prompts have no {% macro %}").startswith("write a @step")
    assert "{% raw %}" in cure_of("unexpected '}'")
