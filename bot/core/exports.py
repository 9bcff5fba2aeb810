"""The collection as a file: which formats there are, and writing one as a stream.

The same ideas give the same bytes: nothing in a file depends on when it was written. Memory stays
flat, since ideas are written as they are read. Anonymous authors never get here: the store leaves
their names out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Protocol

from bot.core.export_columns import VERSION, Column, chosen
from storage import Attachment, Idea, IdeaFilter

if TYPE_CHECKING:
    from bot.tagging import Taxonomy
    from storage import Store
    from storage.exporting import ExportRow, Snapshot

__all__ = ["FORMATS", "VERSION", "Coded", "ExportOptions", "Source", "write_export"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What is written and how.

    `is_pseudonymised` puts "author-1", "author-2" ... (in the order in which they first appear in
    this file) in the place of names, and leaves out links to their messages. `with_bom` lets old
    spreadsheet programs see that a CSV is UTF-8.
    """

    format: str = "csv"
    filter: IdeaFilter = field(default_factory=IdeaFilter)
    is_pseudonymised: bool = False
    with_bom: bool = False
    locale: str = "en"  # of what is there to read (html)
    columns: tuple[str, ...] = ()  # names and presets of export_columns; none: every column


class Writer(Protocol):
    """Writes ideas in one format."""

    def __call__(self, source: Source, out: BinaryIO, *, with_bom: bool) -> int:
        """Write everything; gives how many ideas there were."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its file name's end, its type, and which module writes it."""

    suffix: str
    media_type: str
    module: str


FORMATS: Mapping[str, Format] = {
    "csv": Format(".csv", "text/csv", "bot.core.export_csv"),
    "xlsx": Format(
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "bot.core.export_xlsx",
    ),
    "jsonl": Format(".jsonl", "application/x-ndjson", "bot.core.export_json"),
    "json": Format(".json", "application/json", "bot.core.export_json"),
    "md": Format(".md", "text/markdown", "bot.core.export_markdown"),
    "html": Format(".html", "text/html", "bot.core.report.page"),
}
FIXED = frozenset({"html"})
"""Formats that show what they show, whatever columns are chosen."""


@dataclass(frozen=True, slots=True)
class Coded:
    """An industry's name with its codes (NAICS 2022, ISIC Rev. 4), also joined by blanks."""

    name: str
    naics: tuple[str, ...]
    isic: tuple[str, ...]
    naics_text: str
    isic_text: str


class Source:
    """The ideas to be written, as one snapshot; blocks.

    Args:
        store: where they are.
        bank_id: whose they are.
        options: which of them, and whether names are replaced.
        taxonomy: names and codes of the bank's industries.
        progress: told how many ideas were read so far.
    """

    def __init__(
        self,
        store: Store,
        bank_id: int,
        options: ExportOptions,
        taxonomy: Taxonomy,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self.columns: tuple[Column, ...] = chosen(options.columns)
        self.statuses: Counter[str] = Counter()  # of what was given out so far
        self.last_number = 0  # of what was given out so far
        self._store = store
        self._bank_id = bank_id
        self._options = options
        self._progress = progress
        self._names: dict[str, str] = {}
        self._industries: dict[str, Coded] = {}
        self._files: Mapping[int, Sequence[Attachment]] | None = None
        self._snapshot: Snapshot | None = None

    def again(self) -> Source:
        """Give a new source of the same ideas, with the same pseudonyms."""
        source = Source(self._store, self._bank_id, self._options, self.taxonomy)
        source._names = self._names
        return source

    @property
    def options(self) -> ExportOptions:
        """Give what was asked for."""
        return self._options

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Fix the moment: all that is read within is of one state of the store."""
        with self._store.ideas.snapshot(self._bank_id, self._options.filter) as opened:
            self._snapshot = opened
            try:
                yield
            finally:
                self._snapshot = None

    @property
    def snapshot(self) -> Snapshot:
        """Give the opened snapshot."""
        if self._snapshot is None:
            msg = "the source is not opened"
            raise TypeError(msg)
        return self._snapshot

    def batches(self, *, after: int = 0, limit: int = -1) -> Iterator[list[ExportRow]]:
        """Give the ideas in order of number as rows; at most `limit` above the number `after`."""
        count = 0
        for batch in self.snapshot.batches(after=after, limit=limit):
            self.statuses.update([row.status for row in batch])
            if self._progress is not None:
                self._progress(count)
            count += len(batch)
            self.last_number = batch[-1].number
            is_renamed = self._options.is_pseudonymised
            yield list(map(self._nameless, batch)) if is_renamed else batch

    def rows(self, *, after: int = 0, limit: int = -1) -> Iterator[ExportRow]:
        """Give the same one by one."""
        for batch in self.batches(after=after, limit=limit):
            yield from batch

    def ideas(self) -> Iterator[Idea]:
        """Give the ideas in order of number, as whole values."""
        is_renamed = self._options.is_pseudonymised
        for count, idea in enumerate(self._store.ideas.scan(self._bank_id, self._options.filter)):
            if self._progress is not None and count % 256 == 0:
                self._progress(count)
            self.statuses[idea.status] += 1
            yield self._without_name(idea) if is_renamed else idea

    def files(self, number: int) -> Sequence[Attachment]:
        """Give what was added to an idea: only what it is, never its bytes; read once."""
        if self._files is None:
            self._files = self._store.attachments.of_bank(self._bank_id)
        return self._files.get(number, ())

    def industry(self, industry: str) -> Coded:
        """Give the name and the codes of an industry; looked up once."""
        known = self._industries.get(industry)
        if known is None:
            taxonomy = self.taxonomy
            naics, isic = taxonomy.naics(industry), taxonomy.isic(industry)
            known = self._industries[industry] = Coded(
                taxonomy.name(industry), naics, isic, " ".join(naics), " ".join(isic)
            )
        return known

    def _nameless(self, row: ExportRow) -> ExportRow:
        return row._replace(
            author_name=self._pseudonym(row.author_name), permalink=None, external_id=None
        )

    def _without_name(self, idea: Idea) -> Idea:
        return replace(
            idea,
            author_name=self._pseudonym(idea.author_name),
            permalink=None,
            external_id=None,
        )

    def _pseudonym(self, name: str) -> str:
        if not name:
            return ""
        # By name, not by account: one who is in the collection twice by two names stays two.
        return self._names.setdefault(name, f"author-{len(self._names) + 1}")


def write_export(source: Source, options: ExportOptions, out: BinaryIO) -> int:
    """Write the collection to an open binary stream; blocks, and gives how many ideas it holds."""
    from importlib import import_module  # noqa: PLC0415  one format's module is enough

    module = import_module(FORMATS[options.format].module)
    writer: Writer = getattr(module, f"write_{options.format}")
    with source.opened():
        return writer(source, out, with_bom=options.with_bom)
