"""Explain: an address, an account, a port, and the whole way of the decision (E15, D11)."""

from __future__ import annotations

from html import unescape
from typing import Any

import msgspec
import pytest

from core.desk.decision import decided
from core.panel import Role, Viewer
from core.web.links import make_key
from core.words import Verdict
from tests.core.desk.office import daemon_at
from tests.core.web.pages.explained import FINE, REFUSED, furnish, only_austria
from tests.core.web.rig import SECRET, Pages, json_of


def _text(pages: Pages, **query: str) -> str:
    answer = pages.admin.get("/explain", **query)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_only_the_administrator_may_ask(pages: Pages) -> None:
    for visitor in (pages.reseller, pages.customer):
        assert visitor.get("/explain").status_code == 403
        assert visitor.get("/explain/explanation.json", address=FINE).status_code == 403


def test_nothing_asked_shows_what_to_do(pages: Pages) -> None:
    text = _text(pages)
    assert "Name an address" in text
    assert "mw-path" not in text


def test_refused_address_is_explained_with_its_text_and_rule(pages: Pages) -> None:
    """E15"""
    furnish(pages)
    only_austria(pages)
    text = _text(pages, address=REFUSED, account="bob@alpha.example", port="993")
    assert "Refused: before the password" in text
    assert "203.0.113.7 is in Russia: not among the allowed countries." in text
    assert "5.7.1 Logins from Russia are not permitted" in text
    assert "set by: the server" in text
    assert "Not reached" in text
    assert "/exemptions?entry=203.0.113.7" in text
    assert "/countries?allow=RU" in text


def test_what_lets_somebody_pass_is_named_whenever_it_decides(pages: Pages) -> None:
    """E15: an exemption that counts after the password is the reason of it all."""
    furnish(pages)
    only_austria(pages, ("domain", "alpha.example"))
    values = {"exempt.accounts": [{"entry": "bob@alpha.example"}]}
    pages.parts.store.settings.change(("server", ""), values, "somebody", 1.0)
    text = _text(pages, address=REFUSED, account="bob@alpha.example", port="993")
    assert "Allowed because the account or its domain is exempt" in text
    assert "because no check had anything against it" not in text


def test_daemon_that_is_down_is_said(pages: Pages) -> None:
    furnish(pages)
    assert "The daemon does not answer" in _text(pages, address=FINE)


def test_daemon_is_asked_where_there_is_one(pages: Pages) -> None:
    furnish(pages)
    only_austria(pages)
    found = decided(pages.parts.desk("x"), REFUSED, "", 993).explanation
    answers: dict[str, Any] = {
        "explain": lambda _: msgspec.to_builtins(found),
        "status": lambda _: {"sources": []},
    }
    with daemon_at(pages.config.control, answers) as asked:
        text = _text(pages, address=REFUSED, port="993")
    assert "The daemon does not answer" not in text
    assert {"do": "explain", "address": REFUSED, "account": "", "port": 993} in asked


def test_daemon_that_refuses_to_say_is_named(pages: Pages) -> None:
    furnish(pages)
    with daemon_at(pages.config.control, {}):
        text = _text(pages, address=FINE)
    assert "no verb 'explain'" in text
    assert "Allowed" in text


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ({"address": "300.1.1.1"}, "address", "This is no IP address"),
        ({"address": "<b>x"}, "address", "This is no IP address"),
        ({"account": "bob@alpha.example"}, "address", "Without an address nothing can be said"),
        ({"address": FINE, "account": "a b"}, "account", "A login name has no blanks"),
        ({"address": FINE, "port": "0"}, "port", "A port is a number"),
        ({"address": FINE, "port": "99999999999"}, "port", "A port is a number"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_input_is_kept(
    pages: Pages, query: dict[str, str], field: str, says: str
) -> None:
    answer = pages.admin.get("/explain", **query)
    assert answer.status_code == 200
    assert f'id="{field}-fault"' in answer.text
    assert says in unescape(answer.text)
    assert "<b>x" not in answer.text
    for name in ("address", "account"):
        assert f'name="{name}" value="' in answer.text
        assert query.get(name, "") in unescape(answer.text)


def test_what_others_wrote_is_escaped(pages: Pages) -> None:
    furnish(pages)
    answer = pages.admin.get("/explain", address=REFUSED, account="<i>@alpha.example")
    assert "<i>" not in answer.text
    assert "<Example>" not in answer.text
    assert "&lt;Example&gt;" in answer.text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("::ffff:203.0.113.7", "203.0.113.7"),
        (" [2001:DB8::7] ", "2001:db8::7"),
        ("127.0.0.1", "No database is asked about it"),
    ],
)
def test_addresses_as_people_write_them(pages: Pages, address: str, shown: str) -> None:
    furnish(pages)
    assert shown in _text(pages, address=address)


def test_domain_that_is_not_here_is_told(pages: Pages) -> None:
    furnish(pages)
    assert "elsewhere.example is no mail domain" in _text(
        pages, address=FINE, account="x@elsewhere.example"
    )
    assert "is no mail domain" not in _text(pages, address=FINE, account="bob@alpha.example")


def test_rule_that_only_watches_is_told_apart(pages: Pages) -> None:
    """A12"""
    furnish(pages)
    only_austria(pages, more={"country.watch": True})
    text = _text(pages, address=REFUSED)
    assert "Allowed, but a rule that only watches would refuse" in text


def test_port_of_other_mail_servers_asks_nothing_before_the_login(pages: Pages) -> None:
    furnish(pages)
    assert "Other mail servers deliver mail at this port" in _text(pages, address=FINE, port="25")


def test_own_address_is_offered_where_it_is_known(pages: Pages) -> None:
    client = pages.stranger
    key = make_key(SECRET, Viewer(Role.ADMIN, "root"), 4e9)
    client.get("/enter", query_string={"key": key})
    seen = client.get("/explain", environ_base={"REMOTE_ADDR": "198.51.100.9"})
    assert "address=198.51.100.9" in unescape(seen.text)
    behind = pages.visitor("admin", "root", address="2001:db8::9").get("/explain")
    assert "address=2001%3Adb8%3A%3A9" in behind.text.replace("2001:db8::9", "2001%3Adb8%3A%3A9")
    assert "My own address" not in pages.admin.get("/explain").text


def test_explanation_as_a_document(pages: Pages) -> None:
    """E15"""
    furnish(pages)
    only_austria(pages)
    answer = pages.admin.get("/explain/explanation.json", address=REFUSED, port="993")
    assert "attachment" in answer.headers["Content-Disposition"]
    document = json_of(answer)
    assert document["verdict"] == Verdict.DENY
    assert document["decided_by"] == "this command"
    assert document["facts"]["country"] == "RU"
    assert pages.admin.get("/explain/explanation.json", address="x").status_code == 400
