"""A report in words: what `core.notify.report_facts` has gathered, as a document in one language.

The administrator reads settings and the names of parts; an owner reads neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from core.labels import REASONS
from core.notify.language import Language
from core.notify.letter import line
from core.notify.pages_link import page
from core.notify.report_document import Document, Link, Section, Table
from core.notify.report_facts import Busy, EndingPass, Report, Sums
from core.notify.report_period import Period
from core.store.blocks import PastBlock
from core.words import N_, Reason

ROWS: Final = (
    ("allowed", N_("Logins and connections allowed")),
    ("refused", N_("Refused")),
    ("watched", N_("Would have been refused, only watched")),
    ("failed", N_("Wrong passwords")),
    ("mails", N_("Mails sent")),
    ("held", N_("Mails of blocked mailboxes refused")),
    ("blocks", N_("Mailboxes blocked from sending")),
)
"""Field of `Sums` -> what it is called."""

_WATCHED: Final = N_(
    "These were let in, because the check that would have refused them only watches. Look at them "
    "in the log: if nobody is among them who belongs there, let the check refuse."
)

_ATTEMPTS: Final = N_("Attempts that were refused, only watched, or had a wrong password.")


class Place(Struct, frozen=True):
    """Where a report comes from and what it may point to.

    Attributes:
        host: this server's full name.
        pages: the address of the reader's pages, "" when it is not known.
        contact: whom an owner may ask.
    """

    host: str
    pages: str = ""
    contact: str = ""


def document(report: Report, place: Place, language: Language) -> Document:
    """Write a report.

    Args:
        report: what it tells.
        place: where it comes from.
        language: in which it is written.
    """
    words = _Words(report, place, language)
    return Document(
        language=language.code,
        subject=words.subject(),
        lines=tuple(words.opening()),
        sections=tuple(words.sections()),
        foot=tuple(words.foot()),
    )


def period_text(period: Period, language: Language) -> str:
    """The period in words."""
    if period.every == "daily":
        return language.day(period.first)
    return language.gettext(
        "%(first)s to %(last)s",
        first=language.date(period.first),
        last=language.date(period.last),
    )


class _Words:
    """One report being written."""

    def __init__(self, report: Report, place: Place, language: Language) -> None:
        self._report = report
        self._place = place
        self._in = language
        self._whole = not report.domain
        self._about = line(report.domain) or place.host

    def subject(self) -> str:
        """What it is about, and the news in short."""
        return self._in.gettext(
            "%(about)s, %(period)s: %(news)s",
            about=self._about,
            period=period_text(self._report.period, self._in),
            news=self._news(),
        )

    def _news(self) -> str:
        sums, say = self._report.sums, self._in
        if self._report.is_quiet:
            return say.gettext("all quiet")
        parts = []
        if self._report.problems:
            count = len(self._report.problems)
            parts.append(say.ngettext("%(num)s problem", "%(num)s problems", count))
        if sums.blocks:
            parts.append(
                say.ngettext("%(num)s mailbox blocked", "%(num)s mailboxes blocked", sums.blocks)
            )
        if sums.refused or not parts:
            parts.append(say.ngettext("%(num)s refused", "%(num)s refused", sums.refused))
        return ", ".join(parts)

    def opening(self) -> Iterator[str]:
        """Which days, and whether anything matters."""
        said = {"about": self._about, "period": period_text(self._report.period, self._in)}
        if self._whole:
            yield self._in.gettext(
                "What Mailward saw and did on the mail server %(about)s: %(period)s.", **said
            )
        else:
            yield self._in.gettext(
                "How the mailboxes of %(about)s were guarded: %(period)s.", **said
            )
        if self._report.is_quiet:
            yield self._in.gettext("All quiet: nothing was refused, and nobody was blocked.")

    def sections(self) -> Iterator[Section]:
        """The parts that have something to tell."""
        report, say = self._report, self._in
        if report.problems:
            yield self._problems()
        yield self._sums()
        if report.blocks:
            yield self._blocks()
        if report.watched:
            yield self._watched()
        if report.countries:
            rows = tuple((say.country(each.key), each) for each in report.countries)
            yield self._busiest(say.gettext("Busiest countries"), say.gettext("Country"), rows)
        if report.networks:
            rows = tuple((_network(each), each) for each in report.networks)
            yield self._busiest(say.gettext("Busiest networks"), say.gettext("Network"), rows)
        if report.mailboxes:
            rows = tuple((line(each.key), each) for each in report.mailboxes)
            title = say.gettext("Mailboxes most aimed at")
            yield self._busiest(title, say.gettext("Mailbox"), rows)
        if report.passes:
            yield self._passes()

    def _problems(self) -> Section:
        say = self._in
        points = tuple(
            f"{line(part)}: {line(say.gettext(text) if text else '')}"
            for part, text in self._report.problems
        )
        return Section(
            title=say.gettext("What needs a decision"),
            points=points,
            link=self._link("/dashboard"),
        )

    def _sums(self) -> Section:
        say, sums, before = self._in, self._report.sums, self._report.before
        columns = ["", say.gettext("now"), say.gettext("before"), say.gettext("change")]
        shown = 2 if before is None else len(columns)
        rows = tuple(self._sum(name, title, sums, before)[:shown] for name, title in ROWS)
        home = "/dashboard" if self._whole else "/overview"
        return Section(
            title=say.gettext("In numbers"),
            table=Table(tuple(columns[:shown]), rows, frozenset({1, 2, 3})),
            link=self._link(home),
        )

    def _sum(self, name: str, title: str, sums: Sums, before: Sums | None) -> tuple[str, ...]:
        say, now = self._in, int(getattr(sums, name))
        then = int(getattr(before, name)) if before is not None else 0
        return (say.gettext(title), say.number(now), say.number(then), say.change(then, now))

    def _blocks(self) -> Section:
        say, blocks = self._in, self._report.blocks
        more = self._report.sums.blocks - len(blocks)
        after = (say.ngettext("And %(num)s more.", "And %(num)s more.", more),) if more > 0 else ()
        rows = tuple(
            (line(each.account), say.moment(each.started), self._ending(each)) for each in blocks
        )
        columns = (say.gettext("Mailbox"), say.gettext("since"), say.gettext("how it ended"))
        return Section(
            title=say.gettext("Blocked from sending"),
            table=Table(columns, rows),
            after=after,
            link=self._link("/blocked"),
        )

    def _ending(self, block: PastBlock) -> str:
        say = self._in
        if block.released_at is not None:
            at = say.moment(block.released_at)
            if self._whole and block.released_by:
                return say.gettext("released %(at)s by %(who)s", at=at, who=line(block.released_by))
            return say.gettext("released %(at)s", at=at)
        at = say.moment(block.until)
        if block.until <= self._report.now:
            return say.gettext("ended by itself %(at)s", at=at)
        return say.gettext("still blocked, until %(at)s", at=at)

    def _watched(self) -> Section:
        say = self._in
        rows = tuple(
            (self._reason(each.reason), say.number(each.count)) for each in self._report.watched
        )
        return Section(
            title=say.gettext("Only watched"),
            lines=(say.gettext(_WATCHED),),
            table=Table((say.gettext("Why"), say.gettext("how often")), rows, frozenset({1})),
            link=self._link("/log"),
        )

    def _reason(self, code: str) -> str:
        try:
            return self._in.gettext(REASONS[Reason(code)])
        except (ValueError, KeyError):  # written by another version
            return line(code)

    def _busiest(self, title: str, column: str, rows: tuple[tuple[str, Busy], ...]) -> Section:
        say = self._in
        return Section(
            title=title,
            lines=(say.gettext(_ATTEMPTS),),
            table=Table(
                (column, say.gettext("attempts")),
                tuple((name, say.number(each.count)) for name, each in rows),
                frozenset({1}),
            ),
        )

    def _passes(self) -> Section:
        say = self._in
        rows = tuple(
            (self._where(each), say.country(each.country), say.moment(each.expires))
            for each in self._report.passes
        )
        return Section(
            title=say.gettext("Traveller passes that end soon"),
            table=Table((say.gettext("For"), say.gettext("Country"), say.gettext("until")), rows),
            link=self._link("/travellers"),
        )

    def _where(self, each: EndingPass) -> str:
        return line(each.scope.name) or self._in.gettext("everybody")

    def _link(self, path: str) -> Link | None:
        address = page(self._place.pages, path)
        return Link(self._in.gettext("See the pages"), address) if address else None

    def foot(self) -> Iterator[str]:
        """Why it comes, and how it ends."""
        say, host = self._in, self._place.host
        yield say.gettext("One session may count more than once: before and after its password.")
        if self._whole:
            yield say.gettext(
                "This report goes to notify.address as it is set on %(host)s; notify.report says "
                "how often, and ends it.",
                host=host,
            )
            return
        yield say.gettext(
            "The mail server %(host)s mails this to the address that is set for the owner of "
            "%(domain)s. To have it mailed elsewhere, more rarely or not at all, change that on "
            "the pages or ask %(contact)s.",
            host=host,
            domain=self._about,
            contact=line(say.gettext(self._place.contact) if self._place.contact else host),
        )


def _network(each: Busy) -> str:
    return f"AS{each.key} {line(each.name)}".rstrip()
