"""The reference of the command line, made from the verbs themselves so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterator

import click

from core.cli.exit_code import MEANING
from core.cli.shapes import SHAPES, Shape

HEADING = """\
# The command `mailward`

This page is made from the verbs themselves by `./dev run mailward manual >docs/cli.md`.

Every verb works without root in directories of your own: a file with these lines

```toml
[paths]
state = "state"
run = "run"
log = "log"
```

named with `--config FILE` or `$MAILWARD_CONFIG` keeps everything beside that file. Only `hook`
needs root, because it changes the mail servers' configuration.

Results go to standard output, remarks and errors to standard error. On a terminal tables fold to
its width; in a pipe nothing is cut. Colours are left out in a pipe and where `NO_COLOR` is set.
"""

JSON = """\
## JSON

Verbs with `--json` print documents for programs. A document may get more keys; none is taken away
or renamed. Times are seconds since 1970 (UTC), lengths of time are seconds. Exit codes are the same
with and without `--json`.
"""

FORMS = {
    "object": "One object:",
    "list": "A list of objects, each with:",
    "lines": "JSON lines, each an object with:",
}


@click.command(hidden=True)
@click.pass_context
def manual(ctx: click.Context) -> None:
    """Print the page docs/cli.md."""
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)  # noqa: S101  the program is one
    click.echo(markdown(root.command), nl=False)


def markdown(program: click.Group) -> str:
    """The page docs/cli.md.

    Args:
        program: from `core.cli.program.program`.
    """
    root = click.Context(program, info_name="mailward")
    lines = [HEADING, "## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in MEANING.items()]
    lines += ["", "## Verbs", ""]
    for ctx in _commands(root):
        lines += _command(ctx)
    lines += [JSON, *(line for verb, shape in SHAPES.items() for line in _shape(verb, shape))]
    return "\n".join(lines).rstrip() + "\n"


def _commands(ctx: click.Context) -> Iterator[click.Context]:
    """A command, and all below it."""
    yield ctx
    if not isinstance(ctx.command, click.Group):
        return
    for name in ctx.command.list_commands(ctx):
        command = ctx.command.get_command(ctx, name)
        if command is not None and not command.hidden:
            yield from _commands(click.Context(command, parent=ctx, info_name=name))


def _command(ctx: click.Context) -> Iterator[str]:
    usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
    yield f"### `{ctx.command_path}`"
    yield ""
    yield f"    {usage}"
    yield ""
    yield from _paragraphs(ctx.command.help or "")
    options = [
        record
        for parameter in ctx.command.params
        if isinstance(parameter, click.Option)
        and (record := parameter.get_help_record(ctx)) is not None
    ]
    if options:
        yield "| option | what |"
        yield "|---|---|"
        for option, help_ in options:
            yield f"| {_cell(f'`{option}`')} | {_cell(' '.join(help_.split()))} |"
        yield ""


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _shape(verb: str, shape: Shape) -> Iterator[str]:
    yield f"### `mailward {verb} --json`"
    yield ""
    yield FORMS[shape.form]
    yield ""
    yield "| key | what |"
    yield "|---|---|"
    for key, meaning in shape.keys.items():
        yield f"| `{key}` | {_cell(meaning)} |"
    yield ""
