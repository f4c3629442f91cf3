"""Dialogues while settings change and the daemon restarts: every client gets one of two verdicts.

No connection is lost, nobody is told to come back later.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.lab.guarded_host import PASSWORD, STRANGER, GuardedHost
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases("bookworm")]

WITHOUT_GERMANY = {"country.list": ["US"]}


class Stream:
    """Sessions one after the other in a thread, until told to stop.

    verdicts: how often each fell; slowest: seconds of the longest session.
    """

    def __init__(self, session: Callable[[], str]) -> None:
        self.verdicts: Counter[str] = Counter()
        self.slowest = 0.0
        self._session = session
        self._failure: BaseException | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def await_sessions(self, number: int) -> None:
        """Wait until that many more have ended."""
        wanted = self.verdicts.total() + number
        await_true(
            lambda: self.verdicts.total() >= wanted or self._failure is not None,
            f"{wanted} sessions",
            lambda: str(self.verdicts),
        )

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                begun = time.monotonic()
                verdict = self._session()
                self.slowest = max(self.slowest, time.monotonic() - begun)
                self.verdicts[verdict] += 1
        except BaseException as error:  # noqa: BLE001  told where the stream ends
            self._failure = error


def submission_session(guarded: GuardedHost, source: str, account: str) -> str:
    """A login and a mail; where it was refused, "" if nowhere. Anything else is an error."""
    with guarded.smtp(587, source) as client:
        if client.greeting.code == 554:
            assert "Germany" in client.greeting.text, client.transcript
            return "connect"
        assert client.greeting.code == 220, client.transcript
        client.ehlo()
        answer = client.auth_plain(account, PASSWORD)
        if answer.code == 535:
            assert "Germany" in answer.text, client.transcript
            return "password"
        assert answer.code == 235, client.transcript
        answer = client.send_mail(account, STRANGER)
        if answer.code == 554:
            assert "Germany" in answer.text, client.transcript
            return "mail"
        assert answer.code == 250, client.transcript
        assert client.quit().code == 221
        return ""


def mailbox_session(guarded: GuardedHost, source: str, account: str) -> str:
    """Likewise, reading."""
    with guarded.mailbox(143, source) as client:
        answer = client.login(account, PASSWORD)
        if answer.ok:
            assert client.command("LOGOUT").ok, client.transcript
            return ""
        assert "Germany" in answer.text, client.transcript
        return "password"


def test_settings_that_change_under_load_give_one_of_two_verdicts(guarded: GuardedHost) -> None:
    """A6, A25: and the answer to a change means that it counts, for the very next session."""
    sender, reader = guarded.new_account(), guarded.new_account()
    source = guarded.daemon.client("DE")
    everything = {"send.limit": 1_000_000}
    guarded.daemon.configure(everything)
    with (
        Stream(lambda: submission_session(guarded, source, sender)) as sending,
        Stream(lambda: mailbox_session(guarded, source, reader)) as reading,
    ):
        for flip in range(20):
            strict = flip % 2 == 0
            guarded.daemon.configure(everything | WITHOUT_GERMANY if strict else everything)
            with guarded.smtp(465, source) as client:
                assert client.greeting.code == (554 if strict else 220)
            sending.await_sessions(2)
            if flip >= 18:
                reading.await_sessions(2)
    assert sending.verdicts["connect"] > 5
    assert sending.verdicts[""] > 5
    assert set(reading.verdicts) == {"password", ""}
    assert guarded.daemon.status()["faults"] == 0


def test_settings_that_change_by_command_count_at_once(guarded: GuardedHost) -> None:
    """A6, E15: `mailward set` comes back when the daemon has taken it."""
    source = guarded.daemon.client("RU")
    for countries, code in ((("RU", "DE"), 220), (("DE",), 554)):
        guarded.daemon.mailward("set", "country.list", *countries)
        with guarded.smtp(587, source) as client:
            assert client.greeting.code == code, countries


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_daemon_that_restarts_under_load_loses_no_session(guarded: GuardedHost, end: str) -> None:
    """A25, B7: refused or let pass while it is away; never an error, never a wait."""
    account, source = guarded.new_account(), guarded.daemon.client("DE")
    guarded.daemon.configure({"send.limit": 1_000_000} | WITHOUT_GERMANY)
    with Stream(lambda: submission_session(guarded, source, account)) as sending:
        for _ in range(2):
            sending.await_sessions(5)
            guarded.daemon.stop() if end == "stop" else guarded.daemon.kill()
            guarded.daemon.start()
            with guarded.smtp(465, source) as client:
                assert client.greeting.code == 554
    assert sending.verdicts["connect"] > 10
    # Dovecot waits for a server that was away: at most its timeout, once in a session
    assert sending.slowest < 3.0
