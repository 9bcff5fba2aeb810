"""`reelbank settings`: a community's settings, typed."""

from __future__ import annotations

import click

from bot.cli.opening import community_of, opened_store, write_by_operator
from bot.cli.terminal import community_option, put_json, run, say
from bot.cli.terminal import settings as read_settings


@click.group()
def settings() -> None:
    """Show and change a community's settings.

    What concerns the whole process (tokens, folders, logs) is set in the environment or in .env;
    .env.example lists it.
    """


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="Give them as one JSON object.")
@community_option
def show(community_key: str, *, as_json: bool) -> None:
    """Show every setting with its value."""
    values = run(lambda: _shown(community_key))
    if as_json:
        put_json(values, is_pretty=True)
        return
    width = max(len(name) for name in values)
    for name, value in values.items():
        say(f"{name:<{width}}  {value}")


async def _shown(community_key: str) -> dict[str, str]:
    from bot.core import community_settings  # noqa: PLC0415

    async with opened_store(read_settings()) as store:
        row = await community_of(store, community_key)
        return {
            setting.name: community_settings.shown(row.settings, setting.name)
            for setting in community_settings.SETTINGS
        }


@settings.command("set")
@click.argument("name")
@click.argument("value")
@community_option
def set_(name: str, value: str, community_key: str) -> None:
    """Set NAME to VALUE; "default" brings the default back.

    \b
    reelbank settings set timezone Europe/Berlin
    reelbank settings set review before --community discord:1234
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    say(f"{name} is now {run(lambda: _set(name, value, community_key))}.")


async def _set(name: str, value: str, community_key: str) -> str:
    from bot.core import community_settings  # noqa: PLC0415

    async with opened_store(read_settings()) as store:
        row = await community_of(store, community_key)
        kept = community_settings.read(name, value)
        write = await write_by_operator(store, row)
        key = name.strip().lower()
        row = await store.communities.set_settings(write, row.id, {key: kept})
        return community_settings.shown(row.settings, key)
