from __future__ import annotations

import pytest

from core.mta.restrictions import (
    Restriction,
    before_login,
    ends,
    leading_permits,
    parse,
    permits,
    refuses,
    render,
    wants_login,
)

GATE = "permit_sasl_authenticated,reject"
PLESK = "permit_mynetworks, permit_sasl_authenticated, reject_rbl_client zen.spamhaus.org"


def test_entries_are_read_with_their_arguments() -> None:
    value = (
        "permit_mynetworks warn_if_reject reject_rbl_client zen.example,"
        " check_client_access,cidr:/a check_policy_service { unix:x, timeout=1s } reject"
    )
    assert parse(value) == (
        Restriction("permit_mynetworks"),
        Restriction("reject_rbl_client", "zen.example", warns=True),
        Restriction("check_client_access", "cidr:/a"),
        Restriction("check_policy_service", "{ unix:x, timeout=1s }"),
        Restriction("reject"),
    )
    assert parse(render(parse(value))) == parse(value)


@pytest.mark.parametrize(
    ("entry", "permit", "refuse", "client", "recipient"),
    [
        ("permit_mynetworks", True, False, True, False),
        ("permit_sasl_authenticated", True, False, False, False),
        ("permit_tls_clientcerts", True, False, False, False),
        ("reject", False, True, True, False),
        ("reject_unknown_client_hostname", False, True, True, False),
        ("reject_rbl_client x", False, True, True, False),
        ("reject_non_fqdn_helo_hostname", False, True, False, False),
        ("reject_sender_login_mismatch", False, True, False, False),
        ("reject_unauth_destination", False, True, False, True),
        ("defer_unauth_destination", False, True, False, True),
        ("reject_unlisted_recipient", False, True, False, True),
        ("reject_unknown_recipient_domain", False, True, False, True),
        ("check_recipient_access hash:x", True, True, False, True),
        ("check_recipient_mx_access hash:x", True, True, False, True),
        ("check_client_access hash:x", True, True, True, False),
        ("check_sender_access hash:x", True, True, False, False),
        ("check_policy_service unix:x", True, True, False, False),
        ("a_class_of_theirs", True, True, False, False),
        ("warn_if_reject reject_rbl_client x", False, False, True, False),
        ("sleep 1", False, False, True, False),
    ],
)
def test_what_an_entry_may_do(
    entry: str, permit: bool, refuse: bool, client: bool, recipient: bool
) -> None:
    (parsed,) = parse(entry)
    assert (
        parsed.may_permit,
        parsed.may_refuse,
        parsed.needs_client_only,
        parsed.needs_recipient,
    ) == (permit, refuse, client, recipient)


@pytest.mark.parametrize(
    ("value", "login", "end", "refusing"),
    [
        (GATE, True, True, True),
        (PLESK, False, False, True),
        ("permit_mynetworks, permit_sasl_authenticated", False, False, False),
        ("permit_mynetworks, reject", False, True, True),
        ("", False, False, False),
        ("permit_sasl_authenticated, warn_if_reject reject", False, False, False),
    ],
)
def test_what_a_list_does(value: str, login: bool, end: bool, refusing: bool) -> None:
    listed = parse(value)
    assert (wants_login(listed), ends(listed), refuses(listed)) == (login, end, refusing)


def test_the_permits_of_a_list() -> None:
    listed = parse(f"{PLESK}, check_client_access hash:x")
    assert leading_permits(listed) == {"permit_mynetworks", "permit_sasl_authenticated"}
    assert permits(listed) == leading_permits(listed) | {"check_client_access"}
    assert leading_permits(parse("reject_rbl_client x, permit_mynetworks")) == frozenset()


def test_who_has_logged_in_is_subject_to_what_stands_before() -> None:
    assert render(before_login(parse(f"reject_rbl_client x, {GATE}"))) == "reject_rbl_client x"
    assert render(before_login(parse("reject_rbl_client x"))) == "reject_rbl_client x"
