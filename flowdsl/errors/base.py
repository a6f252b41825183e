"""The root of the error tree: what went wrong, where, and what to write instead.

Every class docstring is that error's page in the reference.

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

from __future__ import annotations

from typing import ClassVar, NamedTuple

from flowdsl.errors.printable import printable
from flowdsl.errors.redaction import redact


class Place(NamedTuple):
    """Where in somebody's source text a thing stands."""

    path: str
    """File as the user named it, or a cell's title in a notebook."""
    line: int
    """Counted from 1."""
    column: int | None = None
    """Counted from 1; `None` when only the line is known."""
    function: str | None = None
    """The function the line belongs to."""
    snippet: str | None = None
    """The line itself, where a path alone would not help (notebook cells, templates)."""

    def __str__(self) -> str:
        at = f"{self.path}:{self.line}" + (f":{self.column}" if self.column is not None else "")
        return at + (f", in {self.function}" if self.function else "")


class FlowError(Exception):
    """Everything flowdsl raises on purpose. What it says never holds a key or another secret.

    Its traceback holds the lines of your own code alone; `FLOWDSL_FULL_TRACEBACK=1` in the environment shows those of
    flowdsl too.

    Attributes:
        code: Stable name of this kind of error, such as `FD102`.
        message: What is wrong, in one sentence.
        place: Where; `None` when there is no source text to point at.
        help: What to write instead; empty when nothing can be advised.
    """

    code: ClassVar[str] = "FD000"

    def __init__(self, message: str, *, place: Place | None = None, help: str = "") -> None:  # noqa: A002 - the printed word
        message = redact(message)
        super().__init__(message)
        self.message = message
        self.place = place
        self.help = redact(help)

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.message}"]
        if self.place is not None:
            lines.append(f"  at {self.place}")
            if self.place.snippet:
                lines.append(f"     {self.place.snippet.strip()}")
        lines += self._further_places()
        if self.help:
            lines.append(f"  help: {self.help}")
        return redact(printable("\n".join(lines)))

    def _further_places(self) -> tuple[str, ...]:
        """Lines that tell of more places than the one."""
        return ()

    @property
    def problems(self) -> tuple[FlowError, ...]:
        """Every problem this error stands for; itself when there is one."""
        return (self,)

    @property
    def as_sentences(self) -> str:
        """What is wrong, its cure and its place on one line, for a warning."""
        said = (each[:1].upper() + each[1:] for each in (self.message, self.help))
        at = f"(at {self.place})" if self.place is not None else ""
        return redact(printable(" ".join(filter(None, (*said, at)))))

    def _render_traceback_(self) -> list[str]:
        """How IPython shows it: what it says and the user's own lines, without the engine's."""
        from flowdsl.errors.sources import in_notebook

        return in_notebook(self, self.problems)

    def to_document(self) -> dict[str, object]:
        """Facts for `--json`: code, message, path, line, column, help (null when unknown)."""
        at = self.place
        return {
            "code": self.code,
            "message": redact(self.message),
            "path": at.path if at else None,
            "line": at.line if at else None,
            "column": at.column if at else None,
            "help": self.help or None,
        }


class ManyProblemsError(FlowError):
    """Several problems were found at once; each is listed with its own code, place and cure."""

    code: ClassVar[str] = "FD100"

    def __init__(self, problems: tuple[FlowError, ...]) -> None:
        flat = tuple(each for problem in problems for each in problem.problems)
        super().__init__(f"{len(flat)} problems were found.")
        self._problems = flat

    def __str__(self) -> str:
        return "\n\n".join([f"{self.code}: {self.message}", *map(str, self._problems)])

    @property
    def problems(self) -> tuple[FlowError, ...]:
        """The problems, in the order in which they were found."""
        return self._problems

    def to_document(self) -> dict[str, object]:
        """Facts for `--json`, with every problem under `problems`."""
        return {
            **super().to_document(),
            "problems": [each.to_document() for each in self._problems],
        }


def raise_all(problems: list[FlowError]) -> None:
    """Raise nothing, the one problem, or all of them together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ManyProblemsError(tuple(problems))


def near(name: str, known: list[str]) -> str:
    """A help sentence that offers near names: `did you mean 'x'?`, else what exists; empty without any."""
    if not known:
        return ""
    from difflib import get_close_matches

    found = get_close_matches(name, known, n=3, cutoff=0.6)
    if found:
        return "did you mean " + " or ".join(f"'{each}'" for each in found) + "?"
    return "known: " + ", ".join(f"'{each}'" for each in known[:12]) + "."
