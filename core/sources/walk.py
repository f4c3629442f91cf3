"""Reads a database from end to end, in a process of its own.

The C extension that makes look-ups fast trusts the file: a damaged byte can bring the whole process
down with it (a record that points to itself overflows the stack; tried with maxminddb 3.2). A file
from outside is therefore first read where only this may die. Run as a program, it prints what it
found as JSON.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import maxminddb
import msgspec
from msgspec import Struct

from core.errors import DataError
from core.sources.reader import DAMAGE, autonomous_system, country_code

CANARIES: Final = ("8.8.8.8", "1.1.1.1", "9.9.9.9", "193.0.6.139")
"""Addresses that have been in use for many years."""

SECONDS: Final = 600
"""How long reading may take; a million networks take four seconds."""

_MEMORY: Final = 2 << 30


class Report(Struct, frozen=True):
    """What is in a database.

    Attributes:
        problem: why it is no use, "" if nothing is wrong.
        build_epoch: when its maker built it, in seconds since 1970.
        node_count: size of its search tree.
        entries: number of networks in it.
        values: number of different countries or autonomous systems in it.
        unknown: those of CANARIES that it does not know.
    """

    problem: str = ""
    build_epoch: int = 0
    node_count: int = 0
    entries: int = 0
    values: int = 0
    unknown: tuple[str, ...] = ()


def walk_apart(name: str, path: Path) -> Report:
    """Read a file that nobody vouches for, in another process.

    Args:
        name: ``country`` or ``asn``: what to look for in it.
        path: the file.

    Raises:
        DataError: reading it never ended, or killed the process.
    """
    command = [sys.executable, "-P", "-m", __name__, name, str(path)]
    # The same code has to be found, but nothing that happens to lie in the current directory.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=SECONDS, check=True
        )
        return msgspec.json.decode(done.stdout, type=Report)
    except subprocess.TimeoutExpired:
        raise DataError(f"it is damaged: reading it took over {SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        raise DataError(f"it is damaged: reading it ended with {error.returncode}") from error
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"it could not be read: {error}") from error


def walk(name: str, path: Path) -> Report:
    """Read every record. Not safe with a file that may be damaged: use ``walk_apart``.

    Args:
        name: ``country`` or ``asn``: what to look for in it.
        path: the file.
    """
    try:
        with maxminddb.open_database(str(path)) as reader:
            return _read(reader, country_code if name == "country" else _number)
    except DAMAGE as error:
        return Report(problem=f"it is damaged: {error}")


def _read(reader: maxminddb.Reader, value_of: Callable[[object], object]) -> Report:
    """A sound tree has one record more than nodes at most; a damaged one may lead in circles."""
    metadata = reader.metadata()
    entries = 0
    values: set[object] = set()
    for _, record in reader:
        entries += 1
        if entries > 2 * metadata.node_count + 2:
            return Report(problem="it is damaged: its search tree leads in circles")
        values.add(value_of(record))
    unknown = tuple(canary for canary in CANARIES if not value_of(reader.get(canary)))
    return Report(
        "",
        metadata.build_epoch,
        metadata.node_count,
        entries,
        len(values - {"", 0}),
        unknown,
    )


def _number(record: object) -> int:
    return autonomous_system(record)[0]


def main(name: str, path: str) -> None:
    """Read a file as a program of its own, kept from taking more than its share."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.stdout.buffer.write(msgspec.json.encode(walk(name, Path(path))))


if __name__ == "__main__":
    main(*sys.argv[1:])
