"""What each role sees; what it may not see does not exist for it."""

from __future__ import annotations

import time

import pytest
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from core.panel import Role, Viewer
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.directory import Directory
from core.web.sight import Sight
from tests.core.web.rig import TestPanel


def _sight(role: Role, login: str, domains: tuple[str, ...] = ()) -> Sight:
    return Sight(Viewer(role, login, domains), Directory(TestPanel(), time.time))


ADMIN = _sight(Role.ADMIN, "root")
RITA = _sight(Role.RESELLER, "rita")
ANNA = _sight(Role.CUSTOMER, "anna")
NOBODY = _sight(Role.CUSTOMER, "nobody")


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (ADMIN, None),
        (RITA, {"alpha.example", "beta.example", "gamma.example"}),
        (ANNA, {"alpha.example", "beta.example"}),
        (NOBODY, set()),
        (_sight(Role.CUSTOMER, "rita"), set()),
        (_sight(Role.CUSTOMER, "anna", ("Own.Example",)), {"own.example"}),
    ],
    ids=["admin", "reseller", "customer", "unknown", "reseller's name as customer", "told"],
)
def test_domains(sight: Sight, expected: set[str] | None) -> None:
    assert sight.domains == expected


@pytest.mark.parametrize(
    ("sight", "account", "sees"),
    [
        (ADMIN, "bob@alpha.example", True),
        (ADMIN, "local:backup", True),
        (RITA, "carl@gamma.example", True),
        (RITA, "dora@delta.example", False),
        (ANNA, "bob@alpha.example", True),
        (ANNA, "carl@gamma.example", False),
        (ANNA, "bob", False),
        (ANNA, "bob@alpha.example@delta.example", False),
        (NOBODY, "", False),
    ],
)
def test_accounts(sight: Sight, account: str, sees: bool) -> None:
    assert sight.sees_account(account) is sees


@pytest.mark.parametrize(
    ("sight", "level", "name", "expected"),
    [
        (ADMIN, "server", "", SERVER_SCOPE),
        (ADMIN, "domain", "Delta.Example", Scope("domain", "delta.example")),
        (ANNA, "server", "", Forbidden),
        (ANNA, "domain", "alpha.example", Scope("domain", "alpha.example")),
        (ANNA, "domain", "delta.example", NotFound),
        (ANNA, "domain", "", NotFound),
        (ANNA, "domain", "alpha.example/../delta.example", NotFound),
        (ANNA, "mailbox", "bob@alpha.example", Scope("mailbox", "bob@alpha.example")),
        (ANNA, "mailbox", "dora@delta.example", NotFound),
        (ANNA, "mailbox", "", NotFound),
        (ANNA, "server", "alpha.example", NotFound),
        (RITA, "planet", "earth", NotFound),
    ],
)
def test_scopes(sight: Sight, level: str, name: str, expected: Scope | type[HTTPException]) -> None:
    if isinstance(expected, Scope):
        assert sight.scope(level, name) == expected
    else:
        with pytest.raises(expected):
            sight.scope(level, name)


def test_list_of_domains_says_what_the_panel_knows() -> None:
    assert [d.customer for d in RITA.domain_list()] == ["anna", "anna", "carl"]
    assert [d.name for d in _sight(Role.CUSTOMER, "x", ("new.example",)).domain_list()] == [
        "new.example"
    ]
