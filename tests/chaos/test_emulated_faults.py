"""Every fault of an emulator by others, on every provider that is served over HTTP: calls end as declared, and its verdict is clean."""

from collections.abc import Generator

import pytest

from tests.chaos.calls import PREFIXES
from tests.chaos.emulator import Emulator, emulating
from tests.chaos.matrix import EMULATED, Case, Way, quick_trials
from tests.chaos.trials import Size, emulated

pytestmark = [pytest.mark.timeout(100), pytest.mark.xdist_group("llmock")]

SIZE = Size(calls=4, wave=4)
TRIALS = [
    pytest.param(case, ways, id=f"{case.name}, {'streamed' if ways[0].streamed else 'whole'}")
    for case, ways in quick_trials(EMULATED)
]


@pytest.fixture(scope="module")
def emulator() -> Generator[Emulator]:
    with emulating() as running:
        yield running


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1beta")  # the emulator serves no other


@pytest.mark.parametrize(("case", "ways"), TRIALS)
async def test_every_call_ends_as_declared(case: Case, ways: list[Way], emulator: Emulator) -> None:
    trials = await emulated(case, ways, emulator, SIZE)

    assert {trial.way.prefix: trial.complaints for trial in trials if trial.complaints} == {}


async def test_a_quota_is_kept_by_waiting() -> None:
    ways = [Way(prefix) for prefix in PREFIXES]
    with emulating("--rpm", "60") as limited:
        trials = await emulated(Case(name="quota"), ways, limited, Size(calls=61, wave=61))

    assert {trial.way.prefix: trial.complaints for trial in trials if trial.complaints} == {}
    assert [trial.requests > 61 for trial in trials] == [True, True, True]
