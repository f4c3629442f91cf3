"""axe-core, asked about a page: what would keep somebody from using it, in readable text.

It finds what a program can find (names, roles, contrast); the order of things and whether a text
makes sense stay with people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Collection

    from playwright.sync_api import Frame, Page

GRAVE = frozenset({"serious", "critical"})
"""axe-core's words for what shuts somebody out; `minor` and `moderate` are advice."""


def barriers(page: Page | Frame, within: str = "", impacts: Collection[str] = GRAVE) -> list[str]:
    """What axe-core finds on a page as it stands now, one text per violated rule.

    Args:
        page: a page, or one frame of it: frames are not looked into.
        within: CSS selector of the part that is ours; all of the page without it.
        impacts: which of axe-core's impacts count.
    """
    found = Axe().run(page, within or None).response["violations"]
    return [_told(violation) for violation in found if violation["impact"] in impacts]


def assert_accessible(page: Page | Frame, within: str = "") -> None:
    """Fail with everything serious or critical that axe-core finds; see `barriers`."""
    found = barriers(page, within)
    assert not found, f"{page.url} shuts people out\n\n" + "\n\n".join(found)


def _told(violation: dict[str, Any]) -> str:
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        lines.append(f"  {_path(node['target'])}\n    {' '.join(node['html'].split())}")
        checks = (*node["any"], *node["all"], *node["none"])
        lines += [f"    - {check['message']}" for check in checks]
    return "\n".join(lines)


def _path(target: list[Any]) -> str:
    """A CSS path; inside a shadow root, a step of it is a list of its own."""
    return " ".join(step if isinstance(step, str) else " ".join(step) for step in target)
