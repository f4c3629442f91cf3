from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PlanError
from core.mta.master_cf import ServiceOption, find, services
from core.system.edits import EditState
from tests.core.mta.machines import SERVERS, sample

MASTER = """\
smtp inet n - y - - smtpd
submission inet n - y - - smtpd -v -o a=1 -ob=2
  -o c=$x,y
# comment
\t-o { d = e f, { g h } }
  -o a=3
[::1]:submissions  inet n - - - - smtpd
"""


def test_every_way_to_write_an_option_is_read() -> None:
    _, submission, last = services(MASTER)
    values = {name: option.value for name, option in submission.options.items()}
    assert values == {"a": "3", "b": "2", "c": "$x,y", "d": "e f, { g h }"}
    assert (submission.key, submission.command, submission.chroot) == (
        "submission/inet",
        "smtpd",
        "y",
    )
    assert (last.port_name, last.chroot, last.options) == ("submissions", "-", {})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("a", "9", "  -o a=9\n"),
        ("b", "9", "-ob=9\n"),
        ("c", "9", "  -o c=9\n"),
        ("d", "9", "\t-o { d = 9 }\n"),
        ("new", "$v", "  -o a=3\n  -o new=$v\n"),
    ],
)
def test_an_option_changes_where_it_stands(name: str, value: str, expected: str) -> None:
    option = find(MASTER, "submission/inet")
    assert option is not None
    own = option.options.get(name)
    edit = ServiceOption("submission/inet", name, value, own.value if own else None)
    applied = edit.apply(MASTER)
    assert expected in applied
    assert edit.state(MASTER) is EditState.ABSENT
    assert edit.state(applied) is EditState.PRESENT
    assert edit.apply(applied) == applied
    assert edit.revert(applied).text == MASTER


SAMPLES = [sample(f"{name}.master") for name in SERVERS]


@given(st.data(), st.sampled_from(SAMPLES), st.booleans())
def test_any_options_come_and_go_without_a_trace(
    data: st.DataObject, text: str, newline: bool
) -> None:
    text = text if newline else text.rstrip("\n")
    changed = text
    edits: list[ServiceOption] = []
    for _ in range(data.draw(st.integers(1, 4))):
        service = data.draw(st.sampled_from([s for s in services(text) if s.command == "smtpd"]))
        name = data.draw(st.sampled_from([*service.options, "smtpd_x", "smtpd_y"]))
        if any((edit.service, edit.name) == (service.key, name) for edit in edits):
            continue
        own = service.options.get(name)
        edit = ServiceOption(service.key, name, "$mailward_x", own.value if own else None)
        edits.append(edit)
        changed = edit.apply(changed)
    for edit in reversed(edits):
        changed = edit.revert(changed).text
    assert changed == text


EDIT = ServiceOption("s/inet", "client", "$mailward_connect", "permit,reject")
NEW = ServiceOption("s/inet", "delay", "no", None)
ROW = "s inet n - y - - smtpd\n"


@pytest.mark.parametrize(
    ("edit", "now", "after", "told"),
    [
        (EDIT, f"{ROW}  -o client=permit\n", f"{ROW}  -o client=permit\n", True),
        (EDIT, f"{ROW}  -o client=permit,reject\n", f"{ROW}  -o client=permit,reject\n", False),
        (EDIT, f"{ROW}  -o client=$mailward_connect,new\n", f"{ROW}  -o client=new\n", True),
        (NEW, f"{ROW}  -o delay=yes\n", f"{ROW}  -o delay=yes\n", True),
        (NEW, "s inet n - y - - smtpd -o delay=no -o x=1\n", f"{ROW[:-1]} -o x=1\n", False),
        (NEW, "other inet n - y - - smtpd\n", "other inet n - y - - smtpd\n", False),
        (NEW, ROW, ROW, False),
    ],
)
def test_taking_it_back_keeps_what_others_made_of_it(
    edit: ServiceOption, now: str, after: str, told: bool
) -> None:
    reverted = edit.revert(now)
    assert reverted.text == after
    assert bool(reverted.left) is told


def test_a_service_that_is_gone_is_not_made() -> None:
    with pytest.raises(PlanError, match="no service s/inet any more"):
        EDIT.apply("other inet n - y - - smtpd\n")


def test_two_rows_of_one_service_cannot_be_told_apart() -> None:
    with pytest.raises(PlanError, match="2 services s/inet"):
        EDIT.apply(ROW + ROW)
