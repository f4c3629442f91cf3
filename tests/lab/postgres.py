"""A PostgreSQL server on a loopback port, for tests of what several mail servers share."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import closing

from tests.lab.lifetime import Lifetime
from tests.lab.machine import LabMachine
from tests.lab.readiness import ServerFailedError, await_true
from tests.lab.skeleton import UID

PROGRAMS = "/usr/lib/postgresql/15/bin"
DATA = "/var/lib/postgresql/data"
SETTINGS = {
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "40",
}
"""Fast rather than safe: the data lives as long as the test."""


class LabPostgres(Lifetime):
    """`with LabPostgres() as server:` runs it; `server.url` is for SQLAlchemy with psycopg."""

    def __init__(self, release: str = "bookworm") -> None:
        """Make the machine. Raises LabUnavailableError."""
        self.machine = LabMachine(release)
        self._port = self.machine.reserve("postgresql")
        self._password = secrets.token_hex(8)

    @property
    def url(self) -> str:
        """The address of its one database, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Make an empty database cluster, start, wait. Raises ServerFailedError."""
        user = UID["postgres"]
        password = self.machine.path("/var/lib/postgresql/password")
        password.write_text(self._password, "utf-8")
        os.chown(password, user, user)
        self.machine.run(
            f"{PROGRAMS}/initdb",
            f"--pgdata={DATA}",
            "--username=postgres",
            "--pwfile=/var/lib/postgresql/password",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            user=user,
        )
        password.unlink()
        settings = SETTINGS | {"listen_addresses": "127.0.0.1", "port": str(self._port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [f"{PROGRAMS}/postgres", "-D", DATA, *options]
        keeper = self.machine.keep("postgresql", *command, user=user)

        def ready() -> bool:
            if not keeper.is_running:
                raise ServerFailedError(f"PostgreSQL ended\n{keeper.output()}")
            return "ready to accept connections" in keeper.output()

        await_true(ready, "PostgreSQL", keeper.output)
        with closing(socket.create_connection(("127.0.0.1", self._port), timeout=5)):
            pass

    def close(self) -> None:
        """End the server, remove the machine."""
        self.machine.close()
