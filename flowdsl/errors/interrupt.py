"""A run that was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowdsl.errors.failed import StepFailedError
    from flowdsl.errors.partial import PartialRun


class RunInterruptedError(KeyboardInterrupt):
    """Ctrl-C, or a notebook's interrupt, ended a run; `run` is what was done until then.

    Where it met a step in the midst of its work, or the step raised it, the message names the step.
    """

    def __init__(self, run: PartialRun, inside: StepFailedError | None = None) -> None:
        at = "" if inside is None else f" inside step '{inside.path}'"
        if inside is not None and inside.place is not None:
            at += f", at {inside.place}"
        super().__init__(f"the run was interrupted{at}")
        self.run = run

    def _render_traceback_(self) -> list[str]:
        """How IPython shows it."""
        from flowdsl.errors.sources import in_notebook

        states = [record.state for record in self.run.nodes.values()]
        done = f"{states.count('done')} of {len(states)} steps were done"
        return [
            f"Interrupted: {done}; `import sys; sys.last_value.run` holds them.",
            *in_notebook(self, ())[1:],
        ]
