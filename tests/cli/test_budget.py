"""`flowdsl run` spends no more than it may, whatever the fan-out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from flowdsl.ir.narrowing import is_list
from flowdsl.pricing import cost_of
from tests.cli.calling import Call, in_process_of_its_own, write
from tests.fakes.ledger import Ledger
from tests.fakes.server import Served, serving

FLOW = """
from flowdsl import each, pipeline, prompt

@prompt("Say something about {{ x }}.", model="anthropic:claude-opus-5-5", max_tokens=60)
def say(x: int) -> str: ...

@pipeline
def many(count: int) -> list[str]:
    return each(list(range(100)), say)
"""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serving() as found:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test-0123456789")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", found.anthropic)
        yield found


def billed(ledger: Ledger) -> Decimal:
    """What the fake's own books say."""
    costs = [
        cost_of("anthropic", entry.model, entry.billed)
        for entry in ledger.entries
        if entry.status == 200
    ]
    assert None not in costs
    return sum((cost for cost in costs if cost is not None), Decimal(0))


@pytest.mark.timeout(60)
def test_a_fan_out_of_a_hundred_never_goes_above_its_cap_and_lists_what_is_left(
    call: Call, folder: Path, served: Served
) -> None:
    write(folder, "many.py", FLOW)

    done = call("run", "many.py", "-i", "count=100", "--budget", "0.05", "--json")

    spent = billed(served.house.ledger)
    assert done.code == 1
    assert Decimal(0) < spent <= Decimal("0.05")
    assert done.at("run", "cost_usd") == str(spent)
    undone = done.at("run", "undone")
    assert is_list(undone)
    assert len(undone) == 100 - len(served.house.ledger.entries)
    assert "FD250" in str(done.at("error", "message"))


@pytest.mark.timeout(60)
def test_what_is_left_undone_is_named_for_people(call: Call, folder: Path, served: Served) -> None:
    write(folder, "many.py", FLOW)

    done = call("run", "many.py", "-i", "count=100", "--budget", "0.02", "-q")

    assert done.code == 1
    assert "the budget of $0.02 is used up" in done.err
    assert "model calls left undone: " in done.err
    assert " more\n" in done.err
    assert billed(served.house.ledger) <= Decimal("0.02")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("arguments", "settings", "calls"),
    [
        (("--budget", "none"), "cli_budget_usd = 0.001", 5),
        (("--budget", "5"), "cli_budget_usd = 0.001", 5),
        ((), "cli_budget_usd = 0.001", 0),
        ((), "budget_usd = 0.001", 0),
        ((), 'cli_budget_usd = "none"', 5),
        ((), "", 5),
    ],
)
def test_the_flag_stands_before_the_settings(
    arguments: tuple[str, ...], settings: str, calls: int, folder: Path, served: Served
) -> None:
    write(folder, "many.py", FLOW.replace("100", "5"))
    write(folder, "flowdsl.toml", settings)

    done = in_process_of_its_own("run", "many.py", "-i", "count=5", "-q", *arguments, folder=folder)

    assert done.code == (0 if calls else 1)
    assert len(served.house.ledger.entries) == calls


def test_a_budget_that_is_none_is_told(call: Call, folder: Path) -> None:
    write(folder, "many.py", FLOW)

    for wrong in ("-1", "0", "much"):
        done = call("run", "many.py", "-i", "count=1", "--budget", wrong)
        assert done.code == 2
        assert "a number of dollars above 0" in done.err


def test_a_misspelt_model_is_found_before_the_run_with_its_near_names(
    call: Call, folder: Path, served: Served
) -> None:
    write(folder, "many.py", FLOW.replace("claude-opus-5-5", "claude-opsu-5-5"))

    for done in (call("run", "many.py", "-i", "count=1"), call("check", "many.py", "-m", "mock:")):
        assert done.code == 2
        assert "FD251" in done.err + done.out
        assert "did you mean" in done.err + done.out
        assert "claude-opus-5-5" in done.err + done.out
    assert served.house.ledger.entries == []


def test_a_price_of_ones_own_is_named_as_the_source(
    call: Call, folder: Path, served: Served
) -> None:
    write(folder, "many.py", FLOW.replace("100", "2"))
    write(
        folder,
        "flowdsl.toml",
        '[prices."anthropic:claude-opus-5-5"]\ninput = 1000\noutput = 1000\n',
    )

    done = call("run", "many.py", "-i", "count=1", "--budget", "5", "--json")

    tokens = served.house.ledger.total
    assert done.at("run", "cost_usd") == str(
        Decimal(tokens.input_tokens + tokens.output_tokens) / 1000
    )
    assert "own prices of anthropic:claude-opus-5-5" in str(done.at("run", "price_source"))
