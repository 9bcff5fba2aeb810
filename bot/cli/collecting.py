"""`reelbank import` and `reelbank export`: the collection in and out."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import community_of, opened_bank, opened_services
from bot.cli.terminal import (
    Progress,
    community_option,
    existing,
    note,
    put_json,
    run,
    say,
    settings,
)
from bot.cli.writing import written

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.core.exports import ExportOptions, Source
    from bot.core.imports import ImportReport

STATUSES = ("pending", "accepted", "declined", "merged", "withdrawn")
FORMATS = ("csv", "xlsx", "jsonl", "json", "md", "html")


@click.command("import")
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--later", is_flag=True, help="Leave tags and look-alikes to a running Reelbank.")
@community_option
def import_(file: str, *, dry_run: bool, later: bool, community_key: str) -> None:
    """Bring in ideas from FILE: CSV, JSON Lines or JSON (- for stdin).

    \b
    reelbank import ideas.csv --dry-run
    reelbank import ideas.csv

    Needs a column "text"; knows title, author, anonymous, industry, status, date, link, who
    benefits and external_id (under their usual names). Importing a file again adds nothing: rows
    are recognised by external_id, or by what they say. A malformed row is reported with its line,
    and the exit code is then 1; all others are kept. An export as JSON or JSON Lines comes back
    into an empty bank with numbers, times, statuses, tags and votes.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    with _file(file) as path:
        report = run(lambda: _import(path, community_key, is_dry=dry_run))
    _tell(report, is_dry=dry_run)
    # Also of what is known already: an import that was killed is gone on with by importing again.
    if (report.added or report.known) and not dry_run and not later:
        run(lambda: _read_backlog(with_tags=not report.is_restored))
    if report.bad:
        raise click.exceptions.Exit(1)


def _tell(report: ImportReport, *, is_dry: bool) -> None:
    for text in report.notices:
        note(text)
    verb = "would be kept" if is_dry else "kept"
    parts = [f"{report.added:,} {_ideas(report.added)} {verb}"]
    if report.known:
        parts.append(f"{report.known:,} known already")
    if report.flagged:
        parts.append(f"{report.flagged:,} flagged for a moderator")
    if report.bad:
        parts.append(f"{report.bad:,} malformed")
    say("; ".join(parts) + ".")


async def _read_backlog(*, with_tags: bool) -> None:
    """Tag and embed what was kept; after an interruption the next run or chat goes on with it."""
    from bot.core.jobs.reading import read_some  # noqa: PLC0415

    async with opened_services(settings()) as services:
        rows = await services.store.communities.all() if with_tags else []
        banks = sorted({row.bank_id for row in rows})
        with Progress("ideas read") as progress:
            count = 0
            while some := await read_some(services, banks, services.clock()):
                progress.at(count := count + some)


def _ideas(count: int) -> str:
    return "idea" if count == 1 else "ideas"


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """Give the file; what comes by stdin is put into one first, since it is read twice."""
    if name != "-":
        yield existing(name)
        return
    with tempfile.TemporaryDirectory(prefix="reelbank-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as out:
            while chunk := sys.stdin.buffer.read(1 << 16):
                out.write(chunk)
        yield path


async def _import(path: Path, community_key: str, *, is_dry: bool) -> ImportReport:
    from bot.core.imports import Import  # noqa: PLC0415

    async with opened_bank(settings()) as (store, banks):
        community = await community_of(store, community_key)
        with Progress("rows") as progress:
            work = Import(
                store,
                community,
                await banks.taxonomy(community.bank_id),
                datetime.now(UTC),
                is_dry=is_dry,
                on_bad=lambda line, reason: note(f"line {line}: {reason}"),
                progress=progress.at,
            )
            return await work.run(path)


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="By default as FILE ends; csv."
)
@click.option("--output", "-o", metavar="FILE", help="Where to write; stdout otherwise.")
@click.option("--industry", multiple=True, metavar="ID", help="Of this industry; repeatable.")
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Repeatable.")
@click.option("--since", metavar="DATE", help="From this day on (YYYY-MM-DD).")
@click.option("--until", metavar="DATE", help="Up to and with this day.")
@click.option("--author", default="", metavar="NAME", help="By this author; never anonymous ones.")
@click.option("--min-votes", type=int, metavar="N", help="With a score of at least N.")
@click.option("--text", default="", metavar="WORDS", help='With these words; "a phrase" in quotes.')
@click.option("--pseudonymise", is_flag=True, help="author-1, author-2 ... in place of names.")
@click.option(
    "--columns",
    default="",
    metavar="NAMES",
    help="Names of columns or presets (basic, review, votes, codes), with commas; all otherwise.",
)
@click.option("--manifest", is_flag=True, help="Write FILE.manifest.json with counts and SHA-256.")
@click.option("--bom", is_flag=True, help="Start a CSV with a byte order mark, for old Excel.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of an exported idea instead.")
@community_option
@click.pass_context
def export(ctx: click.Context, /, community_key: str, **chosen: object) -> None:
    """Write the collection: every idea of the bank, of every status, unless filtered.

    \b
    reelbank export --output ideas.csv
    reelbank export --format jsonl --status accepted --since 2026-01-01 > accepted.jsonl
    reelbank export --output report.html

    The same ideas give the same bytes. Anonymous authors stay anonymous in every format. CSV is
    safe to open in a spreadsheet program; JSON and JSON Lines hold everything and can be imported.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    from bot.core.export_columns import chosen as columns_of  # noqa: PLC0415
    from bot.core.export_columns import keys_of, names_in  # noqa: PLC0415

    columns = names_in(str(chosen["columns"]))
    wanted = columns_of(columns)  # says which there are, before anything is written
    if chosen["schema"]:
        from bot.core.export_schema import KEYS, schema_of  # noqa: PLC0415

        put_json(schema_of(keys_of(wanted) if columns else KEYS), is_pretty=True)
        return
    output = chosen["output"]
    target = Path(str(output)) if output and output != "-" else None
    if chosen["manifest"] and target is None:
        raise click.UsageError("--manifest needs --output FILE: it is written beside that file")
    count = run(lambda: _export(ctx, target, community_key))
    if target is not None:
        note(f"{count:,} {_ideas(count)} written to {target}.")


def _options(ctx: click.Context, target: Path | None, zone: ZoneInfo, locale: str) -> ExportOptions:
    from bot.core.export_columns import names_in  # noqa: PLC0415
    from bot.core.exports import ExportOptions  # noqa: PLC0415
    from storage import IdeaFilter  # noqa: PLC0415

    chosen = ctx.params
    by_name = target.suffix.lstrip(".").lower() if target else ""
    return ExportOptions(
        format=chosen["format_"] or (by_name if by_name in FORMATS else "csv"),
        is_pseudonymised=chosen["pseudonymise"],
        with_bom=chosen["bom"],
        locale=locale,
        columns=names_in(chosen["columns"]),
        filter=IdeaFilter(
            words=chosen["text"],
            industries=chosen["industry"],
            statuses=chosen["status"],
            by_name=chosen["author"],
            since=_day(chosen["since"], zone),
            until=_day(chosen["until"], zone, days=1),
            min_votes=chosen["min_votes"],
        ),
    )


def _day(text: str | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """Give the start of a day in the community's time zone, or of the one after it."""
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        raise click.UsageError(f"{text}: write a day as 2026-11-22") from None
    until = day + timedelta(days=days)
    return (until - timedelta(microseconds=1) if days else until).astimezone(UTC)


async def _export(ctx: click.Context, target: Path | None, community_key: str) -> int:
    import asyncio  # noqa: PLC0415

    from bot.core import community_settings  # noqa: PLC0415
    from bot.core.exports import FIXED, Source, write_export  # noqa: PLC0415

    async with opened_bank(settings()) as (store, banks):
        community = await community_of(store, community_key)
        zone = community_settings.zone(community.settings)
        locale = str(community_settings.get(community.settings, "locale"))
        options = _options(ctx, target, zone, locale)
        taxonomy = await banks.taxonomy(community.bank_id)
        unknown = [i for i in options.filter.industries if taxonomy.get(i) is None]
        if unknown:
            raise click.UsageError(f"{unknown[0]}: no such industry. There is: "
                                   + ", ".join(taxonomy.ids))  # fmt: skip
        if options.columns and options.format in FIXED:
            note("The report has a table of its own: --columns changes nothing in it.")
        with Progress("ideas") as progress, written(target) as out:
            source = Source(store, community.bank_id, options, taxonomy, progress=progress.at)
            count = await asyncio.to_thread(write_export, source, options, out)
        if ctx.params["manifest"] and target is not None:
            await asyncio.to_thread(_put_manifest, source, target, count)
        return count


def _put_manifest(source: Source, target: Path, count: int) -> None:
    """Write what the file holds beside it."""
    from bot.core.export_manifest import manifest  # noqa: PLC0415
    from bot.core.export_parts import Piece  # noqa: PLC0415

    beside = target.with_name(target.name + ".manifest.json")
    with written(beside) as out:
        out.write(manifest(source, [Piece(target.name, target, count)], datetime.now(UTC)))
