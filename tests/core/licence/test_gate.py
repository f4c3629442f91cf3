"""One answer: whether a feature is on, and if not, why, in a full sentence."""

from __future__ import annotations

from itertools import product

import pytest

from core.licence.feature import OFFERS, Feature
from core.licence.gate import Cause, Gate
from core.licence.key import LicenceKey
from core.licence.memory import Memory
from core.licence.requirements import PUBLISHED
from core.licence.server import Server
from core.licence.standing import Standing, State, judge
from core.licence.tier import Tier, full_tier
from core.panel import PanelInfo, Requirement
from tests.core.licence.vendor_keys import DAY, NOW, licence_key

SEEN = Memory(trial_began=NOW - 300 * DAY, latest=NOW)
PANELS = sorted(PUBLISHED)

PLESK = PanelInfo("plesk", "18.0.62.1", "", "Postfix", "3.7.6")
ZIMBRA = PanelInfo(
    "zimbra",
    "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 FOSS edition, Patch 9.0.0_P8.",
    "FOSS",
    "Postfix",
    "3.5.6",
)
MAILENABLE = PanelInfo("mailenable", "10.35", "Enterprise", "MailEnable", "10.35")


def having(tier: Tier, panel: str = "") -> Standing:
    """A server with a valid key of that tier."""
    return judge(licence_key(tier=tier, panel=panel), SEEN, Server(()), panel, NOW)


def gate(info: PanelInfo, standing: Standing | None = None) -> Gate:
    """The gate of a server with the full tier, or with what is given."""
    return Gate(standing or having(full_tier(info.name)), info, PUBLISHED[info.name])


def with_version(info: PanelInfo, version: str, mail_server: str = "Postfix") -> PanelInfo:
    """The same panel with another version and mail server."""
    return PanelInfo(info.name, version, info.edition, mail_server, "")


AFTER = "Logins are still checked after the password."


@pytest.mark.parametrize(
    ("info", "cause", "reason"),
    [
        (
            with_version(PLESK, "18.0.22"),
            Cause.PANEL_VERSION,
            "Checks before the password need Plesk 18.0.23 with Postfix; this is 18.0.22.",
        ),
        (
            with_version(PLESK, "18.0.9"),
            Cause.PANEL_VERSION,
            (
                "Checks before the password need Plesk 18.0.23 with Postfix; this is 18.0.9. "
                "Versions count number by number: 18.0.9 is before 18.0.23."
            ),
        ),
        (
            with_version(PLESK, "18.0.62", "qmail"),
            Cause.MAIL_SERVER,
            (
                "Checks before the password need Plesk 18.0.23 with Postfix; this is 18.0.62 with "
                "qmail."
            ),
        ),
        (
            with_version(PLESK, "17.8.11", "qmail"),
            Cause.PANEL_VERSION,
            (
                "Checks before the password need Plesk 18.0.23 with Postfix; this is 17.8.11 with "
                "qmail."
            ),
        ),
        (
            with_version(PLESK, ""),
            Cause.PANEL_VERSION,
            "Checks before the password need Plesk 18.0.23, and the version here is not known.",
        ),
        (
            with_version(MAILENABLE, "10.34"),
            Cause.PANEL_VERSION,
            "Checks before the password need MailEnable 10.35; this is 10.34.",
        ),
        (
            with_version(MAILENABLE, "10.4"),
            Cause.PANEL_VERSION,
            (
                "Checks before the password need MailEnable 10.35; this is 10.4. "
                "Versions count number by number: 10.4 is before 10.35."
            ),
        ),
        (
            with_version(
                ZIMBRA,
                "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 FOSS edition, "
                "Patch 9.0.0_P7.",
            ),
            Cause.PANEL_VERSION,
            "Checks before the password need Zimbra 9.0.0 Patch 8; this is 9.0.0 Patch 7.",
        ),
        (
            with_version(ZIMBRA, "8.8.15 P45"),
            Cause.PANEL_VERSION,
            "Checks before the password need Zimbra 9.0.0 Patch 8; this is 8.8.15 Patch 45.",
        ),
    ],
)
def test_says_what_the_server_lacks(info: PanelInfo, cause: Cause, reason: str) -> None:
    """E8, E9: with the exact reason, and what still works."""
    answer = gate(info).answer(Feature.CONNECT)
    assert not answer.on
    assert answer.cause is cause
    assert answer.reason == f"{reason} {AFTER}"


@pytest.mark.parametrize(
    "info",
    [
        PLESK,
        with_version(PLESK, "18.0.23"),
        with_version(PLESK, "Plesk Obsidian 18.0.23.0", "postfix"),
        with_version(PLESK, "18.0.23", "Postfix and Dovecot"),
        MAILENABLE,
        with_version(MAILENABLE, "11.0"),
        ZIMBRA,
        with_version(ZIMBRA, "Release 10.0.6.GA.4518.UBUNTU20_64 FOSS edition."),
        PanelInfo("cpanel", "", "", "Exim", ""),
        PanelInfo("standalone", "0.1.0", "", "Postfix and Dovecot", "3.7.11 and 2.3.19"),
    ],
)
def test_connection_stage_is_on_from_the_minimum_on(info: PanelInfo) -> None:
    """E8: and where none is stated, whatever the version."""
    answer = gate(info).answer(Feature.CONNECT)
    assert answer.on
    assert answer.reason == ""
    assert answer.cause is Cause.NONE


@pytest.mark.parametrize(("panel", "tier"), list(product(PANELS, Tier)))
def test_the_tier_decides_where_the_server_can(panel: str, tier: Tier) -> None:
    """E7: every feature on every panel in every tier."""
    newest = PanelInfo(panel, "99.0", "", "Postfix", "9.0")
    found = gate(newest, having(tier))
    for feature, offer in OFFERS.items():
        possible = not offer.panels or panel in offer.panels
        assert found.answer(feature).on == (possible and tier.covers(offer.tier)), feature
        assert (feature in found.off()) is not found.answer(feature).on
        assert found.off().get(feature) in (None, found.answer(feature).reason)


ENDED = licence_key(expires=int(NOW) - 90 * DAY)


@pytest.mark.parametrize(
    ("key", "memory", "reason"),
    [
        (
            None,
            SEEN,
            (
                "Checks before the password need a PLUS licence. "
                "There is no licence key, and the trial ended on 2026-04-20."
            ),
        ),
        (
            ENDED,
            SEEN,
            "Checks before the password need a PLUS licence. The licence ended on 2026-10-17.",
        ),
        (
            licence_key(panel="cpanel"),
            SEEN,
            (
                "Checks before the password need a PLUS licence. "
                "The licence key is for cPanel, and this is Plesk."
            ),
        ),
        (
            licence_key(tier=Tier.BASIC),
            SEEN,
            "Checks before the password need a PLUS licence. The licence runs until 2027-04-25.",
        ),
    ],
)
def test_says_what_the_licence_lacks(key: LicenceKey | None, memory: Memory, reason: str) -> None:
    """E7, E10: why, and what is true of the licence."""
    found = gate(PLESK, judge(key, memory, Server(()), "plesk", NOW)).answer(Feature.CONNECT)
    assert (found.on, found.cause, found.reason) == (False, Cause.TIER, reason)


def test_a_lapsed_licence_leaves_the_protection() -> None:
    """E17, K10: limits, logins, exemptions, lists and notices are nobody's to switch off."""
    lapsed = judge(ENDED, SEEN, Server(()), "plesk", NOW)
    assert lapsed.state is State.LAPSED
    assert OFFERS.keys() - gate(PLESK, lapsed).off().keys() == {
        Feature.LOGIN,
        Feature.SEND_WINDOW,
        Feature.EXEMPTIONS,
        Feature.STATISTICS,
        Feature.LISTS,
        Feature.ATTACKERS,
        Feature.STOLEN,
        Feature.NOTICES,
    }


def test_a_feature_that_is_on_says_what_threatens_it() -> None:
    """E10: a trial or a grace that ends, before it does."""
    trial = judge(None, Memory(trial_began=NOW, latest=NOW), Server(()), "plesk", NOW)
    answer = gate(PLESK, trial).answer(Feature.CONNECT)
    assert answer.on
    assert answer.until == NOW + 30 * DAY
    assert answer.reason == "The trial has everything on until 2027-02-14."
    safe = gate(PLESK, trial).answer(Feature.SEND_WINDOW)
    assert (safe.on, safe.until, safe.reason) == (True, 0, "")


def test_what_the_server_lacks_is_said_before_what_the_licence_lacks() -> None:
    """Nobody should buy a licence for what this server cannot have."""
    old = gate(with_version(PLESK, "18.0.22"), having(Tier.BASIC)).answer(Feature.CONNECT)
    assert old.cause is Cause.PANEL_VERSION
    pages = gate(ZIMBRA, having(Tier.BASIC)).answer(Feature.CUSTOMER_PAGES)
    assert pages.cause is Cause.PANEL
    assert pages.reason == (
        "Pages for customers and resellers exist on Plesk, cPanel, DirectAdmin, InterWorx only."
    )


@pytest.mark.parametrize(
    ("need", "info", "cause", "reason"),
    [
        (
            Requirement(Feature.API, "", "Exim", "", ""),
            PanelInfo("odd", "1.0", "", "Postfix", "3.5"),
            Cause.MAIL_SERVER,
            "Calls of the web API need Exim; this is Postfix.",
        ),
        (
            Requirement(Feature.API, "", "Postfix", "3.2", ""),
            PanelInfo("odd", "", "", "Dovecot and Postfix", "2.3.19 and 3.1.1"),
            Cause.MAIL_SERVER_VERSION,
            "Calls of the web API need Postfix 3.2; this is 3.1.1.",
        ),
        (
            Requirement(Feature.API, "", "Postfix", "3.2", ""),
            PanelInfo("odd", "", "", "Postfix", "unknown"),
            Cause.MAIL_SERVER_VERSION,
            "Calls of the web API need Postfix 3.2; this is unknown.",
        ),
        (
            Requirement(Feature.API, "2.1-17.1", "", "", ""),
            PanelInfo("odd", "2.1.16-1", "", "", ""),
            Cause.PANEL_VERSION,
            "Calls of the web API need odd 2.1-17.1; this is 2.1.16.1.",
        ),
    ],
)
def test_panels_may_ask_for_other_things(
    need: Requirement, info: PanelInfo, cause: Cause, reason: str
) -> None:
    """E8: the requirements are the panel's own."""
    answer = Gate(having(Tier.PRO), info, (need,)).answer(Feature.API)
    assert (answer.cause, answer.reason) == (cause, reason)


def test_all_of_several_requirements_must_be_met() -> None:
    """One for each mail server, say."""
    needs = (
        Requirement(Feature.API, "1.0", "", "", ""),
        Requirement(Feature.API, "", "Postfix", "3.2", ""),
    )
    newest = PanelInfo("odd", "1.0", "", "Postfix", "3.2")
    assert Gate(having(Tier.PRO), newest, needs).answer(Feature.API).on
    older = PanelInfo("odd", "1.0", "", "Postfix", "3.1")
    assert not Gate(having(Tier.PRO), older, needs).answer(Feature.API).on
