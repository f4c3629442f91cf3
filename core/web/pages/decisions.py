"""What needs a decision: found in settings, counts and blocks, offered with one click, or put away.

A decision has a key that says all of what it would do, so that a click does exactly what was shown,
or nothing when that is no longer so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flask import url_for
from flask_babel import gettext, ngettext
from msgspec import Struct

from core.desk.desk import Desk
from core.desk.picture import DATABASES
from core.engine.country_rule import CountryRule
from core.errors import StoreError
from core.licence.standing import Standing, State
from core.settings.entry import CountryPass
from core.settings.fields import FIELDS
from core.settings.lists import NAMES
from core.settings.scope import SERVER_SCOPE, Resolved
from core.sources.status import SourceStatus
from core.store.blocks import BlockFilter
from core.web import wording
from core.web.pages.countries_counts import CountryCounts
from core.web.pages.decisions_watched import Watched

DAY: Final = 86_400.0

FEW_COUNTRIES: Final = 5
NEARLY_ALL: Final = 0.95
ENOUGH_LOGINS: Final = 200
"""Logins in 30 days from which on their countries say something."""

WATCHED_DAYS: Final = 5
WATCHED_LEAST: Final = 20

OFTEN: Final = 2
"""Blocks within a week that are more than a mistake."""

TRIAL_SOON: Final = 7 * DAY

MOST_BLOCKS: Final = 500
MOST_NAMED: Final = 3


class Option(Struct, frozen=True):
    """One button.

    Attributes:
        label: what it says.
        address: where it leads, or "" for one that does what the decision offers.
    """

    label: str
    address: str = ""


class Decision(Struct, frozen=True):
    """One thing that somebody should decide.

    Attributes:
        key: what it is and what it would do; the same as long as nothing of that has changed.
        title, text: for people.
        options: its buttons, the one that is meant first.
        grave: whether it should not wait.
    """

    key: str
    title: str
    text: str
    options: tuple[Option, ...]
    grave: bool = False

    @property
    def mark(self) -> str:
        """The key in six characters, for the list of what somebody has put away."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:MARK]


MARK: Final = 6


class Known(Struct, frozen=True):
    """What decisions are found in.

    Attributes:
        desk: whose; it may be without a store.
        own: the server's own country.
        now: seconds since 1970.
        standing: where the licence stands.
        sources: the data and their ages.
        month: what came from which country in 30 days.
        watched: what checks that only watch would have refused in a week.
    """

    desk: Desk
    own: str
    now: float
    standing: Standing
    sources: Sequence[SourceStatus] = ()
    month: Sequence[CountryCounts] = ()
    watched: Sequence[Watched] = ()


def decisions(known: Known) -> list[Decision]:
    """Everything that somebody should decide, the gravest first. Never raises."""
    found = [*_licence(known), *_stale(known.sources)]
    try:
        rules = known.desk.rules().resolved
        found += [
            *_nobody_is_told(rules),
            *overridden(rules, known.own, known.now),
            *_repeatedly_blocked(known),
            *_watched(rules, known.watched),
            *_countries(rules, known.month),
        ]
    except StoreError:
        pass  # the state of the server says so
    return sorted(found, key=lambda each: not each.grave)


def _nobody_is_told(rules: Resolved) -> Iterator[Decision]:
    if not rules.server.notify.address:
        yield Decision(
            "notify",
            gettext("Nobody is told when an account is blocked"),
            gettext("A blocked account is mostly a stolen password. Say where the notice goes."),
            (Option(gettext("Enter an address"), url_for("limits.show")),),
        )


def overridden(rules: Resolved, own: str, now: float) -> Iterator[Decision]:
    """Traveller passes that do not help, because the server refuses before the password (A17).

    Args:
        rules: all settings.
        own: the server's own country.
        now: seconds since 1970.
    """
    if not rules.server.connect.enabled:
        return
    rule = CountryRule.of(rules.server.country, own)
    passes: dict[str, list[tuple[str, CountryPass]]] = {}
    for scope, values in rules.overrides.items():
        if scope == SERVER_SCOPE or not rules.counts(scope):
            continue
        for each in values.get("country.passes", ()):
            if each.expires > now and rule.refuses(each.country, now):
                passes.setdefault(each.country, []).append((scope.name, each))
    for code, found in sorted(passes.items()):
        yield _pass(code, found)


def _pass(code: str, found: list[tuple[str, CountryPass]]) -> Decision:
    until = max(each.expires for _, each in found)
    names = sorted({name for name, _ in found})
    country, end = wording.country(code), wording.date(until)
    who = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        more = len(names) - MOST_NAMED
        who += " " + ngettext("and %(num)s more", "and %(num)s more", more)
    text = gettext(
        "%(who)s may log in from %(country)s until %(end)s, but the server refuses %(country)s "
        "before the password, where the mailbox is not known. Opening it lets everybody there try "
        "a password until then.",
        who=who,
        country=country,
        end=end,
    )
    title = ngettext(
        "A traveller pass for %(country)s does not help",
        "%(num)s traveller passes for %(country)s do not help",
        len(found),
        country=country,
    )
    label = gettext("Open %(country)s until %(end)s", country=country, end=end)
    return Decision(f"pass {code} {until:.0f}", title, text, (Option(label),), grave=True)


def _repeatedly_blocked(known: Known) -> Iterator[Decision]:
    if not known.desk.has_store:
        return
    wanted = BlockFilter(since=known.now - 7 * DAY)
    past = known.desk.store.blocks.history(wanted, MOST_BLOCKS)
    for account, times in Counter(each.account for each in past).most_common(MOST_NAMED):
        if times < OFTEN:
            return
        title = gettext(
            "%(account)s was blocked %(times)s times in a week", account=account, times=times
        )
        text = gettext(
            "Somebody sends through it again and again: have its password changed. If it is a "
            "newsletter of its owner, exempt it from the limit."
        )
        options = (
            Option(
                gettext("Look at what it sent"), url_for("log.show", account=account, period="7d")
            ),
            Option(gettext("Exemptions"), url_for("exemptions.show")),
        )
        yield Decision(f"blocked {account} {times}", title, text, options)


def _watched(rules: Resolved, found: Iterable[Watched]) -> Iterator[Decision]:
    for each in found:
        if not _still_watches(rules, each.setting):
            continue
        if each.days < WATCHED_DAYS or each.named + each.others < WATCHED_LEAST:
            continue
        named = "country.mode" if each.setting == "country.watch" else each.setting
        text = gettext(
            "It only watches. In the last week it would have refused %(others)s connections and "
            "guesses of strangers.",
            others=wording.number(each.others),
        )
        text += " " + (
            ngettext(
                "%(n)s login with the name of a mailbox was among it: look whether that is a "
                "person before you refuse.",
                "%(n)s logins with the name of a mailbox were among it: look whether these are "
                "people before you refuse.",
                each.named,
                n=wording.number(each.named),
            )
            if each.named
            else gettext("No login with the name of a mailbox was among it.")
        )
        look = Option(gettext("Look at them"), url_for("log.show", result="watched", period="7d"))
        refuse = Option(gettext("Refuse from now on"))
        options = (look, refuse) if each.named else (refuse, look)
        title = gettext("“%(check)s” could refuse", check=gettext(FIELDS[named].title))
        yield Decision(f"watched {each.setting}", title, text, options)


def _still_watches(rules: Resolved, setting: str) -> bool:
    server = rules.server
    if setting == "country.watch":
        return server.country.watch and server.country.mode != "off"
    return bool(getattr(server.network, setting.partition(".")[2]) == "watch")


def _countries(rules: Resolved, month: Sequence[CountryCounts]) -> Iterator[Decision]:
    if rules.server.country.mode != "off":
        return
    came = sorted((c for c in month if c.code), key=lambda c: -c.logins)[:FEW_COUNTRIES]
    logins = sum(c.logins for c in month if c.code)
    attempts = sum(c.refused + c.failed for c in month)
    so_far: list[str] = []
    reached = 0
    for each in came:
        so_far.append(each.code)
        reached += each.logins
        if reached >= logins * NEARLY_ALL:
            break
    if logins < ENOUGH_LOGINS or reached < logins * NEARLY_ALL:
        return
    elsewhere = attempts - sum(c.refused + c.failed for c in month if c.code in so_far)
    text = gettext(
        "%(share)s of the logins of 30 days whose country is known came from %(countries)s; "
        "%(attempts)s attempts came from elsewhere. "
        "A preview shows whom a rule would have refused.",
        share=wording.percent(reached / logins),
        countries=", ".join(map(wording.country, so_far)),
        attempts=wording.number(elsewhere),
    )
    yield Decision(
        f"countries {' '.join(sorted(so_far))}",
        gettext("Logins from everywhere are allowed"),
        text,
        (Option(gettext("Choose countries"), url_for("countries.choose", take=10)),),
    )


def _licence(known: Known) -> Iterator[Decision]:
    standing = known.standing
    ends = standing.state is State.TRIAL and standing.until - known.now < TRIAL_SOON
    if not ends and standing.in_order:
        return
    yield Decision(
        f"licence {standing.state} {standing.until:.0f}",
        gettext("The trial ends soon") if ends else gettext("The licence needs a look"),
        wording.sentences(standing.sentences),
        (Option(gettext("Enter a licence key"), url_for("system.show")),),
        grave=not ends,
    )


def _stale(sources: Iterable[SourceStatus]) -> Iterator[Decision]:
    # Without the two databases nothing is guarded, so the state of the server tells of them.
    bad = [each for each in sources if each.problem and each.name not in DATABASES]
    if bad:
        lists = [each for each in bad if each.name in NAMES or each.name.startswith("share ")]
        more = (Option(gettext("Lists of attackers"), url_for("attackers.lists")),) if lists else ()
        yield Decision(
            f"data {' '.join(each.name for each in bad)}",
            gettext("Some lists of networks are missing or old"),
            "; ".join(f"{each.name}: {gettext(each.problem)}" for each in bad[:MOST_NAMED]),
            (*more, Option(gettext("Update the data"), url_for("system.data"))),
        )
