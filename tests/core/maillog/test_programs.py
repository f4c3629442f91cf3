"""Who reads which program, by its name."""

from __future__ import annotations

import pytest

from core.maillog.programs import MOST_NAMES, Programs


@pytest.mark.parametrize(
    "name",
    [
        "postfix/smtpd",
        "postfix/submission/smtpd",
        "postfix/qmgr",
        "dovecot",
        "imapd",
        "courier-imaps",
        "courier-pop3d",
        "cyrus/imap",
        "imaps",
        "saslauthd",
        "plesk_saslauthd",
    ],
)
def test_mail_servers_are_read(name: str) -> None:
    assert Programs().find(name.encode()) is not None


@pytest.mark.parametrize("name", ["kernel", "sshd", "CRON", "postfix/anvil", "psa-pc-remote", ""])
def test_others_are_not(name: str) -> None:
    assert Programs().find(name.encode()) is None


def test_any_number_of_names_takes_bounded_memory() -> None:
    """Any user may write under any name."""
    programs = Programs()
    for number in range(MOST_NAMES * 3):
        assert programs.find(b"made-up-%d" % number) is None
    assert len(programs._known) <= MOST_NAMES
    assert programs.find(b"dovecot") is not None


def test_a_program_is_read_by_the_same_reader_each_time() -> None:
    programs = Programs()
    assert programs.find(b"postfix/smtpd") is programs.find(b"postfix/smtpd")
