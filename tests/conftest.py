"""What every test shares: how long Hypothesis looks, chosen by HYPOTHESIS_PROFILE (`dev` or `ci`)."""

import os

import pytest
from hypothesis import is_hypothesis_test, settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=1000, deadline=None, derandomize=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give laws, which try many examples, a wider guard against hanging."""
    guard_s = 600 if PROFILE == "ci" else 120
    for item in items:
        law = isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
        if law and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(guard_s))
