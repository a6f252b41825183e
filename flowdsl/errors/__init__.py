"""The error tree. Every class docstring is that error's page in the reference.

FlowError
├── ManyProblemsError            FD100  several at once
├── NotYetKnownError             FD101  a handle was asked to decide
├── TypeMismatchError            FD102  a value of one type where another is taken
├── ArgumentError                FD103  arguments a signature does not have
├── PlainConditionError          FD104  a condition that is decided already
├── HiddenHandleError            FD105  a handle inside an object
├── EscapedHandleError           FD106  a handle out of its reach
├── CyclicCallError              FD107  a pipeline calls itself without end
├── PythonDecidesError           FD108  syntax that decides at once
├── NotAStepError                FD109  no step where one belongs
├── DeclarationError             FD110  a decorated function that can't be carried out
├── SwitchCasesError             FD111  cases that don't match their subject
├── StaticInputError             FD112  a Static input without a plain value
├── OptionError                  FD113  an option that isn't one
├── UnresolvedHintError          FD130  an annotation names something unknown
├── NotATypeError                FD131  an annotation that is a value
├── NotEncodableError            FD133  a value that can't be written down
├── UnknownClassError            FD134  a stored value of an unknown class
├── MalformedValueError          FD135  a stored value that can't be read
├── SchemaError                  FD136  a JSON Schema that can't be read as a type
├── NoSchemaError                FD137  a type without a JSON form
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
├── ExpressionSyntaxError        FD150  text that cannot be read
├── EvaluationError              FD151  no value for these operands
├── UnknownNameError             FD152  a name nothing provides
├── UnknownFieldError            FD153  a field the type lacks
├── OperandTypeError             FD154  operands of the wrong types
├── MayBeNoneError               FD155  None where it must not be
├── NeverEqualError              FD156  a comparison decided beforehand
├── UnwritableError              FD157  a value without a spelling
├── UnknownOperatorError         FD158  an operator the table lacks
├── OutsizeError                 FD159  too large for an expression
├── PromptError                  FD160  a prompt can't be used
│   ├── TemplateSyntaxError      FD161  broken, or not a thing prompts have
│   ├── UnknownVariableError     FD162  shows what is no parameter
│   ├── UnusedParameterError     FD163  a parameter the model never sees
│   ├── TemplateFileError        FD164  a prompt file can't be read
│   ├── RenderError              FD165  a value lacks what is asked of it
│   ├── EmptyValueError          FD166  a value shown is None
│   ├── UnshowableValueError     FD167  a value has no text form
│   ├── TemplateLimitError       FD168  too many rounds, too long
│   └── MediaError               FD169  an image or document can't be used
├── SchemaLintError              FD170  a reply type models can't be held to
├── ReplyMismatchError           FD171  a reply of another shape
├── UnknownProviderError         FD231  no provider of that name
├── ModelPullError               FD234  a model's weights could not be fetched
├── UnknownModelError            FD235  not in the catalogue of local models
├── StepFailedError              FD201  a step failed
├── ResultTypeError              FD202  a step gave another type than it declares
├── ArgumentTypeError            FD203  a value does not fit where it went
├── InputTypeError               FD204  an input of a wrong type
├── MissingInputError            FD205  an input that was not given
├── UnknownInputError            FD206  an input that isn't one
├── StepTimeoutError             FD207  a step took too long
├── RunTimeoutError              FD208  a run took too long
├── CoroutineResultError         FD209  a plain step gave a coroutine
├── LoopBlockedError             FD210  a step blocks all others
├── SerialEachError              FD211  items run one after the other
├── ListenerFailedError          FD212  a listener failed
├── NoSuchNodeError              FD213  a run has no such node
├── NoValueError                 FD214  nothing was given here
├── NoCaseError                  FD215  a switch without the case
├── TooManyRoundsError           FD216  a loop without end
├── CallDepthError               FD217  calls nested too deep
├── UnknownPipelineError         FD218  no pipeline of that name
├── NotApprovedError             FD219  a person said no
├── NoApproverError              FD220  nobody to ask
├── ProcessStepError             FD221  a step can't leave the process
├── MissingFunctionError         FD222  a function that isn't loaded
├── CancelledInsideError         FD223  a step cancelled itself
├── NotRunnableError             FD224  a kind nobody can run
├── NoModelError                 FD240  no model was named
├── RepliesRejectedError         FD241  no answer could be used
├── MediaUnsupportedError        FD242  a model can't see it
├── UnfitModelError              FD243  a model can't answer now
├── SettingRefusedError          FD244  a model refuses what a prompt sets
├── SettingDroppedError          FD245  a model has nothing for what a prompt sets; a warning
├── BudgetExceededError          FD250  the next call may cost more than is left
├── UnpricedCallError            FD251  a call without a known price, under a budget
├── LiteralKeyError              FD260  a key in a file of settings
├── NoKeyStoreError              FD261  no key store on this machine
├── KeyStoreError                FD262  a key store that is locked or refuses
├── KeyRefusedError              FD263  a key its provider does not take
├── NoKeyGivenError              FD264  login without a key
├── UnencryptedAddressError      FD265  keys sent unencrypted; a warning
├── CassetteFileError            FD272  a file of recorded answers can't be used
├── RecordingOnCIError           FD274  answers were to be recorded on a CI server
├── TargetNotFoundError          FD501  no such file, module or name
├── TargetImportError            FD502  the user's file raised an error
├── NothingToRunError            FD503  a file without a pipeline
├── WhichPipelineError           FD504  several pipelines, none named
├── NoSuchNameError              FD505  nothing of that name in the file
├── NotATargetError              FD506  a thing that can't be run
├── YamlTargetError              FD507  YAML, which is not read yet
├── BodyRaisedError              FD508  a pipeline function raised an error
├── CommandLineError             FD509  a command called wrongly
├── InputSyntaxError             FD510  an --input that can't be read
├── InputsFileError              FD511  an --inputs file that can't be read
├── OutputFileError              FD512  a file that can't be written
├── FieldError                   FD513  a --field the value lacks
├── NoJsonFormError              FD514  a value that JSON can't hold
├── SettingsFileError            FD520  a settings file that can't be read
├── UnknownSettingError          FD521  a setting that isn't one
├── SettingValueError            FD522  a value a setting can't take
├── AliasError                   FD523  aliases in a circle
├── ExtraMissingError            FD528  an extra that is not installed
├── InternalError                FD529  a mistake in flowdsl
└── ProviderError                FD230  a model did not answer
    ├── ModelNotReadyError       FD233  a local model is not there yet
    ├── UnscriptedCallError      FD236  a scripted double has no reply
    ├── UnrecordedCallError      FD270  a cassette has no answer
    ├── StalePromptError         FD271  a cassette answers another question
    └── SecretAnswerError        FD273  an answer that may hold a secret is not recorded

Codes: FD1xx graph (10x tracing, 13x types, 14x graphs and documents, 15x expressions, 16x prompts and schemas),
FD2xx run (20x running, 23x models, 26x keys, 27x recorded answers), FD3xx optimizer, FD4xx YAML, FD5xx targets, inputs and settings.
"""

from flowdsl.errors.asking import (
    MediaUnsupportedError,
    NoModelError,
    RepliesRejectedError,
    SettingDroppedError,
    SettingRefusedError,
    UnfitModelError,
)
from flowdsl.errors.base import FlowError, ManyProblemsError, Place, near, raise_all
from flowdsl.errors.budget import BudgetExceededError, UnpricedCallError
from flowdsl.errors.expressions import (
    EvaluationError,
    ExpressionSyntaxError,
    MayBeNoneError,
    NeverEqualError,
    OperandTypeError,
    OutsizeError,
    UnknownFieldError,
    UnknownNameError,
    UnknownOperatorError,
    UnwritableError,
)
from flowdsl.errors.failed import StepFailedError
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
from flowdsl.errors.interrupt import RunInterruptedError
from flowdsl.errors.keys import (
    KeyRefusedError,
    KeyStoreError,
    LiteralKeyError,
    NoKeyGivenError,
    NoKeyStoreError,
    UnencryptedAddressError,
)
from flowdsl.errors.prompts import (
    EmptyValueError,
    MediaError,
    PromptError,
    RenderError,
    ReplyMismatchError,
    SchemaLintError,
    TemplateFileError,
    TemplateLimitError,
    TemplateSyntaxError,
    UnknownVariableError,
    UnshowableValueError,
    UnusedParameterError,
)
from flowdsl.errors.providers import (
    ModelNotReadyError,
    ModelPullError,
    ProviderError,
    UnknownModelError,
    UnknownProviderError,
    UnscriptedCallError,
)
from flowdsl.errors.run import (
    ArgumentTypeError,
    CallDepthError,
    CancelledInsideError,
    CoroutineResultError,
    InputTypeError,
    ListenerFailedError,
    LoopBlockedError,
    MissingFunctionError,
    MissingInputError,
    NoApproverError,
    NoCaseError,
    NoSuchNodeError,
    NotApprovedError,
    NotRunnableError,
    NoValueError,
    ProcessStepError,
    ResultTypeError,
    RunTimeoutError,
    SerialEachError,
    StepTimeoutError,
    TooManyRoundsError,
    UnknownInputError,
    UnknownPipelineError,
)
from flowdsl.errors.setup import (
    AliasError,
    BodyRaisedError,
    CommandLineError,
    ExtraMissingError,
    FieldError,
    InputsFileError,
    InputSyntaxError,
    InternalError,
    NoJsonFormError,
    NoSuchNameError,
    NotATargetError,
    NothingToRunError,
    OutputFileError,
    SettingsFileError,
    SettingValueError,
    TargetImportError,
    TargetNotFoundError,
    UnknownSettingError,
    WhichPipelineError,
    YamlTargetError,
)
from flowdsl.errors.testing import (
    CassetteFileError,
    RecordingOnCIError,
    SecretAnswerError,
    StalePromptError,
    UnrecordedCallError,
)
from flowdsl.errors.tracing import (
    ArgumentError,
    CyclicCallError,
    DeclarationError,
    EscapedHandleError,
    HiddenHandleError,
    NotAStepError,
    NotYetKnownError,
    OptionError,
    PlainConditionError,
    PythonDecidesError,
    StaticInputError,
    SwitchCasesError,
    TypeMismatchError,
)
from flowdsl.errors.types import (
    MalformedValueError,
    NoSchemaError,
    NotATypeError,
    NotEncodableError,
    SchemaError,
    UnknownClassError,
    UnresolvedHintError,
)

__all__ = [
    "AliasError",
    "ArgumentError",
    "ArgumentTypeError",
    "BodyRaisedError",
    "BudgetExceededError",
    "CallDepthError",
    "CancelledInsideError",
    "CassetteFileError",
    "CommandLineError",
    "CoroutineResultError",
    "CycleError",
    "CyclicCallError",
    "DeclarationError",
    "DocumentError",
    "DuplicateIdError",
    "EmptyValueError",
    "EscapedHandleError",
    "EvaluationError",
    "ExpressionSyntaxError",
    "ExtraMissingError",
    "FedTwiceError",
    "FieldError",
    "FlowError",
    "HiddenHandleError",
    "InputSyntaxError",
    "InputTypeError",
    "InputsFileError",
    "InternalError",
    "KeyRefusedError",
    "KeyStoreError",
    "ListenerFailedError",
    "LiteralKeyError",
    "LoopBlockedError",
    "MalformedValueError",
    "ManyProblemsError",
    "MayBeNoneError",
    "MediaError",
    "MediaUnsupportedError",
    "MisfitError",
    "MissingFunctionError",
    "MissingInputError",
    "MissingNodeError",
    "ModelNotReadyError",
    "ModelPullError",
    "NeverEqualError",
    "NoApproverError",
    "NoCaseError",
    "NoJsonFormError",
    "NoKeyGivenError",
    "NoKeyStoreError",
    "NoModelError",
    "NoSchemaError",
    "NoSuchNameError",
    "NoSuchNodeError",
    "NoValueError",
    "NodeRuleError",
    "NotAStepError",
    "NotATargetError",
    "NotATypeError",
    "NotApprovedError",
    "NotEncodableError",
    "NotRunnableError",
    "NotYetKnownError",
    "NothingToRunError",
    "OperandTypeError",
    "OptionError",
    "OutputFileError",
    "OutsizeError",
    "Place",
    "PlainConditionError",
    "PortsDifferError",
    "ProcessStepError",
    "PromptError",
    "ProviderError",
    "PythonDecidesError",
    "RecordingOnCIError",
    "RenderError",
    "RepliesRejectedError",
    "ReplyMismatchError",
    "ResultTypeError",
    "RunInterruptedError",
    "RunTimeoutError",
    "SchemaError",
    "SchemaLintError",
    "SecretAnswerError",
    "SerialEachError",
    "SettingDroppedError",
    "SettingRefusedError",
    "SettingValueError",
    "SettingsFileError",
    "StalePromptError",
    "StaticInputError",
    "StepFailedError",
    "StepTimeoutError",
    "SwitchCasesError",
    "TargetImportError",
    "TargetNotFoundError",
    "TemplateFileError",
    "TemplateLimitError",
    "TemplateSyntaxError",
    "TooManyRoundsError",
    "TypeMismatchError",
    "UnencryptedAddressError",
    "UnfedPortError",
    "UnfitModelError",
    "UnknownClassError",
    "UnknownFieldError",
    "UnknownInputError",
    "UnknownModelError",
    "UnknownNameError",
    "UnknownOperatorError",
    "UnknownPipelineError",
    "UnknownPortError",
    "UnknownProviderError",
    "UnknownSettingError",
    "UnknownVariableError",
    "UnpricedCallError",
    "UnrecordedCallError",
    "UnresolvedHintError",
    "UnscriptedCallError",
    "UnshowableValueError",
    "UnusedParameterError",
    "UnwritableError",
    "WhichPipelineError",
    "YamlTargetError",
    "near",
    "raise_all",
]
