"""FD24x: a model cannot be asked, or its answers cannot be used."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


class NoModelError(FlowError):
    """A prompt names no model, and the run has no default one.

    ```python
    audit.using(model="local:smollm2-135m").run(files=files)
    ```

    The aliases `fast` and `smart` stand for the default model too, until the settings give them one of their own:
    `model = "local:smollm2-135m"` in `flowdsl.toml` is enough for all of them.
    """

    code: ClassVar[str] = "FD240"

    def __init__(self, *, alias: str | None = None, place: Place | None = None) -> None:
        named = (
            "names no model" if alias is None else f"asks '{alias}', which stands for no model yet"
        )
        super().__init__(
            f"a prompt {named}, and there is no default.",
            place=place,
            help="run with `--model local:smollm2-135m` (`--model mock:` for made-up answers) or "
            'using(model=…), or write model = "local:smollm2-135m" in flowdsl.toml.',
        )


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
