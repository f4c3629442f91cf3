"""The stories of facts/performance.md 7: who is refused, who never is, and how it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.net.prefixes import Prefix
from core.settings.attack import Attack
from core.store.good_pair import GoodPair
from tests.core.engine.judging.trying import (
    ATTACKER,
    DAY,
    HOME,
    MINUTE,
    OFFICE,
    PEOPLE,
    START,
    Town,
    at,
    guess,
)

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


def test_somebody_who_has_forgotten_the_password_at_home_may_go_on() -> None:
    """The address has a good login of the account."""
    town = Town(PEOPLE)
    for number in range(60):
        assert town.try_(OFFICE, "p0@example.test", f"guess {number}", asn=HOME)
        town.now += 10
    assert town.try_(OFFICE, "p0@example.test", "right", right=True, asn=HOME)


# who is refused


def test_ipv6_is_judged_by_64_and_by_48() -> None:
    """An attacker has all addresses of a /64, often a /48."""
    town = Town(PEOPLE)
    let = sum(
        town.try_(f"2001:db8:9:1::{number:x}", f"a{number}@example.test") for number in range(50)
    )
    assert let <= 4
    assert town.places() == ["2001:db8:9:1::/64"]
    let = sum(
        town.try_(f"2001:db8:8:{number:x}::1", f"a{number}@example.test") for number in range(50)
    )
    assert let <= 8
    assert "2001:db8:8::/48" in town.places()


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
    assert guess(town, ATTACKER, 10, known="again") == 3
    assert town.standing()[0].times == 1


def test_releasing_a_network_releases_all_in_it() -> None:
    town = Town(PEOPLE)
    members = [f"192.0.2.{100 + number}" for number in range(60)]
    for number, address in enumerate(members):
        guess(town, address, 1, known=f"n{number}")
    guess(town, "192.0.9.9", 3)
    assert any(town.judge.tally(at(address), town.now) for address in members)
    town.judge.release("192.0.2.0/24")
    assert town.places() == ["192.0.9.9"]
    assert not any(town.judge.tally(at(address), town.now) for address in members)


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


def test_it_tells_whenever_an_answer_may_be_another() -> None:
    """Whoever remembers answers asks again then, and only then."""
    town = Town(PEOPLE)
    phone = "p0@example.test"

    def told(act: Callable[[], object]) -> bool:
        before = town.changes
        act()
        return town.changes > before

    assert told(lambda: guess(town, ATTACKER, 3))
    (entry,) = town.standing()
    assert not told(lambda: town.judge.expire(town.now))
    assert not told(lambda: town.try_(OFFICE, phone, "right", right=True, asn=HOME))
    assert told(lambda: town.judge.learn([GoodPair(phone, "192.0.2.0/24", 0, 20_000, 20_900, 9)]))
    assert told(lambda: town.judge.expire(town.now + DAY))
    assert told(lambda: town.judge.restore([entry], town.now))
    assert told(lambda: town.judge.release(ATTACKER))
    assert told(lambda: town.judge.configure(Attack(), Shield()))


def test_it_tells_once_that_an_address_is_spared_no_more() -> None:
    """A phone's provider has given its address to an attacker, who guesses at the phone's name."""
    phone = "p0@example.test"
    town = Town({phone: OFFICE})
    for number in range(8):
        town.try_(ATTACKER, f"info{number}@example.test", f"x{number}", asn=HOME)
    before = town.changes
    for number in range(100):
        town.try_(ATTACKER, phone, f"y{number}", asn=HOME)
    assert town.changes == before + 1
    assert town.refuses(ATTACKER, phone, asn=HOME)


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
