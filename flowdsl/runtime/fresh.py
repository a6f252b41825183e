"""Values written in a graph, handed out anew to every frame: what a step does to its own reaches nobody else."""

from __future__ import annotations

from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple


def fresh(value: object) -> object:
    """The value with lists, dicts and sets of its own; every other object is the same one, as calls hand it on.

    A value that holds none of them is given as it is.
    """
    match type(value).__name__:
        case "list" if is_list(value):
            return [fresh(item) for item in value]
        case "dict" if is_dict(value):
            return {key: fresh(item) for key, item in value.items()}
        case "set" if is_set(value):
            return set(value)
        case "tuple" if is_tuple(value):
            items = tuple(map(fresh, value))
            return value if all(map(_is_same, items, value)) else items
        case _:
            return value


def _is_same(new: object, old: object) -> bool:
    return new is old
