"""E13: Postfix's other policy services are named by what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours.finding import Weight
from core.mta.neighbours.policy_services import look
from tests.core.mta.neighbours.trees import found

MASTER = """\
smtp inet n - y - - smtpd
policyd-spf unix - n n - 0 spawn
    user=policyd-spf argv=/usr/bin/policyd-spf
policy unix - n n - - spawn user=zimbra argv=/usr/bin/perl /opt/zimbra/libexec/zmpostfixpolicyd
checker unix - n n - - spawn user=nobody argv=/usr/local/bin/checker
"""

CASES = [
    ("inet:127.0.0.1:10031", "cbpolicyd (PolicyD)", Weight.OVERLAPS),
    ("inet:localhost:10031", "cbpolicyd (PolicyD)", Weight.OVERLAPS),
    ("inet:127.0.0.1:10040", "postfwd", Weight.OVERLAPS),
    ("inet:127.0.0.1:7777", "iRedAPD", Weight.OVERLAPS),
    ("inet:127.0.0.1:12345", "mtpolicyd", Weight.OVERLAPS),
    ("unix:ratelimit/policy", "policyd-rate-limit", Weight.OVERLAPS),
    ("inet:127.0.0.1:12525", "policyd-weight", Weight.BESIDE),
    ("unix:private/policyd-spf", "an SPF checker", Weight.BESIDE),
    ("inet:127.0.0.1:10023", "Postgrey", Weight.BESIDE),
    ("unix:postgrey/socket", "Postgrey", Weight.BESIDE),
    ("inet:127.0.0.1:2501", "another greylisting", Weight.BESIDE),
    ("inet:127.0.0.1:12340", "Dovecot's quota-status", Weight.BESIDE),
    ("unix:private/quota-status", "Dovecot's quota-status", Weight.BESIDE),
    ("unix:private/policy", "Zimbra's policy service", Weight.BESIDE),
    ("unix:private/checker", "another policy service", Weight.OVERLAPS),
    ("inet:192.0.2.9:9999", "another policy service", Weight.OVERLAPS),
]


@pytest.mark.parametrize("folder", ["/etc/postfix", "/opt/zimbra/common/conf"])
@pytest.mark.parametrize(("endpoint", "program", "weight"), CASES)
def test_each_is_named(
    tmp_path: Path, folder: str, endpoint: str, program: str, weight: Weight
) -> None:
    main = f"smtpd_recipient_restrictions = permit_mynetworks,\n\tcheck_policy_service {endpoint}\n"
    (finding,) = found(look, tmp_path, {f"{folder}/main.cf": main, f"{folder}/master.cf": MASTER})
    assert (finding.program, finding.weight) == (program, weight)
    assert finding.what == f"check_policy_service {endpoint}"
    assert finding.where == f"{folder}/main.cf"


@pytest.mark.parametrize(
    ("main", "master", "names"),
    [
        ("# check_policy_service inet:127.0.0.1:10031\n", "", []),
        ("x = check_policy_service unix:mailward/policy.sock\n", "", []),
        (
            "x = check_policy_service { inet:127.0.0.1:10040, timeout=10s }, permit\n",
            "",
            ["postfwd"],
        ),
        ("x = check_policy_service\n  inet:127.0.0.1:10023\n", "", ["Postgrey"]),
        (
            "a = check_policy_service inet:h:10023\nb = check_policy_service inet:h:10023\n",
            "",
            ["Postgrey"],
        ),
        (
            "",
            "587 inet n - y - - smtpd -o x_restrictions=check_policy_service,inet:h:10031\n",
            ["cbpolicyd (PolicyD)"],
        ),
        ("x = check_policy_service\n", "", []),
        ("x = check_policy_service {}\n", "", []),
    ],
)
def test_every_way_of_writing_it(tmp_path: Path, main: str, master: str, names: list[str]) -> None:
    """postconf(5), SMTPD_POLICY_README; ours is none, and each is told once."""
    files = {"/etc/postfix/main.cf": main, "/etc/postfix/master.cf": master}
    assert [each.program for each in found(look, tmp_path, files)] == names
