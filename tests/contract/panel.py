"""What every panel must keep to, whatever it is: one suite for all of them.

A panel's own test derives from `PanelContract` and says how to make a healthy server with it, and
how to spoil one. What only that panel has is for its own tests.
"""

from __future__ import annotations

import os
import re
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from core.errors import MailwardError, VisitRefused
from core.licence.gate import Gate
from core.licence.requirements import PUBLISHED
from core.licence.standing import Standing, State
from core.licence.tier import Tier
from core.panel import Change, Doors, Panel, PanelInfo, Visit
from core.words import Stage
from tests.core.system.machines import Killed, Killer, ScriptedHost, tree

DOORS: Final = Doors(
    policy=("unix:/run/mailward/policy.sock", "unix:/var/spool/postfix/mailward/policy.sock"),
    dovecot="",
    dovecot_secret="secret",
    user="root",
)

MEMORY: Final = "/dev/shm"
"""A file system in memory (Filesystem Hierarchy Standard does not know it; Linux has it)."""

FORGED: Final = (
    Visit(uid=None, headers={}, cookies={}),
    Visit(uid=65534, headers={}, cookies={}),
    Visit(
        uid=None,
        headers={"x-mailward-viewer": "eyJyb2xlIjoiYWRtaW4ifQ", "x-mailward-signature": "t=1"},
        cookies={"mailward": "admin", "PLESKSESSID": "0" * 32},
        address="127.0.0.1",
    ),
    Visit(
        uid=65534,
        headers={
            "remote-user": "root",
            "x-remote-user": "admin",
            "x-forwarded-user": "admin",
            "authorization": "Basic cm9vdDpyb290",
        },
        cookies={},
    ),
)
"""Visits by which nobody has shown who they are: to none of them may a panel say a name."""


@dataclass
class ContractServer:
    """A server with the panel on it, in a folder.

    Attributes:
        host: the machine; its commands are answered by the test.
        panel: the panel, on that machine.
        spoilt: what makes the server worse, by what it is called in `PanelContract.SPOILT`, with
            the error that the probe must raise then; None where it must still find the panel.
        touched: patterns of the paths that plans may make or change.
    """

    host: ScriptedHost
    panel: Panel
    touched: tuple[str, ...]
    spoilt: Mapping[str, tuple[Callable[[], object], type[MailwardError] | None]] = field(
        default_factory=dict
    )


class PanelContract:
    """The suite. A subclass sets `name`, `mail_file` and the fixture `server`.

    Attributes:
        name: of the panel, as the table of requirements has it.
        mail_file: a file that its hooks edit, to which an administrator adds a line of his own.
    """

    SPOILT = ("absent", "broken", "too old", "wrong mail server")

    name: str
    mail_file: str

    @pytest.fixture
    def tmp_path(self, tmp_path: Path) -> Iterator[Path]:
        """In memory where there is such a place: hundreds of installations are written here, and
        what is cut off is a process, not the power."""
        if not os.access(MEMORY, os.W_OK):
            yield tmp_path
            return
        with TemporaryDirectory(prefix=f"{self.name}-", dir=MEMORY) as folder:
            yield Path(folder)

    @pytest.fixture
    def server(self, tmp_path: Path) -> ContractServer:
        """A healthy server; every subclass makes its own."""
        raise NotImplementedError

    @pytest.fixture
    def records(self, tmp_path: Path) -> Path:
        """Where undo records lie: outside the machine, so that trees can be compared."""
        return tmp_path / "records"

    def test_a_healthy_server_is_found(self, server: ContractServer) -> None:
        """E8: with its name, and the versions of panel and mail server in the same order."""
        info = server.panel.probe()
        assert info.name == server.panel.name == self.name
        assert re.search(r"[0-9]", info.version)
        names, versions = info.mail_server.split(" and "), info.mail_server_version.split(" and ")
        assert len(names) == len(versions)

    @pytest.mark.parametrize("how", SPOILT)
    def test_a_server_that_is_not_as_it_should_be_is_told(
        self, server: ContractServer, how: str
    ) -> None:
        """E8, E9: by the right error, or by a feature that is off with the reason."""
        if how not in server.spoilt:
            pytest.skip(f"{self.name} cannot be {how}")
        spoil, error = server.spoilt[how]
        spoil()
        if error is None:
            info = server.panel.probe()
            assert how == "wrong mail server"
            off = _gate(info, server.panel).off()
            assert all(reason for reason in off.values())
            return
        with pytest.raises(error) as raised:
            server.panel.probe()
        assert type(raised.value) is error
        assert len(str(raised.value)) > 10

    def test_requirements_are_the_published_ones(self, server: ContractServer) -> None:
        """E9: one table for daemon, pages, installer and manual."""
        assert tuple(server.panel.requirements) == PUBLISHED[self.name]

    @pytest.mark.parametrize("visit", FORGED)
    @pytest.mark.proves("hostile")
    def test_nobody_is_believed_for_what_a_request_says(
        self, server: ContractServer, visit: Visit
    ) -> None:
        """E4: headers and cookies are anybody's to send."""
        with suppress(VisitRefused):
            assert server.panel.viewer(visit) is None

    def test_domains_are_told_whole(self, server: ContractServer) -> None:
        """E3, D4: names once, in lower case, mailboxes below their domain; a name that somebody may
        log in by is nobody else's, and one of the mailboxes."""
        domains = server.panel.domains()
        names = [domain.name for domain in domains]
        assert names
        assert len(set(names)) == len(names)
        for domain in domains:
            assert domain.name == domain.name.lower().strip(".")
            assert all(box.endswith(f"@{domain.name}") for box in domain.mailboxes)
        homes = {each.login: each for each in domains if each.login}
        assert len(homes) == sum(bool(each.login) for each in domains)
        for login, home in homes.items():
            assert f"{login.lower()}@{home.name}" in home.mailboxes

    def test_hooks_ask_at_a_stage_each(self, server: ContractServer, records: Path) -> None:
        """E7: and nothing is on record before anything was applied."""
        hooks = server.panel.hooks(DOORS, records)
        assert hooks
        assert len({hook.name for hook in hooks}) == len(hooks)
        for hook in hooks:
            assert hook.stages
            assert hook.stages <= frozenset(Stage)
            assert hook.recorded() is None

    def test_a_plan_that_is_only_shown_changes_nothing(
        self, server: ContractServer, records: Path
    ) -> None:
        """E12, --dry-run: text for people, values for programs."""
        before = tree(server.host.root)
        for plan in plans(server, records):
            assert plan.describe().strip()
            assert plan.as_data()["steps"]
        assert tree(server.host.root) == before
        assert not records.exists()

    def test_applied_twice_is_applied_once(self, server: ContractServer, records: Path) -> None:
        """E12: and nothing but the declared paths is touched."""
        before = tree(server.host.root)
        assert apply_all(server, records)
        once = tree(server.host.root)
        changed = {
            path for path in before.keys() | once.keys() if before.get(path) != once.get(path)
        }
        foreign = {p for p in changed if not any(re.fullmatch(t, p) for t in server.touched)}
        assert foreign == set()
        assert not apply_all(server, records)
        assert tree(server.host.root) == once

    @pytest.mark.proves("install")
    def test_undone_all_is_as_it_was(self, server: ContractServer, records: Path) -> None:
        """E12: byte for byte."""
        before = tree(server.host.root)
        for plan in plans(server, records):
            plan.apply()
        undo(server, records)
        assert tree(server.host.root) == before
        undo(server, records)

    @pytest.mark.proves("install")
    def test_what_others_wrote_since_is_kept(self, server: ContractServer, records: Path) -> None:
        """E12: only our part goes."""
        file = server.host.path(self.mail_file)
        before = file.read_bytes()
        for plan in plans(server, records):
            plan.apply()
        file.write_bytes(file.read_bytes() + b"# somebody else's line\n")
        undo(server, records)
        assert file.read_bytes() == before + b"# somebody else's line\n"

    @pytest.mark.parametrize("way", ["resume", "undo"])
    @pytest.mark.proves("install")
    def test_cut_off_at_any_step_it_goes_on_or_goes_back(
        self, server: ContractServer, records: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        """E12: as by a machine that loses power."""
        killer = Killer(monkeypatch)
        before, step = tree(server.host.root), 0
        while self._cut_off(server, records, killer, step := step + 1):
            if way == "resume":
                for plan in plans(server, records):
                    if not plan.resume():
                        plan.apply()
                assert not apply_all(server, records)
            undo(server, records)
            assert tree(server.host.root) == before, step
        assert step > 5

    @pytest.mark.parametrize("way", ["resume", "undo"])
    @pytest.mark.proves("install")
    def test_a_killed_process_is_followed_by_another(
        self, server: ContractServer, records: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        """E12: a real SIGKILL, after which nothing is tidied and nothing flushed, at a quarter, the
        half and three quarters of the steps that the test above goes through one by one."""
        before = tree(server.host.root)
        killer = Killer(monkeypatch)
        killer.arm(None)
        apply_all(server, records)
        steps, applied = killer.count, tree(server.host.root)
        undo(server, records)
        for step in (steps // 4, steps // 2, 3 * steps // 4):
            assert killed(lambda: apply_all(server, records), killer, step) == -signal.SIGKILL
            if way == "resume":
                for plan in plans(server, records):
                    if not plan.resume():
                        plan.apply()
                assert tree(server.host.root) == applied, step
            undo(server, records)
            assert tree(server.host.root) == before, step

    def _cut_off(self, server: ContractServer, records: Path, killer: Killer, step: int) -> bool:
        """Whether applying was cut off at that step; False when it came to its end before."""
        made = plans(server, records)
        killer.arm(step)
        try:
            for plan in made:
                plan.apply()
        except Killed:
            return True
        finally:
            killer.arm(None)
        undo(server, records)
        return False


def plans(server: ContractServer, records: Path) -> list[Change]:
    """Everything that the panel would have changed on its server."""
    registration = server.panel.registration(records)
    hooks = [hook.plan() for hook in server.panel.hooks(DOORS, records)]
    return [*([registration] if registration is not None else []), *hooks]


def apply_all(server: ContractServer, records: Path) -> bool:
    """Apply everything, one after the other; whether any of it changed something."""
    done = [plan.apply() for plan in plans(server, records)]
    return any(done)


def killed(work: Callable[[], object], killer: Killer, step: int) -> int:
    """Do something in a process of its own, which is killed at a step; how that ended."""
    # Threads of the test's own runner do nothing that the child would need.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            killer.arm(step, for_good=True)
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def undo(server: ContractServer, records: Path) -> None:
    """Take everything back that is on record."""
    for hook in server.panel.hooks(DOORS, records):
        recorded = hook.recorded()
        if recorded is not None:
            recorded.undo()
    registration = server.panel.registration(records)
    if registration is not None:
        registration.undo()


def _gate(info: PanelInfo, panel: Panel) -> Gate:
    """The gate of a server with everything licensed."""
    standing = Standing(state=State.TRIAL, tier=Tier.PRO)
    return Gate(standing, info, panel.requirements)
