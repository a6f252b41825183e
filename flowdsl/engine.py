"""Where settings choose the adapters: options in, a run out, in any thread and under any loop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flowdsl.config import FOLLOWING, base_urls, current, find_key, resolve, unencrypted
from flowdsl.dsl.runner import bind
from flowdsl.errors.asking import NoModelError
from flowdsl.errors.base import raise_all
from flowdsl.errors.interrupt import RunInterruptedError
from flowdsl.errors.providers import UnknownProviderError
from flowdsl.events.bus import Bus, Listener
from flowdsl.ir.ids import ModelName
from flowdsl.ir.policy import OnFailure
from flowdsl.pricing import use_prices
from flowdsl.providers import KEY_VARIABLES, Closes, Provider
from flowdsl.runtime.budget import AROUND, Budget
from flowdsl.runtime.compiler import plan_of
from flowdsl.runtime.context import MAX_PARALLEL, Approver, Model, RunContext
from flowdsl.runtime.preflight import preflight, unpriced
from flowdsl.runtime.reuse import Earlier
from flowdsl.runtime.run import Run
from flowdsl.runtime.shown_media import refused_documents
from flowdsl.runtime.start import run_graph
from flowdsl.runtime.threads import run_waiting
from flowdsl.runtime.upto import graph_upto
from flowdsl.stores import RunRecord, Store
from flowdsl.stores.memory import MemoryStore

if TYPE_CHECKING:
    from flowdsl.config import Settings
    from flowdsl.errors.base import FlowError
    from flowdsl.events.records import Event
    from flowdsl.ir.graph import Graph
    from flowdsl.providers.catalog import ProviderSettings

MEMORY = MemoryStore()
"""Runs of this process, where no store is named."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a pipeline is run; what it means stays the same."""

    model: ModelName | str | None = None
    """Model or alias of prompts that name none."""
    max_parallel: int | None = None
    """Steps at work at once; `None` for as many as are ready, up to 1,024."""
    budget_usd: Decimal | float | None = None
    """Dollars the run may spend; `None` for what the settings say."""
    timeout_s: float | None = None
    """Seconds for the whole run."""
    on_failure: OnFailure | None = None
    """`stop`, or `continue` with branches that do not depend on what failed."""
    seed: int | None = None
    """Repeats chance and ids."""
    on_event: Listener | None = None
    """Called with each event, as it happens."""
    listeners: tuple[Listener, ...] = ()
    """Further ones, for front ends."""
    progress: bool = True
    """Show a run live where it is started in a notebook; FLOWDSL_PROGRESS=0 in the environment switches it off too."""
    on_text: Callable[[str, str], object] | None = None
    """Called with a node's path and each piece of text that a model streams."""
    keep_events: bool = False
    """Keep every event in `Run.events`, pieces of text too."""
    upto: str | None = None
    """Run only this node, by id, label or address, and what it needs; its value is the run's."""
    reuse: Run[object] | None = None
    """An earlier run whose results are taken where code, inputs and place are the same."""
    providers: Mapping[str, Provider] = field(default_factory=dict[str, Provider])
    """Providers by prefix, in place of the ones that come along."""
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    """Alias → `provider:model`; they stand before those of the settings."""
    approver: Approver | None = None
    """Asked by `approve` steps; `None` asks on the terminal."""
    workspace: Path | str | None = None
    """The folder that files are read from; `None` for the current one."""
    grace_s: float | None = None
    """Seconds that paid calls in flight may take to finish after a failure or an interrupt."""
    store: Store = MEMORY
    """Where the run is recorded."""
    settings: Settings | None = None
    """What stands for all that is `None` here; `None` reads the file and the environment."""


DEFAULTS = Options()


async def run_async(
    graph: Graph,
    inputs: Mapping[str, object],
    options: Options = DEFAULTS,
    *,
    over: list[Run[object]] | None = None,
) -> Run[object]:
    """Run a graph on the running loop.

    Args:
        graph: What to run.
        inputs: By name.
        options: How.
        over: Receives the run however it ends, cancelled too.

    Raises:
        StepFailedError: A step failed; `run` is what was done.
        FlowError: The run could not begin: inputs, models.
        asyncio.CancelledError: The caller was cancelled.
    """
    kept: list[Event] | None = [] if options.keep_events else None
    models = Models(options)
    settings = models.settings
    use_prices(settings.prices)
    over = [] if over is None else over
    graph = graph if options.upto is None else graph_upto(graph, options.upto)
    listeners = _front_ends(graph, options, settings)
    context = _context(options, models, kept, listeners)
    plan = plan_of(graph)
    raise_all(preflight(plan, models))
    if context.budget is not None:
        raise_all(unpriced(plan, models))
    if plan.asks:
        raise_all(refused_documents(graph, inputs, models))
    around = AROUND.get()
    AROUND.set(context.budget)
    try:
        run = await run_graph(
            graph,
            inputs,
            context,
            timeout_s=settings.timeout_s if options.timeout_s is None else options.timeout_s,
            kept=kept,
            over=over,
            reuse=None if options.reuse is None else Earlier(options.reuse).wrap,
        )
    finally:
        AROUND.set(around)
        for each in over:
            _record(each, options.store)
        await models.aclose()
    return run


def run_sync(
    graph: Graph, inputs: Mapping[str, object], options: Options = DEFAULTS
) -> Run[object]:
    """Run a graph and wait for it; inside a running loop (a notebook) on a loop of its own in another thread.

    Raises:
        RunInterruptedError: Ctrl-C; it is a `KeyboardInterrupt` and carries the partial run.
        StepFailedError: A step failed; `run` is what was done.
        FlowError: The run could not begin.
    """
    over: list[Run[object]] = []
    try:
        return run_waiting(lambda: run_async(graph, inputs, options, over=over))
    except RunInterruptedError:
        raise
    except KeyboardInterrupt:
        if over:
            raise RunInterruptedError(over[0]) from None
        raise


def check_models(graph: Graph, options: Options = DEFAULTS) -> list[FlowError]:
    """What is wrong with the models of a graph, without a call: unknown, not ready, blind to what they are shown."""
    models, plan = Models(options), plan_of(graph)
    use_prices(models.settings.prices)
    capped = options.budget_usd is not None or models.settings.budget_usd is not None
    return preflight(plan, models) or (unpriced(plan, models) if capped else [])


class _Engine:
    """What calls outside a pipeline are run by."""

    def call(self, graph: Graph, inputs: Mapping[str, object], /) -> object:
        """Run in this thread and give the value."""
        return run_sync(graph, inputs).value


bind(_Engine())


def _front_ends(graph: Graph, options: Options, settings: Settings) -> list[Listener]:
    """Who listens on behalf of users: what options and settings name, and the notebook the run was started in."""
    listeners = list(options.listeners)
    if settings.otel:
        from flowdsl.events.otel import sinks_beside

        listeners += sinks_beside((*listeners, options.on_event))
    if options.progress and "IPython" in sys.modules:
        from flowdsl.events.notebook import progress_for

        listeners += filter(None, (progress_for(graph),))
    return listeners


def _context(
    options: Options, models: Models, kept: list[Event] | None, listeners: list[Listener]
) -> RunContext:
    if options.on_event is not None:
        listeners.append(options.on_event)
    if options.on_text is not None:
        from flowdsl.events.streamed import hears_text

        listeners.append(hears_text(options.on_text))
    if kept is not None:
        listeners.append(kept.append)
    settings = models.settings
    workspace = settings.workspace if options.workspace is None else options.workspace
    return RunContext(
        models=models,
        bus=Bus(listeners),
        seed=options.seed,
        max_parallel=options.max_parallel or settings.max_parallel or MAX_PARALLEL,
        on_failure=options.on_failure or settings.on_failure,
        grace_s=settings.grace_s if options.grace_s is None else options.grace_s,
        workspace=None if workspace is None else Path(workspace),
        approver=options.approver,
        budget=_budget(settings.budget_usd if options.budget_usd is None else options.budget_usd),
    )


def _budget(limit_usd: Decimal | float | None) -> Budget | None:
    """What the run may spend: its own, and what is left to the run whose step has started it."""
    around = AROUND.get()
    if limit_usd is None:
        return None if around is None else Budget(around.limit_usd, around)
    # Through its text, so that 0.1 is a tenth.
    return Budget(Decimal(str(limit_usd)), around)


class Models:
    """Finds models for one run; each provider is made at most once."""

    def __init__(self, options: Options) -> None:
        self.settings = current() if options.settings is None else options.settings
        """What stands wherever the options say nothing."""
        self._options = options
        self._made: dict[str, Provider] = {}
        self._found: dict[ModelName | None, Model] = {}

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        return {**self.settings.aliases, **self._options.aliases}

    def __call__(self, name: ModelName | None, /) -> Model:
        """Find a model by `provider:model` or alias; `None` is the default model.

        Raises:
            FlowError: There is none of that name, or no default.
        """
        if name in self._found:
            return self._found[name]
        default = self._options.model or self.settings.model
        full = resolve(name, default, self._aliases)
        if full is None:
            raise NoModelError(alias=name or default)
        prefix, _, own = full.partition(":")
        provider = self._options.providers.get(prefix)
        if provider is None:
            provider = self._provider(full)
        self._found[name] = model = Model(provider, ModelName(own), ModelName(full))
        return model

    def _provider(self, full: str) -> Provider:
        from flowdsl.providers.catalog import PROVIDERS, make_provider, split

        if ":" not in full:
            aliases = tuple(dict.fromkeys((*self._aliases, *FOLLOWING)))
            raise UnknownProviderError(full, [*PROVIDERS], aliases=aliases)
        prefix, _ = split(full)
        if prefix not in self._made:
            if prefix in KEY_VARIABLES:
                _mind_secrets(prefix, self.settings)
            self._made[prefix] = make_provider(prefix, _provider_settings(self.settings))
        return self._made[prefix]

    async def aclose(self) -> None:
        """Let go of the providers that were made here."""
        for provider in self._made.values():
            if isinstance(provider, Closes):
                await provider.aclose()


_WARNED: set[str] = set()
"""Addresses that were warned of in this process."""


def _mind_secrets(prefix: str, settings: Settings) -> None:
    """Before a provider is made that is given a key: see that libraries log none, and warn of an open way to it."""
    from flowdsl.errors.veiled_logs import veil_logs

    veil_logs()
    address = base_urls(settings).get(prefix)
    if address is None or address in _WARNED:
        return
    for problem in unencrypted({prefix: address}):
        import logging

        _WARNED.add(address)
        logging.getLogger("flowdsl").warning("%s: %s", problem.code, problem.as_sentences)


def _provider_settings(settings: Settings) -> ProviderSettings:
    from flowdsl.providers.canned import Rule
    from flowdsl.providers.catalog import ProviderSettings

    def key(prefix: str) -> str | None:
        found = find_key(prefix, settings).key
        return None if found is None else found.value

    return ProviderSettings(
        key=key,
        base_urls=base_urls(settings),
        local_context_tokens=settings.local_context_tokens,
        local_slots=settings.local_slots,
        local_threads=settings.local_threads,
        mock_latency_s=settings.mock_latency_s,
        mock_rules=tuple(
            Rule(answer=rule["answer"], contains=_text(rule, "contains"), step=_text(rule, "step"))
            for rule in settings.mock_rules
        ),
    )


def _text(rule: Mapping[str, object], name: str) -> str | None:
    value = rule.get(name)
    return None if value is None else str(value)


def _record(run: Run[object], store: Store) -> None:
    store.keep(
        RunRecord(
            run.run_id,
            run.graph.name,
            run.status,
            run.started_at_s,
            run.seconds,
            len(run.graph),
            run.usage,
            run.cost_usd,
            None if run.price_source is None else str(run.price_source),
        )
    )
