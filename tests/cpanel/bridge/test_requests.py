"""What WHM's and Jupiter's scripts make of requests: signed, whole, with nothing forged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from core.panel import Role
from core.web.bridge import SIGNATURE, VIEWER, Claim, Forged, Verifier
from tests.cpanel.laid import SECRET
from tests.cpanel.panel_session import FORM, PanelSession

if TYPE_CHECKING:
    from tests.cpanel.laid import LaidMachine
    from tests.lab.listener import Heard, Listener

pytestmark = pytest.mark.lab


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
    assert visitor.raw(f"{visitor.prefix}?{query}") == 400
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
        with pytest.raises(Forged, match="signature is wrong"):
            claim(changed)
