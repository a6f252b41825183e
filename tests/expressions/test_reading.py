"""What the grammar's rules build, where the parser's own tests do not say it."""

from flowdsl.expressions.grammar import PYTHON
from flowdsl.expressions.reading import PYTHON_CALLBACKS


def test_every_rule_of_the_grammar_that_is_kept_has_a_callback() -> None:
    from lark import Lark

    rules = {
        rule.alias or rule.origin.name for rule in Lark(PYTHON, parser="lalr", lexer="basic").rules
    }
    inlined = {
        "start",
        "ternary",
        "either",
        "both",
        "negated",
        "comparison",
        "sum",
        "product",
        "signed",
        "power",
    }
    inlined |= {"postfix", "index", "atom"}

    assert {rule for rule in rules if not rule.startswith("_")} - inlined == set(PYTHON_CALLBACKS)
