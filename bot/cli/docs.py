"""`reelbank docs`: docs/commands.md, made from the commands themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import note

if TYPE_CHECKING:
    from bot.core.model import Command, Field

HEAD = """\
# Commands

Made by `make docs` from the commands themselves; do not edit it by hand. The same commands work
in the terminal, on Discord and on Slack. On Discord type `/` and choose; on Slack `/ask` and
`/idea ...` are commands of their own, and all others are `/reelbank ...`. In the terminal and on
Slack, options are written as `name:value` (`/idea search crash industry:insurance`), and what is
left over fills the option that is marked *rest of the line*.
"""


@click.command()
@click.option("--output", default="docs/commands.md", show_default=True, metavar="FILE")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if FILE is out of date.")
def docs(output: str, *, check: bool) -> None:
    """Write docs/commands.md from the commands, the same that /help and both platforms show."""
    text = commands_page()
    path = Path(output)
    is_same = path.is_file() and path.read_text("utf-8") == text
    if check:
        if not is_same:
            raise click.ClickException(f"{output} is out of date; run: reelbank docs")
        return
    if not is_same:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        note(f"Wrote {output}.")


def commands_page() -> str:
    """Give the page: every listed command, by who may use it, then what the shell offers."""
    from bot.core import commands  # noqa: PLC0415
    from bot.core.model import Role  # noqa: PLC0415

    parts = [HEAD]
    for role, title in (
        (Role.MEMBER, "For everyone"),
        (Role.MODERATOR, "For moderators"),
        (Role.ADMIN, "For administrators"),
    ):
        found = [c for c in commands.ALL if c.is_listed and c.audience is role]
        if found:
            parts.append(f"## {title}\n")
            parts += [_section(command) for command in found]
    parts.append(_shell())
    return "\n".join(parts)


def _section(command: Command) -> str:
    lines = [f"### /{command.name}\n", f"{command.summary}.\n".replace("..", ".")]
    if command.options:
        lines += ["| option | what it is |", "|---|---|"]
        lines += [f"| `{f.name}` | {_about(command, f)} |" for f in command.options]
        lines.append("")
    if command.message_action:
        lines.append(f'Also in the menu of a message: "{command.message_action}".\n')
    if command.examples:
        lines += ["```", *command.examples, "```", ""]
    return "\n".join(lines)


def _about(command: Command, field: Field) -> str:
    words = field.description or field.label
    notes = []
    if field.is_required:
        notes.append("required")
    if field.choices:
        shown = ", ".join(c.value for c in field.choices[:8])
        notes.append(f"one of {shown}{' ...' if len(field.choices) > 8 else ''}")  # noqa: PLR2004
    if field.name == command.inline:
        notes.append("rest of the line")
    text = f"{words} ({'; '.join(notes)})" if notes else words
    return text.replace("|", "\\|")


def _shell() -> str:
    from bot.cli.root import COMMANDS  # noqa: PLC0415

    lines = [
        "## In the shell\n",
        "`reelbank COMMAND --help` says more about each.\n",
        "| command | what it does |",
        "|---|---|",
        *(f"| `reelbank {name}` | {words} |" for name, (_, words) in COMMANDS.items()),
        "",
    ]
    return "\n".join(lines)
