"""LangGraph, StateGraph: a channel for the chain, `Send` and a reducer for the fan-out."""

# Its packages are in a virtual environment of their own, where pyright does not look.
# pyright: basic
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false, reportCallIssue=false

import operator
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from benchmarks.peers.measure import main
from benchmarks.workloads import CHAIN, FAN, FAN_LATENCY_S, answer, noop

CONFIG = {"recursion_limit": 100_000}


class One(TypedDict):
    x: int


class Many(TypedDict):
    out: Annotated[list, operator.add]
    total: int


async def link(state: One) -> dict[str, int]:
    return {"x": await noop(state["x"])}


async def work(state: dict[str, int]) -> dict[str, list[int]]:
    return {"out": [await answer(FAN_LATENCY_S, state["n"])]}


def chain_graph() -> object:
    graph = StateGraph(One)
    for number in range(CHAIN):
        graph.add_node(f"s{number}", link)
        graph.add_edge(f"s{number - 1}" if number else START, f"s{number}")
    graph.add_edge(f"s{CHAIN - 1}", END)
    return graph.compile()


def fan_graph() -> object:
    graph = StateGraph(Many)
    graph.add_node("split", lambda _state: {})
    graph.add_node("work", work)
    graph.add_node("join", lambda state: {"total": sum(state["out"])})
    graph.add_edge(START, "split")
    items = [Send("work", {"n": number}) for number in range(FAN)]
    graph.add_conditional_edges("split", lambda _state: items, ["work"])
    graph.add_edge("work", "join")
    graph.add_edge("join", END)
    return graph.compile()


chain_app, fan_app = chain_graph(), fan_graph()


async def chain() -> None:
    assert (await chain_app.ainvoke({"x": 0}, CONFIG))["x"] == CHAIN


async def fan() -> None:
    assert (await fan_app.ainvoke({}, CONFIG))["total"] == FAN * (FAN + 1) // 2


main(chain, fan)
