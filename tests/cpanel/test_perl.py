"""What is wrong with a script before it runs, and what the hook makes of what cPanel tells it."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import pytest

from core.panel import GLUE
from cpanel.places import BRIDGE_FILES, HOOK, JUPITER
from tests.cpanel.double.cpsrvd import HERE
from tests.cpanel.laid import LaidMachine
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PERL = sorted(
    path
    for path in (*BRIDGE_FILES.rglob("*"), *GLUE.iterdir())
    if path.suffix in (".pm", ".pl", ".cgi") or path.name == "mailward-hook"
)
CORE = frozenset(
    {"Digest::SHA", "Fcntl", "JSON::PP", "MIME::Base64", "Socket", "lib", "parent", "strict"}
    | {"utf8", "warnings"}
)
"""What every Perl has (perlmodlib)."""

PANELS = ("Cpanel::", "Whostmgr::", "Mailward::")

REQUEST = "/var/lib/mailward/requests/cpanel"
COMMAND = "/usr/local/bin/mailward"
SHARED = f"{JUPITER}/mailward"
WORDS = f"{SHARED}/Mailward/Words.pm"
TOLD = "/var/lib/mailward/told"


@pytest.mark.lab
@pytest.mark.parametrize("file", PERL, ids=lambda path: path.name)
def test_a_script_compiles_without_a_warning(machine: LaidMachine, file: Path) -> None:
    """With taint checks, as well as without."""
    inside = machine.path("/tmp/checked")
    inside.write_bytes(file.read_bytes())
    libraries = ("-I/usr/local/cpanel", "-I/var/cpanel/perl", f"-I{SHARED}")
    for flags in ("-cw", "-Tcw"):
        done = machine.run("/usr/bin/env", "LC_ALL=C", "perl", flags, *libraries, "/tmp/checked")
        assert done.stdout == "/tmp/checked syntax OK\n"


@pytest.mark.parametrize("file", PERL, ids=lambda path: path.name)
def test_nothing_is_needed_that_cpanel_s_perl_may_lack(file: Path) -> None:
    """Core modules, cPanel's own and ours."""
    words = [line.split() for line in file.read_text().splitlines()]
    used = {line[1].rstrip(";") for line in words if line[:1] in (["use"], ["require"])}
    assert {name for name in used if not name.startswith(PANELS)} <= CORE


@pytest.mark.parametrize("file", PERL, ids=lambda path: path.name)
def test_scripts_are_strict(file: Path) -> None:
    """And run by cPanel's own Perl where they are run."""
    text = file.read_text()
    assert "use strict;\nuse warnings;\n" in text
    if file.suffix != ".pm":
        assert text.startswith("#!/usr/local/cpanel/3rdparty/bin/perl\n")
        assert file.stat().st_mode & 0o111 == 0o111


def test_tiles_and_descriptors_belong_together() -> None:
    """facts/cpanel.md 2: the icon beside install.json, the page where it leads."""
    (link,) = json.loads((BRIDGE_FILES / "plugin/install.json").read_text())
    assert (BRIDGE_FILES / "plugin" / link["icon"]).is_file()
    assert (BRIDGE_FILES / "jupiter" / link["uri"].partition("/")[2]).is_file()
    assert link["feature"] == "mailward"


def test_every_input_of_the_package_has_a_default_and_is_filtered() -> None:
    """facts/cpanel.md 5: WHM shows the form to whoever edits a package."""
    defaults = (BRIDGE_FILES / "extensions/mailward").read_text()
    form = (BRIDGE_FILES / "extensions/mailward.tt2").read_text()
    assert "mailward_enable=1\n" in defaults
    assert form.count('name="mailward_enable"') == form.count("name=") == 2
    printed = [part.partition("%]")[0].strip() for part in form.split("[%")[1:]]
    values = [text for text in printed if not text.startswith(("#", "IF", "UNLESS", "END"))]
    assert values
    assert all(text.endswith("| html") for text in values)


@pytest.fixture(scope="module")
def machine() -> Iterator[LaidMachine]:
    """A machine with stand-ins for cPanel's modules. Our command writes down what it is told."""
    with available(), LaidMachine() as laid:
        laid.path(REQUEST).parent.mkdir()
        laid.path("/etc/userdomains").write_text("d.test: ann\ne.test: eve\n*: nobody\n")
        laid.path("/etc/trueuserdomains").write_text("d.test: ann\ne.test: eve\n")
        command = laid.path(COMMAND)
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{TOLD}\n')
        command.chmod(0o755)
        yield laid


@pytest.fixture
def heard(machine: LaidMachine) -> LaidMachine:
    """The same, which has been told nothing yet."""
    for path in (REQUEST, TOLD):
        machine.path(path).unlink(missing_ok=True)
    return machine


def call(machine: LaidMachine, given: bytes) -> str:
    """cPanel calls the hook. Returns what it prints; all its processes have ended."""
    done = subprocess.run(
        ["/usr/sbin/chroot", str(machine.root), HOOK],
        input=given,
        env={},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    return done.stdout.decode()


def event(name: str, **data: Any) -> bytes:
    """What cPanel says (facts/cpanel.md 6)."""
    return json.dumps(
        {
            "hook": {"exectype": "script", "stage": "post"},
            "context": {"category": "Whostmgr", "event": name, "stage": "post"},
            "data": data,
        }
    ).encode()


@pytest.mark.lab
@pytest.mark.parametrize(
    "given",
    [
        event("Accounts::Create", user="u", domain="d.test", **{"pass": "S3cret pass"}),
        event("Accounts::Remove", user="u"),
        event("upcp"),
        event("UAPI::Email::passwd_pop", args={"email": "-x", "domain": "d.test"}),
        event("UAPI::Email::passwd_pop", args={"email": "a b", "domain": "d.test"}),
        event("UAPI::Email::passwd_pop", args={"email": ["a"], "domain": {}}),
        event("UAPI::Email::passwd_pop"),
        event("UAPI::Email::passwd_pop", args={"email": "bob", "domain": "d.test"}),
        event("UAPI::Email::passwd_pop", user="eve", args={"email": "bob", "domain": "d.test"}),
        event("UAPI::Email::passwd_pop", user="ann", args={"email": "bob", "domain": "no.test"}),
        event(
            "Api2::Email::passwdpop",
            user="ann",
            args={"email": "bob", "domain": "d.test"},
            output=[{"result": 0, "reason": "too weak"}],
        ),
        event("ChangePasswd", user="nobody-here", new_password="S3cret pass"),
        b"",
        b"no json",
        b"[1, 2]",
        b'{"context": 3}',
        b'"' + b"x" * 17_000_000 + b'"',
    ],
    ids=lambda given: given[:60].decode().split("data")[0][-40:],
)
def test_whatever_happens_root_looks_again(heard: LaidMachine, given: bytes) -> None:
    """E12: also after what the hook does not understand."""
    assert call(heard, given) == "1 ok\n"
    assert heard.path(REQUEST).read_bytes() == b""
    assert not heard.path(TOLD).exists()


@pytest.mark.lab
@pytest.mark.parametrize(
    ("name", "box", "domain"),
    [
        ("UAPI::Email::passwd_pop", "bob", "d.test"),
        ("UAPI::Email::passwd_pop", "bob@d.test", ""),
        ("Api2::Email::passwdpop", "bob", "d.test"),
    ],
)
def test_a_new_password_of_a_mailbox_is_told(
    heard: LaidMachine, name: str, box: str, domain: str
) -> None:
    """B11: whoever has changed it has taken a stolen account back; the password goes nowhere."""
    args = {"email": box, "domain": domain, "password": "S3cret pass"}
    given = event(name, user="ann", args=args, output=[{"result": 1}])
    assert call(heard, given) == "1 ok\n"
    heard.await_file(TOLD)
    assert heard.path(TOLD).read_text() == "password-changed -- bob@d.test\n"


@pytest.mark.lab
def test_a_new_password_of_an_account_is_that_of_its_mailbox(heard: LaidMachine) -> None:
    """B11: the account itself may log in and send, too."""
    assert call(heard, event("ChangePasswd", user="ann", new_password="S3cret pass")) == "1 ok\n"
    heard.await_file(TOLD)
    assert heard.path(TOLD).read_text() == "password-changed -- ann@d.test\n"


@pytest.mark.lab
@pytest.mark.parametrize("trickle", [False, True])
def test_cpanel_is_not_kept_waiting_by_what_it_does_not_close(
    heard: LaidMachine, trickle: bool
) -> None:
    """E8: what has come until then counts."""
    given = event("ChangePasswd", user="ann", new_password="S3cret pass")
    command = ["/usr/sbin/chroot", str(heard.root), HOOK]
    with subprocess.Popen(command, bufsize=0, stdin=PIPE, stdout=PIPE, env={}) as hook:
        assert hook.stdin
        assert hook.stdout
        hook.stdin.write(given)
        started = time.monotonic()
        while trickle and hook.poll() is None and time.monotonic() - started < 20:
            with contextlib.suppress(BrokenPipeError):
                hook.stdin.write(b" ")
            time.sleep(0.1)
        assert hook.wait(20) == 0
        assert hook.stdout.read() == b"1 ok\n"
    heard.await_file(TOLD)
    assert heard.path(TOLD).read_text() == "password-changed -- ann@d.test\n"


@pytest.mark.lab
def test_a_link_in_the_requests_place_is_not_followed(heard: LaidMachine) -> None:
    """The folder is the pages' too, and the hook runs as root."""
    victim = heard.path("/etc/victim")
    heard.path(REQUEST).symlink_to("/etc/victim")
    assert call(heard, event("Accounts::Create")) == "1 ok\n"
    assert not victim.exists()


def test_the_stand_ins_are_perl_of_their_own() -> None:
    """Nothing of cPanel's code is here: facts only."""
    for file in (HERE / "perl").rglob("*.pm"):
        assert "cPanel, L" not in file.read_text()


@pytest.mark.lab
def test_one_privilege_has_one_name(machine: LaidMachine) -> None:
    """facts/cpanel.md 1.5: the driver's, AppConfig's and the script's; WHM drops any other."""
    driver = "Cpanel::Config::ConfigObj::Driver::Mailward"
    code = f"use lib '/usr/local/cpanel'; require {driver}; my $d = {driver}->init({{}});"
    code += "print join ',', map { $_->{acl} } @{ $d->acl_desc() };"
    acl = machine.run("/usr/bin/env", "LC_ALL=C", "perl", "-we", code).stdout
    assert acl == "software-Mailward"
    assert f"\nacls={acl}\n" in (BRIDGE_FILES / "share/mailward.conf").read_text()
    assert f"= '{acl}';" in (BRIDGE_FILES / "whm/mailward.cgi").read_text()


@pytest.mark.lab
def test_everything_that_may_be_said_is_said_in_every_language(machine: LaidMachine) -> None:
    """F5: by the bridge itself, where the pages cannot."""
    sources = "".join(file.read_text() for file in PERL if file.name != "Words.pm")
    words = set(re.findall(r"'((?:not|bad|no|too|in)[A-Z]?[a-z]*[A-Z]?[a-z]*)'", sources))
    words &= set(re.findall(r"^ +(\w+) +=> '", machine.path(WORDS).read_text(), re.MULTILINE))
    assert len(words) == 9
    code = f"use lib '{SHARED}'; use Mailward::Words;"
    code += "print Mailward::Words::page($ARGV[0], $ARGV[1], $ARGV[2])"
    for word in words:
        said = set()
        for language in ("en", "de"):
            for is_root in ("0", "1"):
                flags = ("/usr/bin/env", "LC_ALL=C", "perl", "-we", code)
                page = machine.run(*flags, word, language, is_root).stdout
                assert f'<html lang="{language}">' in page
                found = re.search(r"<p>(.+)</p>", page)
                assert found, page
                said.add(found[1])
        assert len(said) == (4 if word in ("noSecret", "notRunning") else 2)
