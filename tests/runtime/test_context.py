"""Chance, ids and limits of a run."""

from __future__ import annotations

from flowdsl.ir.ids import ModelName
from flowdsl.runtime.context import Model, RunContext


def no_models(_name: ModelName | None) -> Model:
    raise AssertionError


def test_a_seed_repeats_chance_and_id() -> None:
    one, two = RunContext(models=no_models, seed=4), RunContext(models=no_models, seed=4)

    assert one.run_id == two.run_id
    assert one.rng.random() == two.rng.random()
    assert one.run_id == one.run_id


def test_without_a_seed_every_run_is_another() -> None:
    assert RunContext(models=no_models).run_id != RunContext(models=no_models).run_id


def test_each_crew_has_its_limit() -> None:
    context = RunContext(models=no_models, max_parallel=9, threads=3, processes=2)

    assert context.crew_limits == (9, 1, 3, 2)
