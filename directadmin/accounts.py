"""Whose domains are whose on a server with DirectAdmin, read from the files that it keeps for that.

Facts: facts/directadmin.md 4. Everything is read, nothing is asked. Of files with passwords only
what stands before the first colon is looked at.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from msgspec import Struct

from core.errors import PanelBroken
from core.panel import MailDomain
from core.settings.account import is_account_or_domain
from core.system import unsafe_files
from core.system.host import Host
from core.system.pairs import lines, pairs
from directadmin import places

ON: Final = frozenset({"on", "yes", "1", "checked", "true"})
"""What a package's item for Mailward may say where it is chosen."""

SUSPENDED: Final = "_off"
"""DirectAdmin renames the folder of a suspended domain (facts 4)."""

LARGEST: Final = 4 * 1024 * 1024
"""Octets of a file below /etc/virtual, where a line takes about a hundred: the user ``mail`` may
write there, and root reads."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$&'*+/=?^_`{|}~.-]{1,64}")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class Account(Struct, frozen=True):
    """A user of DirectAdmin.

    Attributes:
        login: the name, also the Unix user's.
        kind: ``admin``, ``reseller`` or ``user``.
        creator: who made it.
        package: the hosting package.
        enabled: whether its package has Mailward on.
    """

    login: str
    kind: str = "user"
    creator: str = ""
    package: str = ""
    enabled: bool = True


class Accounts:
    """What the files of one machine say.

    Args:
        host: the machine.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._admins = self._names(places.ADMINS)
        self._resellers = self._names(places.RESELLERS)
        self._known: dict[str, Account] = {}

    def account(self, login: str) -> Account:
        """A user, as far as DirectAdmin says anything of them."""
        if login not in self._known:
            self._known[login] = self._read(login)
        return self._known[login]

    def domains(self) -> list[MailDomain]:
        """Every domain and every other name of one, with its customer, reseller and mailboxes.

        Raises:
            PanelBroken: DirectAdmin's list of domains cannot be read.
        """
        owners = self._owners()
        own = {login: domain for domain, login in reversed(owners.items())}
        pointers = {
            alias: owners[domain]
            for alias, domain in self._pointers()
            if alias not in owners and domain in owners
        }
        found = []
        for name, login in sorted({**owners, **pointers}.items()):
            account = self.account(login)
            home = login.lower() if own[login] == name else ""
            boxes = [*([home] if home else []), *self._boxes(name)]
            found.append(
                MailDomain(
                    name=name,
                    customer="" if account.kind == "admin" else login,
                    reseller=self._reseller(account),
                    enabled=account.enabled,
                    mailboxes=tuple(f"{box}@{name}" for box in dict.fromkeys(boxes)),
                    plan=account.package,
                    login=home,
                )
            )
        return found

    def _reseller(self, account: Account) -> str:
        if account.kind == "reseller":
            return account.login
        creator = account.creator
        is_one = account.kind == "user" and creator and self.account(creator).kind == "reseller"
        return creator if is_one else ""

    def _read(self, login: str) -> Account:
        values = self._values(f"{places.USERS}/{login}/user.conf") if _is_login(login) else {}
        kind = values.get("usertype", "user")
        if login in self._admins:
            kind = "admin"
        elif login in self._resellers:
            kind = "reseller"
        # A package older than our item does not say: a panel that is silent switches nothing off.
        said = values.get(places.NAME)
        return Account(
            login=login,
            kind=kind,
            creator=values.get("creator", ""),
            package=values.get("package", ""),
            enabled=said is None or said.lower() in ON,
        )

    def _owners(self) -> dict[str, str]:
        """Domain -> login, in the order of the file."""
        try:
            text = self._mails(places.OWNERS)
        except OSError as error:
            raise PanelBroken(f"{places.OWNERS}: {error.strerror}") from error
        named = ((_domain(name), login) for name, login in pairs(text, ":").items())
        return {name: login for name, login in named if name and _is_login(login)}

    def _pointers(self) -> Iterator[tuple[str, str]]:
        """Other names of domains: links beside their folders."""
        try:
            entries = sorted(self._host.path(places.VIRTUAL).iterdir())
            links = [(path.name, path.readlink().name) for path in entries if path.is_symlink()]
        except OSError:
            return
        for name, target in links:
            alias, domain = _domain(name), _domain(target.removesuffix(SUSPENDED))
            if alias and domain and alias != domain:
                yield alias, domain

    def _boxes(self, domain: str) -> Iterator[str]:
        """Names in the domain's ``passwd``, also while it is suspended."""
        text = ""
        for folder in (domain, f"{domain}{SUSPENDED}"):
            with suppress(OSError, ValueError):
                text = text or self._mails(f"{places.VIRTUAL}/{self._linked(folder)}/passwd")
        for line in lines(text):
            name, colon, _ = line.partition(":")
            if colon and _LOCAL.fullmatch(name):
                yield name.lower()

    def _values(self, path: str) -> Mapping[str, str]:
        """The lines ``key=value`` of a file."""
        return pairs(self._text(path))

    def _names(self, path: str) -> frozenset[str]:
        return frozenset(filter(None, map(str.strip, lines(self._text(path)))))

    def _text(self, path: str) -> str:
        try:
            return self._host.path(path).read_text("utf-8", "replace")
        except OSError:
            return ""

    def _linked(self, folder: str) -> str:
        """The name of the domain's folder that another name of it leads to."""
        place = self._host.path(places.VIRTUAL) / folder
        return place.readlink().name if place.is_symlink() else folder

    def _mails(self, path: str) -> str:
        """A file below /etc/virtual.

        Raises:
            OSError: there is none, or none that root should read.
            ValueError: its name is none.
        """
        steps = path.removeprefix(f"{places.VIRTUAL}/").split("/")
        data = unsafe_files.read(self._host.path(places.VIRTUAL), steps, LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return data.decode("utf-8", "replace")


def _is_login(text: str) -> bool:
    return _LOGIN.fullmatch(text) is not None


def _domain(text: str) -> str:
    """A domain as everybody writes it, "" where it is none."""
    name = text.strip().lower().rstrip(".")
    return name if "." in name and "@" not in name and is_account_or_domain(name) else ""
