"""What DirectAdmin hands over arrives whole, and nothing else does."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest

from directadmin import places
from tests.directadmin.double.exim import USERS
from tests.directadmin.laid import UI, LaidMachine
from tests.directadmin.panel_session import FORM, PLACES, PanelSession
from tests.lab.listener import Heard, Listener

pytestmark = pytest.mark.lab

ANNA = USERS["anna"]


def _shown(heard: Heard) -> dict[str, str]:
    return dict(parse_qsl(heard.header("X-Mailward-Showing"), keep_blank_values=True))


def test_customer_s_page_is_asked_for_by_the_customer_s_own_process(
    machine: LaidMachine, door: Listener
) -> None:
    """E6: at the customers' door, with the session, and with how the page is to be shown."""
    anna = PanelSession(machine.panel, "anna")
    assert anna.get("/domains?sort=name").code == 200
    (heard,) = door.heard
    assert (heard.method, heard.uid) == ("GET", ANNA)
    assert heard.target == "/?r=/domains&sort=name"
    assert heard.header("X-DirectAdmin-Session") == anna.session
    assert heard.header("X-DirectAdmin-Key") == anna.key
    assert heard.header("X-DirectAdmin-Level") == "user"
    assert _shown(heard) == {
        "prefix": "/CMD_PLUGINS/mailward/index.raw",
        "layout": "frame",
        "parameter": "r",
        "session": anna.session,
        "language": "en",
        "address": "127.0.0.1",
    }
    assert not heard.header("Cookie")


@pytest.mark.parametrize(("login", "level"), [("admin", "admin"), ("rita", "reseller")])
def test_upper_levels_are_carried_by_a_user_of_ours(
    machine: LaidMachine, own: Listener, login: str, level: str
) -> None:
    """E5: without any right of root's; at the pages' own socket."""
    assert PanelSession(machine.panel, login).get("/").code == 200
    (heard,) = own.heard
    assert heard.uid == UI
    assert heard.header("X-DirectAdmin-Level") == level
    assert _shown(heard)["prefix"] == f"{PLACES[level]}/index.raw"


FIELDS = [
    ("country-list", "DE"),
    ("country-list", "AT"),
    ("country-list", ""),
    ("text-contact", "Größe & Co <a@b> 100 % + 1; €𝄞"),
    ("amp;", "&amp; &#38; &lt;"),
    ("empty", ""),
]


@pytest.mark.parametrize("entities", [False, True], ids=["as it is", "as in HTML"])
@pytest.mark.parametrize("more", [0, 130_000, 1_500_000], ids=["small", "stdin", "large"])
def test_form_arrives_whole(
    machine: LaidMachine, door: Listener, entities: bool, more: int
) -> None:
    """Fields that repeat, odd letters, in a variable or at the standard input."""
    machine.panel.entities = entities
    fields = [*FIELDS, ("text", "ü" * (more // 6))]
    assert PanelSession(machine.panel, "anna").post("/domains/example.test", fields).code == 200
    (heard,) = door.heard
    assert heard.method == "POST"
    assert heard.header("Content-Type") == FORM
    assert heard.body == urlencode(fields, quote_via=quote).encode()
    assert parse_qsl(heard.body.decode(), keep_blank_values=True) == fields


@pytest.mark.parametrize("entities", [False, True], ids=["as it is", "as in HTML"])
def test_query_arrives_whole(machine: LaidMachine, door: Listener, entities: bool) -> None:
    machine.panel.entities = entities
    asked = "r=%2Flog&account=b%C3%B6b%40x.test&q=a%26b%3B%22&only=1&only=2&amp=x"
    anna = PanelSession(machine.panel, "anna")
    assert anna.send("GET", f"{anna.place}/index.raw?{asked}").code == 200
    assert door.heard[0].target == f"/?{asked}"


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("r=/log&q=<a>", "/?r=/log&q=%3Ca%3E"),
        ('r=/log&q="x"\\y', "/?r=/log&q=%22x%22%5Cy"),
        ("", "/"),
    ],
)
def test_address_that_somebody_has_unescaped_is_mended(
    machine: LaidMachine, door: Listener, query: str, target: str
) -> None:
    """In a request line nothing may stand that ends it."""
    variables = {"QUERY_STRING": query, "REQUEST_METHOD": "GET"}
    printed = machine.run_as(ANNA, f"{places.PLUGIN}/user/index.raw", variables=variables)
    assert printed.startswith(b"HTTP/1.1 200 OK\r\n")
    assert door.heard[0].target == target


def test_first_look_of_evolution_is_a_look(machine: LaidMachine, door: Listener) -> None:
    """It arrives as a form with nothing in it."""
    anna = PanelSession(machine.panel, "anna")
    for _ in range(2):
        assert anna.post("/", []).code == 200
    assert [each.method for each in door.heard] == ["GET", "GET"]
    assert [method for _, _, method in machine.panel.ran] == ["POST", "POST"]


@pytest.mark.parametrize("name", ["SESSION_ID", "SESSION_KEY", "LANGUAGE", "REMOTE_ADDR"])
@pytest.mark.parametrize(
    "value", ["x\r\nX-DirectAdmin-Level: admin", "a b", "x\n\nGET / HTTP/1.0", "ü", "y" * 300]
)
def test_variables_add_no_header(
    machine: LaidMachine, door: Listener, name: str, value: str
) -> None:
    """D3: whoever starts the script by hand sets them as they like."""
    machine.run_as(ANNA, f"{places.PLUGIN}/user/index.raw", variables={name: value})
    (heard,) = door.heard
    assert heard.header("X-DirectAdmin-Level") == "user"
    assert [n for n, _ in heard.headers if n.lower().startswith("x-")] == [
        "X-Mailward-Showing",
        "X-DirectAdmin-Level",
        "X-DirectAdmin-Session",
        "X-DirectAdmin-Key",
    ]
    assert value not in str(heard.headers)


def test_variables_decide_no_more_than_a_browser_does(machine: LaidMachine, door: Listener) -> None:
    forged = {
        "HTTP_X_MAILWARD_VIEWER": "eyJyb2xlIjoiYWRtaW4ifQ",
        "HTTP_X_MAILWARD_SIGNATURE": "t=1",
        "HTTP_X_DIRECTADMIN_LEVEL": "admin",
        "HTTP_COOKIE": "session=secret; mailward=key",
        "HTTP_AUTHORIZATION": "Bearer x",
        "USERTYPE": "admin",
        "USERNAME": "admin",
    }
    machine.run_as(ANNA, f"{places.PLUGIN}/user/index.raw", variables=forged)
    names = {name.lower() for name, _ in door.heard[0].headers}
    assert not names & {"cookie", "authorization", "x-mailward-viewer", "x-mailward-signature"}
    assert "secret" not in str(door.heard)
