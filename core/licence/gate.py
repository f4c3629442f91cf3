"""One place that says whether a feature is on, and if not, why: tier, panel and mail server.

The daemon, the pages, the command line and the installer all ask here. What a feature that is off
means is their business, with one rule: mail goes on, and blocks that stand stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.licence.feature import OFFERS, Feature, Offer
from core.licence.sentence import Sentence, english, sentence
from core.licence.standing import Standing, State
from core.licence.tier import Tier, panel_title
from core.licence.version import Version, parse
from core.panel import PanelInfo, Requirement
from core.words import N_, Word


class Cause(Word):
    """What a feature is off for. The values are part of the JSON interface."""

    NONE = ""
    TIER = "tier"
    PANEL = "panel"
    PANEL_VERSION = "panel_version"
    MAIL_SERVER = "mail_server"
    MAIL_SERVER_VERSION = "mail_server_version"


class Answer(Struct, frozen=True, kw_only=True):
    """Whether a feature is on.

    Attributes:
        feature: which.
        on: whether it is.
        cause: what it is off for; `Cause.NONE` while it is on.
        sentences: why it is off; while it is on, what threatens it: a trial or a licence that ends.
        until: when the licence that it is on for ends, seconds since 1970; 0 for never.
    """

    feature: Feature
    on: bool
    cause: Cause = Cause.NONE
    sentences: tuple[Sentence, ...] = ()
    until: float = 0

    @property
    def reason(self) -> str:
        """The sentences in English, "" where there is nothing to say."""
        return english(self.sentences)


class Gate:
    """Answers for one server as it is now; ask a new one when the licence or the panel changes.

    Args:
        standing: where the licence stands.
        panel: what the panel's probe found.
        requirements: what features need of the panel; the panel's own.
    """

    def __init__(
        self, standing: Standing, panel: PanelInfo, requirements: Sequence[Requirement]
    ) -> None:
        self._standing = standing
        self._panel = panel
        self._requirements = requirements

    def answer(self, feature: Feature) -> Answer:
        """Whether a feature is on, and why not.

        What the server itself lacks is said before what the licence lacks: nobody should buy a
        licence for a feature that this server cannot have.
        """
        offer = OFFERS[feature]
        refusal = self._not_here(feature, offer) or self._unmet(feature, offer)
        if refusal is not None:
            return refusal
        if not self._standing.tier.covers(offer.tier):
            needs = sentence(
                N_("{title} need a {tier} licence."), title=offer.title, tier=offer.tier.value
            )
            said = (needs, *self._standing.sentences)
            return Answer(feature=feature, on=False, cause=Cause.TIER, sentences=said)
        if offer.tier is Tier.BASIC:
            return Answer(feature=feature, on=True)
        return Answer(
            feature=feature,
            on=True,
            sentences=() if self._standing.state is State.VALID else self._standing.sentences,
            until=self._standing.until,
        )

    def answers(self) -> tuple[Answer, ...]:
        """All features, in the order in which they are shown."""
        return tuple(self.answer(feature) for feature in OFFERS)

    def off(self) -> dict[Feature, str]:
        """The features that are off, and why, in English: what the engine needs to know."""
        return {answer.feature: answer.reason for answer in self.answers() if not answer.on}

    def _not_here(self, feature: Feature, offer: Offer) -> Answer | None:
        if not offer.panels or self._panel.name in offer.panels:
            return None
        panels = tuple(panel_title(name) for name in offer.panels if name != _NO_PANEL)
        said = sentence(
            N_("{title} exist on {panels} only."), title=offer.title, panels=", ".join(panels)
        )
        return Answer(feature=feature, on=False, cause=Cause.PANEL, sentences=(said,))

    def _unmet(self, feature: Feature, offer: Offer) -> Answer | None:
        for need in self._requirements:
            if need.feature == feature:
                found = _Found(self._panel, need)
                if found.cause is not Cause.NONE:
                    said = _unmet_sentences(offer, self._panel, need, found)
                    return Answer(feature=feature, on=False, cause=found.cause, sentences=said)
        return None


_NO_PANEL: Final = "standalone"


class _Found:
    """What this server has of what a requirement asks for.

    Attributes:
        cause: what is not met; the panel's version counts first.
        version: the panel's version, None where it cannot be read.
        mail_server: the mail servers' names as found.
    """

    def __init__(self, panel: PanelInfo, need: Requirement) -> None:
        self.version = parse(panel.version)
        self.mail_server = panel.mail_server
        self.mail_server_version = _version_of(panel, need.mail_server)
        self.has_mail_server = need.mail_server.lower() in ("", *_names(panel.mail_server))
        self.cause = self._cause(need)

    def _cause(self, need: Requirement) -> Cause:
        if not _enough(self.version, need.panel_minimum):
            return Cause.PANEL_VERSION
        if not self.has_mail_server:
            return Cause.MAIL_SERVER
        if not _enough(self.mail_server_version, need.mail_server_minimum):
            return Cause.MAIL_SERVER_VERSION
        return Cause.NONE


def _enough(found: Version | None, minimum: str) -> bool:
    """Whether a version is at least the minimum; an unknown one is not."""
    least = parse(minimum)
    return least is None or (found is not None and found >= least)


def _unmet_sentences(
    offer: Offer, panel: PanelInfo, need: Requirement, found: _Found
) -> tuple[Sentence, ...]:
    """Why a requirement is not met: one sentence for each part of the server that can lack."""
    shown = str(found.version) if found.version else panel.version
    said = [_lacking(offer, panel, need, found, shown)]
    least = parse(need.panel_minimum)
    if found.version and least and found.version.looks_newer_than(least):
        said.append(
            sentence(
                N_("Versions count number by number: {found} is before {needed}."),
                found=shown,
                needed=str(least),
            )
        )
    if need.note:
        said.append(sentence(need.note))
    return tuple(said)


def _lacking(
    offer: Offer, panel: PanelInfo, need: Requirement, found: _Found, shown: str
) -> Sentence:
    fields = {
        "title": offer.title,
        "needed": _needed(panel, need),
        "mail_server": need.mail_server,
        "version": shown,
        "found": panel.mail_server,
        "found_version": str(found.mail_server_version or panel.mail_server_version),
    }
    if found.cause is Cause.MAIL_SERVER_VERSION:
        fields["needed"] = f"{need.mail_server} {need.mail_server_minimum}"
        return _filled(N_("{title} need {needed}; this is {found_version}."), fields)
    if not found.has_mail_server and not need.panel_minimum:
        return _filled(N_("{title} need {mail_server}; this is {found}."), fields)
    if found.version is None:
        return _filled(N_("{title} need {needed}, and the version here is not known."), fields)
    if not found.has_mail_server:
        return _filled(
            N_("{title} need {needed} with {mail_server}; this is {version} with {found}."), fields
        )
    if need.mail_server:
        return _filled(N_("{title} need {needed} with {mail_server}; this is {version}."), fields)
    return _filled(N_("{title} need {needed}; this is {version}."), fields)


def _filled(template: str, fields: dict[str, str]) -> Sentence:
    """A sentence with those of the fields that it has gaps for."""
    used = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    return sentence(template, **used)


def _needed(panel: PanelInfo, need: Requirement) -> str:
    return f"{panel_title(panel.name)} {need.panel_minimum}".rstrip()


def _names(mail_servers: str) -> tuple[str, ...]:
    """The mail servers of ``Postfix and Dovecot``, in lower case."""
    return tuple(name.strip().lower() for name in mail_servers.split(" and "))


def _version_of(panel: PanelInfo, mail_server: str) -> Version | None:
    """The version of one of the mail servers, where names and versions are given in one order."""
    names, versions = _names(panel.mail_server), panel.mail_server_version.split(" and ")
    found: Iterable[tuple[str, str]] = zip(names, versions, strict=False)
    return parse(dict(found).get(mail_server.lower(), ""))
