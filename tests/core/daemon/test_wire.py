"""The policy wire: the same question however it is written, and one line whatever is answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daemon.wire import DUNNO, Reader, question, set_message, write
from core.engine.decide import Decision
from core.engine.request import Request
from core.settings.account import normalise
from core.words import Reason, Service, Stage, Verdict

POSTFIX = {
    "request": "smtpd_access_policy",
    "protocol_state": "RCPT",
    "protocol_name": "ESMTP",
    "client_address": "203.0.113.5",
    "client_name": "unknown",
    "client_port": "40000",
    "reverse_client_name": "unknown",
    "server_address": "192.0.2.1",
    "server_port": "587",
    "helo_name": "laptop",
    "sender": "alice@example.test",
    "recipient": "x@y.test",
    "recipient_count": "0",
    "queue_id": "",
    "instance": "a.b.0",
    "size": "0",
    "etrn_domain": "",
    "stress": "",
    "sasl_method": "PLAIN",
    "sasl_username": "Alice@Example.test",
    "sasl_sender": "",
    "encryption_protocol": "",
    "policy_context": "",
}
"""Names and order as Postfix 3.7 sends them (facts/mta_hooks.md 2.2)."""


def block(**changes: str) -> bytes:
    """A request's lines, without the blank one."""
    return "".join(f"{k}={v}\n" for k, v in (POSTFIX | changes).items()).encode()


def read(text: bytes, domain: str = "", reader: Reader | None = None) -> Request | None:
    """By a reader that has never seen a request, where none is given."""
    asker, occasion = (reader or Reader()).attributes(text)
    request = question(asker, lambda login: normalise(login, domain))
    if request is not None and request.stage is Stage.SEND:
        set_message(request, occasion)
    return request


@pytest.mark.parametrize(
    ("context", "state", "stage"),
    [
        ("connect", "CONNECT", Stage.CONNECT),
        ("connect", "RCPT", Stage.CONNECT),
        ("connect", "XCLIENT", Stage.CONNECT),
        ("auth", "RCPT", Stage.AUTH),
        ("auth", "MAIL", Stage.AUTH),
        ("send", "END-OF-MESSAGE", Stage.SEND),
        ("", "CONNECT", Stage.CONNECT),
        ("", "AUTH", Stage.CONNECT),
        ("", "MAIL", Stage.AUTH),
        ("", "END-OF-MESSAGE", Stage.SEND),
        ("somebody else's", "RCPT", Stage.AUTH),
        ("", "EHLO", None),
        ("", "VRFY", None),
        ("", "", None),
    ],
)
def test_the_stage_comes_from_our_context_before_the_state(
    context: str, state: str, stage: Stage | None
) -> None:
    """With a delayed rejection the state at connect is RCPT (facts/mta_hooks.md 1.3)."""
    request = read(block(policy_context=context, protocol_state=state))
    assert (request.stage if request else None) is stage


@pytest.mark.parametrize(
    ("port", "service"),
    [
        ("587", Service.SUBMISSION),
        ("465", Service.SMTPS),
        ("25", Service.SMTP),
        ("2525", Service.UNKNOWN),
        ("", Service.UNKNOWN),
    ],
)
def test_the_port_names_the_service(port: str, service: Service) -> None:
    """What people read in the log."""
    request = read(block(server_port=port))
    assert request is not None
    assert request.service is service


def test_a_message_is_read_with_what_counts_it_once() -> None:
    """Postfix repeats a question whose answer was lost; `instance` tells (facts 2.2)."""
    request = read(
        block(
            protocol_state="END-OF-MESSAGE", recipient_count="3", queue_id="4XyZ", instance="1.2.0"
        )
    )
    assert request is not None
    assert request.account == "alice@example.test"
    assert (request.message, request.recipients, request.queue_id) == ("1.2.0", 3, "4XyZ")
    assert request.sending


def test_mail_that_nobody_logged_in_for_is_not_ours() -> None:
    """Port 25 carries everybody's mail."""
    assert read(block(sasl_username="")) is None
    assert read(block(sasl_username="", protocol_state="END-OF-MESSAGE")) is None


def test_a_local_script_counts_under_its_user() -> None:
    """Exim says who called it; no address, no country (facts/mta_hooks.md 6)."""
    request = read(
        b"mta=exim 4.96\nhook=not_smtp\nprotocol_state=END-OF-MESSAGE\nclient_address=\n"
        b"local_user=WebTest\nsasl_username=webtest\nrecipient_count=2\nqueue_id=1xUqim-0003E6-1H\n"
    )
    assert request is not None
    assert (request.account, request.service) == ("local:webtest", Service.LOCAL)
    assert request.message == "1xUqim-0003E6-1H"
    assert request.folder == ""


@pytest.mark.parametrize(
    ("raw", "folder"),
    [
        (b"/home/bob/public_html", "/home/bob/public_html"),
        ("/home/bob/dépôt".encode(), "/home/bob/dépôt"),
        (b"/home/\xff\x1b[31m", "/home/\ufffd?[31m"),
        (b"/" * 5000, "/" * 256),
    ],
)
def test_the_folder_of_a_script_is_told_as_one_short_line(raw: bytes, folder: str) -> None:
    """Its owner chose the name."""
    request = read(
        b"mta=exim\npolicy_context=send\nlocal_user=bob\nrecipient_count=1\nqueue_id=1x\n"
        b"script_folder=" + raw + b"\n"
    )
    assert request is not None
    assert request.folder == folder


@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"sasl_username": "a=b@example.test"}, "a=b@example.test"),
        ({"sender": "x\x00=\x7f"}, "alice@example.test"),
        ({"sasl_username": "BOB"}, "bob@default.test"),
        ({"recipient": "sasl_username=evil@example.test"}, "alice@example.test"),
    ],
)
def test_values_may_hold_anything_but_a_line_break(changes: dict[str, str], account: str) -> None:
    """`=` in a value does not end it, and a value is never taken for an attribute."""
    request = read(block(**changes), "default.test")
    assert request is not None
    assert request.account == account


def test_text_that_is_not_utf_8_is_read_all_the_same() -> None:
    """A client chooses its login name's bytes."""
    raw = block().replace(b"Alice@", b"\xff\xfe@")
    request = read(raw)
    assert request is not None
    assert request.account == "\ufffd\ufffd@example.test"


def test_the_first_of_a_repeated_attribute_counts_in_every_reading() -> None:
    """Before and after the layout was learnt."""
    raw = block() + b"sasl_username=mallory@evil.test\n"
    reader = Reader()
    names = [read(raw, reader=reader) for _ in range(2)]
    assert [request.account for request in names if request] == ["alice@example.test"] * 2


names = st.sampled_from(sorted(POSTFIX))
values = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.dictionaries(names, values, min_size=1), min_size=1, max_size=12))
def test_a_reader_that_has_learnt_reads_as_one_that_has_not(
    requests: list[dict[str, str]],
) -> None:
    """The law of the quick path: whatever was seen before, the reading is the same."""
    seasoned = Reader()
    for attributes in requests:
        raw = "".join(f"{k}={v}\n" for k, v in attributes.items()).encode()
        assert seasoned.attributes(raw) == Reader().attributes(raw)
        assert seasoned.attributes(raw) == Reader().attributes(raw)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_passed_over(raw: bytes) -> None:
    """A fuzz of the parser: nothing a peer writes raises, twice in a row either."""
    reader = Reader()
    for _ in range(2):
        first = read(raw, reader=reader)
    assert first is None or isinstance(first, Request)


def test_layouts_are_bounded() -> None:
    """A peer that writes each request differently costs time, not memory."""
    reader = Reader()
    for i in range(100):
        reader.attributes(b"protocol_state=RCPT\nnew%d=\n" % i)
    assert len(reader._layouts) == Reader.LAYOUTS


@pytest.mark.parametrize(
    ("verdict", "reason", "closes", "line"),
    [
        (Verdict.ALLOW, Reason.NOTHING_AGAINST, True, b"action=DUNNO\n\n"),
        (Verdict.DENY, Reason.COUNTRY, True, b"action=REJECT 5.7.1 no\n\n"),
        (Verdict.DENY, Reason.NETWORK_ATTACKER, True, b"action=521 5.7.1 no\n\n"),
        (Verdict.DENY, Reason.NETWORK_ATTACKER, False, b"action=REJECT 5.7.1 no\n\n"),
        (Verdict.DEFER, Reason.SEND_LIMIT, True, b"action=DEFER 4.7.1 no\n\n"),
        (Verdict.DENY, Reason.SEND_LIMIT, True, b"action=REJECT 5.7.1 no\n\n"),
    ],
)
def test_answers(verdict: Verdict, reason: Reason, closes: bool, line: bytes) -> None:
    """A27: 5xx for good, 4xx for now; a known attacker is hung up on where that is possible."""
    assert write(Decision(verdict, reason), "no", closes) == line


@given(st.text(max_size=500).filter(str.isprintable))
def test_an_answer_is_always_one_ascii_line(text: str) -> None:
    """Postfix takes a reply that is not UTF-8 for a failure, and SMTP knows ASCII only."""
    answer = write(Decision(Verdict.DENY, Reason.COUNTRY), text)
    assert answer.isascii()
    assert answer.count(b"\n") == 2
    assert answer.endswith(b"\n\n")


def test_no_opinion_is_a_complete_answer() -> None:
    """The blank line ends it."""
    assert DUNNO.endswith(b"\n\n")
