"""Every fault of an emulator by others, on every provider that is served over HTTP: calls end as declared, and its verdict is clean."""

from collections.abc import Generator

import pytest

from tests.chaos.emulator import Emulator, emulating
from tests.chaos.matrix import EMULATED, Case, Way, ways_of
from tests.chaos.trials import emulated

pytestmark = [pytest.mark.timeout(100), pytest.mark.xdist_group("llmock")]

CALLS = 4
CASES = [
    pytest.param(case, way, id=f"{case.name}-{way.name}")
    for case in EMULATED
    for way in ways_of(case)
]


@pytest.fixture(scope="module")
def emulator() -> Generator[Emulator]:
    with emulating() as running:
        yield running


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1beta")  # the emulator serves no other


@pytest.mark.parametrize(("case", "way"), CASES)
async def test_every_call_ends_as_declared(case: Case, way: Way, emulator: Emulator) -> None:
    trial = await emulated(case, way, emulator, calls=CALLS, wave=CALLS)

    assert trial.complaints == ()


@pytest.mark.parametrize("prefix", ["anthropic", "google", "openai"])
async def test_a_quota_is_kept_by_waiting(prefix: str) -> None:
    case = Case(name="quota")
    with emulating("--rpm", "30") as limited:
        trial = await emulated(case, Way(prefix), limited, calls=32, wave=32)

    assert trial.complaints == ()
    assert trial.requests > 32
