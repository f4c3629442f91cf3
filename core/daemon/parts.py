"""Opens the daemon's parts, each of which may fail alone.

What cannot be opened is None or empty, and its problem is kept for `status`: a daemon without its
store still protects, one that refused to start does not.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time

import structlog

from core.errors import DataError, MailwardError, StoreError
from core.net.addresses import own_addresses
from core.settings.config import Config
from core.sources import seed
from core.sources.server_country import detect
from core.sources.sources import Sources
from core.store.ledger import Ledger
from core.store.logfile import EventLog
from core.store.store import Store
from core.system import secret_file

log = structlog.get_logger()

LEDGER_WAIT = 5.0
"""Seconds to wait for the command line to let go of the ledger."""


class Parts:
    """Opens parts and remembers their problems.

    Attributes:
        problems: part -> what is wrong with it, for people.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.problems: dict[str, str] = {}
        self._lock = -1

    def report(self, part: str, problem: str) -> None:
        """Set or, with "", clear the problem of a part."""
        if problem:
            if self.problems.get(part) != problem:
                log.warning("a part is not well", part=part, problem=problem)
            self.problems[part] = problem
        else:
            self.problems.pop(part, None)

    def directories(self) -> None:
        """Make the directories, and make sure that no other daemon uses them.

        Raises:
            MailwardError: another one does, or the state directory cannot be used.
        """
        config = self.config
        for directory in (config.state, config.data, config.run, config.log):
            try:
                directory.mkdir(parents=True, exist_ok=True, mode=0o750)
            except OSError as error:
                self.report("directories", f"{directory}: {error.strerror}")
        try:
            self._lock = os.open(
                config.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MailwardError(f"another daemon already runs on {config.state}") from error
        except OSError as error:
            raise MailwardError(f"{config.state} cannot be used: {error.strerror}") from error

    def unlock(self) -> None:
        """Let another daemon have the directories."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def store(self) -> Store | None:
        """The store."""
        try:
            store = Store.open(self.config.store_url)
        except StoreError as error:
            self.report("store", str(error))
            return None
        self.report("store", store.problem)
        return store

    def ledger(self) -> Ledger | None:
        """The ledger of standing blocks."""
        path = self.config.state / "ledger"
        try:
            ledger = Ledger.open(path, now=time.time(), wait=LEDGER_WAIT)
        except StoreError as error:
            self.report("ledger", str(error))
            return None
        self.report("ledger", ledger.problem)
        return ledger

    def event_log(self) -> EventLog:
        """The event log."""
        log_file = EventLog(self.config.log / "events.jsonl")
        self.report("log", log_file.problem)
        return log_file

    def sources(self) -> Sources:
        """What is known about addresses; on a new machine from the seeds that we come with."""
        try:
            seed.plant(self.config.data)
        except (OSError, DataError) as error:
            self.report("seed", str(error))
        else:
            self.report("seed", "")
        return Sources.open(self.config.data, own=own_addresses())

    def server_country(self, sources: Sources) -> str:
        """The country of the server's own public address, "" when it has none that is known."""
        return detect(sources, own_addresses())

    def dovecot_key(self) -> bytes:
        """The secret that Dovecot must send; made at the first start, readable by us and root."""
        path = self.config.state / "dovecot.secret"
        try:
            return secret_file.read(path).encode()
        except OSError as error:
            self.report("dovecot key", f"{path}: {error.strerror}")
            return secrets.token_hex(32).encode()
