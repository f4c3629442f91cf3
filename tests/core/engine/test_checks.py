"""The rules about logins and sending, one table each."""

from __future__ import annotations

from typing import Any

import pytest

from core.engine.checks import CHECKS
from core.engine.decide import decide
from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.engine.observation import LoginSeen
from core.words import NetworkKind, Reason, Service, Stage, Verdict
from tests.core.engine.asking import ACCOUNT, WALL, Asking, facts, snapshot

ALLOW_DE: dict[str, Any] = {"country.mode": "allow", "country.list": ["DE"]}
REFUSE_RU: dict[str, Any] = {"country.mode": "refuse", "country.list": ["RU"]}


def test_the_order_is_the_one_that_is_documented() -> None:
    """A check that moves changes what people are told."""
    names = {stage: [check.__name__ for check in checks] for stage, checks in CHECKS.items()}
    assert names == {
        Stage.CONNECT: ["exempt", "attacker", "network", "country"],
        Stage.AUTH: ["blocked_account", "exempt", "attacker", "network", "country"],
        Stage.SEND: ["blocked_account", "send_window"],
    }


@pytest.mark.parametrize(
    ("settings", "country", "second", "server_country", "reason"),
    [
        ({}, "RU", "", "", Reason.NOTHING_AGAINST),
        (ALLOW_DE, "DE", "", "", Reason.NOTHING_AGAINST),
        (ALLOW_DE, "RU", "", "", Reason.COUNTRY),
        (ALLOW_DE, "RU", "RU", "", Reason.COUNTRY),
        (ALLOW_DE, "RU", "DE", "", Reason.NOTHING_AGAINST),
        (ALLOW_DE, "DE", "RU", "", Reason.NOTHING_AGAINST),
        (ALLOW_DE | {"country.match": "primary"}, "RU", "DE", "", Reason.COUNTRY),
        (ALLOW_DE, "", "RU", "", Reason.COUNTRY),
        (ALLOW_DE, "", "", "", Reason.NOTHING_AGAINST),
        (ALLOW_DE | {"country.unknown": "refuse"}, "", "", "", Reason.COUNTRY_UNKNOWN),
        (ALLOW_DE, "AT", "", "AT", Reason.NOTHING_AGAINST),
        (ALLOW_DE | {"country.server": "CH"}, "CH", "", "AT", Reason.NOTHING_AGAINST),
        (ALLOW_DE | {"country.server": "CH"}, "AT", "", "AT", Reason.COUNTRY),
        (REFUSE_RU, "RU", "", "", Reason.COUNTRY),
        (REFUSE_RU, "DE", "", "", Reason.NOTHING_AGAINST),
        (REFUSE_RU, "RU", "DE", "", Reason.NOTHING_AGAINST),
        (REFUSE_RU, "RU", "", "RU", Reason.NOTHING_AGAINST),
        (ALLOW_DE | {"country.list": []}, "RU", "", "DE", Reason.NOTHING_AGAINST),
    ],
)
@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH])
def test_countries(
    settings: dict[str, Any],
    country: str,
    second: str,
    server_country: str,
    reason: Reason,
    stage: Stage,
) -> None:
    """A6, A7, A14: the list, two opinions, the server's own country, the unknown one."""
    asking = Asking(snapshot(settings, server_country=server_country))
    decision = decide(asking.question(stage, facts(country=country, second=second)))
    assert decision.reason is reason
    refused = reason in (Reason.COUNTRY, Reason.COUNTRY_UNKNOWN)
    assert (decision.verdict is Verdict.DENY) is refused


@pytest.mark.parametrize("kind", list(NetworkKind))
@pytest.mark.parametrize(
    ("switch", "verdict", "would"),
    [
        ("off", Verdict.ALLOW, False),
        ("watch", Verdict.ALLOW, True),
        ("refuse", Verdict.DENY, False),
    ],
)
def test_networks(kind: NetworkKind, switch: str, verdict: Verdict, would: bool) -> None:
    """A8, A9, A20, vector 7: each kind of network off, watched or refused."""
    asking = Asking(snapshot({f"network.{kind}": switch}))
    decision = decide(asking.question(Stage.CONNECT, facts(kinds=(kind,))))
    assert decision.verdict is verdict
    assert bool(decision.would) is would
    if switch == "refuse":
        assert decision.reason == f"network_{kind}"
        assert "203.0.113.0/24" in decision.evidence
    if would:
        assert decision.would == f"network_{kind}"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", Reason.LOCAL),
        ("::1", Reason.LOCAL),
        ("::ffff:10.1.2.3", Reason.LOCAL),
        ("fe80::1%eth0", Reason.LOCAL),
        ("192.0.2.9", Reason.EXEMPT_ADDRESS),
        ("::ffff:192.0.2.9", Reason.EXEMPT_ADDRESS),
        ("2001:db8:5::77", Reason.EXEMPT_ADDRESS),
        ("203.0.113.9", Reason.COUNTRY),
        ("2001:db8:6::77", Reason.COUNTRY),
    ],
)
@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH])
def test_who_is_exempt(address: str, why: Reason, stage: Stage) -> None:
    """A10, A14, A15: near and exempt addresses pass both stages, IPv4 and IPv6 alike."""
    entries = [{"entry": "192.0.2.0/28", "comment": "the office"}, {"entry": "2001:db8:5::/48"}]
    asking = Asking(snapshot(ALLOW_DE | {"exempt.addresses": entries}))
    decision = decide(asking.question(stage, facts(address, country="RU")))
    assert decision.reason is why
    if address == "192.0.2.9":
        assert "the office" in decision.evidence


def test_an_exempt_system_passes() -> None:
    """A16: a whole autonomous system by its number."""
    asking = Asking(snapshot(ALLOW_DE | {"exempt.addresses": [{"entry": "as64500"}]}))
    passing = asking.question(Stage.CONNECT, facts(country="RU", asn=64500))
    other = asking.question(Stage.CONNECT, facts(country="RU", asn=64501))
    assert decide(passing).reason is Reason.EXEMPT_ADDRESS
    assert decide(other).reason is Reason.COUNTRY


@pytest.mark.parametrize(
    ("later", "reason"), [(-1.0, Reason.EXEMPT_ADDRESS), (1.0, Reason.COUNTRY)]
)
def test_an_exemption_ends(later: float, reason: Reason) -> None:
    """A16, A17: an entry with an expiry stops to count then."""
    entries = [{"entry": "203.0.113.0/24", "expires": WALL}]
    asking = Asking(snapshot(ALLOW_DE | {"exempt.addresses": entries}))
    question = asking.question(Stage.CONNECT, facts(country="RU"), now=later)
    assert decide(question).reason is reason


def test_a_wider_exemption_counts_when_the_narrower_has_ended() -> None:
    """Nesting must not hide the entry that still holds."""
    entries = [
        {"entry": "203.0.113.0/24", "expires": WALL + 100},
        {"entry": "203.0.113.0/28", "expires": WALL - 100},
        {"entry": "203.0.113.7/32", "expires": WALL - 200},
    ]
    asking = Asking(snapshot(ALLOW_DE | {"exempt.addresses": entries}))
    decision = decide(asking.question(Stage.CONNECT, facts("203.0.113.7", country="RU")))
    assert decision.reason is Reason.EXEMPT_ADDRESS
    assert "203.0.113.0/24" in decision.evidence


@pytest.mark.parametrize(
    ("entry", "account", "reason"),
    [
        ("bob@example.test", "bob@example.test", Reason.EXEMPT_ACCOUNT),
        ("Bob@Example.Test", "bob@example.test", Reason.EXEMPT_ACCOUNT),
        ("example.test", "bob@example.test", Reason.EXEMPT_ACCOUNT),
        ("other.test", "bob@example.test", Reason.COUNTRY),
        ("example.test", "bob@sub.example.test", Reason.COUNTRY),
    ],
)
def test_exempt_accounts(entry: str, account: str, reason: Reason) -> None:
    """A11: an account or a domain, once the account is known; never before the password."""
    asking = Asking(snapshot(ALLOW_DE | {"exempt.accounts": [{"entry": entry}]}))
    known = facts(country="RU")
    assert decide(asking.question(Stage.AUTH, known, account)).reason is reason
    assert decide(asking.question(Stage.CONNECT, known)).reason is Reason.COUNTRY


def test_an_account_rule_cannot_help_at_connect_and_can_tighten_after_it() -> None:
    """Vectors 4 and 5: connect sees the server's settings only, auth sees the mailbox's."""
    looser = Asking(snapshot(ALLOW_DE, mailboxes={ACCOUNT: {"country.mode": "off"}}))
    russia = facts(country="RU")
    assert decide(looser.question(Stage.CONNECT, russia)).verdict is Verdict.DENY
    assert decide(looser.question(Stage.AUTH, russia)).verdict is Verdict.ALLOW
    tighter = Asking(snapshot({}, domains={"example.test": ALLOW_DE}))
    assert decide(tighter.question(Stage.CONNECT, russia)).verdict is Verdict.ALLOW
    assert decide(tighter.question(Stage.AUTH, russia)).verdict is Verdict.DENY


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ("off", Reason.NOTHING_AGAINST),
        ("watch", Reason.NOTHING_AGAINST),
        ("refuse", Reason.NETWORK_RELAY),
    ],
)
def test_the_country_of_a_relay_says_nothing(switch: str, reason: Reason) -> None:
    """Gmail's and Outlook's servers stand elsewhere than the people they log in for."""
    asking = Asking(snapshot(ALLOW_DE | {"network.relay": switch}))
    known = facts(country="US", kinds=(NetworkKind.RELAY,))
    assert decide(asking.question(Stage.AUTH, known)).reason is reason


def test_watching_countries_refuses_nobody() -> None:
    """A20: what would be refused is noted with its reason."""
    asking = Asking(snapshot(ALLOW_DE | {"country.watch": True}))
    decision = decide(asking.question(Stage.CONNECT, facts(country="RU")))
    assert decision.verdict is Verdict.ALLOW
    assert decision.would == Reason.COUNTRY
    assert "RU" in decision.would_evidence


def thailand(expires: float = WALL + 10, comment: str = "") -> list[dict[str, Any]]:
    """A list with one pass."""
    return [{"country": "TH", "expires": expires, "comment": comment}]


PASS: dict[str, Any] = {"country.passes": thailand()}


@pytest.mark.parametrize("scope", ["server", "domain", "mailbox"])
@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH])
def test_a_traveller_pass_opens_its_country_where_it_is_known(scope: str, stage: Stage) -> None:
    """A17, K11: after the password all scopes' passes count, before it the server's only."""
    settings = snapshot(
        ALLOW_DE | (PASS if scope == "server" else {}),
        {"example.test": PASS} if scope == "domain" else None,
        {ACCOUNT: PASS} if scope == "mailbox" else None,
    )
    asking = Asking(settings)
    decision = decide(asking.question(stage, facts(country="TH")))
    if scope == "server" or stage is Stage.AUTH:
        assert (decision.verdict, decision.reason) == (Verdict.ALLOW, Reason.TRAVELLER_PASS)
        assert decision.check == "country"
        assert decision.evidence == "traveller pass for Thailand until 2027-01-15 08:00 UTC"
        assert decision.ends == WALL + 10
    else:
        assert decision.reason is Reason.COUNTRY
    assert decide(asking.question(stage, facts(country="VN"))).reason is Reason.COUNTRY


@pytest.mark.parametrize(
    ("country", "reason"),
    [("DE", Reason.NOTHING_AGAINST), ("TH", Reason.TRAVELLER_PASS), ("VN", Reason.COUNTRY)],
)
def test_a_pass_is_named_only_where_it_decides(country: str, reason: Reason) -> None:
    """Somebody at home does not travel."""
    decision = decide(
        Asking(snapshot(ALLOW_DE | PASS)).question(Stage.AUTH, facts(country=country))
    )
    assert decision.reason is reason
    assert bool(decision.ends) is (reason is Reason.TRAVELLER_PASS)


def test_a_pass_ends_by_itself() -> None:
    """A17: with the clock, not with a reload."""
    asking = Asking(snapshot(ALLOW_DE | PASS))
    reasons = [
        decide(asking.question(Stage.AUTH, facts(country="TH"), now=now)).reason
        for now in (0.0, 9.9, 10.0)
    ]
    assert reasons == [Reason.TRAVELLER_PASS, Reason.TRAVELLER_PASS, Reason.COUNTRY]


def test_a_pass_opens_no_network() -> None:
    """A17: who travels does not log in from a hijacked network."""
    asking = Asking(snapshot(ALLOW_DE | PASS | {"network.anonymiser": "watch"}))
    for kind, verdict in ((NetworkKind.ATTACKER, Verdict.DENY), (NetworkKind.CLOUD, Verdict.ALLOW)):
        known = facts(country="TH", kinds=(kind,))
        decision = decide(asking.question(Stage.AUTH, known))
        assert decision.verdict is verdict
        if verdict is Verdict.ALLOW:
            assert decision.reason is Reason.TRAVELLER_PASS
            assert decision.would == Reason.NETWORK_CLOUD


@pytest.mark.parametrize("expires", [0, WALL + 5])
def test_exemptions_say_when_they_end(expires: float) -> None:
    """Whoever remembers a decision must know until when it holds."""
    addresses = {"exempt.addresses": [{"entry": "203.0.113.0/24", "expires": expires}]}
    accounts = {"exempt.accounts": [{"entry": "example.test", "expires": expires}]}
    for settings in (addresses, accounts):
        assert decide(Asking(snapshot(settings)).question()).ends == expires


def test_a_domain_that_is_off_neither_refuses_nor_exempts() -> None:
    """E5, vector 11: only the server's rules count after the password."""
    own = REFUSE_RU | {"domain.enabled": False}
    asking = Asking(snapshot({}, {"example.test": own}, {ACCOUNT: REFUSE_RU}))
    assert decide(asking.question(Stage.AUTH, facts(country="RU"))).verdict is Verdict.ALLOW
    own = {"exempt.addresses": [{"entry": "203.0.113.7"}], "domain.enabled": False}
    asking = Asking(snapshot(REFUSE_RU, {"example.test": own}, {ACCOUNT: PASS}))
    assert decide(asking.question(Stage.AUTH, facts(country="RU"))).reason is Reason.COUNTRY


def test_text_that_is_no_address_is_not_refused_for_its_country() -> None:
    """Postfix says "unknown" where it does not know."""
    asking = Asking(snapshot(ALLOW_DE | {"country.unknown": "refuse"}))
    assert decide(asking.question(Stage.AUTH, facts("unknown"))).verdict is Verdict.ALLOW


class TestSending:
    """B1 to B9: the window, the block, and who is spared."""

    def send(self, asking: Asking, now: float, **more: Any) -> Reason:
        """One mail at that moment."""
        return decide(asking.question(Stage.SEND, now=now, **more)).reason

    def test_the_mail_past_the_limit_blocks_for_the_block_time(self) -> None:
        """B1: 5 pass, the 6th blocks from then on; tries during a block do not extend it."""
        asking = Asking(snapshot({"send.limit": 5, "send.block_seconds": 100}))
        assert [self.send(asking, t) for t in range(5)] == [Reason.NOTHING_AGAINST] * 5
        assert self.send(asking, 5) is Reason.SEND_LIMIT
        assert [self.send(asking, t) for t in (6, 50, 104.9)] == [Reason.ACCOUNT_BLOCKED] * 3
        assert self.send(asking, 105) is Reason.NOTHING_AGAINST

    def test_one_block_is_new_once(self) -> None:
        """B3: one notice per block."""
        asking = Asking(snapshot({"send.limit": 1}))
        questions = [asking.question(Stage.SEND, now=float(t)) for t in range(4)]
        for question in questions:
            decide(question)
        assert [q.new_block is not None for q in questions] == [False, True, False, False]
        block = questions[1].new_block
        assert block is not None
        assert (block.account, block.started, block.until) == (ACCOUNT, WALL + 1, WALL + 21_601)
        assert "2 messages within 300 seconds, 1 are permitted" in block.evidence

    def test_a_block_tells_in_which_folder_the_script_was(self) -> None:
        """What the owner of the server looks for first."""
        asking = Asking(snapshot({"send.limit": 1}))
        self.send(asking, 0)
        question = asking.question(Stage.SEND, now=1.0)
        question.request.folder = "/home/bob/site"
        decide(question)
        assert question.new_block is not None
        assert question.new_block.evidence.endswith("the last by a script in /home/bob/site")

    @pytest.mark.parametrize(
        ("answer", "verdict"), [("temporary", Verdict.DEFER), ("permanent", Verdict.DENY)]
    )
    def test_a_block_is_passing_unless_set_otherwise(self, answer: str, verdict: Verdict) -> None:
        """A27: 4xx by default, for the window and for the block."""
        asking = Asking(snapshot({"send.limit": 1, "send.answer": answer}))
        decisions = [decide(asking.question(Stage.SEND, now=float(t))) for t in range(3)]
        assert [d.verdict for d in decisions[1:]] == [verdict, verdict]

    def test_a_blocked_account_may_read_but_not_send(self) -> None:
        """A block stops spam, not its owner's mail."""
        asking = Asking(snapshot({"send.limit": 1}))
        self.send(asking, 0)
        self.send(asking, 1)
        submission = asking.question(Stage.AUTH, now=2.0)
        reading = asking.question(Stage.AUTH, now=2.0, service=Service.IMAPS, sending=False)
        assert decide(submission).reason is Reason.ACCOUNT_BLOCKED
        assert decide(reading).verdict is Verdict.ALLOW

    def test_an_exempt_sender_sends_at_once_also_if_blocked_before(self) -> None:
        """B5, vector 10."""
        asking = Asking(snapshot({"send.limit": 1}))
        self.send(asking, 0)
        self.send(asking, 1)
        asking.settings = snapshot({"send.limit": 1, "exempt.send": [{"entry": "example.test"}]})
        assert [self.send(asking, t) for t in (2, 3, 4)] == [Reason.NOTHING_AGAINST] * 3

    def test_recipients_can_be_the_unit(self) -> None:
        """B9."""
        asking = Asking(snapshot({"send.limit": 10, "send.unit": "recipients"}))
        assert self.send(asking, 0, recipients=10) is Reason.NOTHING_AGAINST
        assert self.send(asking, 1, recipients=0) is Reason.SEND_LIMIT

    def test_each_account_and_scope_has_its_own_window(self) -> None:
        """B8: a domain's limit, and nobody pays for a neighbour."""
        asking = Asking(snapshot({"send.limit": 1}, domains={"shop.test": {"send.limit": 3}}))
        assert self.send(asking, 0, account="a@example.test") is Reason.NOTHING_AGAINST
        assert self.send(asking, 0, account="b@example.test") is Reason.NOTHING_AGAINST
        shop = [self.send(asking, t, account="x@shop.test") for t in range(4)]
        assert shop == [Reason.NOTHING_AGAINST] * 3 + [Reason.SEND_LIMIT]

    def test_watching_blocks_nobody(self) -> None:
        """A20 for sending."""
        asking = Asking(snapshot({"send.limit": 1, "send.watch": True}))
        self.send(asking, 0)
        decision = decide(asking.question(Stage.SEND, now=1.0))
        assert decision.verdict is Verdict.ALLOW
        assert decision.would == Reason.SEND_LIMIT
        assert asking.blocks.find(ACCOUNT, 2.0) is None

    def test_a_dry_question_counts_and_blocks_nothing(self) -> None:
        """An explanation must not be what blocks somebody."""
        asking = Asking(snapshot({"send.limit": 1}))
        self.send(asking, 0)
        for _ in range(3):
            question = asking.question(Stage.SEND, now=1.0, dry=True)
            assert decide(question).reason is Reason.SEND_LIMIT
            assert question.new_block is None
        assert asking.blocks.find(ACCOUNT, 1.0) is None

    def test_after_a_block_the_account_starts_afresh(self) -> None:
        """A block shorter than the window must not trip again at the first mail."""
        asking = Asking(snapshot({"send.limit": 3, "send.block_seconds": 10}))
        for t in range(4):
            self.send(asking, t)
        assert [self.send(asking, t) for t in (20, 21, 22)] == [Reason.NOTHING_AGAINST] * 3

    def test_mail_without_an_account_is_nobody_s(self) -> None:
        """Nothing is counted under the empty name."""
        asking = Asking(snapshot({"send.limit": 1}))
        assert [self.send(asking, t, account="") for t in range(3)] == [Reason.NOTHING_AGAINST] * 3


def attacked(**known: Any) -> Judge:
    """A judge that has seen an address guess."""
    judge = Judge(b"always the same.")
    for number in range(10):
        seen = LoginSeen(WALL, Service.IMAP, facts(**known), f"x{number}@example.test", False)
        judge.observe(seen)
    return judge


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH])
@pytest.mark.parametrize(
    ("settings", "verdict", "reason", "would"),
    [
        ({}, Verdict.DENY, Reason.ATTACKER_SEEN, ""),
        ({"attack.mode": "watch"}, Verdict.ALLOW, Reason.NOTHING_AGAINST, Reason.ATTACKER_SEEN),
        ({"attack.mode": "off"}, Verdict.ALLOW, Reason.NOTHING_AGAINST, ""),
        (
            {"exempt.addresses": [{"entry": "203.0.113.0/24"}]},
            Verdict.ALLOW,
            Reason.EXEMPT_ADDRESS,
            "",
        ),
    ],
)
def test_whoever_attacked_is_refused(
    stage: Stage, settings: dict[str, Any], verdict: Verdict, reason: Reason, would: str
) -> None:
    """A18: before the password and after it, with the evidence."""
    known = snapshot(settings)
    judge = attacked()
    judge.configure(known.resolved.server.attack, Shield())
    question = Asking(known).question(stage)
    question.judge = judge
    decision = decide(question)
    assert (decision.verdict, decision.reason, decision.would) == (verdict, reason, would)
    if verdict is Verdict.DENY:
        assert decision.evidence.startswith("203.0.113.7 tried 6 accounts in ")


def test_a_list_that_refuses_counts_more_than_an_attacker_that_is_watched() -> None:
    """A9, A18."""
    known = snapshot({"attack.mode": "watch", "network.attacker": "refuse"})
    judge = attacked()
    judge.configure(known.resolved.server.attack, Shield())
    question = Asking(known).question(Stage.CONNECT, facts(kinds=(NetworkKind.ATTACKER,)))
    question.judge = judge
    assert decide(question).reason is Reason.NETWORK_ATTACKER
