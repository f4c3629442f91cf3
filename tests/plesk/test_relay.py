"""What the PHP relay makes of requests and answers: signed, whole, and without anything forged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from core.panel import Role
from core.web.bridge import SIGNATURE, VIEWER, Claim, Verifier
from tests.lab.listener import Listener
from tests.plesk.panel_session import FORM, PREFIX, TOKEN, PanelSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.listener import Heard
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

SOCKET = "/run/mailward-web/web.sock"
SECRET = "/opt/psa/var/modules/mailward/bridge.secret"


@pytest.fixture(scope="module")
def plesk(installed: PleskServer) -> Iterator[PleskServer]:
    """A Plesk whose Mailward has no pages just now."""
    installed.run("systemctl", "stop", "mailward-web.service")
    yield installed
    installed.run("systemctl", "start", "mailward-web.service")


@pytest.fixture
def pages(plesk: PleskServer) -> Iterator[Listener]:
    """What listens in the pages' place."""
    with Listener(plesk.machine.path(SOCKET)) as listener:
        yield listener


@pytest.fixture(scope="module")
def anna(plesk: PleskServer) -> PanelSession:
    """A customer's session."""
    return PanelSession(plesk.address, "anna")


def claim(plesk: PleskServer, heard: Heard) -> Claim:
    """What the relay says of the visitor; only what is signed counts."""
    secret = plesk.machine.path(SECRET).read_text().strip()
    return Verifier(secret).claim(
        heard.method,
        heard.target,
        heard.body,
        heard.header(VIEWER),
        heard.header(SIGNATURE),
        time.time(),
    )


@pytest.mark.parametrize(
    ("login", "role", "locale"),
    [
        ("admin", Role.ADMIN, "en-US"),
        ("rita", Role.RESELLER, "de-DE"),
        ("anna", Role.CUSTOMER, "zh-TW"),
    ],
)
@pytest.mark.proves("admin", "customers")
def test_the_visitor_is_who_the_session_says(
    plesk: PleskServer, pages: Listener, login: str, role: Role, locale: str
) -> None:
    """E2, E4: role, login and language, signed; the number of the session stays in the panel."""
    session = PanelSession(plesk.address, login, locale)
    assert session.get("/log?account=a+b&q=%2Fx").code == 200
    (heard,) = pages.heard
    found = claim(plesk, heard)
    assert (found.role, found.login, found.language) == (role, login, locale)
    assert (found.prefix, found.layout, found.address) == (PREFIX, "frame", "127.0.0.1")
    assert heard.target == "/log?account=a+b&q=%2Fx"
    assert "PLESKSESSID" not in str(heard)
    session.get("/")
    assert claim(plesk, pages.heard[1]).session == found.session
    PanelSession(plesk.address, login).get("/")
    assert claim(plesk, pages.heard[2]).session != found.session


@pytest.mark.proves("hostile")
def test_nothing_about_the_visitor_is_taken_from_the_request(
    plesk: PleskServer, pages: Listener, anna: PanelSession
) -> None:
    """E4: forged headers end at the relay, and so do cookies and what proxies say."""
    forged = {
        VIEWER: "eyJyb2xlIjoiYWRtaW4ifQ",
        SIGNATURE: "t=1,n=0123456789abcdef,s=" + "0" * 64,
        "X_Mailward_Viewer": "x",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Prefix": "/evil",
        "Authorization": "Bearer x",
    }
    anna.ask("GET", "/overview", b"", forged)
    (heard,) = pages.heard
    found = claim(plesk, heard)
    assert (found.role, found.login) == (Role.CUSTOMER, "anna")
    sent = {name.lower() for name, _ in heard.headers}
    assert sent <= {"host", "connection", "accept", "accept-encoding", VIEWER.lower()} | {
        SIGNATURE.lower()
    }


@pytest.mark.parametrize(
    "path",
    [
        "/../../../admin",
        "/..",
        "/a/../b",
        "/%2e%2e/b",
        "/a%2f..%2fb",
        "//evil.example/",
        "/a//b",
        "/a%00b",
        "/a%0d%0aX-Evil:%20x",
        "/a%01",
        "/" + "a" * 9000,
    ],
)
def test_an_address_that_no_page_has_goes_no_further(
    pages: Listener, anna: PanelSession, path: str
) -> None:
    """facts/plesk.md 4.3, 6: neither out of our path nor into another header."""
    assert anna.raw(PREFIX + path) in (400, 404)
    assert pages.heard == []


@pytest.mark.parametrize("value", ["a%20b", "Stra%C3%9Fe", "x%2Fy", "a+b", "x%26y%3D1"])
def test_what_is_written_in_percent_stays_so(
    pages: Listener, anna: PanelSession, value: str
) -> None:
    """The signature is over what was sent, and a page is told exactly that."""
    anna.get(f"/domains/{value}?q={value}")
    assert pages.heard[0].target == f"/domains/{value}?q={value}"


def test_repeated_fields_keep_all_their_values(
    plesk: PleskServer, pages: Listener, anna: PanelSession
) -> None:
    """A list of countries is one field many times; Plesk's token is nobody else's business."""
    fields = [("c", "DE"), ("c", "AT"), ("c", "DE"), ("a.b", "1"), ("x[]", ""), ("n", "a b&=+ü")]
    assert anna.post("/domains/example.test", fields).code == 200
    (heard,) = pages.heard
    assert heard.body == (b"c=DE&c=AT&c=DE&a.b=1&x%5B%5D=&n=a%20b%26%3D%2B%C3%BC")
    assert heard.header("Content-Type") == FORM
    assert claim(plesk, heard).login == "anna"


@pytest.mark.parametrize("given", ["", "0" * 32])
@pytest.mark.proves("hostile")
def test_a_change_without_plesks_token_is_refused(
    pages: Listener, anna: PanelSession, given: str
) -> None:
    """facts/plesk.md 4.4."""
    body = f"x=1&{TOKEN}={given}".encode()
    assert anna.ask("POST", "/security", body, {"Content-Type": FORM}).code == 403
    assert pages.heard == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "POST"])
def test_every_method_is_carried(
    plesk: PleskServer, pages: Listener, anna: PanelSession, method: str
) -> None:
    """With its body, also one that is no form."""
    body = b"" if method == "HEAD" else b'{"a": 1}'
    headers = {"X-Forgery-Protection-Token": anna.token, "Content-Type": "application/json"}
    assert anna.ask(method, "/api", body, headers).code == 200
    (heard,) = pages.heard
    assert (heard.method, heard.body) == (method, body)
    claim(plesk, heard)


def test_a_body_that_is_too_large_stays_outside(pages: Listener, anna: PanelSession) -> None:
    """Two million octets are the largest that a page takes."""
    headers = {"X-Forgery-Protection-Token": anna.token, "Content-Type": "text/plain"}
    fits, large = b"x" * 2_097_152, b"x" * 2_097_153
    assert anna.ask("POST", "/exemptions", fits, headers).code == 200
    assert pages.heard[0].body == fits
    answer = anna.ask("POST", "/exemptions", large, headers)
    assert (answer.code, len(pages.heard)) == (413, 1)
    assert "more than Mailward takes at once" in answer.text


def test_what_php_has_taken_apart_is_refused_and_not_passed_on_empty(
    pages: Listener, anna: PanelSession
) -> None:
    """facts/plesk.md 4.3, 1: no page sends a file this way; whoever does is told."""
    body = (
        f'--x\r\nContent-Disposition: form-data; name="{TOKEN}"\r\n\r\n{anna.token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n1\r\n--x--\r\n'
    )
    sent = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = anna.ask("POST", "/exemptions/import", body.encode(), sent)
    assert (answer.code, pages.heard) == (415, [])
    assert "choose the file there" in answer.text


def test_an_answer_comes_back_as_it_was(pages: Listener, anna: PanelSession) -> None:
    """Code, names of downloads, repeated headers, octets; what belongs to one connection not."""
    pages.answer = (
        b"HTTP/1.1 100 Continue\r\nX-Early: x\r\n\r\n"
        b"HTTP/1.1 201 Created\r\n"
        b"Content-Type: text/csv; charset=utf-8\r\n"
        b"Content-Disposition: attachment; filename=\"log.csv\"; filename*=UTF-8''l%C3%B6g.csv\r\n"
        b"Content-Security-Policy: default-src 'self'\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\nServer: gunicorn\r\n\r\n"
        b"3\r\n\xff\x00\n\r\n2\r\nab\r\n0\r\n\r\n"
    )
    answer = anna.get("/log.csv")
    assert (answer.code, answer.body) == (201, b"\xff\x00\nab")
    assert answer.header("Content-Type") == "text/csv; charset=utf-8"
    assert "filename*=UTF-8''l%C3%B6g.csv" in answer.header("Content-Disposition")
    assert answer.header("Content-Security-Policy") == "default-src 'self'"
    assert [v for n, v in answer.headers if n == "Set-Cookie"] == ["a=1", "b=2"]
    names = {name.lower() for name, _ in answer.headers}
    assert not names & {"x-early", "server", "transfer-encoding"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304),
        (b"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 303),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500),
    ],
)
def test_codes_and_places_are_passed_on(
    pages: Listener, anna: PanelSession, said: bytes, code: int
) -> None:
    """A redirect is the browser's to follow."""
    pages.answer = said
    answer = anna.get("/x", If_None_Match='"x"')
    assert answer.code == code
    assert pages.heard[0].header("If-None-Match") == '"x"'
    assert answer.header("Location") == ("/x" if code == 303 else "")


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en-US", "pages do not answer"), ("de-DE", "antworten nicht"), ("fr-FR", "do not answer")],
)
def test_without_pages_the_visitor_is_told(plesk: PleskServer, locale: str, text: str) -> None:
    """Mail is guarded all the same, and the administrator reads where to look."""
    answer = PanelSession(plesk.address, "anna", locale).get("/")
    assert answer.code == 502
    assert text in answer.text


def test_pages_that_take_too_long_are_given_up(
    plesk: PleskServer, pages: Listener, anna: PanelSession
) -> None:
    """After a minute; here after a second, and the panel's process is free again."""
    relay = plesk.machine.path("/opt/psa/admin/plib/modules/mailward/library/Relay.php")
    text = relay.read_text()
    pages.answer = None
    try:
        relay.write_text(text.replace("const SECONDS = 60;", "const SECONDS = 1;"))
        answer = anna.get("/")
    finally:
        relay.write_text(text)
    assert answer.code == 504
    assert "took too long" in answer.text


def test_a_bridge_without_its_secret_says_so(plesk: PleskServer, anna: PanelSession) -> None:
    """It would be believed by nobody."""
    secret = plesk.machine.path(SECRET)
    kept = secret.with_name("kept")
    secret.rename(kept)
    try:
        answer = anna.get("/")
    finally:
        kept.rename(secret)
    assert answer.code == 503
    assert "mailward doctor" in answer.text


@pytest.mark.proves("plans")
def test_a_customer_whose_plans_have_no_mailward_gets_no_page(
    plesk: PleskServer, pages: Listener
) -> None:
    """E3: the plan's switch; the reseller and the administrator keep theirs."""
    plesk.database("INSERT INTO permissions VALUES (2, 'access', 0)")
    try:
        answers = {who: PanelSession(plesk.address, who) for who in ("admin", "rita", "bert")}
        codes = {who: session.get("/").code for who, session in answers.items()}
        assert codes == {"admin": 200, "rita": 200, "bert": 403}
        assert "service plan does not include Mailward" in answers["bert"].get("/").text
        assert "iframe" not in answers["bert"].page.text
        assert "service plan does not include Mailward" in answers["bert"].page.text
        assert len(pages.heard) == 2
    finally:
        plesk.database("DELETE FROM permissions")
