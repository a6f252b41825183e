"""The error tree. Every class docstring is that error's page in the reference.

FlowError
├── ManyProblemsError            FD100  several at once
├── DocumentError                FD140  a stored graph can't be read
├── DuplicateIdError             FD141  two nodes with one id
├── MissingNodeError             FD142  an edge or output names no node
├── UnknownPortError             FD143  a value for a port that isn't there
├── FedTwiceError                FD144  two values for one port
├── UnfedPortError               FD145  a required port without a value
├── CycleError                   FD146  nodes that wait for each other
├── MisfitError                  FD147  a value of the wrong type
├── PortsDifferError             FD148  ports and what is read differ
├── NodeRuleError                FD149  a node that can't be carried out
├── UnknownProviderError         FD231  no provider of that name
├── AdapterMissingError          FD232  a provider this version can't reach yet
├── ModelPullError               FD234  a model's weights could not be fetched
├── UnknownModelError            FD235  not in the catalogue of local models
└── ProviderError                FD230  a model did not answer
    ├── ModelNotReadyError       FD233  a local model is not there yet
    └── UnscriptedCallError      FD236  a scripted double has no reply

Codes: FD1xx graph (10x tracing, 13x types, 14x graphs and documents, 15x expressions, 16x prompts and schemas),
FD2xx run (20x running, 23x models), FD3xx optimizer, FD4xx YAML, FD5xx targets, inputs and settings.
"""

from flowdsl.errors.base import FlowError, ManyProblemsError, Place, near, raise_all
from flowdsl.errors.graphs import (
    CycleError,
    DocumentError,
    DuplicateIdError,
    FedTwiceError,
    MisfitError,
    MissingNodeError,
    NodeRuleError,
    PortsDifferError,
    UnfedPortError,
    UnknownPortError,
)
from flowdsl.errors.providers import (
    AdapterMissingError,
    ModelNotReadyError,
    ModelPullError,
    ProviderError,
    UnknownModelError,
    UnknownProviderError,
    UnscriptedCallError,
)

__all__ = [
    "AdapterMissingError",
    "CycleError",
    "DocumentError",
    "DuplicateIdError",
    "FedTwiceError",
    "FlowError",
    "ManyProblemsError",
    "MisfitError",
    "MissingNodeError",
    "ModelNotReadyError",
    "ModelPullError",
    "NodeRuleError",
    "Place",
    "PortsDifferError",
    "ProviderError",
    "UnfedPortError",
    "UnknownModelError",
    "UnknownPortError",
    "UnknownProviderError",
    "UnscriptedCallError",
    "near",
    "raise_all",
]
