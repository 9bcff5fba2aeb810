"""`reelbank digest`: what a community would be told of its week."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import community_of, opened_services
from bot.cli.terminal import community_option, note, run, settings, show

if TYPE_CHECKING:
    from bot.core.model import Reply


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, metavar="N",
              help="How many days it looks back.")  # fmt: skip
@click.option("--picture", metavar="FILE", help="Write its chart to this PNG.")
@community_option
def digest(days: int, picture: str | None, community_key: str) -> None:
    """Show the digest of the last days; nothing is sent anywhere.

    \b
    reelbank digest --community discord:1234
    reelbank digest --days 30 --picture month.png

    A running Reelbank posts it by itself on the day of the setting digest_day.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    reply = run(lambda: _digest(timedelta(days=days), community_key))
    if reply is None:
        note(f"Nothing happened in the last {days} days, so no digest would be sent.")
        return
    show(reply)
    _keep(reply, picture)


def _keep(reply: Reply, picture: str | None) -> None:
    if picture is None:
        return
    if not reply.pictures:
        from bot.core.report.drawing import HOW_TO_GET  # noqa: PLC0415

        raise click.ClickException(f"There is no chart to write. Charts need: {HOW_TO_GET}")
    Path(picture).write_bytes(reply.pictures[0].content)
    note(f"{reply.pictures[0].alt_text}\nWritten to {picture}.")


async def _digest(back: timedelta, community_key: str) -> Reply | None:
    from bot.core.digest_words import digest_reply  # noqa: PLC0415
    from bot.core.outbox import to_community  # noqa: PLC0415

    async with opened_services(settings()) as services:
        row = await community_of(services.store, community_key)
        now: datetime = services.clock()
        return await digest_reply(services, to_community(row), now - back, now)
