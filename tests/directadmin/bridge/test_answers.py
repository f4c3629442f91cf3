"""What the pages answer reaches the browser, and what is around them."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

import pytest

from directadmin import places
from tests.directadmin.double.exim import USERS
from tests.directadmin.laid import LaidMachine
from tests.directadmin.panel_session import PLACES, PanelSession
from tests.lab.listener import Listener

pytestmark = pytest.mark.lab

ANNA = USERS["anna"]


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
    """In both languages; mail goes on, and the administrator reads where to look."""
    for login in ("anna", "admin"):
        session = PanelSession(machine.panel, login)
        text = session.get("/").text
        assert "s pages do not answer; logins and mails are protected all the same." in text
        assert ("systemctl status" in text) == (login == "admin")
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
