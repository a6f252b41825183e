"""What settings take."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest

from flowdsl.config import KINDS, Settings, is_table
from flowdsl.config.kinds import CAP, COURSE, MONEY, PRICES, SECONDS, WAIT, WHOLE
from flowdsl.ir.policy import OnFailure
from flowdsl.pricing import OwnPrice
from flowdsl.providers import KEY_VARIABLES
from flowdsl.providers.catalog import ProviderSettings


def test_texts_of_variables_are_read_like_values() -> None:
    assert WHOLE.parse("3") == WHOLE.read(3) == 3
    assert SECONDS.parse("0.5") == SECONDS.read(0.5)
    assert WAIT.parse("0") == WAIT.read(0) == 0
    assert COURSE.parse("continue") == "continue"


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "nan"])
def test_texts_that_are_no_count_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        WHOLE.parse(text)


def test_every_setting_has_a_kind_and_its_default_is_taken() -> None:
    defaults = {each.name: getattr(Settings(), each.name) for each in fields(Settings)}

    assert list(KINDS) == list(defaults)
    for name, default in defaults.items():
        if default is not None and name != "mock_rules":
            assert KINDS[name].read(default) == default


def test_a_course_is_one_of_those_a_run_has() -> None:
    assert set(get_args(OnFailure)) == {"stop", "continue"}


def test_what_providers_can_be_told_can_be_set() -> None:
    told = {each.name for each in fields(ProviderSettings)} - {"key", "base_urls"}

    assert told <= set(KINDS)
    assert {"keys", *(f"{each}_base_url" for each in KEY_VARIABLES)} <= set(KINDS)
    assert get_type_hints(Settings)["local_slots"] is int


def test_only_a_table_is_a_table() -> None:
    assert is_table({})
    assert not is_table([])


def test_money_and_caps_are_dollars_above_0_and_a_cap_may_be_none() -> None:
    assert MONEY.parse("0.5") == MONEY.read(0.5) == 0.5
    assert CAP.parse("none") is None
    assert CAP.read("none") is None
    assert CAP.parse(" 2 ") == CAP.read(2) == 2
    for kind in (MONEY, CAP):
        with pytest.raises(ValueError, match=r"^"):
            kind.read(0)


def test_prices_are_exact_tables_of_dollars() -> None:
    given = {"openai:mine": {"input": 0.1, "output": 2, "cache_read": 0.01}}
    wanted = {
        "openai:mine": OwnPrice(input=Decimal("0.1"), output=Decimal(2), cache_read=Decimal("0.01"))
    }

    assert PRICES.read(given) == wanted
    assert PRICES.parse(json.dumps(given)) == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        {"a:b": 3},
        {"a:b": {"input": 1}},
        {"a:b": {"input": 1, "output": -1}},
        {"a:b": {"input": 1, "output": 1, "surcharge": 1}},
        {"a:b": {"input": "1", "output": 1}},
    ],
)
def test_what_is_no_table_of_prices_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"^"):
        PRICES.read(wrong)
