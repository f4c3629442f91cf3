from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken
from core.mta import exim_config
from core.mta.knock import Door
from tests.core.mta.exim_machine import PLAIN, EximFolder


def test_it_is_read_by_its_own_commands(tmp_path: Path) -> None:
    host = EximFolder(tmp_path, "COLOUR = red\n" + PLAIN + "# gone\n")
    config = exim_config.read(host)
    assert (config.command, config.version, config.file) == ("exim", "4.96", "/etc/exim.conf")
    assert config.lookups >= {"lsearch", "passwd"}
    assert config.macros == {"COLOUR"}
    assert "gone" not in config.text
    assert config.ports() == {25: False, 465: True, 587: False}
    assert (config.acl("data"), config.acl("mail")) == ("acl_check_data", "")
    assert not config.proxied
    assert not config.strict


@pytest.mark.parametrize(
    "version", ["4.94", "4.94.2", "4.96-58-g4e9ed49f8", "4.99", "4.100", "5.0"]
)
def test_versions_from_4_94_on_will_do(tmp_path: Path, version: str) -> None:
    """Compared part by part."""
    assert exim_config.read(EximFolder(tmp_path, version=version)).version == version


@pytest.mark.parametrize("version", ["4.93", "4.92.3", "4.9", "3.36"])
def test_an_older_one_is_told_so(tmp_path: Path, version: str) -> None:
    with pytest.raises(MailServerUnsupported, match=f"Exim {version} is too old.* 4.94 or newer"):
        exim_config.read(EximFolder(tmp_path, version=version))


def test_a_machine_without_it(tmp_path: Path) -> None:
    host = EximFolder(tmp_path)
    host.answers["exim"] = lambda _: (127, "there is no such command")
    with pytest.raises(PanelAbsent):
        exim_config.read(host)
    assert exim_config.find(host) == ("", "")


def test_debians_name_for_it(tmp_path: Path) -> None:
    host = EximFolder(tmp_path)
    host.answers["exim4"] = host.answers.pop("exim")
    assert exim_config.read(host).command == "exim4"


def test_a_configuration_that_it_does_not_accept(tmp_path: Path) -> None:
    host = EximFolder(tmp_path)
    real = host.answers["exim"]
    host.answers["exim"] = lambda command: real(command) if "-bV" in command else (1, "line 7: no")
    with pytest.raises(PanelBroken, match="line 7: no"):
        exim_config.read(host)


@pytest.mark.parametrize(
    ("lines", "door"),
    [
        ("daemon_smtp_ports = 587", Door("submission", "127.0.0.1", 587)),
        (
            "daemon_smtp_ports = 465\ntls_on_connect_ports = 465",
            Door("submissions", "127.0.0.1", 465, tls=True),
        ),
        (
            "daemon_smtp_ports = 2465\ntls_on_connect_ports = 2465",
            Door("submissions", "127.0.0.1", 2465, tls=True),
        ),
        ("", Door("smtp", "127.0.0.1", 25)),
        ("daemon_smtp_ports = smtp", Door("smtp", "127.0.0.1", 25)),
        ("local_interfaces = <; 192.0.2.1 ; ::1", Door("smtp", "192.0.2.1", 25)),
        ("local_interfaces = ::::1", Door("smtp", "::1", 25)),
        ("local_interfaces = 192.0.2.1 : 0.0.0.0", Door("smtp", "127.0.0.1", 25)),
        ("hosts_proxy = <; 127.0.0.1 ; ::1", Door("smtp", "127.0.0.1", 25, proxied=True)),
        ("hosts_proxy = 192.0.2.9", Door("smtp", "127.0.0.1", 25)),
    ],
)
def test_where_it_can_be_reached(tmp_path: Path, lines: str, door: Door) -> None:
    assert list(exim_config.read(EximFolder(tmp_path, lines + "\n")).doors()) == [door]


def test_switches_are_read_as_they_are_printed(tmp_path: Path) -> None:
    assert exim_config.read(EximFolder(tmp_path, "strict_acl_vars\n")).strict
