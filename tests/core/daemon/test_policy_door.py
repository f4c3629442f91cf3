"""The policy wire on a real socket: pieces, pipelines, half-closes, floods, waiting blocks."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.daemon.policy_door import PolicyDoor
from core.daemon.wire import LONGEST, Reader
from core.words import Reason, Stage
from tests.core.daemon.rig import GERMANY, RUSSIA, TIMEOUT, Peer, Rig, Talk, policy, visit

REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}
NO = b"action=REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator\n\n"
YES = b"action=DUNNO\n\n"


def connect(address: str) -> bytes:
    """A question at connect."""
    return policy(policy_context="connect", client_address=address, server_port="587")


def message(account: str, instance: str = "", address: str = GERMANY) -> bytes:
    """A question at the end of a message."""
    return policy(
        policy_context="send",
        client_address=address,
        server_port="587",
        sasl_username=account,
        instance=instance,
        recipient_count="1",
    )


def talk_to(rig: Rig, directory: Path, talk: Talk, trusted: bool = True) -> None:
    """Open the door and let the test talk through it; nobody is left inside afterwards."""

    async def session() -> None:
        endpoint = f"unix:{directory}/door.sock"
        door = PolicyDoor(endpoint, rig.guard, Reader(), lambda _: trusted)
        await door.open()
        try:
            await visit(directory / "door.sock", talk)
            while door.status().connections:
                await asyncio.sleep(0)
        finally:
            await door.close()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert not (directory / "door.sock").exists()


def test_each_request_is_answered_in_order(tmp_path: Path) -> None:
    """Postfix keeps the connection and asks again; answers to a pipeline keep their order."""

    async def talk(peer: Peer) -> None:
        await peer.send(connect(RUSSIA))
        assert await peer.answer() == NO
        await peer.send(connect(GERMANY) + connect(RUSSIA) + connect(GERMANY))
        assert [await peer.answer() for _ in range(3)] == [YES, NO, YES]

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.sampled_from([RUSSIA, GERMANY]), min_size=1, max_size=4), st.data())
def test_pieces_make_no_difference(
    tmp_path: Path, addresses: list[str], data: st.DataObject
) -> None:
    """The law: cut the bytes anywhere, the answers are the same."""
    whole = b"".join(connect(address) for address in addresses)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=6)) | {0, len(whole)})

    async def talk(peer: Peer) -> None:
        for start, end in pairwise(cuts):
            await peer.send(whole[start:end])
            await asyncio.sleep(0)
        answers = [await peer.answer() for _ in addresses]
        assert answers == [NO if a == RUSSIA else YES for a in addresses]

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


def test_byte_by_byte(tmp_path: Path) -> None:
    """The smallest pieces of all."""

    async def talk(peer: Peer) -> None:
        for byte in connect(RUSSIA):
            await peer.send(bytes([byte]))
            await asyncio.sleep(0)
        assert await peer.answer() == NO

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


def test_a_half_closed_client_still_gets_its_answer(tmp_path: Path) -> None:
    """Exim shuts its side down after the request, and reads until the end."""

    async def talk(peer: Peer) -> None:
        await peer.send(connect(RUSSIA))
        peer.end()
        assert await peer.rest() == NO

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


def test_a_request_without_its_blank_line_is_not_answered(tmp_path: Path) -> None:
    """It may go on; when the client ends instead, there was no question."""
    rig = Rig(REFUSE_RU)

    async def talk(peer: Peer) -> None:
        await peer.send(connect(RUSSIA)[:-1])
        assert await peer.nothing()
        peer.end()
        assert await peer.rest() == b""

    talk_to(rig, tmp_path, talk)
    assert rig.guard.seen[Stage.CONNECT].count == 0


def test_a_hundred_attributes_are_no_trouble(tmp_path: Path) -> None:
    """Future versions of Postfix send more."""
    extra = {f"future_{i}": "x" * 50 for i in range(100)}

    async def talk(peer: Peer) -> None:
        await peer.send(
            policy(**extra, policy_context="connect", client_address=RUSSIA, server_port="587")
        )
        assert await peer.answer() == NO

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


@pytest.mark.parametrize("ended", [True, False])
def test_what_is_longer_than_any_request_gets_no_opinion(tmp_path: Path, ended: bool) -> None:
    """Memory is bounded, mail flows, and an endless request costs its connection."""
    flood = connect(RUSSIA)[:-1] + b"padding=" + b"x" * (LONGEST + 1)

    async def talk(peer: Peer) -> None:
        await peer.send(flood + (b"\n\n" if ended else b""))
        assert await peer.answer() == YES

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


def test_a_stranger_is_never_believed(tmp_path: Path) -> None:
    """A local customer must not get somebody else blocked by telling tales."""
    rig = Rig({"send.limit": 1})

    async def talk(peer: Peer) -> None:
        for i in range(5):
            await peer.send(message("victim@example.test", str(i)))
            assert await peer.answer() == YES

    talk_to(rig, tmp_path, talk, trusted=False)
    assert rig.events() == []
    assert rig.kept == []


def test_a_repeated_question_about_a_message_counts_once(tmp_path: Path) -> None:
    """Postfix asks again when an answer was lost."""
    rig = Rig({"send.limit": 2})

    async def talk(peer: Peer) -> None:
        for _ in range(5):
            await peer.send(message("a@example.test", "same"))
            assert await peer.answer() == YES
        await peer.send(message("a@example.test", "other"))
        assert await peer.answer() == YES
        await peer.send(message("a@example.test", "third"))
        refusal = await peer.answer()
        assert refusal.startswith(b"action=DEFER 4.7.1 a@example.test has sent too many mails")
        await peer.send(message("a@example.test", "third"))
        assert await peer.answer() == refusal

    talk_to(rig, tmp_path, talk)
    assert len(rig.kept) == 1


def test_the_same_message_id_of_another_account_is_another_message(tmp_path: Path) -> None:
    """Nobody rides on a neighbour's answer."""
    rig = Rig({"send.limit": 1})

    async def talk(peer: Peer) -> None:
        for account in ("a@example.test", "b@example.test"):
            await peer.send(message(account, "same"))
            assert await peer.answer() == YES

    talk_to(rig, tmp_path, talk)
    assert sum(event.count for event in rig.events()) == 2


def test_a_block_is_announced_only_when_it_is_durable(tmp_path: Path) -> None:
    """B7: until then the answer waits, and so does every later one on that connection."""
    rig = Rig({"send.limit": 1}, durable=False)

    async def talk(peer: Peer) -> None:
        await peer.send(message("a@example.test", "1"))
        assert await peer.answer() == YES
        await peer.send(message("a@example.test", "2") + connect(GERMANY))
        assert await peer.nothing()
        rig.waiting[0].set_result(None)
        assert (await peer.answer()).startswith(b"action=DEFER")
        assert await peer.answer() == YES

    talk_to(rig, tmp_path, talk)


def test_an_answer_that_waits_survives_a_half_close(tmp_path: Path) -> None:
    """The client that will ask nothing more is still owed its answer."""
    rig = Rig({"send.limit": 1}, durable=False)

    async def talk(peer: Peer) -> None:
        await peer.send(message("a@example.test", "1") + message("a@example.test", "2"))
        peer.end()
        assert await peer.answer() == YES
        rig.waiting[0].set_result(None)
        assert (await peer.rest()).startswith(b"action=DEFER")

    talk_to(rig, tmp_path, talk)


def test_a_thousand_idle_connections_do_not_slow_the_next(tmp_path: Path) -> None:
    """Every smtpd holds one; nobody waits for the idle."""
    rig = Rig(REFUSE_RU)

    async def talk(peer: Peer) -> None:
        path = str(tmp_path / "door.sock")
        idle = [await asyncio.open_unix_connection(path) for _ in range(1000)]
        before = time.monotonic()
        await peer.send(connect(RUSSIA))
        assert await peer.answer() == NO
        assert time.monotonic() - before < 5
        for _, writer in idle:
            writer.close()
        for _, writer in idle:
            await writer.wait_closed()

    talk_to(rig, tmp_path, talk)


def test_a_session_is_one_event_for_each_stage(tmp_path: Path) -> None:
    """A4: Postfix asks at every recipient; the log has one line for the login."""
    rig = Rig()
    login = {
        "policy_context": "auth",
        "client_address": GERMANY,
        "client_port": "40000",
        "server_port": "587",
        "sasl_username": "a@example.test",
    }

    async def talk(peer: Peer) -> None:
        await peer.send(connect(GERMANY))
        await peer.answer()
        for _ in range(20):
            await peer.send(policy(**login))
            await peer.answer()
        await peer.send(policy(**login | {"client_port": "40001"}))
        await peer.answer()

    talk_to(rig, tmp_path, talk)
    events = rig.events()
    assert [(e.stage, e.count) for e in events] == [(Stage.CONNECT, 1), (Stage.AUTH, 2)]
    assert {e.reason for e in events} == {Reason.NOTHING_AGAINST}


def test_a_client_that_vanishes_while_its_answer_waits_is_forgotten(tmp_path: Path) -> None:
    """Postfix gives up after two seconds; nothing may spin or leak until the disk has answered."""
    rig = Rig({"send.limit": 1}, durable=False)

    async def talk(peer: Peer) -> None:
        await peer.send(message("a@example.test", "1") + message("a@example.test", "2"))
        assert await peer.answer() == YES

    talk_to(rig, tmp_path, talk)
    assert not rig.waiting[0].done()


def test_a_client_that_never_reads_is_hung_up_on(tmp_path: Path) -> None:
    """Answers that nobody takes must not fill the memory."""
    rig = Rig(REFUSE_RU)
    question = connect(RUSSIA)

    async def talk(peer: Peer) -> None:
        async def flood() -> None:
            for _ in range(10_000):
                await peer.send(question * 20)

        with pytest.raises(ConnectionError):
            await flood()

    talk_to(rig, tmp_path, talk)


def test_a_slow_reader_gets_every_answer(tmp_path: Path) -> None:
    """More answers than fit into the socket wait for their turn, in order."""
    rig = Rig(REFUSE_RU)
    count = 2000

    async def talk(peer: Peer) -> None:
        await peer.send(connect(RUSSIA) * count)
        peer.end()
        assert await peer.rest() == NO * count

    talk_to(rig, tmp_path, talk)


def test_closing_the_door_answers_whoever_has_asked(tmp_path: Path) -> None:
    """A restart costs nobody an answer: neither the one inside nor the one who just knocked."""
    rig = Rig(REFUSE_RU)

    async def session() -> None:
        path = str(tmp_path / "door.sock")
        door = PolicyDoor(f"unix:{path}", rig.guard, Reader(), lambda _: True)
        await door.open()
        inside, inside_writer = await asyncio.open_unix_connection(path)
        inside_writer.write(connect(RUSSIA))
        knocking, knocking_writer = await asyncio.open_unix_connection(path)
        knocking_writer.write(connect(RUSSIA))
        await door.close()
        assert await inside.read() == NO
        assert await knocking.read() == NO
        for writer in (inside_writer, knocking_writer):
            writer.close()
            await writer.wait_closed()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))


def test_a_door_that_cannot_be_opened_is_a_problem_and_no_more(tmp_path: Path) -> None:
    """The other doors go on."""
    (tmp_path / "file").write_text("")

    async def session() -> str:
        door = PolicyDoor(f"unix:{tmp_path}/file/door.sock", Rig().guard, Reader(), lambda _: True)
        await door.open()
        await door.close()
        return door.status().problem

    assert "File exists" in asyncio.run(session())


def test_a_slow_disk_puts_the_mail_off_without_announcing_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: Postfix would go on unchecked after two seconds, and the mail would leave."""
    monkeypatch.setattr("core.daemon.policy_connection.PATIENCE_WITH_DISK", 0.05)
    rig = Rig({"send.limit": 1}, durable=False)

    async def talk(peer: Peer) -> None:
        await peer.send(message("a@example.test", "1"))
        assert await peer.answer() == YES
        await peer.send(message("a@example.test", "2"))
        assert await peer.answer() == b"action=DEFER 4.3.0 Please try again in a moment\n\n"
        await peer.send(message("a@example.test", "3"))
        rig.waiting[0].set_result(None)
        assert b"a@example.test has sent too many mails" in await peer.answer()
        await peer.send(connect(GERMANY))
        assert await peer.answer() == YES

    talk_to(rig, tmp_path, talk)
