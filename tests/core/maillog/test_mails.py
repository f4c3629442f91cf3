"""Mails and what became of them find each other by queue id."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.maillog.mails import MOST_EARLY, OLDEST, SECONDS, Fate, Mails, Told
from core.maillog.record import Delivery, Login, Mail, Outcome, Queued, Record
from core.words import Service

SUBMISSION = Service.SUBMISSION
SENT, FAILED, LATER = Outcome.DELIVERED, Outcome.FAILED, Outcome.DEFERRED


def mail(queue_id: str = "A1", at: float = 0.0, recipients: int = 0) -> Mail:
    return Mail(at, SUBMISSION, "192.0.2.1", "bob", queue_id, recipients)


def queued(queue_id: str = "A1", recipients: int = 1, at: float = 1.0) -> Queued:
    return Queued(at, queue_id, recipients)


def delivery(
    queue_id: str = "A1",
    outcome: Outcome = SENT,
    recipient: str = "x@y.test",
    at: float = 2.0,
    passed_on: str = "",
) -> Delivery:
    return Delivery(at, queue_id, recipient, outcome, "", passed_on)


def fate(outcome: Outcome = SENT, queue_id: str = "A1", at: float = 2.0) -> Fate:
    return Fate(at, SUBMISSION, "bob", queue_id, "x@y.test", outcome, "")


def told(records: Iterable[Record], mails: Mails | None = None) -> list[Told]:
    mails = Mails() if mails is None else mails
    return [one for record in records for one in mails.add(record)]


def whole(recipients: int = 1) -> Mail:
    return replace(mail(), recipients=recipients)


def test_a_mail_is_told_in_the_queue_and_its_fate_with_the_account() -> None:
    """Feature C1."""
    records: list[Record] = [mail(), queued(recipients=2), delivery(outcome=FAILED), delivery()]
    assert told(records) == [whole(2), fate(FAILED), fate()]


def test_strangers_mails_say_nothing() -> None:
    assert told([queued(), delivery(), delivery(outcome=FAILED)]) == []


def test_logins_are_passed_over() -> None:
    assert told([Login(0.0, SUBMISSION, "192.0.2.1", "bob")]) == []


def test_a_mail_that_never_gets_into_the_queue_is_not_told() -> None:
    assert told([mail()]) == []


def test_a_refused_mail_is_told_as_refused_only() -> None:
    refused = Mail(1.0, SUBMISSION, "192.0.2.1", "bob", "A1", refused="450 4.7.1 too many")
    assert told([mail(), refused, queued(), delivery()]) == [refused]


def test_a_server_that_tells_the_recipients_at_once_needs_no_second_line() -> None:
    assert told([mail(recipients=3)]) == [mail(recipients=3)]
    assert told([mail(queue_id="")]) == [mail(queue_id="")]


def test_a_delivery_proves_that_a_mail_was_in_the_queue() -> None:
    """Exim tells the number of recipients only if it is asked to."""
    assert told([mail(), delivery()]) == [mail(), fate()]


def test_a_mail_that_is_tried_anew_is_not_told_again() -> None:
    records: list[Record] = [
        mail(),
        queued(),
        delivery(outcome=LATER),
        queued(at=300.0),
        delivery(at=301.0),
    ]
    assert told(records) == [whole(), fate(LATER), fate(at=301.0)]


def test_lines_in_the_wrong_order_are_put_right() -> None:
    assert told([queued(at=0.1), delivery(), mail(at=0.2)]) == [whole_at(0.2), fate()]


def whole_at(at: float) -> Mail:
    return replace(mail(at=at), recipients=1)


def test_an_id_of_long_ago_is_another_mail_s() -> None:
    """Postfix uses short ids again."""
    records: list[Record] = [queued(), delivery(), mail(at=2.0 + SECONDS + 1)]
    assert told(records) == []


def test_an_id_that_is_used_again_belongs_to_its_new_mail() -> None:
    mails = Mails()
    assert told([mail(), queued(), delivery()], mails) == [whole(), fate()]
    assert told([queued(at=60.0), delivery(at=61.0)], mails) == [], "a stranger's"
    other = Mail(200.0, SUBMISSION, "192.0.2.9", "ann", "A1")
    assert told([other, queued(at=200.0)], mails) == [replace(other, recipients=1)]


def test_a_mail_is_forgotten_when_no_queue_can_hold_it_any_more() -> None:
    mails = Mails()
    told([mail(), queued()], mails)
    assert told([delivery(at=OLDEST + 1)], mails) == []


def test_a_mail_that_was_too_long_in_the_queue_fails_for_all() -> None:
    mails = Mails()
    told([mail(), queued(recipients=5)], mails)
    assert told([delivery(outcome=FAILED, recipient="")], mails) == [
        Fate(2.0, SUBMISSION, "bob", "A1", "", FAILED, "")
    ]
    assert len(mails) == 0


def test_a_content_filter_s_second_id_is_the_same_mail() -> None:
    records: list[Record] = [
        mail(),
        queued(),
        delivery(passed_on="B2"),
        queued("B2"),
        delivery("B2", FAILED),
    ]
    assert told(records) == [whole(), fate(FAILED)]


def test_the_filter_may_tell_its_id_after_the_second_mail_is_gone() -> None:
    """It answers once the mail is handed back, and the delivery may be faster."""
    mails = Mails()
    records: list[Record] = [
        mail(),
        queued(recipients=2),
        queued("B2", 2),
        delivery("B2"),
        delivery(passed_on="B2"),
        delivery(passed_on="B2", recipient="z@y.test"),
        delivery("B2", FAILED),
    ]
    assert told(records, mails) == [whole(2), fate(), fate(FAILED)]
    assert len(mails) == 0, "all recipients are done"


def test_any_number_of_mails_takes_bounded_memory() -> None:
    mails = Mails(most=100)
    for number in range(10_000):
        mails.add(mail(f"A{number}"))
        mails.add(delivery(f"S{number}"))
        mails.add(delivery(f"A{number}", passed_on=f"B{number}"))
    assert len(mails) <= 100 + MOST_EARLY


RECORDS = st.one_of(
    st.builds(mail, st.sampled_from("ABCD"), st.floats(0, 1e6), st.integers(0, 3)),
    st.builds(queued, st.sampled_from("ABCD"), st.integers(0, 3), st.floats(0, 1e6)),
    st.builds(
        delivery,
        st.sampled_from("ABCD"),
        st.sampled_from(Outcome),
        st.sampled_from(["x", ""]),
        st.floats(0, 1e6),
        st.sampled_from(["", "A", "B", "C"]),
    ),
)


@given(st.lists(RECORDS, max_size=60))
def test_whatever_comes_no_more_mails_are_told_than_came(records: list[Record]) -> None:
    """A law: each mail at most once, and each fate from a delivery."""
    result = told(records)
    mails = [one for one in result if isinstance(one, Mail)]
    fates = [one for one in result if isinstance(one, Fate)]
    assert len(mails) <= sum(isinstance(record, Mail) for record in records)
    assert len(fates) <= sum(isinstance(record, Delivery) for record in records)
    assert all(one.account == "bob" for one in result)
