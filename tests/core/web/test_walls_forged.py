"""What a local user or a browser can forge opens nothing and breaks nothing.

Rows D3, E22. Never a page of somebody else's, never a trace of a fault of ours (500).
"""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
import pytest
from werkzeug.test import Client, TestResponse

from core.licence.tier import Tier
from core.panel import Role, Viewer
from core.web.bridge import SIGNATURE, VIEWER, Claim, sign
from core.web.links import COOKIE, make_key
from tests.core.web.api.program import Program
from tests.core.web.rig import SECRET, Pages, pages_in
from tests.core.web.walls import NAMES, OWN, box, dump, fill, holes, text_of

ANNA = OWN[Role.CUSTOMER, "anna"]
NONE = frozenset[str]()

CLAIM = urlsafe_b64encode(msgspec.json.encode(Claim(Role.ADMIN, "root"))).decode()

HEADERS: list[dict[str, str]] = [
    {VIEWER: CLAIM},
    {SIGNATURE: f"t={int(time.time())},n={'n' * 24},s={'0' * 64}"},
    {VIEWER: CLAIM, SIGNATURE: f"t={int(time.time())},n={'n' * 24},s={'0' * 64}"},
    {VIEWER: CLAIM, SIGNATURE: "t=1"},
    {VIEWER: "\xff" * 2000, SIGNATURE: "x" * 5000},
    {"X-Mailward-Role": "admin", "X-Mailward-Login": "root"},
    {"X_Mailward_Viewer": CLAIM, "X-Mailward_Signature": "x"},
    {"X-Forwarded-User": "root", "X-Remote-User": "root", "Remote-User": "root"},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "x", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/../admin", "X-Script-Name": "/x", "Script-Name": "/x"},
    {"X-Original-URL": "/system", "X-Rewrite-URL": "/system"},
    {"X-HTTP-Method-Override": "POST"},
    {"Authorization": "Basic cm9vdDpyb290"},
    {"Authorization": "Bearer mailward_x_y"},
    {"Authorization": "Bearer " + "x" * 5000},
    {"Host": "evil.example"},
    {"Cookie": f"{COOKIE}=WyJhZG1pbiIsInJvb3QiLDk5OTk5OTk5OTld.xxxxxxxx"},
    {"Cookie": f"{COOKIE}=" + "A" * 8000},
    {"Cookie": "session=eyJ1c2VyIjoicm9vdCJ9"},
    {"Accept-Language": "de;q=x,\xff" + ",x" * 2000},
    {"Content-Type": "multipart/form-data"},
    {"Content-Length": "-1"},
]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages on a store where everything is marked."""
    with pages_in(Path(tmp_path_factory.mktemp("walls"))) as pages:
        fill(pages, time.time())
        pages.sell(Tier.PRO)
        yield pages


@pytest.mark.parametrize("headers", HEADERS)
def test_forged_headers_let_nobody_in(marked: Pages, headers: dict[str, str]) -> None:
    """D3: neither a stranger, nor a customer who wants to be more."""
    for path in ("/dashboard", "/log", "/domains", "/system/exchange/settings.json", "/api/v1/me"):
        answer = marked.stranger.get(path, headers=headers)
        assert answer.status_code in (400, 401, 403, 404), (path, answer.text)
        assert holes(answer.text, NONE) == []
    for path in ("/system", "/domains", "/log?period=all", "/domains/delta.example"):
        harmless = {k: v for k, v in headers.items() if k not in (VIEWER, SIGNATURE)}
        answer = marked.customer.send("GET", path, headers=harmless)
        assert answer.status_code < 500
        assert holes(answer.text, ANNA, path) == []


def test_keys_of_another_secret_or_another_time_open_nothing(marked: Pages) -> None:
    admin = Viewer(Role.ADMIN, "root")
    good = make_key(SECRET, admin, time.time() + 100)
    text, _, seal = good.rpartition(".")
    keys = [
        make_key("another", admin, time.time() + 100),
        make_key(SECRET, admin, time.time() - 1),
        text,
        f"{text}.{seal[::-1]}",
        f"{good}x",
        f"{make_key(SECRET, Viewer(Role.CUSTOMER, 'anna'), 9e9).partition('.')[0]}.{seal}",
    ]
    for key in keys:
        client = Client(marked.app, TestResponse)
        client.set_cookie(COOKIE, key)
        assert client.get("/dashboard", buffered=True).status_code == 401, key
        assert client.get("/enter", query_string={"key": key}).status_code == 401, key


def test_signed_request_counts_once_and_for_itself_only(marked: Pages) -> None:
    """D3: replayed, with another path, another body, another method, another viewer."""
    client, at = Client(marked.app, TestResponse, use_cookies=False), int(time.time())
    claim = Claim(Role.CUSTOMER, "anna", parameter="route", prefix="/panel")
    root = Claim(Role.ADMIN, "root", parameter="route", prefix="/panel")
    target = "/panel?route=/domains"

    def send(headers: dict[str, str], path: str = target, method: str = "GET") -> int:
        path, _, query = path.partition("?")
        raw = {"RAW_URI": f"{path}?{query}" if query else path}
        answer = client.open(
            path, query_string=query, method=method, headers=headers, environ_overrides=raw
        )
        return answer.status_code

    signed = sign(SECRET, claim, "GET", target, b"", at, secrets.token_urlsafe(18))
    assert send(signed) == 200
    assert send(signed) == 403, "replayed"
    for path in ("/panel?route=/system", "/panel?route=/domains&route=/system", "/system"):
        fresh = sign(SECRET, claim, "GET", target, b"", at, secrets.token_urlsafe(18))
        assert send(fresh, path) == 403, path
    fresh = sign(SECRET, claim, "GET", target, b"", at, secrets.token_urlsafe(18))
    assert send(fresh, method="POST") == 403
    fresh = sign(SECRET, claim, "GET", target, b"", at, secrets.token_urlsafe(18))
    theirs = sign(SECRET, root, "GET", target, b"", at, secrets.token_urlsafe(18))
    assert send({**fresh, VIEWER: theirs[VIEWER]}) == 403
    old = sign(SECRET, claim, "GET", target, b"", at - 500, secrets.token_urlsafe(18))
    assert send(old) == 403


FOREIGN = (
    *("/domains/delta.example", f"/domains/delta.example/{box('delta')}"),
    *("/system", "/limits", "/customers", f"/limits/of/mailbox/{box('delta')}"),
)


def _tricks(path: str) -> Iterator[str]:
    """Other spellings that some server takes for the same."""
    first, _, rest = path[1:].partition("/")
    yield from (f"/{path}", f"//{path[1:]}", f"{path}/", f"{path}//", f"{path};x=1", f"{path}/.")
    yield from (f"/log/..{path}", f"/log/%2e%2e{path}", f"/log/%2e%2e%2f{path[1:]}")
    yield from (f"/domains/alpha.example/..%2f..{path}", f"/static/..{path}", f"/./{path[1:]}")
    yield from (
        f"/{first}%2f{rest}",
        f"/{first}%00/{rest}",
        f"{path}%00",
        f"{path}%0a",
        f"{path}%20",
    )
    yield from (path.upper(), f"{path}.json", f"{path}%ff", quote(path), f"{path}?x=/log")
    yield from (path.replace(".", "%2e"), path.replace("d", "%64"), path.replace("e", "%EF%BD%85"))
    yield from (path.replace("e", "\u0435"), path.replace("/", "\\"), f"{path}#/log")


@pytest.mark.parametrize("parameter", ["", "route"])
@pytest.mark.parametrize("path", FOREIGN)
def test_other_spellings_of_a_path_lead_nowhere(marked: Pages, path: str, parameter: str) -> None:
    """E22"""
    anna = marked.visitor(Role.CUSTOMER, "anna", prefix="/p", parameter=parameter)
    before = dump(marked)
    for trick in _tricks(path):
        target = f"/p?route={quote(trick)}" if parameter else f"/p{trick}"
        for spelled in (target, target.replace("%25", "%")):
            answer = anna.send("GET", spelled.encode().decode("latin-1"))
            assert answer.status_code < 500, spelled
            assert holes(answer.text, ANNA, trick) == [], spelled
            assert "//" not in answer.headers.get("Location", "")[:2], spelled
    assert dump(marked) == before


@pytest.mark.parametrize(
    "prefix", ["/p", "/p/domains", "/domains", "/a/b/c", "/domains/delta.example"]
)
@pytest.mark.parametrize("parameter", ["", "route", "csrf"])
def test_prefixes_do_not_shift_what_is_asked(marked: Pages, prefix: str, parameter: str) -> None:
    anna = marked.visitor(Role.CUSTOMER, "anna", prefix=prefix, parameter=parameter)
    for path in ("", "/", "/system", "/domains/delta.example", f"/domains/{box('delta')}"):
        for target in (f"{prefix}{path}", path or "/", f"{prefix}?{parameter or 'x'}={path}"):
            answer = anna.get(target)
            assert answer.status_code < 500
            assert holes(answer.text, ANNA, f"{prefix}{target}") == [], target


METHODS = (
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "X" * 99,
)


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_do_nothing(marked: Pages, method: str) -> None:
    """A change needs a form's token, whatever the method is called."""
    before = dump(marked)
    for rule in marked.app.url_map.iter_rules():
        if rule.arguments or rule.endpoint.endswith("static"):
            continue
        for person in (marked.admin, marked.customer):
            answer = person.send(method, rule.rule)
            assert answer.status_code < 500, (rule.rule, answer.data)
        assert holes(answer.text, ANNA) == []
    assert dump(marked) == before


def test_head_is_answered_without_a_body(marked: Pages) -> None:
    assert marked.admin.send("HEAD", "/dashboard").data == b""


VALUES = (
    *("0", "-1", "1e9", "9" * 18, str(1 << 63), "9" * 30, "9" * 400, "1.5", "NaN", "Infinity"),
    *("null", "true", "[]", "{}", "½", "²", "0x1", " 1", "1 ", "\0", "a\0b", "\x1b[2J"),
    *("%", "%%", "*", "_", "'", '"', "\\", "/", "..", "../../etc/passwd", "a" * 10_000),
    *("\u202e", "\ufeff", "\ud7ff\ue000", "😀" * 3000, "x\r\nSet-Cookie: a=b", "2026-02-30"),
    *("9999-12-31", "0001-01-01", "2026-01-01T99:99", "::1", "0.0.0.0/0", "1.2.3.4/99", "AS0"),
    *("' OR 1=1 --", "${7*7}", "{{7*7}}", "https://evil.example", "javascript:x()", "]]>", "%s%n"),
)

NAMED = (
    *("account", "address", "after", "all", "before", "by", "comment", "country", "days", "domain"),
    *("entry", "form", "from", "key", "length", "level", "list", "name", "network", "number"),
    *("only", "own", "page", "part", "period", "port", "q", "queue", "reason", "refuse", "result"),
    *("scope", "service", "single", "sort", "span", "stage", "state", "tab", "take", "to", "told"),
    *("view", "where", "who", "ask", "add", "look", "secrets", "plan", "since", "until", "zone"),
    *("scopes", "fields", "csrf_token", "back", "do", "pick", "ends", "day", "enabled", "customer"),
    *("mark", "mode", "watch", "spared", "spare", "entries", "language", "theme", "act", "weighed"),
    *("country-mode", "country-list", "country-mode-inherit", "text-contact", "send-limit"),
    *("document", "shown", "merge", "login", "role", "end", "domains", "text", "kind", "what"),
)
"""Names that pages read; see what `request.args` and `request.form` are asked for."""


def _odd() -> Iterator[dict[str, str]]:
    """Some names, each with a value of its own; every name has had many values in the end."""
    for turn in range(16):
        named = NAMED[turn % 4 :: 4]
        yield {
            name: VALUES[(place * 5 + turn * 7) % len(VALUES)] for place, name in enumerate(named)
        }


@pytest.mark.parametrize(("role", "login"), [(Role.ADMIN, "root"), (Role.CUSTOMER, "anna")])
def test_odd_values_in_addresses_break_nothing(marked: Pages, role: Role, login: str) -> None:
    """Every page, every name that any page reads, odd values."""
    person, theirs = marked.visitor(role, login), OWN[role, login]
    before = dump(marked)
    paths = [
        rule.rule.replace("<domain>", "alpha.example")
        .replace("<path:mailbox>", box("alpha"))
        .replace("<int:number>", "1")
        .replace("<level>/<name>", "domain/alpha.example")
        for rule in marked.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    ]
    for path in (path for path in paths if "<" not in path):
        for said in _odd():
            answer = person.get(path, **said)
            assert answer.status_code < 500, (path, said, answer.data[-900:])
            assert "\r" not in str(answer.headers.get("Location", ""))
            assert not holes(text_of(answer), theirs) or role is Role.ADMIN
    assert dump(marked) == before


@pytest.mark.parametrize(("role", "login"), [(Role.ADMIN, "root"), (Role.CUSTOMER, "anna")])
def test_odd_values_in_forms_break_nothing(marked: Pages, role: Role, login: str) -> None:
    """Every route that changes, every name that any form has, odd values."""
    person, theirs = marked.visitor(role, login), OWN[role, login]
    token = person.token()
    for rule in marked.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
            continue
        if rule.endpoint in OUTWARD:
            continue
        path = (
            rule.rule.replace("<domain>", "alpha.example")
            .replace("<path:mailbox>", box("alpha"))
            .replace("<int:number>", "1")
            .replace("<level>/<name>", "domain/alpha.example")
        )
        for said in _odd():
            body = urlencode({**said, "csrf_token": token}).encode()
            answer = person.send("POST", path, body)
            assert answer.status_code < 500, (path, said, answer.data[-900:])
            assert not holes(text_of(answer), theirs) or role is Role.ADMIN


OUTWARD = frozenset({"system.update", "limits.test"})
"""Routes that ask other computers for something, which a test must not."""

ODD = {
    "5000 parameters": "&".join(f"p{n}=1" for n in range(5000)),
    "one 5000 times": "&".join(["account=a"] * 5000),
    "each twice": "&".join(f"{name}={n}" for name in NAMED for n in (1, 2)),
    "brackets": "account[]=a&account[x]=b&list[][]=1",
    "no value": "&".join(NAMED),
    "bad octets": "account=%ff%fe&q=%c3%28&address=%80&list=%f0%28%8c%28",
    "half escapes": "account=%&q=%2&address=%zz",
    "surrogates": "account=%ed%a0%80&q=%ed%b0%80",
    "empty names": "=&&&=x&;",
}


@pytest.mark.parametrize("query", ODD.values(), ids=ODD)
def test_odd_queries_and_bodies_break_nothing(marked: Pages, query: str) -> None:
    for person, theirs in ((marked.admin, OWN[Role.ADMIN, "root"]), (marked.customer, ANNA)):
        token = person.token()
        for rule in marked.app.url_map.iter_rules():
            if rule.arguments or rule.endpoint.endswith("static"):
                continue
            if "GET" in (rule.methods or ()):
                answer = person.send("GET", f"{rule.rule}?{query}")
                assert answer.status_code < 500, (rule.rule, answer.data[-900:])
                assert not holes(text_of(answer), theirs) or person is marked.admin
            if "POST" in (rule.methods or ()) and rule.endpoint not in OUTWARD:
                answer = person.send("POST", rule.rule, f"csrf_token={token}&{query}".encode())
                assert answer.status_code < 500, (rule.rule, answer.data[-900:])


@pytest.mark.parametrize("value", VALUES)
def test_odd_values_break_no_program(marked: Pages, value: str) -> None:
    """E15"""
    program = Program(marked, Role.CUSTOMER)
    for rule in marked.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1"):
            continue
        path = rule.rule.removeprefix("/api/v1")
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", quote(value, safe=""))
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            body = None if method == "GET" else dict.fromkeys(("level", "name", "entry"), value)
            for query in ({}, {"account": value, "limit": value}, {"level": value, "name": value}):
                answer = program.send(method, path, body, **query)
                assert answer.status_code < 500, (method, path, query, answer.text[-500:])
                assert holes(answer.text, ANNA) == []


@pytest.mark.parametrize("number", ["0", "-1", str(1 << 63), "9" * 30, "1.5", "x", "%00"])
def test_odd_numbers_are_no_events(marked: Pages, number: str) -> None:
    for person in (marked.admin, marked.customer):
        assert person.get(f"/log/{quote(number)}").status_code in (200, 404)
        assert person.post(f"/log/{quote(number)}/exempt", what="x").status_code in (404, 405)


def test_names_of_the_walls_are_told_apart() -> None:
    """A marker inside another would hide holes."""
    marks = [*NAMES.values()]
    assert all(one not in other for one in marks for other in marks if one is not other)
