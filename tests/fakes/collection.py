"""A bank on a file for tests of exports and imports; everything in it runs to its end at once."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.core.banks import Banks
from bot.core.exports import ExportOptions, Source, write_export
from bot.core.imports import Import, ImportReport
from bot.market import Market
from bot.tagging import Taxonomy
from storage import CommunityRow, Idea, IdeaFilter, NewIdea, Store, Write

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Collection:
    """One community's bank."""

    store: Store
    community: CommunityRow

    def add(self, *news: NewIdea) -> None:
        asyncio.run(self.store.ideas.add_many(self.write(), self.community.bank_id, news))

    def write(self, person_id: int | None = None) -> Write:
        return Write(person_id=person_id, community_id=self.community.id, now=NOW)

    def person(self, name: str, platform: str = "console") -> int:
        ensure = self.store.members.ensure
        return asyncio.run(ensure(self.community.id, f"{platform}:{name}", name, NOW)).id

    def ideas(self) -> list[Idea]:
        return list(self.store.ideas.scan(self.community.bank_id, IdeaFilter()))

    def taxonomy(self) -> Taxonomy:
        return asyncio.run(Banks(self.store, no_market).taxonomy(self.community.bank_id))

    def changes_industries(self, *changes: Mapping[str, Any]) -> None:
        for change in changes:
            asyncio.run(self.store.taxonomy.put(self.write(), self.community.bank_id, change))

    def exported(self, form: str = "csv", **options: Any) -> bytes:
        out = io.BytesIO()
        chosen = ExportOptions(format=form, **options)
        source = Source(self.store, self.community.bank_id, chosen, self.taxonomy())
        write_export(source, chosen, out)
        return out.getvalue()

    def imported(self, content: bytes, name: str = "ideas.json", **options: Any) -> ImportReport:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            work = Import(self.store, self.community, self.taxonomy(), NOW, **options)
            return asyncio.run(work.run(path))


def no_market() -> Market:
    raise AssertionError  # nothing here asks the market


@contextmanager
def collection() -> Iterator[Collection]:
    """Open an empty bank of the console."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "reelbank.db", durable=False)
        try:
            row = asyncio.run(store.communities.ensure("console:local", "Console", NOW))
            yield Collection(store, row)
        finally:
            store.close()


def new(text: str = "Clips for our shop", **values: Any) -> NewIdea:
    """Make a new idea."""
    return NewIdea(**{"title": text[:60] or "-", "text": text, "author_name": "Ana", **values})


def texts(ideas: Sequence[Idea]) -> list[str]:
    return [idea.text for idea in ideas]
