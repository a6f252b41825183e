"""What models behind the OpenAI protocol are known to take."""

import pytest

from flowdsl.ir.ids import ModelName
from flowdsl.providers.openai_models import capabilities_of

BASIC = {"low", "medium", "high"}


@pytest.mark.parametrize(
    ("model", "efforts", "takes_temperature"),
    [
        ("gpt-4o-mini", set[str](), True),
        ("gpt-4.1", set[str](), True),
        ("gpt-5", BASIC | {"minimal"}, False),
        ("gpt-5-mini-2025-08-07", BASIC | {"minimal"}, False),
        ("gpt-5-chat-latest", set[str](), True),
        ("gpt-5.1", BASIC, True),
        ("gpt-5.2-2025-12-11", BASIC | {"xhigh"}, True),
        ("gpt-5.10", BASIC | {"xhigh"}, True),
        ("o3-mini", BASIC, False),
        ("ft:custom", BASIC | {"minimal", "xhigh"}, True),
    ],
)
def test_openais_own_models_are_known(
    model: str, efforts: set[str], *, takes_temperature: bool
) -> None:
    can = capabilities_of("openai", ModelName(model))

    assert can.efforts == efforts
    assert can.temperature is takes_temperature
    assert can.documents
    assert not can.is_free


def test_only_models_that_need_not_think_can_be_told_not_to() -> None:
    can_stop = [
        capabilities_of("openai", ModelName(each)).thinking
        for each in ("gpt-5.2", "gpt-5", "gpt-4o")
    ]

    assert can_stop == [{"off"}, set(), set()]


def test_servers_that_nobody_knows_are_refused_nothing_but_documents() -> None:
    can = capabilities_of("other", ModelName("any"))

    assert (can.images, can.documents, can.temperature, can.is_free) == (True, False, True, False)
    assert capabilities_of("own", ModelName("any")).is_free
