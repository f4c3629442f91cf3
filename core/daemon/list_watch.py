"""Keeps the lists that change by the minute, counts what each would refuse, and tells others.

Lists that are asked by the DNS live in the daemon's loop; CrowdSec and own servers are asked in
threads of their own. All of it fails open: what is not known lists nobody, and `status` says why.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from core.daemon.errand import Errand
from core.daemon.list_count import ListCount
from core.engine.judging.entry import Entry
from core.engine.observation import LoginSeen
from core.engine.policy import Snapshot
from core.errors import DataError
from core.net.addresses import own_addresses
from core.net.prefixes import Prefix
from core.settings.lists import Lists, mode
from core.settings.model import Settings
from core.settings.share import source_of
from core.sources import directory as places
from core.sources.dns_lists.dns_list import DnsList
from core.sources.dns_lists.zone import ZONES, Zone
from core.sources.feeds.registry import FEEDS
from core.sources.listings import Book, Silent
from core.sources.share import Attacker, Secret
from core.words import N_

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon
    from core.sources.crowdsec_list import CrowdsecList
    from core.sources.dns_lists.resolver import Resolver
    from core.sources.share_list import ShareList
    from core.store.store import Store

log = structlog.get_logger()

CROWDSEC_SECONDS: Final = 30.0
SHARE_SECONDS: Final = 600.0
COUNT_SECONDS: Final = 60

KEYS: Final = {
    "spamrats": "spamrats_key",
    "spamhaus_authbl": "spamhaus_key",
    "abusix": "abusix_key",
    "abuseipdb": "abuseipdb_key",
    "crowdsec": "crowdsec_key",
}
"""List -> the setting of its key."""

_NOT_FETCHED: Final = N_("it is switched on and was never fetched; run `mailward update`")
_NO_SECRET: Final = N_("share.secret is empty; set the same on all servers that share")


class ListWatch:
    """A companion of the daemon.

    Args:
        daemon: whose.
    """

    name = "lists"

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._guard = daemon.guard
        self._count = ListCount(daemon.guard)
        self._errands: list[Errand] = []
        self._dns: list[DnsList] = []
        self._live: list[Book] = []
        self._made_of: tuple[Any, ...] = ()
        self._attackers: list[Entry] = []
        self._ticks = 0

    def start(self) -> None:
        """Begin to look into lists, and to count."""
        self.renew(self._guard.snapshot)
        self._guard.observers.logins.append(self._on_login)

    def renew(self, snapshot: Snapshot) -> None:
        """Take new settings or data. Lists that did not change keep what they know."""
        server = snapshot.resolved.server
        made_of = (server.lists, server.share)
        if made_of != self._made_of:
            self._end()
            self._made_of = made_of
            self._live = [*self._by_dns(server.lists), *self._told(server)]
        self._guard.listings.use([*self._live, *self._missing(server.lists)])

    def tick(self, wall: float) -> None:  # noqa: ARG002  a companion's; clocks may be set
        """Ask what is due, and write counts once a minute."""
        now = time.monotonic()
        if self._ticks % COUNT_SECONDS == 0 and self._gives:
            self._attackers = list(self._guard.judge.standing)  # for a thread that writes them
        for each in self._dns:
            each.tick()
        for errand in self._errands:
            errand.tick(now)
        self._ticks += 1
        if self._ticks % COUNT_SECONDS == 0:
            self._write()

    def stop(self) -> None:
        """Ask no more, and write the last counts."""
        self._end()
        self._write()

    @property
    def _gives(self) -> bool:
        return self._guard.snapshot.resolved.server.share.gives

    def _on_login(self, seen: LoginSeen) -> None:
        try:
            self._count.observe(seen, time.time())
        except Exception:
            log.exception("a login could not be counted")

    def _write(self) -> None:
        hits = self._count.take()
        if hits:

            def add(store: Store) -> None:
                store.list_hits.add(hits)

            self._daemon.writer.put(add)

    def _end(self) -> None:
        for each in self._dns:
            each.stop()
        for errand in self._errands:
            errand.stop()
        self._dns, self._errands, self._live = [], [], []

    # which lists there are

    def _by_dns(self, lists: Lists) -> list[Book]:
        wanted = [zone for zone in ZONES.values() if mode(lists, zone.name) != "off"]
        if not wanted:
            return []
        # Few servers ask lists, and what asks them takes megabytes.
        from core.sources.dns_lists.resolver import system  # noqa: PLC0415

        try:
            resolver = system()
        except DataError as error:
            return [Silent(zone.name, zone.label, str(error)) for zone in wanted]
        return [self._dns_list(zone, lists, resolver) for zone in wanted]

    def _dns_list(self, zone: Zone, lists: Lists, resolver: Resolver) -> Book:
        key = str(getattr(lists, KEYS[zone.name]))
        if not key:
            return Silent(zone.name, zone.label, _no_key(zone.name))
        found = DnsList(zone, key, resolver.ask, self._guard.listings.changed)
        self._dns.append(found)
        return found

    def _told(self, server: Settings) -> list[Book]:
        """Lists that somebody tells: CrowdSec, and own servers."""
        found: list[Book] = []
        lists, share = server.lists, server.share
        if lists.crowdsec != "off":
            found.append(self._crowdsec(lists))
        if share.takes:
            found += [self._share(peer, share.secret) for peer in share.peers]
        if share.gives and not share.secret:
            found.append(Silent("share", N_("your own server"), _NO_SECRET))
        elif share.gives and share.file:
            work = partial(self._publish, Path(share.file))
            self._errands.append(Errand("share", work, SHARE_SECONDS, _nothing))
        return found

    def _crowdsec(self, lists: Lists) -> Book:
        if not (lists.crowdsec_key and lists.crowdsec_url):
            return Silent("crowdsec", "CrowdSec", _no_key("crowdsec"))
        from core.sources.crowdsec_list import CrowdsecList  # noqa: PLC0415  as above

        path = self._daemon.config.state / "lists" / "crowdsec.json"
        found = CrowdsecList(lists.crowdsec_url, lists.crowdsec_key, path)
        self._send(found, CROWDSEC_SECONDS)
        return found

    def _share(self, peer: str, secret: str) -> Book:
        if not secret:
            return Silent(source_of(peer), N_("your own server"), _NO_SECRET)
        from core.sources.share_list import ShareList  # noqa: PLC0415  as above

        found = ShareList(peer, Secret(secret))
        self._send(found, SHARE_SECONDS)
        return found

    def _send(self, book: CrowdsecList | ShareList, every: float) -> None:
        def work() -> bool:
            return book.refresh(self._never())

        self._errands.append(Errand(book.name, work, every, self._guard.listings.changed))

    def _never(self) -> list[str]:
        """Whom no list may cover. Reads files; for a thread."""
        from core.desk.update import exempt_prefixes  # noqa: PLC0415  as above

        return [*own_addresses(), *exempt_prefixes(self._guard.snapshot.resolved)]

    def _missing(self, lists: Lists) -> list[Book]:
        """Lists that are switched on, and that the updater has not brought."""
        wanted = {
            name: feed.label
            for name, feed in FEEDS.items()
            if feed.opt_in and mode(lists, name) != "off"
        }
        here = {status.name for status in self._guard.sources.status()} if wanted else ()
        return [
            Silent(name, label, _no_key(name) if _lacks_key(lists, name) else _NOT_FETCHED)
            for name, label in wanted.items()
            if name not in here
        ]

    # what others are told

    def document(self) -> bytes:
        """What this server tells others about its attackers. Takes a while; for a thread.

        Raises:
            DataError: it is set to tell nobody, or has no secret.
        """
        share = self._guard.snapshot.resolved.server.share
        if not share.gives:
            raise DataError("this server tells nobody: set share.mode to give or both")
        if not share.secret:
            raise DataError(_NO_SECRET)
        attackers = [
            Attacker(Prefix.parse(entry.place), entry.until, entry.kind)
            for entry in self._attackers
            if entry.kind != "system"
        ]
        return Secret(share.secret).write(attackers, time.time())

    def _publish(self, path: Path) -> bool:
        try:
            places.write(path, self.document(), keep=False)
            path.chmod(0o644)
        except (OSError, DataError) as error:
            text = error.strerror if isinstance(error, OSError) else str(error)
            self._daemon.parts.report("share.file", f"{path} cannot be written: {text}")
        else:
            self._daemon.parts.report("share.file", "")
        return False


def _lacks_key(lists: Lists, name: str) -> bool:
    return name in KEYS and not getattr(lists, KEYS[name])


def _no_key(name: str) -> str:
    return f"it needs a key: set lists.{KEYS[name]}"


def _nothing() -> None:
    """Nobody waits for it."""
