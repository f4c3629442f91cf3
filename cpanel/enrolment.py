"""Steps by which cPanel's own commands come to know us, each with its way back.

cPanel keeps what it knows where only its commands may write (facts/cpanel.md 1.2, 2, 6). A step
looks first at what is known, does nothing that is done already, and looks again afterwards: these
commands end with 0 whether or not they did what was asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from core.errors import PlanError
from core.system import files
from core.system.host import Host
from core.system.pairs import pairs
from core.system.steps import Change, Saved
from cpanel import places

SECONDS: Final = 180.0
"""For one of the commands; each starts Perl and some of them restart a server."""


@dataclass(frozen=True)
class AppConfig(Change):
    """WHM's menu entry.

    Attributes:
        name: of the application.
        file: what is registered, as the machine calls it; written by an earlier step.
        text: what is in it.
    """

    kind: ClassVar[str] = "register application"

    name: str
    file: str
    text: str

    @property
    def subject(self) -> str:
        """The application."""
        return f"application {self.name}"

    def describe(self) -> str:
        """The application."""
        return f"register {self.file} with WHM, and see whether WHM keeps what it says"

    def pending(self, host: Host) -> bool:
        """Whether WHM's own copy says anything else than ours."""
        return self._registered(host) != pairs(self.text)

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:  # noqa: ARG002  as the others
        """Note whether it is registered."""
        return Saved(value="yes" if self._registered(host) else "")

    def apply(self, host: Host) -> None:
        """Register it.

        Raises:
            PlanError: WHM does not, or drops the link or the rights: without them the entry is
                invisible, or visible for everybody (facts 1.1).
        """
        if self.pending(host):
            host.run((places.REGISTER, self.file), timeout=SECONDS).require(PlanError)
        problem = application_problem(host, self.name, pairs(self.text))
        if problem:
            raise PlanError(problem)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Take it out, unless an older plan of ours had put it in."""
        return [] if saved.value else self.undo(host, saved)

    def undo(self, host: Host, saved: Saved) -> list[str]:  # noqa: ARG002  as the others
        """Take it out."""
        if not self._registered(host):
            return []
        host.run((places.UNREGISTER, self.name), timeout=SECONDS).require(PlanError)
        files.remove(host.path(self._copy))
        return []

    @property
    def _copy(self) -> str:
        return f"{places.APPS}/{self.name}.conf"

    def _registered(self, host: Host) -> Mapping[str, str]:
        state = files.read(host.path(self._copy))
        return pairs(files.decode(state.data)) if state else {}


def application_problem(host: Host, name: str, wanted: Mapping[str, str]) -> str:
    """What WHM itself has not kept of an application, "" where all is well."""
    command = (places.WHMAPI, "--output=json", "get_appconfig_application_list")
    printed = host.run(command, timeout=SECONDS)
    try:
        listed = msgspec.json.decode(printed.stdout)["data"]["whostmgr"]
        found = [each for each in listed if str(each.get("name", "")).lower() == name]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return f"WHM does not say which applications it knows: {printed.failure}"
    if not found:
        return f"WHM does not list the application {name}, though it was registered"
    rights = {str(each) for each in found[0].get("acls") or ()}
    dropped = sorted(set(wanted.get("acls", "").split(",")) - rights - {""})
    if dropped:
        return f"WHM has dropped the right {dropped[0]}: without it nobody sees the entry"
    link = wanted.get("entryurl", "")
    if not str(found[0].get("entryurl") or "").endswith(link):
        return f"WHM has not kept the link {link}: without it there is no entry"
    return ""


@dataclass(frozen=True)
class Plugin(Change):
    """The customers' tile in Jupiter, and the feature that switches it.

    Attributes:
        folder: has ``install.json`` and its icon; written by earlier steps.
        record: what the command writes, as the machine calls it.
    """

    kind: ClassVar[str] = "install plugin"

    folder: str
    record: str

    @property
    def subject(self) -> str:
        """The plugin."""
        return f"plugin {self.record}"

    def describe(self) -> str:
        """The folder."""
        return f"install the plugin {self.folder} into Jupiter"

    def pending(self, host: Host) -> bool:
        """Whether its record is missing, older than what it is made of, or unreadable for the
        customers."""
        try:
            record = host.path(self.record).stat()
            source = host.path(f"{self.folder}/install.json").stat()
        except FileNotFoundError:
            return True
        return record.st_mtime_ns < source.st_mtime_ns or record.st_mode & 0o777 != 0o644

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:  # noqa: ARG002  as the others
        """Note whether it is there."""
        return Saved(value="yes" if host.exists(self.record) else "")

    def apply(self, host: Host) -> None:
        """Install it; Jupiter reads the record anew when its time changes.

        Raises:
            PlanError: the command fails, or writes no record.
        """
        if not self.pending(host):
            return
        command = (places.INSTALL_PLUGIN, self.folder, "--theme=jupiter")
        host.run(command, timeout=SECONDS).require(PlanError)
        record = host.path(self.record)
        if not record.is_file():
            raise PlanError(f"`{' '.join(command)}` wrote no {self.record}")
        record.chmod(0o644)
        os.utime(record)
        self._make_sprites(host)

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Take it out, unless an older plan of ours had put it in."""
        return [] if saved.value else self.undo(host, saved)

    def undo(self, host: Host, saved: Saved) -> list[str]:  # noqa: ARG002  as the others
        """Take it out."""
        left: list[str] = []
        if host.exists(f"{self.folder}/install.json"):
            command = (places.UNINSTALL_PLUGIN, self.folder, "--theme=jupiter")
            result = host.run(command, timeout=SECONDS)
            left = [result.failure] if result.code else []
        files.remove(host.path(self.record))
        self._make_sprites(host)
        return left

    @staticmethod
    def _make_sprites(host: Host) -> None:
        """The picture of all tiles. Jupiter shows ours by itself where it cannot be made."""
        if host.exists(places.SPRITES):
            command = (places.SPRITES, "--application=cpanel", "--theme=jupiter")
            host.run(command, timeout=SECONDS)


@dataclass(frozen=True)
class EventScripts(Change):
    """A script that cPanel runs at events of its own.

    Attributes:
        script: its path; written by an earlier step.
        events: category, event, and whether root is to run it, where cPanel asks for that.
    """

    kind: ClassVar[str] = "register events"

    script: str
    events: tuple[tuple[str, str, bool], ...]

    @property
    def subject(self) -> str:
        """The script."""
        return f"events of {self.script}"

    def describe(self) -> str:
        """The script and how many events."""
        return f"let cPanel run {self.script} at {len(self.events)} events"

    def pending(self, host: Host) -> bool:
        """Whether it stands there another number of times: a careless second entry counts, too."""
        return self._count(host) != len(self.events)

    def prepare(self, host: Host, earlier: Saved | None) -> Saved:  # noqa: ARG002  as the others
        """Note whether it stands there."""
        return Saved(value="yes" if self._count(host) else "")

    def apply(self, host: Host) -> None:
        """Enter it once for each event.

        Raises:
            PlanError: it does not stand there afterwards.
        """
        if not self.pending(host):
            return
        self._remove(host)
        for event in self.events:
            host.run(self._command("add", event), timeout=SECONDS).require(PlanError)
        if self.pending(host):
            raise PlanError(f"cPanel does not list {self.script} for its events")

    def roll_back(self, host: Host, saved: Saved) -> list[str]:
        """Take it out, unless an older plan of ours had put it in."""
        return [] if saved.value else self.undo(host, saved)

    def undo(self, host: Host, saved: Saved) -> list[str]:  # noqa: ARG002  as the others
        """Take it out."""
        self._remove(host)
        left = self._count(host)
        return [f"cPanel still lists {self.script} for {left} events"] if left else []

    def _remove(self, host: Host) -> None:
        """Each entry; where there are several of one event, until none is left."""
        count = self._count(host)
        while count:
            for event in self.events:
                host.run(self._command("delete", event), timeout=SECONDS)
            before, count = count, self._count(host)
            if count >= before:
                return

    def _command(self, verb: str, event: tuple[str, str, bool]) -> tuple[str, ...]:
        category, name, root = event
        given = ("--manual", "--category", category, "--event", name, "--stage", "post")
        more = ("--escalateprivs", "1") if root else ()
        return (places.MANAGE_HOOKS, verb, "script", self.script, *given, *more)

    def _count(self, host: Host) -> int:
        printed = host.run((places.MANAGE_HOOKS, "list"), timeout=SECONDS).require(PlanError)
        entry = re.compile(rf"\W*hook:\s*['\"]?{re.escape(self.script)}['\"]?\s*")
        return sum(bool(entry.fullmatch(line)) for line in printed.splitlines())


KINDS: Final = (AppConfig, Plugin, EventScripts)
