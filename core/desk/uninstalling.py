"""Takes Mailward off this server again: what, in which order.

Mail flows in every state in between: bans and the mail servers' hooks go first. An act that does
not succeed says so, and the others are done all the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.desk import act, bans, hooks, installation, repair
from core.desk.act import Act
from core.desk.installation import USER
from core.desk.installing import BRIDGE
from core.errors import MailwardError, PanelAbsent, PlanError
from core.panel import Change
from core.system import lock, units
from core.system.plan import ChangePlan
from core.system.services import Services

if TYPE_CHECKING:
    from core.panel import MailHook, Panel
    from core.settings.config import Config
    from core.system.host import Host


class Uninstaller:
    """Works on one machine.

    Args:
        config: where everything is.
        panel: its panel.
        host: the machine.
    """

    def __init__(self, config: Config, panel: Panel, host: Host) -> None:
        self._config = config
        self._panel = panel
        self._host = host
        self._services = Services(host)

    def uninstall(self, *, purge: bool) -> Iterator[Act]:
        """Take everything away.

        Args:
            purge: also what was learnt and set: the store, the ledger, the log, the configuration.

        Yields:
            Each act when it is over.
        """
        # Otherwise they would put the hooks back, and so would what they have started just now.
        left = self._services.stop(units.WATCHERS)
        left += self._services.halt(units.STARTED)
        yield Act("stop looking after the system", notes=tuple(left))
        banned = bans.BanDesk(self._config, self._host)
        if banned.has_banned():
            yield act.act("let go of everybody who is banned", lambda: self._clear(banned))
        yield from self._unhook()
        registration = self._registration()
        if registration is not None:
            yield act.undo("leave the panel", registration)
        services = (units.CUSTOMERS, units.PAGES, units.DAEMON)
        yield Act("stop the services", notes=tuple(self._services.stop(services)))
        yield act.act("remove the sockets", self._remove_sockets)
        bridge = ChangePlan.recorded(self._host, hooks.records(self._config), BRIDGE, ())
        yield act.undo("forget the bridge's secret", bridge)
        if purge:
            yield act.act("delete everything that was learnt", self._purge)
        installed = installation.recorded(self._config, self._host)
        yield act.undo("take away users, folders and units", installed)
        yield act.act("let systemd forget the units", self._services.learn)
        if purge:
            yield act.act("delete configuration and undo records", self._purge_records)
        else:
            yield act.act("remove undo records that are used up", self._tidy_records)

    @staticmethod
    def _clear(banned: bans.BanDesk) -> None:
        problems = banned.clear()
        if problems:
            raise PlanError("; ".join(problems))

    def _unhook(self) -> Iterator[Act]:
        found: list[MailHook] = []
        try:
            # Only looking makes no secret: what is run a second time would leave one behind.
            found += hooks.hooks(self._config, self._panel, only_look=True, retired=True)
            found += hooks.hooks(self._config, self._panel, only_look=True)
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
            yield act.undo(f"unhook {each.name}", recorded)

    def _registration(self) -> Change | None:
        try:
            return self._panel.registration(hooks.records(self._config))
        except MailwardError:
            return None

    def _remove_sockets(self) -> None:
        """Remove the daemon's sockets where systemd does not, and the folders made for them."""
        try:
            uid = self._host.uid(USER)
        except KeyError:
            return  # an installation that failed before it had made anything
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

    def _purge(self) -> None:
        for folder in (self._config.state, self._config.log):
            shutil.rmtree(self._host.path(str(folder)), ignore_errors=True)

    def _tidy_records(self) -> None:
        """Remove the folder of undo records, if there is nothing in it that could be taken back."""
        base = self._host.path(str(hooks.records(self._config)))
        for used in (bans.LOCK, lock.FILE), (repair.NAME,):
            base.joinpath(*used).unlink(missing_ok=True)
        for folder in base.glob("*/"):
            with suppress(OSError):  # something in it is still to be undone
                folder.rmdir()
        if base.is_dir() and {each.name for each in base.iterdir()} <= {lock.FILE}:
            shutil.rmtree(base)

    def _purge_records(self) -> None:
        """The configuration goes with them: an older one may have been put back there by now."""
        configuration = self._host.path(str(Path(installation.FILE).parent))
        for folder in (configuration, hooks.records(self._config)):
            shutil.rmtree(folder, ignore_errors=True)
