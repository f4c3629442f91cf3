"""``replay``: read old logs as if Mailward had been there."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import msgspec

from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json, since
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, remark, say, table
from core.desk.moment import iso, local
from core.desk.text import counted, printable
from core.net.countries import name as country_name

if TYPE_CHECKING:
    from core.desk.replay import Replay
    from core.desk.replay_rules import Key, Refused

MOST_LINES = 20
"""Lines of a table that are shown."""


class Zone(click.ParamType[ZoneInfo]):
    """A time zone by its name."""

    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """The zone."""
        try:
            return ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone, as Europe/Vienna is one", param, ctx)


def _dialect(context: click.Context, option: click.Parameter, value: str) -> str:
    """One of the dialects; they are loaded when somebody names one."""
    from core.maillog.dialects import DIALECTS  # noqa: PLC0415

    if value and value not in DIALECTS:
        raise click.BadParameter(f"it is one of {', '.join(DIALECTS)}", context, option)
    return value


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "--dialect",
    default="",
    metavar="NAME",
    callback=_dialect,
    help="Of all logs; without it, each is recognised by its lines.",
)
@since(None)
@click.option(
    "--zone",
    type=Zone(),
    default=None,
    metavar="NAME",
    help="Time zone of times without one; without it, this server's.",
)
@click.option("--dry-run", is_flag=True, help="Count nothing and learn nothing; only tell.")
@click.option("--again", is_flag=True, help="Read also what was counted before, to see it again.")
@as_json
@pass_session
@click.pass_context
def replay(
    ctx: click.Context,
    session: Session,
    /,
    names: tuple[str, ...],
    dialect: str,
    since: float | None,
    zone: ZoneInfo | None,
    dry_run: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Read old mail logs as if Mailward had been there.

    Fills the statistics with what the logs tell of logins and mails, learns from where accounts
    usually log in, and says what today's settings would have refused. Logs may be packed (gz, xz,
    bz2); "-" is standard input. Rotated logs may be given in any order.

    Nothing is counted twice: neither what Mailward has seen itself, nor what an earlier replay has
    counted. Broken off with Ctrl-C, it goes on with the same command. The daemon may run meanwhile.
    """
    # Loads the engine and the store.
    from core.desk.replay import Replay, Wishes, open_archives  # noqa: PLC0415

    archives, wrong = open_archives(names, dialect, zone)
    for name, why in wrong.items():
        remark(f"{printable(name)}: {why}")
    with session.desk(make=not dry_run) as desk:
        size = sum(archive.size for archive in archives)
        with _progress(size if not as_json else 0) as progress:
            done = Replay(desk, archives, Wishes(since, dry_run, again), progress)
            try:
                done.run()
            except KeyboardInterrupt:
                remark("mailward: broken off; the same command goes on where it was")
                ctx.exit(ExitCode.PROBLEMS)
    if as_json:
        emit(_document(done, dry_run, wrong))
    else:
        _show(done, dry_run)
    if wrong or any(log.problem for log in done.logs):
        ctx.exit(ExitCode.PROBLEMS)


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not size or not sys.stdout.isatty():
        yield lambda _: None
        return
    from core.cli.bars import reading  # noqa: PLC0415  only a terminal needs it

    with reading(size) as advance:
        yield advance


def _show(done: Replay, dry: bool) -> None:
    table(
        ("log", "lines", "from", "until", "counted", "counted before", ""),
        [
            (
                log.name,
                str(log.lines),
                local(log.since) if log.since else "",
                local(log.until) if log.until else "",
                str(log.counted),
                str(log.before or ""),
                _remark(log.problem or log.remark, log.unknown),
            )
            for log in done.logs
        ],
        right=("lines", "counted", "counted before"),
        fold=("log", ""),
    )
    say()
    tally = done.counted
    if dry:
        say("Nothing was counted: this was a dry run.")
    else:
        say(
            f"Counted: {counted(tally.logins, 'login')}, "
            f"{counted(tally.failed, 'failed attempt')}, {counted(tally.mails, 'mail')}."
        )
        say(f"Learned: {counted(len(done.pairs), 'network')} from which accounts log in.")
    _show_rules(done)


def _remark(problem: str, unknown: int) -> str:
    lines = f"{counted(unknown, 'line')} in no known form" if unknown else ""
    return "; ".join(filter(None, (problem, lines)))


def _show_rules(done: Replay) -> None:
    rules = done.rules
    stopped, tried = sum(rules.stopped.values()), sum(rules.tried.values())
    say()
    say("With today's settings:")
    if stopped or tried:
        say(f"  {stopped} of {stopped + tried} wrong passwords would not have been tried at all.")
    if not (rules.logins or rules.mails):
        say("  no login that came through would have been refused, and no mail.")
        return
    logins, mails = _total(rules.logins), _total(rules.mails)
    say(f"  {counted(logins, 'login')} that came through would have been refused,")
    mails_text = counted(mails, "mail")
    say(f"  and {mails_text}; {counted(rules.blocked, 'account')} blocked from sending.")
    refused = {**rules.logins, **rules.mails}
    say()
    _table(("country", "times", "accounts"), _by(refused, lambda key: _country(key[2])))
    say()
    _table(("reason", "times", "accounts"), _by(refused, lambda key: str(key[3])))
    say()
    lines = sorted(refused.items(), key=lambda line: -line[1].count)
    table(
        ("account", "country", "stage", "reason", "times", "last", "why"),
        [
            (
                key[1],
                _country(key[2]),
                key[0],
                key[3],
                str(each.count),
                local(each.last),
                each.evidence,
            )
            for key, each in lines[:MOST_LINES]
        ],
        right=("times",),
        fold=("account", "why"),
    )
    if len(lines) > MOST_LINES:
        say(f"and {len(lines) - MOST_LINES} more; --json tells all.")


def _country(code: str) -> str:
    return f"{country_name(code)} ({code})" if code else "not known"


def _total(refused: dict[Key, Refused]) -> int:
    return sum(each.count for each in refused.values())


def _by(refused: dict[Key, Refused], part: Callable[[Key], str]) -> list[tuple[str, int, int]]:
    """Sums by a part of the key: how often, and how many accounts; the most first."""
    times: Counter[str] = Counter()
    accounts: defaultdict[str, set[str]] = defaultdict(set)
    for key, each in refused.items():
        times[part(key)] += each.count
        accounts[part(key)].add(key[1])
    return [(what, count, len(accounts[what])) for what, count in times.most_common()]


def _table(head: tuple[str, str, str], lines: Iterable[tuple[str, int, int]]) -> None:
    shown = [(what, str(count), str(accounts)) for what, count, accounts in lines]
    table(head, shown[:MOST_LINES], right=head[1:])


def _document(done: Replay, dry: bool, wrong: Any) -> dict[str, Any]:
    rules = done.rules
    return {
        "dry_run": dry,
        "logs": [
            msgspec.to_builtins(log)
            | {
                name: iso(at) if at else None
                for name, at in (("since", log.since), ("until", log.until))
            }
            for log in done.logs
        ],
        "unreadable": dict(wrong),
        "counted": msgspec.to_builtins(done.counted),
        "learned": len(done.pairs),
        "own_since": iso(done.own_since),
        "attempts": {
            "tried": sum(rules.tried.values()),
            "stopped": [
                {"country": country, "reason": reason, "count": count}
                for (country, reason), count in rules.stopped.most_common()
            ],
        },
        "blocked": rules.blocked,
        "refused": [
            {
                "stage": stage,
                "account": account,
                "country": country,
                "reason": reason,
                "count": each.count,
                "first": iso(each.first),
                "last": iso(each.last),
                "evidence": each.evidence,
            }
            for (stage, account, country, reason), each in sorted(
                {**rules.logins, **rules.mails}.items(), key=lambda line: -line[1].count
            )
        ],
    }
