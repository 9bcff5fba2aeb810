"""Bringing in a file of ideas: every well-formed row is kept once, however often it is imported.

A row is recognised by its external id, or by what it says where it has none. Our own JSON is a way
back: an admin's import into an empty bank restores numbers, times, statuses, tags and tallies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.import_files import IdeaFile, RawRow, look_at
from bot.core.import_industries import changes_in, restore
from bot.core.import_kinds import one_way
from bot.core.import_rows import BadValue, RowReader, is_record, votes_of
from storage import NewIdea, VoteCount, Write

if TYPE_CHECKING:
    from datetime import datetime

    from bot.tagging import Taxonomy
    from storage import CommunityRow, Store

CHUNK = 1000
"""Ideas in one transaction: others get their turn in between."""

Votes = Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class ImportReport:
    """What became of the rows of a file."""

    added: int = 0
    known: int = 0
    flagged: int = 0
    bad: int = 0
    notices: list[str] = field(default_factory=list)
    is_restored: bool = False


@dataclass(slots=True)
class Import:
    """One import into the bank of a community.

    Args:
        store: where ideas are kept.
        community: whose bank it is.
        taxonomy: the bank's industries.
        now: the time of the import.
        is_dry: only look, keep nothing.
        on_bad: told (line, reason) of every row that cannot be kept.
        progress: told how many rows were read so far.
    """

    store: Store
    community: CommunityRow
    taxonomy: Taxonomy
    now: datetime
    is_dry: bool = False
    on_bad: Callable[[int, str], None] = lambda _line, _reason: None
    progress: Callable[[int], None] = lambda _count: None

    async def run(self, path: Path) -> ImportReport:
        """Import a file.

        Raises:
            OperatorError: the file is empty or no text.
            OSError: it cannot be read.
        """
        file = await asyncio.to_thread(look_at, path)
        report = ImportReport(notices=list(file.notices))
        merged = await asyncio.to_thread(_merges, file) if file.is_json else Merges()
        report.is_restored = file.is_json and await self._can_restore(file)
        reader = RowReader(self.taxonomy, self.now, is_restoring=report.is_restored)
        if file.is_json and not report.is_restored and merged.has_records:
            report.notices.append(
                "The bank is not empty, so numbers, votes and merges of the export are left out."
            )
        report.notices += await asyncio.to_thread(one_way, file)
        if report.is_restored:
            await self._restore_industries(file, report)
        # What was merged comes last: its target must be there before it.
        passes = (False, True) if merged.into and report.is_restored else (None,)
        for wanted in passes:
            await self._pass(file, reader, report, merged, wanted)
        if merged.into and report.is_restored and not self.is_dry:
            await self._settle(file, reader, report)
        return report

    async def _restore_industries(self, file: IdeaFile, report: ImportReport) -> None:
        found = await asyncio.to_thread(changes_in, file)
        if found:
            write = None if self.is_dry else self._write()
            bank_id = self.community.bank_id
            notice = await restore(self.store, bank_id, self.taxonomy, found, write)
            report.notices += [notice] if notice else []

    def _write(self) -> Write:
        # In nobody's name: an import that names no author credits nobody, least of all an
        # anonymous idea to whoever imports it.
        return Write(person_id=None, community_id=self.community.id, now=self.now)

    async def _settle(self, file: IdeaFile, reader: RowReader, report: ImportReport) -> None:
        """Merge what could not be merged yet, because its target is merged itself and came later.

        Goes by numbers, so that an import which was cut off is set right by importing again.
        """
        rows = (row for row in file.rows() if not row.problem and _is_merged(row))
        left = 0
        while chunk := await asyncio.to_thread(lambda: list(islice(rows, CHUNK))):
            news = self._read(chunk, reader, ImportReport(), lambda _line, _reason: None)
            settle = self.store.ideas.settle_merges
            left += await settle(self._write(), self.community.bank_id, news)
        if left:
            report.notices.append(
                f"{left:,} merged {'idea' if left == 1 else 'ideas'} had no target in this file "
                "and came in as pending: merge them again, or import the whole export."
            )

    async def _pass(
        self,
        file: IdeaFile,
        reader: RowReader,
        report: ImportReport,
        merged: Merges,
        wanted: bool | None,  # noqa: FBT001  three-valued: unmerged rows, merged ones, all
    ) -> None:
        rows = file.rows()

        def read_some() -> tuple[int, list[NewIdea]]:
            chunk = list(islice(rows, CHUNK))
            chosen = [r for r in chunk if wanted is None or _is_merged(r) is wanted]
            return len(chunk), self._read(chosen, reader, report)

        count = 0
        # In a thread, a chunk ahead: the loop serves others, and the disk need not wait either.
        reading = asyncio.create_task(asyncio.to_thread(read_some))
        while (got := await reading)[0]:
            reading = asyncio.create_task(asyncio.to_thread(read_some))
            count += got[0]
            try:
                await self._keep([merged.without_carried(new) for new in got[1]], report)
            except BaseException:
                await asyncio.wait({reading})
                raise
            self.progress(count)

    def _read(
        self,
        rows: Sequence[RawRow],
        reader: RowReader,
        report: ImportReport,
        on_bad: Callable[[int, str], None] | None = None,
    ) -> list[NewIdea]:
        news = []
        for row in rows:
            try:
                news.append(reader.read(row))
            except BadValue as error:
                report.bad += 1
                (on_bad or self.on_bad)(row.line, str(error))
        return news

    async def _keep(self, news: list[NewIdea], report: ImportReport) -> None:
        fresh = await self._not_there_yet(news)
        report.known += len(news) - len(fresh)
        for new in fresh:
            if new.flags and not report.is_restored and not await self._is_known(new):
                report.flagged += 1
        if self.is_dry:
            report.added += len(fresh)
        elif fresh:
            add_many = self.store.ideas.add_many
            added, known = await add_many(self._write(), self.community.bank_id, fresh)
            report.added += added
            report.known += known

    async def _not_there_yet(self, news: list[NewIdea]) -> list[NewIdea]:
        """Leave out what the bank has: by its external id, or by its number, time and text."""
        bank_id = self.community.bank_id
        numbers = [n.number for n in news if n.number is not None and n.external_id is None]
        there = {}
        if numbers:
            found = await self.store.ideas.by_numbers(bank_id, numbers)
            there = {idea.number: idea for idea in found}
        fresh = []
        for new in news:
            idea = there.get(new.number) if new.number is not None else None
            is_same = idea and (idea.text, idea.created_at) == (new.text, new.created_at)
            if not is_same and not (self.is_dry and await self._is_known(new)):
                fresh.append(new)
        return fresh

    async def _is_known(self, new: NewIdea) -> bool:
        if new.external_id is None:
            return False
        bank_id = self.community.bank_id
        return await self.store.ideas.by_external_id(bank_id, new.external_id) is not None

    async def _can_restore(self, file: IdeaFile) -> bool:
        """Tell whether the bank is empty, or holds the beginning of this very export."""
        first = next((r.values for r in file.rows() if not r.problem), None)
        if first is None or not is_record(first):
            return False
        if not await self.store.ideas.counts(self.community.bank_id):
            return True
        idea = await self.store.ideas.get(self.community.bank_id, int(first["number"]))
        created = str(first.get("created_at", "")).replace("Z", "+00:00")
        return idea is not None and idea.created_at.isoformat() == created


@dataclass(slots=True)
class Merges:
    """Which exported ideas were merged into which, and with how many votes."""

    into: dict[int, list[Votes]] = field(default_factory=dict)
    has_records: bool = False

    def without_carried(self, new: NewIdea) -> NewIdea:
        """Take the votes that merges carried to an idea off again: the merge brings them back."""
        carried = self.into.get(new.number or 0)
        if not carried:
            return new
        split = dict(new.tallies.by_platform)
        for votes in carried:
            for platform, (up, down) in votes.items():
                has = split.get(platform, (0, 0))
                # May go below zero, where somebody voted otherwise on the target itself.
                split[platform] = (has[0] - up, has[1] - down)
        is_any = any(up or down for up, down in split.values())
        # Only the split counts; the sums just have to say whether there is one.
        tallies = VoteCount(up=int(is_any), down=0, by_platform=split)
        return replace(new, tallies=tallies)


def _merges(file: IdeaFile) -> Merges:
    merges = Merges()
    for row in file.rows():
        if row.problem or not is_record(row.values):
            continue
        merges.has_records = True
        target = row.values.get("merged_into")
        if _is_merged(row) and isinstance(target, int):
            votes = _votes(row)
            merges.into.setdefault(target, []).append(votes)
    return merges


def _votes(row: RawRow) -> Votes:
    try:
        return votes_of(row.values["votes"]).by_platform
    except (TypeError, ValueError, AttributeError):
        return {}  # a malformed row, which is reported when it is read


def _is_merged(row: RawRow) -> bool:
    return row.values.get("status") == "merged"
