"""The command ``mailward``: its verbs, and how its errors end.

A verb's module is loaded when the verb is asked for, so that small verbs start quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from core import __version__
from core.cli.exit_code import MEANING, code_of
from core.cli.session import Pages, Serve, Session
from core.desk.text import printable
from core.errors import MailwardError
from core.panel import Panel

VERBS = {
    "serve": "core.cli.serve:serve",
    "web": "core.cli.web:web",
    "status": "core.cli.status:status",
    "explain": "core.cli.explain:explain",
    "blocked": "core.cli.blocked:blocked",
    "block": "core.cli.block:block",
    "stolen": "core.cli.stolen:stolen",
    "password-changed": "core.cli.block:password_changed",
    "attackers": "core.cli.attackers:attackers",
    "events": "core.cli.events:events",
    "replay": "core.cli.replay:replay",
    "stats": "core.cli.stats:stats",
    "get": "core.cli.settings:get",
    "set": "core.cli.settings:set_value",
    "unset": "core.cli.settings:unset",
    "settings": "core.cli.settings:settings",
    "exempt": "core.cli.exempt:exempt",
    "export": "core.cli.exchange:export",
    "import": "core.cli.exchange:import_",
    "audit": "core.cli.audit:audit",
    "update": "core.cli.update:update",
    "lists": "core.cli.lists:lists",
    "licence": "core.cli.licence:licence",
    "install": "core.cli.install:install",
    "upgrade": "core.cli.install:upgrade",
    "uninstall": "core.cli.install:uninstall",
    "reconcile": "core.cli.install:reconcile",
    "doctor": "core.cli.install:doctor",
    "hook": "core.cli.hook:hook",
    "ban": "core.cli.ban:ban",
    "conflicts": "core.cli.conflicts:conflicts",
    "report": "core.cli.report:report",
    "test-notice": "core.cli.notice:test_notice",
    "test-webhook": "core.cli.webhook:test_webhook",
    "diagnostics": "core.cli.diagnostics:diagnostics",
    "manual": "core.cli.manual:manual",
}
"""Every verb, in the order of the help, and where its command is."""

EXIT_CODES = "Exit codes: " + "; ".join(f"{code.value} {text}" for code, text in MEANING.items())


class Failure(click.ClickException):
    """An error as the command line ends with it: one line, and an exit code."""

    def __init__(self, error: MailwardError) -> None:
        super().__init__(" ".join(printable(line) for line in str(error).splitlines()))
        self._code = code_of(error)

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click keeps it in the class
        """How the process ends."""
        return self._code.value

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(f"mailward: {self.message}", file=file, err=True)


class Program(click.Group):
    """The verbs, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click passes it
        """All verbs, in the order of the help."""
        return list(VERBS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  click passes it
        cmd_name: str,
    ) -> click.Command | None:
        """The verb of that name."""
        place = VERBS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101  VERBS is ours
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error that a person can act on becomes one line."""
        try:
            return super().invoke(ctx)
        except MailwardError as error:
            raise Failure(error) from error


def program(panel: Panel, serve: Serve, pages: Pages) -> click.Group:
    """The command.

    Args:
        panel: what is true of this server's panel.
        serve: runs the daemon.
        pages: runs the pages.
    """

    @click.group(
        cls=Program,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=EXIT_CODES,
    )
    @click.option(
        "--config",
        "config_file",
        metavar="FILE",
        help="The configuration; without it $MAILWARD_CONFIG or /etc/mailward/mailward.toml. "
        "A file with only [paths] makes Mailward live in directories of your own.",
    )
    @click.version_option(__version__, prog_name="mailward", message="%(prog)s %(version)s")
    @click.pass_context
    def mailward(ctx: click.Context, config_file: str | None) -> None:
        """Guard the mail logins and the outgoing mail of this server."""
        ctx.obj = Session(panel, serve, pages, config_file)

    return mailward
