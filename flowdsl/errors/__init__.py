"""The error tree. Every class docstring is that error's page in the reference.

FlowError
├── ManyProblemsError            FD100  several at once
└── ProviderError                FD230  a model did not answer

Codes: FD1xx graph (10x tracing, 13x types, 14x graphs and documents, 15x expressions, 16x prompts and schemas),
FD2xx run (20x running, 23x models), FD3xx optimizer, FD4xx YAML, FD5xx targets, inputs and settings.
"""

from flowdsl.errors.base import FlowError, ManyProblemsError, Place, near, raise_all
from flowdsl.errors.providers import ProviderError

__all__ = ["FlowError", "ManyProblemsError", "Place", "ProviderError", "near", "raise_all"]
