"""References are followed inside a schema."""

import pytest

from flowdsl.providers.json_schema import Schema, resolve

ROOT: Schema = {"$defs": {"Issue": {"type": "object"}, "a/b~c": {"type": "null"}}}


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("#/$defs/Issue", {"type": "object"}),
        ("#/$defs/a~1b~0c", {"type": "null"}),
        ("#", ROOT),
        ("#/$defs/Gone", {}),
        ("#/$defs/Issue/type/x", {}),
    ],
)
def test_a_reference_leads_to_its_part(ref: str, found: object) -> None:
    assert resolve(ROOT, ref) == found
