"""What a visitor may see and change. Every page asks here, none decides for itself.

What somebody may not see does not exist for them: the answer is 404, which tells nobody whether a
foreign domain is on this server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property

from werkzeug.exceptions import Forbidden, NotFound

from core.errors import SettingError
from core.panel import MailDomain, Role, Viewer
from core.settings.about import Level
from core.settings.account import domain_of, normalise
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.web.directory import Directory


class Sight:
    """The view of one visitor.

    Args:
        viewer: who it is.
        directory: the server's domains.
        only: of their domains only these, for a token that was made so; None for all of them.
    """

    def __init__(
        self, viewer: Viewer, directory: Directory, only: Collection[str] | None = None
    ) -> None:
        self.viewer = viewer
        self._directory = directory
        self._only = None if only is None else frozenset(name.lower() for name in only)

    @property
    def is_admin(self) -> bool:
        """Whether everything is theirs."""
        return self.viewer.role is Role.ADMIN and self._only is None

    @cached_property
    def domains(self) -> frozenset[str] | None:
        """The domains that they see; None for all, as the filters of the store have it."""
        if self.is_admin:
            return None
        if self.viewer.domains:
            theirs = frozenset(name.lower() for name in self.viewer.domains)
        else:
            theirs = self._directory.of(self.viewer.role, self.viewer.login)
        return theirs if self._only is None else theirs & self._only

    def domain_list(self) -> list[MailDomain]:
        """Their domains in the order of their names, with what the panel knows of each."""
        known = self._directory.all()
        if self.domains is None:
            return [known[name] for name in sorted(known)]
        bare = {n: MailDomain(n, self.viewer.login, "", True) for n in self.domains}
        return [known.get(name, bare[name]) for name in sorted(self.domains)]

    def sees_domain(self, domain: str) -> bool:
        """Whether a domain is among theirs."""
        return self.domains is None or domain.lower() in self.domains

    def sees_account(self, account: str) -> bool:
        """Whether an account lies in one of their domains; one without a domain is the server's."""
        return self.domains is None or domain_of(account) in self.domains

    def domain(self, name: str) -> str:
        """The domain's name as the settings have it.

        Raises:
            NotFound: it is no name of a domain, or not theirs.
        """
        return self._theirs(name, "domain", self.sees_domain)

    def account(self, name: str) -> str:
        """The account's name as the settings have it.

        Raises:
            NotFound: it is no name of a mailbox, or not theirs.
        """
        return self._theirs(name, "mailbox", self.sees_account)

    @staticmethod
    def _theirs(name: str, level: Level, sees: Callable[[str], bool]) -> str:
        try:
            scope = scope_of(**{level: name})
        except SettingError as error:
            raise NotFound from error
        if scope.level != level or not sees(scope.name):
            raise NotFound
        return scope.name

    def scope(self, level: str, name: str = "") -> Scope:
        """A scope whose settings they may change.

        Raises:
            Forbidden: the server's settings, for anybody but the administrator.
            NotFound: it is not theirs, or no scope at all.
        """
        if level == "server" and not name:
            self.must_be_admin()
            return SERVER_SCOPE
        if level == "domain":
            return Scope("domain", self.domain(name))
        if level == "mailbox":
            return Scope("mailbox", self.account(name))
        raise NotFound

    def must_be_admin(self) -> None:
        """Raises Forbidden for everybody else."""
        if not self.is_admin:
            raise Forbidden

    def only(self, accounts: Iterable[str]) -> list[str]:
        """Those of the accounts that they see, normalised."""
        return [account for account in map(normalise, accounts) if self.sees_account(account)]
