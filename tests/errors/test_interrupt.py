"""An interrupted run keeps what was done, and is no ordinary error."""

from flowdsl import pipeline
from flowdsl.errors import FlowError
from flowdsl.errors.interrupt import RunInterruptedError
from flowdsl.runtime.run import Run
from tests.dsl.examples import shout


@pipeline
def told(note: str) -> str:
    return shout(note)


def test_an_interrupt_passes_by_what_catches_errors() -> None:
    run: Run[str] = told.run("a")
    interrupt = RunInterruptedError(run)

    assert isinstance(interrupt, KeyboardInterrupt)
    assert not isinstance(interrupt, (Exception, FlowError))
    assert interrupt.run is run
    assert str(interrupt) == "the run was interrupted"


def test_a_notebook_is_told_how_far_it_came() -> None:
    shown = RunInterruptedError(told.run("a"))._render_traceback_()  # pyright: ignore[reportPrivateUsage] - as IPython calls it

    assert shown[0].startswith("Interrupted: 1 of 1 steps were done")
