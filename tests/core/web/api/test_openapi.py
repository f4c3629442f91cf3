"""The document says what the interface does; schemathesis tries to prove it wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from core.desk.entry import LISTS
from core.panel import Role
from core.web.api.openapi import document
from core.web.api.operation import Operation
from core.web.api.routes import OPERATIONS
from core.web.api.shapes import ListName
from tests.core.web.api.program import Program
from tests.core.web.rig import pages_in

DOCUMENT = document(OPERATIONS, "/api/v1")

Served = tuple[Any, Program]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """What the application says of itself, and somebody who may do everything."""
    with pages_in(tmp_path_factory.mktemp("api")) as pages:
        program = Program(pages, Role.ADMIN)
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", pages.app), program


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_interface_does_what_its_document_says(served: Served, operation: Operation) -> None:
    """E15: no crash, and no status, type or shape that the document does not name."""
    described, program = served
    asked = described[operation.path][operation.method]

    @settings(max_examples=12, deadline=None, derandomize=True, database=None)
    @given(case=asked.as_strategy())
    def try_it(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {program.secret}"},
            # What has the right shape may still make no sense: a country that does not exist.
            excluded_checks=[positive_data_acceptance],
        )

    try_it()


def test_every_operation_is_in_the_document() -> None:
    described = {
        (method.upper(), path) for path, each in DOCUMENT["paths"].items() for method in each
    }
    assert described == {(each.method, each.path) for each in OPERATIONS}


def test_every_reference_leads_somewhere() -> None:
    text = msgspec.json.encode(DOCUMENT).decode()
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named
    assert named <= set(DOCUMENT["components"]["schemas"])


def test_lists_of_the_document_are_those_there_are() -> None:
    assert get_args(ListName) == LISTS
