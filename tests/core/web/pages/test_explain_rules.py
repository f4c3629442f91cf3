"""Which rules count for a client, and who set them."""

from __future__ import annotations

from core.settings.scope import SERVER_SCOPE, Scope
from core.web.pages.explain_rules import rule_lines, scope_of_account
from tests.core.web.pages.explained import only_austria
from tests.core.web.rig import Pages


def test_value_of_each_scope_with_its_origin(pages: Pages) -> None:
    """D11"""
    only_austria(pages, ("domain", "alpha.example"))
    pages.parts.store.settings.change(
        ("mailbox", "bob@alpha.example"), {"country.watch": True}, "x", 1.0
    )
    rules = pages.parts.desk("x").rules().resolved
    with pages.app.test_request_context():
        lines = {line.title: line for line in rule_lines(rules, "Bob@alpha.example")}
    countries, watch = lines["Countries listed"], lines["Countries: Watch only"]
    assert countries.before is not None
    assert (countries.before.value, countries.before.origin) == ("none", "default")
    assert countries.after is not None
    assert (countries.after.value, countries.after.origin) == ("Austria", "domain alpha.example")
    assert watch.after is not None
    assert watch.after.origin == "mailbox bob@alpha.example"


def test_without_an_account_only_what_counts_before_the_password(pages: Pages) -> None:
    rules = pages.parts.desk("x").rules().resolved
    with pages.app.test_request_context():
        lines = rule_lines(rules, "")
    assert all(line.after is None and line.before is not None for line in lines)
    assert not any(line.title.startswith("Mails") for line in lines)


def test_login_without_a_domain_has_the_servers_rules() -> None:
    assert scope_of_account("bob") == SERVER_SCOPE
    assert scope_of_account("bob@alpha.example") == Scope("mailbox", "bob@alpha.example")
    assert scope_of_account("x@@/") == SERVER_SCOPE
