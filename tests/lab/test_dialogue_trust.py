"""Dialogues of a local user who would rather talk to the daemon himself than to the mail server.

On a hosting server everybody's scripts run beside the mail server: nobody must get a neighbour
blocked, or learn anything, by telling tales.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.lab.daemon import ask
from tests.lab.guarded_host import STRANGER, UID, GuardedHost

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases("bookworm")]

INMATE = """\
import os, socket, sys
root, user, path, times, request = sys.argv[1:]
channel = socket.socket(socket.AF_UNIX)
os.chroot(root)
os.chdir("/")
os.setgroups([])
os.setgid(int(user))
os.setuid(int(user))
channel.connect(path)
answers = channel.makefile("rb")
for number in range(int(times)):
    channel.sendall(request.replace("NUMBER", str(number)).encode())
    print(answers.readline().decode().strip())
    if request.endswith("\\n\\n"):
        answers.readline()
"""
"""Talks to a socket as another user inside the machine: exits with a traceback where it may not."""

POLICY = "/var/spool/postfix/mailward/policy.sock"
CONTROL = "/run/mailward/control.sock"


def speak(
    guarded: GuardedHost, user: str, path: str, request: str, times: int = 1
) -> subprocess.CompletedProcess[str]:
    """Let a user of the machine say something to a socket; NUMBER counts in the request."""
    return subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-c", INMATE),
            *(str(guarded.machine.root), str(UID[user]), path, str(times), request),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )


def policy(**attributes: str) -> str:
    """A question on the policy wire."""
    lines = {"request": "smtpd_access_policy"} | attributes
    return "".join(f"{name}={value}\n" for name, value in lines.items()) + "\n"


def tale(account: str) -> str:
    """That an account has sent one more mail."""
    return policy(
        policy_context="send",
        client_address="198.51.100.77",
        server_port="587",
        sasl_username=account,
        instance="NUMBER",
        recipient_count="1",
    )


@pytest.mark.proves("hostile", of="postfix")
def test_a_local_user_does_not_reach_the_policy_socket(guarded: GuardedHost) -> None:
    """B7: its folder is Postfix's alone, as the hook made it."""
    answer = speak(guarded, "webuser", POLICY, policy(policy_context="connect"))
    assert answer.returncode == 1
    assert "PermissionError" in answer.stderr


@pytest.mark.proves("hostile", of="postfix")
def test_a_local_user_who_reaches_the_policy_socket_is_not_believed(guarded: GuardedHost) -> None:
    """B7: the kernel tells the daemon who asks. Postfix's user is believed, for comparison."""
    victim = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2})
    refused = guarded.daemon.status()["untrusted"]
    folder = guarded.daemon.policy_socket.parent
    mode = folder.stat().st_mode & 0o7777
    folder.chmod(0o755)
    try:
        answer = speak(guarded, "webuser", POLICY, tale(victim), 10)
        assert answer.stdout.splitlines() == ["action=DUNNO"] * 10, answer.stderr
        curious = policy(
            policy_context="connect", client_address=guarded.daemon.client("RU"), server_port="587"
        )
        assert speak(guarded, "webuser", POLICY, curious).stdout == "action=DUNNO\n"
        assert speak(guarded, "postfix", POLICY, curious).stdout.startswith("action=REJECT")
    finally:
        folder.chmod(mode)
    assert guarded.daemon.status()["untrusted"] == refused + 2
    assert victim not in guarded.daemon.blocked()
    assert guarded.daemon.events(account=victim) == []
    with guarded.submission(587, guarded.daemon.client("DE"), victim) as client:
        assert [client.send_mail(victim, STRANGER).code for _ in range(2)] == [250, 250]


def test_a_client_cannot_tell_tales_by_what_it_says_to_postfix(guarded: GuardedHost) -> None:
    """B1: names, senders and identities that a client makes up count for nobody else."""
    account, victim = guarded.new_account(), guarded.new_account()
    guarded.daemon.configure({"send.limit": 1})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        client.ehlo(f"sasl_username={victim}")
        for _ in range(3):
            client.command("RSET")
            client.command(f"MAIL FROM:<{victim}> AUTH={victim}")
            client.rcpt(STRANGER)
            client.data()
    assert guarded.daemon.blocked() >= {account}
    assert victim not in guarded.daemon.blocked()


def test_a_local_user_commands_nothing(guarded: GuardedHost) -> None:
    """B6: not even where the folder of the control socket stands open."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        client.send_mail(account, STRANGER)
        client.send_mail(account, STRANGER)
    request = json.dumps({"do": "release", "account": account}) + "\n"
    assert "PermissionError" in speak(guarded, "webuser", CONTROL, request).stderr
    mode = guarded.daemon.run.stat().st_mode & 0o7777
    guarded.daemon.run.chmod(0o755)
    try:
        answer = json.loads(speak(guarded, "webuser", CONTROL, request).stdout)
    finally:
        guarded.daemon.run.chmod(mode)
    assert answer["ok"] is False
    assert account in guarded.daemon.blocked()


@pytest.mark.parametrize("key", [None, "", "guessed"])
@pytest.mark.proves("hostile", of="dovecot")
def test_whoever_does_not_know_the_secret_asks_nothing_of_dovecots_door(
    guarded: GuardedHost, key: str | None
) -> None:
    """A2: every local user reaches a TCP port; without the key the door tells and notes nothing."""
    asked, source = guarded.daemon.asked(), guarded.daemon.client("RU")
    account = guarded.new_account()
    body = {"login": account, "remote": source, "protocol": "imap", "success": True}
    for command in ("allow", "report"):
        request = urllib.request.Request(
            f"http://{guarded.daemon.dovecot_endpoint.removeprefix('tcp:')}/?command={command}",
            json.dumps(body).encode(),
            {} if key is None else {"X-Mailward-Key": key},
        )
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)
        with refusal.value as answer:
            assert answer.code == 403
            assert b"Russia" not in answer.read()
    assert guarded.daemon.asked() == asked
    assert guarded.daemon.events(address=source) == []


def test_root_may_ask(guarded: GuardedHost) -> None:
    """D11: by hand, as `mailward explain` does by its own door."""
    answer = ask(
        guarded.daemon.policy_socket,
        policy_context="connect",
        client_address=guarded.daemon.client("RU"),
        server_port="587",
    )
    assert answer.startswith("REJECT 5.7.1 Logins from Russia")
