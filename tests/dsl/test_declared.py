"""What a step says it does to the world."""

import pytest

from flowdsl import step
from flowdsl.dsl.declared import declared_effects
from flowdsl.errors import OptionError
from flowdsl.ir.effects import PURE, Effect, Effects, Resource


def test_a_step_that_says_nothing_does_nothing() -> None:
    assert declared_effects("@step") == PURE

    @step
    def shout(note: str) -> str:
        return note.upper()

    assert shout.node.effects == PURE


def test_resources_are_kinds_with_or_without_a_name() -> None:
    effects = declared_effects(
        "@step", reads="workspace", writes=("path:out/x:1", "outside:github", "session")
    )

    assert effects == Effects(
        Effect.READS | Effect.WRITES,
        (Resource("workspace"),),
        (Resource("path", "out/x:1"), Resource("outside", "github"), Resource("session")),
    )


def test_lists_serve_as_well_as_tuples() -> None:
    assert declared_effects("@step", reads=["variable:a"]).reads == (Resource("variable", "a"),)


def test_answers_may_vary_and_cost() -> None:
    assert declared_effects("@step", varies=True) == Effects(Effect.VARIES)
    assert declared_effects("@step", spends=True) == Effects(Effect.SPENDS)


def test_the_effects_reach_the_node() -> None:
    @step(reads="path:data", varies=True)
    async def load(name: str) -> str:
        return name

    assert load.node.effects == Effects(Effect.READS | Effect.VARIES, (Resource("path", "data"),))


@pytest.mark.parametrize(
    ("resource", "cure"),
    [
        ("worksapce", "did you mean 'workspace'?"),
        ("paht:data", "did you mean 'path'?"),
        ("", "known: 'path', 'workspace', 'session', 'variable', 'outside'."),
        ("path:", "write 'path:name', or 'path' for all of the kind."),
    ],
)
def test_a_resource_of_no_kind_is_refused(resource: str, cure: str) -> None:
    with pytest.raises(OptionError, match="'writes' holds") as caught:
        declared_effects("@step", writes=("workspace", resource))

    assert caught.value.help == cure
