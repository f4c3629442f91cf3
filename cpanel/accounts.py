"""Whose domains are whose on a server with cPanel, read from the files that it keeps for that.

Facts: facts/cpanel.md 5. Everything is read, nothing is asked: the files are what cPanel's own
programs go by, and root looks at them every few minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.errors import PanelBroken
from core.panel import MailDomain
from core.settings.account import is_account_or_domain
from core.system import unsafe_files
from core.system.host import Host
from core.system.pairs import lines, pairs
from cpanel import places

NOBODY: Final = frozenset({"nobody", "root", "system"})
"""Owners that are no customer: ``*: nobody`` ends /etc/userdomains."""

SWITCH: Final = "mailward_enable"
"""The package extension's one value: ``0`` switches Mailward off for the account's domains."""

OFF: Final = frozenset({"0", "n", "no", "off", "false"})

LARGEST: Final = 4 * 1024 * 1024
MOST: Final = 20_000
"""Octets of an account's files of mailboxes, in which a line takes about a hundred, and the names
in them: the account writes them, root reads, and all processes of ours keep what root has read."""

_LOCAL = re.compile(r"[A-Za-z0-9_+=.-]{1,64}")


class Account(Struct, frozen=True):
    """A cPanel account.

    Attributes:
        name: its Unix login.
        owner: who made it: ``root`` or a reseller, "" where nobody says.
        plan: its package.
        enabled: whether its package has Mailward on.
        main: its main domain.
        home: its home directory.
        uid: its number, -1 where it has none.
    """

    name: str
    owner: str = ""
    plan: str = ""
    enabled: bool = True
    main: str = ""
    home: str = ""
    uid: int = -1


class Accounts:
    """What the files of one machine say.

    Args:
        host: the machine.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._packages: dict[str, Mapping[str, str]] = {}
        self._left: dict[str, tuple[int, int]] = {}
        self._mains = self._main_domains()
        self._owners = self._pairs(places.TRUE_USER_OWNERS)
        self._users = self._passwd()

    def domains(self) -> list[MailDomain]:
        """Every domain, with its account, reseller and mailboxes.

        Raises:
            PanelBroken: cPanel's list of domains cannot be read, or not yet.
        """
        owners = self._pairs(places.USER_DOMAINS, required=True)
        if not owners:  # its last line is `*: nobody`, also where there is no account
            raise PanelBroken(f"{places.USER_DOMAINS} is empty: cPanel is writing it just now")
        known = {login: self._account(login) for login in set(owners.values()) - NOBODY}
        found = []
        for domain, login in sorted(owners.items()):
            name = domain.lower().rstrip(".")
            if login in NOBODY or "." not in name or not is_account_or_domain(name):
                continue
            account = known[login]
            found.append(
                MailDomain(
                    name=name,
                    customer=login,
                    reseller="" if account.owner in NOBODY else account.owner,
                    enabled=account.enabled,
                    mailboxes=self._mailboxes(account, name),
                    plan=account.plan,
                    login=login if name == account.main else "",
                )
            )
        return found

    def _account(self, login: str) -> Account:
        values = self._values(f"{places.USERS}/{login}")
        home, uid = self._users.get(login, ("", -1))
        plan = values.get("PLAN", "")
        return Account(
            name=login,
            owner=self._owners.get(login) or values.get("OWNER", ""),
            plan=plan,
            enabled=self._is_on(values, plan),
            main=self._mains.get(login, ""),
            home=home,
            uid=uid,
        )

    def _is_on(self, values: Mapping[str, str], plan: str) -> bool:
        """What the account says, else its package; what nobody says is on: a panel that is silent
        must not switch protection off."""
        said = values.get(SWITCH)
        if said is None and plan and "/" not in plan and plan not in self._packages:
            self._packages[plan] = self._values(f"{places.VAR}/packages/{plan}")
        if said is None:
            said = self._packages.get(plan, {}).get(SWITCH)
        return said is None or said.strip().lower() not in OFF

    def _mailboxes(self, account: Account, domain: str) -> tuple[str, ...]:
        """The account's own box, and those in the file that its mail server reads; none where the
        account names more than it may: half a list would say that the other half is not there."""
        octets, most = self._left.get(account.name, (LARGEST, MOST))
        if not most:
            return ()
        data = b""
        if account.home and account.uid > 0:
            data = self._written(account, domain, octets + 1)
        first = (line.partition(":")[0] for line in lines(data.decode("utf-8", "replace")))
        names = sorted({name.lower() for name in first if _LOCAL.fullmatch(name)})
        if len(data) > octets or len(names) > most:
            self._left[account.name] = (0, 0)
            return ()
        self._left[account.name] = (octets - len(data), most - len(names))
        own = (account.name,) if domain == account.main else ()
        return tuple(f"{name}@{domain}" for name in (*own, *names))

    def _written(self, account: Account, domain: str, most: int) -> bytes:
        """What is in ``~/etc/DOMAIN/passwd``, as far as so many octets.

        The account can put there what it likes, and root reads: links are not followed, and a file
        that is not the account's own is not read, so that nothing of others gets to be shown.
        """
        try:
            home = self._host.path(account.home)
            return unsafe_files.read(home, ("etc", domain, "passwd"), most, account.uid)
        except (OSError, ValueError):
            return b""  # no mailboxes, or nothing that should be read

    def _passwd(self) -> dict[str, tuple[str, int]]:
        """Home and number of every user of the machine."""
        fields = [line.split(":") for line in lines(self._text("/etc/passwd"))]
        return {
            each[0]: (each[5], int(each[2]))
            for each in fields
            if len(each) > 5 and each[2].isdecimal()
        }

    def _main_domains(self) -> dict[str, str]:
        """The main domain of every account, by its login."""
        pairs = self._pairs(places.TRUE_USER_DOMAINS)
        return {login: domain.lower() for domain, login in pairs.items() if login not in NOBODY}

    def _pairs(self, path: str, *, required: bool = False) -> dict[str, str]:
        """The lines ``name: value`` of a file."""
        return pairs(self._text(path, required), ":")

    def _values(self, path: str) -> Mapping[str, str]:
        """The lines ``KEY=value`` of a file."""
        return pairs(self._text(path))

    def _text(self, path: str, required: bool = False) -> str:
        try:
            return self._host.path(path).read_text("utf-8", "replace")
        except (OSError, ValueError) as error:  # ValueError: no name that a file can have
            if required:
                raise PanelBroken(f"{path}: {getattr(error, 'strerror', error)}") from error
            return ""
