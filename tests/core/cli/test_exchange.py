"""All settings as one document: out, and in again."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from core.desk.exchange import read_document
from core.settings.scope import SERVER_SCOPE
from tests.core.cli.desk import Desk


def _document(*scopes: Mapping[str, object], version: int = 1) -> str:
    return msgspec.json.encode({"mailward_settings": version, "scopes": list(scopes)}).decode()


SERVER: dict[str, object] = {"level": "server", "name": "", "values": {"send.limit": 7}}


def test_what_is_exported_can_be_imported(desk: Desk) -> None:
    """E16: two servers become equal, exemptions and all scopes included."""
    desk("set", "send.limit", "9")
    desk("set", "country.list", "AT", "--domain", "example.test")
    desk("exempt", "add", "192.0.2.0/24", "--comment", "Büro")
    desk("set", "send.unit", "recipients", "--mailbox", "a@example.test")
    document = desk("export").stdout
    desk("unset", "send.limit")
    desk("set", "send.watch", "yes")
    desk("import", "--yes", "-", text=document)
    assert desk("export").stdout == document
    assert "Nothing to do" in desk("import", "--yes", "-", text=document).stdout


def test_a_dry_run_shows_and_changes_nothing(desk: Desk) -> None:
    """E11: --dry-run."""
    desk("set", "send.watch", "yes")
    before = desk("export").stdout
    shown = desk("import", "--dry-run", "-", text=_document(SERVER)).stdout
    assert shown.splitlines() == [
        "send.limit for the server: not set -> 7",
        "send.watch for the server: yes -> not set",
    ]
    changes = desk.json("import", "--dry-run", "--json", _file(desk, _document(SERVER)))
    assert [change["name"] for change in changes] == ["send.limit", "send.watch"]
    assert desk("export").stdout == before


def _file(desk: Desk, text: str) -> str:
    path = desk.directory / "document.json"
    path.write_text(text)
    return str(path)


def test_merging_keeps_what_the_document_does_not_name(desk: Desk) -> None:
    """E16: a policy pushed to a fleet leaves each server's own settings alone."""
    desk("set", "send.watch", "yes")
    desk("import", "--merge", "--yes", "-", text=_document(SERVER))
    found = desk.json("get", "--json")["settings"]
    assert found["send.watch"]["value"] is True
    assert found["send.limit"]["value"] == 7


def test_secrets_leave_only_on_request_and_survive_an_import(desk: Desk) -> None:
    """A document that is sent around holds no licence key."""
    desk("set", "data.maxmind_key", "geheim")
    bare = desk("export").stdout
    assert "geheim" not in bare
    assert "geheim" in desk("export", "--secrets").stdout
    desk("import", "--yes", "-", text=bare)
    assert "geheim" in desk("export", "--secrets").stdout


def test_asks_where_somebody_can_be_asked(desk: Desk) -> None:
    """In a pipe it says what is missing instead of waiting for ever."""
    result = desk("import", _file(desk, _document(SERVER)), code=2)
    assert "--yes" in result.stderr
    assert desk.json("get", "send.limit", "--json")["settings"]["send.limit"]["value"] == 150


def test_is_written_to_a_file(desk: Desk) -> None:
    """For a backup."""
    desk("set", "send.limit", "9")
    path = desk.directory / "out.json"
    assert desk("export", str(path)).stdout == ""
    assert read_document(path.read_bytes()) == {SERVER_SCOPE: {"send.limit": 9}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no export of Mailward's settings"),
        ("[]", "no export of Mailward's settings"),
        ("\xff", "no export of Mailward's settings"),
        (_document(SERVER, version=9), "format 9"),
        (_document(SERVER | {"values": {"send.limit": 0}}), "send.limit: must be at least 1"),
        (_document(SERVER | {"values": {"gone": 0}}), "gone: there is no such setting"),
        (_document(SERVER | {"level": "planet"}), "no level 'planet'"),
        (_document(SERVER, SERVER), "server stands there twice"),
        (_document({"level": "domain", "name": "a@b", "values": {}}), "is no domain"),
    ],
)
def test_a_wrong_document_changes_nothing(desk: Desk, text: str, said: str) -> None:
    """Refused as a whole, with everything that is wrong."""
    result = desk("import", "--yes", "-", text=text, code=4)
    assert said in result.stderr
    assert desk.json("audit", "list", "--json") == []


def test_a_fleet_gets_one_policy_and_each_server_keeps_its_own(desk: Desk) -> None:
    """E16: the server's settings become equal, those of its domains and what is kept stay."""
    desk("set", "send.watch", "yes")
    desk("set", "country.server", "AT")
    desk("set", "country.list", "AT", "--domain", "example.test")
    scopes = [
        {"level": "server", "name": "", "values": {"send.limit": 7, "country.server": "DE"}},
        {"level": "domain", "name": "other.test", "values": {"country.list": ["DE"]}},
    ]
    words = ("--server", "--keep", "country.server", "--yes", "-")
    shown = desk("import", *words, text=_document(*scopes)).stdout
    assert shown.splitlines() == [
        "send.limit for the server: not set -> 7",
        "send.watch for the server: yes -> not set",
    ]
    scopes_now = msgspec.json.decode(desk("export").stdout)["scopes"]
    assert {each["name"]: each["values"] for each in scopes_now} == {
        "": {"country.server": "AT", "send.limit": 7},
        "example.test": {"country.list": ["AT"]},
    }


def test_what_is_kept_must_be_a_setting(desk: Desk) -> None:
    """A typing error would overwrite it."""
    words = ("import", "--keep", "country.sever", "--yes", "-")
    assert "country.sever" in desk(*words, code=4, text=_document(SERVER)).stderr
