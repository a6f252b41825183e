"""Newcomers let Python decide about a value that does not exist yet."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.newcomer.trying import expect_told

TOLD = """
@pipeline
def told(note: str, notes: list[str]) -> object:
"""

BODIES = {
    "if": """
    if grade(note) == "high":  # here
        return shout(note)
    return note
""",
    "if on an input": """
    if note:  # here
        return shout(note)
    return note
""",
    "conditional expression": """
    return shout(note) if grade(note) == "high" else note  # here
""",
    "while": """
    while count(note) < 10:  # here
        note = shout(note)
    return note
""",
    "is None": """
    return when(grade(note) is None, "?", otherwise=note)  # here
""",
    "is not None": """
    found = grade(note)
    return when(found is not None, found, otherwise="?")  # here
""",
    "and": """
    return when(grade(note) == "high" and count(note) > 3, "loud", otherwise="calm")  # here
""",
    "or": """
    name = grade(note) or "nothing"  # here
    return name
""",
    "not": """
    return when(not contains(note, "!"), "calm", otherwise="loud")  # here
""",
    "f-string": """
    return shout(f"Grade: {grade(note)}")  # here
""",
    "str()": """
    return shout("Grade: " + str(count(note)))  # here
""",
    "format()": """
    return shout("Grade: {}".format(grade(note)))  # here
""",
    "percent": """
    return shout("Grade: %s" % grade(note))  # here
""",
    "join": """
    return shout(", ".join(notes))  # here
""",
    "len()": """
    return len(note)  # here
""",
    "int()": """
    return int(grade(note))  # here
""",
    "sum()": """
    return sum(notes)  # here
""",
    "sorted()": """
    return sorted(notes)  # here
""",
    "print": """
    print(grade(note))  # here
    return note
""",
    "range": """
    return [shout(note) for _ in range(count(note))]  # here
""",
    "for": """
    graded = []
    for one in notes:  # here
        graded.append(grade(one))
    return graded
""",
    "comprehension": """
    return [grade(one) for one in notes]  # here
""",
    "unpacking": """
    first, second = notes  # here
    return shout(first)
""",
    "in": """
    return when("!" in note, "loud", otherwise="calm")  # here
""",
    "isinstance": """
    return shout(note) if isinstance(note, str) else "?"  # here
""",
    "match": """
    match grade(note):  # here
        case "high":
            return shout(note)
        case _:
            return note
""",
    "try": """
    try:  # here
        return shout(note)
    except ValueError:
        return note
""",
    "assert": """
    assert count(note) < 100  # here
    return note
""",
    "chained comparison": """
    return when(3 < count(note) < 9, "fine", otherwise="odd")  # here
""",
    "getattr with a default": """
    return getattr(grade(note), "title", "none")  # here
""",
    "a dict key": """
    return {grade(note): note}  # here
""",
    "a method": """
    return note.upper()  # here
""",
    "appending": """
    notes.append(note)  # here
    return notes
""",
    "a change in place": """
    notes[0] = note  # here
    return notes
""",
    "a function of another library": """
    import re

    return re.sub("a", "b", note)  # here
""",
    "json.dumps": """
    import json

    return json.dumps({"note": note})  # here
""",
    "opening a file": """
    with open(note) as file:  # here
        return file.read()
""",
    "a function that is no step": """
    def tidy(line):
        return line.strip()  # here

    return tidy(note)
""",
    "a while in a branch": """
    def branch():
        while count(note) > 3:  # here
            pass
        return note

    return when(grade(note) == "high", branch, otherwise=note)
""",
}


@pytest.mark.parametrize("mistake", BODIES)
def test_python_does_not_decide(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    assert expect_told(tmp_path, f'{TOLD}{BODIES[mistake]}\n\ntold("a", ["b"])\n') == snapshot
