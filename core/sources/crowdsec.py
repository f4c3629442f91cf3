"""What the customer's own CrowdSec has decided, by the stream of its local API.

The first answer tells all decisions, the following ones what was added and deleted since. Because
nobody knows which of them got lost with an answer that failed, the next one is asked for everything
again. Decisions stay until they end, also while CrowdSec is away (facts/data_sources.md 3.2).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import requests
import urllib3
from msgspec import Struct

from core import __version__
from core.errors import DataError
from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.sources.feeds.feed import read_json
from core.sources.unreachable import in_words

PATH: Final = "/v1/decisions/stream"
LARGEST: Final = 64 * 1024 * 1024
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 15
TOTAL_SECONDS: Final = 60

_FORBIDDEN: Final = 403
_AGENT: Final = f"mailward/{__version__}"
_CHUNK: Final = 64 * 1024

_UNITS: Final = {
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ns": 1e-9,
}
_DURATION: Final = re.compile(r"(-?)((?:[0-9]{1,12}(?:\.[0-9]{1,12})?(?:h|ms|us|µs|μs|ns|m|s))+)")
_PART: Final = re.compile(r"([0-9.]+)([a-zµμ]+)")

LONGEST: Final = 366 * 86_400.0
"""Seconds; a decision without end is looked at again every year."""


class Decision(Struct):
    """One decision, as CrowdSec tells it: facts that are missing are "".

    Attributes:
        value: an address, a range, or an AS number, by scope.
        scope: ``Ip``, ``Range``, ``AS``, ``Country`` ...
        type: what shall be done, ``ban`` or ``captcha`` ...
        duration: how long from now on, as Go writes it.
        scenario: why.
        origin: who decided: ``crowdsec``, ``cscli``, ``CAPI``, ``lists``.
    """

    value: str
    scope: str = "Ip"
    type: str = "ban"
    duration: str = ""
    scenario: str = ""
    origin: str = ""


class Stream(Struct):
    """One answer; CrowdSec writes null for nothing."""

    new: list[Decision] | None = None
    deleted: list[Decision] | None = None


class Ban(Struct, frozen=True, gc=False):
    """One entry: until when (seconds since 1970), and why."""

    until: float
    why: str


Place = Prefix | int
"""A network, or the number of an autonomous system."""


def seconds(duration: str) -> float:
    """Read a length of time as Go writes it: ``3h59m58.1s``, ``-5s``, ``150ms``.

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(f"{duration!r:.40} is no duration")
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(found[2]))
    return -total if found[1] else total


def place_of(decision: Decision) -> Place | None:
    """What a decision is about; None for what is none of ours.

    Raises:
        ValueError: its value is not what its scope says.
    """
    scope = decision.scope.lower()
    if scope == "ip":
        address = parse(decision.value)
        if address is None:
            raise ValueError(f"{decision.value!r:.60} is no address")
        return Prefix.parse(address.text)
    if scope == "range":
        return Prefix.parse(decision.value)
    if scope == "as":
        digits = decision.value.upper().removeprefix("AS")
        if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:11]) < 1 << 32):
            raise ValueError(f"{decision.value!r:.60} is no AS number")
        return int(digits)
    return None


def bans(decisions: Iterable[Decision], now: float) -> tuple[dict[Place, Ban], int]:
    """What shall be banned until when, and how many decisions were of no use.

    Of several decisions on the same place the one that lasts longest counts.

    Args:
        decisions: of one answer.
        now: seconds since 1970.
    """
    found: dict[Place, Ban] = {}
    useless = 0
    for decision in decisions:
        try:
            place = place_of(decision) if decision.type.lower() == "ban" else None
            left = min(seconds(decision.duration), LONGEST)
        except ValueError:
            useless += 1
            continue
        if place is None or left <= 0:
            continue
        before = found.get(place)
        if before is None or before.until < now + left:
            found[place] = Ban(now + left, decision.scenario[:100])
    return found, useless


def places(decisions: Iterable[Decision]) -> set[Place]:
    """What decisions are about; those of no use are left out."""
    found: set[Place] = set()
    for decision in decisions:
        with suppress(ValueError):
            place = place_of(decision)
            if place is not None:
                found.add(place)
    return found


def fetch(url: str, key: str, *, startup: bool) -> Stream:
    """Ask CrowdSec. Waits for it; call it in a thread.

    Args:
        url: where its local API is.
        key: the key of a bouncer.
        startup: for everything, and not only for what has changed.

    Raises:
        DataError: it does not answer, or something else does; the text holds no key.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise DataError(f"{url} is not on this server, so it must be https, or the key is readable")
    asked = url.rstrip("/") + PATH + f"?startup={'true' if startup else 'false'}"
    headers = {"X-Api-Key": key, "User-Agent": _AGENT, "Accept": "application/json"}
    try:
        with requests.Session() as session:
            # A proxy of the environment must not get the key, and is not asked for loopback.
            session.trust_env = False
            with session.get(
                asked,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
                allow_redirects=False,
            ) as response:
                return read_json(_body(response, url), Stream)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise DataError(f"{url}: {in_words(error) or type(error).__name__}") from None


def _body(response: requests.Response, url: str) -> bytes:
    if response.status_code == _FORBIDDEN:
        raise DataError(f"{url} does not know the key; make one with `cscli bouncers add mailward`")
    if response.status_code != requests.codes.ok:
        raise DataError(f"{url} answered {response.status_code}")
    deadline = time.monotonic() + TOTAL_SECONDS
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST or time.monotonic() > deadline:
            raise DataError(f"{url} sends too much, or too slowly")
    return bytes(body)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    address = parse(host)
    if address is None:
        return False
    return address.value == 1 if address.version == 6 else address.value >> 24 == 127
