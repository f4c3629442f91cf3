"""One show: prepares everything, lets it live, and takes it down again in the right order."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from core.errors import ControlError
from core.net.addresses import own_addresses
from core.settings.config import Config
from core.sources import seed
from core.sources.sources import Sources
from core.store.event import Event
from core.store.store import Store
from demo import findings, programme
from demo.acts import LENGTH, Story
from demo.crowd import Crowd
from demo.directory import Directory
from demo.ending import Ending
from demo.guard import DoorClosed, Guard
from demo.history import Past, keep_standing
from demo.house import House
from demo.pages import Website
from demo.problem import Interrupted
from demo.screen import Screen
from demo.servers import RELEASE, RealServers
from demo.visit import Servers
from demo.wire import Wire
from tests.lab import debian
from tests.lab.release import RELEASES, LabUnavailableError

ATTEMPTS = 3
"""Ports that are tried: another program may take one between our look and the daemon's."""

LAST_WORDS = 0.3
"""Seconds in which the last decisions reach the screen."""


class Options(Struct, frozen=True):
    """What was asked for on the command line.

    Attributes:
        directory: where everything is kept.
        fresh: forget the runs before.
        seconds: how long it lives, 0 for until Ctrl-C.
        lab: use the real mail servers where that is possible.
        speed: how many times as fast as usual, 0 to fit a whole story into `seconds`, which it may
            pass where the machine is busy.
    """

    directory: Path
    fresh: bool = False
    seconds: float = 0
    lab: bool = True
    speed: float = 0

    @property
    def pace(self) -> float:
        """How many times as fast as usual."""
        if self.speed:
            return self.speed
        return max(1.0, LENGTH / self.seconds) if self.seconds else 1.0

    @property
    def once(self) -> float:
        """Seconds in which the story is told once, 0 for over and over."""
        return 0 if self.speed else self.seconds


class Show:
    """One run of the demo.

    Args:
        options: what was asked for.
        screen: where it is shown.
        ending: when to stop.
    """

    def __init__(self, options: Options, screen: Screen, ending: Ending) -> None:
        self._options = options
        self._screen = screen
        self._ending = ending
        self._crowd: Crowd | None = None

    def run(self) -> None:
        """Prepare, live, and leave nothing behind but the directory.

        Raises:
            DemoError: it cannot run, or the daemon died.
            MailwardError: the store or the data cannot be used.
        """
        with ExitStack() as files:
            directory = Directory(self._options.directory)
            files.callback(directory.close)
            with ExitStack() as processes, suppress(Interrupted):
                began = time.time()
                house = self._prepare(directory, files, processes)
                began = time.time()
                self._live(house, processes)
            broken = self._crowd.broken if self._crowd is not None else 0
            programme.end(self._screen, directory, began, broken)

    def _prepare(self, directory: Directory, files: ExitStack, processes: ExitStack) -> House:
        self._ending.check()
        missing = directory.prepare(self._options.fresh)
        config = directory.configure()
        seed.plant(config.data)
        directory.freshen(config.data)
        directory.accuse(config.data)
        store = Store.open(config.store_url)
        files.callback(store.close)
        if missing:
            self._write_month(directory, config, store)
        real = self._real_servers(processes)
        config, guard = self._daemon(directory, real, processes)
        servers: Servers
        if isinstance(real, RealServers):
            with self._screen.progress("starting Postfix and Dovecot, installing the hooks") as bar:
                bar.set(0.3)
                real.start(config, guard.control, self._ending.check)
            servers = real
        else:
            servers = Wire(config, Random(3), self._ending.wait)
        website = Website(directory, config, self._ending)
        processes.callback(website.stop)
        website.start()
        programme.begin(self._screen, directory, real, website.addresses())
        self._crowd = Crowd(servers, Random(4), self._ending)
        return House(directory, store, guard, servers, self._crowd)

    def _write_month(self, directory: Directory, config: Config, store: Store) -> None:
        sources = Sources.open(config.data, own=own_addresses())
        now = time.time()
        try:
            with self._screen.progress("writing the month before") as bar:

                def progress(part: float) -> None:
                    bar.set(part)
                    self._ending.check()

                Past(store, sources, now).write(progress)
            findings.write(store, now)
            keep_standing(config.state, store, now)
        finally:
            sources.close()
        directory.month_is_written(now)

    def _real_servers(self, processes: ExitStack) -> RealServers | str:
        """The machine with Postfix and Dovecot, not started yet; or why there is none."""
        if not self._options.lab:
            return "--no-lab was given"
        try:
            with self._ending.leaving_at_once(), self._screen.progress("mail servers") as bar:
                debian.fetch(
                    RELEASES[RELEASE],
                    lambda step, done, total: bar.set(done / total, f"mail servers: {step}"),
                )
            with self._ending.deaf():
                real = RealServers(Random(5), self._ending.wait)
                processes.callback(real.close)
        except LabUnavailableError as error:
            return str(error)
        self._ending.check()
        return real

    def _daemon(
        self, directory: Directory, real: RealServers | str, processes: ExitStack
    ) -> tuple[Config, Guard]:
        policy, user = ("", "") if isinstance(real, str) else (real.policy, real.user)
        for attempt in range(ATTEMPTS):
            config = directory.configure(policy, user)
            guard = Guard(directory, config, self._ending)
            try:
                guard.start()
            except DoorClosed:
                guard.stop()
                if attempt == ATTEMPTS - 1:
                    raise
            except BaseException:
                guard.stop()
                raise
            else:
                break
        processes.callback(guard.stop)
        return config, guard

    def _live(self, house: House, processes: ExitStack) -> None:
        follower = threading.Thread(target=self._follow, args=(house.guard,), daemon=True)
        follower.start()
        processes.callback(time.sleep, LAST_WORDS)
        processes.callback(house.crowd.close)
        processes.callback(self._ending.ask)
        if self._options.seconds and not self._options.once:
            self._ending.after(self._options.seconds)
        house.crowd.start()
        options = self._options
        Story(house, self._screen, self._ending, options.pace, options.once).tell()

    def _follow(self, guard: Guard) -> None:
        """Show decisions as they fall, until the daemon ends."""
        with suppress(ControlError):
            for event in guard.control.follow():
                self._screen.event(msgspec.convert(event, Event))
