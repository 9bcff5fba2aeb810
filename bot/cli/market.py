"""`reelbank market`: looking after the knowledge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import community_of, open_market, opened_bank
from bot.cli.terminal import community_option, note, put_json, run, say, settings

if TYPE_CHECKING:
    from bot.core.gap_topics import GapTopic
    from bot.market.market import Stale
    from bot.market.schema import Entity
    from storage import GapState

_json_option = click.option("--json", "as_json", is_flag=True, help="Give it as JSON.")


@click.group()
def market() -> None:
    """Look after the knowledge: what is wrong, old or missing, and what a bank knows besides."""


@market.command()
@click.argument("folder", required=False)
def check(folder: str | None) -> None:
    """Check the built-in facts, or those of a FOLDER of YAML files; exit code 1 if any is wrong."""
    from bot.market.check import KNOWLEDGE_DATE  # noqa: PLC0415
    from bot.market.check import check as look  # noqa: PLC0415
    from bot.market.schema import FACTS_FOLDER, load_entities  # noqa: PLC0415

    if folder is not None and not Path(folder).is_dir():
        raise click.UsageError(f"{folder}: no such folder")
    entities = load_entities(Path(folder) if folder else FACTS_FOLDER)
    # A bank's own facts are younger than the built-in ones, but not from the future.
    today = datetime.now(UTC).date().isoformat()
    problems = look(
        entities, knowledge_date=max(today, KNOWLEDGE_DATE) if folder else KNOWLEDGE_DATE
    )
    for problem in problems:
        say(str(problem))
    facts = sum(len(entity.facts) for entity in entities)
    note(f"{len(entities)} entities, {facts:,} facts, {len(problems)} problems.")
    if problems:
        raise click.exceptions.Exit(1)


@market.command()
@click.option("--days", type=click.IntRange(1, 36500),
              help="Older than this is stale, whatever the field.")  # fmt: skip
@click.option("--field", "field_id", metavar="FIELD", help="Only this field, such as plan_price.")
@_json_option
def stale(days: int | None, field_id: str | None, *, as_json: bool) -> None:
    """List facts to be checked again, longest overdue first: each field has its own age limit."""
    today = datetime.now(UTC).date()
    knowledge = open_market(settings())
    found = knowledge.stale(today, days)
    if field_id:
        _require_field(field_id, {r.fact.field for r in knowledge.knowledge.rows if r.fact.field})
        found = [item for item in found if item.fact.field == field_id]
    if as_json:
        put_json([_stale_json(item) for item in found], is_pretty=True)
        return
    for item in found:
        fact = item.fact
        what = f"{fact.field or '-'}, every {item.limit_days} days"
        say(f"{fact.as_of:<10}  {item.entity.name} ({what}): {fact.claim}  {fact.source.url}")
    by_field = Counter(item.fact.field or "-" for item in found)
    most = ", ".join(f"{name} {count}" for name, count in by_field.most_common(5))
    note(f"{len(found)} facts should be checked again{': ' + most if most else ''}.")


def _require_field(field_id: str, known: Set[str]) -> None:
    """Refuse a field that no fact has: silence would read as nothing stale."""
    if field_id in known:
        return
    near = get_close_matches(field_id, sorted(known), 3)
    hint = f"Did you mean {', '.join(near)}?" if near else "`reelbank market stale` shows them."
    raise click.UsageError(f"No fact has the field “{field_id}”. {hint}")


def _stale_json(item: Stale) -> dict[str, Any]:
    fact = item.fact
    return {
        "entity": item.entity.id,
        "field": fact.field,
        "as_of": fact.as_of,
        "limit_days": item.limit_days,
        "claim": fact.claim,
        "url": fact.source.url,
    }


@market.command()
@click.option("-o", "--output", metavar="FILE", help="Write it there instead of to the screen.")
@community_option
def export(community_key: str, output: str | None) -> None:
    """Give what a bank added, corrected or retired as the YAML of the built-in facts."""
    entities = run(lambda: _own_facts(community_key))
    from bot.market.writing import to_yaml  # noqa: PLC0415

    text = to_yaml(entities)
    if output is None:
        say(text.rstrip("\n"))
    else:
        Path(output).write_text(text, "utf-8")
    facts = sum(len(entity.facts) for entity in entities)
    note(f"{len(entities)} entities, {facts:,} facts of this bank's own.")


async def _own_facts(community_key: str) -> list[Entity]:
    from bot.core.bank_facts import to_send_on  # noqa: PLC0415

    async with opened_bank(settings()) as (store, _):
        community = await community_of(store, community_key)
        rows = await store.knowledge.list(community.bank_id)
    built_in = {e.id: e for e in open_market(settings()).knowledge.entities}
    return to_send_on(rows, built_in)


@market.command()
@click.option("--state", type=click.Choice(["open", "answered", "dismissed"]), default="open",
              show_default=True, help="Which ones.")  # fmt: skip
@_json_option
@community_option
def gaps(community_key: str, state: GapState, *, as_json: bool) -> None:
    """List what was asked and nobody recorded, by what it is about, most asked first."""
    found, known = run(lambda: _gaps(community_key, state))
    if as_json:
        put_json([_topic_json(topic, known) for topic in found], is_pretty=True)
        return
    for topic in found:
        mark = "" if known.isdisjoint(topic.ids) else "  (can be answered by now)"
        say(f"{topic.count:>4}x  {topic.question or '(erased)'}{mark}")
        for gap in topic.gaps:
            if gap.question != topic.question:
                say(f"       {gap.count:>4}x  {gap.question}")
    if not found:
        note("Nothing was asked in vain." if state == "open" else f"No gap is {state}.")


def _topic_json(topic: GapTopic, known: Set[int]) -> dict[str, Any]:
    return {
        "question": topic.question,
        "count": topic.count,
        "entities": list(topic.entities),
        "followers": topic.followers,
        "is_answerable": not known.isdisjoint(topic.ids),
        "gaps": [
            {"id": g.id, "question": g.question, "count": g.count, "last_at": g.last_at.isoformat()}
            for g in topic.gaps
        ],
    }


async def _gaps(community_key: str, state: GapState) -> tuple[list[GapTopic], set[int]]:
    """Give the topics, and the ids of the open gaps that can be answered by now."""
    from bot.core.gap_answers import answerable  # noqa: PLC0415
    from bot.core.gap_topics import gap_topics  # noqa: PLC0415

    async with opened_bank(settings()) as (store, banks):
        bank_id = (await community_of(store, community_key)).bank_id
        topics = await gap_topics(store, banks, bank_id, state)
        known = await answerable(store, banks, bank_id, datetime.now(UTC).date())
    return topics, {gap.id for gap in known}
