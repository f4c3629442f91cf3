"""Hostile and clumsy clients of the live daemon; a well-behaved one is answered all the while."""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from core.daemon.wire import LONGEST
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import (
    YES,
    Client,
    DovecotClient,
    ServerGone,
    connected,
    knock,
    mail,
    question,
)
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"
MEGABYTE = 1 << 20

GROWTH = 32 * MEGABYTE
"""How much more memory hostile clients may make the daemon keep."""


def checks(daemon: RunningDaemon) -> None:
    """The well-behaved client: both of its questions are answered, and rightly."""
    with daemon.client() as client:
        assert client.pipeline([knock(RUSSIA), knock(GERMANY)]) == [NO, YES]


@contextmanager
def bounded(daemon: RunningDaemon, growth: int = GROWTH) -> Iterator[None]:
    """Memory stays within the bound, and all descriptors are closed again afterwards."""
    checks(daemon)
    daemon.status()
    memory, descriptors = daemon.memory(), daemon.descriptors()
    yield
    checks(daemon)
    assert daemon.memory() - memory < growth
    await_true(lambda: daemon.descriptors() <= descriptors, "closed descriptors")
    assert daemon.status()["faults"] == 0
    assert daemon.problems() == {}


def limit_of_files(soft: int) -> str:
    """A prelude: the usual soft limit of a service, with the usual hard one above it."""
    return (
        "import resource\n"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, hard))\n"
    )


def test_idle_connections_beyond_the_usual_limit_of_files(new_daemon: NewDaemon) -> None:
    """A service may open 1,024 files unless it asks for more; a busy server has more smtpd."""
    daemon = new_daemon(REFUSE_RUSSIA, prelude=limit_of_files(1024)).start()
    with bounded(daemon), ExitStack() as idle:
        for _ in range(1200):
            idle.enter_context(daemon.client())
        checks(daemon)
        assert daemon.status()["doors"][0]["connections"] >= 1200


def test_no_file_can_be_opened_any_more(new_daemon: NewDaemon) -> None:
    """At the very limit the daemon neither spins nor dies, and it recovers."""
    prelude = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\n"
    daemon = new_daemon(REFUSE_RUSSIA, prelude=prelude).start()
    before = daemon.descriptors()
    with ExitStack() as idle:
        for _ in range(150):
            idle.enter_context(daemon.client())
        await_true(lambda: daemon.descriptors() >= 100, "the limit")
        busy = processor_time(daemon)
        time.sleep(1)
        assert processor_time(daemon) - busy < 0.5
    await_true(lambda: daemon.descriptors() <= before, "closed descriptors", daemon.output)
    checks(daemon)


def processor_time(daemon: RunningDaemon) -> float:
    """Seconds of the processor that the daemon has used (proc(5))."""
    fields = Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_half_requests_of_every_length(new_daemon: NewDaemon) -> None:
    """A thousand connections with a request that does not end yet."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    raw = knock(RUSSIA)
    with bounded(daemon), ExitStack() as open_clients:
        clients = [open_clients.enter_context(daemon.client()) for _ in range(1000)]
        for number, client in enumerate(clients):
            client.send(raw[: number % len(raw)])
        checks(daemon)
        for number, client in enumerate(clients[:50]):
            client.send(raw[number % len(raw) :])
            assert client.answer() == NO


def test_byte_by_byte(new_daemon: NewDaemon) -> None:
    """The smallest pieces, on several connections in turn."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    with bounded(daemon), ExitStack() as open_clients:
        clients = [open_clients.enter_context(daemon.client()) for _ in range(10)]
        for byte in knock(RUSSIA):
            for client in clients:
                client.send(bytes([byte]))
        assert [client.answer() for client in clients] == [NO] * 10


@pytest.mark.parametrize(
    ("raw", "action"),
    [
        (question(**{f"a{i}": "x" for i in range(100)}) + knock(RUSSIA), YES),
        (knock(RUSSIA)[:-1] + b"padding=" + b"x" * 60_000 + b"\n\n", NO),
        (knock(RUSSIA)[:-1] + b"=" * 60_000 + b"\n\n", NO),
        (knock(RUSSIA)[:-1] + b"a=\n" * 20_000 + b"\n", NO),
        (knock(RUSSIA)[:-1] + b"".join(b"n%d=\n" % i for i in range(7000)) + b"\n", NO),
        (b"\n\n", YES),
        (b"\n\n\n\n", YES),
        (b"GET / HTTP/1.1\r\n\r\n\n\n", YES),
        (bytes(range(256)) + b"\n\n", YES),
        (b"policy_context=send\nsasl_username=\xff\xfe\nrecipient_count=-1\n\n", YES),
        (b"policy_context=connect\nclient_address=" + b"9" * 60_000 + b"\n\n", YES),
        (b"policy_context=auth\nsasl_username=" + b"a" * 60_000 + b"\n\n", YES),
    ],
    ids=[
        "100-attributes",
        "64-kB",
        "equals",
        "20000-attributes",
        "7000-names",
        "blank",
        "two-blanks",
        "http",
        "bytes",
        "not-utf8",
        "long-address",
        "long-name",
    ],
)
def test_odd_requests(running: RunningDaemon, raw: bytes, action: str) -> None:
    """Each is answered, a good one on the same connection too, and others do not notice."""
    with bounded(running), running.client() as client:
        assert client.put(raw) == action
        begun = time.monotonic()
        checks(running)
        assert time.monotonic() - begun < 5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """One daemon for requests that leave no trace."""
    with RunningDaemon(tmp_path_factory.mktemp("odd") / "d", REFUSE_RUSSIA) as daemon:
        yield daemon


def test_more_than_a_request(running: RunningDaemon) -> None:
    """What never ends is answered with no opinion and hung up on."""
    with bounded(running), running.client() as client:
        client.send(b"x" * (LONGEST + 1))
        assert client.answer() == YES
        with pytest.raises(ServerGone):
            client.answer()


def test_endless_values_are_not_kept(running: RunningDaemon) -> None:
    """Of an address or a name, no more is kept than an address or a name may have."""
    with bounded(running), running.client() as client:
        for number in range(1500):
            filler = b"x" * 30_000 + b"%d" % number
            for request in (
                b"policy_context=connect\nclient_port=%s\nclient_address=%s\n\n",
                b"policy_context=auth\nsasl_username=%s\nqueue_id=%s\n\n",
            ):
                assert client.put(request % (filler, filler)) == YES


def test_odd_values_are_written(new_daemon: NewDaemon) -> None:
    """Whatever stands in an attribute: the store takes it, and every verdict is counted."""
    values = [
        b"",
        b"\x00",
        b"\xff\xfe\xfd",
        b"\xed\xa0\x80",
        "ä@ü.test".encode(),
        b"'; DROP TABLE events; --",
        b"%s%n{0}{account}",
        b"=" * 100,
        b"\t\r\x1b[31m\x7f",
        b"a" * 5000,
        b"-1",
        b"999999999999999999999",
        b"1e999",
        b"NaN",
        b"<script>",
        b"@",
        b"@@@",
        b"local:root",
        b"..",
    ]
    names = [
        b"client_address",
        b"client_port",
        b"server_port",
        b"sasl_username",
        b"instance",
        b"recipient_count",
        b"queue_id",
        b"local_user",
        b"mta",
    ]
    daemon = new_daemon({**REFUSE_RUSSIA, "send.limit": 3}).start()
    with daemon.client() as client:
        for state in (b"CONNECT", b"RCPT", b"END-OF-MESSAGE"):
            for name in names:
                for value in values:
                    sound = {
                        b"protocol_state": state,
                        b"client_address": RUSSIA.encode(),
                        b"server_port": b"587",
                        b"sasl_username": b"bob@example.test",
                        b"mta": b"x",
                    }
                    fields = sound | {name: value}
                    lines = b"".join(b"%s=%s\n" % pair for pair in fields.items())
                    client.put(lines + b"\n")
    noted = daemon.status()["events"]["noted"]
    assert noted > 100
    assert daemon.status()["faults"] == 0
    daemon.stop()
    assert daemon.counted() == noted
    assert sum(event.count for event in daemon.events()) == noted
    assert sum(1 for _ in daemon.logged()) >= len(daemon.events())


def test_garbage(running: RunningDaemon) -> None:
    """Random bytes on hundreds of connections, cut anywhere, some of them never read."""
    chance = random.Random(7)
    with bounded(running):
        for _ in range(300):
            with running.client() as client:
                for _ in range(chance.randrange(1, 4)):
                    raw = bytearray(knock(RUSSIA) + mail("bob@example.test"))
                    for _ in range(chance.randrange(1, 40)):
                        raw[chance.randrange(len(raw))] = chance.randrange(256)
                    try:
                        client.send(bytes(raw[: chance.randrange(len(raw))]))
                    except ServerGone:
                        break


def test_clients_that_vanish(running: RunningDaemon) -> None:
    """Gone before, while and after their answer is written; with the answer in their socket."""
    with bounded(running):
        for number in range(500):
            client = running.client()
            client.send(knock(RUSSIA) * (number % 50 + 1))
            if number % 3 == 0:
                client.channel.shutdown(socket.SHUT_WR)
            elif number % 3 == 1:
                client.channel.shutdown(socket.SHUT_RD)
            client.close()


def test_a_storm_of_connections(running: RunningDaemon) -> None:
    """10,000 connections that open and close, and somebody who asks in between."""
    with bounded(running):
        for number in range(10_000):
            connected(running.policy).close()
            if number % 500 == 0:
                checks(running)


def test_a_client_that_never_reads(running: RunningDaemon) -> None:
    """Answers that nobody takes do not fill the memory."""
    with bounded(running), running.client() as client:
        with pytest.raises(ServerGone):
            flood(client.send, knock(RUSSIA) * 100)
        checks(running)


def flood(send: Callable[[bytes], None], raw: bytes, octets: int = 64 * MEGABYTE) -> None:
    """Send more than anybody should take."""
    for _ in range(octets // len(raw)):
        send(raw)


def test_a_flood_behind_an_answer_that_waits(new_daemon: NewDaemon) -> None:
    """While the disk makes one block durable, its client sends on and on: that is not kept."""
    daemon = new_daemon({**REFUSE_RUSSIA, "send.limit": 1})
    begun, go = daemon.root / "begun", daemon.root / "go"
    daemon.prelude = (
        "import os, time\nflush = os.fdatasync\n"
        "def slowly(descriptor):\n"
        f"    open({str(begun)!r}, 'w').close()\n"
        f"    while not os.path.exists({str(go)!r}):\n"
        "        time.sleep(0.01)\n"
        "    flush(descriptor)\n"
        "os.fdatasync = slowly\n"
    )
    daemon.start()
    checks(daemon)
    memory = daemon.memory()
    with daemon.client() as client:
        assert client.mail("bob@example.test") == YES
        client.send(mail("bob@example.test"))
        await_true(begun.exists, "the disk")
        client.channel.settimeout(1)
        with pytest.raises((TimeoutError, ServerGone)):
            flood(client.send, knock(RUSSIA) * 1000)
        checks(daemon)
        assert daemon.memory() - memory < GROWTH
        go.touch()
        client.channel.settimeout(30)
        assert client.answer().startswith("DEFER")


def test_idle_clients_of_the_other_doors(new_daemon: NewDaemon) -> None:
    """The Dovecot door stands on a TCP port that any local user may connect to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"tcp:127.0.0.1:{port}"
    daemon = new_daemon(REFUSE_RUSSIA, listen={"dovecot": endpoint}, prelude=limit_of_files(1024))
    daemon.start()
    with bounded(daemon, 64 * MEGABYTE), ExitStack() as idle:
        for _ in range(1500):
            client = idle.enter_context(Client(endpoint))
            client.send(b"POST /?command=allow HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
            try:
                client.send(b"{" * 50_000)
            except ServerGone:
                continue
        checks(daemon)
        assert dovecot_answers(daemon, endpoint)


def dovecot_answers(daemon: RunningDaemon, endpoint: str) -> bool:
    """Whether Dovecot's question is answered."""
    key = (daemon.state / "dovecot.secret").read_text().strip()
    with DovecotClient(endpoint, key) as dovecot:
        answer = dovecot.command("allow", login="a@example.test", remote=RUSSIA, protocol="imap")
    return bool(answer["status"] == -1)
