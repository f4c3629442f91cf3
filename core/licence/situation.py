"""Licence, panel and gate of this server together, as whoever asks for features needs them."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from core.errors import MailwardError
from core.licence.gate import Gate
from core.licence.licence import Licence
from core.licence.standing import Standing
from core.panel import Panel, PanelInfo


class Situation(Struct, frozen=True):
    """How things are now.

    Attributes:
        standing: where the licence stands.
        panel: what the panel's probe found; nothing but its name where it found nothing.
        gate: which features are on.
        problems: what is wrong with the panel or the licence's files, for people; mostly empty.
    """

    standing: Standing
    panel: PanelInfo
    gate: Gate
    problems: tuple[str, ...] = ()


def situation(
    state: Path,
    panel: Panel,
    clock: float,
    *,
    found: PanelInfo | None = None,
    remember: bool = False,
) -> Situation:
    """How things are now.

    Args:
        state: the state directory.
        panel: this server's panel.
        clock: the time, seconds since 1970.
        found: what an earlier probe found; None to probe, which runs the panel's commands.
        remember: as the daemon does: begin the trial, and remember the time.
    """
    licence = Licence(state, panel.name)
    standing = licence.remember(clock) if remember else licence.standing(clock)
    problems = [licence.problem] if licence.problem else []
    if found is None:
        try:
            found = panel.probe()
        except MailwardError as error:  # the licence is to be seen on a broken panel, too
            problems.append(str(error))
            found = PanelInfo(panel.name, "", "", "", "")
    return Situation(standing, found, Gate(standing, found, panel.requirements), tuple(problems))
