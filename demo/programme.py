"""What a visitor is told before the show and after it: what this is, what to try, what was seen."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from core.desk.moment import length, local
from core.net.countries import name
from core.settings.config import load
from core.store.blocks import BlockFilter
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.words import Verdict
from demo import cast
from demo.directory import Directory
from demo.line import word
from demo.screen import INDENT, Screen
from demo.servers import RealServers

TRY = (
    ("status", "how the daemon is"),
    ("explain 203.0.113.7 --account anna@huber.example", "why somebody is refused"),
    ("events --follow", "decisions as they fall"),
    ("blocked list", "who may not send"),
    ("stats --by country --since 30d", "a month, by country"),
    ("settings", "everything that can be set"),
    ("audit list", "who has set what, and why"),
)
"""Words for `mailward` that work while the demo runs, and what they show."""

AFTERWARDS = (
    ("stats --by country --since 30d", ""),
    (f"explain 203.0.113.7 --account {cast.ACCOUNTS[0]}", ""),
)
"""Of those, some that need no daemon."""

MOST = 1_000_000


def begin(
    screen: Screen,
    directory: Directory,
    real: RealServers | str,
    addresses: Sequence[tuple[str, str]],
) -> None:
    """Tell what is about to be seen.

    Args:
        screen: where.
        directory: where everything is.
        real: the mail servers, or why there are none.
        addresses: who is let into the pages by which address.
    """
    screen.title("Mailward, and a small hoster's day")
    screen.say(
        f"{len(cast.MAILBOXES)} mailboxes in {len(cast.DOMAINS)} domains. Each line below is a "
        "decision of the daemon, as it falls."
    )
    if isinstance(real, RealServers):
        screen.say(
            f"A real {real.versions} (Debian 12, unpacked below .lab) ask it, by our own hooks. "
            "Clients log in over SMTP, IMAP and POP3; their addresses are pretended, and nothing "
            "leaves this machine."
        )
    else:
        screen.say(
            f"No real mail servers ({real}): the demo itself speaks the wires of Postfix and "
            "Dovecot. Nothing leaves this machine."
        )
    screen.say(
        f"Files: {directory.shown} (store, settings, notices, daemon's log). The month before was "
        f"written on {local(directory.month)[:16]}; --fresh begins anew. Ctrl-C ends the demo."
    )
    screen.say()
    screen.say("The pages, in a browser on this machine:")
    screen.addresses(addresses)
    screen.say()
    screen.legend()
    screen.say()
    screen.say("Try in another terminal, in this directory:")
    _show_commands(screen, directory, TRY)


def end(screen: Screen, directory: Directory, since: float, broken: int) -> None:
    """Tell what was seen.

    Args:
        screen: where.
        directory: where everything is.
        since: when the show began, seconds since 1970.
        broken: visits that ended without an answer.

    Raises:
        StoreError: the store cannot be read.
    """
    screen.say()
    screen.title("The end")
    if directory.month:
        store = Store.open(load(str(directory.config_file)).store_url)
        try:
            for text in summary(store, since, time.time() - since):
                screen.say(text)
        finally:
            store.close()
        if broken:
            screen.say(f"{broken} visits broke off without an answer.")
        screen.say(f"Nothing runs any more. {directory.shown} stays, and can still be asked:")
        _show_commands(screen, directory, AFTERWARDS)
    else:
        screen.say("It ended before it began. Nothing runs any more.")


def _show_commands(
    screen: Screen, directory: Directory, listed: tuple[tuple[str, str], ...]
) -> None:
    room = screen.width - len(INDENT)
    before, commands = directory.commands([words for words, _ in listed], room)
    purposes = [purpose for _, purpose in listed]
    shown = list(zip(commands, purposes, strict=True))
    screen.commands([(before, ""), *shown] if before else shown)


def summary(store: Store, since: float, seconds: float) -> Iterator[str]:
    """The run in numbers, a paragraph at a time.

    Args:
        store: the daemon's store, written completely.
        since: when the run began, seconds since 1970.
        seconds: how long it lasted.

    Raises:
        StoreError: it cannot be read.
    """
    words: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for event in store.events.find(EventFilter(since=since), limit=MOST):
        words[word(event)] += event.count
        if event.verdict is not Verdict.ALLOW:
            reasons[event.reason] += event.count
            countries[event.country] += event.count
    counted = ", ".join(f"{count} {text}" for text, count in words.most_common())
    yield f"{words.total()} decisions in {length(seconds)}: {counted or 'none'}."
    if reasons:
        why = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        places = [name(code) for code, _ in countries.most_common(6) if code][:5]
        origin = f", most from {', '.join(places)}" if places else ""
        yield f"Refused or deferred: {why}{origin}."
    blocks = store.blocks.history(BlockFilter(since=since))
    if blocks:
        yield "Blocked from sending: " + ", ".join(
            block.account + (f" (released by {block.released_by})" if block.released_by else "")
            for block in reversed(blocks)
        )
