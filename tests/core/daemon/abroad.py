"""A daemon that knows some far countries, and everybody who uses an account of its."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.daemon.daemon import Daemon
from core.daemon.stolen_watch import StolenWatch
from core.daemon.verbs import Verbs
from core.engine.request import Request
from core.notify.announce import StolenAccount
from core.settings.config import Config
from core.settings.model import Settings
from core.store.signal import NotedSignal
from core.store.signals import PastSignal, SignalFilter
from core.words import Service, Stage
from tests.core.daemon import living
from tests.core.daemon.living import settle

GERMANY, VIETNAM, BRAZIL = "198.51.100.7", "192.0.2.7", "203.0.113.7"
COUNTRIES = {"198.51.100.0/24": "DE", "192.0.2.0/24": "VN", "203.0.113.0/24": "BR"}
ANN = "ann@example.test"
TOLD = {"notify.address": "admin@example.test"}


class Abroad:
    """A running daemon.

    Attributes:
        daemon, watch: the daemon, and its companion.
        told: what people were told.
    """

    def __init__(self, daemon: Daemon, told: list[tuple[StolenAccount, Settings]]) -> None:
        self.daemon = daemon
        self.told = told
        watch = daemon.company.find(StolenWatch)
        assert watch is not None
        self.watch = watch

    def logs_in(self, address: str, account: str = ANN) -> None:
        """As Dovecot reports it."""
        self.daemon.guard.report(Request(Stage.AUTH, address, Service.IMAPS, account), True)

    def sends(self, address: str = GERMANY, account: str = ANN, **more: Any) -> str:
        """Ask for a mail as Postfix does; the reason of the answer."""
        request = Request(Stage.SEND, address, Service.SUBMISSION, account, True, **more)
        return self.daemon.guard.ask(request).decision.reason

    async def passes(self) -> None:
        """Let a second pass: the past is asked for and told, and so are people."""
        for _ in range(3):
            self.daemon.company.tick(time.time())
            await settle(self.daemon)
            await asyncio.sleep(0.01)
        while self.watch.cases._teller.untold:
            await asyncio.sleep(0.01)
        await settle(self.daemon)

    async def theft(self) -> None:
        """In Germany, and at once in Vietnam."""
        self.logs_in(GERMANY)
        self.logs_in(VIETNAM)
        await self.passes()

    def open(self) -> dict[str, NotedSignal]:
        """The open signals by kind."""
        return {each.kind: each for each in self.watch.cases.open(ANN)}

    def kept(self) -> list[PastSignal]:
        """What the store has of the account."""
        store = self.daemon.writer.store
        assert store is not None
        return store.signals.find(SignalFilter(account=ANN))

    async def ask(self, verb: str, **request: Any) -> Any:
        """Ask the control door."""
        return await Verbs(self.daemon).table()[verb]({"account": ANN, "by": "a test", **request})


@asynccontextmanager
async def abroad(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Abroad]:
    """Run a daemon whose mails about stolen accounts are collected."""
    told: list[tuple[StolenAccount, Settings]] = []
    monkeypatch.setattr(living, "COUNTRIES", COUNTRIES)
    monkeypatch.setattr(
        "core.daemon.companions.StolenWatch",
        lambda daemon: StolenWatch(daemon, lambda news, settings, _: told.append((news, settings))),
    )
    async with living.living(config) as daemon:
        yield Abroad(daemon, told)


def config_with(directory: Path, **server: Any) -> Config:
    """A configuration and settings of the server, by name with two underscores."""
    config = replace(living.config_in(directory))
    living.configure(config, TOLD | {n.replace("__", "."): v for n, v in server.items()})
    return config
