"""Nobody sees what is not theirs: every route, with every number and name that there is.

Row E22. Markers of `tests.core.web.walls` stand in everything that the store knows of a domain.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from werkzeug.routing import Rule

from core.licence.tier import Tier
from core.panel import Role
from core.web.access import access_of
from tests.core.web.rig import Pages, pages_in
from tests.core.web.walls import (
    BOXES,
    NAMES,
    OWN,
    SECRETS,
    Page,
    box,
    crawl,
    fill,
    holes,
    text_of,
)

DOMAINS = tuple(f"{name}.example" for name in NAMES)

VALUES: dict[str, tuple[str, ...]] = {
    "domain": (*DOMAINS, "elsewhere.example", "nowhere.example"),
    "mailbox": (*BOXES, "who@elsewhere.example", "nobody@alpha.example"),
    "account": (*BOXES, "who@elsewhere.example"),
    "level": ("domain", "mailbox", "server"),
    "name": (*DOMAINS, *BOXES),
    "number": (),
}
"""What stands for an argument of a route; numbers are those of the store."""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages on a store where everything is marked."""
    with pages_in(Path(tmp_path_factory.mktemp("walls"))) as pages:
        fill(pages, time.time())
        yield pages


@pytest.fixture(scope="module")
def ways(marked: Pages) -> dict[str, Page]:
    """Every page that the administrator can come to."""
    return crawl(marked.admin)


def addresses(pages: Pages, rule: Rule) -> list[str]:
    """The addresses of a route, one for each value of its arguments.

    Raises:
        KeyError: nobody has said what may stand for an argument.
    """
    numbers = [str(number) for number in range(1, pages.parts.store.events.last_id() + 3)]
    found = [rule.rule]
    for argument in sorted(rule.arguments):
        values = numbers if argument == "number" else VALUES[argument]
        gap = re.compile(rf"<(?:\w+:)?{argument}>")
        found = [gap.sub(quote(value), path) for path in found for value in values]
    return found


def looking(pages: Pages, *, api: bool = False) -> list[Rule]:
    """Routes that only look."""
    return [
        rule
        for rule in pages.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.endpoint.endswith("static")
        and rule.endpoint.startswith("api.") is api
    ]


@pytest.mark.parametrize(("role", "login"), list(OWN)[:4])
def test_everybody_sees_what_is_theirs(marked: Pages, role: Role, login: str) -> None:
    """Else the walks below would find nothing, because nothing is shown at all."""
    marked.sell(Tier.PRO)
    pages = crawl(marked.visitor(role, login))
    whole = "".join(page.text.lower() for page in pages.values())
    for name in OWN[role, login]:
        assert SECRETS[name] in whole
        assert name == "server" or box(name) in whole


@pytest.mark.parametrize(("role", "login"), OWN)
@pytest.mark.parametrize("tier", list(Tier))
def test_no_route_shows_what_is_anothers(marked: Pages, tier: Tier, role: Role, login: str) -> None:
    """E22: route x role x tier x everything that an address can name."""
    marked.sell(tier)
    person, theirs = marked.visitor(role, login), OWN[role, login]
    for rule in looking(marked):
        if role not in access_of(marked.app, rule.endpoint).roles:
            assert person.get(addresses(marked, rule)[0]).status_code in (302, 401, 403, 200)
            continue
        paths = addresses(marked, rule)
        for path in paths if tier is Tier.PRO else paths[-1:]:
            answer = person.get(path)
            assert answer.status_code < 500, path
            assert holes(text_of(answer), theirs, path) == [], (path, answer.status_code)


@pytest.mark.parametrize(("role", "login"), list(OWN)[1:])
def test_what_leads_the_administrator_somewhere_leads_nobody_else_there(
    marked: Pages, ways: dict[str, Page], role: Role, login: str
) -> None:
    """E22: every link and every search of the administrator's pages, followed by the others."""
    assert len(ways) > 100
    marked.sell(Tier.PRO)
    person, theirs = marked.visitor(role, login), OWN[role, login]
    links = {*ways, *(link for page in ways.values() for link in page.links)}
    for page in ways.values():
        links |= {f"{form.action}?{urlencode(form.fields)}" for form in page.looking}
    for link in sorted(links):
        answer = person.get(link)
        assert answer.status_code < 500, link
        assert holes(text_of(answer), theirs, link) == [], (link, answer.status_code)
