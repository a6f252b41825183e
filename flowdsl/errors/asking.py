"""FD24x: a model cannot be asked, or its answers cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowdsl.errors.base import FlowError, Place

_SHOWN = 160
"""Letters of an answer that are shown."""


class NoModelError(FlowError):
    """A prompt names no model, and the run has no default one. All such prompts are named, and the place of the first.

    ```python
    audit.using(model="local:smollm2-135m").run(files=files)
    ```

    The aliases `fast` and `smart` stand for the default model too, until the settings give them one of their own:
    `model = "local:smollm2-135m"` in `flowdsl.toml` is enough for all of them.
    """

    code: ClassVar[str] = "FD240"

    def __init__(
        self, *, alias: str | None = None, prompts: Sequence[str] = (), place: Place | None = None
    ) -> None:
        who, s = _prompts(prompts)
        named = (
            f"name{s} no model"
            if alias is None
            else f"ask{s} '{alias}', which stands for no model yet"
        )
        super().__init__(
            f"{who} {named}, and there is no default.",
            place=place,
            help='run it with using(model="local:smollm2-135m") or `--model local:smollm2-135m`, or write '
            'model = "local:smollm2-135m" in flowdsl.toml; "mock:" in its place makes answers up.',
        )
        self.alias = alias


def _prompts(names: Sequence[str]) -> tuple[str, str]:
    """Which prompts, and the ending of their verb."""
    if not names:
        return "a prompt", "s"
    *some, last = (f"'{name}'" for name in names)
    return (f"prompts {', '.join(some)} and {last}", "") if some else (f"prompt {last}", "s")


class RepliesRejectedError(FlowError):
    """A model was asked again with what was wrong, and still gave nothing of the declared type."""

    code: ClassVar[str] = "FD241"

    def __init__(
        self,
        step: str,
        model: str,
        asked: int,
        why: str,
        *,
        said: str = "",
        place: Place | None = None,
    ) -> None:
        times = "once" if asked == 1 else f"{asked} times"
        words = " ".join(said.split())
        last = f"\n  it said: {words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}" if words else ""
        super().__init__(
            f"'{model}' was asked {times} for '{step}' and gave nothing of the declared type: {why}{last}",
            place=place,
            help="make the type simpler or the prompt plainer, allow more repairs, or take a stronger model.",
        )


class MediaUnsupportedError(FlowError):
    """A prompt shows an image or a document to a model that cannot take one. Found before the run."""

    code: ClassVar[str] = "FD242"

    def __init__(
        self, step: str, port: str, kind: str, model: str, *, place: Place | None = None
    ) -> None:
        article = "an" if kind == "image" else "a"
        super().__init__(
            f"'{step}' shows {article} {kind} ('{port}') to '{model}', which cannot take one.",
            place=place,
            help=f"take a model that reads {kind}s, or hand it text.",
        )


class UnfitModelError(FlowError):
    """A model that is named in the pipeline cannot answer now; found before the run."""

    code: ClassVar[str] = "FD243"

    def __init__(self, step: str, model: str, why: str, *, place: Place | None = None) -> None:
        wrong, stop, cure = why.partition(". ")
        super().__init__(
            f"'{step}' asks '{model}', which cannot answer: {wrong}{stop.rstrip()}",
            place=place,
            help=cure or "name another model, in the prompt or with using(model=…).",
        )


class SettingRefusedError(FlowError):
    """A prompt tells its model something that the model refuses. Found before the run.

    ```python
    @prompt("List the defects: {{ code }}", model="anthropic:claude-opus-5-5", effort="high")
    def review(code: str) -> list[str]: ...
    ```

    Which levels of effort, which kinds of thinking and how long an answer a model takes stands in the table that
    `flowdsl doctor` shows. What a model has nothing at all for, such as a temperature, is left out with a warning.
    """

    code: ClassVar[str] = "FD244"

    def __init__(
        self,
        step: str,
        setting: str,
        model: str,
        takes: Sequence[str],
        *,
        place: Place | None = None,
    ) -> None:
        super().__init__(
            f"'{step}' sets {setting}, which '{model}' refuses.",
            place=place,
            help=f"it takes {', '.join(takes)}; or leave the setting to the model.",
        )


class SettingDroppedError(FlowError):
    """A prompt sets something that its model has nothing for: it is not sent. A warning."""

    code: ClassVar[str] = "FD245"

    def __init__(
        self, step: str, settings: Sequence[str], model: str, *, place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{step}' sets {', '.join(settings)}, for which '{model}' has nothing: it was not sent.",
            place=place,
            help="leave it away, or name a model that takes it.",
        )
