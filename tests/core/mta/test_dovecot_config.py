from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken, PlanError
from core.mta import dovecot_config
from core.mta.knock import Door
from core.system.host import NOT_FOUND
from tests.core.mta.dovecots import DovecotFolder

NAME = "99-mailward.conf"


def test_a_dovecot_is_read(tmp_path: Path) -> None:
    config = dovecot_config.read(DovecotFolder(tmp_path))
    assert config.main_file == "/etc/dovecot/dovecot.conf"
    assert (config.number, config.new_dialect, config.policy_url) == ((2, 3, 19), False, "")
    assert config.notes == []


@pytest.mark.parametrize(
    ("version", "new", "noted"),
    [("2.3.11.3", False, 0), ("2.4.0-25", True, 0), ("2.4.1-4", True, 0), ("2.5.0", True, 1)],
)
def test_dialects_by_version(tmp_path: Path, version: str, new: bool, noted: int) -> None:
    config = dovecot_config.read(DovecotFolder(tmp_path, version))
    assert (config.new_dialect, len(config.notes)) == (new, noted)


@pytest.mark.parametrize("version", ["2.2.36", "2.3.10.1", "2.3.4.1"])
def test_a_version_whose_auth_process_crashes_is_refused(tmp_path: Path, version: str) -> None:
    """E8"""
    with pytest.raises(MailServerUnsupported, match=rf"{version} is too old.*2\.3\.11"):
        dovecot_config.read(DovecotFolder(tmp_path, version))


def test_no_dovecot_and_a_broken_one_are_different(tmp_path: Path) -> None:
    host = DovecotFolder(tmp_path)
    host.answers["doveconf"] = lambda _: (89, "doveconf: Fatal: Error in configuration file")
    with pytest.raises(PanelBroken, match="Error in configuration file"):
        dovecot_config.read(host)
    host.answers["dovecot"] = lambda _: (0, "nonsense")
    with pytest.raises(PanelBroken, match="nonsense"):
        dovecot_config.read(host)
    host.answers["dovecot"] = lambda _: (NOT_FOUND, "")
    with pytest.raises(PanelAbsent, match="not installed"):
        dovecot_config.read(host)


@pytest.mark.parametrize(
    ("main", "folder"),
    [
        ("!include conf.d/*.conf\n", "/etc/dovecot/conf.d"),
        ("  !include_try\tconf.d/*.conf\n!include_try local.conf\n", "/etc/dovecot/conf.d"),
        ("!include /etc/dovecot/panel/*\n", "/etc/dovecot/panel"),
        ("!include conf.d/*.conf\n!include_try panel/*.conf\n", "/etc/dovecot/panel"),
        ("!include conf.d/*.conf\n!include_try nowhere/*.conf\n", "/etc/dovecot/conf.d"),
    ],
)
def test_the_folder_that_is_really_included_is_found(
    tmp_path: Path, main: str, folder: str
) -> None:
    host = DovecotFolder(tmp_path, main=main)
    (tmp_path / "etc/dovecot/panel").mkdir()
    assert dovecot_config.read(host).drop_in(NAME) == f"{folder}/{NAME}"


@pytest.mark.parametrize(
    "main", ["", "#!include conf.d/*.conf\n", "!include_try local.conf\n", "!include *.d/*.conf\n"]
)
def test_without_such_a_folder_it_says_what_to_do(tmp_path: Path, main: str) -> None:
    with pytest.raises(PlanError, match=r"includes no folder of settings: add the line"):
        dovecot_config.read(DovecotFolder(tmp_path, main=main)).drop_in(NAME)


def test_doors_are_the_open_mailbox_ports(tmp_path: Path) -> None:
    assert list(dovecot_config.read(DovecotFolder(tmp_path)).doors()) == [
        Door("imap", "127.0.0.1", 10143),
        Door("pop3s", "127.0.0.1", 995, tls=True),
    ]


def test_doors_of_protocols_that_are_off_are_no_doors(tmp_path: Path) -> None:
    host = DovecotFolder(tmp_path)
    host.listeners = host.listeners.replace("imap pop3", "pop3").replace("*, ::", "[::1]")
    assert list(dovecot_config.read(host).doors()) == [Door("pop3s", "::1", 995, tls=True)]
