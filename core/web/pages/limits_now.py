"""Who is blocked from sending now, who is near it, and what the limit is, in words."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from markupsafe import Markup
from msgspec import Struct

from core.desk.blocks import Near, Standing, StandingBlock
from core.settings.model import Settings
from core.settings.scope import Resolved
from core.web.drawings.gauge import gauge, level
from core.web.pages.blocked_story import told
from core.web.settings_form_words import length
from core.web.wording import number


class BlockedLine(Struct, frozen=True):
    """An account that is blocked.

    Attributes:
        block: the block.
        told: what happened, in words.
        used: part of the block that is over, 0 to 1.
    """

    block: StandingBlock
    told: str
    used: float


class NearLine(Struct, frozen=True):
    """An account that may soon be blocked.

    Attributes:
        account: its name.
        drawing: how much of its limit is used.
        said: the same in words.
        level: ``calm``, ``near`` or ``full``.
    """

    account: str
    drawing: Markup
    said: str
    level: str


def blocked_lines(standing: Standing, asked: str) -> list[BlockedLine]:
    """Who is blocked.

    Args:
        standing: all of them.
        asked: part of a name; "" for all.
    """
    return [
        BlockedLine(each, told(each), 1 - each.left / each.seconds if each.seconds > 0 else 1.0)
        for each in standing.blocked
        if asked.lower() in each.account
    ]


def near_lines(standing: Standing, rules: Resolved) -> list[NearLine]:
    """Who is near the limit, each measured by its own, the nearest first."""
    found = [(each, rules.of_account(each.account)) for each in standing.near]
    found.sort(key=lambda pair: -pair[0].used / pair[1].send.limit)
    return [_near_line(each, settings) for each, settings in found]


def _near_line(each: Near, settings: Settings) -> NearLine:
    limit = settings.send.limit
    said = gettext("%(used)s of %(limit)s", used=number(each.used), limit=number(limit))
    return NearLine(each.account, gauge(each.used, limit, said), said, level(each.used, limit))


def rule(settings: Settings) -> str:
    """The limit as one sentence."""
    send = settings.send
    what = (
        ngettext(
            "%(count)s recipient", "%(count)s recipients", send.limit, count=number(send.limit)
        )
        if send.unit == "recipients"
        else ngettext("%(count)s mail", "%(count)s mails", send.limit, count=number(send.limit))
    )
    words = {"what": what, "time": length(send.seconds), "block": length(send.block_seconds)}
    if send.watch:
        text = gettext(
            "More than %(what)s within %(time)s are noted in the log; nobody is blocked, because "
            "the limit only watches.",
            **words,
        )
    else:
        text = gettext(
            "An account that sends more than %(what)s within %(time)s is blocked from sending for "
            "%(block)s.",
            **words,
        )
    return str(text)
