"""The settings there are: the one table that reading, `doctor` and the reference page follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from flowdsl.config.kinds import (
    ADDRESS,
    ALIASES,
    CAP,
    COURSE,
    KEYS,
    MONEY,
    PRICES,
    RULES,
    SECONDS,
    SWITCH,
    TEXT,
    WAIT,
    WHOLE,
    Kind,
)
from flowdsl.ir.policy import OnFailure
from flowdsl.pricing import OwnPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set once for a project, a machine or a command.

    ```toml
    # flowdsl.toml; in pyproject.toml the same stands under [tool.flowdsl]
    model = "local:smollm2-135m"
    max_parallel = 4

    [aliases]
    fast = "local:smollm2-135m"
    ```

    The file is looked for in the working folder, then in the folders above it; the first folder that has one is the
    last that is looked at, and `flowdsl.toml` stands before `pyproject.toml`. `flowdsl doctor` shows each value and
    where it came from. Two further variables concern local models only: `FLOWDSL_MODELS` names the folder that keeps
    pulled models, `FLOWDSL_GGUF` a GGUF file that answers in place of every local model.
    """

    model: str | None = field(default=None, metadata={"kind": TEXT})
    """Model of prompts that name none: `provider:model` or an alias."""
    aliases: Mapping[str, str] = field(default_factory=dict[str, str], metadata={"kind": ALIASES})
    """Names of your own for models. `fast` and `smart` stand for the default model until they are set here.

    In the environment: `fast=local:smollm2-135m,smart=mock:`.
    """
    max_parallel: int | None = field(default=None, metadata={"kind": WHOLE})
    """Steps at work at once; as many as are ready, up to 1,024, when not set."""
    timeout_s: float | None = field(default=None, metadata={"kind": SECONDS})
    """Seconds for a whole run; no limit when not set."""
    on_failure: OnFailure = field(default="stop", metadata={"kind": COURSE})
    """`stop` a run when a step fails, or `continue` with branches that do not depend on it."""
    grace_s: float = field(default=30.0, metadata={"kind": WAIT})
    """Seconds that paid calls in flight may take to finish after a failure or an interrupt."""
    workspace: str | None = field(default=None, metadata={"kind": TEXT})
    """Folder that prompts' files are read from; in a file, relative to that file. The working folder when not set."""
    keys: Mapping[str, str] = field(default_factory=dict[str, str], metadata={"kind": KEYS})
    """Where keys of cloud providers are, never the keys: `env:VARIABLE` or `keyring:SERVICE/USER`.

    Not needed where a key is in its own variable (`ANTHROPIC_API_KEY`, `GEMINI_API_KEY`, `OPENAI_API_KEY`) or was
    stored by `flowdsl login`. In the environment: `anthropic=env:MY_VARIABLE,openai=keyring:my-service/my-user`.
    """
    anthropic_base_url: str | None = field(default=None, metadata={"kind": ADDRESS})
    """Address of the server of `anthropic:` models; the variable `ANTHROPIC_BASE_URL`, then Anthropic's own when not set."""
    google_base_url: str | None = field(default=None, metadata={"kind": ADDRESS})
    """Address of the server of `google:` models; the variable `GOOGLE_GEMINI_BASE_URL`, then Google's own when not set."""
    openai_base_url: str | None = field(default=None, metadata={"kind": ADDRESS})
    """Address of the server of `openai:` models, such as `http://localhost:11434/v1`.

    The variable `OPENAI_BASE_URL`, then OpenAI's own when not set.
    """
    budget_usd: float | None = field(default=None, metadata={"kind": MONEY})
    """Dollars that a run may spend, wherever it is started; no bound when not set."""
    cli_budget_usd: float | None = field(default=1.0, metadata={"kind": CAP})
    """Dollars that a run of the command line may spend when nothing else is said; `none` for no bound."""
    prices: Mapping[str, OwnPrice] = field(
        default_factory=dict[str, OwnPrice], metadata={"kind": PRICES}
    )
    """Prices of models by full name, in dollars per million tokens, where the table that comes along has none or is wrong.

    ```toml
    [prices."openai:my-model"]
    input = 0.5
    output = 2
    cache_read = 0.05   # also cache_write, cache_write_1h; the price of input where not said
    ```

    In the environment: the same as a JSON object.
    """
    otel: bool = field(default=False, metadata={"kind": SWITCH})
    """Tell OpenTelemetry of every run; it needs the extra `otel`, and `OTEL_EXPORTER_OTLP_ENDPOINT` says where to."""
    local_context_tokens: int = field(default=4096, metadata={"kind": WHOLE})
    """Longest prompt and answer together of a `local:` model, in tokens."""
    local_slots: int = field(default=2, metadata={"kind": WHOLE})
    """Answers that a `local:` model makes at once."""
    local_threads: int | None = field(default=None, metadata={"kind": WHOLE})
    """Threads that make them; all cores but one when not set."""
    mock_latency_s: float = field(default=0.0, metadata={"kind": WAIT})
    """Seconds that an answer of `mock:` takes."""
    mock_rules: tuple[Mapping[str, object], ...] = field(default=(), metadata={"kind": RULES})
    """Prepared answers of `mock:`: tables with `answer` and, if wanted, `contains` (text of the prompt) and `step`.

    The first that fits is taken; where none does, an answer is made up. In the environment: a JSON list.
    """


KINDS: Mapping[str, Kind] = {each.name: each.metadata["kind"] for each in fields(Settings)}
"""What each setting takes, by name."""
