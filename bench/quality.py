"""What the judge makes of a month: attackers refused, honest people refused, time to detection.

A labelled simulation with a fixed seed, from a fresh install on. Each try asks the judge as the
mail server's hooks do; who is not refused tries his password, and the judge is told of it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from random import Random
from statistics import median

from rich.progress import track

from bench import quality_stolen
from bench.quality_attacks import DAYS, Attackers
from bench.quality_people import Population
from bench.quality_world import Try, World
from core.engine.judging.judge import Judge
from core.engine.judging.place import places
from core.engine.observation import LoginSeen
from core.words import Service

SEED = 20_260_401
SALT = b"the same each time"


class Story:
    """What became of one kind of tries.

    tries, refused: all, and those that did not get to try a password; later, later_refused: tries
    of an address that had made three before; known, known_refused: tries of an address or network
    (/24, /48) that had; right, right_refused: those with a right password; who: accounts whose
    right password was refused; addresses, entered: all, and those that were taken for attackers,
    or refused with their network; waits: seconds from an address's first try to its first refusal.
    """

    def __init__(self) -> None:
        self.tries = self.refused = 0
        self.later = self.later_refused = 0
        self.known = self.known_refused = 0
        self.right = self.right_refused = 0
        self.who: set[str] = set()
        self.addresses: set[int] = set()
        self.entered: set[int] = set()
        self.waits: list[float] = []


class Month:
    """One run.

    Args:
        told: the mail server tells names before the password, and wrong passwords apart, as
            Dovecot does; otherwise the judge has only what mail logs tell.
    """

    def __init__(self, told: bool) -> None:
        random = Random(SEED)
        world = World(random)
        self._told = told
        self._population = Population(world)
        self._attackers = Attackers(world, self._population)
        self.judge = Judge(SALT)
        self.stories: dict[tuple[bool, str], Story] = defaultdict(Story)
        self._made: dict[int, int] = defaultdict(int)
        self._first: dict[int, float] = {}
        self._caught: set[int] = set()
        self.seconds = 0.0
        self.tries = 0

    def day(self, day: int) -> None:
        """Live through a day."""
        tries = [*self._population.day(day), *self._attackers.days[day]]
        tries.sort(key=lambda each: each.at)
        begun = time.process_time()
        for each in tries:
            self._meet(each)
        self.seconds += time.process_time() - begun
        self.tries += len(tries)

    def _meet(self, each: Try) -> None:
        judge, where = self.judge, places(each.where)
        assert where is not None
        judge.expire(each.at)
        named = each.account if self._told else ""
        refused = judge.against(each.where, "" if each.sends else named, each.at) is not None
        if not refused and each.sends and self._told:
            refused = judge.against(each.where, each.account, each.at) is not None
        if not refused:
            password = each.password if self._told else ""
            entries = judge.observe(
                LoginSeen(each.at, Service.IMAP, each.where, each.account, each.right, password)
            )
            if entries:
                self.stories[each.attacks, each.story].entered.add(where.address)
        self._count(each, where.address, where.network, refused)

    def _count(self, each: Try, address: int, network: int, refused: bool) -> None:
        story = self.stories[each.attacks, each.story]
        story.tries += 1
        story.refused += refused
        if each.right:
            story.right += 1
            story.right_refused += refused
            if refused:
                story.who.add(each.account)
        if not each.attacks:
            return
        story.addresses.add(address)
        if refused:
            story.entered.add(address)
        if self._made[address] >= 3:
            story.later += 1
            story.later_refused += refused
        if self._made[address] >= 3 or self._made[network] >= 3:
            story.known += 1
            story.known_refused += refused
        self._made[address] += 1
        self._made[network] += 1
        first = self._first.setdefault(address, each.at)
        if refused and address not in self._caught:
            self._caught.add(address)
            story.waits.append(each.at - first)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _wait(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    middle = median(seconds)
    return f"{middle / 3600:.1f} h" if middle > 5400 else f"{middle:.0f} s"


def _print(month: Month) -> None:
    print("\n| attack | tries | refused | 4th try on | refused | network known | refused "
          ""
          "| addresses | known in the end | right passwords in | refused after |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    total = Story()
    for (attacks, name), story in month.stories.items():
        if not attacks:
            continue
        _attack_line(name, story)
        for field in ("tries", "refused", "later", "later_refused", "known", "known_refused",
                      "right", "right_refused"):  # fmt: skip
            setattr(total, field, getattr(total, field) + getattr(story, field))
        total.waits += story.waits
        total.addresses |= story.addresses
        total.entered |= story.entered
    _attack_line("**all**", total)
    print("\n| honest | logins | refused | people | tries with a wrong password | refused |")
    print("|---|--:|--:|--:|--:|--:|")
    people = [(name, story) for (attacks, name), story in month.stories.items() if not attacks]
    for name, story in people:
        wrong = story.tries - story.right
        print(f"| {name} | {story.right} | {story.right_refused} | {len(story.who)} "
              f"| {wrong} | {story.refused - story.right_refused} |")  # fmt: skip
    lost = sum(story.right_refused for _, story in people)
    octets = (month.judge.octets) >> 20
    print(f"\nHonest logins refused in the month: {lost} (goal 0). From the fourth try of an "
          f"address on: {_share(total.later_refused, total.later)} refused before the password "
          f"(goal 99 %). {month.tries} tries, {1e6 * month.seconds / month.tries:.0f} us each, "
          f"{octets} MB of tables.")  # fmt: skip


def _attack_line(name: str, story: Story) -> None:
    got_in = f"{story.right - story.right_refused} of {story.right}" if story.right else "-"
    print(f"| {name} | {story.tries} | {_share(story.refused, story.tries)} "
          f"| {story.later} | {_share(story.later_refused, story.later)} "
          f"| {story.known} | {_share(story.known_refused, story.known)} "
          f"| {len(story.addresses)} | {_share(len(story.entered), len(story.addresses))} "
          f"| {got_in} | {_wait(story.waits)} |")  # fmt: skip


EXPLANATION = """
A month from a fresh install on: the judge knows nobody on the first day. "refused": before the
password. "4th try on": only tries of an address (IPv6: /64) that had made three or more before,
which a botnet of three tries for each address never does. "network known": only tries of an address
or a network (/24, /48) that had made three before, even if that address never tried. "known in
the end": taken for attackers, or refused with their network; addresses of a botnet that had their
three tries are known from the third on, and refused wherever they try again. "refused after":
median time from an address's first try to its first refusal, of those that were refused."""


def attackers() -> None:
    """Measure the judge, and print Markdown."""
    print("\n## What the judge makes of a month")
    print(EXPLANATION)
    for told, title in (
        (True, "Dovecot tells names before the password, and wrong passwords apart"),
        (False, "Only mail logs: a name after the password, no passwords"),
    ):
        month = Month(told)
        for day in track(range(DAYS), description="days", transient=True):
            month.day(day)
        print(f"\n### {title}")
        _print(month)


PARTS: tuple[Callable[[], None], ...] = (attackers, quality_stolen.main)
"""What is measured, in this order; each prints its own tables."""


def main(_rounds: int, _seconds: float) -> None:
    """Measure everything that tells honest people from others, and print Markdown."""
    for part in PARTS:
        part()
