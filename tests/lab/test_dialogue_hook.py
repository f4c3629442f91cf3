"""Dialogues before, with and after the hooks: what is undone is as if it had never been.

Which edits are made, and what else happens to them, is asserted in test_hooks_postfix.py and
test_hooks_dovecot.py; the command line is in test_hook_command.py.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.panel import HookState
from tests.lab.conftest import available
from tests.lab.guarded_host import ALICE, BOB, PASSWORD, STRANGER, GuardedHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.mta.dovecot import DovecotHook
    from core.mta.postfix import PostfixHook

pytestmark = pytest.mark.lab

FOLDERS = ("/etc/postfix", "/etc/dovecot")


@pytest.fixture
def unguarded(lab_release: str) -> Iterator[GuardedHost]:
    """Running servers that do not know of the daemon, which does not run yet."""
    with available():
        host = GuardedHost(lab_release)
    try:
        host.host.start()
        yield host
    finally:
        host.close()


def inventory(host: GuardedHost) -> dict[str, tuple[str, int, int, bytes]]:
    """Every file, folder and link of both servers' settings: mode, owner, group, content."""
    found = {}
    for folder in FOLDERS:
        top = host.machine.path(folder)
        for path in (top, *top.rglob("*")):
            status = path.lstat()
            content = b""
            if path.is_symlink():
                content = os.fsencode(path.readlink())
            elif path.is_file():
                content = path.read_bytes()
            name = str(path.relative_to(host.machine.root))
            found[name] = (stat.filemode(status.st_mode), status.st_uid, status.st_gid, content)
    return found


def is_open_to_russia(host: GuardedHost) -> bool:
    """Whether somebody there can send and read; always both or neither."""
    source = host.daemon.client("RU")
    with host.smtp(587, source) as client:
        sends = client.greeting.code == 220
        if sends:
            client.ehlo()
            assert client.auth_plain(ALICE, PASSWORD).code == 235
            assert client.send_mail(ALICE, STRANGER).code == 250
    with host.mailbox(993, source) as reader:
        assert reader.login(ALICE, PASSWORD).ok is sends
    return sends


@pytest.mark.proves("install", of="postfix")
def test_the_life_of_the_hooks(unguarded: GuardedHost) -> None:
    """A1, A2, E11, D9: from a server that lets everybody in, and back to it, byte for byte."""
    host = unguarded
    before = inventory(host)
    assert is_open_to_russia(host)
    assert (host.postfix_hook.verify(), host.dovecot_hook.verify()) == (HookState.MISSING,) * 2

    host.install()
    guarded = inventory(host)
    assert guarded != before
    assert not is_open_to_russia(host)
    assert (host.postfix_hook.verify(), host.dovecot_hook.verify()) == (HookState.INSTALLED,) * 2

    assert host.postfix_hook.plan().apply() is False, "once is enough"
    assert host.dovecot_hook.plan().apply() is False
    assert inventory(host) == guarded

    generation = host.host.generation()
    host.daemon.stop()
    for hook in (host.dovecot_hook, host.postfix_hook):
        recorded = hook.recorded()
        assert recorded is not None
        assert recorded.undo() is True
        assert recorded.left == ()
    host.host.await_reloaded(generation)
    assert inventory(host) == before
    assert not host.daemon.policy_socket.parent.exists()
    host.daemon.start()
    asked = host.daemon.asked()
    assert is_open_to_russia(host)
    assert host.daemon.asked() == asked
    with host.smtp(587, host.daemon.client("RU")) as client:
        client.ehlo()
        assert client.send_mail(ALICE, BOB).code == 554, "it takes no mail without a login, as ever"


@pytest.mark.parametrize("name", ["postfix_hook", "dovecot_hook"])
def test_a_hook_whose_daemon_does_not_run_is_put_back(unguarded: GuardedHost, name: str) -> None:
    """D9, E11: the probe fails, and nobody has noticed anything."""
    host = unguarded
    before = inventory(host)
    hook: PostfixHook | DovecotHook = getattr(host, name)

    def confirm() -> None:
        hook.probe(host.daemon.was_asked)

    with pytest.raises(PlanError, match=r"cannot be reached.*Everything was put back"):
        hook.plan().apply(confirm)
    assert inventory(host) == before
    assert hook.verify() is HookState.MISSING
    assert hook.recorded() is None
    assert not host.daemon.policy_socket.parent.exists()
    assert is_open_to_russia(host)


def test_a_session_that_is_open_outlives_the_installer(unguarded: GuardedHost) -> None:
    """A25, E11: it ends as it began; the next one is asked about."""
    host = unguarded
    source = host.daemon.client("RU")
    with host.submission(587, source, ALICE) as client, host.mailbox(143, source) as reader:
        assert reader.login(BOB, PASSWORD).ok
        host.apply_hooks()
        assert client.send_mail(ALICE, STRANGER).code == 250
        assert client.quit().code == 221
        assert reader.command("NOOP").ok
    assert not is_open_to_russia(host)
