"""What is printed, and what is folded."""

from __future__ import annotations

import pytest

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from demo.screen import BURST_SECONDS, EACH, SHOWN_MAILS, Bursts, Screen
from tests.demo.test_line import event


def mail(at: float, account: str = "news@teekontor.example", **changes: object) -> Event:
    """A mail that was allowed."""
    return event(
        **{
            "at": at,
            "last": at,
            "stage": Stage.SEND,
            "service": Service.SUBMISSION,
            "verdict": Verdict.ALLOW,
            "reason": Reason.NOTHING_AGAINST,
            "detail": "",
            "account": account,
        }
        | changes
    )


def test_a_hundred_mails_are_a_few_lines() -> None:
    bursts = Bursts()
    remarks = [bursts.remark(mail(at=number)) for number in range(100)]
    assert remarks[:SHOWN_MAILS] == [""] * SHOWN_MAILS
    assert [each for each in remarks if each] == [
        f"{count} mails so far" for count in range(EACH, 101, EACH)
    ]


def test_accounts_and_pauses_are_told_apart() -> None:
    bursts = Bursts()
    for number in range(10):
        bursts.remark(mail(at=number))
    assert bursts.remark(mail(at=10)) is None
    assert bursts.remark(mail(at=10, account="info@ahoy.example")) == ""
    assert bursts.remark(mail(at=10 + BURST_SECONDS)) == ""


def test_a_refused_mail_is_always_shown_and_ends_the_row() -> None:
    bursts = Bursts()
    for number in range(10):
        bursts.remark(mail(at=number))
    refused = mail(at=11, verdict=Verdict.DEFER, reason=Reason.SEND_LIMIT)
    assert bursts.remark(refused) == ""
    assert bursts.remark(mail(at=12)) == ""


def test_columns_follow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    screen = Screen()
    screen.say("word " * 40)
    screen.quote("> " + "x" * 100)
    screen.tell("Somebody types:", "mailward " + "word " * 30)
    screen.commands([("./dev run mailward status", "how the daemon is")])
    for line in capsys.readouterr().out.splitlines():
        assert len(line) <= 60


def test_a_long_command_can_be_pasted_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    command = "mailward exempt add --account sofia@lindlaw.example --expires 7d"
    Screen().tell("Somebody types:", command)
    printed = capsys.readouterr().out.partition("$ ")[2]
    assert printed.replace("\\\n", "").split() == command.split()


def test_quiet_means_no_single_decisions(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(quiet=True)
    screen.event(event())
    screen.act(1, "An act", "Something happens.")
    printed = capsys.readouterr().out
    assert "refused" not in printed
    assert "An act" in printed
