"""Collections are told apart."""

from types import MappingProxyType

from flowdsl.ir.narrowing import is_dict, is_list, is_mapping, is_set, is_tuple

VALUES: tuple[object, ...] = ([1], (1,), {1: 2}, {1}, frozenset({1}), MappingProxyType({1: 2}), "1")


def test_each_question_is_true_of_its_kind_only() -> None:
    answers = [
        [ask(value) for value in VALUES] for ask in (is_list, is_tuple, is_dict, is_set, is_mapping)
    ]

    assert answers == [
        [True, False, False, False, False, False, False],
        [False, True, False, False, False, False, False],
        [False, False, True, False, False, False, False],
        [False, False, False, True, True, False, False],
        [False, False, True, False, False, True, False],
    ]
