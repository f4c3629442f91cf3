"""Who is not checked: added, listed, removed, imported."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.core.cli.desk import Desk


def _entries(desk: Desk, *words: str) -> list[str]:
    return [each["entry"] for each in desk.json("exempt", "list", "--json", *words)]


def test_entries_come_and_go(desk: Desk) -> None:
    """A10, A16: addresses, networks and systems, with comment and end."""
    desk(
        *("exempt", "add", "203.0.113.77/24", "2001:DB8::1", "as24940"),
        *("--comment", "Büro", "--expires", "7d"),
    )
    assert _entries(desk) == ["203.0.113.0/24", "2001:db8::1", "AS24940"]
    first = desk.json("exempt", "list", "--json")[0]
    assert first["comment"] == "Büro"
    assert first["expires"] == pytest.approx(time.time() + 604_800, abs=60)
    desk("exempt", "remove", "203.0.113.0/24", "AS24940")
    assert _entries(desk) == ["2001:db8::1"]
    desk("exempt", "remove", "2001:db8:0::1")
    assert desk("exempt", "list").stdout == "Nobody is exempt.\n"


def test_the_table_says_for_whom_and_how_long(desk: Desk) -> None:
    """A16: an entry that is over is still shown."""
    desk("exempt", "add", "192.0.2.1", "--comment", "Büro", "--domain", "example.test")
    with desk.store() as store:
        over = [{"entry": "192.0.2.9", "expires": 1000}]
        store.settings.change(("server", ""), {"exempt.addresses": over}, "x", 1.0)
    lines = desk("exempt", "list").stdout.splitlines()
    assert lines[1].split() == [
        "exempt.addresses",
        *["domain", "example.test", "192.0.2.1", "Büro", "never"],
    ]
    assert "expired 1970" in lines[2]


def test_an_entry_stands_in_its_list_once(desk: Desk) -> None:
    """Adding it again changes comment and end."""
    desk("exempt", "add", "192.0.2.1", "--comment", "old")
    desk("exempt", "add", "192.0.2.1/32", "--comment", "new")
    assert [e["comment"] for e in desk.json("exempt", "list", "--json")] == ["new"]
    assert "Nothing to do" in desk("exempt", "add", "192.0.2.1", "--comment", "new").stdout


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ((), ("exempt.addresses", "server", "")),
        (("--domain", "Example.test"), ("exempt.addresses", "domain", "example.test")),
        (("--mailbox", "a@example.test"), ("exempt.addresses", "mailbox", "a@example.test")),
    ],
)
def test_addresses_are_exempt_for_a_scope(
    desk: Desk, words: tuple[str, ...], place: tuple[str, str, str]
) -> None:
    """A11: the server's, a domain's or a mailbox's."""
    result = desk("exempt", "add", "192.0.2.1", *words)
    found = desk.json("exempt", "list", "--json")[0]
    assert (found["list"], found["level"], found["scope"]) == place
    assert _entries(desk, *words) == ["192.0.2.1"]
    assert ("before the password" in result.stderr) == bool(words)


@pytest.mark.parametrize(
    ("words", "name", "shadowed"),
    [(("--account",), "exempt.accounts", True), (("--send",), "exempt.send", False)],
)
def test_accounts_and_domains_are_exempt(
    desk: Desk, words: tuple[str, ...], name: str, shadowed: bool
) -> None:
    """A11, B5: from the checks after the password, or from the send limit."""
    result = desk("exempt", "add", *words, "Bob@Example.test", "news.test")
    assert [e["list"] for e in desk.json("exempt", "list", "--json")] == [name, name]
    assert _entries(desk, *words) == ["bob@example.test", "news.test"]
    assert ("before the password" in result.stderr) == shadowed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "0.0.0.0/0"), 4, "would exempt everybody"),
        (("add", "bob"), 4, "is no address"),
        (("add", "192.0.2.1", "nonsense"), 4, "is no address"),
        (("add", "--send", "192.0.2.1", "not an account"), 4, "neither an account nor a domain"),
        (("add", "--send", "a@x.test", "--domain", "x.test"), 4, "server only"),
        (("add", "--send", "--account", "a@x.test"), 2, "two lists"),
        (("add", "192.0.2.1", "--expires", "2020-01-01"), 2, "passed already"),
        (("remove", "192.0.2.1"), 4, "192.0.2.1 is not in the list of the server"),
    ],
)
def test_refuses_as_a_whole(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    """One wrong entry, and none is added."""
    assert said in desk("exempt", *words, code=code).stderr
    assert _entries(desk) == []


def test_imports_files(desk: Desk) -> None:
    """E16: a dry run first, then all of it, kept beside what was there."""
    path = desk.directory / "ip_whitelist.lst"
    path.write_text("# from the old server\n192.0.2.7\n198.51.100.0/24\n")
    desk("exempt", "add", "192.0.2.1")
    shown = desk("exempt", "import", str(path), "--dry-run").stdout
    assert shown.splitlines() == ["192.0.2.7", "198.51.100.0/24"]
    assert _entries(desk) == ["192.0.2.1"]
    desk("exempt", "import", str(path), "--comment", "old server")
    assert _entries(desk) == ["192.0.2.1", "192.0.2.7", "198.51.100.0/24"]
    written = desk("exempt", "list", "--csv").stdout
    desk("exempt", "remove", *_entries(desk))
    desk("exempt", "import", "-", text=written)
    assert desk("exempt", "list", "--csv").stdout == written


def test_imports_nothing_when_one_line_is_wrong(desk: Desk) -> None:
    """Half a list would be worse than none."""
    assert "'bob'" in desk("exempt", "import", "-", text="192.0.2.7\nbob\n", code=4).stderr
    assert "names nobody" in desk("exempt", "import", "-", text="# nothing\n").stdout
    assert _entries(desk) == []


def test_an_entry_keeps_the_comment_that_is_not_said_again(desk: Desk) -> None:
    """Giving it an end must not cost the reason."""
    desk("exempt", "add", "192.0.2.1", "--comment", "the office")
    desk("exempt", "add", "192.0.2.1", "--expires", "7d")
    (entry,) = desk.json("exempt", "list", "--json")
    assert entry["comment"] == "the office"
    assert entry["expires"] > time.time()


def test_an_empty_name_does_not_mean_the_server(desk: Desk) -> None:
    """A script's unset variable."""
    for words in (("exempt", "add", "192.0.2.1"), ("set", "send.limit", "3")):
        refused = desk(*words, "--domain", "", code=2)
        assert "leave the option out" in refused.stderr
    assert _entries(desk) == []


def test_travellers_get_a_pass(desk: Desk) -> None:
    """K11: until they are back, and told what it is good for."""
    desk("set", "country.mode", "allow")
    desk("set", "country.list", "AT")
    words = ("exempt", "add", "--pass", "th", "--mailbox", "bob@example.test")
    assert "must have an end" in desk(*words, code=4).stderr
    said = desk(*words, "--expires", "7d", "--comment", "holidays").stderr
    assert "The server refuses TH." in said
    lines = desk("exempt", "list", "--pass", "--mailbox", "bob@example.test").stdout.splitlines()
    assert lines[1].split()[:5] == [
        "country.passes",
        "mailbox",
        "bob@example.test",
        "TH",
        "holidays",
    ]
    desk("exempt", "remove", "--pass", "TH", "--mailbox", "bob@example.test")
    assert _entries(desk) == []


def test_says_who_would_be_exempt(desk: Desk) -> None:
    """A10, B5: and by which entry of which list."""
    desk("exempt", "add", "192.0.2.0/24", "--comment", "Büro")
    desk("exempt", "add", "--account", "example.test")
    desk("exempt", "add", "--send", "news@example.test")
    page = desk("exempt", "check", "192.0.2.7").stdout
    assert "before the password  192.0.2.0/24 (Büro), of exempt.addresses for server" in page
    found = desk.json("exempt", "check", "198.51.100.7", "--account", "news@example.test", "--json")
    assert found["before"] is None
    assert found["after"]["entry"] == "example.test"
    assert found["sending"]["entry"] == "news@example.test"
    assert desk.json("exempt", "check", "bob@x.test", "--json")["after"] is None
    assert (
        "an account alone" in desk("exempt", "check", "a@b.test", "--account", "c", code=2).stderr
    )


def test_purges_what_is_over(desk: Desk) -> None:
    """A16: from all lists."""
    with desk.store() as store:
        over = [{"entry": "192.0.2.9", "expires": 1000}, {"entry": "192.0.2.8"}]
        store.settings.change(("server", ""), {"exempt.addresses": over}, "x", 1.0)
    assert desk("exempt", "purge").stdout == "exempt.addresses for the server: 1 entry\n"
    assert "Nothing to do" in desk("exempt", "purge").stdout
    assert _entries(desk) == ["192.0.2.8"]


def test_every_bad_line_of_a_file_is_named(desk: Desk) -> None:
    """E16: also in a dry run."""
    for words in ((), ("--dry-run",)):
        said = desk("exempt", "import", "-", *words, text="192.0.2.7\nbob\n0.0.0.0/0\n", code=4)
        assert "line 2: 'bob'" in said.stderr
        assert "line 3: 0.0.0.0/0 would exempt everybody" in said.stderr


def test_lists_leave_in_other_programs_forms(desk: Desk) -> None:
    """E16, K7: out as well as in."""
    desk("exempt", "add", "--account", "bob@example.test", "shop.test")
    page = desk("exempt", "list", "--account", "--form", "spamassassin").stdout
    assert page == "whitelist_from bob@example.test\nwhitelist_from *@shop.test\n"
    desk("exempt", "import", "--send", "-", text=page)
    assert _entries(desk, "--send") == ["bob@example.test", "shop.test"]


def test_an_import_tells_what_it_left_out(desk: Desk, tmp_path: Path) -> None:
    """E16: csf.allow, an old export; and csf.deny by its name."""
    file = tmp_path / "csf.allow"
    file.write_text("192.0.2.1 # office\ntcp|in|d=22|s=203.0.113.1\n192.0.2.1\n")
    page = desk("exempt", "import", str(file))
    assert "line 2: is a rule for other ports" in page.stderr
    assert "1 line said what an earlier one says" in page.stderr
    assert "1 entry" in page.stdout
    file.rename(tmp_path / "csf.deny")
    assert "who is shut out" in desk("exempt", "import", str(tmp_path / "csf.deny"), code=4).stderr
