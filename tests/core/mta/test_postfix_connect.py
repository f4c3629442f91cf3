from __future__ import annotations

from pathlib import Path

import pytest

from core.mta import postfix_config
from core.mta.postfix_connect import LeftAloneError, candidates, guard
from tests.core.mta.machines import PostfixFolder

ASK = "$mailward_connect"
GATE = "permit_sasl_authenticated,reject"
SAFE_RELAY = "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination"


def asked(folder: Path, options: dict[str, str], main: str = "") -> dict[str, str]:
    """What `guard` makes of a submission service with these options."""
    written = "".join(f"  -o {{ smtpd_{name} = {value} }}\n" for name, value in options.items())
    master = f"submission inet n - n - - smtpd\n{written}"
    host = PostfixFolder(folder, f"smtpd_sasl_auth_enable = yes\n{main}", master)
    config = postfix_config.read(host)
    return guard(config, config.services[0], ASK).options


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("debian-11", ["submission", "smtps"]),
        ("debian-12", ["submission", "submissions"]),
        ("debian-13", ["submission", "[::1]:submissions"]),
        ("panel", ["587", "192.0.2.1:465", "127.0.0.1:21587"]),
        ("plesk", ["smtps", "submission"]),
    ],
)
def test_submission_is_known_by_what_it_does(tmp_path: Path, name: str, found: list[str]) -> None:
    config = postfix_config.read(PostfixFolder.of(tmp_path, name))
    assert [service.name for service in candidates(config)] == found


@pytest.mark.parametrize(
    "row",
    [
        "submission inet n - n - - smtpd -o smtpd_sasl_auth_enable=no",
        "submission unix n - n - - smtpd",
        "submission inet n - n - - postscreen",
        "2525 inet n - n - - smtpd",
        "10025 inet n - n - - smtpd -o smtpd_client_restrictions=permit_mynetworks,reject",
    ],
)
def test_what_no_login_uses_is_not_submission(tmp_path: Path, row: str) -> None:
    host = PostfixFolder(tmp_path, "smtpd_sasl_auth_enable = yes\n", f"{row}\n")
    assert candidates(postfix_config.read(host)) == []


CASES = {
    "nothing there": ({}, "", {"client": ASK}),
    "the usual gate moves to the recipients": (
        {"client_restrictions": GATE},
        "",
        {"client": ASK, "recipient": GATE},
    ),
    "a gate that the relay list has already is not needed twice": (
        {"client_restrictions": GATE, "relay_restrictions": "permit_sasl_authenticated, reject"},
        "",
        {"client": ASK},
    ),
    "a list that looks at the client only stays, behind ours": (
        {"client_restrictions": "check_client_access cidr:/a, reject_unknown_client_hostname"},
        "",
        {"client": f"{ASK},check_client_access cidr:/a, reject_unknown_client_hostname"},
    ),
    "a list that cannot refuse is dropped": (
        {"client_restrictions": "permit_mynetworks, permit_sasl_authenticated"},
        "",
        {"client": ASK},
    ),
    "an inherited list moves with what stands behind it": (
        {},
        (
            "smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
            "    reject_rbl_client zen.example\n"
            "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated,"
            " reject_unauth_destination\n"
        ),
        {
            "client": ASK,
            "recipient": "permit_mynetworks, permit_sasl_authenticated,"
            " reject_rbl_client zen.example,permit_mynetworks, permit_sasl_authenticated,"
            " reject_unauth_destination",
        },
    ),
    "a gate makes what stands behind it unreachable": (
        {"client_restrictions": GATE},
        "smtpd_recipient_restrictions = permit_sasl_authenticated, check_policy_service unix:x\n",
        {"client": ASK, "recipient": GATE},
    ),
    "where recipients are checked for everybody, the gate moves to the senders": (
        {"client_restrictions": GATE},
        "smtpd_recipient_restrictions = check_recipient_access hash:/r, permit_mynetworks\n",
        {"client": ASK, "sender": GATE},
    ),
    "names stay names": (
        {"client_restrictions": "$mua_client"},
        f"mua_client = {GATE}\n",
        {"client": ASK, "recipient": "$mua_client"},
    ),
    "helo checks behind the login never applied to a login": (
        {
            "helo_restrictions": "permit_mynetworks, permit_sasl_authenticated,"
            " reject_non_fqdn_helo_hostname"
        },
        "",
        {"client": ASK, "helo": "permit_mynetworks"},
    ),
    "helo checks for everybody stay": (
        {"helo_restrictions": "reject_invalid_helo_hostname"},
        "",
        {"client": ASK},
    ),
}


@pytest.mark.parametrize(("options", "main", "wanted"), CASES.values(), ids=CASES)
def test_every_list_keeps_its_effect(
    tmp_path: Path, options: dict[str, str], main: str, wanted: dict[str, str]
) -> None:
    found = asked(tmp_path, options, main)
    assert found.pop("smtpd_delay_reject") == "no"
    assert found == {f"smtpd_{name}_restrictions": value for name, value in wanted.items()}


def test_a_service_that_does_not_delay_only_gets_the_question(tmp_path: Path) -> None:
    found = asked(tmp_path, {"delay_reject": "no", "client_restrictions": "reject_rbl_client x"})
    assert found == {"smtpd_client_restrictions": f"{ASK},reject_rbl_client x"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            {"sender_restrictions": "check_recipient_access hash:/x"},
            "check_recipient_access in smtpd_sender_restrictions would lose its effect",
        ),
        (
            {"helo_restrictions": "reject_unauth_destination"},
            "reject_unauth_destination in smtpd_helo_restrictions would lose its effect",
        ),
        (
            {
                "client_restrictions": "check_policy_service unix:x, permit_sasl_authenticated,"
                " reject",
                "recipient_restrictions": "check_policy_service unix:y",
            },
            "count on a login and fit in no later list",
        ),
        (
            {
                "client_restrictions": GATE,
                "recipient_restrictions": "check_policy_service unix:y",
                "sender_restrictions": "check_sender_access hash:/s",
            },
            "count on a login and fit in no later list",
        ),
    ],
)
def test_what_cannot_be_kept_is_left_alone_with_the_reason(
    tmp_path: Path, options: dict[str, str], reason: str
) -> None:
    with pytest.raises(LeftAloneError, match=reason):
        asked(tmp_path, options)


def test_a_policy_service_for_senders_is_told_about(tmp_path: Path) -> None:
    master = (
        "submission inet n - n - - smtpd\n"
        "  -o { smtpd_sender_restrictions = check_policy_service unix:x }\n"
    )
    host = PostfixFolder(tmp_path, "smtpd_sasl_auth_enable = yes\n", master)
    config = postfix_config.read(host)
    assert "without a recipient" in guard(config, config.services[0], ASK).notes[0]
