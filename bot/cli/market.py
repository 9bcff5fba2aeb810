"""`reelbank market`: looking after the knowledge."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import community_of, open_market, opened_store
from bot.cli.terminal import community_option, note, put_json, run, say, settings

if TYPE_CHECKING:
    from storage import Gap

_json_option = click.option("--json", "as_json", is_flag=True, help="Give it as JSON.")


@click.group()
def market() -> None:
    """Look after the knowledge: what is wrong, what is old, what was asked in vain."""


@market.command()
@click.argument("folder", required=False)
def check(folder: str | None) -> None:
    """Check the built-in facts, or those of a FOLDER of YAML files; exit code 1 if any is wrong."""
    from bot.market.check import check as look  # noqa: PLC0415
    from bot.market.schema import FACTS_FOLDER, load_entities  # noqa: PLC0415

    if folder is not None and not Path(folder).is_dir():
        raise click.UsageError(f"{folder}: no such folder")
    entities = load_entities(Path(folder) if folder else FACTS_FOLDER)
    problems = look(entities)
    for problem in problems:
        say(str(problem))
    facts = sum(len(entity.facts) for entity in entities)
    note(f"{len(entities)} entities, {facts:,} facts, {len(problems)} problems.")
    if problems:
        raise click.exceptions.Exit(1)


@market.command()
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 36500),
              help="Older than this is stale.")  # fmt: skip
@_json_option
def stale(days: int, *, as_json: bool) -> None:
    """List facts that age (prices, status, availability ...) and should be checked again."""
    today = datetime.now(UTC).date()
    found = open_market(settings()).stale(today, days)
    if as_json:
        put_json(
            [
                {"entity": e.id, "field": f.field, "as_of": f.as_of, "claim": f.claim,
                 "url": f.source.url}
                for e, f in found
            ],
            is_pretty=True,
        )  # fmt: skip
        return
    for entity, fact in found:
        say(f"{fact.as_of:<10}  {entity.name}: {fact.claim}  {fact.source.url}")
    note(f"{len(found)} facts are older than {days} days.")


@market.command()
@_json_option
@community_option
def gaps(community_key: str, *, as_json: bool) -> None:
    """List what was asked and nobody recorded, most asked first."""
    found = run(lambda: _gaps(community_key))
    if as_json:
        put_json(
            [
                {"id": g.id, "question": g.question, "entities": list(g.entities),
                 "field": g.field, "count": g.count, "last_at": g.last_at.isoformat()}
                for g in found
            ],
            is_pretty=True,
        )  # fmt: skip
        return
    for gap in found:
        say(f"{gap.count:>4}x  {gap.question}")
    if not found:
        note("Nothing was asked in vain.")


async def _gaps(community_key: str) -> list[Gap]:
    async with opened_store(settings()) as store:
        community = await community_of(store, community_key)
        found = await store.gaps.list(community.bank_id)
        return sorted(found, key=lambda gap: (-gap.count, gap.id))
