"""Options in, a run out."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from flowdsl.config import Settings
from flowdsl.dsl.runner import runner
from flowdsl.engine import DEFAULTS, Models, Options, run_async, run_sync
from flowdsl.errors import NoModelError, RunInterruptedError, StepFailedError, UnknownProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.types import STR
from flowdsl.ir.usage import Usage
from flowdsl.pricing import price_source
from flowdsl.providers import Reply, catalog
from flowdsl.runtime.report import run_facts
from flowdsl.stores.memory import MemoryStore
from flowdsl.testing import ScriptedProvider
from tests.ir.sample_graphs import ask
from tests.runtime.building import Draft, inc, run


async def breaks(n: int) -> int:
    """A step that fails."""
    raise ValueError(n)


async def test_every_run_is_kept_in_the_store_however_it_ends() -> None:
    store = MemoryStore()
    draft = Draft("kept")
    draft.step(inc, draft.input("n"))
    broken = Draft("broken")
    broken.step(breaks, broken.input("n"))

    done = await run(draft.graph(), Options(store=store), n=1)
    with pytest.raises(StepFailedError):
        await run(broken.graph(), Options(store=store), n=1)

    records = store.runs()
    assert [(each.pipeline, each.status, each.nodes) for each in records] == [
        ("kept", "done", 2),
        ("broken", "failed", 2),
    ]
    assert records[0].run_id == done.run_id


async def test_a_cancelled_run_is_kept_too() -> None:
    async def waits(n: int) -> int:
        await asyncio.sleep(60)
        return n

    store = MemoryStore()
    draft = Draft()
    draft.step(waits, draft.input("n"))
    task = asyncio.get_running_loop().create_task(run(draft.graph(), Options(store=store), n=1))
    await asyncio.sleep(0.01)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [each.status for each in store.runs()] == ["cancelled"]


def test_calls_outside_a_pipeline_are_run_by_the_engine() -> None:
    draft = Draft()
    draft.step(inc, draft.input("n"))

    assert runner().call(draft.graph(), {"n": 1}) == 2


def test_without_a_model_the_error_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLOWDSL_MODEL", raising=False)

    with pytest.raises(NoModelError, match=r"local:smollm2-135m"):
        Models(DEFAULTS)(None)
    with pytest.raises(UnknownProviderError):
        Models(DEFAULTS)(ModelName("nowhere:x"))


async def test_several_runs_share_one_loop() -> None:
    draft = Draft()
    draft.step(inc, draft.input("n"))
    graph = draft.graph()

    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(run_async(graph, {"n": number})) for number in range(20)]

    assert [each.result().value for each in runs] == list(range(1, 21))


async def test_settings_stand_for_all_that_options_leave_open() -> None:
    answers = ({"answer": "first", "contains": "hello"}, {"answer": 3, "step": "ask"})
    settings = Settings(model="quick", aliases={"quick": "mock:a"}, mock_rules=answers)
    said = Draft("said")
    said.add(ask("ask", "Say hello"))

    done = await run(said.graph(), Options(settings=settings))
    other = await run(said.graph(), Options(settings=Settings(model="mock:")))

    assert done.value == "first"
    assert other.value != "first"


def test_a_word_that_is_no_alias_is_told_with_near_aliases() -> None:
    models = Models(Options(settings=Settings(aliases={"quickest": "mock:"})))

    with pytest.raises(UnknownProviderError, match="no `provider:`") as caught:
        models(ModelName("quikest"))

    assert "did you mean 'quickest'" in caught.value.help


def test_fast_and_smart_stand_for_the_default_model() -> None:
    models = Models(Options(model="mock:a", settings=Settings()))

    assert models(ModelName("fast")).full_name == models(None).full_name == "mock:a"
    with pytest.raises(NoModelError, match="asks 'smart'"):
        Models(Options(settings=Settings()))(ModelName("smart"))


def test_an_alias_that_stands_for_nothing_is_named_wherever_it_was_given() -> None:
    for options, name in ((Options(model="fast"), None), (Options(), ModelName("fast"))):
        with pytest.raises(NoModelError, match="asks 'fast', which stands for no model yet"):
            Models(options)(name)


def test_an_interrupt_before_the_run_has_begun_stays_one() -> None:
    class Slow(ScriptedProvider):
        def unready(self, _model: ModelName, /) -> str | None:
            raise KeyboardInterrupt

    draft = Draft()
    draft.add(ask("ask", "Say hello"))

    with pytest.raises(KeyboardInterrupt) as caught:
        run_sync(draft.graph(), {}, Options(model="x:", providers={"x": Slow(["hello"])}))

    assert not isinstance(caught.value, RunInterruptedError)


class Held(ScriptedProvider):
    """A provider that keeps something open."""

    def __init__(self) -> None:
        super().__init__(["hello"])
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


async def test_what_a_provider_holds_open_is_let_go_after_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held()

    def make(_prefix: str, _settings: object) -> Held:
        return held

    monkeypatch.setattr(catalog, "make_provider", make)
    draft = Draft()
    draft.add(ask("ask", "Say hello"))

    done = await run(draft.graph(), Options(model="mock:"))

    assert done.value == "hello"
    assert held.is_closed


async def test_a_provider_that_was_handed_in_is_left_open() -> None:
    held = Held()
    draft = Draft()
    draft.add(ask("ask", "Say hello"))

    done = await run(draft.graph(), Options(model="x:", providers={"x": held}))

    assert done.value == "hello"
    assert not held.is_closed


async def test_a_run_that_was_paid_for_says_by_which_table() -> None:
    usage, model = Usage(calls=1, input_tokens=9), ModelName("x:m")
    paid_for = Reply(text="yes", usage=usage, model=model, cost_usd=Decimal("0.5"))
    store = MemoryStore()
    draft = Draft()
    draft.add(Generate(label="ask", prompt=Prompt(user=(Static("Well?"),)), output=STR))

    for reply in (paid_for, "yes"):
        providers = {"x": ScriptedProvider([reply])}
        done = await run(draft.graph(), Options(store=store, model="x:", providers=providers))
        source = None if done.price_source is None else str(done.price_source)
        assert run_facts(done)["price_source"] == source == store.runs()[-1].price_source

    paid, free = store.runs()
    assert paid.price_source == str(price_source())
    assert (free.price_source, free.cost_usd) == (None, 0)
