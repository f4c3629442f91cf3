"""Writes MaxMind DB files that carry the date of their data, not of the day they were written.

The same input then gives the same bytes. For building seeds and for tests; never at run time.
"""

from __future__ import annotations

from typing import Any

from mmdb_writer import MMDBWriter


class DatedWriter(MMDBWriter):
    """The library's writer for both address families, with a build time of the caller's choice."""

    def __init__(self, database_type: str, build_epoch: int, ip_version: int = 6) -> None:
        """Begin an empty database.

        Args:
            database_type: by which readers know what is in it.
            build_epoch: what it gives as its build time, in seconds since 1970.
            ip_version: 4 makes a file that knows no IPv6.
        """
        super().__init__(
            ip_version=ip_version,
            database_type=database_type,
            languages=["en"],
            description="built for Mailward",
            ipv4_compatible=ip_version == 6,
            int_type="u32",
        )
        self._build_epoch = build_epoch

    def _build_meta(self) -> dict[str, Any]:
        return {**super()._build_meta(), "build_epoch": self._build_epoch}
