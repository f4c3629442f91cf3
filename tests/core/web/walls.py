"""A server on which everything is marked: what belongs to a domain carries that domain's marker.

Whoever finds a marker of a domain that is not theirs has found a hole. Names and secrets have
markers of their own: an address that names a mailbox may repeat the name, and still shows nothing.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile

from msgspec import Struct, field
from msgspec.structs import replace
from werkzeug.test import TestResponse

from core.desk.entry import PASSES, Entry, stored
from core.panel import MailDomain, Role
from core.store.attacker import Attacker
from core.store.audit import StoredScope
from core.store.block import Block
from core.store.event import Event
from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.words import Reason, Service, SignalKind, Stage, Verdict
from tests.core.web.rig import DOMAINS, Browser, Pages

NAMES = {name: f"name-{name[0]}7q" for name in ("alpha", "beta", "gamma", "delta")}
"""Markers of names, which somebody may type."""

SECRETS = {name: f"hush-{name[0]}7q" for name in (*NAMES, "server")}
"""Markers of what only the store knows."""

OWN = {
    (Role.ADMIN, "root"): frozenset({*SECRETS}),
    (Role.RESELLER, "rita"): frozenset({"alpha", "beta", "gamma"}),
    (Role.CUSTOMER, "anna"): frozenset({"alpha", "beta"}),
    (Role.RESELLER, "rolf"): frozenset({"delta"}),
    (Role.CUSTOMER, "nobody"): frozenset[str](),
}
"""Whose domains are whose."""

ADDRESS = "203.0.113.7"
"""Everybody's logins come from there, so that what hangs together by the address does."""


def box(name: str, local: str = "bob") -> str:
    """A mailbox of a domain."""
    return f"{local}-{NAMES[name]}@{name}.example"


BOXES = tuple(box(name, local) for name in NAMES for local in ("bob", "eve"))


def fill(pages: Pages, now: float) -> None:
    """Have everything happen in every domain."""
    pages.panel.listed = [
        replace(
            each,
            mailboxes=tuple(box(_short(each), local) for local in ("bob", "eve")),
            plan=f"plan {NAMES[_short(each)]}",
        )
        for each in DOMAINS
    ]
    pages.parts.directory.forget()
    store = pages.parts.store
    store.write([event for name in NAMES for event in _events(name, now)])
    store.write(list(_strangers(now)))
    blocks = [block for name in NAMES for block in _blocks(name, now)]
    store.blocks.opened(*blocks)
    for name in NAMES:
        store.blocks.released(box(name, "eve"), now - 100, f"by {SECRETS[name]}")
    ledger = Ledger.open(pages.config.state / "ledger", now=now)
    for block in blocks:
        if block.account.startswith("bob"):
            ledger.block(block)
    ledger.close()
    _suspect(pages, now)
    _set_all(pages, now)
    for (role, login), theirs in OWN.items():
        name = min(theirs, default="nobody")
        store.tokens.create(
            f"token {SECRETS.get(name, '')}", role, login, None, now + 9999, "root", now
        )


def _short(domain: MailDomain) -> str:
    return domain.name.partition(".")[0]


def _events(name: str, now: float) -> Iterator[Event]:
    """What the journal may say of one account."""
    common: dict[str, Any] = {
        "address": ADDRESS,
        "country": "FR",
        "asn": 64500,
        "account": box(name),
        "domain": f"{name}.example",
        "detail": f"detail {SECRETS[name]}",
    }
    kinds = (
        (Stage.AUTH, Service.IMAPS, Verdict.ALLOW, Reason.NOTHING_AGAINST, ""),
        (Stage.AUTH, Service.SUBMISSION, Verdict.DENY, Reason.COUNTRY, ""),
        (Stage.AUTH, Service.SUBMISSION, Verdict.ALLOW, Reason.NOTHING_AGAINST, Reason.COUNTRY),
        (Stage.AUTH, Service.IMAPS, Verdict.ALLOW, Reason.LOGIN_FAILED, ""),
        (Stage.SEND, Service.SUBMISSION, Verdict.ALLOW, Reason.NOTHING_AGAINST, ""),
        (Stage.SEND, Service.SUBMISSION, Verdict.DEFER, Reason.SEND_LIMIT, ""),
        (Stage.SEND, Service.SUBMISSION, Verdict.DEFER, Reason.ACCOUNT_BLOCKED, ""),
    )
    for number, (stage, service, verdict, reason, would) in enumerate(kinds):
        yield Event(
            at=now - 60 + number,
            last=now - 60 + number,
            stage=stage,
            service=service,
            verdict=verdict,
            reason=reason,
            would=would,
            queue_id=f"4{SECRETS[name].upper()}" if stage is Stage.SEND else "",
            **common,
        )


def _strangers(now: float) -> Iterator[Event]:
    """What belongs to no domain: before the password, and accounts of nobody's."""
    for account, domain in (("", ""), ("who@elsewhere.example", "elsewhere.example")):
        yield Event(
            at=now - 30,
            last=now - 30,
            stage=Stage.AUTH if account else Stage.CONNECT,
            service=Service.IMAPS,
            verdict=Verdict.DENY,
            reason=Reason.COUNTRY,
            address=ADDRESS,
            country="KP",
            account=account,
            domain=domain,
            detail=f"detail {SECRETS['server']}",
        )


def _blocks(name: str, now: float) -> Iterator[Block]:
    for local in ("bob", "eve"):
        yield Block(
            account=box(name, local),
            started=now - 1000,
            until=now + 20_000,
            seconds=21_000,
            reason=Reason.SEND_LIMIT,
            evidence=f"evidence {SECRETS[name]}",
        )


def _suspect(pages: Pages, now: float) -> None:
    """Everything looks stolen, and somebody attacks."""
    store = pages.parts.store
    for name in NAMES:
        for local in ("bob", "eve"):
            signal = NotedSignal(
                at=now - 500,
                last=now - 50,
                account=box(name, local),
                kind=SignalKind.COUNTRIES,
                evidence=f"signal {SECRETS[name]}",
                countries=("VN",),
            )
            store.signals.note(signal)
        store.signals.close(box(name, "eve"), now - 40, f"by {SECRETS[name]}", "owner")
    attack: dict[str, Any] = {"until": now + 9000, "times": 2}
    attack["evidence"] = f"tried {SECRETS['server']}"
    places = ((ADDRESS, "address"), ("192.0.2.0/24", "network"), ("AS64500", "system"))
    for number, (place, kind) in enumerate(places):
        found = Attacker(place=place, kind=kind, since=now - 60 - number, **attack)
        store.attackers.seen([found])
    store.attackers.released(["AS64500"], now - 5, f"by {SECRETS['server']}", "why")
    store.list_hits.add({(int(now // 86_400), "blocklist_de"): (3, 4)})


def _set_all(pages: Pages, now: float) -> None:
    """Every kind of setting in every scope, each changed twice so that there is a trail."""
    change = pages.parts.store.settings.change
    for at, more in ((now - 900, ""), (now - 800, " again")):
        for name in NAMES:
            said = SECRETS[name] + more
            domain: dict[str, Any] = {
                "country.mode": "refuse",
                "country.list": ["CN", "RU"] if more else ["CN"],
                "exempt.addresses": [stored("exempt.addresses", Entry("198.51.100.7", said))],
                "text.contact": f"contact {said}",
                "owner.address": f"{SECRETS[name]}@{name}.example",
                "send.limit": 77 if more else 76,
                PASSES: [stored(PASSES, Entry("FR", said, now + 99_999))],
            }
            mailbox = {k: domain[k] for k in ("country.mode", "exempt.addresses", PASSES)}
            why = f"why {said}"
            change(("domain", f"{name}.example"), domain, f"who {said} (customer)", at, why)
            change(("mailbox", box(name)), mailbox, f"who {said} (customer)", at, why)
        change(("server", ""), _server(more, now), f"who {SECRETS['server']}", at, "why")


def _server(more: str, now: float) -> dict[str, Any]:
    said = SECRETS["server"] + more
    return {
        "country.mode": "refuse",
        "country.list": ["KP", "RU"] if more else ["KP"],
        "exempt.addresses": [stored("exempt.addresses", Entry("192.0.2.99", said))],
        "exempt.accounts": [stored("exempt.accounts", Entry(name, said)) for name in BOXES],
        "exempt.send": [stored("exempt.send", Entry(name, said)) for name in BOXES],
        "lists.blocklist_de": "watch",
        "notify.address": f"{SECRETS['server']}{len(more)}@example.org",
        PASSES: [stored(PASSES, Entry("US", said, now + 99_999))],
    }


def holes(text: str, theirs: frozenset[str], typed: str = "") -> list[str]:
    """Markers in an answer that are not the visitor's.

    Args:
        text: the answer.
        theirs: their domains; ``server`` among them for the administrator.
        typed: what was sent, which the answer may repeat.
    """
    marks = [
        mark
        for name, secret in SECRETS.items()
        if name not in theirs
        for mark in (secret, NAMES.get(name, secret), f"{name}.example")
    ]
    low, said = text.lower(), typed.lower()
    return [mark for mark in marks if mark in low and mark not in said]


def dump(pages: Pages) -> dict[str, Any]:
    """Everything that somebody could have changed, by whose it is."""
    store = pages.parts.store
    found: dict[str, Any] = {"tokens": store.tokens.all(), "server": []}
    for scope, values in store.settings.all().items():
        found.setdefault(owner(scope), []).append((scope, values))
    for block in store.blocks.history(None, 1000):
        key = block.domain.partition(".")[0]
        found.setdefault(key, []).append((block.account, block.released_at, block.released_by))
    for signal in store.signals.find(None, 1000):
        key = signal.domain.partition(".")[0]
        found.setdefault(key, []).append((signal.account, signal.closed_as, signal.closed_by))
    for attacker in store.attackers.history(None, 0, 1000):
        found["server"].append((attacker.place, attacker.released_at, attacker.released_by))
    for entry in store.audit.find(None, 10_000):
        found.setdefault(owner(entry.scope), []).append(entry.id)
    for role, login in OWN:
        found[f"preferences of {role} {login}"] = store.preferences.get(role, login)
    found["files"] = sorted(
        (str(path), path.stat().st_size)
        for path in pages.config.state.rglob("*")
        if path.is_file() and not path.name.startswith("store.sqlite")
    )
    return found


def owner(scope: StoredScope) -> str:
    """Whose a scope is: the first word of its domain, or ``server``."""
    return "server" if scope[0] == "server" else scope[1].rpartition("@")[2].partition(".")[0]


def foreign(state: Mapping[str, Any], theirs: frozenset[str], person: tuple[Role, str]) -> Any:
    """The part of a dump that this person may not change."""
    mine = {*theirs, f"preferences of {person[0]} {person[1]}"}
    return {name: value for name, value in state.items() if name not in mine}


class Form(Struct):
    """A form that changes something."""

    page: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What leads on from a page: links, forms to look, forms to change."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.text = text
        self.links: set[str] = set()
        self.looking: list[Form] = []
        self.changing: list[Form] = []
        self._form: Form | None = None
        self._buttons: list[tuple[str, str]] = []
        self._changes = False
        self._select = self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "a" and (link := said.get("href", "")) and not link.startswith("#"):
            self.links.add(urljoin(self.address, link).partition("#")[0])
        elif tag == "form":
            action = urljoin(self.address, said.get("action") or self.address)
            self._form = Form(self.address, action)
            self._changes, self._buttons = said.get("method", "").lower() == "post", []
        elif self._form is None:
            return
        elif tag == "button":
            if said.get("formaction"):
                self.changing.append(Form(self.address, said["formaction"], self._form.fields))
            if name:
                self._buttons.append((name, value))
        elif tag == "input" and name:
            self._form.fields.append((name, value))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            self._form.fields.append((self._select, value))
        elif tag == "textarea":
            self._area = name

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form" and self._form is not None:
            into = self.changing if self._changes else self.looking
            for button in self._buttons or [("", "")]:
                extra = [button] if button[0] else []
                into.append(Form(self._form.page, self._form.action, self._form.fields + extra))
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields.append((self._area, data))


def crawl(browser: Browser, most: int = 400) -> dict[str, Page]:
    """Every page that links lead to, by its address; those of one shape a few times only."""
    waiting, seen, found = ["/"], {"/"}, dict[str, Page]()
    shapes = Counter[tuple[str, tuple[str, ...]]]()
    while waiting and len(found) < most:
        address = waiting.pop(0)
        answer = browser.get(address)
        while answer.status_code in (302, 303, 308):
            address = urljoin(address, answer.headers["Location"])
            answer = browser.get(address)
        assert answer.status_code < 500, (address, answer.text[:500])
        if answer.mimetype != "text/html":
            continue
        page = found[address] = Page(address, answer.text)
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.netloc or link in seen or parts.scheme not in ("", "http"):
                continue
            names = tuple(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
            shape = (re.sub(r"\d+", "*", parts.path), names)
            if shapes[shape] < 2 and shapes[shape[0], ()] < 16:
                shapes[shape] += 1
                shapes[shape[0], ()] += bool(names)
                seen.add(link)
                waiting.append(link)
    return found


def text_of(answer: TestResponse) -> str:
    """An answer as text, also when it is an archive."""
    if answer.mimetype == "application/zip":
        with ZipFile(io.BytesIO(answer.data)) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    return answer.text
