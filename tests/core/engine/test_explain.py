"""Explanations tell the whole path, and say the same as decisions do."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.engine.explain import Explanation, State, explain, lines
from core.engine.judging.judge import Judge
from core.engine.observation import LoginSeen
from core.engine.policy import Snapshot
from core.licence.feature import Feature
from core.store.signal import NotedSignal
from core.words import NetworkKind, Reason, Service, Stage, Verdict
from tests.core.engine.asking import ACCOUNT, WALL, Asking, facts, snapshot

REFUSE_RU: dict[str, Any] = {"country.mode": "refuse", "country.list": ["RU"]}


def explained(asking: Asking, port: int = 587, account: str = ACCOUNT, **known: Any) -> Explanation:
    """An explanation in that state."""
    state = State(asking.settings, asking.blocks, asking.windows, 0.0, WALL)
    return explain(facts(**known), account, port, state)


@pytest.mark.parametrize(
    ("port", "account", "stages"),
    [
        (587, ACCOUNT, [Stage.CONNECT, Stage.AUTH, Stage.SEND]),
        (587, "", [Stage.CONNECT]),
        (25, ACCOUNT, [Stage.AUTH, Stage.SEND]),
        (993, ACCOUNT, [Stage.CONNECT, Stage.AUTH]),
    ],
)
def test_the_port_and_the_account_tell_which_stages_there_are(
    port: int, account: str, stages: list[Stage]
) -> None:
    """D11: port 25 has no connect stage, reading has no send stage."""
    found = explained(Asking(snapshot()), port, account)
    assert [path.stage for path in found.stages] == stages


def test_a_refusal_says_why_and_what_the_client_reads() -> None:
    """D11: facts, checks, the text, and that a mailbox's rule cannot help at connect."""
    asking = Asking(snapshot(REFUSE_RU, mailboxes={ACCOUNT: {"country.mode": "off"}}))
    found = explained(asking, country="RU", asn=64500)
    text = "\n".join(lines(found))
    assert found.verdict is Verdict.DENY
    assert "Russia (RU)" in text
    assert "AS64500" in text
    assert "5.7.1 Logins from Russia are not permitted" in text
    assert "cannot help" in text
    assert "=> refused at connect: 203.0.113.7 is in RU: is refused [country]" in text
    assert f"country.mode mailbox {ACCOUNT}" in text
    assert "country.list server" in text
    assert "send.limit default" in text


def test_a_traveller_pass_is_named() -> None:
    """A17, D11: and that it does not help before the password."""
    travels = {"country.passes": [{"country": "TH", "expires": WALL + 1, "comment": "Bob"}]}
    rules = {"country.mode": "allow", "country.list": ["DE"]}
    asking = Asking(snapshot(rules, mailboxes={ACCOUNT: travels}))
    found = explained(asking, country="TH")
    text = "\n".join(lines(found))
    assert "traveller pass for Thailand until 2027-01-15 08:00 UTC (Bob) [traveller_pass]" in text
    assert "=> refused at connect" in text
    assert "cannot help" in text


@pytest.mark.parametrize(("enabled", "says"), [(True, False), (False, True)])
def test_it_says_that_a_domain_is_switched_off(enabled: bool, says: bool) -> None:
    """E5, D11: or nobody finds out why its rules do nothing."""
    own = {"domain.enabled": enabled, "country.mode": "refuse", "country.list": ["RU"]}
    found = explained(Asking(snapshot(domains={"example.test": own})), country="RU")
    text = "\n".join(lines(found))
    assert ("rules of example.test and of its mailboxes are switched off" in text) is says
    assert ("country.mode default" in text) is says
    assert (found.verdict is Verdict.ALLOW) is says


def test_it_says_what_only_watches() -> None:
    """A20."""
    asking = Asking(snapshot({"network.cloud": "watch"}))
    text = "\n".join(lines(explained(asking, kinds=(NetworkKind.CLOUD,))))
    assert "only watched: " in text
    assert text.rstrip().splitlines()[-2] == "=> allowed"


@pytest.mark.parametrize(
    ("address", "says"),
    [("127.0.0.1", "near:"), ("not an address", "is no address"), ("203.0.113.7", "not known")],
)
def test_odd_addresses_are_explained_too(address: str, says: str) -> None:
    """Nothing raises, and the reader is told."""
    assert says in "\n".join(lines(explained(Asking(snapshot()), address=address)))


def test_it_survives_the_control_socket() -> None:
    """The command line reads what the daemon explained."""
    found = explained(Asking(snapshot(REFUSE_RU)), country="RU")
    copy = msgspec.convert(msgspec.json.decode(msgspec.json.encode(found)), type=Explanation)
    assert list(lines(copy)) == list(lines(found))


def test_a_blocked_account_is_explained_with_its_evidence() -> None:
    """Why can I not send?"""
    asking = Asking(snapshot({"send.limit": 1}))
    from core.engine.decide import decide

    for t in (0.0, 1.0):
        decide(asking.question(Stage.SEND, now=t))
    found = explained(asking)
    assert found.verdict is Verdict.DEFER
    assert found.stages[1].decision.reason is Reason.ACCOUNT_BLOCKED
    assert "2 messages within 300 seconds" in "\n".join(lines(found))


def test_what_makes_an_account_look_stolen_is_told() -> None:
    """A19, E2: the open signals stand before the verdict."""
    asking = Asking(snapshot())
    state = State(asking.settings, asking.blocks, asking.windows, 0.0, WALL)
    state.signals = (
        NotedSignal(
            account=ACCOUNT,
            kind="travel",
            at=WALL,
            last=WALL,
            evidence="Vietnam after Germany",
            action="informed",
        ),
    )
    found = explain(facts(), ACCOUNT, 587, state)
    text = list(lines(found))
    assert "looks stolen" in text
    (line,) = (each for each in text if "Vietnam" in each)
    assert line == "  travel           2027-01-15 08:00 UTC: Vietnam after Germany [informed]"
    assert msgspec.convert(msgspec.to_builtins(found), Explanation) == found


@pytest.mark.parametrize(("port", "account"), [(993, ""), (993, "eve@example.test"), (587, "")])
def test_an_attacker_is_explained_by_the_same_check(port: int, account: str) -> None:
    """A18, D11: with the evidence, and the text that the client reads."""
    asking = Asking(snapshot())
    judge = Judge(b"always the same.")
    for number in range(10):
        name = f"x{number}@example.test"
        judge.observe(LoginSeen(WALL, Service.IMAP, facts(), name, False))
    state = State(asking.settings, asking.blocks, asking.windows, 0.0, WALL, judge=judge)
    found = explain(facts(), account, port, state)
    assert found.stages[0].decision.reason is Reason.ATTACKER_SEEN
    text = "\n".join(lines(found))
    assert "attacker         deny: 203.0.113.7 tried 6 accounts in 1 second" in text
    assert "refused until 2027-01-16" in text


def test_whoever_is_at_home_is_explained_as_spared() -> None:
    """The account is known before the password where Dovecot asks."""
    asking = Asking(snapshot())
    judge = Judge(b"always the same.")
    for day in range(5):
        judge.good(ACCOUNT, facts(), WALL - day * 86_400)
    for number in range(30):
        name = f"x{number}@example.test"
        judge.observe(LoginSeen(WALL, Service.IMAP, facts(), name, False))
    state = State(asking.settings, asking.blocks, asking.windows, 0.0, WALL, judge=judge)
    assert explain(facts(), ACCOUNT, 993, state).verdict is Verdict.ALLOW
    assert explain(facts(), "eve@example.test", 993, state).verdict is Verdict.DENY


LAPSED = "It needs a PLUS licence."
OWN: dict[str, dict[str, Any]] = {"example.test": {"network.cloud": "off"}}


@pytest.mark.parametrize(
    ("settings", "stage", "note"),
    [
        (snapshot(off={Feature.CONNECT: LAPSED}), Stage.CONNECT, LAPSED),
        (snapshot({"connect.enabled": False}, off={Feature.CONNECT: LAPSED}), Stage.CONNECT, ""),
        (snapshot({}, OWN, off={Feature.DOMAIN_RULES: LAPSED}), Stage.AUTH, LAPSED),
        (snapshot(off={Feature.DOMAIN_RULES: LAPSED}), Stage.AUTH, ""),
        (snapshot({}, OWN, without_plan=["example.test"]), Stage.AUTH, "plan of example.test has"),
        (snapshot({}, OWN, without_plan=["other.test"]), Stage.AUTH, ""),
    ],
)
def test_what_the_licence_and_the_plan_switch_off_is_said(
    settings: Snapshot, stage: Stage, note: str
) -> None:
    """E3, E7, E10: with the reason."""
    found = explained(Asking(settings), 993)
    (path,) = (path for path in found.stages if path.stage is stage)
    assert note in path.note
    assert bool(path.note) is bool(note)
    assert note in "\n".join(lines(found))
