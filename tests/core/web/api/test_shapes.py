"""The shapes say nothing that JSON cannot."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Struct

from core.web.api import shapes

KINDS = [
    kind
    for kind in vars(shapes).values()
    if isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__ == shapes.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_has_a_schema_with_a_description(kind: type[Struct]) -> None:
    _, components = msgspec.json.schema_components([kind])
    assert components[kind.__name__]["description"]


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k.__name__.endswith(("Query", "Change"))], ids=lambda k: k.__name__
)
def test_what_comes_in_may_have_no_unknown_names(kind: type[Struct]) -> None:
    assert kind.__struct_config__.forbid_unknown_fields
