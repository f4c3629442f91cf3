from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import PlanError
from core.mta import exim_config, exim_places
from core.mta.exim_places import DEBIAN_BUILT, Place, Places
from core.system.steps import Command
from tests.core.mta.exim_machine import PLAIN, EximFolder

CONF = "/etc/exim.conf"


def found(host: EximFolder) -> Places:
    return exim_places.find(exim_config.read(host))


def test_acls_that_are_there_get_a_line_and_others_are_made(tmp_path: Path) -> None:
    place = found(EximFolder(tmp_path))
    assert place.places == (Place("data", CONF, "acl_check_data"),)
    assert place.own == ("connect", "auth", "mail", "not_smtp")
    assert (place.sections, place.first) == (CONF, "begin acl")
    assert (place.build, place.reload) == (
        (),
        (Command(("systemctl", "try-reload-or-restart", "exim")),),
    )


def test_what_it_makes_of_a_plain_configuration(tmp_path: Path) -> None:
    text = PLAIN
    for edit in found(EximFolder(tmp_path)).edits()[CONF]:
        text = edit.apply(text)
    main, _, acls = text.partition("begin acl\n")
    assert "acl_smtp_connect = mailward_connect\n" in main
    assert "acl_not_smtp = mailward_not_smtp\n" in main
    assert "acl_smtp_data = mailward" not in main
    own = "mailward_mail:\n  .include_if_exists /etc/mailward/exim/mail.conf\n  accept\n"
    assert own in acls
    line = "  .include_if_exists /etc/mailward/exim/data.conf\n"
    assert acls.index("acl_check_data:") < acls.index(line) < acls.index("# what the")


def test_options_come_before_the_first_section_whichever_that_is(tmp_path: Path) -> None:
    text = PLAIN.replace("begin acl", "begin  rewrite\n\nbegin acl")
    place = found(EximFolder(tmp_path, text))
    assert place.first == "begin rewrite"
    for edit in place.edits()[CONF]:
        text = edit.apply(text)
    assert (
        text.index("acl_not_smtp =") < text.index("begin  rewrite") < text.index("mailward_mail:")
    )


def test_our_own_acls_are_ours_again_when_they_are_there(tmp_path: Path) -> None:
    host = EximFolder(tmp_path)
    before = found(host)
    text = PLAIN
    for edit in before.edits()[CONF]:
        text = edit.apply(text)
    host.write(CONF, text)
    assert found(host) == before


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("${if eq{$interface_port}{587}{accept}{acl_check_rcpt}}", "no ACL in /etc/exim.conf"),
        ("accept", "acl_smtp_mail is `accept`, which is no ACL"),
        ("/etc/exim.mail.acl", "no ACL"),
    ],
)
def test_an_option_that_names_no_acl_is_for_a_panel_to_explain(
    tmp_path: Path, value: str, said: str
) -> None:
    host = EximFolder(tmp_path, f"acl_smtp_mail = {value}\n{PLAIN}")
    with pytest.raises(PlanError, match=said):
        found(host)


def test_a_configuration_without_acls_cannot_be_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="`begin acl` is in 0 files"):
        found(EximFolder(tmp_path, "primary_hostname = a.test\n"))


@pytest.mark.parametrize("split", [True, False])
def test_debians_pieces_are_edited_and_built_anew(tmp_path: Path, split: bool) -> None:
    """update-exim4.conf(8): conf.d or the template, as update-exim4.conf.conf says."""
    host = EximFolder(tmp_path, PLAIN, file=DEBIAN_BUILT)
    host.write("/etc/exim4/exim4.conf.template", PLAIN)
    host.write("/etc/exim4/conf.d/acl/00_header", "begin acl\n")
    host.write("/etc/exim4/conf.d/acl/30_data", "acl_check_data:\n  accept\n")
    host.write("/etc/exim4/conf.d/acl/30_data.dpkg-old", "acl_check_data:\n  accept\n")
    word = "true" if split else "false"
    host.write("/etc/exim4/update-exim4.conf.conf", f"dc_use_split_config='{word}'\n")
    place = found(host)
    folder = "/etc/exim4/conf.d/acl"
    wanted = [f"{folder}/30_data", f"{folder}/00_header"]
    assert list(place.edits()) == (wanted if split else ["/etc/exim4/exim4.conf.template"])
    assert place.build == (Command(("update-exim4.conf",)),)
    assert place.reload == (Command(("systemctl", "try-reload-or-restart", "exim4")),)


def test_one_line_in_each_file_of_a_panel(tmp_path: Path) -> None:
    place = Places((Place("helo", "/etc/exim.helo.pre.conf"), Place("rcpt", "/etc/exim.rcpt.conf")))
    assert place.points == ("helo", "rcpt")
    (helo,), (rcpt,) = place.edits().values()
    assert helo.apply("warn\n").splitlines()[1] == (
        "  .include_if_exists /etc/mailward/exim/connect.conf"
    )
    assert rcpt.apply("").count("include_if_exists /etc/mailward/exim/mail.conf") == 1
