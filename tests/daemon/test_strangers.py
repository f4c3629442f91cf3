"""A stranger's word counts for nothing, and costs nothing (as root: the kernel says who asks)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.stranger import as_stranger, needs_root, stranger
from tests.daemon.wires import YES, knock, mail
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

pytestmark = needs_root

BLOCKED = "blocked@example.test"
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """A daemon whose sockets anybody may reach."""
    root = tmp_path_factory.mktemp("strangers") / "d"
    with RunningDaemon(root, {**REFUSE_RUSSIA, "send.limit": 2}) as running:
        running.run.chmod(0o755)
        for _ in range(3):
            running.mail(BLOCKED)
        yield running


def test_nobody_gets_somebody_else_blocked(daemon: RunningDaemon) -> None:
    """A15: tales about a neighbour's mails are answered, and not believed."""
    before = daemon.status()
    questions = [mail("victim@example.test") for _ in range(20)]
    told = as_stranger(daemon.run, f"print(talk('policy.sock', *{questions!r}))")
    assert told.count("action=DUNNO\n\n") == 20
    after = daemon.status()
    assert daemon.blocked().keys() == {BLOCKED}
    assert after["stages"]["send"]["asked"] == before["stages"]["send"]["asked"]
    assert after["untrusted"] == before["untrusted"] + 1
    assert daemon.mail("victim@example.test") == YES


def test_nobody_learns_who_is_blocked_or_refused(daemon: RunningDaemon) -> None:
    """A stranger gets no opinion where a mail server gets a refusal."""
    questions = [mail(BLOCKED), knock(RUSSIA)]
    told = as_stranger(daemon.run, f"print(talk('policy.sock', *{questions!r}))")
    assert told.split() == ["action=DUNNO"] * 2


@pytest.mark.parametrize("verb", ["release", "status", "blocks", "explain", "reload", "follow"])
def test_nobody_commands(daemon: RunningDaemon, verb: str) -> None:
    """The control socket releases accounts; it does nothing for a stranger, and says so."""
    request = msgspec.json.encode({"do": verb, "account": BLOCKED, "address": RUSSIA}) + b"\n"
    told = as_stranger(daemon.run, f"print(talk('control.sock', {request!r} * 5))")
    assert msgspec.json.decode(told) == {
        "ok": False,
        "error": "only root and Mailward's own users may ask",
    }
    assert daemon.blocked().keys() == {BLOCKED}


def test_nobody_fills_the_memory(daemon: RunningDaemon) -> None:
    """Endless requests on either socket, whose answers are never read."""
    daemon.status()
    before = daemon.memory()
    program = """
for name in ("policy.sock", "control.sock"):
    for piece in (b"x" * 65536, b"\\n\\n" * 32768, b'{"do":"status"}\\n' * 4096):
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(name)
        channel.settimeout(2)
        try:
            for _ in range(500):
                channel.sendall(piece)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
"""
    as_stranger(daemon.run, program)
    assert daemon.ask(policy_context="connect", client_address=GERMANY) == YES
    assert daemon.memory() - before < 8 * MEGABYTE


def test_nobody_takes_up_all_connections(daemon: RunningDaemon) -> None:
    """A thousand idle strangers: most are hung up on, and the mail server's connection stays."""
    daemon.status()
    before = daemon.descriptors()
    program = """
kept = []
for name in ("policy.sock", "control.sock"):
    for _ in range(1000):
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(name)
        kept.append(channel)
print("ready", flush=True)
sys.stdin.readline()
"""
    with daemon.client() as server:
        assert server.knock(RUSSIA).startswith("REJECT")
        with stranger(daemon.run, program):
            assert server.knock(RUSSIA).startswith("REJECT")
            assert daemon.answers()
            assert daemon.descriptors() - before < 300
    await_true(lambda: daemon.descriptors() <= before, "closed descriptors")
