"""Files of cassettes: where they lie, YAML that people can read, and writing that leaves no half of a file."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import yaml
from yaml.emitter import ScalarAnalysis

from flowdsl.errors.redaction import redact
from flowdsl.errors.testing import CassetteFileError

FOLDER = "cassettes"
_MOST = 100
"""Characters of a file's name; systems take 255 bytes, and some of them count the whole path."""
_LONG = 60
"""Characters from which a text stands in a block of its own."""
_UNBLOCKED = re.compile(
    r"[^\n\t -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]|\A[ \n]*\t|\A[ \n]*\Z"
)
"""What no block can hold: control characters, other breaks of lines, a tab in front, blanks alone."""
_TEXT = "tag:yaml.org,2002:str"
_HEAD = """\
# Answers of models, recorded for {test}
# Anew: pytest --flowdsl-cassettes=refresh
"""


def place_of(test_file: Path, test: str) -> Path:
    """`cassettes/test_file/test_name.yaml` beside the test's file.

    Args:
        test_file: File that the test stands in.
        test: The test's name in its file, as pytest has it: `TestAudit::test_one[long text]`.
    """
    return test_file.parent / FOLDER / test_file.stem / f"{_safe(test)}.yaml"


def _safe(test: str) -> str:
    """A name that every system takes; two tests never share one, even where capitals don't count."""
    name, bracket, parameters = test.partition("[")
    parameters = parameters.removesuffix("]")
    plain = re.sub(r"[^a-z0-9_.-]+", "-", parameters)
    shown = name.replace("::", ".") + (f"-{plain}" if bracket else "")
    shown = re.sub(r"[^\w.-]+", "-", shown, flags=re.ASCII)
    if plain != parameters or not name.isascii() or len(shown) > _MOST or shown.endswith("."):
        shown = f"{shown[: _MOST - 9].rstrip('.-')}-{sha256(test.encode()).hexdigest()[:8]}"
    return shown


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand in blocks."""

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        """Blanks at the end of a line and tabs are let into blocks too: code has them."""
        analysis = super().analyze_scalar(scalar)
        if "\n" in scalar and not _UNBLOCKED.search(scalar):
            analysis.allow_block = True
        return analysis


def _block(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _UNBLOCKED.search(text):
        style = '"'
    elif "\n" in text or len(text) > _LONG:
        style = "|"
    return yaml.ScalarNode(_TEXT, text, style=style)


_Dumper.add_representer(str, _block)


def dump(document: object) -> str:
    """YAML that gives exactly the same when it is read."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000_000
    )
    return text


def _load(text: str) -> object:
    kind: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = kind(text)
    try:
        loaded: object = loader.get_single_data()
    finally:
        loader.dispose()
    return loaded


def read(file: Path) -> object:
    """What a file holds; `None` when there is no such file.

    Raises:
        CassetteFileError: It is no YAML, or can't be opened.
    """
    try:
        return _load(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise CassetteFileError(file.name, " ".join(str(error).split())) from error


def write(file: Path, document: object, test: str) -> None:
    """Put a whole file in place of the one that is there, at once.

    Raises:
        CassetteFileError: The folder can't be written to.
    """
    text = _HEAD.format(test=" ".join(redact(test).split())) + dump(document)
    half = file.with_name(f".{sha256(file.name.encode()).hexdigest()[:8]}-{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8", newline="\n")
        half.replace(file)
    except OSError as error:
        raise CassetteFileError(file.name, str(error)) from error
    finally:
        with suppress(OSError):
            half.unlink()
