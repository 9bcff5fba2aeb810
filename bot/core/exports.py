"""The collection as a file: which formats there are, and writing one as a stream.

The same ideas give the same bytes: nothing in a file depends on when it was written. Memory stays
flat, since ideas are written as they are read. Anonymous authors never get here: the store leaves
their names out.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from bot.core.model import Community, File
from storage import Attachment, Idea, IdeaFilter

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.tagging import Taxonomy
    from storage import Store

VERSION = 1
"""Of the columns: names and order never change within a version, new ones come last."""


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
    "jsonl": Format(".jsonl", "application/x-ndjson", "bot.core.export_json"),
    "json": Format(".json", "application/json", "bot.core.export_json"),
    "md": Format(".md", "text/markdown", "bot.core.export_markdown"),
    "html": Format(".html", "text/html", "bot.core.report.page"),
}


@dataclass(frozen=True, slots=True)
class Coded:
    """An industry's name with its codes (NAICS 2022, ISIC Rev. 4)."""

    name: str
    naics: tuple[str, ...]
    isic: tuple[str, ...]


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
        self._store = store
        self._bank_id = bank_id
        self._options = options
        self._progress = progress
        self._names: dict[str, str] = {}
        self._industries: dict[str, Coded] = {}
        self._files: Mapping[int, Sequence[Attachment]] | None = None

    @property
    def options(self) -> ExportOptions:
        """Give what was asked for."""
        return self._options

    def ideas(self) -> Iterator[Idea]:
        """Give the ideas in order of number."""
        is_renamed = self._options.is_pseudonymised
        for count, idea in enumerate(self._store.ideas.scan(self._bank_id, self._options.filter)):
            if self._progress is not None and count % 256 == 0:
                self._progress(count)
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
            known = self._industries[industry] = Coded(
                taxonomy.name(industry), taxonomy.naics(industry), taxonomy.isic(industry)
            )
        return known

    def _without_name(self, idea: Idea) -> Idea:
        name = ""
        if idea.author_name:
            # By name, not by account: one who is in the collection twice by two names stays two.
            name = self._names.setdefault(idea.author_name, f"author-{len(self._names) + 1}")
        return replace(idea, author_name=name, permalink=None)


def write_export(source: Source, options: ExportOptions, out: BinaryIO) -> int:
    """Write the collection to an open binary stream; blocks, and gives how many ideas it holds."""
    from importlib import import_module  # noqa: PLC0415  one format's module is enough

    module = import_module(FORMATS[options.format].module)
    writer: Writer = getattr(module, f"write_{options.format}")
    return writer(source, out, with_bom=options.with_bom)


async def export_file(services: Services, community: Community, options: ExportOptions) -> File:
    """Write the collection of a community's bank to a temporary file for the asker.

    The adapter deletes the file after sending it. Its name tells the community, never a member.
    """
    taxonomy = await services.banks.taxonomy(community.bank_id)
    source = Source(services.store, community.bank_id, options, taxonomy)
    form = FORMATS[options.format]
    path = await asyncio.to_thread(_written, source, options, form.suffix)
    return File(f"ideas{form.suffix}", str(path), form.media_type)


def _written(source: Source, options: ExportOptions, suffix: str) -> Path:
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            write_export(source, options, out)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
