"""Secrets are planted wherever they may come from, and looked for in every byte that is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.calling import write
from tests.loopback import Prepared, serving

PLANTED = {
    "input": "sk-ant-api03-PLANTEDinput0001abcdefghijklmnop",
    "key": "PLANTED-key-of-no-known-look-0002",
    "header": "PLANTEDheader0003abcdefgh",
    "body": "ghp_PLANTEDbody0004abcdefghijklmnopqrstu",
    "address": "PLANTEDaddress0005",
    "file": "PLANTED-in-a-file-0006",
    "cause": "xoxb-PLANTEDcause0007-abcdefgh",
}
FLOWS = """
import json, logging, os, sys
from flowdsl import each, pipeline, prompt, step

@prompt("Judge {{ text }}.")
def judge(text: str) -> str: ...

@step
def fails(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        raise RuntimeError(f"{text} and {os.environ['PLANTED_CAUSE']} are wrong") from error
    return text

@step
def notes(text: str) -> int:
    return text

@pipeline
def asks(text: str) -> str:
    return judge(text)

@pipeline
def breaks(text: str) -> str:
    return fails(text)

@pipeline
def mistypes(text: str) -> int:
    return notes(text)

@pipeline
def many(texts: list[str]) -> list[str]:
    return each(texts, fails)
"""
SCRIPT = """
import sys
from pathlib import Path
from flows import *
from flowdsl.errors import FlowError
from flowdsl.events.jsonl import JsonlSink
from flowdsl.runtime.report import run_facts, run_html

logging.basicConfig(level=logging.DEBUG, filename="log.txt")
text = os.environ["PLANTED_INPUT"]
for number, (flow, model) in enumerate(((asks, "openai:x"), (asks, "mock:"), (breaks, "mock:"), (mistypes, "mock:"))):
    events = []
    def hear(event, sink=JsonlSink(f"events{number}.jsonl")):
        events.append(event)
        sink(event)
    try:
        run = flow.using(model=model, on_event=hear, keep_events=True).run(text=text)
    except FlowError as error:
        logging.getLogger("mine").exception("it failed: %s", error.message)
        print(error, repr(error), error.args, error.to_document(), file=sys.stderr)
        run = getattr(error, "run", None)
    if run is not None:
        facts = dict(run_facts(run), events=[repr(each) for each in (*run.events, *events)])
        Path(f"run{number}.json").write_text(json.dumps(facts, default=str))
        if run.status != "done":
            Path(f"run{number}.html").write_text(run_html(run))
breaks.run(text=text)
"""
ANSWER = {
    "error": {
        "message": f"no: {PLANTED['key']}, {PLANTED['body']}, Authorization: Bearer {PLANTED['header']}",
        "authorization": f"Bearer {PLANTED['header']}",
    }
}


def left_behind(
    folder: Path, program: list[str], environment: Mapping[str, str], text: str
) -> bytes:
    """Everything that a program writes: both streams and every file."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = subprocess.run(
        program,
        cwd=folder,
        env={**os.environ, **environment},
        input=text.encode(),
        capture_output=True,
        timeout=100,
        check=False,
    )
    files = [
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path not in before and "__pycache__" not in path.parts
    ]
    return b"\n".join([done.stdout, done.stderr, *files])


def found_in(said: bytes) -> list[str]:
    return [name for name, secret in PLANTED.items() if secret.encode() in said]


FLOWDSL = [sys.executable, "-m", "flowdsl"]
SCRIPTED = [sys.executable, "script.py"]
GIVEN = ["--input", f"text={PLANTED['input']}"]
PROGRAMS: dict[str, tuple[list[str], str]] = {
    "a call that is refused": ([*FLOWDSL, "run", "flows.py:asks", *GIVEN], "FD230"),
    "the same for programs": ([*FLOWDSL, "run", "flows.py:asks", "--json", *GIVEN], "FD230"),
    "a step that fails": ([*FLOWDSL, "run", "flows.py:breaks", *GIVEN], "RuntimeError"),
    "the same as JSON": ([*FLOWDSL, "run", "flows.py:breaks", "--json", *GIVEN], "RuntimeError"),
    "a step of another type": ([*FLOWDSL, "run", "flows.py:mistypes", *GIVEN], "FD202"),
    "many that fail": (
        [
            *FLOWDSL,
            "run",
            "flows.py:many",
            "--on-failure",
            "continue",
            "--input",
            f'texts=["{PLANTED["input"]}"]',
        ],
        "RuntimeError",
    ),
    "an input of no name": (
        [*FLOWDSL, "run", "flows.py:asks", "--input", PLANTED["input"]],
        "FD510",
    ),
    "an input as an option": (
        [*FLOWDSL, "run", "flows.py:asks", f"--txt={PLANTED['input']}"],
        "FD509",
    ),
    "doctor": ([*FLOWDSL, "doctor", "--online"], "wrong key"),
    "doctor for programs": ([*FLOWDSL, "doctor", "--online", "--json"], "wrong key"),
    "login": ([*FLOWDSL, "login", "openai", "--stdin"], "FD263"),
    "a script with its log, its events and its traceback": (SCRIPTED, "Traceback"),
    "a script with its full traceback": (SCRIPTED, "Traceback"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", PROGRAMS)
def test_no_planted_secret_is_written_anywhere(tmp_path: Path, what: str) -> None:
    program, sign = PROGRAMS[what]
    write(tmp_path, "flows.py", FLOWS)
    write(tmp_path, "script.py", SCRIPT)
    with serving(Prepared(401, ANSWER)) as server:
        environment = {
            "OPENAI_API_KEY": PLANTED["key"],
            "FLOWDSL_OPENAI_BASE_URL": server.url.replace("//", f"//me:{PLANTED['address']}@"),
            "FLOWDSL_MODEL": "openai:x",
            "FLOWDSL_FULL_TRACEBACK": "1" if "full" in what else "0",
            "PLANTED_INPUT": PLANTED["input"],
            "PLANTED_CAUSE": PLANTED["cause"],
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        said = left_behind(tmp_path, program, environment, PLANTED["key"])

    assert sign in said.decode()
    assert found_in(said) == []
    assert b"[redacted]" in said


def test_a_key_in_a_file_of_settings_is_not_repeated(tmp_path: Path) -> None:
    write(tmp_path, "flows.py", FLOWS)
    write(tmp_path, "flowdsl.toml", f'[keys]\nopenai = "{PLANTED["file"]}"\n')

    said = b"".join(
        left_behind(tmp_path, [*FLOWDSL, *command], {}, "")
        for command in (["doctor"], ["run", "flows.py:asks", *GIVEN], ["doctor", "--json"])
    )

    assert b"FD260" in said
    assert found_in(said) == []
