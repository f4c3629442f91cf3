"""Steps about the machine's accounts: the users as whom our services run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.errors import PlanError
from core.system.host import Host
from core.system.steps import Change, Saved

NOBODY_LOGS_IN = "/usr/sbin/nologin"


@dataclass(frozen=True)
class MakeUser(Change):
    """Make a system user with a group of the same name, or of another that exists.

    Attributes:
        user: the name.
        home: a folder that is named and not made.
        group: the first group; "" for one of its own.
        groups: further groups that it joins, all of which exist or are made by earlier steps.
    """

    kind: ClassVar[str] = "make user"

    user: str
    home: str
    group: str = ""
    groups: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The user."""
        return f"user {self.user}"

    def describe(self) -> str:
        """The user, and the groups it is in."""
        groups = ", ".join(filter(None, (self.group, *self.groups)))
        return f"make the user {self.user}" + (f" (in {groups})" if groups else "")

    def pending(self, host: Host) -> bool:
        """Whether there is no such user; one that is there stays as it is.

        Raises:
            PlanError: it is another name of root's: nothing of ours is to run as root by mistake.
        """
        if _exists(host, self.user) and host.uid(self.user) == 0:
            raise PlanError(f"the user {self.user} has the number of root; rename or remove it")
        return not _exists(host, self.user)

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:
        """Note whether it is ours: made by this plan or an older one of ours."""
        ours = not _exists(host, self.user) or bool(earlier and earlier.value)
        return Saved(value="made" if ours else "")

    def apply(self, host: Host) -> None:
        """Make it, unless it is there (useradd(8))."""
        if not self.pending(host):
            return
        group = ("--gid", self.group) if self.group else ("--user-group",)
        more = ("--groups", ",".join(self.groups)) if self.groups else ()
        host.run(
            (
                *("useradd", "--system", "--no-create-home", "--home-dir", self.home),
                *("--shell", NOBODY_LOGS_IN, *group, *more, self.user),
            )
        ).require(PlanError)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Remove the user, if it is ours; files that it still owns keep its number.

        Its own group goes with it where login.defs(5) has USERGROUPS_ENAB, and by itself elsewhere.
        """
        if not saved.value:
            return []
        if _exists(host, self.user):
            result = host.run(("userdel", self.user))
            if result.code:
                return [f"the user {self.user} stays: {result.failure}"]
        if not self.group and _has_group(host, self.user):
            result = host.run(("groupdel", self.user))
            if result.code:
                return [f"the group {self.user} stays: {result.failure}"]
        return []


def _exists(host: Host, user: str) -> bool:
    try:
        host.uid(user)
    except KeyError:
        return False
    return True


def _has_group(host: Host, group: str) -> bool:
    try:
        host.gid(group)
    except KeyError:
        return False
    return True
