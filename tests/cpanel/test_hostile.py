"""A hostile local user: every socket, every forged header, somebody else's word, and a flood."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from core.panel import Role
from core.web.bridge import SIGNATURE, VIEWER, Claim, sign
from tests.cpanel.laid import ACCOUNTS, CUSTOMERS, PAGES, SECRET
from tests.cpanel.panel_session import PanelSession
from tests.cpanel.served import ServedMachine
from tests.cpanel.test_admin_module import CALL
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab

TALK = """
use strict; use warnings; use Socket;
socket my $line, PF_UNIX, SOCK_STREAM, 0 or die;
connect $line, pack_sockaddr_un($ARGV[0]) or do { print "unreachable: ", $! + 0; exit };
syswrite $line, do { local $/; <STDIN> };
print while <$line>;
"""
"""A client of a socket. Prints the answer, or the number of the error."""

FLOOD = """
use strict; use warnings; use Socket;
$SIG{PIPE} = 'IGNORE'; $| = 1;
my ($place, $text) = @ARGV;
my @lines;
my $end = time + 60;
for my $number (1 .. 400) {
    socket my $line, PF_UNIX, SOCK_STREAM, 0 or last;
    connect $line, pack_sockaddr_un($place) or last;
    syswrite $line, $text;
    push @lines, $line;
}
print "full\\n";
while (time < $end) {
    my $line = shift @lines;
    close $line;
    socket $line, PF_UNIX, SOCK_STREAM, 0;
    connect $line, pack_sockaddr_un($place);
    syswrite $line, $text;
    push @lines, $line;
    select undef, undef, undef, 0.002;
}
"""
"""Holds hundreds of connections, and never stops to open new ones."""

REACH = {"unreachable: 13", "unreachable: 2"}
"""EACCES, ENOENT."""


@pytest.fixture(scope="module")
def machine() -> Iterator[ServedMachine]:
    """Real pages behind both sockets."""
    with available(), ServedMachine() as served:
        yield served
        assert served.panel.errors == []


def talk(machine: ServedMachine, user: str, socket: str, text: str) -> str:
    """A program of an account says something to a socket. Returns what it hears."""
    return machine.run_as(user, "/usr/bin/perl", "-e", TALK, socket, text=text).stdout


def request(target: str, headers: dict[str, str], method: str = "GET") -> str:
    """A request as text."""
    lines = [f"{method} {target} HTTP/1.0", "Host: mailward"]
    return "\r\n".join([*lines, *(f"{n}: {v}" for n, v in headers.items()), "", ""])


def word(machine: ServedMachine, user: str, token: str, target: str) -> dict[str, str]:
    """Root's word for an account, as its own programs get it."""
    digest = hashlib.sha256(b"").hexdigest()
    asked = {"method": "GET", "target": target, "digest": digest, "token": token}
    words = json.dumps(["Mailward", "Pages", "SIGN", asked])
    printed = machine.run_as(user, "/usr/bin/perl", "-e", CALL, text=words).stdout
    answer: dict[str, str] = json.loads(printed)
    return {VIEWER: answer["viewer"], SIGNATURE: answer["signature"]}


def stolen_secret(role: Role, login: str, target: str, **more: Any) -> dict[str, str]:
    """What somebody who had root's secret could send."""
    claim = Claim(role=role, login=login, parameter="r", prefix="/x", **more)
    return sign(SECRET, claim, "GET", target, b"", int(time.time()), "0123456789abcdef" + login)


@pytest.mark.parametrize("user", ["mallory", "anna"])
@pytest.mark.proves("hostile")
def test_the_administrator_s_socket_is_out_of_reach(machine: ServedMachine, user: str) -> None:
    """By its folder."""
    assert talk(machine, user, PAGES, request("/", {})) in REACH


@pytest.mark.parametrize("folder", ["/run/mailward-web", "/run/mailward", "/var/lib/mailward"])
def test_folders_of_ours_cannot_be_written(machine: ServedMachine, folder: str) -> None:
    """A socket in another's place would be told everything."""
    make = f"open(my $f, '>', '{folder}/web.sock2') or exit 13"
    assert machine.run_as("mallory", "/usr/bin/perl", "-e", make).returncode == 13


@pytest.mark.proves("hostile")
def test_the_customers_socket_cannot_be_replaced(machine: ServedMachine) -> None:
    """Its folder is entered by everybody and written by nobody."""
    assert machine.path(CUSTOMERS).parent.stat().st_mode & 0o022 == 0
    assert machine.run_as("mallory", "/usr/bin/perl", "-e", f"unlink '{CUSTOMERS}'").returncode == 0
    assert machine.path(CUSTOMERS).exists()


FORGED_VIEWER = base64.urlsafe_b64encode(b'{"role":"admin","login":"root"}').decode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {VIEWER: FORGED_VIEWER},
        {VIEWER: FORGED_VIEWER, SIGNATURE: f"t={int(time.time())},n={'a' * 16},s={'0' * 64}"},
        {SIGNATURE: "t=1,n=aaaaaaaaaaaaaaaa,s=" + "0" * 64},
        {"X-Mailward-Showing": "prefix=/x&layout=frame&parameter=r"},
        {"X-Mailward-Showing": "role=admin&login=root"},
        {"Remote-User": "root", "X-Forwarded-User": "root", "X-Remote-User": "anna"},
        {"Authorization": "Bearer " + SECRET},
        {"Cookie": "mailward=x; mailward_key=x; cpsession=anna%3Ax"},
        {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Prefix": "/x", "X-Script-Name": "/x"},
    ],
    ids=lambda headers: "-".join(headers) or "nothing",
)
@pytest.mark.parametrize("target", ["/", "/?r=/domains/example.test", "/domains", "/api/v1/status"])
@pytest.mark.proves("hostile")
def test_a_forged_header_counts_for_nothing(
    machine: ServedMachine, headers: dict[str, str], target: str
) -> None:
    """Never more than a 403."""
    answer = talk(machine, "mallory", CUSTOMERS, request(target, headers))
    assert answer.startswith(("HTTP/1.1 403 ", "HTTP/1.0 403 ")), answer
    assert "example.test" not in answer
    assert SECRET not in answer


def test_one_s_own_word_is_good_once(machine: ServedMachine) -> None:
    """For one's own domains; replayed, it is refused."""
    token = PanelSession(machine.panel, "mallory").token
    for domain, code in (("mallory.test", "200"), ("example.test", "404")):
        target = f"/?r=/domains/{domain}"
        text = request(target, word(machine, "mallory", token, target))
        assert talk(machine, "mallory", CUSTOMERS, text).split(" ")[1] == code
        again = talk(machine, "mallory", CUSTOMERS, text)
        assert again.split(" ")[1] == "403"
        assert "sent before" in again


@pytest.mark.parametrize("changed", ["/?r=/domains/example.test", "/?r=/system", "/"])
def test_one_s_own_word_is_for_what_was_asked(machine: ServedMachine, changed: str) -> None:
    """Another route needs another word."""
    token = PanelSession(machine.panel, "mallory").token
    text = request(changed, word(machine, "mallory", token, "/?r=/domains"))
    assert talk(machine, "mallory", CUSTOMERS, text).split(" ")[1] == "403"


@pytest.mark.proves("hostile")
def test_somebody_else_s_word_is_worth_nothing(machine: ServedMachine) -> None:
    """Overheard, unused and still fresh: the kernel says who sends it."""
    target = "/?r=/domains/example.test"
    token = PanelSession(machine.panel, "anna").token
    text = request(target, word(machine, "anna", token, target))
    answer = talk(machine, "mallory", CUSTOMERS, text)
    assert answer.split(" ")[1] == "403"
    assert "does not run as the customer" in answer


@pytest.mark.parametrize(
    ("role", "login"),
    [
        *((role, "mallory") for role in (Role.ADMIN, Role.RESELLER)),
        (Role.ADMIN, "root"),
        (Role.CUSTOMER, "root"),
        (Role.CUSTOMER, "anna"),
        (Role.CUSTOMER, "nobody-of-that-name"),
        (Role.RESELLER, "rita"),
    ],
)
@pytest.mark.proves("hostile")
def test_even_the_secret_makes_nobody_more_than_themselves(
    machine: ServedMachine, role: Role, login: str
) -> None:
    """At the customers' door: a customer, and the one that the kernel names."""
    text = request("/?r=/domains", stolen_secret(role, login, "/?r=/domains"))
    assert talk(machine, "mallory", CUSTOMERS, text).split(" ")[1] == "403"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\r\n\r\n",
        "GET",
        "GET / HTTP/9.9\r\n\r\n",
        "GET http://x/?r=/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        f"GET / HTTP/1.0\r\n{VIEWER}: {'a' * 20_000}\r\n{SIGNATURE}: x\r\n\r\n",
        "GET /?" + "a" * 100_000 + " HTTP/1.0\r\n\r\n",
    ],
    ids=range(9),
)
def test_nonsense_neither_enters_nor_stops_anybody(machine: ServedMachine, text: str) -> None:
    """Whatever it is answered, nobody else notices."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        answer = talk(machine, "mallory", CUSTOMERS, text)
        assert not answer.startswith("HTTP/1.1 200")
        assert "example.test" not in answer
    assert PanelSession(machine.panel, "anna").get("/domains/example.test").code == 200


@pytest.fixture
def flood(machine: ServedMachine, request: pytest.FixtureRequest) -> Iterator[None]:
    """One account sends as much as it can, over as many connections as it can."""
    number = ACCOUNTS["mallory"]
    identity = [f"--userspec=+{number}:+{number}", "--groups="]
    program = ["/usr/bin/perl", "-e", FLOOD, CUSTOMERS, request.param]
    process = subprocess.Popen(
        ["/usr/sbin/chroot", *identity, str(machine.root), *program],
        env={"PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "full\n"
        yield
        assert process.poll() is None, "the flood ended by itself"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


HALF = "POST /?r=/domains HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx"


@pytest.mark.parametrize(
    "flood", ["", "GET /", HALF, request("/", {})], indirect=True, ids=range(4)
)
@pytest.mark.usefixtures("flood")
@pytest.mark.proves("hostile")
def test_a_flood_stops_neither_the_administrator_nor_other_customers(
    machine: ServedMachine,
) -> None:
    """Connections that say nothing, half of something, or the same again and again."""
    root, anna = PanelSession(machine.panel, "root"), PanelSession(machine.panel, "anna")
    for _ in range(3):
        begun = time.monotonic()
        assert root.get("/domains/example.test").code == 200
        taken = time.monotonic() - begun
        assert taken < 5, f"the administrator waited {taken:.1f} s"
        begun = time.monotonic()
        assert anna.get("/domains/example.test").code == 200
        taken = time.monotonic() - begun
        assert taken < 10, f"another customer waited {taken:.1f} s"


def test_the_flood_is_over_when_it_is_over(machine: ServedMachine) -> None:
    """Whoever flooded has their own pages again at once."""
    assert PanelSession(machine.panel, "mallory").get("/domains/mallory.test").code == 200


def test_without_the_customers_door_the_administrator_s_pages_go_on(
    machine: ServedMachine,
) -> None:
    """Two processes; a customer reads why there is nothing."""
    machine.customers.stop()
    assert PanelSession(machine.panel, "root").get("/domains").code == 200
    answer = PanelSession(machine.panel, "anna").get("/domains")
    assert answer.code == 502
    assert "pages do not answer" in answer.text
