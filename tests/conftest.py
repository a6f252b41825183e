"""What every test shares: how long Hypothesis looks, chosen by HYPOTHESIS_PROFILE (`dev` or `ci`)."""

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=1000, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
