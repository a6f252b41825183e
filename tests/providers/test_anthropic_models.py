"""Claude models as data: which take what."""

import pytest

from flowdsl.providers.anthropic_models import (
    MODELS,
    capabilities_of,
    is_calm_when_off,
    thinks_untold,
)


def test_the_table_holds_all_models_of_the_sdks_list_but_the_preview() -> None:
    from typing import get_args

    from anthropic.types import Model

    literal, *_ = get_args(Model)
    names = set(get_args(literal)) - {"claude-mythos-preview"}

    assert {name for name in names if capabilities_of(name) is None} == set()
    assert MODELS.keys() <= names


@pytest.mark.parametrize("name", ["claude-next", "claude-haiku-4-5-2025", "haiku-20251001", ""])
def test_a_model_that_is_not_in_the_table_is_unknown(name: str) -> None:
    assert capabilities_of(name) is None


def test_no_model_takes_a_temperature_and_all_see_images_and_documents() -> None:
    for can in MODELS.values():
        assert (can.temperature, can.images, can.documents, can.schemas) == (
            False,
            True,
            True,
            True,
        )
        assert not can.is_free
        assert can.context_tokens is not None
        assert can.max_output_tokens is not None
        assert can.max_output_tokens < can.context_tokens


def test_a_date_behind_the_name_changes_nothing() -> None:
    dated = capabilities_of("claude-haiku-4-5-20251001")

    assert dated is not None
    assert dated is MODELS["claude-haiku-4-5"]
    assert dated.max_output_tokens == 64_000
    assert dated.efforts == frozenset()
    assert dated.thinking == {"off", "budget"}


@pytest.mark.parametrize(
    ("name", "thinking", "untold", "calm"),
    [
        ("claude-fable-5-2", {"on"}, True, False),
        ("claude-fable-5", {"on"}, True, False),
        ("claude-opus-5-5", {"on"}, True, False),
        ("claude-sonnet-5-5", {"on", "off", "between_tools"}, True, True),
        ("claude-haiku-5-5", {"on", "off"}, True, True),
        ("claude-opus-5", {"on", "off"}, True, True),
        ("claude-sonnet-5", {"on", "off"}, True, False),
        ("claude-opus-4-7", {"on", "off"}, False, False),
        ("claude-opus-4-6", {"on", "off", "budget"}, False, False),
        ("claude-sonnet-4-5", {"off", "budget"}, False, False),
    ],
)
def test_models_think_as_the_page_says(
    name: str, thinking: set[str], *, untold: bool, calm: bool
) -> None:
    assert MODELS[name].thinking == thinking
    assert thinks_untold(name) is untold
    assert is_calm_when_off(name) is calm
