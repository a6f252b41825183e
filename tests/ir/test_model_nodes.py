"""What asking a model may do, and what it asks for when nothing is said."""

from dataclasses import replace

from flowdsl.ir.effects import MODEL_CALL, REPEATABLE_MODEL_CALL, Effect
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.prompt import Prompt, Static

ASK = Generate(label="ask", prompt=Prompt((Static("hi"),)))


def test_an_answer_costs_and_varies() -> None:
    assert ASK.kind == "generate"
    assert ASK.effects == MODEL_CALL
    assert ASK.effects & Effect.VARIES


def test_an_answer_that_may_stand_for_many_only_costs() -> None:
    node = replace(ASK, repeatable=True)

    assert node.effects == REPEATABLE_MODEL_CALL
    assert not node.effects & Effect.VARIES


def test_what_is_not_said_is_left_to_the_run_and_the_provider() -> None:
    assert ASK.model is None
    assert ASK.temperature is None
    assert ASK.max_tokens == 4096
    assert not ASK.repeatable
