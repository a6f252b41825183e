"""Steps that the tests of the language share."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from flowdsl import step

T = TypeVar("T")


@dataclass
class Issue:
    severity: Literal["low", "high"]
    message: str


@step
def find(code: str) -> list[Issue]:
    return [Issue("high" if "!" in line else "low", line) for line in code.splitlines()]


@step
def worst(issues: list[Issue]) -> Literal["low", "high"]:
    return "high" if any(issue.severity == "high" for issue in issues) else "low"


@step
def first(items: list[T]) -> T | None:
    return items[0] if items else None


@step
def shout(text: str) -> str:
    return text.upper()


@step
def add(left: int, right: int = 1) -> int:
    return left + right


@step
async def double(number: int) -> int:
    return number * 2


@step
def total(*numbers: int, **named: int) -> int:
    return sum(numbers) + sum(named.values())
