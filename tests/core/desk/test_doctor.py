"""The doctor finds what is ill, names it, and says what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.desk.desk import Desk
from core.desk.doctor import Doctor, Finding, Health
from core.errors import PanelBroken
from core.panel import Bridge, HookState, MailDomain, PanelInfo, Remark
from core.system import units
from tests.core.desk.server import FreshHook, Server

if TYPE_CHECKING:
    from pathlib import Path

BRIDGE = Bridge("psaadm", "/opt/psa/bridge.secret")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """An installed server."""
    server = Server(tmp_path)
    (tmp_path / "opt/psa").mkdir(parents=True)
    server.panel.hooks_here = [FreshHook()]
    server.panel.domains_here = [MailDomain("example.org", "anna", "", True)]
    server.install(BRIDGE)
    return server


def examine(server: Server) -> dict[str, Finding]:
    """What the doctor finds, by subject."""
    desk = Desk(server.config, server.panel, server.control, "root", None)
    doctor = Doctor(desk, server.site(BRIDGE), server.host, lambda: 1_750_000_000.0)
    return {finding.subject: finding for finding in doctor.examine()}


def ill(server: Server) -> set[str]:
    """The subjects that are ill, but for what the daemon says of itself: here it says nothing."""
    found = examine(server)
    return {s for s, f in found.items() if f.health is Health.ILL and s in WATCHED}


WATCHED = {
    "panel",
    "installation",
    "hook postfix",
    *units.ENABLED,
}


def test_a_healthy_server_is_well(server: Server) -> None:
    """E11."""
    found = examine(server)
    assert ill(server) == set()
    assert found["domains"].text == "1 domains"
    assert found["hook postfix"].text == "installed, asked"
    secret = str(server.root / BRIDGE.secret.lstrip("/"))
    assert found[secret].health is Health.WELL


@pytest.mark.parametrize("unit", units.ENABLED)
def test_a_unit_that_does_not_run_is_named(server: Server, unit: str) -> None:
    """With the command that says why."""
    server.active.discard(unit)
    assert unit in ill(server)
    assert ill(server) <= {unit, "hook postfix"}
    assert f"journalctl -u {unit}" in examine(server)[unit].advice


def test_what_is_not_as_it_was_made_is_named(server: Server) -> None:
    """Each file, and how to have it made again."""
    (server.root / "etc/systemd/system" / units.PAGES).unlink()
    found = examine(server)["installation"]
    assert found.health is Health.ILL
    assert units.PAGES in found.text
    assert "mailward install" in found.advice


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_a_secret_that_others_can_read_or_change_is_ill(server: Server, mode: int) -> None:
    """E22."""
    place = server.root / BRIDGE.secret.lstrip("/")
    place.chmod(mode)
    found = examine(server)[str(place)]
    assert (found.health, found.advice != "") == (Health.ILL, True)


def test_a_hook_that_does_not_ask_is_ill(server: Server) -> None:
    """D9: what the files say is not enough."""
    (hook,) = server.panel.hooks_here
    assert isinstance(hook, FreshHook)
    hook.state = HookState.MISSING
    assert ill(server) == {"hook postfix"}


def test_what_only_the_panel_sees_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """E8: with its advice; a panel without remarks has none to make."""
    remarks = [Remark("menu", "the entry is gone", "reconcile", is_ill=True), Remark("IMAP", "no")]
    monkeypatch.setattr(server.panel, "remarks", lambda: remarks, raising=False)
    found = examine(server)
    assert found["menu"] == Finding("menu", Health.ILL, "the entry is gone", "reconcile")
    assert found["IMAP"].health is Health.LOOK


def test_a_broken_panel_hides_nothing_else(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """E8: the rest is examined all the same."""

    def broken() -> PanelInfo:
        raise PanelBroken("it does not say its version")

    monkeypatch.setattr(server.panel, "probe", broken)
    found = examine(server)
    assert found["panel"] == Finding("panel", Health.ILL, "it does not say its version")
    assert found["hook postfix"].health is Health.WELL


def test_a_server_that_was_set_up_by_hand_is_not_ill(server: Server) -> None:
    """docs/install.md describes how."""
    server.uninstall()
    assert examine(server)["installation"].health is Health.LOOK


def test_who_is_not_root_is_told_what_could_not_be_seen(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not seeing is not the same as being well."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert examine(server)["hooks"].health is Health.LOOK


def test_who_interferes_is_named(server: Server) -> None:
    """E13: what collides is ill, what overlaps wants a look, what is harmless is not told."""
    files = {
        "etc/csf/csf.conf": 'SMTPAUTH_RESTRICT = "1"\n',
        "var/cpanel/hulkd/enabled": "",
        "etc/exim.easy_spam_fighter/variables.conf": "",
    }
    for name, text in files.items():
        path = server.root / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    found = examine(server)
    assert found["CSF"].health is Health.ILL
    assert "country.list" in found["CSF"].advice
    assert found["cPHulk"].health is Health.LOOK
    assert "Easy Spam Fighter" not in found
