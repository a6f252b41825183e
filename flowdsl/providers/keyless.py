"""What is said where a key is missing: which variable holds it, and how to do without."""

from __future__ import annotations

from collections.abc import Mapping

KEY_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "openai": ("OPENAI_API_KEY",),
}
"""Provider → the environment's variables that may hold its key, the first that is set counts."""


def no_key(prefix: str) -> str:
    """Why a provider can't answer without a key, and the cure; as `KnowsModels.unready` says it."""
    variable = KEY_VARIABLES[prefix][0]
    return (
        f"there is no key for '{prefix}:'. run `flowdsl login {prefix}` or set {variable}; without a key use "
        "`--model local:smollm2-135m` (a small model on this machine) or `--model mock:` (made-up answers)."
    )
