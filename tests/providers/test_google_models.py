"""The table of Gemini models."""

import pytest

from flowdsl.providers.google_models import EMBEDDING_MODELS, LONGEST_WHOLE, MODELS, bare_name


def test_models_with_levels_have_no_budget_and_those_with_a_budget_no_levels() -> None:
    for can in MODELS.values():
        assert bool(can.efforts) != ("budget" in can.thinking)
        assert "on" in can.thinking
        assert "max" not in can.efforts


@pytest.mark.parametrize(
    ("name", "efforts"),
    [
        ("gemini-4-argon", {"low", "medium", "high"}),
        ("gemini-3.8-flash", {"low", "medium", "high"}),
        ("gemini-3.6-flash", {"minimal", "low", "medium", "high"}),
        ("gemini-2.5-pro", set[str]()),
    ],
)
def test_each_model_has_its_own_levels(name: str, efforts: set[str]) -> None:
    assert MODELS[name].efforts == efforts


def test_only_small_models_of_2_5_can_be_kept_from_thinking() -> None:
    assert {name for name, can in MODELS.items() if "off" in can.thinking} == {
        "gemini-2.5-flash",
        "gemini-2.5-flash-lite",
    }


def test_all_take_pictures_and_documents_and_read_a_million_tokens() -> None:
    for can in MODELS.values():
        assert (can.images, can.documents, can.schemas) == (True, True, True)
        assert can.context_tokens == 1_048_576
        assert can.max_output_tokens == 65_536 > LONGEST_WHOLE


def test_names_come_with_googles_folder_or_without() -> None:
    assert bare_name("models/gemini-2.5-pro") == bare_name("gemini-2.5-pro") == "gemini-2.5-pro"
    assert not MODELS.keys() & set(EMBEDDING_MODELS)
