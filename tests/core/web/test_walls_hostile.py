"""Everything that somebody else can have written is text on every page, and nothing but text.

Row E22. A mailbox, a domain, a comment, a refusal text, a queue id, a login, a network: all of them
hostile, all pages of every role, parsed as a browser parses them.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from core.desk.entry import PASSES, Entry, stored
from core.licence.tier import Tier
from core.panel import MailDomain, Role
from core.settings.account import LONGEST, domain_of, normalise
from core.store.attacker import Attacker
from core.store.block import Block
from core.store.event import Event
from core.store.signal import NotedSignal
from core.web.pages.log_networks import Networks
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages, pages_in
from tests.core.web.walls import Page, crawl

EVIL = (
    "<script>zqx()</script>",
    '"><img src=x onerror=zqx()>',
    "'><zqx-tag zqx=1>",
    "</textarea></title></style><zqx-tag>",
    "<!--zqx",
    "]]><svg/onload=zqx()>",
    "' autofocus onfocus='zqx()",
    "javascript:zqx()",
    "data:text/html,<zqx-tag>",
    "{{7*1912637}}zqx{% raw %}${7*1912637}#{7*1912637}",
    "%(zqx)s %s %d {zqx} {0}",
    "&lt;zqx-tag&gt;&#60;zqx-tag&#62;",
    "\u202ezqx\u2066\u200f",
    "zqx\x00\x1b[31m\x07\r\nSet-Cookie: zqx=1",
    "zqx\udc80\ud800",
    "zqx" * 130,
    "=cmd|' /C zqx'!A0",
    "@zqx+1",
)

ATTRIBUTES = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "cite", "xlink:href"}
)
SAFE = ("/", "?", "#", "http://", "https://", "mailto:", "data:image/")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages on a store that an enemy has filled."""
    with pages_in(Path(tmp_path_factory.mktemp("walls"))) as pages:
        _fill(pages, time.time())
        pages.app.extensions["mailward log networks"] = WickedNetworks(Path())
        pages.sell(Tier.PRO)
        yield pages


class WickedNetworks(Networks):
    """Networks whose owners have thought about their names."""

    def name(self, address: str) -> str:
        """All of it at once."""
        return f"{address} {EVIL[0]} {EVIL[1]} {EVIL[2]}"


def _names(evil: str) -> tuple[str, str]:
    """The evil as an account and its domain, as the door makes names of what clients send."""
    account = normalise(f"{evil}@{evil}.example"[:LONGEST])
    return account, domain_of(account)


def _fill(pages: Pages, now: float) -> None:
    store = pages.parts.store
    hosts = ["".join(evil.split()).replace("/", "").replace("\\", "").lower() for evil in EVIL]
    hosts = [
        "".join(letter for letter in host if letter.isprintable()).replace("@", "")[:60]
        + ".example"
        for host in hosts
    ]
    pages.panel.listed = [
        MailDomain(
            host, "anna", "rita", place % 5 != 0, (f"{evil}@{host}", f"bob@{host}"), plan=evil
        )
        for place, (host, evil) in enumerate(zip(hosts, EVIL, strict=True))
    ]
    pages.panel.listed += [
        MailDomain(f"d{place}.example", evil, evil, True, (), plan=evil)
        for place, evil in enumerate(EVIL)
    ]
    for host, evil in zip(hosts, EVIL, strict=True):
        store.write(list(_events(host, evil, now)))
        _settings(pages, host, evil, now)
        for account, reason in ((f"bob@{host}", evil), (_names(evil)[0], Reason.SEND_LIMIT)):
            store.blocks.opened(
                Block(
                    account=account,
                    started=now - 100,
                    until=now + 9000,
                    seconds=9100,
                    reason=reason,
                    evidence=evil,
                )
            )
            store.signals.note(
                NotedSignal(
                    at=now - 100,
                    last=now - 50,
                    account=account,
                    kind=evil.encode(errors="replace").decode(),
                    evidence=evil,
                    countries=(evil[:2],),
                )
            )
        store.attackers.seen(
            [
                Attacker(
                    place=evil.encode(errors="replace").decode(),
                    kind=kind,
                    since=now - 60,
                    until=now + 9000,
                    times=2,
                    evidence=evil,
                )
                for kind in ("address", evil.encode(errors="replace").decode())
            ]
        )
        store.tokens.create(evil[:90], Role.CUSTOMER, "anna", (host,), None, evil, now)


def _events(host: str, evil: str, now: float) -> Iterator[Event]:
    plain = evil.encode(errors="replace").decode()  # words of ours, which another version may have
    for account, domain in ((f"{evil}@{host}", host), (f"bob@{host}", host), _names(evil)):
        for stage, verdict, reason in (
            (Stage.AUTH, Verdict.ALLOW, Reason.NOTHING_AGAINST),
            (Stage.AUTH, Verdict.DENY, Reason.COUNTRY),
            (Stage.SEND, Verdict.DEFER, Reason.SEND_LIMIT),
        ):
            yield Event(
                at=now - 50,
                last=now - 50,
                stage=stage,
                service=Service.SUBMISSION,
                verdict=verdict,
                reason=reason,
                check=plain,
                would=plain,
                address="203.0.113.7",
                country=evil[:2],
                asn=64500,
                account=account,
                domain=domain,
                queue_id=evil,
                detail=evil,
            )


def _settings(pages: Pages, host: str, evil: str, now: float) -> None:
    change = pages.parts.store.settings.change
    evil = evil.encode(errors="replace").decode()  # no form and no JSON lets surrogates in
    entry = [stored("exempt.addresses", Entry("198.51.100.7", evil[:400]))]
    passed = [stored(PASSES, Entry("FR", evil[:400], now + 99_999))]
    values: dict[str, Any] = {"exempt.addresses": entry, PASSES: passed, "text.contact": evil}
    values |= {"text.country": evil, "owner.address": evil, "unknown.setting": evil}
    change(("domain", host), values, evil, now - 9, evil)
    change(("mailbox", f"bob@{host}"), {PASSES: passed, "country.mode": evil}, evil, now - 8, evil)
    server: dict[str, Any] = {
        "exempt.accounts": [stored("exempt.accounts", Entry(f"bob@{host}", evil[:400]))],
        "exempt.addresses": entry,
        "text.contact": evil,
        "notify.address": evil,
        "data.country_file": evil,
    }
    change(("server", ""), server, evil, now - 7, evil)


class Strict(HTMLParser):
    """What a browser would make of a page, and what of that must not be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.said: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        if "zqx" in tag or tag in ("base", "object", "embed", "iframe", "applet"):
            self.faults.append(f"<{tag}>")
        if tag == "script" and not dict(attrs).get("src"):
            self.faults.append("a script in the page")
        for name, value in attrs:
            said = (value or "").strip()
            self.said.append(said)
            if name.startswith("on") or name == "style" or "zqx" in name or name == "srcdoc":
                self.faults.append(f"<{tag} {name}={said[:40]}>")
            if name in ATTRIBUTES and said and not said.startswith(SAFE):
                self.faults.append(f"<{tag} {name}={said[:80]}>")

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if self._open in ("script", "style") and "zqx" in data:
            self.faults.append(f"<{self._open}> with foreign words")

    def handle_comment(self, data: str) -> None:
        if "zqx" in data:
            self.faults.append("a comment with foreign words")


def faults(text: str) -> list[str]:
    """What is wrong with a page."""
    page = Strict(text)
    whole = "".join(page.said)
    found = page.faults
    if "13388459" in whole:
        found.append("somebody computed")
    odd = {letter for letter in text if ord(letter) < 32 and letter not in "\n\t\r"}
    if odd or "\0" in whole:
        found.append(f"control characters {sorted(odd)!r}")
    return found


@pytest.fixture(scope="module")
def pages_of(hostile: Pages) -> dict[str, dict[str, Page]]:
    """Every page of everybody."""
    people = {
        "root": Role.ADMIN,
        "rita": Role.RESELLER,
        "anna": Role.CUSTOMER,
        EVIL[0]: Role.RESELLER,
    }
    return {login: crawl(hostile.visitor(role, login), 150) for login, role in people.items()}


@pytest.mark.parametrize("login", ["root", "rita", "anna", EVIL[0]])
def test_every_page_shows_hostile_text_as_text(
    pages_of: dict[str, dict[str, Page]], login: str
) -> None:
    """E22"""
    wrong = {
        address: found for address, page in pages_of[login].items() if (found := faults(page.text))
    }
    assert wrong == {}


@pytest.mark.parametrize("layout", ["body", "frame"])
def test_other_layouts_show_it_as_text_too(hostile: Pages, layout: str) -> None:
    for role, login in ((Role.ADMIN, "root"), (Role.CUSTOMER, "anna"), (Role.CUSTOMER, EVIL[1])):
        person = hostile.visitor(
            role, login, layout=layout, parameter="route", session=EVIL[0][:200], language=EVIL[1]
        )
        for route in ("/log?period=all", "/domains", "/exemptions", "/preferences"):
            path, _, query = route.partition("?")
            answer = person.get(f"?route={path}&{query}")
            assert answer.status_code < 500
            assert faults(answer.text) == []


def test_hostile_text_stands_on_the_pages_at_all(pages_of: dict[str, dict[str, Page]]) -> None:
    """Else the walk has shown nothing."""
    for login in ("root", "rita", "anna"):
        said = "".join("".join(Strict(page.text).said) for page in pages_of[login].values())
        for evil in (EVIL[0], EVIL[1], EVIL[2], EVIL[7]):
            assert evil in said, (login, evil)


def test_what_somebody_types_comes_back_as_text(hostile: Pages) -> None:
    names = (
        "q",
        "account",
        "address",
        "domain",
        "ask",
        "who",
        "comment",
        "entry",
        "where",
        "queue",
    )
    for role, login in ((Role.ADMIN, "root"), (Role.CUSTOMER, "anna")):
        person = hostile.visitor(role, login)
        for rule in hostile.app.url_map.iter_rules():
            if rule.arguments or rule.rule.startswith("/api") or "GET" not in (rule.methods or ()):
                continue
            for evil in EVIL:
                typed = evil.encode(errors="replace").decode()
                answer = person.get(rule.rule, **dict.fromkeys(names, typed))
                assert answer.status_code < 500, (rule.rule, evil)
                if answer.mimetype == "text/html":
                    assert faults(answer.text) == [], (rule.rule, evil)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.mark.parametrize("path", ["/log/export.csv?period=all", "/exemptions/export?form=csv"])
def test_tables_for_spreadsheets_compute_nothing(hostile: Pages, path: str) -> None:
    """OWASP, CSV Injection."""
    for role, login in ((Role.ADMIN, "root"), (Role.CUSTOMER, "anna")):
        answer = hostile.visitor(role, login).get(path)
        assert answer.status_code == 200
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) > 1
        assert [cell for row in rows for cell in row if cell.startswith(FORMULA)] == []
        assert "attachment" in answer.headers["Content-Disposition"]
