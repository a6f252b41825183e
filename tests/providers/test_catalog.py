"""The prefix of a model's name leads to its provider, or to a word on why not."""

import subprocess
import sys

import pytest

from flowdsl.errors import UnknownProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.providers import KnowsModels
from flowdsl.providers.canned import Rule
from flowdsl.providers.catalog import PROVIDERS, ProviderSettings, make_provider, split
from flowdsl.providers.keyless import no_key
from tests.providers.contract import ask

MODEL = ModelName("some-model")


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
        ("zzz:x", "this version has 'anthropic:', 'google:', 'openai:', 'local:' and 'mock:'."),
    ],
)
def test_an_unknown_provider_is_told_with_near_names(model: str, said: str) -> None:
    with pytest.raises(UnknownProviderError) as caught:
        split(model)

    assert said in str(caught.value)
    assert f"'{model}'" in caught.value.message


def test_every_prefix_makes_a_provider() -> None:
    made = {prefix: type(make_provider(prefix)).__name__ for prefix in PROVIDERS}

    assert made == {
        "anthropic": "AnthropicProvider",
        "google": "GoogleProvider",
        "openai": "OpenAIProvider",
        "local": "LocalProvider",
        "mock": "MockProvider",
    }


def test_a_key_and_an_address_reach_the_provider() -> None:
    asked: list[str] = []

    def key(prefix: str) -> str | None:
        asked.append(prefix)
        return None

    with_key = make_provider("openai", ProviderSettings(key=lambda _: "sk-1"))
    without = make_provider("openai", ProviderSettings(key=key))
    own = make_provider("openai", ProviderSettings(base_urls={"openai": "http://localhost:9/v1"}))

    assert isinstance(with_key, KnowsModels)
    assert isinstance(without, KnowsModels)
    assert isinstance(own, KnowsModels)
    assert asked == ["openai"]
    assert with_key.unready(MODEL) is None
    assert without.unready(MODEL) == no_key("openai")
    assert own.unready(MODEL) is None


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
