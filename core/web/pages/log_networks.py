"""Whose network an address is in, from the data on the disk, opened once and again when new.

A convenience for the eye: without data there is no name, and the number of the network remains.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from flask import current_app

from core.net.addresses import parse
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources.reader import Database
from core.web.parts import parts

_KEY: Final = "mailward log networks"
_NAME: Final = "asn"


class Networks:
    """The owners of networks.

    Args:
        data: directory of the data.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._guard = threading.Lock()
        self._database: Database | None = None
        self._seen: tuple[int, int] | None = None

    def name(self, address: str) -> str:
        """Who runs the network that an address is in, "" when that is not known."""
        parsed = parse(address) if address else None
        if parsed is None:
            return ""
        with self._guard:
            database = self._present()
            if database is None:
                return ""
            return database.autonomous_system(parsed.version, parsed.text)[1]

    def _present(self) -> Database | None:
        path = places.database_path(self._data, _NAME)
        try:
            status = path.stat()
        except OSError:
            return None
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            if self._database is not None:
                self._database.close()
            receipt = receipts.load(self._data, _NAME)
            self._database = Database(path, receipt.sha256 if receipt else "")
            self._seen = seen
        return self._database


def networks() -> Networks:
    """Those of the present application."""
    found = current_app.extensions.setdefault(_KEY, Networks(parts().config.data))
    assert isinstance(found, Networks)  # noqa: S101  the key is ours
    return found
