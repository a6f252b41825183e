"""Mistakes that a user's type checker must find; what each line is told stands at its end, for pyright and mypy.

Both checkers leave this file out of the project's own gates; `test_checkers.py` puts it to them.
"""

# What is expected stands on the line of its mistake, however long.
# fmt: off
from flowdsl import each, given, loop, pipeline, prompt, step, switch, tool, when


@step
def shout(note: str) -> str:
    return note.upper()


@step
def count(note: str, *, minimum: int = 0) -> int:
    return max(len(note), minimum)


@step
async def fetch(address: str) -> bytes:
    return address.encode()


@prompt("Judge {{ note }}")
def judge(note: str) -> bool: ...


@tool
def look_up(word: str) -> list[str]:
    """Look a word up."""
    return [word]


@step
def first(items: list[str]) -> str | None:
    return items[0] if items else None


@pipeline
def told(note: str, notes: list[str]) -> str:
    shout(3)  # expect: reportArgumentType | arg-type
    shout()  # expect: reportCallIssue | call-arg
    shout(note, loud=True)  # expect: reportCallIssue | call-arg
    count(note, 3)  # expect: reportCallIssue | call-arg
    shout(count(note))  # expect: reportArgumentType | arg-type
    shout(judge(note))  # expect: reportArgumentType | arg-type
    shout(fetch(note))  # expect: reportArgumentType | arg-type
    look_up(word=3)  # expect: reportArgumentType | arg-type
    shout(first(notes))  # expect: reportArgumentType | arg-type
    each(notes, count)[0].upper()  # expect: reportAttributeAccessIssue reportUnknownMemberType | attr-defined
    each(count(note), shout)  # expect: reportArgumentType | call-overload
    each([1, 2], shout)  # expect: reportArgumentType | arg-type
    shout.using(retry=3)  # expect: reportCallIssue | call-arg
    shout.using(retries="3")  # expect: reportArgumentType | arg-type
    judge.using(model=3)  # expect: reportArgumentType | arg-type
    given(first(notes), count, otherwise=0).upper()  # expect: reportAttributeAccessIssue reportUnknownMemberType | attr-defined
    switch(note, {"a": 1}, default=2).upper()  # expect: reportAttributeAccessIssue reportUnknownMemberType | attr-defined
    loop(note, count, until=lambda n: n > 3)  # expect: reportArgumentType reportOperatorIssue reportUnknownLambdaType | arg-type operator
    when(note, "a", otherwise="b")  # expect: reportArgumentType reportCallIssue | call-overload
    return count(note)  # expect: reportReturnType | return-value


def outside() -> int:
    told("a")  # expect: reportCallIssue | call-arg
    told("a", notes=[1])  # expect: reportArgumentType | list-item
    told.using(max_paralel=3)  # expect: reportCallIssue | call-arg
    _ = told.run("a", ["b"]).values  # expect: reportAttributeAccessIssue reportUnknownMemberType reportUnknownVariableType | attr-defined
    return told.run("a", ["b"]).value  # expect: reportReturnType | return-value


@step(lane="threads")  # expect: reportCallIssue reportUntypedFunctionDecorator | call-overload untyped-decorator
def tidy(note: str) -> str:
    return note


@prompt("Judge {{ note }}", temprature=1.0)  # expect: reportCallIssue reportUntypedFunctionDecorator | call-arg
def weigh(note: str) -> float: ...
