"""Names of things, kept apart by the type checker."""

from typing import NewType

NodeId = NewType("NodeId", str)
"""A node's name inside its graph: the step's name, with `_2`, `_3` … for later calls of the same step."""
RunId = NewType("RunId", str)
PipelineName = NewType("PipelineName", str)
ModelName = NewType("ModelName", str)
"""`provider:model`, or an alias that config resolves."""
Fingerprint = NewType("Fingerprint", str)
"""Hex digest of what a thing does; equal content gives equal fingerprints."""
