"""The plugin's scripts: what DirectAdmin hands over arrives whole, and nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import pytest

from directadmin import places
from tests.directadmin.laid import CUSTOMERS, PAGES, UI, LaidMachine
from tests.directadmin.panel_session import FORM, PLACES, PanelSession
from tests.lab.conftest import available
from tests.lab.listener import Heard, Listener
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.lab

ANNA = 59113


@pytest.fixture(scope="module")
def shared() -> Iterator[LaidMachine]:
    with available(), LaidMachine() as found:
        yield found


@pytest.fixture
def machine(shared: LaidMachine) -> Iterator[LaidMachine]:
    """The plugin in DirectAdmin; nothing may be printed to anybody's standard error."""
    shared.panel.errors.clear()
    shared.panel.ran.clear()
    yield shared
    shared.panel.entities = False
    assert shared.panel.errors == []


@pytest.fixture
def own(machine: LaidMachine) -> Iterator[Listener]:
    """In the place of the pages' own socket."""
    with Listener(machine.path(PAGES)) as pages:
        yield pages


@pytest.fixture
def door(machine: LaidMachine) -> Iterator[Listener]:
    """In the place of the customers' door."""
    with Listener(machine.path(CUSTOMERS)) as pages:
        yield pages


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


def test_download_is_passed_on_with_its_name(machine: LaidMachine, door: Listener) -> None:
    """C4: with every octet, and without what belongs to one connection."""
    data = bytes(range(256)) * 5000
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv; charset=utf-8\r\nServer: gunicorn\r\n"
        'Content-Disposition: attachment; filename="log.csv"\r\nConnection: close\r\n'
        "Set-Cookie: a=b\r\nX-Mailward-Secret: s\r\nContent-Security-Policy: default-src 'none'\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    door.answer = head.encode() + data
    answer = PanelSession(machine.panel, "anna").get("/log/export.csv")
    assert answer.body == data
    assert answer.header("Content-Disposition") == 'attachment; filename="log.csv"'
    assert answer.header("Content-Security-Policy") == "default-src 'none'"
    assert answer.header("Connection") == "close"
    for name in ("Set-Cookie", "Server", "X-Mailward-Secret"):
        assert answer.header(name) == ""


@pytest.mark.parametrize("code", [302, 303, 403, 404, 413, 503])
def test_status_and_redirect_are_passed_on(machine: LaidMachine, door: Listener, code: int) -> None:
    place = "/CMD_PLUGINS/mailward/index.raw?r=%2Fdomains"
    door.answer = (
        f"HTTP/1.1 {code} Said\r\nLocation: {place}\r\nContent-Length: 2\r\n\r\nhi".encode()
    )
    answer = PanelSession(machine.panel, "anna").post("/preferences", [("a", "b")])
    assert (answer.code, answer.text) == (code, "hi")
    assert answer.header("Location") == place


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"x" * 100_000],
)
def test_what_is_no_answer_is_said_in_words(
    machine: LaidMachine, door: Listener, said: bytes
) -> None:
    door.answer = said
    answer = PanelSession(machine.panel, "anna").get("/")
    assert answer.code == 502
    assert "do not answer" in answer.text


def test_pages_that_are_away_are_said_in_words(machine: LaidMachine) -> None:
    """In both languages; mail goes on."""
    for login in ("anna", "admin"):
        session = PanelSession(machine.panel, login)
        assert "Mailward's pages do not answer" in session.get("/").text
        answer = session.get("/", X_Test_Language="de")
        assert (answer.code, "antworten nicht" in answer.text) == (502, True)
        assert int(answer.header("Content-Length")) == len(answer.body)


def test_too_large_a_form_is_said_in_words(machine: LaidMachine, door: Listener) -> None:
    answer = PanelSession(machine.panel, "anna").post("/", [("a", "x" * 2_200_000)])
    assert answer.code == 413
    assert door.heard == []


@pytest.mark.parametrize("method", ["DELETE", "PUT", "x"])
def test_other_methods_are_refused(machine: LaidMachine, door: Listener, method: str) -> None:
    printed = machine.run_as(
        ANNA, f"{places.PLUGIN}/user/index.raw", variables={"REQUEST_METHOD": method}
    )
    assert printed.startswith(b"HTTP/1.1 405 ")
    assert door.heard == []


@pytest.mark.parametrize("level", PLACES)
def test_page_around_has_a_frame_of_its_level(machine: LaidMachine, level: str) -> None:
    login = {"admin": "admin", "reseller": "rita", "user": "anna"}[level]
    session = PanelSession(machine.panel, login)
    for method in ("GET", "POST"):
        answer = session.send(method, f"{session.place}/index.html")
        assert f'src="{PLACES[level]}/index.raw?r=%2F"' in answer.text


def test_plugin_that_is_switched_off_is_not_there(machine: LaidMachine) -> None:
    conf = machine.path(f"{places.PLUGIN}/plugin.conf")
    text = conf.read_text()
    session = PanelSession(machine.panel, "admin")
    for key in ("active", "installed"):
        conf.write_text(text.replace(f"{key}=yes", f"{key}=no"))
        assert session.send("GET", f"{session.place}/index.html").code == 404
    conf.write_text(text)
    assert session.send("GET", f"{session.place}/index.html").code == 200


@pytest.mark.parametrize("level", PLACES)
def test_menus_lead_to_pages_and_pictures_that_are_there(machine: LaidMachine, level: str) -> None:
    """F1: Evolution's menu, and the links of older skins."""
    login = {"admin": "admin", "reseller": "rita", "user": "anna"}[level]
    session = PanelSession(machine.panel, login)
    conf = parse_qs(machine.path(f"{places.PLUGIN}/plugin.conf").read_text().replace("\n", "&"))
    (place,) = conf[f"menu_{level}"]
    answer = session.send("GET", f"{session.place}/{place}")
    assert answer.header("Content-Type") == "application/json"
    (group,) = json.loads(answer.body)
    places_in = {group["icon"]}
    for entry in group["entries"]:
        assert entry.keys() == {"name", "icon", "href", "newTab", "updates"}
        places_in |= {entry["icon"], entry["href"]}
    for kind in ("txt", "img"):
        text = machine.path(f"{places.PLUGIN}/hooks/{level}_{kind}.html").read_text()
        places_in |= set(re.findall(r'(?:href|src)="([^"]+)"', text))
    assert len(places_in) == 2
    for found in places_in:
        assert found.startswith(PLACES[level])
        assert session.send("GET", found).code == 200, found


def test_nothing_of_it_has_rights_that_others_lack(machine: LaidMachine) -> None:
    """D3: no program of root's, nothing that a customer may write, no user called root."""
    for file in machine.path(places.PLUGIN).rglob("*"):
        mode = file.stat().st_mode
        assert not mode & 0o6022, file
        wanted = 0o111 if file.is_dir() or file.suffix in (".sh", ".raw") else None
        assert wanted is None or mode & wanted == wanted, file
    conf = machine.path(f"{places.PLUGIN}/plugin.conf").read_text()
    assert "admin_run_as=mailward-ui" in conf
    assert "reseller_run_as=mailward-ui" in conf
    assert "user_run_as" not in conf
    assert "root" not in conf


EVENTS = sorted(path.stem for path in (places.PLUGIN_FILES / "hooks").glob("*.sh"))
LOOKS = [event for event in EVENTS if event != "email_change_pass_post"]
NEW = "email_change_pass_post"


def _event(machine: LaidMachine, event: str, **variables: str) -> bytes:
    place = f"{places.PLUGIN}/hooks/{event}.sh"
    end = machine.run_as(0, "/bin/sh", "-c", f'"{place}"; echo "ended $?"', variables=variables)
    assert end.endswith(b"ended 0\n")
    return end.removesuffix(b"ended 0\n")


@pytest.fixture
def request_file(machine: LaidMachine) -> Iterator[Callable[[], list[str]]]:
    """Names in the folder of requests to root."""
    folder = machine.path("/var/lib/mailward/requests")
    folder.mkdir()
    yield lambda: sorted(path.name for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize("event", LOOKS)
def test_event_makes_root_look_again_and_says_nothing(
    machine: LaidMachine, request_file: Callable[[], list[str]], event: str
) -> None:
    """E12: and keeps nothing of what it is given."""
    for _ in range(3):
        printed = _event(machine, event, username="anna", passwd="hunter2", domain="x.test")
        assert printed == b""
    assert request_file() == ["directadmin"]
    assert machine.path("/var/lib/mailward/requests/directadmin").read_bytes() == b""


def test_event_fails_never(machine: LaidMachine) -> None:
    """Without the folder, as after an uninstallation that was cut off."""
    for event in EVENTS:
        assert _event(machine, event, user="bob", domain="x.test") == b""


def test_event_follows_no_link(machine: LaidMachine, request_file: Callable[[], list[str]]) -> None:
    """Whoever takes the daemon over may not make root write elsewhere."""
    link = machine.path("/var/lib/mailward/requests/directadmin")
    link.symlink_to("/etc/nologin")
    _event(machine, "user_create_post")
    assert not machine.path("/etc/nologin").exists()
    assert link.is_symlink()
    assert request_file() == ["directadmin"]


@pytest.fixture
def told(machine: LaidMachine) -> Iterator[Callable[[], str]]:
    """What our command was told, and with which variables."""
    command = machine.path("/usr/local/bin/mailward")
    command.parent.mkdir(parents=True, exist_ok=True)
    log = machine.path("/told")
    command.write_text('#!/bin/sh\necho "$@" >> /told.new; env >> /told.env; mv /told.new /told\n')
    command.chmod(0o755)
    yield lambda: log.read_text() if log.exists() else ""
    command.unlink()
    for name in ("told", "told.env"):
        machine.path(f"/{name}").unlink(missing_ok=True)


def test_new_password_of_a_mailbox_is_told(
    machine: LaidMachine, told: Callable[[], str], request_file: Callable[[], list[str]]
) -> None:
    """B11: which mailbox, and not which password."""
    _event(machine, NEW, user="bob", domain="example.test", passwd="hunter2")
    await_told(told)
    assert told() == "password-changed -- bob@example.test\n"
    assert "hunter2" not in machine.path("/told.env").read_text()
    assert request_file() == []


@pytest.mark.parametrize(
    ("user", "domain"),
    [
        ("", "x.test"),
        ("-v", "x.test"),
        ("a b", "x.test"),
        ("a", "x;y"),
        ("a@b", "x.test"),
        ("a", ""),
    ],
)
def test_what_is_no_mailbox_is_told_to_nobody(
    machine: LaidMachine, told: Callable[[], str], user: str, domain: str
) -> None:
    _event(machine, NEW, user=user, domain=domain)
    _event(machine, NEW, user="bob", domain="example.test")
    await_told(told)
    assert told() == "password-changed -- bob@example.test\n"


def await_told(told: Callable[[], str]) -> None:
    """The event does not wait for our command."""
    await_true(lambda: told() != "", "our command", str)
