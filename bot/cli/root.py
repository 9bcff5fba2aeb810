"""The group of all commands; a command's module is imported when that command is named."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from bot.core.errors import OperatorError, ReelbankError, UserError

BROKEN_PIPE = 141  # 128 + SIGPIPE, as shells have it

# name -> (where it is, what it does); the words stand here so that --help imports nothing
COMMANDS = {
    "ask": ("asking:ask", "Ask about the market; the answer cites dated sources."),
    "tag": ("tagging:tag", "Name the industries that an idea belongs to."),
    "similar": ("tagging:similar", "Find ideas that tell the same thing."),
    "chat": ("serving:chat", "Open the chat in this terminal."),
    "demo": ("serving:demo", "Open the chat on 200 made-up ideas in two communities."),
    "run": ("serving:run_", "Start every platform that has a token."),
    "import": ("collecting:import_", "Bring in ideas from a CSV or JSON Lines file."),
    "export": (
        "collecting:export",
        "Write the collection as CSV, JSON, Markdown or an HTML report.",
    ),
    "browse": ("browsing:browse", "Serve the collection as read-only pages."),
    "digest": ("telling:digest", "Show what a community's weekly digest would say."),
    "doctor": ("keeping:doctor", "Check the installation and say what to do."),
    "backup": ("keeping:backup", "Copy the store to a file while it is in use."),
    "restore": ("keeping:restore", "Put a backup in the place of the store."),
    "audit": ("audit:audit", "Check the log of what was done, or write it to a file."),
    "market": ("market:market", "Look after the knowledge: check, stale, gaps."),
    "settings": ("settings:settings", "Show and change a community's settings."),
    "evaluate": ("evaluating:evaluate", "Measure answers, tags and look-alikes on a file."),
    "docs": ("docs:docs", "Write docs/commands.md from the commands."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when needed, and which turns our errors into words."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Give the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(f"bot.cli.{module}"), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(_unknown(args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run; our own errors become one line on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            words = explain(error)
            if words is None:
                raise
            raise click.ClickException(words) from None


def _unknown(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only on the way out

    near = get_close_matches(name, COMMANDS, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ' See "reelbank --help".'
    return f'No such command "{name}".{hint}'


def explain(error: Exception) -> str | None:
    """Say an error of ours, or of the system, in words for a terminal; None where it is neither."""
    if isinstance(error, OperatorError):
        return str(error)
    if isinstance(error, UserError):
        from bot.core.markup import plain_text  # noqa: PLC0415
        from prompts import render  # noqa: PLC0415

        return plain_text(render(f"error.{error.text}", **error.values))
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return _explain_foreign(error)


def _explain_foreign(error: Exception) -> str:
    from storage.errors import StoreError  # noqa: PLC0415

    if isinstance(error, StoreError) and str(error):
        return str(error)
    if isinstance(error, ReelbankError | ValueError) and type(error).__module__.startswith("bot."):
        return str(error)
    import traceback  # noqa: PLC0415

    # Never the message of an error that is not ours: it may quote what a member wrote.
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename}:{last.lineno}"
    return (
        f"Something went wrong that should not ({type(error).__name__} at {where}). "
        "Please report it with this line."
    )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="reelbank", prog_name="reelbank")
def root() -> None:
    """Reelbank: cited answers about text-to-video AI, and a bank of what people would use it for.

    Start with: reelbank chat
    """
