"""An explanation as the drawing has it: stages, their checks, what each says, who set it."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext

from core.engine import refusal
from core.engine.checks import CHECKS as ORDER
from core.engine.checks import Opinion
from core.engine.decide import Decision, Step
from core.engine.explain import Explanation, StagePath
from core.labels import CHECKS, STAGE_EXPLANATIONS, STAGES
from core.licence.feature import Feature
from core.settings.account import domain_of
from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web.drawings.decision_path import Check, Outcome, StageWay
from core.web.features import why_off
from core.web.pages.explain_rules import SETTING_OF, rule, scope_of_account
from core.web.pages.explain_words import evidence
from core.words import Reason, Stage, Verdict

_SAYS: Final[dict[Outcome, LazyString]] = {
    Outcome.SILENT: lazy_gettext("no objection"),
    Outcome.ALLOW: lazy_gettext("lets it pass"),
    Outcome.WATCH: lazy_gettext("would refuse, but only watches"),
    Outcome.DEFER: lazy_gettext("refuses for now"),
    Outcome.REFUSE: lazy_gettext("refuses"),
    Outcome.UNASKED: lazy_gettext("not asked any more"),
}
"""What a check does, in a few words."""

_ENDS: Final[dict[Outcome, LazyString]] = {
    Outcome.ALLOW: lazy_gettext("Allowed"),
    Outcome.WATCH: lazy_gettext("Allowed, and noted"),
    Outcome.DEFER: lazy_gettext("Refused for now"),
    Outcome.REFUSE: lazy_gettext("Refused"),
    Outcome.UNASKED: lazy_gettext("Not reached"),
}
"""What a stage decides."""

_VERDICTS: Final = {
    Verdict.ALLOW: Outcome.ALLOW,
    Verdict.DENY: Outcome.REFUSE,
    Verdict.DEFER: Outcome.DEFER,
}


class Way:
    """The way of one client.

    Args:
        explanation: what the engine says.
        rules: all settings.
    """

    def __init__(self, explanation: Explanation, rules: Resolved) -> None:
        self._explanation = explanation
        self._rules = rules
        self._scope = scope_of_account(rules.account(explanation.account))

    def stages(self) -> tuple[StageWay, ...]:
        """Every stage; those behind the first refusal are not reached."""
        found = []
        is_reached = True
        for path in self._explanation.stages:
            found.append(self._stage(path, is_reached))
            is_reached = is_reached and path.decision.verdict is Verdict.ALLOW
        return tuple(found)

    def _stage(self, path: StagePath, is_reached: bool) -> StageWay:
        title = gettext(STAGES[path.stage])
        outcome = outcome_of(path.decision) if is_reached else Outcome.UNASKED
        return StageWay(
            outcome=outcome,
            name=title[:1].upper() + title[1:],
            about=gettext(STAGE_EXPLANATIONS[path.stage]),
            checks=self._checks(path, is_reached),
            says=str(_ENDS[outcome]),
            detail=self._detail(path) if is_reached else _had_it_been_reached(path),
        )

    def _checks(self, path: StagePath, is_reached: bool) -> tuple[Check, ...]:
        steps = {step.check: step for step in path.steps}
        is_off = not path.steps and path.decision.reason is not Reason.FAULT
        return tuple(
            self._check(path.stage, name, steps.get(name), is_reached)
            for name in (check.__name__ for check in ORDER[path.stage])
            if not is_off
        )

    def _check(self, stage: Stage, name: str, step: Step | None, is_reached: bool) -> Check:
        title = gettext(CHECKS[name])
        if step is None or not is_reached:
            says = _SAYS[Outcome.UNASKED] if is_reached else _ENDS[Outcome.UNASKED].lower()
            return Check(Outcome.UNASKED, title, str(says))
        opinion = step.opinion
        if opinion is None:
            return Check(Outcome.SILENT, title, str(_SAYS[Outcome.SILENT]))
        outcome = Outcome.WATCH if opinion.watches else _VERDICTS[opinion.verdict]
        detail = evidence(opinion, self._explanation.facts, self._settings(stage))
        href, link = self._link(stage, opinion)
        return Check(outcome, title, str(_SAYS[outcome]), detail, href, link)

    def _link(self, stage: Stage, opinion: Opinion) -> tuple[str | None, str]:
        name = SETTING_OF.get(opinion.reason)
        if name is None:
            return None, ""
        found = rule(self._rules, name, self._scope_at(stage))
        if not found.is_own:
            return found.link, gettext("the default; change it")
        return found.link, gettext("set by: %(place)s", place=found.origin)

    def _scope_at(self, stage: Stage) -> Scope:
        return SERVER_SCOPE if stage is Stage.CONNECT else self._scope

    def _settings(self, stage: Stage) -> Settings:
        return self._rules.of(self._scope_at(stage))

    def _detail(self, path: StagePath) -> str:
        """What the client reads, or what else there is to know of the stage."""
        if path.text:
            return f"{refusal.status(path.decision)} {path.text}"
        if path.decision.reason is Reason.FAULT:
            return str(gettext("A check failed; our own faults refuse nobody."))
        if not path.steps:
            off = self._rules.server.connect.enabled and why_off(Feature.CONNECT)
            return off or str(gettext("The check before the password is switched off."))
        domain = domain_of(self._explanation.account)
        if path.stage is Stage.CONNECT or not domain:
            return ""
        if domain in self._rules.without_plan:
            return str(
                gettext(
                    "The hosting plan of %(domain)s has Mailward off: only the server's rules "
                    "count.",
                    domain=domain,
                )
            )
        if self._rules.counts(Scope("domain", domain)):
            is_own = self._rules.of(self._scope) is not self._rules.server
            off = why_off(Feature.DOMAIN_RULES) if is_own else ""
            return off and gettext("Own rules only let in, and refuse nobody. %(why)s", why=off)
        return str(
            gettext(
                "The rules of %(domain)s and of its mailboxes are switched off: only the server's "
                "count.",
                domain=domain,
            )
        )


def outcome_of(decision: Decision) -> Outcome:
    """A decision as the drawing has it."""
    if decision.verdict is Verdict.ALLOW and decision.would:
        return Outcome.WATCH
    return _VERDICTS[decision.verdict]


def _had_it_been_reached(path: StagePath) -> str:
    if path.decision.verdict is Verdict.ALLOW:
        return str(gettext("Had it got here, it would have been let pass."))
    return str(gettext("Had it got here, it would have been refused here, too."))
