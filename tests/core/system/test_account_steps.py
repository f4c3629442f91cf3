"""Users come once, and go only when we made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.system.account_steps import MakeUser
from tests.core.system.machines import ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGES = MakeUser("mailward-web", "/var/lib/mailward", groups=("mailward",))


class Accounts:
    """A machine's useradd(8) and userdel(8), with a real /etc/passwd."""

    def __init__(self, root: Path, users: str = "root:x:0:0::/root:/bin/sh\n") -> None:
        (root / "etc").mkdir(parents=True, exist_ok=True)
        self.file = root / "etc/passwd"
        self.file.write_text(users)
        self.code = 0
        self.host = ScriptedHost(root, {"useradd": self._add, "userdel": self._delete})

    def _add(self, command: Sequence[str]) -> tuple[int, str]:
        if self.code:
            return self.code, "useradd: cannot lock /etc/passwd"
        with self.file.open("a") as file:
            file.write(f"{command[-1]}:x:990:990::/x:/usr/sbin/nologin\n")
        return 0, ""

    def _delete(self, command: Sequence[str]) -> tuple[int, str]:
        if self.code:
            return self.code, "userdel: user is currently used by process 12"
        kept = [x for x in self.file.read_text().splitlines(True) if x.split(":")[0] != command[1]]
        self.file.write_text("".join(kept))
        return 0, ""


def test_a_user_comes_and_goes(tmp_path: Path) -> None:
    """E12: made twice is made once; afterwards the file is as it was."""
    accounts = Accounts(tmp_path)
    before = accounts.file.read_bytes()
    assert PAGES.pending(accounts.host)
    saved = PAGES.prepare(accounts.host, None)
    PAGES.apply(accounts.host)
    PAGES.apply(accounts.host)
    assert not PAGES.pending(accounts.host)
    (added,) = accounts.host.commands
    assert added[:2] == ("useradd", "--system")
    assert added[5:7] == ("--shell", "/usr/sbin/nologin")
    assert added[-3:] == ("--groups", "mailward", "mailward-web")
    assert PAGES.undo(accounts.host, saved) == []
    assert PAGES.undo(accounts.host, saved) == []
    assert accounts.file.read_bytes() == before


def test_somebody_else_s_user_stays(tmp_path: Path) -> None:
    """One of that name who was there before is not ours to delete."""
    accounts = Accounts(tmp_path, "mailward-web:x:500:500::/home:/bin/sh\n")
    saved = PAGES.prepare(accounts.host, None)
    PAGES.apply(accounts.host)
    assert PAGES.undo(accounts.host, saved) == []
    assert accounts.host.commands == []


def test_a_user_of_an_older_plan_of_ours_is_ours(tmp_path: Path) -> None:
    """An upgrade finds him there, and uninstalling after it still takes him away."""
    accounts = Accounts(tmp_path)
    first = PAGES.prepare(accounts.host, None)
    PAGES.apply(accounts.host)
    second = PAGES.prepare(accounts.host, first)
    assert PAGES.undo(accounts.host, second) == []
    assert "mailward-web" not in accounts.file.read_text()


@pytest.mark.parametrize("code", [0, 8])
def test_a_group_that_stays_behind_is_taken_away_too(tmp_path: Path, code: int) -> None:
    """Without USERGROUPS_ENAB in login.defs(5), userdel leaves the group that useradd has made."""
    accounts = Accounts(tmp_path)
    saved = PAGES.prepare(accounts.host, None)
    PAGES.apply(accounts.host)
    (tmp_path / "etc/group").write_text("mailward-web:x:990:\n")
    accounts.host.answers["groupdel"] = lambda _: (code, "groupdel: it is in use")
    left = PAGES.undo(accounts.host, saved)
    assert accounts.host.commands[-1] == ("groupdel", "mailward-web")
    assert bool(left) is bool(code)


def test_what_does_not_work_is_told(tmp_path: Path) -> None:
    """Making fails the plan; taking away leaves him, in words."""
    accounts = Accounts(tmp_path)
    accounts.code = 1
    with pytest.raises(PlanError, match="cannot lock"):
        PAGES.apply(accounts.host)
    accounts.code = 0
    saved = PAGES.prepare(accounts.host, None)
    PAGES.apply(accounts.host)
    accounts.code = 8
    (left,) = PAGES.undo(accounts.host, saved)
    assert "the user mailward-web stays" in left
    assert "process 12" in left


def test_a_user_that_is_root_under_another_name_is_refused(tmp_path: Path) -> None:
    """Nothing of ours is to run as root because somebody made such a user."""
    accounts = Accounts(tmp_path, "mailward-web:x:0:0::/root:/bin/sh\n")
    with pytest.raises(PlanError, match="has the number of root"):
        PAGES.pending(accounts.host)
