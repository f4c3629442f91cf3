"""Examines an installed server: is everything there, does it run, is it asked, who interferes?

Knocks at every guarded port, which takes up to half a minute. Changes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from core.desk import conflicts, hooks, installation
from core.desk.installation import Site
from core.desk.picture import Light, picture
from core.errors import MailwardError, PanelAbsent
from core.licence.situation import situation
from core.mta.neighbours.finding import Weight
from core.panel import Remarking
from core.system import units
from core.system.services import Services

if TYPE_CHECKING:
    from core.desk.desk import Desk
    from core.system.host import Host


class Health(StrEnum):
    """How a thing is."""

    WELL = "well"
    LOOK = "wants a look"
    ILL = "ill"


class Finding(Struct, frozen=True):
    """What an examination found.

    Attributes:
        subject: what was looked at.
        health: how it is.
        text: what was found, for people.
        advice: what to do, "" where nothing is to be done.
    """

    subject: str
    health: Health
    text: str
    advice: str = ""


OF_LIGHT = {Light.GREEN: Health.WELL, Light.AMBER: Health.LOOK, Light.RED: Health.ILL}


class Doctor:
    """Examines one server.

    Args:
        desk: at which everything of Mailward's is known.
        site: what the installer would make.
        host: the machine.
        clock: seconds since 1970.
    """

    def __init__(self, desk: Desk, site: Site, host: Host, clock: Callable[[], float]) -> None:
        self._desk = desk
        self._site = site
        self._host = host
        self._clock = clock

    def examine(self) -> Iterator[Finding]:
        """Look at one thing after the other. Never raises."""
        for look in (
            self._panel,
            self._installation,
            self._services,
            self._secrets,
            self._picture,
            self._hooks,
            self._neighbours,
            self._features,
        ):
            try:
                yield from look()
            except (MailwardError, OSError) as error:
                yield Finding(look.__name__.strip("_"), Health.ILL, str(error))

    def _panel(self) -> Iterator[Finding]:
        info = self._desk.panel.probe()
        servers = f"{info.mail_server} {info.mail_server_version}".strip() or "no mail server"
        yield Finding("panel", Health.WELL, f"{info.name} {info.version}, {servers}")
        count = len(self._desk.panel.domains())
        yield Finding("domains", Health.WELL if count else Health.LOOK, f"{count} domains")
        if isinstance(self._desk.panel, Remarking):
            for said in self._desk.panel.remarks():
                health = Health.ILL if said.is_ill else Health.LOOK
                yield Finding(said.subject, health, said.text, said.advice)

    def _installation(self) -> Iterator[Finding]:
        if not installation.is_installed(self._site.config):
            yield Finding(
                "installation",
                Health.LOOK,
                "no installer of ours has made this server ready",
                "`mailward install`; or it was set up by hand, as docs/install.md says",
            )
            return
        plan = installation.plan(self._site, self._host)
        if plan.interrupted:
            yield Finding(
                "installation", Health.ILL, f"was cut off while {plan.interrupted}", _AGAIN
            )
        elif plan.pending:
            changed = [step.describe() for step in plan.changes if step.pending(self._host)]
            yield Finding("installation", Health.ILL, f"not as made: {'; '.join(changed)}", _AGAIN)
        else:
            yield Finding("installation", Health.WELL, "users, folders and units are as made")

    def _services(self) -> Iterator[Finding]:
        services = Services(self._host)
        if not services.available:
            yield Finding("services", Health.LOOK, "this machine is not run by systemd")
            return
        for unit in dict.fromkeys((*units.ENABLED, *self._site.pages)):
            if services.runs(unit):
                yield Finding(unit, Health.WELL, "runs")
            else:
                why = f"`systemctl status {unit}` and `journalctl -u {unit}` say why"
                yield Finding(unit, Health.ILL, "does not run", why)

    def _secrets(self) -> Iterator[Finding]:
        """A secret that everybody can read is none."""
        places = [self._site.config.state / name for name in ("web.secret", "dovecot.secret")]
        bridge = self._site.bridge
        if bridge is not None and bridge.secret:
            places.append(self._host.path(bridge.secret))
        for place in places:
            yield from self._secret(place)

    def _secret(self, place: Path) -> Iterator[Finding]:
        try:
            mode = place.stat().st_mode
        except FileNotFoundError:
            yield Finding(str(place), Health.LOOK, "is not there yet", _AGAIN)
            return
        if mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
            first = self._site.config.state / "web.secret"
            also = "" if place.parent == first.parent else f" and {first}, of which it is a copy"
            advice = f"delete it{also}; then `mailward upgrade` makes a new one"
            yield Finding(str(place), Health.ILL, "other users can read or change it", advice)
        else:
            yield Finding(str(place), Health.WELL, "is private")

    def _picture(self) -> Iterator[Finding]:
        seen = picture(self._desk)
        for problem in seen.problems:
            yield Finding(problem.part, OF_LIGHT[problem.light], problem.text, problem.advice)
        if seen.reachable and not seen.problems:
            yield Finding("daemon", Health.WELL, "answers, and finds nothing wrong")

    def _hooks(self) -> Iterator[Finding]:
        if os.geteuid() != 0:
            yield Finding("hooks", Health.LOOK, "only root can see whether mail servers ask us")
            return
        try:
            found = hooks.hooks(self._site.config, self._desk.panel)
        except PanelAbsent as error:
            yield Finding("hooks", Health.ILL, str(error))
            return
        for report in hooks.self_test(found, self._desk.control):
            health = Health.WELL if report.is_good else Health.ILL
            text = report.problem or f"{report.state}, {report.answer}"
            advice = "" if report.is_good else "`mailward hook verify`; `mailward hook apply`"
            yield Finding(f"hook {report.name}", health, text, advice)

    def _neighbours(self) -> Iterator[Finding]:
        """Other programs that guard logins or limit mail; those that do no harm are not told."""
        for each in conflicts.look(self._host.root).findings:
            if each.weight is not Weight.BESIDE:
                health = Health.ILL if each.weight is Weight.COLLIDES else Health.LOOK
                text = f"{each.what} ({each.where}): {each.why}"
                yield Finding(each.program, health, text, each.advice)

    def _features(self) -> Iterator[Finding]:
        now = situation(self._site.config.state, self._desk.panel, self._clock())
        for answer in now.gate.answers():
            if not answer.on:
                yield Finding(f"feature {answer.feature.value}", Health.LOOK, answer.reason)


_AGAIN = "`mailward install` makes it so again; nothing that was set is lost"
