"""How a Dovecot is made to ask the daemon: by its own auth policy (facts/mta_hooks.md 3).

It asks before the password check, once, over HTTP on loopback; the login name is known by then.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from core.errors import PlanError
from core.mta import dovecot_config, dovecot_probe
from core.mta.dovecot_config import DovecotConfig
from core.panel import HookState, Knock
from core.system import files
from core.system.blocks import MarkedBlock
from core.system.edits import Edit, EditState
from core.system.file_steps import EditFile
from core.system.host import Host
from core.system.plan import ChangePlan
from core.system.steps import Command
from core.words import Stage

KINDS: tuple[type[Edit], ...] = (MarkedBlock,)

DROP_IN = "99-mailward.conf"
SETTINGS = "mailward.conf.ext"
"""The settings hold the secret, so only root may read them. Programs that read Dovecot's settings
as somebody else (its delivery agent, as the mailbox's owner) must still be able to: the file that
everybody reads only *tries* to include the other one. Tried on 2.3.13, 2.3.19 and 2.4.1: with the
secret in the included file itself, delivery fails with `Permission denied`."""

_COMMON = """\
auth_policy_server_url = {url}
auth_policy_server_api_header = {header}: {secret}
auth_policy_hash_nonce = {nonce}
auth_policy_check_before_auth = yes
auth_policy_check_after_auth = no
auth_policy_report_after_auth = yes
auth_policy_reject_on_fail = no
auth_policy_log_only = no
"""

_OLD = """\
auth_policy_server_timeout_msecs = 1000
auth_policy_request_attributes = login=%{requested_username} pwhash=%{hashed_password} \
remote=%{rip} device_id=%{client_id} protocol=%s session_id=%{session} lport=%{lport} mech=%m"""

_NEW = """\
auth_policy {
  http_client_request_absolute_timeout = 1s
}
auth_policy_request_attributes {
  lport = %{local_port}
  mech = %{mechanism}
}"""


class DovecotHook:
    """A Dovecot and our question in it.

    Args:
        host: the machine.
        endpoint: where the daemon listens: `tcp:HOST:PORT`.
        secret: what the daemon wants to see in the header; any local user can reach a TCP port.
        header: the header's name.
        state: folder of undo records.
        main_file: its configuration file; "" for the machine's main one.
    """

    name = "dovecot"

    def __init__(
        self,
        host: Host,
        endpoint: str,
        secret: str,
        state: Path,
        *,
        header: str = "X-Mailward-Key",
        main_file: str = "",
    ) -> None:
        kind, _, place = endpoint.partition(":")
        if kind != "tcp":
            raise PlanError(f"Dovecot asks over TCP only; {endpoint} is no tcp:HOST:PORT")
        if not secret or not secret.isprintable() or any(each.isspace() for each in secret):
            raise PlanError("the secret for Dovecot must be printable, without blanks")
        self.host = host
        self.stages = frozenset({Stage.AUTH})
        self._url = f"http://{place}/"
        self._secret = secret
        self._header = header
        self._state = state
        self._main_file = main_file

    def plan(self) -> ChangePlan:
        """The changes that would install the hook.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported: see `dovecot_config.read`.
            PlanError: Dovecot asks another policy server already, or includes no folder.
        """
        config = dovecot_config.read(self.host, self._main_file)
        steps = self._steps(config)
        self._refuse_foreign(config, steps)
        title = f"Make Dovecot {config.version} in {config.directory} ask Mailward"
        commands = (
            Command(("doveconf", "-c", config.main_file, "-n"), check=True),
            Command(("doveadm", "-c", config.main_file, "reload")),
            *self._postfix_reload(),
        )
        return ChangePlan(
            self.host,
            self._state,
            self.name,
            title,
            (*steps, *commands),
            notes=config.notes,
            kinds=KINDS,
        )

    def recorded(self) -> ChangePlan | None:
        """The change that is in place or was interrupted, to undo or resume it."""
        return ChangePlan.recorded(self.host, self._state, self.name, KINDS)

    def verify(self) -> HookState:
        """Compare what is in the files with what the plan would write.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported, PlanError: as `plan`.
        """
        config = dovecot_config.read(self.host, self._main_file)
        states = {
            edit.state(self._text(step.path)) for step in self._steps(config) for edit in step.edits
        }
        if states == {EditState.PRESENT}:
            same = config.policy_url == self._url
            return HookState.INSTALLED if same else HookState.EDITED
        return HookState.MISSING if states == {EditState.ABSENT} else HookState.EDITED

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Knock at every mailbox port, with a login that does not exist.

        Args:
            asked: whether the daemon has seen a request for this login name.

        Raises:
            PlanError: a port shows no banner, or the daemon was not asked.
        """
        config = dovecot_config.read(self.host, self._main_file)
        dovecot_probe.probe(config.doors(), asked)

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        """As `probe`, and tells of every port.

        Raises:
            PanelAbsent, PanelBroken, MailServerUnsupported: see `dovecot_config.read`.
            PlanError: there is no port.
        """
        config = dovecot_config.read(self.host, self._main_file)
        return dovecot_probe.knocks(config.doors(), asked)

    def _steps(self, config: DovecotConfig) -> tuple[EditFile, EditFile]:
        """The file with the settings first: what includes it must find it."""
        settings = f"{config.directory}/{SETTINGS}"
        nonce = self._nonce(settings)
        old = self._recorded_edits()
        body = self._body(config, nonce)
        block, include = MarkedBlock("dovecot", body), MarkedBlock("dovecot", _include(settings))
        drop_in = config.drop_in(DROP_IN)
        return (
            EditFile(settings, (block,), old.get(settings, ()), 0o600, (self._secret, nonce)),
            EditFile(drop_in, (include,), old.get(drop_in, ())),
        )

    def _body(self, config: DovecotConfig, nonce: str) -> str:
        common = _COMMON.format(
            url=self._url, header=self._header, secret=self._secret, nonce=nonce
        )
        return common + (_NEW if config.new_dialect else _OLD)

    def _nonce(self, settings: str) -> str:
        """The one in use, so that passwords keep their hashes; else a new one."""
        for line in self._text(settings).splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "auth_policy_hash_nonce" and value.strip():
                return value.strip()
        return secrets.token_hex(16)

    def _text(self, name: str) -> str:
        state = files.read(self.host.path(name))
        return files.decode(state.data) if state else ""

    def _recorded_edits(self) -> dict[str, tuple[Edit, ...]]:
        recorded = self.recorded()
        steps = recorded.steps if recorded else ()
        return {step.path: step.edits for step in steps if isinstance(step, EditFile)}

    def _postfix_reload(self) -> Iterator[Command]:
        """Postfix's idle processes stay connected to the password check of before the reload, and
        would let people log in without a question for as long as they live."""
        kinds = [
            self.host.run(("postconf", "-h", "smtpd_sasl_type")).stdout,
            self.host.run(("postconf", "-P", "*/inet/smtpd_sasl_type")).stdout,
        ]
        if "dovecot" in "".join(kinds) and not self.host.run(("postfix", "status")).code:
            yield Command(("postfix", "reload"))

    def _refuse_foreign(self, config: DovecotConfig, steps: tuple[EditFile, EditFile]) -> None:
        url = config.policy_url
        ours = f"auth_policy_server_url = {url}\n" in self._text(steps[0].path)
        if url and url != self._url and not ours:
            raise PlanError(
                f"Dovecot asks another policy server already ({url}), and it can ask one only. "
                "Remove auth_policy_server_url from its settings, or leave Mailward out of Dovecot"
            )


def _include(settings: str) -> str:
    reason = "# Mailward's settings, which only root may read: they hold a secret."
    return f"{reason}\n!include_try {settings}"
