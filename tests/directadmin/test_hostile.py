"""Local users with a grudge at the pages' sockets: customers, and who took one of them over."""

from __future__ import annotations

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.web.crowd import PER_USER
from directadmin import places
from directadmin.session import TRIES
from tests.directadmin.laid import CUSTOMERS, PAGES, UI, LaidMachine
from tests.directadmin.panel_session import PanelSession
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab

ANNA, BERT, NOBODY = 59113, 59114, 65534

SCRIPT = f"{places.PLUGIN}/user/index.raw"

SEND = """
import socket, sys
one = socket.socket(socket.AF_UNIX)
one.settimeout(60)
one.connect(sys.argv[1])
try:
    one.sendall(sys.stdin.buffer.read())
except OSError:
    pass
heard = b""
try:
    while data := one.recv(65536):
        heard += data
except OSError:
    pass
sys.stdout.buffer.write(heard)
"""

HOLD = """
import socket, sys, time
held = []
while len(held) < int(sys.argv[2]):
    one = socket.socket(socket.AF_UNIX)
    one.connect(sys.argv[1])
    try:
        one.sendall(sys.argv[3].encode())
    except OSError:
        pass
    held.append(one)
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[LaidMachine]:
    with available(), LaidMachine() as machine:
        machine.serve_pages()
        yield machine
        assert machine.panel.errors == []


@pytest.fixture
def served(shared: LaidMachine) -> Iterator[LaidMachine]:
    """The plugin, and real pages behind both sockets, which still serve at the end."""
    yield shared
    assert PanelSession(shared.panel, "admin").get("/dashboard").code == 200


def _send(
    machine: LaidMachine, uid: int, headers: dict[str, str], path: str = "/", place: str = CUSTOMERS
) -> tuple[int, str]:
    """One request at a socket, by somebody; 0 where the kernel does not let them knock."""
    lines = [f"GET {path} HTTP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
    text = "\r\n".join((*lines, "", "")).encode()
    said = machine.run_as(uid, "/usr/bin/python3.11", "-c", SEND, place, text=text).decode()
    found = re.match(r"HTTP/1\.[01] (\d{3})", said)
    return (int(found[1]) if found else 0), said


def _headers(session: PanelSession, level: str = "user") -> dict[str, str]:
    """What the plugin sends."""
    return {
        "X-Mailward-Showing": "prefix=%2Fx&layout=frame&parameter=r",
        "X-DirectAdmin-Level": level,
        "X-DirectAdmin-Session": session.session,
        "X-DirectAdmin-Key": session.key,
    }


@pytest.mark.proves("hostile")
def test_the_right_session_with_the_wrong_user(served: LaidMachine) -> None:
    """D3: bert has overheard anna's session, and root's."""
    anna, admin = PanelSession(served.panel, "anna"), PanelSession(served.panel, "admin")
    for session in (anna, admin):
        for level in ("user", "reseller", "admin"):
            status, said = _send(served, BERT, _headers(session, level), "/?r=/domains")
            assert status == 403
            assert "not believed" in said
            assert "example.test" not in said
    assert _send(served, ANNA, _headers(anna), "/?r=/domains")[0] == 200


@pytest.mark.proves("hostile")
def test_the_right_user_with_the_wrong_session(served: LaidMachine) -> None:
    """A web site of anna's that was taken over knows no session of hers."""
    anna = PanelSession(served.panel, "anna")
    good = _headers(anna)
    other = PanelSession(served.panel, "bert")
    for change in (
        {"X-DirectAdmin-Session": other.session},
        {"X-DirectAdmin-Key": other.key},
        {"X-DirectAdmin-Session": other.session, "X-DirectAdmin-Key": other.key},
        {"X-DirectAdmin-Key": ""},
        {"X-DirectAdmin-Session": "../../../etc/passwd"},
        {"X-DirectAdmin-Level": "admin"},
    ):
        status, said = _send(served, ANNA, good | change, "/?r=/domains/example.test")
        assert (status, "example.test" in said) == (403, False), change
    assert _send(served, ANNA, good, "/?r=/domains/example.test")[0] == 200


def test_the_session_that_has_ended(served: LaidMachine) -> None:
    bert = PanelSession(served.panel, "bert")
    served.panel.log_out(bert.session)
    assert _send(served, BERT, _headers(bert), "/?r=/domains")[0] == 403


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"X-Mailward-Showing": "role=admin&login=admin"},
        {"X-Mailward-Viewer": "eyJyb2xlIjoiYWRtaW4iLCJsb2dpbiI6ImFkbWluIn0="},
        {"X-Mailward-Viewer": "e30=", "X-Mailward-Signature": f"t=1,n={'a' * 20},s={'0' * 64}"},
        {"X-DirectAdmin-Level": "admin"},
        {"X-DirectAdmin-Level": "user", "X-DirectAdmin-User": "admin", "Username": "admin"},
        {"X-Forwarded-User": "admin", "Remote-User": "admin", "X-Forwarded-For": "127.0.0.1"},
        {"Cookie": "session=x; key=y; mailward=z", "Authorization": "Bearer mailward_x_y"},
    ],
)
@pytest.mark.parametrize("uid", [ANNA, NOBODY])
@pytest.mark.proves("hostile")
def test_forged_headers_count_for_nothing(
    served: LaidMachine, uid: int, forged: dict[str, str]
) -> None:
    """D3."""
    for path in ("/", "/?r=/dashboard", "/api/v1/me", "/static/app.css", "/enter?key=x"):
        status, said = _send(served, uid, forged, path)
        assert status == 403
        assert "<html" not in said


def test_level_named_twice_is_neither(served: LaidMachine) -> None:
    """Servers join headers that repeat."""
    bert = PanelSession(served.panel, "bert")
    twice = {**_headers(bert), "x-directadmin-level": "admin"}
    assert _send(served, BERT, twice, "/?r=/domains")[0] == 403


@pytest.mark.parametrize("uid", [ANNA, NOBODY])
@pytest.mark.proves("hostile")
def test_the_pages_own_socket_is_out_of_reach(served: LaidMachine, uid: int) -> None:
    admin = PanelSession(served.panel, "admin")
    assert _send(served, uid, _headers(admin, "admin"), place=PAGES) == (0, "") or (
        "PermissionError" in _send(served, uid, _headers(admin, "admin"), place=PAGES)[1]
    )


def test_nothing_of_ours_can_be_read(served: LaidMachine) -> None:
    for path in (f"{places.HOME}/conf/directadmin.conf", "/var/lib/mailward/web.secret"):
        assert b"ermission denied" in served.run_as(ANNA, "/bin/cat", path)


def test_the_plugin_s_script_by_hand_has_no_more_rights(served: LaidMachine) -> None:
    """Scripts of the upper levels lie there for everybody to start."""
    admin = PanelSession(served.panel, "admin")
    variables = {
        "SESSION_ID": admin.session,
        "SESSION_KEY": admin.key,
        "QUERY_STRING": "r=/domains",
    }
    for level, code in (("admin", b"502"), ("reseller", b"502"), ("user", b"403")):
        script = f"{places.PLUGIN}/{level}/index.raw"
        said = served.run_as(BERT, script, variables=variables)
        assert said.startswith(b"HTTP/1.1 " + code), said
        assert b"example.test" not in said


def test_directadmin_s_own_user_is_no_customer(served: LaidMachine) -> None:
    """The account of the upper levels has no page of a customer's."""
    anna = PanelSession(served.panel, "anna")
    assert _send(served, UI, _headers(anna), "/?r=/domains")[0] == 403
    assert _send(served, UI, _headers(anna, "admin"), "/?r=/system", place=PAGES)[0] == 403
    assert _send(served, 0, _headers(anna), "/?r=/domains")[0] == 403


def test_whoever_guesses_sessions_does_not_wear_directadmin_out(served: LaidMachine) -> None:
    served.panel.asked.clear()
    with ThreadPoolExecutor(4) as pool:

        def guess(number: int) -> int:
            made = {"X-DirectAdmin-Session": f"g{number}", "X-DirectAdmin-Key": "k"}
            return _send(served, NOBODY + 1000, {"X-DirectAdmin-Level": "user", **made})[0]

        assert set(pool.map(guess, range(3 * TRIES))) == {403}
    assert len(served.panel.asked) <= TRIES + 4
    assert PanelSession(served.panel, "bert").get("/overview").code == 200


@pytest.mark.parametrize(
    "text", ["", "GET /", "POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\nx", "\0" * 5000]
)
@pytest.mark.proves("hostile")
def test_whoever_holds_connections_open_keeps_nobody_out(served: LaidMachine, text: str) -> None:
    """Neither the administrator nor other customers notice."""
    text = text.replace("\0", "A")
    command = ("/usr/bin/python3.11", "-c", HOLD, CUSTOMERS, str(8 * PER_USER), text)
    inside = ["chroot", f"--userspec=+{BERT}:+{BERT}", "--groups=", str(served.root), *command]
    anna, admin = PanelSession(served.panel, "anna"), PanelSession(served.panel, "admin")
    with subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == b"ready\n"
        began = time.monotonic()
        for session, route in ((anna, "/overview"), (admin, "/dashboard"), (anna, "/domains")):
            assert session.get(route).code == 200
        assert time.monotonic() - began < 10
        crowd.communicate(b"\n", timeout=30)


def test_the_panel_that_is_away_lets_nobody_in(served: LaidMachine) -> None:
    """And the port that a customer's program has taken meanwhile hears no session."""
    bert = PanelSession(served.panel, "bert")
    served.panel.asked.clear()
    served.panel.listen(owner=ANNA)
    try:
        answer = bert.get("/overview")
        assert answer.code == 403
        assert "somebody else" in answer.text
        assert served.panel.asked == []
        served.panel.listen()
        served.panel.answers = "nonsense"
        assert bert.get("/overview").code == 403
    finally:
        served.panel.answers = ""
        served.panel.listen()
    assert bert.get("/overview").code == 200


def test_pages_that_are_away_are_told_in_words() -> None:
    """Mail and the panel go on."""
    with available(), LaidMachine() as machine:
        machine.serve_pages()
        anna = PanelSession(machine.panel, "anna")
        assert anna.get("/overview").code == 200
        machine.stop_pages()
        answer = anna.get("/overview")
        assert (answer.code, "do not answer" in answer.text) == (502, True)
        assert anna.send("GET", f"{anna.place}/index.html").code == 200
