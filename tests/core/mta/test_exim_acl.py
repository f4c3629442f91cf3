from __future__ import annotations

import re
from typing import Any

import pytest

from core.mta.exim_acl import FILES, NAMES, Point, Wording

ALL: tuple[Point, ...] = ("connect", "auth", "mail", "data", "not_smtp")
EVERY = tuple(FILES)
SOCKET = "unix:/run/mailward/policy.sock"


def wording(**more: Any) -> Wording:
    return Wording(SOCKET, (587, 465), **more)


@pytest.mark.parametrize("point", EVERY)
@pytest.mark.parametrize("proxied", [False, True])
def test_braces_are_balanced_in_every_line(point: Point, proxied: bool) -> None:
    """Exim finds a missing one only when it comes to the line."""
    for line in wording(proxied=proxied).fragment(point).splitlines():
        assert line.count("{") == line.count("}"), line
        assert "<" not in line, line


@pytest.mark.parametrize("point", EVERY)
def test_nothing_is_accepted_and_nothing_looks_like_a_macro(point: Point) -> None:
    """Other people's statements stand behind ours; their macros are capital letters."""
    text = wording().fragment(point)
    verbs = [line for line in text.splitlines() if not line.startswith(" ")]
    assert set(verbs) <= {"warn", "deny", "defer", "drop"}
    assert not re.search(r"[A-Z]", text.replace(r"\N", ""))
    assert "#" not in text, "a comment behind a condition would be part of it"


def test_a_place_that_may_be_refused_at_only_once_hangs_up() -> None:
    assert "\ndrop\n" in wording().fragment("helo")
    assert "drop" not in wording().fragment("connect")


@pytest.mark.parametrize("point", ["mail", "rcpt", "data", "predata", "not_smtp"])
def test_what_people_write_has_no_line_break(point: Point) -> None:
    r"""Each text from outside is behind `tr`, which puts `_` for `\n` and `\r`, and cut."""
    text = wording(login="$authenticated_id").fragment(point)
    (question,) = re.findall(r"readsocket\{.*", text)
    for name in ("$authenticated_id", "$initial_cwd", "$sender_ident}{uid-"):
        for match in re.finditer(re.escape(name), question):
            before = question[: match.start()]
            assert before.rfind("${tr{") > before.rfind(r"\n"), name
    for never in ("$sender_address", "$sender_helo_name", "$h_"):
        assert never not in text


def test_proxy_variables_are_only_used_where_exim_knows_them() -> None:
    texts = [wording(proxied=True).fragment(point) for point in EVERY]
    assert all("$proxy_external_port" in text for text in texts)
    assert not any("$proxy" in wording().fragment(point) for point in EVERY)


def test_users_are_looked_up_as_exim_can() -> None:
    assert "${lookup passwd{" in wording().fragment("not_smtp")
    assert "lsearch{/etc/passwd}" in wording(passwd=False).fragment("not_smtp")


def test_whose_scripts_are_not_counted() -> None:
    text = wording(spared=(33, 8)).fragment("not_smtp")
    assert "{!inlist{$originator_uid}{0 : $exim_uid : 33 : 8}}" in text


def test_a_panel_may_know_better_who_it_is() -> None:
    text = wording(login="$acl_c_who", script_user="$acl_c_whose").fragment("data")
    assert "sasl_username=${if inlist{$originator_uid}{0 : $exim_uid}" in text
    assert "{$acl_c_who}" in text
    assert "{$acl_c_whose}" in text
    assert "$sender_ident" not in text


def test_every_fragment_is_written_whatever_is_asked() -> None:
    """A place that gets lost, or comes, changes no file's name."""
    assert set(wording().fragments(ALL)) == set(wording().fragments(())) == set(NAMES)
    nothing = wording().fragments(())
    assert all("readsocket" not in text for text in nothing.values())


def test_without_the_question_before_the_login_the_others_stay() -> None:
    found = wording().fragments(ALL, connect=False)
    asking = {name for name, text in found.items() if "readsocket" in text}
    assert asking == {"mail", "data", "not_smtp"}
    assert "set acl_c_mailward_hung =\n" in found["connect"], "the others read it"


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("unix:/run/m/p.sock", "${readsocket{/run/m/p.sock}"),
        ("tcp:127.0.0.1:4002", "${readsocket{inet:127.0.0.1:4002}"),
    ],
)
def test_both_kinds_of_endpoint(endpoint: str, told: str) -> None:
    assert told in Wording(endpoint, (587,)).fragment("connect")


@pytest.mark.parametrize("endpoint", ["/run/x", "unix:", "unix:/a b", "unix:/a}", "unix:/$x"])
def test_an_endpoint_that_exim_would_misread(endpoint: str) -> None:
    with pytest.raises(ValueError, match="unix:PATH and tcp:HOST:PORT only"):
        Wording(endpoint, ())


def test_what_is_tried_asks_nobody() -> None:
    tried = wording().expansions(ALL)
    assert len([each for each in tried if each.startswith("asked ")]) == len(ALL)
    assert not any("readsocket" in each or "acl_" in each for each in tried)
    assert all(each.count("{") == each.count("}") for each in tried)
