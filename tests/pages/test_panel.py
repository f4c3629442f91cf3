"""The stand-in panel is a careful bridge: only what it says itself is believed behind it."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from core.panel import Role
from core.web.bridge import SIGNATURE, VIEWER, Verifier
from tests.pages.panel import COOKIE, MOUNTS, PASSWORD, StandInPanel
from tests.pages.serving import serving_on_socket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.test import TestResponse

SECRET = "between the panel and the pages"
WAYS = list(MOUNTS)


class Behind:
    """What is behind the bridge: notes what arrives, answers what the test says."""

    def __init__(self) -> None:
        """Answers `fine`."""
        self.asked: list[Request] = []
        self.bodies: list[bytes] = []
        self.answer = Response("<p>fine</p>", mimetype="text/html")

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        self.asked.append(request)
        self.bodies.append(request.get_data())
        return self.answer(environ, start)

    @property
    def claim(self) -> dict[str, Any]:
        """What the bridge says of the last request. Raises Forged if it must not be believed."""
        asked, body = self.asked[-1], self.bodies[-1]
        viewer, signature = asked.headers[VIEWER], asked.headers[SIGNATURE]
        target = asked.environ["RAW_URI"]
        Verifier(SECRET).claim(asked.method, target, body, viewer, signature, time.time())
        return msgspec.json.decode(base64.urlsafe_b64decode(viewer), type=dict[str, Any])


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    """The server behind the bridge."""
    server = Behind()
    with serving_on_socket(server, tmp_path / "behind.sock"):
        yield server


@pytest.fixture
def browser(tmp_path: Path, behind: Behind) -> Client:
    """Somebody before the panel, not logged in."""
    return Client(StandInPanel(tmp_path / "behind.sock", SECRET, {"anna": Role.CUSTOMER}))


def logged_in(browser: Client, login: str = "anna", password: str = PASSWORD) -> TestResponse:
    """Log in, and see what the panel says."""
    return browser.post("/login", data={"login": login, "password": password})


def ask(browser: Client, target: str, method: str = "GET", **more: Any) -> TestResponse:
    """A request whose line is kept as it is written."""
    return browser.open(target, method=method, environ_overrides={"RAW_URI": target}, **more)


@pytest.mark.parametrize("way", WAYS)
def test_nobody_passes_without_a_session(browser: Client, behind: Behind, way: str) -> None:
    answer = ask(browser, MOUNTS[way].address("/log?page=2"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=%2F")
    assert behind.asked == []


@pytest.mark.parametrize(("login", "password"), [("anna", "guess"), ("eve", PASSWORD)])
def test_a_wrong_password_or_name_gets_no_session(
    browser: Client, behind: Behind, login: str, password: str
) -> None:
    assert "Log in" in logged_in(browser, login, password).text
    assert browser.get_cookie(COOKIE) is None


@pytest.mark.parametrize("way", WAYS)
def test_the_claim_says_who_looks_and_where(browser: Client, behind: Behind, way: str) -> None:
    logged_in(browser)
    mount = MOUNTS[way]
    ask(browser, mount.address("/log?page=2"))
    claim = behind.claim
    assert (claim["role"], claim["login"]) == ("customer", "anna")
    said = claim["prefix"], claim["layout"], claim["parameter"]
    assert said == (mount.prefix, mount.layout, mount.parameter)
    assert len(claim["session"]) == 64


def test_a_session_is_the_same_all_along_and_another_after_the_next_login(
    browser: Client, behind: Behind
) -> None:
    sessions = []
    for _ in range(2):
        logged_in(browser)
        for _ in range(2):
            ask(browser, "/smb/mailward/log")
            sessions.append(behind.claim["session"])
    assert sessions[0] == sessions[1] != sessions[2] == sessions[3]


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("/smb/mailward/log?q=a+b%2F&q=2", "/smb/mailward/log?q=a+b%2F&q=2"),
        ("/smb/mailward/domain/a%2Fb%20c", "/smb/mailward/domain/a%2Fb%20c"),
        ("/modules/mailward/index.php/ui/log?q=1", "/log?q=1"),
        ("/plugin/index.raw?route=/log&q=1", "/plugin/index.raw?route=/log&q=1"),
    ],
)
def test_the_address_arrives_as_it_was_asked(
    browser: Client, behind: Behind, asked: str, arrives: str
) -> None:
    logged_in(browser)
    ask(browser, asked)
    assert behind.asked[-1].environ["RAW_URI"] == arrives


def test_what_a_browser_says_of_itself_does_not_count(browser: Client, behind: Behind) -> None:
    logged_in(browser)
    browser.set_cookie("mailward", "ours")
    forged = {VIEWER: "root", SIGNATURE: "t=1", "X-Forwarded-Prefix": "/evil", "X-Other": "1"}
    ask(browser, "/smb/mailward/", headers={**forged, "Accept-Language": "de"})
    headers = behind.asked[-1].headers
    assert behind.claim["login"] == "anna"
    assert "X-Forwarded-Prefix" not in headers
    assert "X-Other" not in headers
    assert headers["Accept-Language"] == "de"
    assert behind.asked[-1].cookies.to_dict() == {"mailward": "ours"}


def test_a_form_arrives_with_every_value(browser: Client, behind: Behind) -> None:
    logged_in(browser)
    ask(browser, "/smb/mailward/", "POST", data={"countries": ["US", "CA"], "a.b": "ü"})
    assert behind.claim["login"] == "anna"
    assert behind.bodies == [b"countries=US&countries=CA&a.b=%C3%BC"]


def test_an_answer_comes_back_whole(browser: Client, behind: Behind) -> None:
    logged_in(browser)
    behind.answer = Response(b"\x00\xff" * 700_000, 404, mimetype="application/octet-stream")
    behind.answer.set_cookie("mailward", "one")
    behind.answer.set_cookie("other", "two")
    answer = ask(browser, "/smb/mailward/file")
    assert answer.status_code == 404
    assert answer.data == b"\x00\xff" * 700_000
    assert len(answer.headers.getlist("Set-Cookie")) == 2


def test_the_body_is_printed_within_the_panels_page(browser: Client, behind: Behind) -> None:
    logged_in(browser)
    page = ask(browser, "/plugin/index.html?route=/log").text
    assert '<main id="panel-main"><p>fine</p></main>' in page
    behind.answer = Response("<p>{no} such page</p>", 404, mimetype="text/html")
    answer = ask(browser, "/plugin/index.html?route=/gone")
    assert answer.status_code == 404
    assert "{no} such page" in answer.text


@pytest.mark.parametrize(
    "answer",
    [
        Response("a{}", mimetype="text/css"),
        Response("", 303, {"Location": "/plugin/index.html?route=/log"}, mimetype="text/html"),
    ],
    ids=["style sheet", "redirect"],
)
def test_what_is_no_page_is_not_printed(browser: Client, behind: Behind, answer: Response) -> None:
    logged_in(browser)
    behind.answer = answer
    came = ask(browser, "/plugin/index.html?route=/x")
    assert (came.status_code, came.data) == (answer.status_code, answer.data)
    assert came.location == answer.location


def test_the_frame_begins_where_it_is_told(browser: Client, behind: Behind) -> None:
    logged_in(browser)
    page = browser.get("/framed?at=/log%3Fq%3D%22%26r%3D1").text
    assert 'src="/modules/mailward/index.php/ui/log?q=&quot;&amp;r=1"' in page


@pytest.mark.parametrize("target", ["/smb/mailward/../other", "/smb/mailward//evil.example/"])
def test_an_address_that_leads_elsewhere_goes_nowhere(
    browser: Client, behind: Behind, target: str
) -> None:
    logged_in(browser)
    assert ask(browser, target).status_code in (302, 400, 404)
    assert behind.asked == []


def test_pages_that_are_away_are_said_to_be(browser: Client, tmp_path: Path) -> None:
    logged_in(browser)
    (tmp_path / "behind.sock").unlink()
    answer = ask(browser, "/smb/mailward/")
    assert answer.status_code == 502
    assert "Mailward does not answer: No such file" in answer.text
