"""Reading and setting settings, scope by scope."""

from __future__ import annotations

import pytest

from core.settings.fields import FIELDS
from tests.core.cli.desk import Desk


def test_a_value_is_set_for_one_scope_and_found_there(desk: Desk) -> None:
    """A13: mailbox over domain over server."""
    desk("set", "send.limit", "200")
    desk("set", "send.limit", "20", "--domain", "Example.TEST")
    desk("set", "send.limit", "5", "--mailbox", "bob@example.test")

    def limit(*scope: str) -> tuple[object, object]:
        found = desk.json("get", "send.limit", "--json", *scope)["settings"]["send.limit"]
        return found["value"], found["origin"]

    assert limit() == (200, "server")
    assert limit("--domain", "other.test") == (200, "server")
    assert limit("--domain", "example.test") == (20, "domain example.test")
    assert limit("--mailbox", "alice@example.test") == (20, "domain example.test")
    assert limit("--mailbox", "bob@example.test") == (5, "mailbox bob@example.test")
    desk("unset", "send.limit", "--mailbox", "bob@example.test")
    assert limit("--mailbox", "bob@example.test") == (20, "domain example.test")


def test_says_what_changed_and_that_no_daemon_took_it(desk: Desk) -> None:
    """No daemon is no error: it takes the change when it starts."""
    result = desk("set", "country.list", "at", "de")
    assert result.stdout == "country.list for the server: not set -> AT, DE\n"
    assert "not running" in result.stderr
    assert "nothing to do" in desk("set", "country.list", "AT,DE").stdout


def test_tells_the_daemon(desk: Desk) -> None:
    """A change counts at once."""
    with desk.daemon({"reload": lambda _: {"problems": ["text.send: odd"]}}) as asked:
        result = desk("set", "send.limit", "9")
    assert asked == [{"do": "reload"}]
    assert "text.send: odd" in result.stderr


def test_remembers_who_and_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """E21: the audit trail names a person, not only root."""
    monkeypatch.setattr("os.getuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "carol")
    desk("set", "send.limit", "9", "--why", "spam wave")
    entry = desk.json("audit", "list", "--json")[0]
    assert (entry["who"], entry["why"], entry["before"], entry["after"]) == (
        "carol",
        "spam wave",
        None,
        9,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "send.limit", "many"), "send.limit: must be a whole number"),
        (("set", "send.limit", "0"), "send.limit: must be at least 1"),
        (("set", "send.limt", "1"), "send.limt: there is no such setting"),
        (("get", "nonsense"), "nonsense: there is no such setting"),
        (("unset", "nonsense"), "nonsense: there is no such setting"),
        (("set", "notify.address", "a@b.test", "--domain", "b.test"), "server only"),
        (("set", "send.limit", "1", "--domain", "a@b.test"), "is no domain"),
        (("get", "--domain", "b.test", "--mailbox", "a@b.test"), "not both"),
        (("set", "text.send", "two\nlines"), "one line"),
    ],
)
def test_refuses_with_one_clear_line(desk: Desk, words: tuple[str, ...], said: str) -> None:
    """Exit code 4, nothing changed, no traceback."""
    result = desk(*words, code=4)
    assert result.stdout == ""
    assert result.stderr.startswith("mailward: ")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (desk.config.state / "store.sqlite").exists()


def test_reading_makes_no_store(desk: Desk) -> None:
    """Before the first start, the defaults are shown and nothing is made."""
    assert "150" in desk("get", "send.limit").stdout
    assert not desk.config.state.exists()


def test_values_may_begin_with_a_dash_or_be_empty(desk: Desk) -> None:
    """Everything that is legal can be typed."""
    desk("set", "text.contact", "--", "-> help@example.test")
    desk("set", "notify.address", "a@example.test")
    desk("set", "notify.address", "")
    found = desk.json("get", "--json")["settings"]
    assert found["text.contact"]["value"] == "-> help@example.test"
    assert found["notify.address"]["value"] == ""


def test_secrets_are_never_shown(desk: Desk) -> None:
    """Neither when set, nor read, nor in the audit trail."""
    pages = [
        desk("set", "data.maxmind_key", "geheim").output,
        desk("get", "data.maxmind_key").output,
        desk("get").output,
        desk("get", "--json").output,
        desk("audit", "list").output,
        desk("audit", "list", "--json").output,
        desk("export").output,
    ]
    assert not [page for page in pages if "geheim" in page]
    assert "********" in pages[1]


def test_help_of_one_setting_says_what_why_and_risk(desk: Desk) -> None:
    """E19: what it does, why, and what could go wrong."""
    field = FIELDS["country.mode"]
    page = desk("get", "country.mode").stdout
    assert all(text in page for text in (field.what, field.why, field.risk))
    assert "off, allow, refuse" in page


def test_all_settings_are_listed(desk: Desk) -> None:
    """With their defaults."""
    page = desk("settings").stdout
    assert [line.split()[0] for line in page.splitlines()[1:]] == list(FIELDS)
    assert list(desk.json("settings", "--json")) == list(FIELDS)


def test_values_that_are_illegal_by_now_are_told_and_left_out(desk: Desk) -> None:
    """A store written by another version must not break the command."""
    with desk.store() as store:
        store.settings.change(("server", ""), {"send.limit": 0, "send.seconds": 60}, "x", 1.0)
    result = desk("get", "send.limit")
    assert "send.limit = 150" in result.stdout
    assert "left out: server: send.limit" in result.stderr
