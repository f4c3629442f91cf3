"""The contract for a server without a panel: plain Postfix and Dovecot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core import __version__
from core.errors import PanelAbsent
from core.mta import installed
from core.mta.installed import SECONDS
from core.panel import (
    Bridge,
    Change,
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Requirement,
    Viewer,
    Visit,
)
from core.settings.account import is_account_or_domain
from core.system.host import Host

DOMAIN_PARAMETERS = (
    "virtual_mailbox_domains",
    "virtual_alias_domains",
    "relay_domains",
    "mydestination",
)
"""Where Postfix is told its domains (postconf(5))."""

_LISTABLE = frozenset({"hash", "btree", "lmdb", "cdb", "dbm", "texthash", "inline"})
"""Kinds of tables that ``postmap -s`` can list; a database server behind a table is not asked."""


class Standalone:
    """A server without a panel.

    Args:
        host: the machine.
    """

    name = "standalone"
    requirements: Sequence[Requirement] = ()

    def __init__(self, host: Host | None = None) -> None:
        self.host = host or Host()

    def probe(self) -> PanelInfo:
        """Find Postfix and Dovecot by their own commands.

        Raises:
            PanelAbsent: neither is installed here.
        """
        servers = [
            (name, version)
            for name, version in (
                ("Postfix", installed.postfix_version(self.host)),
                ("Dovecot", installed.dovecot_version(self.host)),
            )
            if version
        ]
        if not servers:
            raise PanelAbsent("neither Postfix nor Dovecot is installed here")
        return PanelInfo(
            name=self.name,
            version=__version__,
            edition="",
            mail_server=" and ".join(name for name, _ in servers),
            mail_server_version=" and ".join(version for _, version in servers),
        )

    def domains(self) -> list[MailDomain]:
        """The domains that Postfix names in its configuration or in tables that can be listed.

        Without a panel there are no plans: every domain is guarded, and nobody owns it.
        """
        found: set[str] = set()
        for parameter in DOMAIN_PARAMETERS:
            result = self.host.run(("postconf", "-x", "-h", parameter), timeout=SECONDS)
            if not result.code:
                found.update(self._names(_words(result.stdout)))
        return [
            MailDomain(name=domain, customer="", reseller="", enabled=True)
            for domain in sorted(found)
        ]

    def viewer(self, visit: Visit) -> Viewer | None:  # noqa: ARG002  the contract passes it
        """Nobody: without a panel there are no sessions; signed links let people in."""
        return None

    def bridge(self) -> Bridge | None:
        """None: signed links open the pages."""
        return None

    def registration(self, state: Path) -> Change | None:  # noqa: ARG002  the contract passes it
        """None: there is nobody to be registered with."""
        return None

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """The hooks for the mail servers that run here."""
        return installed.hooks(self.host, doors, state)

    def _names(self, words: Iterable[str]) -> Iterator[str]:
        for word in words:
            kind, colon, _ = word.partition(":")
            if colon and kind in _LISTABLE:
                listing = self.host.run(("postmap", "-s", word), timeout=SECONDS)
                keys = [line.split(maxsplit=1)[0] for line in listing.stdout.splitlines() if line]
                yield from _domains(keys if not listing.code else ())
            elif word.startswith("/"):
                yield from _domains(self._file(word))
            elif not colon:
                yield from _domains((word,))

    def _file(self, name: str) -> list[str]:
        try:
            text = self.host.path(name).read_text(errors="replace")
        except OSError:
            return []
        return _words(re.sub(r"(?m)^\s*#.*$", "", text))


def _words(text: str) -> list[str]:
    """A Postfix list: words apart by commas or blanks (postconf(5))."""
    return [word for word in re.split(r"[,\s]+", text) if word]


def _domains(words: Iterable[str]) -> Iterator[str]:
    """Those of the words that are names of domains of mail users.

    Left out: ``!pattern``, ``.parent`` patterns, names without a dot such as ``localhost``, and
    ``localhost.`` with a domain, which Postfix puts into every ``mydestination``.
    """
    for word in words:
        name = word.strip().lower().rstrip(".")
        if "." not in name or name.startswith((".", "!", "localhost.")) or "@" in name:
            continue
        if is_account_or_domain(name):
            yield name
