"""The prefix of a model's name leads to its provider, or to a word on why not."""

import subprocess
import sys

import pytest

from flowdsl.errors import AdapterMissingError, UnknownProviderError
from flowdsl.providers.canned import Rule
from flowdsl.providers.catalog import COMING, PROVIDERS, ProviderSettings, make_provider, split
from flowdsl.providers.local import LocalProvider
from flowdsl.providers.mock import MockProvider
from tests.providers.contract import ask


@pytest.mark.parametrize(
    ("model", "halves"),
    [
        ("local:smollm2-135m", ("local", "smollm2-135m")),
        ("local:models/a:b.gguf", ("local", "models/a:b.gguf")),
        ("mock:", ("mock", "")),
    ],
)
def test_a_name_is_cut_at_its_first_colon(model: str, halves: tuple[str, str]) -> None:
    assert split(model) == halves


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("locl:x", "did you mean 'local:'?"),
        ("fast", "it has no `provider:` in front"),
        ("local", "it has no `provider:` in front"),
        (
            "zzz:x",
            "'local:' and 'mock:'; models of 'anthropic:', 'google:' and 'openai:' come later.",
        ),
    ],
)
def test_an_unknown_provider_is_told_with_near_names(model: str, said: str) -> None:
    with pytest.raises(UnknownProviderError) as caught:
        split(model)

    assert said in str(caught.value)
    assert f"'{model}'" in caught.value.message


@pytest.mark.parametrize("prefix", COMING)
def test_a_provider_to_come_is_no_secret(prefix: str) -> None:
    with pytest.raises(AdapterMissingError) as caught:
        split(f"{prefix}:some-model")

    assert "no adapter" in caught.value.message
    assert "--model local:smollm2-135m" in caught.value.help
    assert "--model mock:" in caught.value.help


def test_every_prefix_makes_a_provider() -> None:
    made = {prefix: type(make_provider(prefix)) for prefix in PROVIDERS}

    assert made == {"local": LocalProvider, "mock": MockProvider}


async def test_settings_reach_the_provider() -> None:
    provider = make_provider("mock", ProviderSettings(mock_rules=(Rule(answer="prepared"),)))

    assert (await provider.complete(ask("hello"))).text == "prepared"


def test_looking_at_the_table_loads_no_adapter() -> None:
    script = (
        "import sys, flowdsl.providers.catalog\n"
        "print([m for m in ('xllamacpp', 'flowdsl.providers.local', 'flowdsl.providers.mock') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"
