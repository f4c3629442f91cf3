"""CrowdSec's decisions over time: told, changed, away, restarted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import responses

from core.net.addresses import parse
from core.sources.crowdsec_list import ANEW_SECONDS, CrowdsecList
from core.sources.facts import AddressFacts

URL = "http://127.0.0.1:8080"
STREAM = URL + "/v1/decisions/stream"


class Rig:
    """A list, its time, and what CrowdSec says next."""

    def __init__(self, directory: Path, web: responses.RequestsMock) -> None:
        self.now = 1_800_000_000.0
        self.web = web
        self.path = directory / "crowdsec.json"
        self.list = self.anew()

    def anew(self) -> CrowdsecList:
        self.list = CrowdsecList(URL, "k3y", self.path, lambda: self.now)
        return self.list

    def refresh(self, *never: str, **answer: Any) -> bool:
        self.web.upsert("GET", STREAM, **answer)
        return self.list.refresh(never)

    def says(self, new: dict[str, str], deleted: tuple[str, ...] = (), *never: str) -> bool:
        return self.refresh(
            *never,
            json={
                "new": [
                    {"value": v, "scope": "Ip", "type": "ban", "duration": d}
                    for v, d in new.items()
                ],
                "deleted": [{"value": v, "scope": "Ip", "duration": "-1s"} for v in deleted],
            },
        )

    def is_banned(self, text: str) -> bool:
        address = parse(text)
        assert address is not None
        return bool(self.list.hits(AddressFacts(address.text, address.version, address.value)))

    @property
    def startups(self) -> list[bool]:
        return ["startup=true" in str(call.request.url) for call in self.web.calls]


@pytest.fixture
def rig(tmp_path: Path, web: responses.RequestsMock) -> Rig:
    return Rig(tmp_path, web)


def test_the_first_answer_is_whole_and_the_next_ones_are_changes(rig: Rig) -> None:
    """CrowdSec as an adapter, C1."""
    assert rig.says({"8.8.8.8": "4h", "9.9.9.9": "4h"})
    assert rig.says({"4.4.4.4": "4h"}, ("9.9.9.9",))
    assert [rig.is_banned(a) for a in ("8.8.8.8", "9.9.9.9", "4.4.4.4")] == [True, False, True]
    assert not rig.says({})
    assert rig.startups == [True, False, False]
    assert rig.list.status().entries == 2
    assert rig.list.status().problem == ""


def test_who_is_deleted_and_banned_anew_is_banned(rig: Rig) -> None:
    rig.says({"8.8.8.8": "1h"})
    rig.says({"8.8.8.8": "8h"}, ("8.8.8.8",))
    rig.now += 7200
    assert rig.is_banned("8.8.8.8")


def test_while_it_is_away_decisions_last_until_they_end(rig: Rig) -> None:
    rig.says({"8.8.8.8": "1h"})
    rig.refresh(status=500)
    assert "answered 500" in rig.list.status().problem
    assert rig.is_banned("8.8.8.8")
    rig.now += 3600
    assert not rig.is_banned("8.8.8.8")


def test_after_a_failure_everything_is_asked_for(rig: Rig) -> None:
    """CrowdSec may have told a change in the answer that was lost."""
    rig.says({"8.8.8.8": "1h"})
    rig.refresh(body=b"<html>")
    rig.says({"9.9.9.9": "1h"})
    assert rig.startups == [True, False, True]
    assert not rig.is_banned("8.8.8.8")
    assert rig.list.status().problem == ""


def test_once_in_a_while_everything_is_asked_for(rig: Rig) -> None:
    rig.says({})
    rig.now += ANEW_SECONDS
    rig.says({})
    assert rig.startups == [True, True]


def test_a_restart_while_it_is_away_loses_nothing(rig: Rig) -> None:
    rig.says({"8.8.8.8": "1h"})
    rig.anew()
    assert rig.refresh(status=503)
    assert rig.is_banned("8.8.8.8")
    assert rig.list.status().problem


def test_a_hostile_answer_bans_neither_us_nor_the_world(rig: Rig) -> None:
    world = {"0.0.0.0": "9h", "10.0.0.1": "9h", "8.8.8.8": "9h", "9.9.9.9": "9h", "oops": "9h"}
    rig.says(world, (), "9.9.9.9")
    assert [rig.is_banned(a) for a in ("10.0.0.1", "9.9.9.9", "8.8.8.8")] == [False, False, True]
    assert "4 decisions left out" in rig.list.status().credit


def test_a_disk_that_is_full_does_not_stop_it(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rig.path = tmp_path / "file" / "crowdsec.json"
    rig.anew()
    rig.says({"8.8.8.8": "1h"})
    assert rig.is_banned("8.8.8.8")
    assert "could not be kept" in rig.list.status().problem
