"""FD24x: a model cannot be asked, or its answers cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


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
        self, step: str, model: str, asked: int, why: str, *, place: Place | None = None
    ) -> None:
        times = "once" if asked == 1 else f"{asked} times"
        super().__init__(
            f"'{model}' was asked {times} for '{step}' and gave nothing of the declared type: {why}",
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
