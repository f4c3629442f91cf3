"""E16: lists of other programs are read as these write them, and deny lists never."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.entry import Entry
from core.desk.entry_file import read
from core.desk.entry_foreign import SENDERS

CSF_ALLOW = b"""\
###############################################################################
# The following IP addresses will be allowed through iptables.
# Advanced port+ip filtering allowed with the following format
# tcp/udp|in/out|s/d=port|s/d=ip
###############################################################################
Include /etc/csf/office.allow
192.0.2.1 # the office, 2nd floor - Tue Nov  3 10:00:00 2026
198.51.100.0/24
2001:db8::1 # csf SSH installation/upgrade IP address
tcp|in|d=993|s=203.0.113.1 # phone
tcp|in|d=22,587|s=203.0.113.2
d=100_1000|s=203.0.113.3
tcp|in|d=3306|s=203.0.113.4
tcp|out|d=587|d=203.0.113.5
udp|in|d=993|s=203.0.113.6
tcp|in|d=25|s=mail.example.test
tcp|out|d=80||u=99
"""


def test_csf() -> None:
    """Of rules those about mail ports; what is passed over is told with its line."""
    found = read(CSF_ALLOW, origin="/etc/csf/csf.allow")
    assert [line.entry for line in found.lines] == [
        Entry("192.0.2.1", "the office, 2nd floor - Tue Nov  3 10:00:00 2026"),
        Entry("198.51.100.0/24"),
        Entry("2001:db8::1", "csf SSH installation/upgrade IP address"),
        Entry("203.0.113.1", "phone"),
        Entry("203.0.113.2"),
        Entry("203.0.113.3"),
        Entry("mail.example.test"),
    ]
    assert found.faults == ()
    assert [(each.number, each.text.split(",")[0]) for each in found.passed] == [
        (6, "names another file: import /etc/csf/office.allow as well"),
        (13, "is a rule for other ports than those of mail"),
        (14, "is a rule for something else than connections to mail ports"),
        (15, "is a rule for something else than connections to mail ports"),
        (17, "is a rule for something else than connections to mail ports"),
    ]


@pytest.mark.parametrize(
    ("payload", "origin"),
    [
        (b"192.0.2.1\n", "/etc/csf/csf.deny"),
        (b"192.0.2.1\n", "csf.deny"),
        (b"# The following IP addresses will be blocked in iptables\n192.0.2.1\n", ""),
        (b"192.0.2.1 # lfd: (smtpauth) Failed SMTP AUTH login from 192.0.2.1\n", "list.txt"),
        (b"192.0.2.1 # Manually denied: 192.0.2.1 (US/United States/-)\n", "<stdin>"),
        (b'{"data": {"ips_in_list": {"192.0.2.1": ""}, "list_name": "black"}}', ""),
    ],
)
def test_who_is_shut_out_is_never_let_in(payload: bytes, origin: str) -> None:
    """The worst that an import can do is to exempt attackers."""
    found = read(payload, origin=origin)
    assert found.lines == ()
    (fault,) = found.faults
    assert "who is shut out" in str(fault)


HULK = {
    "data": {
        "ips_in_list": {"192.0.2.1": "the office", "2001:db8::1": "", "198.51.100.0/24": None},
        "list_name": "white",
        "requester_ip": "203.0.113.9",
    },
    "metadata": {"command": "read_cphulk_records", "result": 1},
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("document", [HULK, HULK["data"]])
def test_cphulk(document: object, indent: int | None) -> None:
    """As `whmapi1 --output=json` and `--output=jsonpretty` print it, or its data alone."""
    found = read(json.dumps(document, indent=indent).encode())
    assert [line.entry for line in found.lines] == [
        Entry("192.0.2.1", "the office"),
        Entry("2001:db8::1"),
        Entry("198.51.100.0/24"),
    ]
    assert found.faults == ()


def test_cphulk_as_a_list() -> None:
    document = {"ips_in_list": ["192.0.2.1", "192.0.2.2"]}
    assert len(read(json.dumps(document).encode()).lines) == 2


@pytest.mark.parametrize(
    "payload", [b"{", b"{}", b'{"data": 5}', b'{"data": {"ips_in_list": 5}}', b"{" * 9000]
)
def test_other_json_is_refused(payload: bytes) -> None:
    (fault,) = read(payload).faults
    assert "no list of cPHulk" in str(fault)


JAIL = b"""\
[DEFAULT]
bantime = 1h
# ignoreip = 203.0.113.99
ignoreip = 127.0.0.1/8 ::1 192.0.2.1, 198.51.100.0/24  # ours
    2001:db8::1
   ; a remark
  203.0.113.7
maxretry = 5
[dovecot]
ignoreip = %(known/ignoreip)s 192.0.2.1
"""


def test_fail2ban() -> None:
    """ignoreip over several lines and in several jails; what is local anyhow is left out."""
    found = read(JAIL)
    assert [(line.number, line.entry.entry) for line in found.lines] == [
        (4, "192.0.2.1"),
        (4, "198.51.100.0/24"),
        (5, "2001:db8::1"),
        (7, "203.0.113.7"),
    ]
    assert found.faults == ()
    assert found.twice == 1


MIXED = b"""\
whitelist_from boss@example.test
trusted_networks 192.0.2.0/24
trusted_networks 198.51.100.0/24
"""


@pytest.mark.parametrize(
    ("name", "remarks"),
    [
        (
            "exempt.accounts",
            [SENDERS, "2 lines with networks (trusted_networks) belong into another list"],
        ),
        (
            "exempt.addresses",
            ["1 lines with senders (whitelist_from) belong into another list"],
        ),
    ],
)
def test_spamassassins_senders_are_called_what_they_are(name: str, remarks: list[str]) -> None:
    """K7: whoever imports them must know that they are not addresses, and not logins."""
    found = read(MIXED, name)
    assert [str(each) for each in found.passed] == remarks
    assert found.faults == ()


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    """Whatever somebody pastes."""
    found = read(text.encode(errors="replace"))
    assert all(line.entry.entry for line in found.lines)
