"""Values as errors show them: short, on one line, never failing."""

from __future__ import annotations

from contextlib import suppress
from reprlib import Repr
from typing import TYPE_CHECKING

from flowdsl.errors.redaction import redact

if TYPE_CHECKING:
    from flowdsl.runtime.ops import Frame, Op


class _Short(Repr):
    """Cuts values short, after secrets are out: of one that is cut in two, neither half would be known any more."""

    def repr_str(self, x: str, level: int) -> str:
        """A text."""
        ends = x if len(x) <= _LONG else x[: _LONG // 2] + x[-_LONG // 2 :]
        return super().repr_str(redact(ends), level)

    def repr_instance(self, x: object, level: int) -> str:
        """What is no container: a model, a record, anything else."""
        shown = x
        with suppress(Exception):  # `Repr` has a word for those that can't be shown
            shown = _Shown(redact(repr(x)))
        return super().repr_instance(shown, level)


class _Shown:
    """Stands for a value by what it shows."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


_LONG = 4000
_SHORT = _Short()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = 4
_PORTS = 4


def brief(value: object) -> str:
    """A value in at most some 60 characters a part."""
    try:
        return " ".join(_SHORT.repr(value).split())
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the error it is shown in
        return f"<{type(value).__name__}>"


def kind_of(value: object) -> str:
    """A value's type and the value itself, briefly."""
    return "None" if value is None else f"{type(value).__name__} {brief(value)}"


def counted(number: int, thing: str) -> str:
    """`1 model call`, `2 model calls`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def given_to(frame: Frame, op: Op) -> str:
    """What an op was given, as `port=value`, briefly."""
    shown = [f"{port}={brief(frame.values[slot])}" for port, slot in op.sources[:_PORTS]]
    return ", ".join(shown) + (", …" if len(op.sources) > _PORTS else "")


def waiting_for(paths: list[str], grace_s: float) -> str:
    """What is still let finish when a run ends early, and for how long."""
    shown = ", ".join(f"'{path}'" for path in paths[:_PORTS])
    more = f" and {len(paths) - _PORTS} more" if len(paths) > _PORTS else ""
    return (
        f"the run is ending; for up to {grace_s:g} s it waits for {shown}{more}, "
        "because what is paid for or changes something is not cut short (grace_s); "
        "an interrupt now ends it at once."
    )
