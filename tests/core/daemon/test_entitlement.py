"""What licence, panel and plans permit, as the daemon finds it out: in time, at no cost."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.daemon.daemon import Daemon
from core.daemon.entitlement import HOUR, KEPT, Entitlements
from core.daemon.reporter import Reporter
from core.daemon.verbs import Verbs
from core.desk import panel_record
from core.desk.panel_record import Record
from core.engine.request import Request
from core.licence.feature import Feature
from core.licence.licence import MEMORY_FILE, Licence
from core.licence.memory import Memory
from core.panel import MailDomain, PanelInfo
from core.settings.config import Config
from core.store.store import Store
from core.words import Service, Stage, Verdict
from tests.core.daemon.living import APanel, config_in, configure, living, run
from tests.core.daemon.rig import GERMANY, RUSSIA

BOB = "bob@own.test"
REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}
LONG_AGO = time.time() - 90 * 86_400


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of the test."""
    found = config_in(tmp_path)
    found.state.mkdir(parents=True)
    return found


@pytest.fixture
def reports() -> dict[str, str]:
    """What was reported last, by part."""
    return {}


def _entitlements(config: Config, panel: Any, reports: dict[str, str]) -> Entitlements:
    return Entitlements(config, panel, reports.__setitem__)


def _end_the_trial(config: Config) -> None:
    """Nobody has bought anything."""
    memory = Memory(trial_began=LONG_AGO, latest=time.time() - 3600)
    (config.state / MEMORY_FILE).write_bytes(msgspec.json.encode(memory))


def _plans(config: Config, **enabled: bool) -> None:
    domains = tuple(MailDomain(f"{n}.test", "anna", "", on) for n, on in enabled.items())
    info = PanelInfo("plesk", "18.0.60", "Obsidian", "Postfix", "3.7.11")
    panel_record.write(config, Record(time.time(), info, domains))


def test_a_new_server_has_everything_and_the_trial_begins(
    config: Config, reports: dict[str, str]
) -> None:
    """E7: a fresh install protects at once."""
    found = _entitlements(config, APanel(), reports)
    assert not found.look(time.time())
    assert found.present.off == {}
    assert Licence(config.state, "standalone").standing(time.time()).trial_until > time.time()
    assert reports == {"licence": ""}


def test_after_the_trial_only_what_is_bought_goes(config: Config, reports: dict[str, str]) -> None:
    """E7, E10: with the gate's own sentence."""
    _end_the_trial(config)
    found = _entitlements(config, APanel(), reports)
    assert found.look(time.time())
    assert found.present.off.keys() == set(KEPT)
    assert "need a PLUS licence" in found.present.off[Feature.CONNECT]


@pytest.mark.parametrize(("version", "off"), [("18.0.22", True), ("18.0.23", False)])
def test_a_panel_that_is_too_old(
    config: Config, reports: dict[str, str], version: str, off: bool
) -> None:
    """E8, E9: also in the trial, and the rest works."""
    found = _entitlements(config, APanel("plesk", version), reports)
    found.look(time.time())
    assert set(found.present.off) == ({Feature.CONNECT} if off else set())


def test_a_panel_that_falls_silent_changes_nothing(config: Config, reports: dict[str, str]) -> None:
    """E8: what it said last counts; of one that never spoke nothing is demanded."""
    panel = APanel("plesk", "")
    found = _entitlements(config, panel, reports)
    assert not found.look(time.time())
    panel.version = "18.0.22"
    assert found.look(time.time(), anew=True)
    before = found.present
    panel.version = ""
    assert not found.look(time.time(), anew=True)
    assert found.present == before
    assert Feature.CONNECT in found.present.off


def test_a_fault_of_ours_changes_nothing_and_is_told(
    config: Config, reports: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A25: never fail closed, and never give away what was off."""
    _end_the_trial(config)
    found = _entitlements(config, APanel(), reports)
    found.look(time.time())
    before = found.present
    monkeypatch.setattr(Licence, "remember", lambda *_: 1 / 0)
    assert not found.look(time.time(), anew=True)
    assert found.present is before
    assert "division" in reports["licence"]
    monkeypatch.undo()
    found.look(time.time(), anew=True)
    assert reports["licence"] == ""


def test_it_is_asked_every_hour_and_when_a_file_changes(
    config: Config, reports: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not every minute: a probe runs the panel's commands."""
    panel, asked = APanel(), list[int]()
    probe = panel.probe

    def counted() -> PanelInfo:
        asked.append(1)
        return probe()

    monkeypatch.setattr(panel, "probe", counted)
    found, now = _entitlements(config, panel, reports), time.time()
    found.look(now)
    found.look(now + HOUR - 1)
    assert len(asked) == 1
    found.look(now + HOUR)
    assert len(asked) == 2
    _plans(config, own=False)
    assert found.look(now + HOUR + 60)
    assert found.present.told.without_plan == {"own.test"}
    (config.state / panel_record.NAME).unlink()
    assert found.look(now + HOUR + 120)
    assert found.present.told.without_plan == frozenset()
    assert not found.look(1.0)  # a clock that was set back does not freeze it
    assert len(asked) == 5


# inside a daemon


def _verdict(daemon: Daemon, stage: Stage, address: str = RUSSIA) -> Verdict:
    account = "" if stage is Stage.CONNECT else BOB
    return daemon.guard.ask(Request(stage, address, Service.IMAP, account)).decision.verdict


def _own_rules(config: Config, values: dict[str, Any]) -> None:
    with closing(Store.open(config.store_url)) as store:
        store.settings.change(("domain", "own.test"), values, "a test", 1.0)


def test_without_a_licence_nobody_is_refused_before_the_password(config: Config) -> None:
    """E7: from the first question on; after it the server's rules count as before."""
    configure(config, REFUSE_RU)
    _end_the_trial(config)

    async def session() -> None:
        async with living(config) as daemon:
            assert _verdict(daemon, Stage.CONNECT) is Verdict.ALLOW
            assert _verdict(daemon, Stage.AUTH) is Verdict.DENY

    run(session)


def test_a_licence_that_ends_or_is_bought_counts_at_a_reload(config: Config) -> None:
    """E7, E10: own rules let in as before, and refuse nobody any more."""
    configure(config, REFUSE_RU)
    _own_rules(config, {"country.mode": "refuse", "country.list": ["DE"]})

    async def session() -> None:
        async with living(config) as daemon:
            seen = [_verdict(daemon, Stage.AUTH, each) for each in (RUSSIA, GERMANY)]
            assert seen == [Verdict.ALLOW, Verdict.DENY]
            assert _verdict(daemon, Stage.CONNECT) is Verdict.DENY
            memory = (config.state / MEMORY_FILE).read_bytes()
            _end_the_trial(config)
            await daemon.reload()
            seen = [_verdict(daemon, Stage.AUTH, each) for each in (RUSSIA, GERMANY)]
            assert seen == [Verdict.ALLOW, Verdict.ALLOW]
            assert _verdict(daemon, Stage.CONNECT) is Verdict.ALLOW
            (config.state / MEMORY_FILE).write_bytes(memory)
            await daemon.reload()
            assert _verdict(daemon, Stage.CONNECT) is Verdict.DENY

    run(session)


def test_a_plan_that_is_switched_off_counts_by_itself(config: Config) -> None:
    """E3: soon after root wrote it down; what the server protects with goes on."""
    configure(config, REFUSE_RU | {"connect.enabled": False})
    _own_rules(config, {"country.mode": "off"})

    async def session() -> None:
        async with living(config) as daemon:
            assert _verdict(daemon, Stage.AUTH) is Verdict.ALLOW
            _plans(config, own=False, other=True)
            await daemon._look_at_licence()
            assert _verdict(daemon, Stage.AUTH) is Verdict.DENY
            _plans(config, own=True, other=True)
            await daemon._look_at_licence()
            assert _verdict(daemon, Stage.AUTH) is Verdict.ALLOW

    run(session)


def test_a_panel_that_hangs_holds_up_neither_start_nor_answers(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A25: what it says counts when it comes."""
    configure(config, REFUSE_RU)
    monkeypatch.setattr("core.daemon.daemon.LICENCE_WAIT", 0.05)
    go_on = threading.Event()
    panel = APanel("plesk", "18.0.22")
    probe = panel.probe

    def slowly() -> PanelInfo:
        assert go_on.wait(10)
        return probe()

    monkeypatch.setattr(panel, "probe", slowly)

    async def session() -> None:
        async with living(config, panel=panel) as daemon:
            assert _verdict(daemon, Stage.CONNECT) is Verdict.DENY
            go_on.set()
            await daemon._look_at_licence()  # takes its turn after the one that waits
            while _verdict(daemon, Stage.CONNECT) is Verdict.DENY:
                await daemon.reload()

    run(session)


def test_status_and_explain_say_why(config: Config) -> None:
    """E10: whoever asks the daemon reads the gate's sentence."""
    configure(config, REFUSE_RU)
    _end_the_trial(config)

    async def session() -> None:
        async with living(config) as daemon:
            verbs = Verbs(daemon).table()
            status = await verbs["status"]({})
            assert "need a PLUS licence" in status["off"]["connect"]
            path = (await verbs["explain"]({"address": RUSSIA, "port": 993}))["stages"][0]
            assert path["note"] == status["off"]["connect"]

    run(session)


def test_reports_need_their_licence(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """E7: nothing is composed, and nothing is told as a problem."""
    configure(config, {"notify.address": "admin@x.test"})
    _end_the_trial(config)

    async def session() -> None:
        async with living(config) as daemon:
            reporter = Reporter(daemon, lambda *_: pytest.fail("a report was mailed"))
            monkeypatch.setattr(reporter, "_open", lambda: pytest.fail("a report was looked after"))
            assert not await reporter.step(time.time(), 0.0)
            assert "report" not in daemon.parts.problems

    run(session)
