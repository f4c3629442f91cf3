"""The pieces that lines of Exim's main log are made of: hosts, addresses, `key=value` fields.

Clients choose some of what Exim writes: the name after EHLO, addresses, subject, message id, the
login name that failed. So pieces are taken from left to right by their own grammar, and a line
whose pieces do not fit is not understood, rather than guessed at. Source: "Log files" in Exim's
specification, and lines of 4.94, 4.96 and 4.98.
"""

from __future__ import annotations

import re

from msgspec import Struct

from core.maillog import fields as plain
from core.words import SERVICE_OF_PORT, Service

ADDRESS = rb'(?:"(?:[^"\\]|\\.)*"@[^\s<>]+|[^\s<>"]+)'
"""A mail address; its local part may be quoted, blanks and all (RFC 5321 4.1.2)."""

HOST = (
    rb"(?:[^\s()\[\]=]+ )?"
    rb"(?:\((?:\[[^\s()\[\]]*\]|[^()\[\]=]*)\) )?"
    rb"\[([0-9A-Fa-f:.]{2,45})\](?::\d{1,5})?"
    rb"(?: I=\[[0-9A-Fa-f:.]{2,45}\](?::(\d{1,5}))?)?"
)
"""`name (what it said to EHLO) [address]:port I=[own address]:port`: groups address, own port.

Where anything may be said to EHLO, it can still not contain what would end it.
"""

_HOST = re.compile(HOST).match
_ADDRESS = re.compile(ADDRESS).match
_ADDRESSES = re.compile(ADDRESS).finditer
_VALUE = re.compile(rb' ([A-Za-z][\w*]*)=("(?:[^"\\]|\\.)*"\S*|[^\s"]\S*|)').match
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"').fullmatch
_WORD = re.compile(rb" [^\s=]+(?= |$)").match
_FROM = re.compile(rb" from <(?:%s)?>(?= for |$)" % ADDRESS).match
_SENDER = re.compile(rb" F=<(?:%s)?>" % ADDRESS).match
_REJECTED = re.compile(rb" (?:temporarily )?rejected ").match


class Peer(Struct, frozen=True, gc=False):
    """Who a line is about: the client's address, and what it talked to as far as the line tells."""

    address: str
    service: Service


class Fields(Struct, frozen=True):
    """Of an arriving mail.

    Attributes:
        peer: None for a mail from this machine.
        values: the fields of one letter, and `id`, without their names.
        recipients: how many are named.
    """

    peer: Peer | None
    values: dict[bytes, bytes]
    recipients: int


def peer(address: bytes, port: bytes | None) -> Peer:
    """From the groups of `HOST`."""
    service = SERVICE_OF_PORT.get(int(port), Service.UNKNOWN) if port else Service.UNKNOWN
    return Peer(plain.address(address), service)


def end_of_address(line: bytes, start: int) -> int:
    """Where the address that begins at `start` ends; -1 where there is none."""
    found = _ADDRESS(line, start)
    return found.end() if found else -1


def arrival(line: bytes, start: int) -> Fields | None:
    """The fields of an arriving mail, from behind its sender; None where they do not fit."""
    values: dict[bytes, bytes] = {}
    found_peer: Peer | None = None
    end = len(line)
    while start < end:
        if line.startswith(b" H=", start):
            host = _HOST(line, start + 3)
            if host is None or found_peer is not None:
                return None
            found_peer = peer(host[1], host[2])
            start = host.end()
            continue
        value = _VALUE(line, start)
        if value is not None:
            if value[1] in values or (value[1] == b"T" and not _QUOTED(value[2])):
                return None
            values[value[1]] = value[2]
            start = value.end()
            continue
        if line.startswith(b" from <", start):
            sender = _FROM(line, start)
            if sender is None:
                return None
            start = sender.end()
            continue
        if line.startswith(b" for ", start):
            named = sum(1 for _ in _ADDRESSES(line, start + 5))
            return Fields(found_peer, values, named)
        word = _WORD(line, start)
        # the subject is the last of the fields
        if word is None or b"T" in values:
            return None
        start = word.end()
    return Fields(found_peer, values, 0)


class Rejection(Struct, frozen=True, gc=False):
    """Something that Exim refused. account: "" before a login; what: the rest of the line."""

    peer: Peer
    account: str
    what: bytes


def rejection(line: bytes) -> Rejection | None:
    """What `H=... F=<...> A=... rejected ...` says; None where the pieces do not fit."""
    host = _HOST(line, 2) if line.startswith(b"H=") else None
    if host is None:
        return None
    start, account = host.end(), ""
    while (rejected := _REJECTED(line, start)) is None:
        if line.startswith(b" F=<", start):
            value = _SENDER(line, start)
        else:
            value = _VALUE(line, start) or _WORD(line, start)
        if value is None:
            return None
        if line.startswith(b" A=", start):
            account = login_name(line[start + 3 : value.end()])
        start = value.end()
    return Rejection(peer(host[1], host[2]), account, line[rejected.end() :])


def login_name(field: bytes) -> str:
    """The name in `authenticator:name`; "" where Exim knows none."""
    return plain.name(field.partition(b":")[2])
