"""The story: a day on the server, in six acts, over and over with other people in it."""

from __future__ import annotations

import email
import email.policy
import itertools
import shlex
import time
from pathlib import Path
from random import Random

from core.errors import MailwardError
from core.settings.account import domain_of
from core.words import Service
from demo import cast, places, rules
from demo.ending import Ending
from demo.house import House
from demo.problem import DemoError
from demo.screen import Screen
from demo.visit import Visit

LENGTH = 103.0
"""Seconds that all acts take at speed 1."""

MOST_HASTE = 3.0
"""The crowd does not come more than so many times as fast, however fast the story goes."""

MOST_LATE = 3.0
"""Seconds that pauses make up for; a machine that was asleep does not hurry after it."""

STOLEN_MAILS = 160
GAP = 0.07
"""Seconds between two mails of a thief: the limit is reached after eleven."""

NOTICE_SECONDS = 5.0


class Story:
    """Tells it.

    Args:
        house: where it happens.
        screen: where it is told.
        ending: when to stop.
        speed: how many times as fast as usual.
        once: seconds that telling it once takes, evening included; 0 to begin again and again.
    """

    def __init__(
        self, house: House, screen: Screen, ending: Ending, speed: float, once: float = 0
    ) -> None:
        self._house = house
        self._screen = screen
        self._ending = ending
        self._speed = speed
        self._once = once
        self._random = Random(2)
        self._notices: set[Path] = set()
        self._due = 0.0

    def tell(self) -> None:
        """Tell it: once, or until the end.

        Raises:
            Interrupted: the end has come.
            DemoError: the daemon has died, or the store cannot be written.
        """
        self._due = time.monotonic()
        closing = self._due + self._once
        try:
            for turn in itertools.count():
                victim = cast.VICTIMS[turn % len(cast.VICTIMS)]
                self._rewind(victim)
                self._morning()
                self._botnet()
                self._traveller(turn)
                self._thief(victim, turn)
                self._release(victim)
                self._evening()
                if self._once:
                    self._wait_until(closing)
                    return
        except MailwardError as error:
            self._house.guard.check()
            raise DemoError(f"the story cannot go on: {error}") from error

    def _rewind(self, victim: str) -> None:
        rules.rewind(self._house.store, time.time())
        self._house.guard.control.call("reload")
        self._house.guard.control.call("release", account=victim, by="demo")

    def _morning(self) -> None:
        self._screen.act(
            1,
            "An ordinary morning",
            "Phones look for mail every few minutes, offices sit behind one address each, somebody "
            "uses the webmail on 127.0.0.1, Gmail and Outlook log in for people, a web shop sends "
            "its orders, a newsletter goes out.",
        )
        self._pace(people=1.8, attackers=0.1)
        self._pause(6)
        office = cast.CUSTOMER_OF[domain_of(cast.NEWSLETTER)].office
        self._visit(cast.NEWSLETTER, office, Service.SUBMISSION, mails=200, gap=0.02)
        self._pause(8)

    def _botnet(self) -> None:
        self._screen.act(
            2,
            "A botnet guesses passwords",
            "From homes and rented servers all over the world. Hijacked networks are refused "
            "before they may try; Lind & Partner permit Germany, Austria and Switzerland only; "
            "everything else fails at its password, and rented servers are watched.",
        )
        self._pace(people=0.4, attackers=2.5)
        self._pause(2)
        self._guesses()
        self._pause(11)
        self._screen.tell(
            f"{rules.ADMIN}, the administrator, has seen enough of rented servers:",
            "mailward set network.cloud refuse",
        )
        rules.refuse_rented_servers(self._house.store, time.time())
        self._house.guard.control.call("reload")
        self._guesses()
        self._pause(12)

    def _guesses(self) -> None:
        """One of each kind, so that none is missing however short the story is."""
        lawyers, others = "office@lindlaw.example", "info@huber.example"
        for account, place, service in (
            (others, places.HIJACKED, Service.SUBMISSION),
            (lawyers, places.BOTNET[1][0], Service.IMAPS),
            (others, places.CLOUDS[0][0], Service.SMTPS),
            (others, places.BOTNET[2][0], Service.IMAPS),
        ):
            self._visit(account, place.address(self._random), service, knows=False)

    def _traveller(self, turn: int) -> None:
        account = cast.TRAVELLERS[turn % len(cast.TRAVELLERS)]
        town, place = places.ABROAD[turn % len(places.ABROAD)]
        address = place.address(self._random)
        self._screen.act(
            3,
            "A traveller is refused",
            f"{account} looks for mail in {town}, and the firm's own rule keeps the account at "
            "home. A call to the hoster is enough, and an exemption that ends by itself.",
        )
        self._pace(people=0.6, attackers=0.2)
        self._pause(2)
        self._visit(account, address, Service.IMAPS)
        self._pause(2)
        self._visit(account, address, Service.SUBMISSION, mails=1)
        self._pause(4)
        self._screen.tell(
            "The administrator answers the phone:",
            f"mailward exempt add --account {account} --expires {rules.TRAVEL_DAYS}d "
            f"--comment {shlex.quote(town)}",
        )
        rules.exempt_traveller(self._house.store, account, town, time.time())
        self._house.guard.control.call("reload")
        self._pause(2)
        self._visit(account, address, Service.IMAPS)
        self._visit(account, address, Service.SUBMISSION, mails=1)
        self._pause(4)

    def _thief(self, victim: str, turn: int) -> None:
        place = places.THIEVES[turn % len(places.THIEVES)]
        home = cast.CUSTOMER_OF[domain_of(victim)].office
        self._screen.act(
            4,
            "A stolen account",
            f"Somebody knows the password of {victim}: no check can tell. But nobody sends 150 "
            "mails in 5 minutes by hand.",
        )
        self._pace(people=0.5, attackers=0.2)
        self._pause(3)
        self._notices = set(self._house.directory.notices.iterdir())
        self._visit(
            victim,
            place.address(self._random),
            Service.SUBMISSION,
            mails=STOLEN_MAILS,
            gap=GAP,
        )
        self._screen.tell(
            f"{victim} is blocked from sending for 6 hours. The administrator gets a mail:"
        )
        self._show_notice()
        self._pause(3)
        self._screen.tell("The owner, at the desk: sending has to wait, reading does not.")
        self._visit(victim, home, Service.SUBMISSION, mails=1)
        self._visit(victim, home, Service.IMAPS)
        self._pause(6)

    def _release(self, victim: str) -> None:
        home = cast.CUSTOMER_OF[domain_of(victim)].office
        self._screen.act(
            5,
            "Released",
            "The owner has a new password, the thief has the old one.",
        )
        self._house.servers.change_password(victim)
        self._screen.tell(
            "The administrator lets the account send again:", f"mailward blocked release {victim}"
        )
        self._house.guard.control.call("release", account=victim, by=rules.ADMIN)
        self._pause(2)
        thief = places.THIEVES[0].address(self._random)
        self._visit(victim, thief, Service.SUBMISSION, knows=False, mails=1)
        self._visit(victim, home, Service.SUBMISSION, mails=1)
        self._pause(5)

    def _evening(self) -> None:
        self._screen.act(
            6,
            "Evening",
            "Few people, few attackers."
            if self._once
            else "Few people, few attackers. Then another day begins, with somebody else in it.",
        )
        self._pace(people=1.0, attackers=0.4)
        self._pause(16)

    def _show_notice(self) -> None:
        """Wait for the mail and show its beginning."""
        deadline = time.monotonic() + NOTICE_SECONDS
        while time.monotonic() < deadline:
            for file in self._house.directory.notices.glob("*.eml"):
                if file not in self._notices:
                    self._quote(file)
                    return
            self._ending.check()
            self._ending.wait(0.05)
        self._screen.say("(no notice has arrived)")

    def _quote(self, file: Path) -> None:
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        paragraphs = mail.get_content().replace("\r\n", "\n").split("\n\n")
        head = f"To: {mail['To']}\nSubject: {mail['Subject']}"
        self._screen.quote("\n\n".join([head, *paragraphs[:2]]))
        self._screen.say(
            f"The rest of it, what to do now, is in {self._house.directory.shown}/notices/; "
            "the demo sends no mail."
        )

    def _pace(self, *, people: float, attackers: float) -> None:
        haste = min(self._speed, MOST_HASTE)
        self._house.crowd.people, self._house.crowd.attackers = people * haste, attackers * haste

    def _visit(
        self,
        account: str,
        address: str,
        service: Service,
        *,
        knows: bool = True,
        mails: int = 0,
        gap: float = 0.0,
    ) -> None:
        self._ending.check()
        self._house.guard.check()
        gap /= self._speed
        self._due += mails * gap
        self._house.crowd.send(Visit(account, address, service, knows, mails, gap=gap))
        self._ending.check()

    def _pause(self, seconds: float) -> None:
        """Let time pass. Where visits took longer than planned, pauses make up for it."""
        self._due = max(self._due, time.monotonic() - MOST_LATE) + seconds / self._speed
        self._wait_until(self._due)

    def _wait_until(self, moment: float) -> None:
        """Wait, a little at a time, and see that all is well."""
        while (left := moment - time.monotonic()) > 0:
            self._ending.wait(min(left, 0.5))
            self._ending.check()
            self._house.guard.check()
