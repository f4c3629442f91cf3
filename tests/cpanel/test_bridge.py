"""What WHM's and Jupiter's scripts make of requests and answers: signed, whole, nothing forged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from core.panel import Role
from core.web.bridge import SIGNATURE, VIEWER, Claim, Verifier
from tests.cpanel.laid import CUSTOMERS, PAGES, SECRET, SECRET_FILE, LaidMachine
from tests.cpanel.panel_session import FORM, PanelSession
from tests.lab.conftest import available
from tests.plesk.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plesk.listener import Heard

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def machine() -> Iterator[LaidMachine]:
    """cPanel's web server with our bridge."""
    with available(), LaidMachine() as laid:
        yield laid
        assert laid.panel.errors == []


@pytest.fixture
def pages(machine: LaidMachine) -> Iterator[Listener]:
    """What listens in the place of the administrator's and the resellers' pages."""
    with Listener(machine.path(PAGES)) as listener:
        yield listener


@pytest.fixture
def door(machine: LaidMachine) -> Iterator[Listener]:
    """What listens at the customers' door, which everybody reaches."""
    with Listener(machine.path(CUSTOMERS)) as listener:
        machine.path(CUSTOMERS).chmod(0o666)
        yield listener


@pytest.fixture(scope="module")
def root(machine: LaidMachine) -> PanelSession:
    """The administrator's session."""
    return PanelSession(machine.panel, "root")


@pytest.fixture(scope="module")
def anna(machine: LaidMachine) -> PanelSession:
    """A customer's session."""
    return PanelSession(machine.panel, "anna")


@pytest.fixture(params=["root", "anna"])
def visitor(request: pytest.FixtureRequest) -> PanelSession:
    """Somebody at either script."""
    session = request.getfixturevalue(request.param)
    assert isinstance(session, PanelSession)
    return session


@pytest.fixture
def listener(visitor: PanelSession, pages: Listener, door: Listener) -> Listener:
    """Where that visitor's requests arrive."""
    return pages if visitor.is_whm else door


def claim(heard: Heard) -> Claim:
    """What is said of the visitor; only what is signed counts."""
    return Verifier(SECRET).claim(
        heard.method,
        heard.target,
        heard.body,
        heard.header(VIEWER),
        heard.header(SIGNATURE),
        time.time(),
    )


@pytest.mark.parametrize(
    ("login", "role", "language"),
    [
        ("root", Role.ADMIN, ""),
        ("chief", Role.ADMIN, ""),
        ("rita", Role.RESELLER, "en"),
        ("anna", Role.CUSTOMER, "de"),
    ],
)
def test_the_visitor_is_who_the_session_says(
    machine: LaidMachine, pages: Listener, door: Listener, login: str, role: Role, language: str
) -> None:
    """E2, E4: role, login and language, signed; the session stays in the panel."""
    session = PanelSession(machine.panel, login)
    assert session.get("/log?account=a+b&q=%2Fx").code == 200
    heard = (pages.heard + door.heard)[0]
    found = claim(heard)
    assert (found.role, found.login, found.language) == (role, login, language)
    assert (found.prefix, found.parameter) == (session.prefix, "r")
    assert (found.layout, found.address) == ("frame", "127.0.0.1")
    assert heard.target == "/?r=/log&account=a+b&q=%2Fx"
    assert (len(pages.heard), len(door.heard)) == ((0, 1) if login == "anna" else (1, 0))
    assert session.name.partition(":")[2] not in str(heard)
    assert "session=" not in str(heard)
    session.get("/")
    assert claim((pages.heard + door.heard)[1]).session == found.session
    PanelSession(machine.panel, login).get("/")
    assert claim((pages.heard + door.heard)[2]).session != found.session


def test_a_reseller_has_an_account_of_their_own(machine: LaidMachine, door: Listener) -> None:
    """In cPanel they are a customer like others."""
    PanelSession(machine.panel, "rita", whm=False).get("/")
    found = claim(door.heard[0])
    assert (found.role, found.login) == (Role.CUSTOMER, "rita")


def test_who_lacks_the_privilege_gets_nothing(machine: LaidMachine, pages: Listener) -> None:
    """AppConfig's list, and ours should AppConfig let somebody in."""
    rolf = PanelSession(machine.panel, "rolf")
    assert rolf.get("/").code == 403
    conf = machine.path("/var/cpanel/apps/mailward.conf")
    text = conf.read_text()
    conf.write_text(text.replace("acls=software-Mailward", "acls=list-accts"))
    try:
        answers = rolf.get("/"), rolf.around()
    finally:
        conf.write_text(text)
    for answer in answers:
        assert answer.code == 403
        assert "may not see Mailward" in answer.text
        assert "iframe" not in answer.text
    assert pages.heard == []


def test_nothing_about_the_visitor_is_taken_from_the_request(
    visitor: PanelSession, listener: Listener
) -> None:
    """E4: forged headers end at the bridge, and so do cookies and what proxies say."""
    forged = {
        VIEWER: "eyJyb2xlIjoiYWRtaW4ifQ",
        SIGNATURE: "t=1,n=0123456789abcdef,s=" + "0" * 64,
        "X-Mailward-Showing": "prefix=/evil",
        "X_Mailward_Viewer": "x",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Prefix": "/evil",
        "Remote-User": "root",
        "cp-security-token": "/cpsess1",
        "Authorization": "Bearer x",
    }
    visitor.ask("GET", "/overview", b"", forged)
    (heard,) = listener.heard
    found = claim(heard)
    assert found.login == ("root" if visitor.is_whm else "anna")
    sent = {name.lower() for name, _ in heard.headers}
    assert sent == {
        *("host", "accept-encoding", "content-length", VIEWER.lower(), SIGNATURE.lower()),
    }


@pytest.mark.parametrize(
    "query",
    [
        "r=/../../../admin",
        "r=/..",
        "r=/a/../b",
        "r=/%2e%2e/b",
        "r=/a%2f..%2fb",
        "r=//evil.example/",
        "r=https://evil.example/",
        "r=/a//b",
        "r=/a%00b",
        "r=/a%0d%0aX-Evil:%20x",
        "r=log",
        "%72=/system&r=/",
        "x=%&r=/&a%0ab=1",
        "r=/&<script>=1",
        "r=/" + "a" * 9000,
    ],
)
def test_an_address_that_no_page_has_goes_no_further(
    visitor: PanelSession, listener: Listener, query: str
) -> None:
    """Neither out of our place nor into another header."""
    assert visitor.raw(query) == 400
    assert listener.heard == []


@pytest.mark.parametrize("value", ["a%20b", "Stra%C3%9Fe", "x%2Fy", "a+b", "x%26y%3D1"])
def test_what_is_written_in_percent_stays_so(
    visitor: PanelSession, listener: Listener, value: str
) -> None:
    """The signature is over what was sent, and a page is told exactly that."""
    visitor.get(f"/domains/{value.replace('+', '%2B')}?q={value}")
    assert listener.heard[0].target.endswith(f"&q={value}")
    claim(listener.heard[0])


def test_repeated_fields_keep_all_their_values(visitor: PanelSession, listener: Listener) -> None:
    """A list of countries is one field many times."""
    fields = [("c", "DE"), ("c", "AT"), ("c", "DE"), ("a.b", "1"), ("x[]", ""), ("n", "a b&=+ü")]
    assert visitor.post("/domains/example.test", fields).code == 200
    (heard,) = listener.heard
    assert heard.body == b"c=DE&c=AT&c=DE&a.b=1&x%5B%5D=&n=a%20b%26%3D%2B%C3%BC"
    assert heard.header("Content-Type") == FORM
    claim(heard)


@pytest.mark.parametrize("size", [0, 1, 65_536, 2_097_152])
def test_a_body_arrives_octet_for_octet(
    visitor: PanelSession, listener: Listener, size: int
) -> None:
    """Also one that is no text, and one as large as the largest list of exemptions."""
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    assert visitor.ask("POST", "/exemptions", body, {"Content-Type": "text/plain"}).code == 200
    (heard,) = listener.heard
    assert heard.body == body
    claim(heard)


def test_a_body_that_is_too_large_stays_outside(visitor: PanelSession, listener: Listener) -> None:
    """Two million octets are the largest that a page takes."""
    answer = visitor.ask("POST", "/exemptions", b"x" * 2_097_153, {"Content-Type": "text/plain"})
    assert (answer.code, listener.heard) == (413, [])
    assert "more than Mailward takes at once" in answer.text


@pytest.mark.parametrize(("method", "code"), [("HEAD", 200), ("PUT", 405), ("DELETE", 405)])
def test_methods_that_pages_have(
    visitor: PanelSession, listener: Listener, method: str, code: int
) -> None:
    """Pages are looked at and forms are sent; nothing else."""
    assert visitor.ask(method, "/").code == code
    assert [heard.method for heard in listener.heard] == ([method] if code == 200 else [])


def test_an_answer_comes_back_as_it_was(visitor: PanelSession, listener: Listener) -> None:
    """Code, names of downloads, octets; what belongs to one connection, and cookies, do not."""
    listener.answer = (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: text/csv; charset=utf-8\r\n"
        b"Content-Disposition: attachment; filename=\"log.csv\"; filename*=UTF-8''l%C3%B6g.csv\r\n"
        b"Content-Security-Policy: default-src 'self'\r\n"
        b"Cache-Control: no-store\r\n"
        b"Set-Cookie: a=1\r\nX-Mailward-Viewer: x\r\nStatus: 500 no\r\n"
        b"Connection: close\r\nServer: gunicorn\r\n\r\n"
        b"\xff\x00\r\n\r\nab" + b"z" * 200_000
    )
    answer = visitor.get("/log.csv")
    assert (answer.code, answer.body) == (200, b"\xff\x00\r\n\r\nab" + b"z" * 200_000)
    assert answer.header("Content-Type") == "text/csv; charset=utf-8"
    assert "filename*=UTF-8''l%C3%B6g.csv" in answer.header("Content-Disposition")
    assert answer.header("Content-Security-Policy") == "default-src 'self'"
    assert answer.header("Cache-Control") == "no-store"
    names = {name.lower() for name, _ in answer.headers}
    assert not names & {"set-cookie", "x-mailward-viewer", "status", "x-no-ssi"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304),
        (b"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 303),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno", 404),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500),
    ],
)
def test_codes_and_places_are_passed_on(
    visitor: PanelSession, listener: Listener, said: bytes, code: int
) -> None:
    """A redirect is the browser's to follow."""
    listener.answer = said
    answer = visitor.get("/x", If_None_Match='"x"')
    assert answer.code == code
    assert listener.heard[0].header("If-None-Match") == '"x"'
    assert answer.header("Location") == ("/x" if code == 303 else "")


@pytest.mark.parametrize(
    ("accepted", "text"),
    [
        ("en-US,en;q=0.5", "pages do not answer"),
        ("de-AT,de;q=0.9,en;q=0.1", "antworten nicht"),
        ("fr", "do not answer"),
        ("\x80;;,", "do not answer"),
    ],
)
def test_without_pages_the_visitor_is_told(visitor: PanelSession, accepted: str, text: str) -> None:
    """Mail is guarded all the same, and the administrator reads where to look."""
    answer = visitor.get("/", Accept_Language=accepted)
    assert (answer.code, answer.header("Cache-Control")) == (502, "no-store")
    assert text in answer.text
    assert ("systemctl status" in answer.text) == visitor.is_whm, "root can do something about it"
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 99 x\r\n\r\n", b"x" * 70_000]
)
def test_who_speaks_nonsense_is_not_believed(
    visitor: PanelSession, listener: Listener, said: bytes
) -> None:
    """Whatever is there instead of the pages."""
    listener.answer = said
    assert visitor.get("/").code == 502


def test_pages_that_take_too_long_are_given_up(
    machine: LaidMachine, visitor: PanelSession, listener: Listener
) -> None:
    """After a minute; here after a second, and the panel's process is free again."""
    file = machine.path("/var/cpanel/perl/Mailward/Carriage.pm")
    text = file.read_text()
    listener.answer = None
    try:
        file.write_text(text.replace("$SECONDS = 60;", "$SECONDS = 1;"))
        answer = visitor.get("/")
    finally:
        file.write_text(text)
    assert answer.code == 504
    assert "took too long" in answer.text


def test_a_bridge_without_its_secret_says_so(
    machine: LaidMachine, visitor: PanelSession, listener: Listener
) -> None:
    """It would be believed by nobody; a link in its place is not followed."""
    secret = machine.path(SECRET_FILE)
    kept = secret.with_name("kept")
    secret.rename(kept)
    try:
        for what in ("nothing", "an empty file", "a link"):
            secret.unlink(missing_ok=True)
            if what == "an empty file":
                secret.touch()
            elif what == "a link":
                secret.symlink_to("kept")
            answer = visitor.get("/")
            assert answer.code == 503
            assert ("mailward doctor" if visitor.is_whm else "your provider") in answer.text
    finally:
        kept.replace(secret)
    assert listener.heard == []


def test_a_frame_stands_in_the_panel_s_page(visitor: PanelSession, listener: Listener) -> None:
    """Its script is beside it; the pages are asked by the frame alone."""
    page = visitor.around()
    assert page.code == 200
    assert ("WHM" if visitor.is_whm else "cPanel") in page.text
    assert f'src="{visitor.prefix}?r=/"' in page.text
    script = f"{visitor.prefix.rpartition('/')[0]}/frame.js"
    assert f'<script src="{script}">' in page.text
    assert visitor.send("GET", script, b"", {}).header("Content-Type").startswith("text/javascript")
    assert "Child failed" not in page.text
    assert listener.heard == []


def test_without_whm_s_own_page_the_frame_stands_alone(
    machine: LaidMachine, root: PanelSession
) -> None:
    """Another version of WHM must not take the pages away."""
    broken = machine.path("/var/cpanel/broken_chrome")
    broken.touch()
    try:
        page = root.around()
    finally:
        broken.unlink()
    assert page.text.startswith("<!doctype html>")
    assert f'src="{root.prefix}?r=/"' in page.text
    assert page.text.rstrip().endswith("</html>")


def test_who_logs_out_is_out(machine: LaidMachine, door: Listener) -> None:
    """The address alone is worth nothing."""
    session = PanelSession(machine.panel, "anna")
    assert session.get("/").code == 200
    machine.path(f"/var/cpanel/sessions/raw/{session.name}").unlink()
    assert "Login" in session.get("/").text
    assert len(door.heard) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("/var/cpanel/users/anna", "mailward_enable=0\n"),
        ("/var/cpanel/packages/rita_small box", "mailward_enable=off\n"),
        ("/var/cpanel/features/default", "mailward=0\n"),
    ],
)
def test_a_package_without_mailward_has_no_page(
    machine: LaidMachine, anna: PanelSession, door: Listener, file: str, line: str
) -> None:
    """E3: by the package's switch, or by the feature list."""
    place = machine.path(file)
    place.parent.mkdir(exist_ok=True)
    before = place.read_text() if place.exists() else ""
    place.write_text(before + line)
    try:
        answer = anna.get("/")
    finally:
        place.write_text(before)
    assert answer.code == 403
    assert "package does not include Mailward" in answer.text
    assert door.heard == []
    assert anna.get("/").code == 200


def test_an_account_s_own_word_comes_before_its_package_s(
    machine: LaidMachine, anna: PanelSession, door: Listener
) -> None:
    """E3: as the daemon's own list of domains has it."""
    record, package = (
        machine.path(f"/var/cpanel/{path}") for path in ("users/anna", "packages/rita_small box")
    )
    package.parent.mkdir(exist_ok=True)
    before = record.read_text()
    package.write_text("mailward_enable=0\n")
    record.write_text(before + "mailward_enable=1\n")
    try:
        assert anna.get("/").code == 200
    finally:
        record.write_text(before)
        package.unlink()
    assert len(door.heard) == 1


def test_only_what_is_signed_reaches_a_page(anna: PanelSession, door: Listener) -> None:
    """A request that changes on its way is worth nothing: method, route, body, each."""
    anna.post("/security", [("a", "1")])
    (heard,) = door.heard
    claim(heard)
    for changed in (
        heard._replace(method="GET"),
        heard._replace(target=heard.target + "&x=1"),
        heard._replace(body=urlencode([("a", "2")]).encode()),
    ):
        with pytest.raises(Exception, match="signature is wrong"):
            claim(changed)
