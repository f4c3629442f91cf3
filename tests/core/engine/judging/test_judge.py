"""The stories of facts/performance.md 7: who is refused, who never is, and how it ends."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.net.prefixes import Prefix
from core.settings.attack import Attack
from tests.core.engine.judging.trying import DAY, HOME, HOUR, MINUTE, START, Town, at

ATTACKER = "192.0.2.66"
OFFICE = "203.0.113.7"
PEOPLE = {f"p{number}@example.test": OFFICE for number in range(5)}


def guess(town: Town, address: str, count: int, gap: float = 10.0, known: str = "info") -> int:
    """Try made-up accounts; returns how many tries got through."""
    let = 0
    for number in range(count):
        let += town.try_(address, f"{known}{number}@example.test", f"x{number}")
        town.now += gap
    return let


# who never is refused


@given(
    st.lists(st.tuples(st.floats(1, 7200), st.booleans()), max_size=200),
    st.booleans(),
)
def test_one_account_with_one_password_never_enters(
    tries: list[tuple[float, bool]], told: bool
) -> None:
    """A18: a phone with an old password bans nobody, however often and however fast it tries."""
    town = Town(PEOPLE)
    for gap, _ in tries:
        assert town.try_(ATTACKER, "p0@example.test", "old" if told else "")
        town.now += gap


@pytest.mark.parametrize("history", [True, False], ids=["known", "first day"])
@pytest.mark.parametrize("told", [True, False], ids=["Dovecot", "logs"])
def test_an_office_with_five_old_phones_bans_nobody(history: bool, told: bool) -> None:
    """performance.md 7: for days, and somebody with the right password is in between."""
    town = Town(PEOPLE if history else None)
    for _ in range(4 * 24 * 7):
        for account in PEOPLE:
            assert town.try_(OFFICE, account, "old" if told else "", asn=HOME)
        town.now += 15 * MINUTE
    assert town.places() == []
    assert town.try_(OFFICE, "p6@example.test", "right", right=True, asn=HOME)


def test_ten_devices_after_a_change_of_the_password_ban_nobody() -> None:
    """At home, at the office and in two mobile networks."""
    town = Town(PEOPLE)
    places = [(OFFICE, HOME), ("198.51.100.3", 64510), ("192.0.2.9", 64511), ("192.0.2.70", 64511)]
    for number in range(500):
        address, asn = places[number % 4]
        assert town.try_(address, "p0@example.test", "old", asn=asn)
        town.now += MINUTE
    assert town.places() == []


def test_somebody_who_has_forgotten_the_password_at_home_may_go_on() -> None:
    """The address has a good login of the account."""
    town = Town(PEOPLE)
    for number in range(60):
        assert town.try_(OFFICE, "p0@example.test", f"guess {number}", asn=HOME)
        town.now += 10
    assert town.try_(OFFICE, "p0@example.test", "right", right=True, asn=HOME)


def test_an_owner_gets_in_at_home_while_the_whole_world_attacks() -> None:
    """Mailu #2880, #1987: no account is ever locked out because somebody attacks it."""
    town = Town(PEOPLE)
    for number in range(2000):
        town.try_(f"192.{number % 200}.{number % 250}.9", "p0@example.test", f"x{number}",
                  asn=65_000 + number)  # fmt: skip
        town.now += 15 * MINUTE
        if number % 100 == 0:
            assert town.try_(OFFICE, "p0@example.test", "right", right=True, asn=HOME)
    assert town.try_("198.51.100.77", "p0@example.test", "right", right=True)


def test_a_traveller_whose_account_is_attacked_may_mistype_twice() -> None:
    """A new hotel, and an attack under way."""
    town = Town(PEOPLE)
    for number in range(100):
        town.try_(f"192.{number}.2.9", "p0@example.test", f"x{number}", asn=65_000 + number)
        town.now += 15 * MINUTE
    for password in ("typo", "another"):
        assert town.try_("198.51.100.77", "p0@example.test", password)
    assert town.try_("198.51.100.77", "p0@example.test", "right", right=True)


def test_neighbours_with_a_history_are_spared_in_an_attacking_network() -> None:
    """An address of the same /24, and its account."""
    town = Town({"p0@example.test": "192.0.2.5"})
    for number in range(60):
        guess(town, f"192.0.2.{100 + number}", 1, known=f"n{number}")
    assert "192.0.2.0/24" in town.places()
    assert town.refuses("192.0.2.201", "eve@example.test")
    assert not town.refuses("192.0.2.5", asn=HOME)
    assert not town.refuses("192.0.2.5", "p0@example.test", asn=HOME)
    assert not town.refuses("192.0.2.9", "p0@example.test", asn=HOME)
    assert town.refuses("192.0.2.201", "eve@example.test")


# who is refused


@pytest.mark.parametrize("gap", [1.0, 900.0, 2 * HOUR], ids=["fast", "15 minutes", "2 hours"])
def test_made_up_accounts_are_tried_three_times_at_most(gap: float) -> None:
    """A18: once the server knows its own, an account that nobody uses counts more."""
    town = Town(PEOPLE)
    assert guess(town, ATTACKER, 20, gap) <= 3


def test_on_a_new_server_six_accounts_are_enough() -> None:
    town = Town()
    assert guess(town, ATTACKER, 100) in (6, 7)
    (entry,) = town.standing()
    assert (entry.place, entry.kind, entry.times) == (ATTACKER, "address", 1)
    assert entry.evidence.startswith("tried 6 accounts in ")
    assert entry.evidence.endswith(" UTC")


@pytest.mark.parametrize(("told", "refused"), [(True, True), (False, False)])
def test_many_passwords_of_one_account(told: bool, refused: bool) -> None:
    """Only Dovecot tells wrong passwords apart; a log cannot tell them from an old phone."""
    town = Town(PEOPLE)
    for number in range(40):
        town.try_(ATTACKER, "p0@example.test", f"x{number}" if told else "")
        town.now += 5
    assert (town.places() == [ATTACKER]) is refused
    if refused:
        assert "passwords of one account" in town.standing()[0].evidence


def test_a_botnet_is_seen_on_one_account() -> None:
    """crowdsec hub #283: 2000 addresses, three tries each, a try each quarter of an hour."""
    town = Town(PEOPLE)
    tries = itertools.count()
    for number in range(700):
        for _ in range(3):
            town.try_(f"192.{number % 250}.{number // 250}.9", "p0@example.test",
                      f"x{next(tries)}", asn=65_000 + number)  # fmt: skip
            town.now += 15 * MINUTE
    entered = len({entry.place for entry in town.standing()})
    assert entered > 50, "those of the last day; the others' time is over"
    last = "192.199.2.9"
    assert not town.try_(last, "p0@example.test", "a fourth", asn=65_699)
    assert "of one account that" in town.standing()[-1].evidence


def test_a_botnet_is_seen_on_accounts_that_nobody_uses() -> None:
    """A18: an attacked name without an owner is one try for each address."""
    town = Town(PEOPLE)
    let = 0
    for number in range(300):
        for turn in range(3):
            let += town.try_(f"192.{number % 250}.{number // 250}.9", "info@example.test",
                             f"x{number}.{turn}", asn=65_000 + number)  # fmt: skip
            town.now += MINUTE
    assert let < 330


def test_ipv6_is_judged_by_64_and_by_48() -> None:
    """An attacker has all addresses of a /64, often a /48."""
    town = Town(PEOPLE)
    let = sum(
        town.try_(f"2001:db8:9:1::{number:x}", f"a{number}@example.test") for number in range(50)
    )
    assert let <= 3
    assert town.places() == ["2001:db8:9:1::/64"]
    let = sum(
        town.try_(f"2001:db8:8:{number:x}::1", f"a{number}@example.test") for number in range(50)
    )
    assert let <= 8
    assert "2001:db8:8::/48" in town.places()


def test_a_system_is_only_watched_and_only_with_much_evidence() -> None:
    """From twenty of its networks, and nobody is at home there."""
    town = Town(PEOPLE)
    for number in range(40):
        guess(town, f"192.{number}.2.9", 3, known=f"s{number}-")
    assert "AS64501" in town.places()
    entry = next(each for each in town.standing() if each.kind == "system")
    assert town.judge.mode(entry) == "watch"
    assert "of its networks" in entry.evidence


def test_a_system_where_customers_are_at_home_is_never_one() -> None:
    town = Town({f"p{n}@example.test": f"203.0.{n}.7" for n in range(5)})
    for number in range(40):
        for turn in range(3):
            town.try_(f"192.{number}.2.9", f"s{number}-{turn}@example.test", asn=HOME)
    assert f"AS{HOME}" not in town.places()


def test_a_lucky_guess_does_not_whiten() -> None:
    """facts/data_sources.md 3.3: reset on success, but not for whoever tried the others."""
    town = Town(PEOPLE)
    guess(town, ATTACKER, 2)
    town.try_(ATTACKER, "p0@example.test", "lucky", right=True)
    guess(town, ATTACKER, 3, known="more")
    assert town.places() == [ATTACKER]
    assert town.refuses(ATTACKER, "p0@example.test")
    town.now += 2 * DAY
    assert not town.judge.history.residents(0xC0000242, town.now)


def test_a_stolen_account_does_not_open_the_door_to_the_others() -> None:
    """Whoever logs in from there for days spares that account, at that place, and no other."""
    town = Town(PEOPLE | {"p0@example.test": ATTACKER})
    guess(town, ATTACKER, 30)
    assert town.places() == [ATTACKER]
    assert not town.refuses(ATTACKER, "p0@example.test", asn=HOME)
    assert town.refuses(ATTACKER, "p1@example.test")


# how it ends


def test_each_time_is_longer_and_needs_less() -> None:
    town = Town(PEOPLE)
    lengths = []
    for round_ in range(5):
        guess(town, ATTACKER, 10, known=f"r{round_}-")
        (entry,) = town.standing()
        lengths.append((entry.until - entry.since) / DAY)
        assert entry.times == round_ + 1
        town.now = entry.until
        assert [each.place for each in town.judge.expire(town.now)] == [ATTACKER]
        assert not town.refuses(ATTACKER)
    assert lengths == [1, 4, 16, 30, 30]


def test_release_releases_and_forgets() -> None:
    """A way out: the next tries are judged as if they were the first."""
    town = Town(PEOPLE)
    guess(town, ATTACKER, 10)
    assert [entry.place for entry in town.judge.release(ATTACKER)] == [ATTACKER]
    assert not town.refuses(ATTACKER)
    assert town.judge.release(ATTACKER) == []
    assert guess(town, ATTACKER, 10, known="again") == 2
    assert town.standing()[0].times == 1


def test_releasing_a_network_releases_all_in_it() -> None:
    town = Town(PEOPLE)
    for number in range(60):
        guess(town, f"192.0.2.{100 + number}", 1, known=f"n{number}")
    guess(town, "192.0.9.9", 3)
    town.judge.release("192.0.2.0/24")
    assert town.places() == ["192.0.9.9"]
    assert town.judge._addresses.within(0xC0000200, 0xC00002FF) == []


@pytest.mark.parametrize(
    ("protected", "address"),
    [
        (ATTACKER, ATTACKER),
        ("192.0.2.0/24", ATTACKER),
        ("2001:db8:9::/48", "2001:db8:9:1::1"),
    ],
)
def test_what_is_exempt_is_never_entered(protected: str, address: str) -> None:
    """A19."""
    town = Town(PEOPLE, shield=Shield([Prefix.parse(protected)]))
    assert guess(town, address, 100) == 100


def test_a_network_that_covers_something_exempt_is_never_entered() -> None:
    town = Town(PEOPLE, shield=Shield([Prefix.parse("192.0.2.5")]))
    for number in range(60):
        guess(town, f"192.0.2.{100 + number}", 1, known=f"n{number}")
    assert "192.0.2.0/24" not in town.places()


def test_what_becomes_exempt_is_released() -> None:
    town = Town(PEOPLE)
    guess(town, ATTACKER, 10)
    town.judge.configure(Attack(), Shield([Prefix.parse("192.0.2.0/24")]))
    assert town.places() == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fe80::1"])
def test_near_addresses_are_never_entered(address: str) -> None:
    """authentik #12214, Mailu #3094: webmail has a private address."""
    assert guess(Town(PEOPLE), address, 100) == 100


@pytest.mark.parametrize(("mode", "stands", "refuses"), [("off", 0, False), ("watch", 1, True)])
def test_it_can_be_switched_off_or_only_watched(mode: str, stands: int, refuses: bool) -> None:
    town = Town(PEOPLE, Attack(mode=mode))  # type: ignore[arg-type]  # a parameter is any text
    guess(town, ATTACKER, 10)
    assert len(town.standing()) == stands
    assert town.refuses(ATTACKER) is refuses
    assert all(town.judge.mode(entry) == mode for entry in town.standing())


def test_a_generation_changes_with_every_attacker_that_comes_or_goes() -> None:
    town = Town(PEOPLE)
    seen = [town.judge.generation]
    guess(town, ATTACKER, 3)
    seen.append(town.judge.generation)
    town.judge.expire(town.now)
    assert town.judge.generation == seen[-1]
    town.judge.expire(town.now + DAY)
    seen.append(town.judge.generation)
    town.judge.release(ATTACKER)
    seen.append(town.judge.generation)
    assert len(set(seen)) == 4


def test_it_comes_back_as_it_was() -> None:
    """A restart, or another server that shares the store."""
    town = Town(PEOPLE)
    guess(town, ATTACKER, 3)
    (entry,) = town.standing()
    fresh = Judge(b"another secret..")
    fresh.restore([entry], town.now)
    assert list(fresh.standing) == [entry]
    fresh.restore([entry], entry.until + 1)
    again = Town(PEOPLE)
    again.judge.restore([entry], entry.until + 1)
    again.now = entry.until + 1
    guess(again, ATTACKER, 3)
    assert again.standing()[-1].times == 2


def test_only_an_attacker_at_whose_address_nobody_is_known_may_be_banned() -> None:
    """A18: a ban asks nobody who he is, so it is stricter than a refusal."""
    town = Town(PEOPLE)
    assert town.judge.bannable_until(at(ATTACKER), town.now) == 0.0
    guess(town, ATTACKER, 8)
    (entry,) = town.standing()
    assert town.judge.bannable_until(at(ATTACKER), town.now) == entry.until
    assert town.judge.bannable_until(at(ATTACKER), entry.until + 1) == 0.0
    other = "192.0.2.77"
    town.judge.good("p0@example.test", at(other), town.now)
    guess(town, other, 30)
    assert other in town.places()
    assert town.judge.bannable_until(at(other), town.now) == 0.0


@pytest.mark.parametrize(
    ("rules", "shield"),
    [(Attack(mode="watch"), Shield()), (Attack(), Shield([Prefix.parse(ATTACKER)]))],
    ids=["watched", "exempt"],
)
def test_who_is_not_refused_is_not_banned(rules: Attack, shield: Shield) -> None:
    town = Town(PEOPLE)
    guess(town, ATTACKER, 8)
    town.judge.configure(rules, shield)
    assert town.judge.bannable_until(at(ATTACKER), town.now) == 0.0


def test_names_that_nobody_told_count_nothing() -> None:
    town = Town(PEOPLE)
    for _ in range(100):
        assert town.try_(ATTACKER, "")
    assert town.judge.tally(at(ATTACKER), town.now) is None


@settings(max_examples=20)
@given(st.permutations([f"info{n}@example.test" for n in range(6)]))
def test_in_any_order(accounts: list[str]) -> None:
    town = Town()
    for account in accounts:
        town.try_(ATTACKER, account)
    assert len(town.standing()) <= 1
    tally = town.judge.tally(at(ATTACKER), START)
    assert town.places() == [ATTACKER] or (tally is not None and tally.points >= 4)


def test_a_crowd_of_attackers_has_bounded_memory() -> None:
    """A hundred thousand addresses, of which each tries three times, and then as many again."""
    town = Town(PEOPLE)
    town.judge = judge = Judge(b"always the same.", addresses=1 << 13)
    judge.standing.most = 500
    sizes = []
    for start in (0, 40_000):
        for number in range(start, start + 40_000):
            town.try_(
                f"{11 + number % 100}.{number // 100 % 250}.{number // 25_000}.9",
                f"u{number % 97}@example.test",
                asn=number % 5000 + 1,
            )
            town.now += 0.01
        sizes.append(judge.octets)
    assert sizes[1] <= sizes[0] * 1.3
    assert len(judge.standing) <= 500
