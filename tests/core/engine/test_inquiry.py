"""Only who tries to log in, and may be refused, is told to lists that are asked."""

from __future__ import annotations

from typing import Any

import pytest

from core.engine.inquiry import may_be_asked_about, tries_to_log_in
from core.engine.request import Request
from core.words import NetworkKind, Service, Stage
from tests.core.engine.asking import ACCOUNT, WALL, facts, snapshot


@pytest.mark.parametrize(
    ("stage", "service", "tries"),
    [
        (Stage.CONNECT, Service.SUBMISSION, True),
        (Stage.CONNECT, Service.IMAPS, True),
        (Stage.CONNECT, Service.SMTP, False),
        (Stage.AUTH, Service.SMTP, True),
    ],
)
def test_mail_servers_at_port_25_do_not_log_in(stage: Stage, service: Service, tries: bool) -> None:
    assert tries_to_log_in(Request(stage, "203.0.113.7", service)) is tries


@pytest.mark.parametrize(
    ("address", "kinds", "settings", "may"),
    [
        ("203.0.113.7", (), {}, True),
        ("203.0.113.7", (NetworkKind.CLOUD,), {}, True),
        ("203.0.113.7", (NetworkKind.RELAY,), {}, False),
        ("10.0.0.7", (), {}, False),
        ("no address", (), {}, False),
        ("203.0.113.7", (), {"exempt.addresses": [{"entry": "203.0.113.0/24"}]}, False),
        (
            *("203.0.113.7", ()),
            {"exempt.addresses": [{"entry": "203.0.113.7", "expires": WALL}]},
            True,
        ),
        ("203.0.113.7", (), {"exempt.accounts": [{"entry": "example.test"}]}, False),
    ],
)
def test_who_passes_anyway_is_told_to_nobody(
    address: str, kinds: tuple[NetworkKind, ...], settings: dict[str, Any], may: bool
) -> None:
    """A9: local, exempt and relaying addresses are never asked about."""
    found = may_be_asked_about(facts(address, kinds=kinds), ACCOUNT, snapshot(settings), WALL)
    assert found is may


def test_before_the_password_only_the_server_s_exemptions_are_known() -> None:
    settings = snapshot({"exempt.accounts": [{"entry": "example.test"}]})
    assert may_be_asked_about(facts(), "", settings, WALL)
