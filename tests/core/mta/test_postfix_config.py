from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken
from core.mta import postfix_config
from core.mta.postfix_config import version_number
from core.system.host import NOT_FOUND
from tests.core.mta.machines import SERVERS, PostfixFolder


@pytest.mark.parametrize("name", SERVERS)
def test_samples_are_read(tmp_path: Path, name: str) -> None:
    host = PostfixFolder.of(tmp_path, name)
    config = postfix_config.read(host)
    assert config.directory == "/etc/postfix"
    assert (config.main, config.master) == host.texts
    assert config.value("queue_directory") == "/var/spool/postfix"


@pytest.mark.parametrize(
    ("version", "number"),
    [("3.7.11", (3, 7)), ("3.10.13", (3, 10)), ("3.11-20250101", (3, 11)), ("4", (4, 0))],
)
def test_versions_are_numbers(version: str, number: tuple[int, int]) -> None:
    assert version_number(version) == number


@pytest.mark.parametrize("version", ["2.10.1", "3.0.4"])
def test_a_version_that_is_too_old_is_refused(tmp_path: Path, version: str) -> None:
    """E8"""
    with pytest.raises(MailServerUnsupported, match=rf"Postfix {version} is too old.* 3\.1"):
        postfix_config.read(PostfixFolder.of(tmp_path, "panel", version=version))


@pytest.mark.parametrize(
    ("version", "noted"),
    [("3.1.0", True), ("3.4.13", True), ("3.5.25", False), ("3.10.13", False), ("3.12.0", True)],
)
def test_untested_versions_work_and_are_noted(tmp_path: Path, version: str, noted: bool) -> None:
    config = postfix_config.read(PostfixFolder.of(tmp_path, "panel", version=version))
    assert any(version in note for note in config.notes) is noted


def test_no_postfix_and_a_broken_one_are_different(tmp_path: Path) -> None:
    host = PostfixFolder.of(tmp_path, "panel")
    host.answers["postconf"] = lambda _: (NOT_FOUND, "")
    with pytest.raises(PanelAbsent, match="not installed"):
        postfix_config.read(host)
    host.answers["postconf"] = lambda _: (1, "fatal: open /etc/postfix/main.cf")
    with pytest.raises(PanelBroken, match="fatal: open"):
        postfix_config.read(host)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    host = PostfixFolder.of(tmp_path, "panel")
    host.answers["postconf"] = lambda command: (0, "3.7.11\n" if "-dh" in command else "/etc/x\n")
    with pytest.raises(PanelBroken, match=r"/etc/x/main\.cf is missing"):
        postfix_config.read(host)


def test_where_postfix_reads_its_file_differently_nothing_is_edited(tmp_path: Path) -> None:
    host = PostfixFolder.of(tmp_path, "panel")
    real = host.answers["postconf"]
    host.answers["postconf"] = lambda command: (
        (0, "587/inet/smtpd_x = y\n") if "-P" in command else real(command)
    )
    with pytest.raises(PanelBroken, match="587/inet/smtpd_x"):
        postfix_config.read(host)


@pytest.mark.parametrize(
    ("column", "level", "chrooted"),
    [("y", "2", True), ("n", "0", False), ("-", "0", True), ("-", "1", False), ("-", "3.6", False)],
)
def test_the_chroot_column(tmp_path: Path, column: str, level: str, chrooted: bool) -> None:
    master = f"smtp inet n - {column} - - smtpd\n"
    host = PostfixFolder(tmp_path, f"compatibility_level = {level}\n", master)
    config = postfix_config.read(host)
    assert config.chrooted(config.services[0]) is chrooted


def test_names_are_expanded_for_the_service_that_uses_them(tmp_path: Path) -> None:
    main = "mua = permit_sasl_authenticated,${gate}\ngate = reject\nmore = $(mua) $nothing\n"
    master = "s inet n - n - - smtpd -o smtpd_client_restrictions=$more -o gate=defer\n"
    config = postfix_config.read(PostfixFolder(tmp_path, main, master))
    (service,) = config.services
    assert config.raw("smtpd_client_restrictions", service) == "$more"
    assert config.value("smtpd_client_restrictions", service).split() == [
        "permit_sasl_authenticated,defer"
    ]
    assert [str(entry) for entry in config.entries("smtpd_client_restrictions", service)] == [
        "permit_sasl_authenticated",
        "defer",
    ]


def test_a_name_that_means_itself_does_not_hang(tmp_path: Path) -> None:
    master = "s inet n - n - - smtpd -o a=$b -o b=$a\n"
    config = postfix_config.read(PostfixFolder(tmp_path, "", master))
    assert "$" in config.value("a", config.services[0])
