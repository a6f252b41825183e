"""Every fault of our own fake: calls end as declared, and what is counted is what is billed."""

from collections.abc import Generator

import pytest

from tests.chaos.matrix import OWN, Case, Way, quick_trials
from tests.chaos.trials import Size, own
from tests.fakes.server import Served, serving

pytestmark = [pytest.mark.timeout(100), pytest.mark.xdist_group("own_fake")]

SIZE = Size(calls=4, wave=4)
TRIALS = [
    pytest.param(case, ways, id=f"{case.name}, {'streamed' if ways[0].streamed else 'whole'}")
    for case, ways in quick_trials(OWN)
]


@pytest.fixture(scope="module")
def server() -> Generator[Served]:
    with serving() as served:
        yield served


@pytest.mark.parametrize(("case", "ways"), TRIALS)
async def test_every_call_ends_as_declared(case: Case, ways: list[Way], server: Served) -> None:
    trials = await own(case, ways, server, SIZE)

    assert {trial.way.prefix: trial.complaints for trial in trials if trial.complaints} == {}
