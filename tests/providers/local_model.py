"""Whether the real local model can be tried here, and what happens when it can't."""

import os

import pytest

from flowdsl.ir.ids import ModelName
from flowdsl.providers.local import LocalProvider

MODEL = "smollm2-135m"


def local_provider_or_skip() -> LocalProvider:
    """The provider; where the model is missing the test is skipped, or fails if FLOWDSL_REQUIRE_LOCAL=1."""
    provider = LocalProvider()
    if why := provider.unready(ModelName(MODEL)):
        if os.environ.get("FLOWDSL_REQUIRE_LOCAL") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return provider
