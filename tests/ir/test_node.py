"""What every node has, and what it says of itself when its kind says nothing."""

from flowdsl.ir.effects import UNKNOWN
from flowdsl.ir.ids import Fingerprint
from flowdsl.ir.node import FunctionRef, Node, Port
from flowdsl.ir.policy import DEFAULT_POLICY
from flowdsl.ir.types import ANYTHING, INT, STR


def test_a_node_that_says_nothing_may_do_everything() -> None:
    node = Node(label="x")

    assert node.kind == "node"
    assert node.effects == UNKNOWN
    assert node.output == ANYTHING
    assert node.policy == DEFAULT_POLICY
    assert (node.inputs, node.constants, node.tags) == ((), (), ())


def test_a_port_is_found_by_its_name() -> None:
    node = Node(label="x", inputs=(Port("text", STR), Port("n", INT, required=False)))

    assert node.port("n") == Port("n", INT, required=False)
    assert node.port("text") is node.inputs[0]
    assert node.port("label") is None


def test_a_port_is_required_and_positional_unless_said_otherwise() -> None:
    assert Port("n", INT).required
    assert Port("n", INT).kind == "positional"


def test_a_function_is_known_by_module_and_name() -> None:
    assert FunctionRef("shop.tax", "Rate.of").origin == "shop.tax:Rate.of"


def test_what_is_loaded_or_stored_does_not_change_what_a_function_is() -> None:
    bare = FunctionRef("shop", "tax")
    held = FunctionRef("shop", "tax", stored=Fingerprint("aa"), target=len)

    assert held == bare
    assert hash(held) == hash(bare)
    assert "len" not in repr(held)
    assert FunctionRef("shop", "tax", version="2") != bare
    assert FunctionRef("shop", "tax", is_async=True) != bare
