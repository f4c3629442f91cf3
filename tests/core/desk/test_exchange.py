"""All settings as one document: read with plain words, previewed, and carried out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from core.desk import exchange
from core.desk.change import commit as carry_out
from core.desk.change import preview
from core.errors import SettingError, StoreChanged
from core.settings.scope import SERVER_SCOPE, Scope
from tests.core.desk.office import Office


def _document(*scopes: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"mailward_settings": 1, "scopes": list(scopes)})


SERVER: dict[str, object] = {"level": "server", "name": "", "values": {"send.limit": 7}}


def test_what_is_exported_can_be_imported(office: Office) -> None:
    """E16: two servers become equal; a merge keeps what the document does not name."""
    wanted = {SERVER_SCOPE: {"send.limit": 9}, Scope("domain", "x.test"): {"send.limit": 5}}
    with office.desk() as desk:
        carry_out(desk, preview(desk, wanted))
        document = exchange.export(desk)
        carry_out(desk, preview(desk, {SERVER_SCOPE: {"send.limit": None, "send.watch": True}}))
        merged = exchange.preview_import(desk, document, merge=True)
        assert [each.name for each in merged] == ["send.limit"]
        exchange.carry_out(desk, exchange.preview_import(desk, document))
        assert exchange.export(desk) == document
        assert desk.store.audit.find(limit=1)[0].why == "import"


def test_an_import_is_refused_when_somebody_was_faster(office: Office) -> None:
    """What was previewed is what is made."""
    with office.desk() as desk:
        changes = exchange.preview_import(desk, _document(SERVER))
        desk.store.settings.change(("server", ""), {"send.limit": 8}, "somebody else", 1.0)
        with pytest.raises(StoreChanged):
            exchange.carry_out(desk, changes)
        assert desk.rules().resolved.server.send.limit == 8


def test_secrets_stay_here(office: Office) -> None:
    """A document that is sent around holds no licence key; on request it does."""
    with office.desk() as desk:
        carry_out(desk, preview(desk, {SERVER_SCOPE: {"data.maxmind_key": "geheim"}}))
        assert b"geheim" not in exchange.export(desk)
        assert b"geheim" in exchange.export(desk, secrets=True)


def test_a_fresh_server_has_an_empty_document(office: Office) -> None:
    """And asking makes no store."""
    assert exchange.read_document(exchange.export(office.desk_on(None))) == {}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "it ends in the middle"),
        (b"{", "it ends in the middle"),
        (b"{]", "it is no JSON from byte 1"),
        (b"\xff", "it is no"),
        (b"[]", "must be a group of keys with values, not a list"),
        (b"{}", "the key 'mailward_settings' is missing"),
        (_document()[:-1] + b', "more": 1}', "there is no key 'more'"),
        (_document({"level": 5}), "must be text, not a whole number (scopes, entry 1, level)"),
        (b"[" * 100_000, "this is no export"),
    ],
)
def test_a_strange_file_is_described_in_plain_words(payload: bytes, said: str) -> None:
    """And not in those of a library."""
    with pytest.raises(SettingError) as error:
        exchange.read_document(payload)
    assert said in str(error.value)
    assert "Object" not in str(error.value)
    assert "`" not in str(error.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Nobody wants to mend a file line by line."""
    wrong = _document(SERVER | {"values": {"send.limit": 0, "send.seconds": 0, "gone": 1}})
    with pytest.raises(SettingError, match=r"send\.limit.*send\.seconds.*gone"):
        exchange.read_document(wrong)
