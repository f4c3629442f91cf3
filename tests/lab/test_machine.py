"""Machines of the lab do not get in each other's way, and leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.client import SmtpDialogue
from tests.lab.conftest import available
from tests.lab.machine import RUNNING, LabMachine, running_machines
from tests.lab.mail_host import MailHost
from tests.lab.readiness import await_true

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases("bookworm")]

KILLED = """
import os, signal, sys
from tests.lab.mail_host import MailHost
with MailHost(sys.argv[1]) as host:
    print(host.root.name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_two_hosts_of_one_release_run_at_once(lab_release: str) -> None:
    with available(), MailHost(lab_release) as first, MailHost(lab_release) as second:
        for host in (first, second):
            with SmtpDialogue(host.postfix.ports["submission"]) as client:
                assert client.greeting.code == 220
        assert not set(first.machine.ports.values()) & set(second.machine.ports.values())


def test_a_change_in_a_machine_stays_there(lab_release: str) -> None:
    with available(), LabMachine(lab_release) as changed:
        changed.path("/etc/postfix/main.cf").write_text("", "utf-8")
        changed.path("/etc/hostname").write_text("changed\n", "utf-8")
        assert changed.run("cat", "/etc/hostname").stdout == "changed\n"
        with LabMachine(lab_release) as other:
            assert other.run("cat", "/etc/hostname").stdout == "mail\n"
    assert not changed.root.exists()


def test_the_next_machine_cleans_up_after_a_killed_test(lab_release: str) -> None:
    """Ctrl-C and worse: no server and no file is left."""
    with available(), LabMachine(lab_release):
        root = Path(__file__).parents[2]
        command = [sys.executable, "-c", KILLED, lab_release]
        killed = subprocess.run(
            command, check=False, cwd=root, stdout=subprocess.PIPE, text=True, timeout=60
        )
        assert killed.returncode == -9
        name = killed.stdout.strip()
        await_true(lambda: name not in running_machines(), "the servers' end", lambda: "")
        with LabMachine(lab_release):
            assert not (RUNNING / name).exists()


def test_a_machine_never_listens_on_the_real_mail_ports(lab_release: str) -> None:
    with available(), MailHost(lab_release) as host:
        listening = listening_ports()
        assert set(host.machine.ports.values()) <= listening.keys()
        own = {number for keeper in host.machine.keepers for number in keeper.processes()}
        used = {port for port, owners in listening.items() if owners & own}
        assert used == set(host.machine.ports.values())


def listening_ports() -> dict[int, set[int]]:
    """TCP ports that are listened on in this network, and the processes that hold them."""
    sockets: dict[str, int] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text("utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                sockets[f"socket:[{fields[9]}]"] = int(fields[1].rpartition(":")[2], 16)
    owners: dict[int, set[int]] = {port: set() for port in sockets.values()}
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target in sockets:
            owners[sockets[target]].add(int(entry.parts[2]))
    return owners
