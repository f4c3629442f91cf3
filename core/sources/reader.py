"""Reads country and network-owner databases of every layout in use, and never fails on one.

The files are MaxMind DB files (MaxMind DB format 2.0), but their records differ: GeoLite2 and
DB-IP nest the country, ip-location-db and IPinfo keep it flat, IPinfo writes AS numbers as text.
The well-known ``geoip2`` reader refuses half of them by their type name (facts/data_sources.md
1.3), so this goes one level below it, to ``maxminddb``.

A file that is missing, cut short or damaged has no opinion, and ``problem`` says why. Damage
inside the search tree shows only when an address is looked up; that is no opinion either. The fast
reader does not survive every damage, so it only gets files whose checksum is the one they had when
they were found sound; others are left to the reader in Python.

What is read is a copy in memory that nobody else can change. A file that is mapped itself and then
cut off or overwritten, as ``cp`` does, kills the process that looks into it (mmap(2), SIGBUS).
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import maxminddb

from core.net.countries import CODES

_CODES: Final = {code: code for code in CODES}
"""Maps a code to the one copy of it that all facts share, and anything else to nothing."""

DAMAGE: Final = (
    *(RuntimeError, SystemError, ValueError, LookupError, TypeError),
    *(ArithmeticError, AttributeError, OSError, MemoryError, struct.error),
)
"""What opening or reading a damaged file can raise. ``InvalidDatabaseError`` is a RuntimeError; the
C extension has been seen to raise SystemError over a string that is not text."""


NO_SYSTEM: Final = (0, "")
"""What is said of an address whose autonomous system is not known."""

_PIECE: Final = 1 << 20

_AS_NUMBERS: Final = range(1, 1 << 32)


def country_code(record: object) -> str:
    """Return the country that a record of any layout names; "" without a valid code."""
    if not isinstance(record, dict):
        return ""
    code = record.get("country_code") or _nested_code(record)
    return _CODES.get(code, "") if isinstance(code, str) else ""


def _nested_code(record: dict[str, Any]) -> object:
    """MaxMind's and DB-IP's layout; where the address was registered stands in for no country."""
    for key in ("country", "registered_country"):
        country = record.get(key)
        if isinstance(country, dict) and "iso_code" in country:
            return country["iso_code"]
        if isinstance(country, str):
            return country
    return None


def autonomous_system(record: object) -> tuple[int, str]:
    """Return AS number and organisation in a record of any layout; (0, "") without a number."""
    if not isinstance(record, dict):
        return NO_SYSTEM
    number = record.get("autonomous_system_number") or record.get("asn")
    name = record.get("autonomous_system_organization") or record.get("as_name")
    if isinstance(number, str):
        digits = number.removeprefix("AS")
        number = int(digits) if digits.isascii() and digits.isdecimal() else 0
    if not isinstance(number, int) or number not in _AS_NUMBERS:
        return NO_SYSTEM
    return number, name if isinstance(name, str) else ""


def _know_nothing(text: str) -> object:  # noqa: ARG001 - stands in for a reader's method
    return None


@contextmanager
def _unchanging(path: Path) -> Iterator[Path]:
    """A copy of a file in memory, under a name to open it by; the file itself where that fails."""
    with path.open("rb") as file:
        try:
            descriptor = os.memfd_create(path.name)
        except (AttributeError, OSError):  # not Linux, or forbidden
            yield path
            return
        with os.fdopen(descriptor, "wb", buffering=0) as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
            own = Path(f"/proc/self/fd/{descriptor}")
            yield own if own.exists() else path


class Database:
    """One open database file, or the reason why it is none.

    Attributes:
        problem: why it has no opinion, or gave none at some time; "" while all is well.
        build_epoch: when its maker built it, in seconds since 1970; 0 when it is not open.
        node_count: size of its search tree, the cheapest measure of how much it holds.
    """

    def __init__(self, path: Path, sha256: str = "") -> None:
        """Open a file. Never raises.

        Args:
            path: the file.
            sha256: checksum of the file that was found sound when it was installed. Only a file
                that still has it is read by the C extension; any other one takes ten times as long.
        """
        self.problem = ""
        self.build_epoch = 0
        self.node_count = 0
        self._name = path.name
        self._reader: maxminddb.Reader | None = None
        self._get: Callable[[str], object] = _know_nothing
        self._ip_version = 6
        try:
            with _unchanging(path) as content:
                mode = self._safe_mode(content, sha256)
                self._reader = maxminddb.open_database(str(content), mode)
            metadata = self._reader.metadata()
        except FileNotFoundError:
            self.problem = f"{path.name} is missing"
        except DAMAGE as error:
            self.problem = f"{path.name} cannot be read: {error}"
        else:
            self.build_epoch = metadata.build_epoch
            self.node_count = metadata.node_count
            self._ip_version = metadata.ip_version
            self._get = self._reader.get
            if self._ip_version == 4:
                self.problem = f"{path.name} knows IPv4 only"

    def _safe_mode(self, path: Path, sha256: str) -> int:
        """Choose the reader: the fast one crashes on damage (see `core.sources.walk`)."""
        if not sha256:
            return maxminddb.MODE_MMAP
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == sha256:
                return maxminddb.MODE_AUTO
        self.problem = f"{self._name} is not the file that was installed"
        return maxminddb.MODE_MMAP

    @property
    def is_open(self) -> bool:
        """Tell whether it can be asked at all."""
        return self._reader is not None

    def country(self, version: int, text: str) -> str:
        """Return the country code of an address, "" when it is not known. Never raises.

        Args:
            version: 4 or 6.
            text: the address in canonical form, IPv4-mapped addresses unwrapped.
        """
        if version > self._ip_version:
            return ""
        try:
            return country_code(self._get(text))
        except DAMAGE as error:
            self._note_damage(error)
            return ""

    def autonomous_system(self, version: int, text: str) -> tuple[int, str]:
        """Return AS number and organisation of an address, (0, "") when they are not known.

        Args and safety as for ``country``.
        """
        if version > self._ip_version:
            return NO_SYSTEM
        try:
            return autonomous_system(self._get(text))
        except DAMAGE as error:
            self._note_damage(error)
            return NO_SYSTEM

    def _note_damage(self, error: Exception) -> None:
        """Remember why there was no answer; a database that was closed on purpose has no damage."""
        if self.is_open:
            self.problem = f"{self._name} is damaged: {error}"

    def close(self) -> None:
        """Release the file; the database has no opinion from now on."""
        self._get = _know_nothing
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
