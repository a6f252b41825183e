"""The closed set of node kinds."""

from __future__ import annotations

from types import MappingProxyType
from typing import TypeAlias, get_args

from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.prompt import Template
from flowdsl.ir.region_nodes import Call, Each, Subflow, Switch, While

AnyNode: TypeAlias = (
    Input | Transform | Compute | Text | Approve | Generate | Each | While | Switch | Subflow | Call
)

_CLASSES: tuple[type[Node], ...] = get_args(AnyNode)
KINDS = MappingProxyType({kind.kind: kind for kind in _CLASSES})
"""Each kind's name and class."""
LATE = {"Template": Template}
"""Names in annotations of node classes whose modules import them for type checkers only, to load faster."""
