from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import PlanError
from core.mta import postfix_config, postfix_edits
from core.mta.main_cf import value
from core.mta.master_cf import find
from core.mta.postfix_edits import FAILURE, build
from core.system.edits import apply_all
from core.words import Stage
from tests.core.mta.machines import PostfixFolder

ENDPOINT = "unix:/var/spool/postfix/mailward/policy.sock"


def built(
    folder: Path, main: str, master: str, endpoint: str = ENDPOINT, without: str = ""
) -> tuple[str, str, list[str]]:
    """Both files as the edits make them, and the notes."""
    config = postfix_config.read(PostfixFolder(folder, main, master))
    wanted = [stage for stage in Stage if stage != without]
    edits = build(config, endpoint, wanted, None)
    return apply_all(edits.main, main), apply_all(edits.master, master), edits.notes


def option(master: str, service: str, name: str) -> str | None:
    """An option of a service."""
    found = find(master, f"{service}/inet")
    assert found is not None
    return found.options[name].value if name in found.options else None


SMTP = "smtp inet n - y - - smtpd\n"
SASL = "smtpd_sasl_auth_enable = yes\n"


def test_the_questions_have_exactly_the_failure_settings_that_win(tmp_path: Path) -> None:
    """A25: facts/mta_hooks.md 2.0, and max_ttl for an smtpd that is never idle"""
    main, _, _ = built(tmp_path, SASL, "submission inet n - y - - smtpd\n")
    settings = (
        "timeout=2s, try_limit=1, request_limit=1, max_idle=1s, max_ttl=1s, default_action=DUNNO"
    )
    assert settings == FAILURE
    for stage in Stage:
        assert value(main, f"mailward_{stage}") == (
            "check_policy_service { unix:mailward/policy.sock, "
            f"{settings}, policy_context={stage} }}"
        )


def test_only_sessions_that_have_logged_in_are_asked_about_by_account(tmp_path: Path) -> None:
    main, _, _ = built(tmp_path, SASL, SMTP)
    assert value(main, "smtpd_restriction_classes") == "mailward_auth, mailward_send"
    assert value(main, "smtpd_sender_restrictions") == "$mailward_sender"
    assert value(main, "smtpd_end_of_data_restrictions") == "$mailward_message"
    assert value(main, "mailward_sender") == "check_sasl_access static:mailward_auth"
    assert value(main, "mailward_message") == "check_sasl_access static:mailward_send"


def test_others_in_the_lists_keep_their_places(tmp_path: Path) -> None:
    theirs = (
        "smtpd_restriction_classes = greylist\n"
        "greylist = check_policy_service inet:127.0.0.1:10023\n"
        "smtpd_sender_restrictions = $mua_sender,\n  check_policy_service unix:private/other\n"
        "smtpd_end_of_data_restrictions = check_policy_service unix:private/quota\n"
        "smtpd_milters = inet:127.0.0.1:12768\n"
    )
    main, _, _ = built(tmp_path, SASL + theirs, SMTP)
    assert value(main, "smtpd_restriction_classes") == "mailward_auth, mailward_send, greylist"
    assert value(main, "smtpd_sender_restrictions") == (
        "$mailward_sender, $mua_sender, check_policy_service unix:private/other"
    )
    assert value(main, "smtpd_end_of_data_restrictions") == (
        "$mailward_message, check_policy_service unix:private/quota"
    )
    assert value(main, "smtpd_milters") == "inet:127.0.0.1:12768"


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ("-o smtpd_sender_restrictions=", "$mailward_sender"),
        ("-o smtpd_sender_restrictions=$mua_x", "$mailward_sender,$mua_x"),
        ("-o { smtpd_sender_restrictions = a b }", "$mailward_sender,a b"),
    ],
)
def test_a_service_that_shadows_a_list_gets_the_question_too(
    tmp_path: Path, own: str, wanted: str
) -> None:
    _, master, _ = built(tmp_path, SASL, f"smtp inet n - y - - smtpd {own}\n")
    assert option(master, "smtp", "smtpd_sender_restrictions") == wanted


def test_classes_of_a_service_of_its_own_gain_ours(tmp_path: Path) -> None:
    row = "smtp inet n - y - - smtpd -o smtpd_restriction_classes=theirs\n"
    _, master, _ = built(tmp_path, SASL, row)
    assert option(master, "smtp", "smtpd_restriction_classes") == (
        "mailward_auth,mailward_send,theirs"
    )


def test_a_content_filters_way_back_in_is_not_touched(tmp_path: Path) -> None:
    row = (
        "127.0.0.1:10025 inet n - n - - smtpd -o smtpd_sasl_auth_enable=no"
        " -o smtpd_sender_restrictions=\n"
    )
    _, master, _ = built(tmp_path, SASL, SMTP + row)
    assert master == SMTP + row


def test_values_with_blanks_live_in_main_cf(tmp_path: Path) -> None:
    lists = "smtpd_client_restrictions = permit_sasl_authenticated, reject_rbl_client x\n"
    rest = "smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n"
    row = "[::1]:587 inet n - y - - smtpd\n"
    main, master, _ = built(tmp_path, SASL + lists + rest, row)
    name = "mailward_1_587_recipient"
    assert option(master, "[::1]:587", "smtpd_recipient_restrictions") == f"${name}"
    assert value(main, name) == (
        "permit_sasl_authenticated, reject_rbl_client x,permit_sasl_authenticated, reject"
    )


def test_a_gate_that_moves_to_the_senders_stands_behind_the_question(tmp_path: Path) -> None:
    lists = "smtpd_recipient_restrictions = check_recipient_access hash:/r, permit_mynetworks\n"
    row = (
        "submission inet n - y - - smtpd"
        " -o smtpd_client_restrictions=permit_sasl_authenticated,reject\n"
    )
    _, master, _ = built(tmp_path, SASL + lists, row)
    assert option(master, "submission", "smtpd_sender_restrictions") == (
        "$mailward_sender,permit_sasl_authenticated,reject"
    )


@pytest.mark.parametrize(
    ("without", "names"),
    [
        ("connect", {"mailward_auth", "mailward_send"}),
        ("auth", {"mailward_connect", "mailward_send"}),
        ("send", {"mailward_connect", "mailward_auth"}),
    ],
)
def test_only_the_wanted_stages_ask(tmp_path: Path, without: str, names: set[str]) -> None:
    row = "submission inet n - y - - smtpd\n"
    main, master, _ = built(tmp_path, SASL, row, without=without)
    asked = ("mailward_connect", "mailward_auth", "mailward_send")
    assert {name for name in asked if value(main, name)} == names
    assert ("mailward_connect" in master) is ("mailward_connect" in names)


def test_without_submission_the_notes_say_so(tmp_path: Path) -> None:
    main, _, notes = built(tmp_path, SASL, SMTP)
    assert notes == [
        "no service is asked about before the login; logins and mails are asked about anyway"
    ]
    assert "mailward_connect" not in main


@pytest.mark.parametrize(
    ("endpoint", "chroot", "name"),
    [
        (ENDPOINT, "y", "unix:mailward/policy.sock"),
        (ENDPOINT, "n", "unix:mailward/policy.sock"),
        ("unix:/run/mailward/policy.sock", "n", "unix:/run/mailward/policy.sock"),
        ("tcp:127.0.0.1:10040", "y", "inet:127.0.0.1:10040"),
    ],
)
def test_the_socket_is_named_as_smtpd_finds_it(
    tmp_path: Path, endpoint: str, chroot: str, name: str
) -> None:
    host = PostfixFolder(tmp_path, SASL, f"smtp inet n - {chroot} - - smtpd\n")
    assert postfix_edits.socket_name(postfix_config.read(host), endpoint) == name


def test_a_socket_that_a_chroot_cannot_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"smtp runs in a chroot.*unix:/var/spool/postfix/mailward"):
        built(tmp_path, SASL, SMTP, "unix:/run/mailward/policy.sock")


@pytest.mark.parametrize(
    ("names", "error"),
    [(["nope"], "no service nope"), (["10025"], "10025 takes no logins")],
)
def test_named_services_must_be_there(tmp_path: Path, names: list[str], error: str) -> None:
    row = "10025 inet n - n - - smtpd -o smtpd_sasl_auth_enable=no\n"
    config = postfix_config.read(PostfixFolder(tmp_path, SASL, row))
    with pytest.raises(PlanError, match=error):
        build(config, ENDPOINT, list(Stage), names)


def test_named_services_alone_are_guarded(tmp_path: Path) -> None:
    rows = "submission inet n - y - - smtpd\n2525 inet n - y - - smtpd\n"
    config = postfix_config.read(PostfixFolder(tmp_path, SASL, rows))
    edits = build(config, ENDPOINT, list(Stage), ["2525"])
    assert [service.name for service in edits.guarded] == ["2525"]
