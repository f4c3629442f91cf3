"""Bans, as root makes them of what the daemon wants: applied, shown, and taken back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from core.desk.hooks import records
from core.errors import PlanError
from core.net.addresses import own_addresses
from core.system import ban_file
from core.system.ban_choice import Choice, LeftOut, choose
from core.system.ban_command import NAME, BanCommand, trusted
from core.system.ban_file import Bans
from core.system.ban_nftables import Nftables
from core.system.lock import only_one
from core.system.login_sessions import peers

if TYPE_CHECKING:
    from core.settings.ban import Action
    from core.settings.config import Config
    from core.system.host import Host

LOCK: Final = "ban-lock"
"""Beside the undo records."""


class BanPicture(Struct, frozen=True):
    """What is wanted, and what is.

    Attributes:
        action: who bans, as it is set.
        banned: how many are to be banned by what the daemon wants.
        left_out: wanted, but never banned.
        now: who is banned by us at this moment; None where that cannot be seen.
        problems: what did not work.
    """

    action: Action
    banned: int
    left_out: tuple[LeftOut, ...] = ()
    now: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()


class BanDesk:
    """The bans of one server.

    Args:
        config: where everything is.
        host: the machine.
    """

    def __init__(self, config: Config, host: Host) -> None:
        self._config = config
        self._host = host
        self._firewall = Nftables(host)

    def show(self) -> BanPicture:
        """What is wanted and what is; changes nothing.

        Raises:
            DataError: what the daemon wants cannot be read.
        """
        wanted, choice = self._wanted()
        problems: list[str] = []
        now: tuple[str, ...] | None = None
        try:
            now = self._now(wanted)
        except PlanError as error:
            problems.append(str(error))
        return BanPicture(wanted.action, len(choice.chosen), choice.left_out, now, tuple(problems))

    def apply(self) -> BanPicture:
        """Ban whom the daemon wants, and nobody else. Twice is as good as once.

        Raises:
            DataError: what the daemon wants cannot be read; nothing was changed.
            PlanError: it did not work.
        """
        wanted, choice = self._wanted()
        problems: list[str] = []
        with only_one(records(self._config) / LOCK):
            if wanted.action != "nftables":
                self._firewall.clear()
            else:
                self._firewall.apply(choice.chosen, smtp=wanted.smtp)
            if wanted.action == "command":
                problems = self._program().apply(choice.chosen, time.time())
            else:
                problems = self._forget_program()
        return BanPicture(
            wanted.action,
            len(choice.chosen),
            choice.left_out,
            self._now(wanted),
            tuple(problems),
        )

    def has_banned(self) -> bool:
        """Whether anybody was ever to be banned here, so that there may be something to take back.

        The firewall is not asked: where nobody wanted bans, it is none of our business.
        """
        files = (self._config.state / ban_file.NAME, records(self._config) / NAME)
        return any(each.exists() for each in files)

    def clear(self) -> list[str]:
        """Take back every ban of ours; returns what did not work, in words.

        Raises:
            PlanError: nft does not do it.
        """
        with only_one(records(self._config) / LOCK):
            self._firewall.clear()
            return self._forget_program()

    def _wanted(self) -> tuple[Bans, Choice]:
        wanted = ban_file.read(self._config.state / ban_file.NAME)
        bans = wanted.bans if wanted.action != "off" else ()
        return wanted, choose(bans, time.time(), own_addresses(), peers())

    def _program(self) -> BanCommand:
        path = self._config.ban.command
        if not path:
            raise PlanError(
                "ban.action is command, but mailward.toml names none: write [ban] and "
                'command = "/path/of/a/program"'
            )
        return BanCommand(self._host, trusted(path), records(self._config) / NAME)

    def _forget_program(self) -> list[str]:
        """Have the program take back what it was told, where it was told anything."""
        record = records(self._config) / NAME
        if not record.exists():
            return []
        problems = self._program().apply((), time.time())
        if not problems:
            record.unlink()
        return problems

    def _now(self, wanted: Bans) -> tuple[str, ...] | None:
        if wanted.action == "nftables":
            return tuple(self._firewall.banned())
        if wanted.action == "command":
            return tuple(sorted(self._program().banned()))
        return ()
