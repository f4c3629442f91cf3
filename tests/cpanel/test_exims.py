"""The hook in cPanel's build, on the real Exim of several releases: made, refused, put back.

What the fragments themselves do is tested in `tests/lab/test_hooks_exim.py`.
"""

from __future__ import annotations

from subprocess import CalledProcessError
from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.panel import HookState
from cpanel import places
from cpanel.exim import BLOCKS, LAST, hook_file
from tests.cpanel.guarded import GuardedCpanel
from tests.lab.conftest import available, lab_release, pytest_generate_tests
from tests.lab.dovecot import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lab_release", "pytest_generate_tests"]

pytestmark = pytest.mark.lab

ALICE, STRANGER = "alice@example.test", "x@elsewhere.test"
FILES = tuple(hook_file(block, name) for _, block, name in BLOCKS)
FOREIGN = "# somebody else's\n  warn\n    set acl_c_somebody = yes\n"


@pytest.fixture(scope="module")
def machine(lab_release: str) -> Iterator[GuardedCpanel]:
    """An Exim of cPanel's without the hook, which the tests of this module share."""
    with available(), GuardedCpanel(lab_release) as guarded:
        yield guarded


@pytest.fixture
def bare(machine: GuardedCpanel) -> Iterator[GuardedCpanel]:
    """The same for one test, which may leave the hook in it."""
    machine.daemon.configure()
    options = machine.machine.path(places.LOCAL_OPTIONS)
    text = options.read_bytes()
    yield machine
    recorded = machine.hook.recorded()
    if recorded is not None:
        recorded.undo()
    options.write_bytes(text)
    for file in FILES:
        machine.machine.path(file).write_text("")
    machine.commands.buildeximconf()
    machine.commands.restartsrv_exim()


def state(guarded: GuardedCpanel) -> dict[str, bytes]:
    """Everything that a build reads and makes."""
    files = (*FILES, hook_file(*LAST), places.LOCAL_OPTIONS, places.EXIM_CONF)
    return {name: guarded.machine.path(name).read_bytes() for name in files}


@pytest.mark.proves("install", "connect")
def test_made_asked_and_given_back(bare: GuardedCpanel) -> None:
    """E7, E12, A1: though all pieces were switched off, and one has somebody else's lines."""
    options = bare.machine.path(places.LOCAL_OPTIONS)
    options.write_text(options.read_text() + "".join(f"acl_{name}=0\n" for _, _, name in BLOCKS))
    bare.machine.path(FILES[1]).write_text(FOREIGN)
    bare.commands.buildeximconf()
    before = state(bare)
    assert bare.install() is True
    assert bare.hook.verify() is HookState.INSTALLED
    assert bare.hook.plan().apply() is False
    assert FOREIGN in bare.machine.path(FILES[1]).read_text()
    with bare.smtp(587, bare.daemon.population.client("RU")) as client:
        assert client.greeting.code == 550, client.transcript
    with bare.smtp(587, bare.daemon.population.client("DE")) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.send_mail(ALICE, STRANGER).code == 250, client.transcript
    recorded = bare.hook.recorded()
    assert recorded is not None
    recorded.undo()
    assert recorded.left == ()
    assert state(bare) == before


@pytest.mark.parametrize("how", ["fragment", "dry run", "last word", "left out"])
@pytest.mark.proves("install")
def test_what_does_not_work_is_put_back(
    bare: GuardedCpanel, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """E12: byte for byte, before Exim has read anything."""
    before, log = state(bare), bare.exim.log_text().count("daemon started")
    skeleton = bare.machine.path("/usr/local/cpanel/etc/exim/skeleton")
    text = skeleton.read_text()
    plan = bare.hook.plan()
    if how == "fragment":
        bare.machine.path(FILES[0]).write_text("  no such thing\n")
        before = state(bare)
    elif how == "dry run":
        monkeypatch.setattr(bare.commands, "buildeximconf", lambda *_: "all is quiet\n")
    elif how == "last word":
        skeleton.write_text(text.replace("%ACL_NOT_SMTP_BLOCK%\n  accept", "%ACL_NOT_SMTP_BLOCK%"))
    else:
        skeleton.write_text(text.replace("%ACL_CONNECT_BLOCK%", ""))
    try:
        with pytest.raises(PlanError, match="Everything was put back"):
            plan.apply()
    finally:
        skeleton.write_text(text)
        monkeypatch.undo()
    if how not in ("fragment", "dry run"):
        bare.commands.buildeximconf()
    assert state(bare) == before
    assert not bare.machine.path("/etc/mailward").exists()
    if how in ("fragment", "dry run"):
        assert bare.exim.log_text().count("daemon started") == log


@pytest.mark.proves("install")
def test_a_build_that_lost_its_last_word_gets_one(bare: GuardedCpanel) -> None:
    """E7: an update of cPanel's must not make our line refuse the mails of all scripts; and
    whatever happens to its build then, what we put there goes with us."""
    skeleton = bare.machine.path("/usr/local/cpanel/etc/exim/skeleton")
    last = bare.machine.path(hook_file(*LAST))
    text, before = skeleton.read_text(), state(bare)
    assert bare.install() is True
    assert last.read_bytes() == b""
    try:
        skeleton.write_text(text.replace("%ACL_NOT_SMTP_BLOCK%\n  accept", "%ACL_NOT_SMTP_BLOCK%"))
        bare.commands.buildeximconf()
        assert not sends(bare)
        assert bare.hook.verify() is HookState.EDITED
        assert bare.hook.plan().apply() is True
        assert sends(bare)
        for _ in range(2):  # also once that is the build's own last word
            assert bare.hook.verify() is HookState.INSTALLED
            assert bare.hook.plan().apply() is False
            skeleton.write_text(text)
            bare.commands.buildeximconf()
        assert sends(bare)
    finally:
        skeleton.write_text(text)
    recorded = bare.hook.recorded()
    assert recorded is not None
    recorded.undo()
    assert recorded.left == ()
    assert state(bare) == before


def sends(guarded: GuardedCpanel) -> bool:
    """Whether a script may send."""
    letter = f"To: {ALICE}\nSubject: one\n\nBuy!\n"
    try:
        guarded.exim.send_locally(letter, "-t", "-i", folder="/home/webuser", user="webuser")
    except CalledProcessError:
        return False
    return True
