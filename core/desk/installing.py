"""Installs Mailward on this server, upgrades it, and takes it away again: what, in which order.

Each act either succeeds, or is taken back and says so. Mail flows in every state in between: the
hooks come last when installing, and go first when uninstalling.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from core.desk import hooks, installation, panel_record
from core.desk.installation import USER, WEB_USER, Site
from core.desk.repair import confirmation
from core.errors import ControlError, MailwardError, PanelAbsent, PlanError
from core.panel import Change
from core.system import secret_file, units
from core.system.file_steps import WriteFile
from core.system.plan import ChangePlan
from core.system.services import Services

if TYPE_CHECKING:
    from core.control import Control
    from core.panel import Bridge, MailHook, Panel
    from core.system.host import Host

BRIDGE: Final = "bridge"
SECRET: Final = "web.secret"  # noqa: S105  a file's name
"""In the state directory; the pages and the bridge sign with it."""

PATIENCE: Final = 30.0
"""Seconds that a daemon may take until it answers: a store of years is brought up to date first."""


class Act(Struct, frozen=True):
    """One thing that was done.

    Attributes:
        name: what, for people, as in "start the services".
        problem: why it was not done, "" when it was.
        notes: what else there is to know.
    """

    name: str
    problem: str = ""
    notes: tuple[str, ...] = ()


class Installer:
    """Works on one machine.

    Args:
        site: what is known of it.
        panel: its panel.
        host: the machine.
        control: the way to the daemon.
        clock, pause: the time, and waiting; for tests.
    """

    def __init__(
        self,
        site: Site,
        panel: Panel,
        host: Host,
        control: Control,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._site = site
        self._config = site.config
        self._panel = panel
        self._host = host
        self._control = control
        self._services = Services(host)
        self._clock = clock
        self._pause = pause

    def plans(self) -> Iterator[Change]:
        """Everything that installing would change, for a look beforehand.

        Raises:
            MailwardError: a plan cannot be made.
        """
        yield installation.plan(self._site, self._host)
        registration = self._panel.registration(hooks.records(self._config))
        if registration is not None:
            yield registration
        try:
            found = hooks.hooks(self._config, self._panel, only_look=True)
            yield from (each.plan() for each in found)
        except PanelAbsent:
            return

    def install(self, licence: Callable[[], None] | None) -> Iterator[Act]:
        """Install, or finish what an earlier run began; what is in place already stays.

        Args:
            licence: sets the licence key; None where none was given.

        Yields:
            Each act when it is over. One with a problem is not followed by what needs it.
        """
        acts = [self._look, self._make_ready, self._start]
        if licence is not None:
            acts.insert(2, lambda: self._act("set the licence", licence))
        yield from self._go(acts)

    def upgrade(self) -> Iterator[Act]:
        """Bring an installed server to this version: its program was unpacked just now."""
        yield from self._go([self._look, self._make_ready, self._restart])

    def _go(self, acts: Sequence[Callable[[], Act]]) -> Iterator[Act]:
        """Act after act, as long as each succeeds; then join what is around."""
        for work in acts:
            act = work()
            yield act
            if act.problem:
                return
        yield from self._connect()

    def uninstall(self, *, purge: bool) -> Iterator[Act]:
        """Take everything away, the mail servers' hooks first.

        Args:
            purge: also what was learnt and set: the store, the ledger, the log, the configuration.
        """
        # Otherwise they would put the hooks back, and so would what they have started just now.
        watchers = (units.RECONCILE_PATH, units.RECONCILE_TIMER, units.UPDATE_TIMER)
        left = self._services.stop(watchers)
        left += self._services.halt((units.RECONCILE, units.UPDATE))
        yield Act("stop looking after the system", notes=tuple(left))
        yield from self._unhook()
        registration = self._recorded_registration()
        if registration is not None:
            yield self._undo("leave the panel", registration)
        services = (units.PAGES, units.DAEMON)
        yield Act("stop the services", notes=tuple(self._services.stop(services)))
        yield self._act("remove the sockets", self._remove_sockets)
        yield self._undo("forget the bridge's secret", self._recorded_bridge())
        if purge:
            yield self._act("delete everything that was learnt", self._purge)
        yield self._undo("take away users, folders and units", self._recorded())
        yield self._act("let systemd forget the units", self._services.learn)
        if purge:
            yield self._act("delete the undo records", self._purge_records)

    def _look(self) -> Act:
        name = "look at the server"
        try:
            info = self._panel.probe()
        except MailwardError as error:
            return Act(name, str(error))
        if not self._services.available:
            said = "this machine is not run by systemd; docs/install.md says how to do it by hand"
            return Act(name, said)
        servers = f"{info.mail_server} {info.mail_server_version}".strip()
        return Act(name, notes=(f"{info.name} {info.version}, {servers or 'no mail server'}",))

    def _make_ready(self) -> Act:
        name = "make users, folders and units"
        try:
            change = installation.plan(self._site, self._host)
            if not change.resume():
                change.apply()
        except MailwardError as error:
            return Act(name, str(error))
        return Act(name, notes=change.left)

    def _start(self) -> Act:
        name = "start the services"
        try:
            self._services.learn()
            self._hand_over()
            self._services.start((units.DAEMON,))
            self._await_daemon()
            self._make_secret()
            self._services.start((units.PAGES,))
        except MailwardError as error:
            return Act(name, str(error))
        return Act(name)

    def _restart(self) -> Act:
        name = "restart the services"
        try:
            self._services.learn()
            self._hand_over()
            self._services.start((units.DAEMON, units.PAGES))
            self._services.restart((units.DAEMON,))
            self._await_daemon()
            self._make_secret()
            self._services.restart((units.PAGES,))
        except MailwardError as error:
            return Act(name, str(error))
        return Act(name)

    def _connect(self) -> Iterator[Act]:
        """Join the panel and hook the mail servers; one that fails does not hold up the others."""
        bridge = self._site.bridge
        if bridge is not None and bridge.secret:
            yield self._act("share the bridge's secret", lambda: self._share(bridge))
        yield self._act("write down what the panel says", self._remember_panel)
        registration = self._panel.registration(hooks.records(self._config))
        if registration is not None:
            yield self._apply("join the panel", lambda: registration, None)
        try:
            found = self._hooks()
        except MailwardError as error:
            yield Act("hook the mail servers", str(error))
        else:
            for each in found:
                confirm = confirmation(self._control, each)
                yield self._apply(f"hook {each.name}", each.plan, confirm)
        watchers = (units.RECONCILE_PATH, units.RECONCILE_TIMER, units.UPDATE_TIMER)
        yield self._act("look after the system", lambda: self._services.start(watchers))

    def _await_daemon(self) -> None:
        """Wait until it answers.

        Raises:
            PlanError: it does not.
        """
        ends = self._clock() + PATIENCE
        while True:
            try:
                self._control.call("status")
            except ControlError as error:
                if self._clock() > ends:
                    raise PlanError(f"the daemon does not answer: {error}") from error
                self._pause(0.1)
            else:
                return

    def _hand_over(self) -> None:
        """Give the daemon's user what is in its folders and neither his nor the pages'.

        Root may have made a store, a licence, a secret; and what an earlier installation left
        belongs to the number that our user had then.
        """
        uid, gid = self._host.uid(USER), self._host.gid(USER)
        ours = {uid, self._host.uid(WEB_USER)}
        for folder in (self._config.state, self._config.log):
            for path in (folder, *folder.rglob("*")):
                if not path.is_symlink() and path.stat().st_uid not in ours:
                    os.chown(path, uid, gid)

    def _remove_sockets(self) -> None:
        """Remove the daemon's sockets where systemd does not, and the folders made for them."""
        uid = self._host.uid(USER)
        for endpoint in self._config.policy:
            kind, _, name = endpoint.partition(":")
            place = self._host.path(name) if kind == "unix" else None
            if place is None or place.is_relative_to(self._config.run):
                continue
            if place.is_socket():
                place.unlink()
            folder = place.parent
            if folder.is_dir() and folder.stat().st_uid == uid and not any(folder.iterdir()):
                folder.rmdir()

    def _make_secret(self) -> str:
        """The pages' secret, which they must be able to read, whoever has made it."""
        place = self._config.state / SECRET
        secret = secret_file.read(place)
        os.chown(place, self._host.uid(WEB_USER), self._host.gid(WEB_USER))
        return secret

    def _share(self, bridge: Bridge) -> None:
        secret = self._make_secret()
        group = bridge.group
        step = WriteFile(bridge.secret, f"{secret}\n".encode(), 0o640, "root", group, hidden=True)
        change = ChangePlan(
            self._host, hooks.records(self._config), BRIDGE, "Share the bridge's secret", (step,)
        )
        if not change.resume():
            change.apply()

    def _remember_panel(self) -> None:
        record = panel_record.Record(time.time(), self._panel.probe(), tuple(self._panel.domains()))
        panel_record.write(self._config, record)

    def _unhook(self) -> Iterator[Act]:
        try:
            found = hooks.hooks(self._config, self._panel, retired=True)
            found += self._hooks()
        except PanelAbsent as error:
            yield Act("unhook the mail servers", notes=(str(error),))
        except MailwardError as error:
            yield Act("unhook the mail servers", str(error))
            return
        for each in found:
            try:
                recorded = each.recorded()
            except MailwardError as error:
                yield Act(f"unhook {each.name}", str(error))
                continue
            yield self._undo(f"unhook {each.name}", recorded)

    def _hooks(self) -> list[MailHook]:
        return hooks.hooks(self._config, self._panel)

    def _recorded(self) -> ChangePlan | None:
        return installation.recorded(self._config, self._host)

    def _recorded_bridge(self) -> ChangePlan | None:
        return ChangePlan.recorded(self._host, hooks.records(self._config), BRIDGE, ())

    def _recorded_registration(self) -> Change | None:
        try:
            return self._panel.registration(hooks.records(self._config))
        except MailwardError:
            return None

    def _purge(self) -> None:
        for folder in (self._config.state, self._config.log, Path(installation.FILE).parent):
            shutil.rmtree(self._host.path(str(folder)), ignore_errors=True)

    def _purge_records(self) -> None:
        shutil.rmtree(hooks.records(self._config), ignore_errors=True)

    def _apply(
        self, name: str, plan: Callable[[], Change], confirm: Callable[[], None] | None
    ) -> Act:
        try:
            change = plan()
            if not (change.resume(confirm) or change.apply(confirm)) and confirm is not None:
                confirm()
        except (MailwardError, OSError) as error:
            return Act(name, str(error))
        return Act(name, notes=change.left)

    def _undo(self, name: str, change: Change | None) -> Act:
        if change is None:
            return Act(name, notes=("there was nothing to take away",))
        try:
            change.undo()
        except (MailwardError, OSError) as error:
            return Act(name, str(error))
        return Act(name, notes=change.left)

    def _act(self, name: str, work: Callable[[], None]) -> Act:
        try:
            work()
        except (MailwardError, OSError) as error:
            return Act(name, str(error))
        return Act(name)
