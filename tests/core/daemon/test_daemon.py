"""The daemon as a whole, in one process: what it starts from, what it tells, what it leaves."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from core.daemon.daemon import Daemon
from core.errors import MailwardError
from core.settings.model import Settings
from core.store.block import Block
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.words import Reason
from tests.core.daemon.living import ask, config_in, control, live, settle
from tests.core.daemon.rig import TIMEOUT, free_port, policy


def mail(account: str, instance: str) -> bytes:
    """A mail that is about to be sent."""
    return policy(
        policy_context="send",
        client_address="198.51.100.7",
        server_port="587",
        sasl_username=account,
        instance=instance,
        recipient_count="1",
    )


def test_questions_become_answers_and_events(tmp_path: Path) -> None:
    """From the wire to the store, with nothing configured but a country."""
    config = config_in(tmp_path)
    settle(config, country_mode="refuse", country_list=["RU"])

    async def life(_: Daemon) -> None:
        question = policy(policy_context="connect", client_address="203.0.113.7")
        answer = await ask(config.policy[0], question, b"\n\n")
        assert answer.startswith(b"action=REJECT 5.7.1 Logins from Russia")

    live(config, life)
    store = Store.open(config.store_url)
    (found,) = store.events.find(EventFilter())
    store.close()
    assert (found.reason, found.country) == (Reason.COUNTRY, "RU")
    assert '"country"' in (config.log / "events.jsonl").read_text()


def test_a_block_is_told_once_and_outlives_the_daemon(tmp_path: Path) -> None:
    """B3, B7: the notice, the history in the store, and the block after a restart."""
    config = config_in(tmp_path)
    settle(config, send_limit=1)
    told: list[str] = []
    heard = threading.Event()

    def announce(block: Block, settings: Settings) -> None:
        told.append(f"{block.account} {settings.send.limit}")
        heard.set()

    async def first(_: Daemon) -> None:
        for instance in ("1", "2", "3"):
            await ask(config.policy[0], mail("a@example.test", instance), b"\n\n")
        assert await asyncio.get_running_loop().run_in_executor(None, heard.wait, TIMEOUT)

    async def second(daemon: Daemon) -> None:
        answer = await ask(config.policy[0], mail("a@example.test", "4"), b"\n\n")
        assert answer.startswith(b"action=DEFER 4.7.1 a@example.test has sent too many mails")
        assert await daemon.release("a@example.test", "somebody")
        assert not await daemon.release("a@example.test", "somebody")

    live(config, first, announce)
    live(config, second, announce)
    assert told == ["a@example.test 1"]
    store = Store.open(config.store_url)
    assert [block.account for block in store.blocks.standing(0)] == []
    store.close()


def test_windows_outlast_a_clean_end(tmp_path: Path) -> None:
    """B7: what was sent before the restart counts after it."""
    config = config_in(tmp_path)
    settle(config, send_limit=2)

    async def one_mail(_: Daemon) -> None:
        answers.append(
            await ask(config.policy[0], mail("a@example.test", str(len(answers))), b"\n\n")
        )

    answers: list[bytes] = []
    for _ in range(3):
        live(config, one_mail)
    assert [answer.startswith(b"action=DUNNO") for answer in answers] == [True, True, False]


def test_reload_takes_new_settings_and_keeps_the_state(tmp_path: Path) -> None:
    """Blocks and windows are not settings."""
    config = config_in(tmp_path)
    settle(config, send_limit=1)

    async def life(daemon: Daemon) -> None:
        await ask(config.policy[0], mail("a@example.test", "1"), b"\n\n")
        settle(config, send_limit=2)
        await daemon.reload()
        assert daemon.guard.snapshot.server.send.limit == 2
        answers = [
            await ask(config.policy[0], mail("a@example.test", name), b"\n\n")
            for name in ("2", "3")
        ]
        assert [a.startswith(b"action=DUNNO") for a in answers] == [True, False]

    live(config, life)


def test_a_second_daemon_is_turned_away_and_the_first_goes_on(tmp_path: Path) -> None:
    """And its socket is not taken from it."""
    config = config_in(tmp_path)

    async def life(_: Daemon) -> None:
        with pytest.raises(MailwardError, match="another daemon already runs"):
            await Daemon(config, lambda *_: None).run()
        assert (await control(config, do="status"))["problems"]

    live(config, life)


def test_a_door_that_cannot_be_opened_leaves_the_others_open(tmp_path: Path) -> None:
    """And says so."""
    (tmp_path / "file").write_text("")
    config = config_in(tmp_path, policy=(f"unix:{tmp_path}/file/x", f"unix:{tmp_path}/r/p.sock"))

    async def life(_: Daemon) -> None:
        answer = await ask(f"unix:{tmp_path}/r/p.sock", policy(policy_context="connect"), b"\n\n")
        assert answer == b"action=DUNNO\n\n"
        problems = (await control(config, do="status"))["problems"]
        assert f"door unix:{tmp_path}/file/x" in problems

    live(config, life)


def test_numbers_for_prometheus_are_off_unless_wanted(tmp_path: Path) -> None:
    """A port of its own, on loopback."""
    port = free_port()
    config = config_in(tmp_path, metrics=f"tcp:127.0.0.1:{port}")

    async def life(_: Daemon) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        page = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert b"mailward_blocked_accounts 0.0" in page

    live(config, life)
    assert config_in(tmp_path).listen.metrics == "off"
