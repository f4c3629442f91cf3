"""Attackers are listed, shown and let go by the control socket."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.daemon.attack_verbs import AttackVerbs
from core.settings.config import Config
from core.words import Reason
from tests.core.daemon.living import config_in, living, run
from tests.core.daemon.rig import GERMANY, RUSSIA
from tests.core.daemon.test_attack_watch import HOME, attack, verdict


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of the test."""
    return config_in(tmp_path)


def test_attackers_are_listed_and_let_go(config: Config) -> None:
    """A18, D13."""

    async def session() -> None:
        async with living(config) as daemon:
            table = AttackVerbs(daemon).table()
            assert await table["attackers"]({}) == {"attackers": [], "count": 0}
            attack(daemon)
            attack(daemon, GERMANY)
            answer = await table["attackers"]({"limit": 1})
            assert answer["count"] == 2
            (newest,) = answer["attackers"]
            assert (newest["place"], newest["mode"]) == (GERMANY, "refuse")
            request = {"place": f"{RUSSIA}/24", "by": "carol", "why": "test"}
            assert await table["forgive"](request) == {"released": [RUSSIA]}
            assert await table["forgive"](request) == {"released": []}
            assert verdict(daemon) is Reason.NOTHING_AGAINST

    run(session)


def test_one_address_is_shown(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            show = AttackVerbs(daemon).table()["attacker"]
            attack(daemon, count=3)
            found = await show({"address": RUSSIA})
            assert found["standing"] == []
            assert found["tally"]["tries"] == 3
            attack(daemon)
            found = await show({"address": RUSSIA})
            assert [each["place"] for each in found["standing"]] == [RUSSIA]
            assert (await show({"address": "127.0.0.1"}))["local"] is True
            assert (await show({"address": GERMANY}))["tally"] is None

    run(session)


def test_a_place_that_is_none_is_said(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            with pytest.raises(ValueError, match="autonomous system"):
                await AttackVerbs(daemon).table()["forgive"]({"place": "10.0.0.0/8"})

    run(session)


def test_good_pairs_are_learned(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            today = int(time.time() // 86_400)
            pair = {
                "account": HOME,
                "network": "203.0.113.0/24",
                "system": 0,
                "first": today - 9,
                "last": today,
            }
            learn = AttackVerbs(daemon).table()["learn_pairs"]
            assert await learn({"pairs": [pair]}) == {"learned": 1}
            attack(daemon)
            assert verdict(daemon, account=HOME) is Reason.NOTHING_AGAINST

    run(session)
