"""Root's word for customers, asked by whoever can: every program of an account reaches it."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from core.panel import Role
from core.web.bridge import Claim, Forged, Verifier
from tests.cpanel.double.cpwrapd import SOCKET
from tests.cpanel.double.session import SESSIONS
from tests.cpanel.laid import SECRET, SECRET_FILE, LaidMachine
from tests.cpanel.panel_session import PanelSession
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.lab

CALL = """
use strict; use warnings; use lib '/usr/local/cpanel'; use JSON::PP; use Cpanel::AdminBin::Call;
my $json = JSON::PP->new->allow_nonref->canonical;
my @asked = @{ $json->decode(do { local $/; <STDIN> }) };
my $answer = eval { Cpanel::AdminBin::Call::call(@asked) };
print $json->encode(defined $answer ? $answer : { died => "$@" });
"""

TARGET = "/?r=/domains/example.test"
DIGEST = hashlib.sha256(b"").hexdigest()


class Asked(NamedTuple):
    """A program of an account's, which is no page of the panel's."""

    machine: LaidMachine
    user: str

    def raw(self, *words: Any) -> Any:
        """Call an admin module with anything."""
        script = ("/usr/bin/perl", "-e", CALL)
        printed = self.machine.run_as(self.user, *script, text=json.dumps(words)).stdout
        return json.loads(printed)

    def sign(self, token: str, /, **more: Any) -> Any:
        """Ask for a signature."""
        asked = {"method": "GET", "target": TARGET, "digest": DIGEST, "token": token}
        return self.raw("Mailward", "Pages", "SIGN", asked | more)


@pytest.fixture(scope="module")
def machine() -> Iterator[LaidMachine]:
    """cPanel's web server with our bridge."""
    with available(), LaidMachine() as laid:
        yield laid


@pytest.fixture(scope="module")
def anna(machine: LaidMachine) -> PanelSession:
    """A customer who is logged in."""
    return PanelSession(machine.panel, "anna")


@pytest.fixture
def mallory(machine: LaidMachine) -> Asked:
    """Another account, which is not: nobody of it has a session."""
    for file in (machine.root / SESSIONS).glob("mallory:*"):
        file.unlink()
    return Asked(machine, "mallory")


def believed(answer: dict[str, str], target: str = TARGET) -> Claim:
    """What a signature says."""
    verifier = Verifier(SECRET)
    return verifier.claim("GET", target, b"", answer["viewer"], answer["signature"], time.time())


def plant(machine: LaidMachine, name: str, *lines: str) -> Path:
    """A session's file with these lines."""
    file = machine.root / SESSIONS / name
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    return file


def test_a_page_gets_the_word_for_its_own_account(machine: LaidMachine, anna: PanelSession) -> None:
    """A customer's claim, for the session that asks."""
    claim = believed(Asked(machine, "anna").sign(anna.token))
    assert (claim.role, claim.login, claim.address) == (Role.CUSTOMER, "anna", "127.0.0.1")
    assert claim.prefix == anna.prefix


def test_without_a_session_nobody_vouches_for_an_account(mallory: Asked) -> None:
    """A script on a website runs as its account, too: alone it gets nothing."""
    assert mallory.sign("/cpsess0000000000") == {"refused": "notAllowed"}


@pytest.mark.proves("hostile")
def test_somebody_else_s_session_is_worth_nothing(mallory: Asked, anna: PanelSession) -> None:
    """Not even with its token, which stands in addresses."""
    assert mallory.sign(anna.token) == {"refused": "notAllowed"}


@pytest.mark.parametrize(
    "more",
    [
        {"login": "anna"},
        {"user": "anna", "caller": "anna", "uid": 0, "role": "admin"},
        {"prefix": "/evil", "session": "x", "language": "de", "address": "192.0.2.1"},
    ],
)
def test_names_in_a_request_change_nothing(
    machine: LaidMachine, mallory: Asked, more: dict[str, Any]
) -> None:
    """E4: the claim is the caller's, as the kernel has it."""
    own = PanelSession(machine.panel, "mallory")
    claim = believed(mallory.sign(own.token, **more))
    assert (claim.role, claim.login) == (Role.CUSTOMER, "mallory")
    assert (claim.prefix, claim.language, claim.address) == (own.prefix, "en", "127.0.0.1")


@pytest.mark.parametrize(
    "more",
    [
        {"method": "DELETE"},
        {"method": "GET\nx"},
        {"method": ["GET"]},
        {"method": None},
        {"target": "/log"},
        {"target": "/?r=/a b"},
        {"target": "/?r=/a\nmailward-1"},
        {"target": "/?r=/ü"},
        {"target": "/?" + "a" * 9000},
        {"target": {"r": "/"}},
        {"digest": "0" * 63},
        {"digest": "G" * 64},
        {"digest": "0" * 64 + "\n"},
        {"token": ""},
        {"token": "/cpsess1\n"},
        {"token": "/cpsess1/../../root"},
        {"token": 7},
    ],
)
def test_what_is_asked_badly_is_not_signed(
    machine: LaidMachine, anna: PanelSession, more: dict[str, Any]
) -> None:
    """Whatever is in it: an answer that says no more than that."""
    assert Asked(machine, "anna").sign(anna.token, **more) == {"refused": "badAddress"}


@pytest.mark.parametrize("arguments", [[], ["x"], [[1]], [{}], [None], [{"method": "GET"}, "x"]])
def test_other_arguments_are_not_signed_either(machine: LaidMachine, arguments: list[Any]) -> None:
    """As above."""
    answer = Asked(machine, "anna").raw("Mailward", "Pages", "SIGN", *arguments)
    assert answer == {"refused": "badAddress"}


@pytest.mark.parametrize(
    "words",
    [
        ("Mailward", "Pages", "headers"),
        ("Mailward", "Pages", "_is_asked_well"),
        ("Mailward", "Pages", "new"),
        ("Mailward", "Seal", "headers"),
    ],
)
def test_only_one_thing_can_be_asked(machine: LaidMachine, words: tuple[str, ...]) -> None:
    """The module has one action, and no other module of ours is there."""
    assert set(Asked(machine, "anna").raw(*words)) == {"died"}


@pytest.mark.parametrize(
    "lines",
    [
        ("user=mallory", "needs_auth=1"),
        ("user=anna",),
        ("user=anna", "user=mallory"),
        ("user=mallory", "user=root"),
        ("successful_internal_auth_with_timestamp=1",),
    ],
)
def test_a_session_that_is_none_is_worth_nothing(
    machine: LaidMachine, mallory: Asked, lines: tuple[str, ...]
) -> None:
    """One that waits for a password, or says two things."""
    file = plant(machine, "mallory:0123456789abcdef", "cp_security_token=/cpsess5", *lines)
    try:
        assert mallory.sign("/cpsess5") == {"refused": "notAllowed"}
    finally:
        file.unlink()


@pytest.mark.parametrize("name", ["mallory@example.test:0123", "mallory2:0123", "x-mallory:0123"])
def test_a_mailbox_s_session_is_not_the_account_s(
    machine: LaidMachine, mallory: Asked, name: str
) -> None:
    """Webmail's sessions lie in the same folder, under other names."""
    file = plant(machine, name, "cp_security_token=/cpsess5", "user=mallory")
    try:
        assert mallory.sign("/cpsess5") == {"refused": "notAllowed"}
    finally:
        file.unlink()


def test_a_session_s_link_is_not_followed(machine: LaidMachine, mallory: Asked) -> None:
    """The folder is root's; nothing in it leads elsewhere."""
    place = machine.path("/tmp/planted")
    place.write_text("cp_security_token=/cpsess5\nuser=mallory\n")
    link = machine.root / SESSIONS / "mallory:0123456789abcdef"
    link.symlink_to("/tmp/planted")
    try:
        assert mallory.sign("/cpsess5") == {"refused": "notAllowed"}
    finally:
        link.unlink()
        place.unlink()


@pytest.mark.parametrize(
    "path",
    [
        SECRET_FILE,
        f"/{SESSIONS}",
        "/var/cpanel/perl/Cpanel/Admin/Modules/Mailward/Pages.pm",
        "/var/cpanel/perl/Mailward/Seal.pm",
        "/usr/local/cpanel/whostmgr/docroot/cgi/mailward/mailward.cgi",
    ],
)
@pytest.mark.proves("hostile")
def test_what_is_root_s_is_out_of_reach(machine: LaidMachine, path: str) -> None:
    """By the file system alone."""
    read = "exit(opendir(my $d, $ARGV[0]) || open(my $f, '<', $ARGV[0]) ? 0 : 13)"
    assert machine.path(path).exists()
    assert machine.run_as("mallory", "/usr/bin/perl", "-e", read, path).returncode == 13


def test_the_secret_is_in_no_answer(machine: LaidMachine, anna: PanelSession) -> None:
    """Nor in what admin modules print when they fail."""
    answers = [Asked(machine, "anna").sign(anna.token), Asked(machine, "anna").raw("Mailward", "x")]
    said = json.dumps(answers) + "".join(machine.panel.cpwrapd.errors)
    assert SECRET not in said
    assert base64.urlsafe_b64encode(SECRET.encode()).decode() not in said


@pytest.mark.parametrize("line", [b"", b"\n", b"{}", b"[1]\n", b"x" * 2_000_000])
def test_nonsense_does_not_stop_the_stand_in(
    machine: LaidMachine, anna: PanelSession, line: bytes
) -> None:
    """What these tests are worth depends on it."""
    talk = "use Socket; socket my $s, PF_UNIX, SOCK_STREAM, 0; print {$s} <STDIN> "
    talk += f"if connect $s, pack_sockaddr_un('{SOCKET}')"
    machine.run_as("mallory", "/usr/bin/perl", "-e", talk, text=line.decode())
    assert "viewer" in Asked(machine, "anna").sign(anna.token)


def test_a_page_outside_the_panel_gets_nothing(machine: LaidMachine, anna: PanelSession) -> None:
    """Another account runs our script by itself, with the environment of somebody's page."""
    names = {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": "r=/domains",
        "REMOTE_USER": "anna",
        "USER": "anna",
        "cp_security_token": anna.token,
        "HTTP_COOKIE": anna.cookie,
    }
    page = "/usr/local/cpanel/base/frontend/jupiter/mailward/page.cgi"
    given = [f"{name}={value}" for name, value in names.items()]
    said = machine.run_as("mallory", "/usr/bin/env", *given, page).stdout
    assert said.startswith("Status: 403 Forbidden")


def test_a_signature_ends(machine: LaidMachine, anna: PanelSession) -> None:
    """It is for one request, once, and for two minutes."""
    answer = Asked(machine, "anna").sign(anna.token)
    verifier = Verifier(SECRET)
    given = (b"", answer["viewer"], answer["signature"])
    with pytest.raises(Forged, match="clock"):
        verifier.claim("GET", TARGET, *given, time.time() + 121)
    verifier.claim("GET", TARGET, *given, time.time())
    with pytest.raises(Forged, match="before"):
        verifier.claim("GET", TARGET, *given, time.time())
