"""What a user's type checker sees, said by `assert_type`: pyright and mypy judge this file, nothing runs it."""

from collections.abc import Awaitable
from typing import Literal, TypeVar, assert_type

from pydantic import BaseModel

from flowdsl import (
    Graph,
    Run,
    Static,
    all_of,
    any_of,
    approve,
    contains,
    each,
    given,
    is_none,
    loop,
    not_,
    pipeline,
    prompt,
    size,
    step,
    switch,
    text,
    tool,
    when,
)

T = TypeVar("T")


class Issue(BaseModel):
    severity: Literal["low", "high"]
    message: str


@prompt("List the defects.\n\n{{ code }}", model="fast")
def review(code: str) -> list[Issue]: ...


@step
def worst(reviews: list[list[Issue]]) -> Literal["low", "high"]:
    return "high" if reviews else "low"


@step(threads=True, retries=2, reads="workspace", writes=("path:out", "outside:mail"))
def count(code: str, *, minimum: int = 0) -> int:
    return max(len(code), minimum)


@step
async def fetch(address: str) -> bytes:
    return address.encode()


@step(timeout_s=3, varies=True, spends=True)
async def fetch_soon(address: str) -> bytes:
    return address.encode()


@step
def first(items: list[T]) -> T | None:
    return items[0] if items else None


@tool
def look_up(word: str, limit: int = 3) -> list[str]:
    """Look a word up."""
    return [word] * limit


@pipeline
def audit(files: list[str], grade: str = "?") -> str:
    return when(size(files) > 3, lambda: worst(each(files, review)), otherwise=grade)


@pipeline(name="counted")
def total(code: str, times: Static[int] = 2) -> int:
    assert_type(times, int)
    return count(code) + times


def calls_of_steps() -> None:
    assert_type(review("x"), list[Issue])
    assert_type(review(code="x")[0].severity, Literal["low", "high"])
    assert_type(worst([[]]), Literal["low", "high"])
    assert_type(count("x", minimum=3), int)
    assert_type(fetch("x"), bytes)
    assert_type(fetch_soon("x"), bytes)
    assert_type(look_up("x"), list[str])
    assert_type(look_up("x", limit=2), list[str])


def the_bare_functions() -> None:
    assert_type(worst.fn([]), Literal["low", "high"])
    assert_type(count.fn("x", minimum=1), int)
    assert_type(fetch.fn("x"), Awaitable[bytes])
    assert_type(audit.fn([]), str)
    assert_type(look_up.fn("x"), list[str])


def other_ways_to_run_a_step() -> None:
    assert_type(review.named("again")("x"), list[Issue])
    assert_type(review.using(model="smart", temperature=0.5)("x"), list[Issue])
    assert_type(count.using(retries=3, timeout_s=None)("x", minimum=1), int)
    assert_type(fetch.named("again").using(retries=1)("x"), bytes)
    assert_type(look_up.using(retries=1)("x"), list[str])


def generic_steps() -> None:
    assert_type(first([1, 2]), int | None)
    assert_type(first(["a"]), str | None)
    assert_type(first(review("x")), Issue | None)


def pipelines() -> None:
    assert_type(audit(["a"]), str)
    assert_type(audit.run(files=["a"]), Run[str])
    assert_type(audit.run(["a"], grade="!").value, str)
    assert_type(audit.graph, Graph)
    assert_type(audit.using(model="mock:", max_parallel=3).run(["a"]).value, str)
    assert_type(audit.named("other")(["a"]), str)
    assert_type(total("a"), int)
    assert_type(total.trace(times=3)("a"), int)
    assert_type(total.run("a", times=3).value, int)


async def awaited_pipelines() -> None:
    assert_type(await audit.arun(["a"]), Run[str])
    assert_type((await total.using(seed=1).arun(code="a")).value, int)


def collections(files: list[str], numbers: tuple[int, ...]) -> None:
    assert_type(each(files, review), list[list[Issue]])
    assert_type(each(files, review, max_parallel=8, skip_failed=True), list[list[Issue]])
    assert_type(each(files, fetch), list[bytes])
    assert_type(each([files], audit), list[str])
    assert_type(each(numbers, lambda number: number + 0.5), list[float])
    assert_type(each(files, lambda so_far, file: so_far + count(file), carry=0), int)


def choices(grade: Literal["low", "high"], flag: bool, found: Issue | None) -> None:  # noqa: FBT001 - the tests give none
    assert_type(when(flag, "a", otherwise=lambda: "b"), str)
    assert_type(
        when(size(grade) > 3, lambda: review("a"), otherwise=lambda: review("b")), list[Issue]
    )
    assert_type(given(found, lambda issue: count(issue.message), otherwise=0), int)
    assert_type(given(first(["a"]), review, otherwise=lambda: review("")), list[Issue])
    assert_type(switch(grade, {"low": lambda: count("a"), "high": lambda: 2}), int)
    assert_type(switch(grade, {"low": 1}, default=2), int)
    assert_type(switch(grade, {"low": lambda: 1}, default=lambda: 2), int)
    assert_type(switch(grade, {"low": lambda: count("a")}, default=2), int)
    assert_type(switch(grade, {"low": count("a"), "high": 2}), int)


def rounds(code: str) -> None:
    assert_type(loop(code, text_of, until=lambda text: size(text) > 9), str)
    assert_type(loop(1, lambda n: n + 1, while_=lambda n: n < 9, keep_last=True), int)


@step
def text_of(code: str) -> str:
    return code


def words(code: str, codes: list[str]) -> None:
    assert_type(text("{{ code }}", code=code), str)
    assert_type(approve(review("x"), "Send?"), list[Issue])
    assert_type(size(codes), int)
    assert_type(contains(codes, code), bool)
    assert_type(is_none(code), bool)
    assert_type(not_(code == "a"), bool)
    assert_type(all_of(code == "a", code == "b"), bool)
    assert_type(any_of(code == "a", code == "b"), bool)
