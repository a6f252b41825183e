"""Every fault of our own fake: calls end as declared, and what is counted is what is billed."""

from collections.abc import Generator

import pytest

from tests.chaos.matrix import OWN, Case, Way, ways_of
from tests.chaos.trials import own
from tests.fakes.server import Served, serving

pytestmark = [pytest.mark.timeout(100), pytest.mark.xdist_group("own_fake")]

CALLS = 4
CASES = [
    pytest.param(case, way, id=f"{case.name}-{way.name}") for case in OWN for way in ways_of(case)
]


@pytest.fixture(scope="module")
def server() -> Generator[Served]:
    with serving() as served:
        yield served


@pytest.mark.parametrize(("case", "way"), CASES)
async def test_every_call_ends_as_declared(case: Case, way: Way, server: Served) -> None:
    trial = await own(case, way, server, calls=CALLS, wave=CALLS)

    assert trial.complaints == ()
