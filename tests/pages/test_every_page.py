"""Every page and all its parts, for each role, on a busy server: fits, reads well, complains not.

On a small and on a large screen, light and dark. What pages do is the journeys' business.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import pytest

from core.net.addresses import own_addresses
from core.panel import Viewer
from core.settings.config import load
from core.sources import seed
from core.sources.sources import Sources
from core.web.app import create_app
from core.web.links import make_key
from core.web.parts import Parts
from demo import findings
from demo.directory import Directory
from demo.history import Past, keep_standing
from demo.pages import PEOPLE
from demo.panel import HosterPanel
from tests.pages.accessibility import barriers
from tests.pages.browser import NARROW, WIDE
from tests.pages.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.pages.complaints import Complaints

pytestmark = pytest.mark.lab

SECRET = "the secret of a test"
VIEWERS: dict[str, Viewer] = dict(PEOPLE)

MAILBOX = "sofia@lindlaw.example"
OF_EVERYBODY = (
    "/travellers",
    "/exemptions",
    "/exemptions/import",
    "/stolen",
    "/stolen?account=julia@lindlaw.example",
    "/log",
    "/log?period=30d&result=stopped",
    "/preferences",
)
OF_CUSTOMERS = ("/overview", "/domains", "/blocked", *OF_EVERYBODY)
ROUTES = {
    "administrator": (
        "/dashboard?look=1",
        "/countries",
        "/countries?view=refused",
        "/countries/choose",
        "/security",
        "/attackers",
        "/attackers?address=192.0.2.44",
        "/attackers/targets",
        "/attackers/lists",
        "/attackers/history",
        "/attackers/rules",
        "/limits",
        "/limits/settings",
        "/limits/exceptions",
        "/limits/history",
        "/limits/of/mailbox/shop@teekontor.example",
        "/customers",
        "/customers?by=plan",
        "/domains/lindlaw.example",
        "/exemptions?list=accounts",
        "/exemptions?list=send",
        "/explain",
        f"/explain?address=36.66.1.1&account={MAILBOX}&port=993",
        "/system",
        "/system/data",
        "/system/settings",
        "/system/licence",
        "/system/audit",
        "/system/exchange",
        "/system/tokens",
        "/system/diagnostics",
        "/system/about",
        *OF_EVERYBODY,
    ),
    "reseller": ("/customers", "/domains/moeller.example", *OF_CUSTOMERS),
    "customer": (
        "/domains/lindlaw.example",
        "/domains/lindlaw.example?tab=mailboxes",
        "/domains/lindlaw.example?tab=statistics",
        f"/domains/lindlaw.example/{MAILBOX}",
        *OF_CUSTOMERS,
    ),
}

SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (WIDE, "light"),
    (WIDE, "dark"),
    (NARROW, "light"),
    (NARROW, "dark"),
)

LOCALES = {"administrator": "de-DE", "reseller": "en-GB", "customer": "de-DE"}
"""German words are longer, and reach what a screen is too small for."""

WRONG = """() => {
  const wrong = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) wrong.push(`${wide} px wider than the window`);
  const titles = [...document.querySelectorAll("h1")].filter((each) => each.checkVisibility());
  if (titles.length !== 1) wrong.push(`${titles.length} main headings`);
  const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary, "
    + "[tabindex='0']";
  for (const each of document.querySelectorAll(reachable)) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled) continue;
    each.focus();
    const seen = [each, ...(each.labels || [])].some((one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    if (!seen) wrong.push("nobody sees the focus on " + each.outerHTML.slice(0, 200));
  }
  return wrong;
}"""
"""What is wrong with the page: each as a text."""


@dataclass(frozen=True)
class Server:
    """The demo's server after its month. address: where its pages are."""

    address: str

    def door(self, who: str) -> str:
        """The address that lets somebody in."""
        key = make_key(SECRET, VIEWERS[who], time.time() + 3600)
        return f"{self.address}/enter?key={quote(key)}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests: they change nothing."""
    directory = Directory(tmp_path_factory.mktemp("busy") / "d")
    directory.prepare(fresh=True)
    directory.configure()
    config = load(str(directory.config_file))
    seed.plant(config.data)
    directory.freshen(config.data)
    directory.accuse(config.data)
    parts = Parts(config, HosterPanel(), SECRET)
    sources = Sources.open(config.data, own=own_addresses())
    now = time.time()
    Past(parts.store, sources, now).write(lambda _: None)
    findings.write(parts.store, now)
    keep_standing(config.state, parts.store, now)
    sources.close()
    with serving(create_app(parts)) as address:
        yield Server(address)
    parts.close()
    directory.close()


@pytest.mark.parametrize("who", ROUTES)
def test_every_page_is_for_everybody(
    server: Server, open_page: Callable[..., Page], complaints: Complaints, who: str
) -> None:
    """D13, E19: one tab, from page to page; each changes its size and its colours."""
    page = open_page(server.door(who), locale=LOCALES[who])
    assert page.locator("html").get_attribute("lang") == LOCALES[who][:2]
    wrong = []
    for route in ROUTES[who]:
        answer = page.goto(server.address + route)
        assert answer is not None
        found = [] if answer.ok else [f"answered {answer.status}"]
        for width, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            seen = page.evaluate(WRONG)
            # Colours do not depend on the width, nor the order of things on the colours.
            if (width, scheme) in (SCREENS[0], SCREENS[-1]):
                seen += barriers(page)
            found += [f"{width} px, {scheme}: {each}" for each in seen]
        found += complaints.taken()
        wrong += [f"{route}: {each}" for each in found]
    assert not wrong, "\n".join(wrong)


def test_every_entry_of_the_menu_is_looked_at(
    server: Server, open_page: Callable[..., Page]
) -> None:
    """So that a new page is not forgotten here."""
    for who, routes in ROUTES.items():
        page = open_page(server.door(who))
        links = page.locator(".mw-side .mw-nav a").all()
        listed = {str(each.get_attribute("href")) for each in links}
        assert len(listed) >= 6
        assert listed <= {route.partition("?")[0] for route in routes}
