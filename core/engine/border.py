"""Which logins the country rules refuse, for accounts and countries instead of addresses.

The question of previews: nothing but the country is known of a login that was counted. Asks the
same rules as the checks do (`core.engine.country_rule`), at the stages that the mail server asks.
"""

from __future__ import annotations

from core.engine.country_rule import CountryRule
from core.engine.policy import AccountRules
from core.settings.access import Country
from core.settings.scope import Resolved
from core.words import Stage


class Border:
    """The country rules of all scopes.

    Args:
        resolved: the settings.
        server_country: detected country of the server, "" when it could not be detected.
        wall: seconds since 1970, for what ends by itself.
    """

    def __init__(self, resolved: Resolved, server_country: str, wall: float) -> None:
        self._resolved = resolved
        self._server_country = server_country
        self._wall = wall
        # By identity, because a list of countries is slow to hash: scopes that inherit share one.
        self._rules: dict[int, CountryRule] = {}
        self._refused: dict[tuple[int, str], bool] = {}
        self._exempt = AccountRules(resolved.server.exempt.accounts)
        scopes = (resolved.server, *resolved.domains.values(), *resolved.mailboxes.values())
        self._different = {id(each.country): each.country for each in scopes}.values()

    def stage(self, account: str, country: str) -> Stage | None:
        """The stage at which a login is refused, None where it comes through.

        Args:
            account: normalised login name, "" for a client that only connects.
            country: ISO 3166 alpha-2 code, "" when it is not known.
        """
        server = self._resolved.server
        if server.connect.enabled and self.refuses(server.country, country):
            return Stage.CONNECT
        if not self.refuses(self._resolved.of_account(account).country, country):
            return None
        if not self._exempt.empty and self._exempt.find(account, self._wall) is not None:
            return None
        return Stage.AUTH

    def anywhere(self, country: str) -> bool:
        """Whether any scope refuses that country."""
        return any(self.refuses(settings, country) for settings in self._different)

    def everywhere(self, country: str) -> bool:
        """Whether nobody at all comes through from that country."""
        server = self._resolved.server
        if server.connect.enabled and self.refuses(server.country, country):
            return True
        return self._exempt.empty and all(self.refuses(s, country) for s in self._different)

    def refuses(self, settings: Country, country: str) -> bool:
        """Whether these settings refuse that country.

        Args:
            settings: those of a scope of the resolved settings.
            country: as in `stage`.
        """
        key = (id(settings), country)
        found = self._refused.get(key)
        if found is None:
            rule = self._rules.get(id(settings))
            if rule is None:
                rule = self._rules[id(settings)] = CountryRule.of(settings, self._server_country)
            found = self._refused[key] = rule.refuses(country, self._wall)
        return found
