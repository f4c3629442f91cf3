"""Nobody changes what is not theirs: every form of the administrator, sent by everybody else.

Row E22. The forms are read from the pages, so a new one is tried without being named here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from core.licence.tier import Tier
from core.panel import Role
from core.settings.fields import FIELDS
from tests.core.web.api.program import Program
from tests.core.web.rig import Browser, Pages, pages_in
from tests.core.web.walls import (
    NAMES,
    OWN,
    Form,
    box,
    crawl,
    dump,
    fill,
    foreign,
    holes,
    text_of,
)

OTHERS = [person for person in OWN if person[0] is not Role.ADMIN]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages on a store where everything is marked."""
    with pages_in(Path(tmp_path_factory.mktemp("walls"))) as pages:
        fill(pages, time.time())
        pages.sell(Tier.PRO)
        yield pages


@pytest.fixture(scope="module")
def forms(marked: Pages) -> list[Form]:
    """Every form by which the administrator changes something."""
    found = [form for page in crawl(marked.admin).values() for form in page.changing]
    unique = {repr((form.action, _plain(form))): form for form in found}
    return list(unique.values())


def _plain(form: Form) -> list[tuple[str, str]]:
    return [(name, value) for name, value in form.fields if name != "csrf_token"]


def _shapes(forms: list[Form]) -> set[str]:
    """The routes that the forms lead to."""
    return {re.sub(r"\d+|[^/]*\.example", "*", form.action.partition("?")[0]) for form in forms}


def test_the_forms_lead_to_every_route_that_changes(marked: Pages, forms: list[Form]) -> None:
    """A route without a form on any page would not be tried below."""
    shapes = _shapes(forms)
    for rule in marked.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
            continue
        if rule.endpoint not in BY_HAND:
            assert re.sub("<[^>]*>", "*", rule.rule) in shapes, rule


BY_HAND: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "preferences.zone": ("/preferences/zone", [("zone", "Asia/Tokyo")]),
    "dashboard.decide": ("/dashboard/decide", [("key", "countries:DE")]),
    "dashboard.dismiss": ("/dashboard/dismiss", [("mark", "a1b2c3")]),
    "blocked.release": ("/blocked/release", [("account", box(name)) for name in NAMES]),
    "undo.take_back": ("/undo", [("entries", "1,2,3")]),
    "countries.choose": ("/countries/choose", [("mode", "off"), ("mark", "refuse 0 KP,RU")]),
    "countries.save": ("/countries/save", [("mode", "off"), ("mark", "refuse 0 KP,RU")]),
    "domains.save": ("/domains/delta.example", [("country-mode", "off")]),
    "domains.save_mailbox": (f"/domains/delta.example/{box('delta')}", [("country-mode", "off")]),
    "limits.save_one": ("/limits/of/domain/delta.example", [("send-limit", "9")]),
    "exemptions.purge": ("/exemptions/purge", [("list", "addresses")]),
    "travellers.purge": ("/travellers/purge", []),
    "travellers.open_at_server": (
        "/travellers/open",
        [
            *(("name", "country.passes"), ("level", "mailbox")),
            *(("scope", box("delta")), ("entry", "FR")),
        ],
    ),
    "system.rollback": ("/system/data/rollback", [("name", "country")]),
    "system.carry_out": ("/system/exchange/import", [("document", "{}"), ("shown", "x")]),
    "system.remove_licence": ("/system/licence/remove", []),
}
"""What stands on no page at the moment, by its route."""


@pytest.mark.parametrize(("role", "login"), OTHERS)
def test_forms_of_the_administrator_change_nothing_for_others(
    marked: Pages, forms: list[Form], role: Role, login: str
) -> None:
    """E22"""
    person, theirs = marked.visitor(role, login), OWN[role, login]
    before = foreign(dump(marked), theirs, (role, login))
    token = person.token()
    for form in [*forms, *(Form("/", *each) for each in BY_HAND.values())]:
        _send(person, token, form.action, _plain(form), theirs)
    assert foreign(dump(marked), theirs, (role, login)) == before


@pytest.mark.parametrize(("role", "login"), [each for each in OTHERS if OWN[each]])
def test_own_forms_with_foreign_names_change_nothing(marked: Pages, role: Role, login: str) -> None:
    """E22: what somebody's own pages send, with another's names and numbers in it."""
    person, theirs = marked.visitor(role, login), OWN[role, login]
    before = foreign(dump(marked), theirs, (role, login))
    mine, others = min(theirs), min({*NAMES} - theirs)
    forms = [form for page in crawl(person).values() for form in page.changing]
    unique = {repr((form.action, _plain(form))): form for form in forms}
    assert len(unique) > 10
    token = person.token()
    for form in unique.values():
        action = _renamed(form.action, mine, others)
        fields = [(name, _renamed(value, mine, others)) for name, value in _plain(form)]
        if (action, fields) == (form.action, _plain(form)):
            continue
        _send(person, token, action, fields, theirs)
    assert foreign(dump(marked), theirs, (role, login)) == before


def _renamed(text: str, mine: str, others: str) -> str:
    return text.replace(NAMES[mine], NAMES[others]).replace(f"{mine}.example", f"{others}.example")


def _send(
    person: Browser, token: str, action: str, fields: list[tuple[str, str]], theirs: frozenset[str]
) -> None:
    """Send a form, and see that a name that is not theirs is refused without another word."""
    body = urlencode([("csrf_token", token), *fields]).encode()
    answer = person.send("POST", action, body)
    said = f"{action} {fields}"
    assert answer.status_code < 500, (action, fields, answer.text)
    assert holes(text_of(answer), theirs, said) == [], (action, fields, answer.status_code)
    if answer.status_code == 303:
        page = person.get(answer.headers["Location"])
        assert holes(text_of(page), theirs, said) == [], (action, fields)


def test_changes_are_undone_by_those_only_who_could_have_made_them(marked: Pages) -> None:
    """E22: also when a later change stands in the way, of which the message would tell."""
    store, theirs = marked.parts.store, OWN[Role.CUSTOMER, "anna"]
    anna = marked.customer
    before = foreign(dump(marked), theirs, (Role.CUSTOMER, "anna"))
    for entry in store.audit.find(None, 10_000):
        owned = entry.scope[0] != "server" and entry.scope[1].rpartition("@")[2].partition(".")[0]
        if owned in theirs and FIELDS[entry.name].customer:
            continue
        answer = anna.post("/undo", entries=str(entry.id))
        assert answer.status_code in (403, 404), (entry, answer.text)
        assert holes(answer.text, theirs) == []
        reply = Program(marked, Role.CUSTOMER).send("POST", f"/audit/{entry.id}/undo")
        assert reply.status_code in (403, 404), (entry, reply.text)
        assert holes(reply.text, theirs) == []
    after = dump(marked)
    assert foreign(after, theirs, (Role.CUSTOMER, "anna")) | {"tokens": 0} == before | {"tokens": 0}
    assert _settings(marked)["domain", "alpha.example"]["send.limit"] == 77


def test_numbers_that_are_none_are_no_changes(marked: Pages) -> None:
    for text in ("", "x", "0", "-1", "1,", "9" * 18, "9" * 400, "1.5", "\0", "1,x"):
        answer = marked.customer.post("/undo", entries=text)
        assert answer.status_code in (400, 404), text


CALLS: list[tuple[str, str, Any]] = [
    ("DELETE", "/attackers?place=203.0.113.7", None),
    ("PATCH", "/lists/blocklist_de", {"mode": "refuse"}),
    *(
        ("POST", path, {"account": name})
        for path in ("/signals/close", "/block", "/password-changed")
        for name in (box("delta"), box("delta").upper(), "who@elsewhere.example", "nobody")
    ),
    ("DELETE", f"/blocked/{box('delta')}", None),
    ("PATCH", "/settings", {"values": {"country.mode": "off"}}),
    ("PATCH", "/settings", {"level": "server", "name": "", "values": {"send.limit": 1}}),
    *(
        ("PATCH", "/settings", {"level": level, "name": name, "values": {"country.mode": "off"}})
        for level, name in (
            ("domain", "delta.example"),
            ("domain", "DELTA.example."),
            ("mailbox", box("delta")),
            ("mailbox", box("delta").upper()),
            ("mailbox", f"bob@alpha.example@{box('delta').rpartition('@')[2]}"),
        )
    ),
    (
        "PATCH",
        "/settings",
        {"level": "domain", "name": "alpha.example", "values": {"send.limit": 1}},
    ),
    *(
        ("POST", "/exemptions", {"list": listed, "entry": entry, "level": level, "name": name})
        for listed, entry, level, name in (
            ("exempt.addresses", "192.0.2.1", "server", ""),
            ("exempt.addresses", "192.0.2.1", "domain", "delta.example"),
            ("exempt.accounts", box("alpha"), "server", ""),
            ("exempt.send", box("alpha"), "server", ""),
            ("exempt.send", box("alpha"), "domain", "alpha.example"),
            ("country.passes", "US", "mailbox", box("delta")),
        )
    ),
    ("DELETE", f"/exemptions?list=exempt.send&entry={box('alpha')}", None),
    (
        "DELETE",
        "/exemptions?list=exempt.addresses&entry=198.51.100.7&level=domain&name=delta.example",
        None,
    ),
]
"""What a program of anna's may not do."""


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_programs_change_nothing_of_others(
    marked: Pages, method: str, path: str, body: Any
) -> None:
    """E15, E22"""
    theirs = OWN[Role.CUSTOMER, "anna"]
    program = Program(marked, Role.CUSTOMER)
    before = foreign(dump(marked), theirs, (Role.CUSTOMER, "anna")) | {"tokens": 0}
    settings = _settings(marked)
    path, _, query = path.partition("?")
    answer = program.send(method, path, body, **dict(parse_qsl(query)))
    assert 400 <= answer.status_code < 500, answer.text
    assert holes(answer.text, theirs, f"{path} {query} {body}") == []
    assert _settings(marked) == settings
    assert foreign(dump(marked), theirs, (Role.CUSTOMER, "anna")) | {"tokens": 0} == before


def test_token_for_one_domain_stays_in_it(marked: Pages) -> None:
    """E15: also one of the administrator's sees nothing of the server or of other domains."""
    theirs = frozenset({"alpha"})
    for role in (Role.ADMIN, Role.RESELLER, Role.CUSTOMER):
        program = Program(marked, role, ("alpha.example",))
        for path in (
            *("/me", "/status", "/features", "/data", "/events", "/domains", "/audit", "/blocked"),
            *("/signals", "/attackers", "/lists"),
            f"/signals?account={box('beta')}",
            *("/blocks", "/exemptions", "/settings", "/settings?level=domain&name=beta.example"),
            "/statistics?since=0&until=9999999&by=domain",
            f"/explain?address=203.0.113.7&account={box('beta')}",
            f"/events?account={box('beta')}",
            "/events?domain=beta.example",
        ):
            answer = program.send("GET", path)
            assert answer.status_code < 500
            assert holes(answer.text, theirs, path) == [], (role, path)
        before = _settings(marked)
        for method, path, body in CALLS:
            answer = program.send(method, path, body)
            if role is not Role.ADMIN:
                assert 400 <= answer.status_code < 500, (role, path)
        beta = {"level": "domain", "name": "beta.example", "values": {"country.mode": "off"}}
        assert program.send("PATCH", "/settings", beta).status_code == 404
        after = _settings(marked)
        assert {s: v for s, v in after.items() if "alpha" not in s[1]} == {
            s: v for s, v in before.items() if "alpha" not in s[1]
        }


def _settings(pages: Pages) -> dict[Any, Any]:
    return pages.parts.store.settings.all()
