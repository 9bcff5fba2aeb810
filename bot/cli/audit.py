"""`reelbank audit`: checking the chain of what was done, and writing it to a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from bot.cli.opening import community_of, opened_store
from bot.cli.terminal import community_option, note, run, say, settings
from bot.cli.writing import written

if TYPE_CHECKING:
    from storage import AuditHead

FORMATS = ("csv", "jsonl")
_HEAD = re.compile(r"(\d{1,12}):(\d{1,12}):([0-9a-f]{64})")


@click.group()
def audit() -> None:
    """Check the log of what was done, or write it to a file."""


@audit.command()
@click.option(
    "--head",
    "noted",
    multiple=True,
    metavar="BANK:ROW:HASH",
    help="A head noted before; repeatable.",
)
def verify(*, noted: tuple[str, ...]) -> None:
    """Check that nobody changed the log by other means; exit code 1 if somebody did.

    \b
    reelbank audit verify
    reelbank audit verify --head 1:120:9f2c...

    Prints the head of each bank's chain. Whoever can write the store's file could cut rows off its
    end and set the head back with them; nothing inside the file can show that. So note a head
    elsewhere now and then, and hand it in later with --head: that row must still be there.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    problems, heads = run(lambda: _verify([_head(text) for text in noted]))
    for problem in problems:
        say(problem)
    for head in heads:
        say(f"bank {head.bank_id}: {head.seq} rows, head {head.bank_id}:{head.seq}:{head.hash}")
    if problems:
        raise click.exceptions.Exit(1)
    say("The chain is whole.")


def _head(text: str) -> AuditHead:
    from storage import AuditHead  # noqa: PLC0415

    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise click.UsageError(f"{text}: write a head as `audit verify` prints it, BANK:ROW:HASH")
    return AuditHead(bank_id=int(found[1]), seq=int(found[2]), hash=found[3])


async def _verify(noted: list[AuditHead]) -> tuple[list[str], list[AuditHead]]:
    async with opened_store(settings()) as store:
        problems = list(await store.audit.verify(None))
        for head in noted:
            if not await store.audit.has(head):
                problems.append(
                    f"bank {head.bank_id}: row {head.seq} is not there any more as it was noted"
                )
        heads = [head for head in await store.audit.heads() if head.seq]
        return problems, heads


@audit.command()
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="By default as FILE ends; jsonl."
)
@click.option("--output", "-o", metavar="FILE", help="Where to write; stdout otherwise.")
@community_option
def export(*, form: str | None, output: str | None, community_key: str) -> None:
    """Write the log of a community's bank, oldest first.

    \b
    reelbank audit export --output log.csv
    reelbank audit export --community discord:88 > log.jsonl

    A row names people by a random id, and moderators by what they are called now; authors of ideas
    are in none. Its hash is SHA-256 over the hash of the row before it (nothing, for the first)
    followed by the JSON list [bank, seq, at_us, actor, action, subject, details] without blanks,
    where details are a text: with JSON Lines anybody can work the chain out again.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    target = Path(output) if output and output != "-" else None
    by_name = target.suffix.lstrip(".").lower() if target else ""
    chosen = form or (by_name if by_name in FORMATS else "jsonl")
    count = run(lambda: _export(target, community_key, chosen))
    if target is not None:
        note(f"{count:,} {'row' if count == 1 else 'rows'} written to {target}.")


async def _export(target: Path | None, community_key: str, form: str) -> int:
    import asyncio  # noqa: PLC0415

    from bot.core.audit_file import write_audit  # noqa: PLC0415
    from storage import AuditFilter  # noqa: PLC0415

    async with opened_store(settings()) as store:
        community = await community_of(store, community_key)
        names = await store.audit.names(community.bank_id)

        def write(out: BinaryIO) -> int:
            return write_audit(
                store, community.bank_id, out, form=form, names=names, wanted=AuditFilter()
            )

        with written(target) as out:
            return await asyncio.to_thread(write, out)
