"""Each list of attackers has a mode of its own, below the switch of its kind."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.engine.decide import decide
from core.engine.policy import list_modes
from core.settings.lists import NAMES
from core.settings.model import Settings
from core.settings.share import Share
from core.sources.facts import NetworkHit
from core.words import NetworkKind, Reason, Stage, Verdict
from tests.core.engine.asking import Asking, facts, snapshot

PEER = "https://mx2.example.test/share.json"


def hit(source: str) -> NetworkHit:
    return NetworkHit(NetworkKind.ATTACKER, f"the {source}", "203.0.113.7", source)


@pytest.mark.parametrize(
    ("settings", "sources", "verdict", "would"),
    [
        ({"lists.cins": "refuse"}, ["cins"], "deny", False),
        ({"lists.cins": "watch"}, ["cins"], "allow", True),
        ({}, ["cins"], "allow", False),
        ({}, ["spamhaus_drop"], "deny", False),
        ({"lists.cins": "watch"}, ["cins", "spamhaus_drop"], "deny", False),
        ({"lists.cins": "watch", "lists.turris": "refuse"}, ["cins", "turris"], "deny", False),
        ({"lists.cins": "refuse", "network.attacker": "watch"}, ["cins"], "allow", True),
        ({"lists.cins": "refuse", "network.attacker": "off"}, ["cins"], "allow", False),
        ({"share.mode": "take", "share.peers": [PEER]}, ["share mx2.example.test"], "allow", True),
        (
            {"share.mode": "both", "share.peers": [PEER], "share.arm": "refuse"},
            ["share mx2.example.test"],
            *("deny", False),
        ),
        (
            {"share.mode": "give", "share.peers": [PEER], "share.arm": "refuse"},
            ["share mx2.example.test"],
            *("allow", False),
        ),
    ],
)
@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH])
def test_a_list_does_what_it_is_set_to(
    settings: dict[str, Any], sources: list[str], verdict: str, would: bool, stage: Stage
) -> None:
    """C1: off, watch or refuse; network.attacker is over all of them."""
    known = replace(facts(), hits=tuple(map(hit, sources)))
    decision = decide(Asking(snapshot(settings)).question(stage, known))
    assert decision.verdict == verdict
    assert (decision.would == Reason.NETWORK_ATTACKER) is would


def test_evidence_names_the_list_and_its_entry() -> None:
    """Facts 3.4: every refusal can be explained and exempted."""
    known = replace(facts(), hits=(hit("cins"),))
    decision = decide(Asking(snapshot({"lists.cins": "refuse"})).question(Stage.AUTH, known))
    assert decision.verdict is Verdict.DENY
    assert decision.evidence == "203.0.113.7 is in 203.0.113.7 (the cins, cins)"


def test_every_list_has_a_mode_and_spamhaus_drop_has_none_of_its_own() -> None:
    modes = list_modes(Settings(share=Share(peers=(PEER,))))
    assert modes == dict.fromkeys([*NAMES, "share mx2.example.test"], "off")
