"""Other programs on this server that do what Mailward does, for people and for the dashboard.

Looks only: what others do here is theirs, and an administrator decides who does what.
"""

from __future__ import annotations

from pathlib import Path

from core.desk.picture import Light, Problem
from core.mta.neighbours.finding import Weight
from core.mta.neighbours.search import Found, search
from core.system.host import Host


def look(root: Path = Path("/")) -> Found:
    """Look for all of them. Takes some milliseconds, and never raises.

    Args:
        root: of the machine; a folder that holds another system will do.
    """
    return search(Host(root))


def problems(found: Found) -> tuple[Problem, ...]:
    """Those that collide, as `mailward status` and the dashboard show them."""
    return tuple(
        Problem(f"conflict {each.program}", f"{each.what} ({each.where})", each.advice, Light.AMBER)
        for each in found.findings
        if each.weight is Weight.COLLIDES
    )
