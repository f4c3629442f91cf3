"""From an observation to a signal, over the doors and through the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.daemon.daemon import Daemon
from core.daemon.stolen_watch import StolenWatch
from core.engine.observation import DeliverySeen
from core.engine.request import Request
from core.notify.submission import submit
from core.store.store import Store
from core.words import Reason, Service, SignalKind, Stage, Verdict
from tests.core.daemon import living
from tests.core.daemon.abroad import (
    ANN,
    BRAZIL,
    COUNTRIES,
    GERMANY,
    VIETNAM,
    Abroad,
    abroad,
    config_with,
)
from tests.core.daemon.living import config_in, configure, run, settle
from tests.core.daemon.rig import free_port, policy
from tests.core.daemon.test_dovecot_door import request as dovecot
from tests.core.notify.sink import Sink, sink
from tests.core.store.samples import DAY
from tests.core.store.test_account_past import login, mails

Session = Callable[[Abroad], Awaitable[None]]


def stay(directory: Path, monkeypatch: pytest.MonkeyPatch, session: Session, **server: Any) -> None:
    """Run a session on a daemon with these settings."""

    async def inside() -> None:
        async with abroad(config_with(directory, **server), monkeypatch) as found:
            await session(found)

    run(inside)


def test_a_stolen_account_over_the_real_wires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19, A23, B12: Dovecot reports Germany, then Vietnam.

    One mail with the evidence, a block on the disk, the next mail refused, until the password is
    changed.
    """
    port = free_port()
    config = config_in(tmp_path, dovecot=f"tcp:127.0.0.1:{port}")
    configure(
        config,
        {
            "notify.address": "admin@example.test",
            "stolen.action": "block",
            "stolen.countries": 2,
        },
    )
    monkeypatch.setattr(living, "COUNTRIES", COUNTRIES)

    async def session() -> None:
        with sink() as server:
            monkeypatch.setattr(
                "core.notify.submission.submit",
                lambda mail, to: submit(mail, to, places=(), smtp=server.place),
            )
            async with living.living(config) as daemon:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                key = daemon.parts.dovecot_key().decode()
                for address in (GERMANY, VIETNAM):
                    writer.write(
                        dovecot("report", key=key, login=ANN, remote=address, success=True)
                    )
                    assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
                writer.close()
                while not daemon.guard.blocks.holds(ANN):
                    await asyncio.sleep(0.05)
                await asyncio.wrap_future(daemon.keeper._thread.submit(lambda: None))
                ledger = (tmp_path / "s" / "ledger").read_text()
                assert ANN in ledger
                assert "account_stolen" in ledger
                assert "its password must be changed" in await mail_by_policy(tmp_path)
                while not server.mails:
                    await asyncio.sleep(0.05)
                daemon.company.tick(time.time())
                changed = await daemon_verb(daemon, "password_changed", account=ANN, by="plesk")
                assert changed == {"closed": len(server_kinds(server)), "released": True}
                assert (await mail_by_policy(tmp_path)).startswith("action=DUNNO")
                await settle(daemon)
                assert daemon.writer.store is not None
                (past,) = daemon.writer.store.blocks.history()
                assert past.released_by == "plesk: the password was changed"
            ((recipient, _),) = server.mails
            assert recipient == "admin@example.test"

    run(session)


def server_kinds(server: Sink) -> set[str]:
    """The kinds of signals that a notice shows."""
    ((_, mail),) = server.mails
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Vietnam (192.0.2.7)" in text
    assert "Germany (198.51.100.7)" in text
    assert "may not send mail until" in text
    return {word for word in ("impossible journey", "logins from many countries") if word in text}


async def daemon_verb(daemon: Daemon, verb: str, **request: Any) -> Any:
    """Ask the control door over its socket."""
    path = daemon.config.control.removeprefix("unix:")
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(msgspec.json.encode({"do": verb, **request}) + b"\n")
    answer = msgspec.json.decode(await reader.readline())
    writer.close()
    assert answer["ok"], answer
    return answer["result"]


async def mail_by_policy(directory: Path) -> str:
    """What Postfix is answered about a mail of the account."""
    reader, writer = await asyncio.open_unix_connection(str(directory / "r" / "policy.sock"))
    writer.write(
        policy(
            protocol_state="END-OF-MESSAGE",
            client_address=GERMANY,
            server_port=587,
            sasl_username=ANN,
            instance=f"{time.time()}",
        )
    )
    answer = await reader.readuntil(b"\n\n")
    writer.close()
    return answer.decode()


def test_it_informs_and_blocks_nobody_unless_that_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: the default."""

    async def session(found: Abroad) -> None:
        await found.theft()
        assert SignalKind.TRAVEL in found.open()
        ((news, settings),) = found.told
        assert news.account == ANN
        assert news.block is None
        assert settings.notify.address == "admin@example.test"
        assert found.sends() == Reason.NOTHING_AGAINST
        assert {each.action for each in found.kept()} == {"informed"}

    stay(tmp_path, monkeypatch, session)


def test_the_second_country_s_mail_is_evidence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: whoever sends has logged in, also where no login is reported."""

    async def session(found: Abroad) -> None:
        assert found.sends(GERMANY) == Reason.NOTHING_AGAINST
        await found.passes()
        assert found.sends(VIETNAM) == Reason.NOTHING_AGAINST
        assert found.sends(VIETNAM) == Reason.ACCOUNT_STOLEN

    stay(tmp_path, monkeypatch, session, stolen__action="block", stolen__countries=2)


@pytest.mark.parametrize(
    "server",
    [
        {"stolen__action": "off"},
        {"exempt__accounts": [{"entry": ANN}]},
        {"exempt__addresses": [{"entry": VIETNAM}]},
        {"country__passes": [{"country": "VN", "expires": 4e9}]},
    ],
    ids=lambda server: next(iter(server)),
)
def test_who_is_spared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: dict[str, Any]
) -> None:
    """A23: travellers with passes, exempt accounts, the company's VPN."""

    async def session(found: Abroad) -> None:
        await found.theft()
        assert found.open() == {}
        assert found.told == []

    stay(tmp_path, monkeypatch, session, **{"stolen__countries": 2} | server)


def test_an_account_is_known_from_where_the_store_has_seen_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A23: two offices that shared the mailbox before the daemon began."""
    config = config_with(tmp_path, stolen__countries=2)
    days = (time.time() // DAY - number for number in (1, 2))
    store = Store.open(config.store_url)
    for day in days:
        store.write([login(c, 0, ANN, at=day * DAY + 60) for c in ("DE", "VN")])
    store.close()

    async def session() -> None:
        async with abroad(config, monkeypatch) as found:
            await found.theft()
            assert found.open() == {}
            found.logs_in(BRAZIL)
            assert SignalKind.TRAVEL in found.open()

    run(session)


def test_a_right_password_that_our_rules_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told and never blocked: it may be a traveller."""

    async def session(found: Abroad) -> None:
        asked = Request(Stage.AUTH, VIETNAM, Service.SUBMISSION, ANN, True, "1")
        assert found.daemon.guard.ask(asked).decision.verdict is Verdict.DENY
        await found.passes()
        ((news, _),) = found.told
        assert [each.kind for each in news.signals] == [SignalKind.PASSWORD_KNOWN]
        assert found.sends() == Reason.NOTHING_AGAINST

    stay(
        tmp_path,
        monkeypatch,
        session,
        stolen__action="block",
        country__mode="refuse",
        country__list=["VN"],
        country__server="DE",
        connect__enabled=False,
    )


def test_a_send_pattern_against_the_store_s_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: a mailbox that sent three mails an hour sends seventy."""
    config = config_with(tmp_path, stolen__action="block")
    store = Store.open(config.store_url)
    store.write([mails(3, 0, at=time.time() - days * DAY) for days in (2, 12)])
    store.close()

    async def session() -> None:
        async with abroad(config, monkeypatch) as found:
            assert {found.sends() for _ in range(70)} == {Reason.NOTHING_AGAINST}
            await found.passes()
            assert set(found.open()) == {SignalKind.VOLUME}
            assert found.sends() == Reason.ACCOUNT_STOLEN
            assert "its busiest hour of the last 12 days had 3" in found.kept()[0].evidence

    run(session)


def test_refused_recipients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B10: as the mail log tells of them."""

    async def session(found: Abroad) -> None:
        for number in range(40):
            seen = DeliverySeen(time.time(), ANN, f"r{number}@example.test", number % 4 != 0)
            for observe in found.daemon.guard.observers.deliveries:
                observe(seen)
        assert set(found.open()) == {SignalKind.FAILED_RECIPIENTS}

    stay(tmp_path, monkeypatch, session)


def test_it_was_me(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A23: closes the signals, releases the account, and Vietnam is known from then on."""

    async def session(found: Abroad) -> None:
        await found.theft()
        assert found.sends() == Reason.ACCOUNT_STOLEN
        answer = await found.ask("close_signals", owner=True, release=True)
        assert answer == {"closed": 2, "released": True}
        await found.theft()
        assert found.open() == {}
        assert found.sends() == Reason.NOTHING_AGAINST
        assert {each.closed_as for each in found.kept()} == {"owner"}

    stay(tmp_path, monkeypatch, session, stolen__action="block", stolen__countries=2)


def test_a_restart_neither_tells_again_nor_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A19: signals are durable."""
    config = config_with(tmp_path, stolen__countries=2)

    async def session() -> None:
        async with abroad(config, monkeypatch) as found:
            await found.theft()
            assert len(found.told) == 1
            before = found.open()
        async with abroad(config, monkeypatch) as found:
            assert found.open() == before
            await found.theft()
            assert found.told == []
            assert len(found.kept()) == len(before)

    run(session)


def test_our_own_fault_changes_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E17: it is a problem in `status`, and mail goes on."""

    async def session(found: Abroad) -> None:
        def fail(*_: object) -> bool:
            raise RuntimeError("lost the thread")

        monkeypatch.setattr(found.watch.lookout, "is_news", fail, raising=False)
        assert found.sends() == Reason.NOTHING_AGAINST
        assert found.daemon.parts.problems[StolenWatch.name] == "lost the thread"

    stay(tmp_path, monkeypatch, session)
