"""The closed set of kinds."""

from flowdsl.ir.kinds import KINDS
from flowdsl.ir.node import Node
from flowdsl.ir.region_nodes import Region


def subclasses(cls: type[Node]) -> set[type[Node]]:
    below = set(cls.__subclasses__())
    return below.union(*map(subclasses, below))


def test_every_node_class_is_listed_under_its_kind() -> None:
    defined = {each for each in subclasses(Node) if each.__module__.startswith("flowdsl.")}

    # A dataclass with slots is made anew, so the class before it may linger; names tell.
    assert {each.__name__ for each in defined} - {Region.__name__} == {
        each.__name__ for each in KINDS.values()
    }
    assert all(cls.kind == kind for kind, cls in KINDS.items())
