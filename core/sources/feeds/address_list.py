"""Lists of single addresses, one per line, with or without a remark behind it.

blocklist.de, CINS, GreenSnow, BruteForceBlocker and Emerging Threats write them so; all that
differs is the remark (facts/data_sources.md 3.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from core.sources.feeds.feed import Feed, read_listed_prefixes, read_text


def parse(payload: bytes) -> Feed:
    """Read such a list. Remarks begin with ``#`` or ``;``.

    Raises:
        DataError: it is something else.
    """
    return Feed(read_listed_prefixes(entry for entry in map(_entry, whole_lines(payload)) if entry))


def whole_lines(payload: bytes) -> Iterator[str]:
    """The lines that end.

    A last line without its end may be cut short, and ``192.0.2.2`` of ``192.0.2.25`` is somebody
    else: it is left out.

    Raises:
        DataError: it is no text.
    """
    lines = read_text(payload).splitlines(keepends=True)
    return (line for line in lines if line.endswith(("\n", "\r")))


def _entry(line: str) -> str:
    return line.partition("#")[0].partition(";")[0].strip()
