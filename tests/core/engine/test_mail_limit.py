"""The law of the quick way: it agrees with the checks, whatever is set and whoever sends."""

from __future__ import annotations

from hypothesis import given, settings

from core.engine.checks import Question
from core.engine.decide import NOTHING_AGAINST, Decision, decide
from core.engine.mail_limit import is_within_limit, limit_of
from core.engine.policy import Snapshot
from core.words import Stage
from tests.core.engine.asking import Asking, facts
from tests.core.engine.mail_stories import LONGEST, Turn, block, settings_of_all, stories


def decided(asking: Asking, mail: Question, *, quickly: bool) -> Decision:
    """What is decided about a mail, and counted with it."""
    if quickly:
        send = limit_of(mail.request, asking.settings)
        if send is not None and is_within_limit(
            mail.request, send, asking.blocks, asking.windows, mail.now
        ):
            return NOTHING_AGAINST
    return decide(mail)


@settings(max_examples=400)
@given(settings_of_all, settings_of_all, stories)
def test_agrees_with_the_checks(first: Snapshot, second: Snapshot, story: list[Turn]) -> None:
    """The same verdict, evidence, new block, and counters, mail by mail."""
    slow, quick = Asking(first), Asking(first)
    now = 0.0
    for turn in story:
        now += turn.wait
        found = []
        for asking in (slow, quick):
            if turn.what == "settings":
                asking.settings = second if asking.settings is first else first
            elif turn.what == "block":
                asking.blocks.add(block(turn.account, now), now + 9)
            elif turn.what == "release":
                asking.windows.forget(turn.account)
                asking.blocks.release(turn.account)
            else:
                mail = asking.question(
                    Stage.SEND,
                    facts(country="RU", asn=64500),
                    turn.account,
                    recipients=turn.recipients,
                    sending=turn.sending,
                    now=now,
                )
                found.append((decided(asking, mail, quickly=asking is quick), mail.new_block))
        assert all(each == found[0] for each in found)
        assert quick.blocks.standing(now) == slow.blocks.standing(now)
        assert _counted(quick, now) == _counted(slow, now)


def _counted(asking: Asking, now: float) -> dict[str, list[float]]:
    """What still counts in any window; an account's older mails are cut off when it is asked."""
    ages = (
        (name, [age for age in sent if age < LONGEST]) for name, sent in asking.windows.ages(now)
    )
    return {name: sent for name, sent in ages if sent}
