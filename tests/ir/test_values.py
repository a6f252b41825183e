"""The face of everything on values."""

from flowdsl.ir import checks, decoding, encoding, values


def test_one_module_offers_all_that_is_done_with_values() -> None:
    assert (values.encode, values.canonical) == (encoding.encode, encoding.canonical)
    assert values.decode is decoding.decode
    assert values.checker is checks.checker
