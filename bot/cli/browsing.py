"""`reelbank browse`: the collection as read-only pages, from a copy of what everybody may see."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import community_of, opened_bank
from bot.cli.terminal import Progress, community_option, note, run, say, settings

if TYPE_CHECKING:
    from bot.core.banks import Banks
    from bot.core.model import Community
    from storage import Store

_MINUTE_S = 60


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets others in.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--refresh",
    "minutes",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 1440),
    metavar="MINUTES",
    help="Copy the collection anew so often; 0 for never.",
)
@click.option(
    "--snapshot",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only write the copy to FILE.",
)
@community_option
def browse(host: str, port: int, minutes: float, snapshot: Path | None, community_key: str) -> None:
    """Serve the collection as read-only pages: search, filters by industry and status, queries.

    \b
    reelbank browse
    reelbank browse --community discord:123456 --port 8080
    reelbank browse --snapshot collection.db

    The pages show a copy that holds only what every member may see, never the store itself: ideas
    that wait for a review, were declined or flagged, anonymous authors, voters and notes are not in
    the file.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    if snapshot is not None:
        count = run(lambda: _write(snapshot, community_key))
        note(f"{count:,} {'idea' if count == 1 else 'ideas'} written to {snapshot}.")
        return
    with contextlib.suppress(KeyboardInterrupt):
        run(lambda: _serve(community_key, host, port, minutes * _MINUTE_S))


async def _write(path: Path, community_key: str) -> int:
    async with opened_bank(settings()) as (store, banks):
        return await _copy(store, banks, await _community(store, community_key), path)


async def _community(store: Store, key: str) -> Community:
    from bot.core.outbox import to_community  # noqa: PLC0415

    return to_community(await community_of(store, key))


async def _copy(store: Store, banks: Banks, community: Community, path: Path) -> int:
    from bot.browse.public import make_snapshot  # noqa: PLC0415

    taxonomy = await banks.taxonomy(community.bank_id)
    with Progress("ideas copied") as progress:
        return await make_snapshot(
            store, community, taxonomy, path, now=datetime.now(UTC), progress=progress.at
        )


async def _serve(community_key: str, host: str, port: int, every_s: float) -> None:
    from bot.browse import pages  # noqa: PLC0415

    async with opened_bank(settings()) as (store, banks):
        community = await _community(store, community_key)
        with tempfile.TemporaryDirectory(prefix="reelbank-browse-") as folder:
            places: list[Path] = []

            async def copy() -> Path:
                places.append(Path(tempfile.mkdtemp(dir=folder)))
                path = places[-1] / pages.FILE
                await _copy(store, banks, await _community(store, community_key), path)
                return path

            shown = pages.Pages(await copy(), community.name)

            async def refresh() -> None:
                shown.show(await copy())
                while len(places) > 1:  # what is still open stays readable until it is closed
                    shutil.rmtree(places.pop(0), ignore_errors=True)

            await pages.serve(
                shown,
                host=host,
                port=port,
                every_s=every_s,
                refresh=refresh,
                started=lambda at: say(
                    f"Browse the collection of {community.name} at http://{host}:{at}/ "
                    "(Ctrl-C stops it)."
                ),
            )
