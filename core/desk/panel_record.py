"""What root last found of the panel, for our own processes that may not run the panel's commands.

The daemon and the pages run as users of their own, and a panel's commands mostly want root. So
root's `mailward reconcile` writes down what it found, and everybody else reads that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import PanelBroken
from core.panel import Bridge, Change, Doors, MailDomain, MailHook, Panel, PanelInfo, Viewer, Visit
from core.settings.config import Config
from core.system import files
from core.system.files import FileState

NAME: Final = "panel.json"
"""In the state directory."""

LARGEST: Final = 64 * 1024 * 1024
"""Octets; a hundred thousand domains with ten mailboxes each take up half of it."""


class Record(Struct, frozen=True):
    """What was found.

    Attributes:
        at: when, seconds since 1970.
        info: what the panel's probe found.
        domains: the mail domains.
    """

    at: float
    info: PanelInfo
    domains: tuple[MailDomain, ...] = ()


def found(panel: Panel, at: float) -> Record:
    """What a panel says now, for root, who may ask it.

    Args:
        panel: the panel itself.
        at: now, seconds since 1970.

    Raises:
        MailwardError: it does not answer.
    """
    return Record(at, panel.probe(), tuple(panel.domains()))


def write(config: Config, record: Record) -> None:
    """Write it down, readable for our own processes.

    One that would be too large for them goes without mailboxes, which are for lists on pages:
    nobody who makes very many may keep the others' domains from us.

    Raises:
        OSError: the disk does not take it; what was written before stays.
    """
    folder = config.state.stat()
    content = msgspec.json.encode(record)
    if len(content) > LARGEST:
        bare = tuple(msgspec.structs.replace(each, mailboxes=()) for each in record.domains)
        content = msgspec.json.encode(msgspec.structs.replace(record, domains=bare))
    files.write(config.state / NAME, FileState(content, 0o640, folder.st_uid, folder.st_gid))


def read(config: Config) -> Record:
    """What was written down last.

    Raises:
        PanelBroken: nothing was, or it cannot be read.
    """
    path = config.state / NAME
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise PanelBroken(f"{path}: is larger than anything that was ever written there")
        return msgspec.json.decode(content, type=Record)
    except FileNotFoundError as error:
        raise PanelBroken(
            "what the panel says is not known yet; `mailward reconcile`, as root, writes it down"
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise PanelBroken(f"{path}: {error}") from error


def stands_in(config: Config, panel: Panel) -> Panel:
    """The panel itself for root; for others what root found, as soon as root has written it down.

    While an installation goes on, our processes come up before that; a server that was set up by
    hand keeps no record, and there the panel is asked by everybody.
    """
    return panel if os.geteuid() == 0 else RecordedPanel(config, panel, or_ask=True)


class RecordedPanel:
    """A panel whose answers are those that root was given last.

    Args:
        config: where the record is.
        panel: the panel that they are of.
        or_ask: whether it is asked itself as long as there is no record.
    """

    def __init__(self, config: Config, panel: Panel, *, or_ask: bool = False) -> None:
        self._config = config
        self._panel = panel
        self._or_ask = or_ask
        self.name = panel.name
        self.requirements = panel.requirements

    def probe(self) -> PanelInfo:
        """What root found.

        Raises:
            PanelBroken: root wrote nothing that can be read.
        """
        return self._panel.probe() if self._asks else read(self._config).info

    def domains(self) -> list[MailDomain]:
        """The domains that root found.

        Raises:
            PanelBroken: as `probe`.
        """
        return self._panel.domains() if self._asks else list(read(self._config).domains)

    def viewer(self, visit: Visit) -> Viewer | None:
        """As the panel says, which needs no right for it."""
        return self._panel.viewer(visit)

    def bridge(self) -> Bridge | None:
        """As the panel says."""
        return self._panel.bridge()

    def registration(self, state: Path) -> Change | None:
        """As the panel says; only root can apply it."""
        return self._panel.registration(state)

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """As the panel says, as far as the mail servers' configuration can be read."""
        return self._panel.hooks(doors, state)

    @property
    def _asks(self) -> bool:
        return self._or_ask and not Path(self._config.state / NAME).exists()
