"""One archive for whoever helps, and nothing secret in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import msgspec
import pytest

from core.desk.desk import Desk
from core.desk.diagnostics import archive, file_name, masked_url
from core.errors import PanelAbsent
from core.panel import HookState, PanelInfo
from core.settings.config import StorePlace
from tests.core.desk import samples
from tests.core.desk.mail_hook import Hook
from tests.core.desk.office import Office

SECRET = "geheim-0815"


@pytest.fixture(autouse=True)
def _journal(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
    """The service manager's log holds what it should not."""
    program = office.directory / "bin" / "journalctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "mailward[1]: started with {SECRET}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def _opened(payload: bytes) -> Mapping[str, str]:
    with zipfile.ZipFile(io.BytesIO(payload)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


PARTS = {
    "versions.json",
    "config.json",
    "settings.json",
    "status.json",
    "hooks.txt",
    "data.json",
    "events.jsonl",
    "log.txt",
    "files.txt",
}


def test_holds_all_that_helps(office: Office) -> None:
    """Versions, settings, status, hooks, data, logs and files."""
    office.panel.hooks_here = [Hook()]
    office.config.log.mkdir()
    (office.config.log / "events.jsonl").write_text("".join(f"{n}\n" for n in range(500)))
    with office.desk() as desk, office.daemon({"status": lambda _: samples.status()}):
        desk.store.settings.change(("server", ""), {"send.limit": 9}, "x", 1.0)
        found = _opened(archive(desk))
    assert set(found) == PARTS
    assert msgspec.json.decode(found["settings.json"])[0]["values"] == {"send.limit": 9}
    assert msgspec.json.decode(found["status.json"])["reachable"] is True
    assert "postfix: installed" in found["hooks.txt"]
    assert "+ check_policy_service" in found["hooks.txt"]
    assert found["events.jsonl"].splitlines() == [str(n) for n in range(300, 500)]
    assert "store.sqlite" in found["files.txt"]
    versions = msgspec.json.decode(found["versions.json"])
    assert (versions["found"]["name"], "msgspec" in versions["libraries"]) == ("test", True)


def test_no_secret_leaves_wherever_it_stands(office: Office) -> None:
    """Settings, configuration, and a log that somebody wrote one into."""
    office.config.state.mkdir()
    (office.config.state / "dovecot.secret").write_text("0123456789abcdef\n")
    office.config.log.mkdir()
    (office.config.log / "events.jsonl").write_text('{"detail": "0123456789abcdef"}\n')
    values = {"data.maxmind_key": SECRET, "data.ipinfo_token": "", "text.contact": SECRET}
    with office.desk() as desk:
        desk.store.settings.change(("server", ""), values, "x", 1.0)
        payload = archive(desk)
    found = _opened(payload)
    text = "".join(found.values())
    assert SECRET not in text
    assert "0123456789abcdef" not in text
    assert "started with ********" in found["log.txt"]


def test_what_is_broken_does_not_stop_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is when it is needed: no store, no daemon, no mail server, no log, no panel."""

    def probe() -> PanelInfo:
        raise PanelAbsent("there is no panel here")

    monkeypatch.setattr(office.panel, "probe", probe)
    monkeypatch.setattr(office.panel, "hooks", lambda *_: 1 / 0)
    monkeypatch.setenv("PATH", str(office.directory))
    found = _opened(archive(office.desk_on(None, absent="the database does not answer")))
    assert set(found) == PARTS
    assert "the database does not answer" in found["settings.json"]
    assert "the database does not answer" in found["status.json"] or (
        "ZeroDivisionError" in found["status.json"]
    )
    assert "ZeroDivisionError" in found["hooks.txt"]
    assert "no panel here" in found["versions.json"]
    assert "no journalctl" in found["log.txt"]
    assert "FileNotFoundError" in found["events.jsonl"]


def test_a_hook_that_cannot_be_planned_says_why(office: Office) -> None:
    """And the others are there."""
    office.panel.hooks_here = [Hook("dovecot", None), Hook("postfix", HookState.EDITED)]
    with office.desk() as desk:
        found = _opened(archive(desk))["hooks.txt"]
    assert "dovecot: unknown main.cf cannot be read" in found
    assert "postfix: edited by someone else" in found


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        ("sqlite:////var/lib/x", "sqlite:////var/lib/x"),
        ("postgresql://mw:p@ss:w@db/mw", "postgresql://mw:********@db/mw"),
        (
            "postgresql://db/mw?user=u&password=abc&a=b",
            "postgresql://db/mw?user=u&password=********&a=b",
        ),
    ],
)
def test_the_stores_address_has_no_password(office: Office, url: str, shown: str) -> None:
    """Wherever it stands in it."""
    assert masked_url(url) == shown
    office.config = msgspec.structs.replace(office.config, store=StorePlace(url))
    found = _opened(archive(_desk(office)))
    assert msgspec.json.decode(found["config.json"])["store"]["url"] == shown


def _desk(office: Office) -> Desk:
    return office.desk_on(None, absent="away")


def test_its_name_says_when_it_was_made() -> None:
    """Two of them must not be mixed up."""
    assert file_name(1_772_388_000) == "mailward-diagnostics-20260301-1800.zip"
