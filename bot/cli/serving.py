"""`reelbank chat`, `demo` and `run`: what keeps going until it is left."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.opening import CONSOLE_KEY
from bot.cli.terminal import community_option, note, run

if TYPE_CHECKING:
    from bot.core.model import Role
    from bot.settings import Settings

ROLES = ("member", "moderator", "admin")


@click.command()
@click.option("--as", "name", metavar="NAME", help="Who you are; your login name otherwise.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    help="What you may do. You are an admin, unless --as makes you a member.",
)
@community_option
def chat(name: str | None, role: str | None, community_key: str) -> None:
    """Open the chat in this terminal; in a pipe, read one message a line.

    \b
    reelbank chat
    reelbank chat --as Ana --role member
    echo "how long can a kling clip be" | reelbank chat
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    chosen = role or ("member" if name else "admin")
    _chat(settings_for_chat(), name, chosen, community_key)


def settings_for_chat() -> Settings:
    """Read the settings; the logs of a chat go to a file, since the screen is taken."""
    from bot import logs  # noqa: PLC0415  pydantic and structlog load only for who needs them
    from bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    try:
        logs.to_file(settings)
    except OSError:
        logs.set_up_quiet()  # a folder that cannot be written is told of when the store opens
    return settings


def _chat(
    settings: Settings,
    name: str | None,
    role: str,
    community_key: str,
    greeting: str = "console.greeting",
) -> None:
    from bot.core.model import Role  # noqa: PLC0415

    run(lambda: _talk(settings, name, Role[role.upper()], community_key, greeting))


async def _talk(
    settings: Settings, name: str | None, role: Role, community_key: str, greeting: str
) -> None:
    from bot.adapters.console import PLATFORM, ConsoleAdapter  # noqa: PLC0415
    from bot.app import open_services  # noqa: PLC0415
    from bot.background import background  # noqa: PLC0415

    async with open_services(settings) as services:
        if community_key != CONSOLE_KEY:
            from bot.cli.opening import community_of  # noqa: PLC0415

            await community_of(services.store, community_key)
        adapter = ConsoleAdapter(
            services, name=name, role=role, community_key=community_key, greeting=greeting
        )
        services.couriers[PLATFORM] = adapter.courier
        async with background(services, services.couriers):
            await adapter.run()


@click.command()
@click.option("--as", "name", metavar="NAME", help="Who you are; your login name otherwise.")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True)
def demo(name: str | None, role: str) -> None:
    """Open the chat on 200 made-up ideas of two communities; nothing that you do there stays."""
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    settings = settings_for_chat()
    with tempfile.TemporaryDirectory(prefix="reelbank-demo-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder)})
        if sys.stderr.isatty():
            note("Making up 200 ideas ...")
        run(lambda: _fill(own))
        _chat(own, name, role, CONSOLE_KEY, "console.demo")


async def _fill(settings: Settings) -> None:
    from bot.app import open_services  # noqa: PLC0415
    from bot.demo import fill  # noqa: PLC0415

    async with open_services(settings) as services:
        await fill(services)


@click.command("run")
def run_() -> None:
    """Start every platform that has a token; with none, say how to add one and open the chat.

    Stops on Ctrl-C or SIGTERM, after what is under way was finished (at most ten seconds).
    """
    from bot import logs  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    logs.set_up(settings)
    if run(lambda: _serve(settings)):
        return
    from bot.cli.terminal import show  # noqa: PLC0415
    from bot.core.model import Reply  # noqa: PLC0415
    from prompts import render  # noqa: PLC0415

    show(Reply(text=render("console.no_token")))
    _chat(settings_for_chat(), None, "admin", CONSOLE_KEY)


async def _serve(settings: Settings) -> bool:
    from bot.app import open_services, run_platforms  # noqa: PLC0415
    from bot.supervision import configured_platforms  # noqa: PLC0415

    if not configured_platforms(settings):
        return False
    async with open_services(settings) as services:
        return await run_platforms(services)
