"""Lists of other programs: SpamAssassin, CSF, cPHulk, fail2ban; whose they are is seen in them.

Says what stands in which line, and what was passed over because it is nothing to exempt. What is a
list of people who are shut out is never taken for one of people who get in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final, NamedTuple

import msgspec

from core.errors import SettingError
from core.words import SERVICE_OF_PORT

ADDRESSES: Final = "exempt.addresses"


class Row(NamedTuple):
    """An entry: its line from 1 on (of cPHulk's its place), and its cells: entry, comment, end."""

    number: int
    cells: list[str]


class Passed(NamedTuple):
    """A line that is fine where it comes from and nothing to exempt, and why; 0 for the file."""

    number: int
    why: str


Line = Row | Passed


def lines(text: str, name: str, origin: str = "") -> Iterator[Line] | None:
    """The lines of another program's list; None for a list that is nobody's in particular.

    Args:
        text: the file.
        name: the list that it is for.
        origin: the file's name, where it has one.

    Raises:
        SettingError: it says who is shut out, or is damaged.
    """
    _refuse_deny_list(text, PurePath(origin).name)
    if text.lstrip().startswith("{"):
        return _cphulk(text)
    if _SPAMASSASSIN.search(text):
        return _spamassassin(text, name)
    if _IGNORED.search(text):
        return _fail2ban(text)
    if _CSF.search(text):
        return _csf(text)
    return None


# who is shut out

_DENIED: Final = re.compile(
    r"(?im)^[ \t]*#.*will be blocked in iptables|#[ \t]*(?:lfd: \(|manually denied\b)"
)
_DENY_LISTS: Final = frozenset({"csf.deny", "csf.tempban", "csf.blocklists", "hosts.deny"})


def _refuse_deny_list(text: str, origin: str) -> None:
    """An attacker who becomes exempt is the worst that an import can do."""
    if origin in _DENY_LISTS or _DENIED.search(text):
        raise SettingError(
            "this list says who is shut out, and an import would let them in. Leave it to the "
            "program that it is from; Mailward finds its own attackers"
        )


# SpamAssassin (Mail::SpamAssassin::Conf)

_ACCOUNTS: Final = r"(?:def_)?(?:whitelist|welcomelist)_(?:from|from_rcvd|from_spf|from_dkim|auth)"
_NETWORKS: Final = r"(?:trusted|internal|msa)_networks"
_SPAMASSASSIN: Final = re.compile(rf"(?im)^[ \t]*(?:{_ACCOUNTS}|{_NETWORKS})[ \t]")
_ONE_ONLY: Final = ("rcvd", "dkim")
"""Of these only the first word is a sender; the others say through whom it comes."""

SENDERS: Final = (
    "SpamAssassin's lists name senders, most of them elsewhere; here an entry exempts the account "
    "of that name on this server"
)


def _spamassassin(text: str, name: str) -> Iterator[Line]:
    """For a list of addresses the networks that are trusted, for one of accounts the senders."""
    is_addresses = name == ADDRESSES
    wanted = re.compile(_NETWORKS if is_addresses else _ACCOUNTS, re.IGNORECASE)
    other = re.compile(_ACCOUNTS if is_addresses else _NETWORKS, re.IGNORECASE)
    taken, passed = 0, 0
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words or not wanted.fullmatch(words[0]):
            passed += bool(words and other.fullmatch(words[0]))
            continue
        taken += 1
        for value in words[1:2] if words[0].lower().endswith(_ONE_ONLY) else words[1:]:
            yield Row(number, [_network(value) if is_addresses else value])
    if taken and not is_addresses:
        yield Passed(0, SENDERS)
    if passed:
        what = "senders (whitelist_from)" if is_addresses else "networks (trusted_networks)"
        yield Passed(0, f"{passed} lines with {what} belong into another list")


def _network(text: str) -> str:
    """``192.168.`` stands for all that begins so."""
    octets = text.rstrip(".").split(".")
    if not text.endswith(".") or len(octets) > 3:
        return text
    return f"{'.'.join(octets + ['0'] * (4 - len(octets)))}/{8 * len(octets)}"


# CSF: csf.allow, csf.ignore (its readme.txt, "Advanced Allow/Deny Filters")

_CSF: Final = re.compile(r"(?im)^[ \t]*(?:Include[ \t]+/|[^#\s]*[ds]=[^#\s|]+\|[^#\s]*[ds]=)")
_COMMENTED: Final = re.compile(r"^(?P<entry>\S+)[ \t]+#[ \t]*(?P<comment>.*)$")


def commented(line: str) -> list[str] | None:
    """``192.0.2.1 # office`` as entry and comment; None for a line that is not written so."""
    found = _COMMENTED.match(line)
    return [found["entry"], found["comment"].strip()] if found is not None else None


def _csf(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.lower().startswith("include"):
            yield Passed(number, f"names another file: import {stripped[7:].strip()} as well")
            continue
        cells = commented(stripped) or [stripped]
        if "|" in cells[0]:
            yield _rule(number, cells)
        else:
            yield Row(number, cells)


def _rule(number: int, cells: list[str]) -> Line:
    """``tcp|in|d=993|s=192.0.2.1``; where it says neither, tcp and in are meant."""
    parts = [part.strip().lower() for part in cells[0].split("|")]
    if "out" in parts or "udp" in parts or "icmp" in parts:
        return Passed(number, "is a rule for something else than connections to mail ports")
    ports = [part[2:] for part in parts if part[:2] == "d=" and not _is_address(part[2:])]
    source = next((part[2:] for part in parts if part[:2] == "s=" and _is_address(part[2:])), "")
    if not source:
        return Passed(number, "is a rule without the address of a client")
    if not any(_holds_mail_port(port) for port in ports):
        return Passed(number, "is a rule for other ports than those of mail")
    return Row(number, [source, *cells[1:]])


def _is_address(text: str) -> bool:
    return "." in text or ":" in text


def _holds_mail_port(text: str) -> bool:
    """Whether ``25,587`` or ``100_1000`` holds a port of mail."""
    for part in text.split(","):
        first, _, last = part.partition("_")
        last = last or first
        is_range = f"{first}{last}".isdecimal() and first.isascii() and len(last) < 6
        if is_range and any(int(first) <= port <= int(last) for port in SERVICE_OF_PORT):
            return True
    return False


# cPHulk: `whmapi1 --output=json read_cphulk_records list_name=white`


def _cphulk(text: str) -> Iterator[Line]:
    try:
        document: Any = msgspec.json.decode(text)
        data = document.get("data", document)
        listed, whose = data["ips_in_list"], data.get("list_name", "white")
        named = listed.items() if isinstance(listed, dict) else [(each, "") for each in listed]
    except (msgspec.DecodeError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise SettingError(
            "the file begins as JSON does, but is no list of cPHulk: "
            "`whmapi1 --output=json read_cphulk_records list_name=white` writes one"
        ) from error
    if whose != "white":
        _refuse_deny_list("", "csf.deny")
    return (
        Row(number, [str(address), str(comment or "")])
        for number, (address, comment) in enumerate(named, start=1)
    )


# fail2ban: ignoreip of jail.local (jail.conf(5))

_IGNORED: Final = re.compile(r"(?m)^[ \t]*ignoreip[ \t]*=")


def _fail2ban(text: str) -> Iterator[Line]:
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        name, equals, value = line.partition("=")
        if equals and name.strip() == "ignoreip":
            inside = True
        elif inside and line[0].isspace():
            value = line
        else:
            inside = False
            continue
        for word in re.split(r"[,\s]+", re.split(r"\s[#;]", value)[0].strip()):
            if "%" in word or word in ("", "127.0.0.1/8", "::1", "127.0.0.1"):
                continue  # a reference to another line, and what is local anyhow
            yield Row(number, [word])
