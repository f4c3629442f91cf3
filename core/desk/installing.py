"""Installs Mailward on this server and upgrades it: what, in which order.

Each act either succeeds, or is taken back and says so. Mail flows in every state in between: the
hooks come last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from core.desk import act, hooks, installation, panel_record
from core.desk.act import Act
from core.desk.installation import USER, WEB_USER, Site
from core.desk.repair import confirmation
from core.errors import ControlError, MailwardError, PanelAbsent, PlanError
from core.panel import Change
from core.system import ownership, secret_file, units
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
            acts.insert(2, lambda: act.act("set the licence", licence))
        yield from self._go(acts)

    def upgrade(self) -> Iterator[Act]:
        """Bring an installed server to this version: its program was unpacked just now."""
        yield from self._go([self._look, self._make_ready, self._restart])

    def _go(self, acts: Sequence[Callable[[], Act]]) -> Iterator[Act]:
        """Act after act, as long as each succeeds; then join what is around."""
        for work in acts:
            done = work()
            yield done
            if done.problem:
                return
        yield from self._connect()

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
        except (MailwardError, OSError) as error:
            return Act(name, act.said(error))
        return Act(name, notes=change.left)

    def _start(self) -> Act:
        name = "start the services"
        try:
            self._services.learn()
            self._hand_over()
            self._services.start((units.DAEMON,))
            self._await_daemon()
            self._make_secret()
            self._services.start(self._site.pages)
        except (MailwardError, OSError) as error:
            return Act(name, act.said(error))
        return Act(name)

    def _restart(self) -> Act:
        name = "restart the services"
        try:
            self._services.learn()
            self._hand_over()
            self._services.start((units.DAEMON, *self._site.pages))
            self._services.restart((units.DAEMON,))
            self._await_daemon()
            self._make_secret()
            self._services.restart(self._site.pages)
        except (MailwardError, OSError) as error:
            return Act(name, act.said(error))
        return Act(name)

    def _connect(self) -> Iterator[Act]:
        """Join the panel and hook the mail servers; one that fails does not hold up the others."""
        bridge = self._site.bridge
        if bridge is not None and bridge.secret:
            yield act.act("share the bridge's secret", lambda: self._share(bridge))
        yield act.act("write down what the panel says", self._remember_panel)
        registration = self._panel.registration(hooks.records(self._config))
        if registration is not None:
            yield act.apply("join the panel", lambda: registration, None)
        try:
            found = self._hooks()
        except MailwardError as error:
            yield Act("hook the mail servers", str(error))
        else:
            for each in found:
                confirm = confirmation(self._control, each)
                yield act.apply(f"hook {each.name}", each.plan, confirm)
        yield act.act("look after the system", lambda: self._services.start(units.WATCHERS))

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
        for folder in (self._config.state, self._config.log):
            ownership.hand_over(folder, uid, gid, (self._host.uid(WEB_USER),))

    def _make_secret(self) -> str:
        """The pages' secret, which they must be able to read, whoever has made it.

        Raises:
            PlanError: something else has taken its place.
            OSError: it can be neither read nor made.
        """
        place = self._config.state / SECRET
        secret = secret_file.read(place)
        if not ownership.give(place, self._host.uid(WEB_USER), self._host.gid(WEB_USER)):
            raise PlanError(f"{place} is a link or has a second name; remove it")
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
        panel_record.write(self._config, panel_record.found(self._panel, time.time()))

    def _hooks(self) -> list[MailHook]:
        return hooks.hooks(self._config, self._panel)
