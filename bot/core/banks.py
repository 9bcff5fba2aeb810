"""What is cached per bank: industries and tagger, vectors, titles, knowledge, communities.

`refresh` reads the store's changes and drops what they touch; everything is loaded again when it
is next asked for, in a thread, so that the event loop never waits for a load or for a model.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.bank_facts import entities_of
from bot.core.likeness import BankIndex, LookAlike, Models, VectorBlob, meaning_of

if TYPE_CHECKING:
    from bot.market import Market
    from bot.tagging import Example, Tagger, Tagging, Taxonomy
    from storage import Change, CommunityRow, Store

__all__ = ["Banks", "LookAlike", "VectorBlob", "meaning_of"]

_LOG = logging.getLogger(__name__)

NEWEST_TITLES = 2000
"""Titles of a bank that autocomplete answers from memory; older ones are asked of the store."""

_CHANGES_AT_ONCE = 500
_DRAWINGS = 16
"""Sets of pictures that are held of a bank, about a megabyte each."""

T = TypeVar("T")


_STALE: Mapping[str, tuple[str, ...]] = {
    "idea": ("titles", "examples", "drawn"),
    "vote": ("drawn",),
    "knowledge": ("market",),
    "taxonomy": ("taxonomy", "tagger", "drawn"),
    "settings": ("communities",),
}
"""What each kind of change makes stale; notes nothing that is held here."""


@dataclass(slots=True)
class _Bank:
    """What is held of one bank; None where it is not loaded."""

    taxonomy: Taxonomy | None = None
    tagger: Tagger | None = None
    examples: Sequence[Example] | None = None
    index: BankIndex | None = None
    titles: list[tuple[int, str, str]] | None = None
    market: Market | None = None
    drawn: dict[Hashable, Any] | None = None
    communities: Sequence[CommunityRow] | None = None
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    drops: Counter[str] = field(default_factory=Counter)  # how often each part was dropped


class Banks:
    """The caches of all banks of one process.

    Args:
        store: where everything comes from.
        market: gives the built-in knowledge; called in a thread at its first use.
        models: the embedder and what works with it, loaded at its first use.
    """

    def __init__(
        self, store: Store, market: Callable[[], Market], models: Models | None = None
    ) -> None:
        self._store = store
        self._built_in = market
        self._models = models or Models()
        self._banks: dict[int, _Bank] = {}
        self._last_change: int | None = None
        self._unreported = 0
        self._looking = asyncio.Lock()
        self.read_up_to: dict[str, int] = {}
        """Up to which idea's id all have industries ("tags:7" in bank 7) or vectors ("vectors")."""

    async def refresh(self) -> int:
        """Drop what changed, by whatever process; gives how many changes since the last call."""
        await self._look()
        count, self._unreported = self._unreported, 0
        return count

    async def _look(self) -> None:
        async with self._looking:
            if self._last_change is None:
                # Nothing is cached from before the first look, so there is nothing to drop.
                self._last_change = await self._store.changes.latest()
                return
            while True:
                changes = await self._store.changes.since(self._last_change, _CHANGES_AT_ONCE)
                for change in changes:
                    self._drop(change)
                    self._last_change = change.id
                self._unreported += len(changes)
                if len(changes) < _CHANGES_AT_ONCE:
                    return

    def _drop(self, change: Change) -> None:
        if change.bank_id is None:
            self._banks.clear()
        elif change.kind == "bank":
            # Communities were linked or unlinked: the ideas have other numbers by now.
            self._banks.pop(change.bank_id, None)
        elif change.bank_id in self._banks:
            bank = self._banks[change.bank_id]
            for name in _STALE.get(change.kind, ()):
                setattr(bank, name, None)
                bank.drops[name] += 1
            # An import ("idea", "*") brings no vectors: they follow, and say so themselves.
            brings = change.kind == "vector" or (change.kind == "idea" and change.subject != "*")
            if brings and bank.index is not None:
                bank.index.changed(change.subject)

    def _bank(self, bank_id: int) -> _Bank:
        return self._banks.setdefault(bank_id, _Bank())

    async def _held(self, bank_id: int, name: str, load: Callable[[], Awaitable[Any]]) -> Any:
        """Give a part of a bank, loading it once however many ask at the same time.

        Looks for changes first (a fraction of a millisecond), so that nobody is answered from
        before their own write.
        """
        await self._look()
        bank = self._bank(bank_id)
        if getattr(bank, name) is None:
            async with bank.locks.setdefault(name, asyncio.Lock()):
                if getattr(bank, name) is None:
                    drops = bank.drops[name]
                    loaded = await load()
                    if bank.drops[name] != drops:
                        return loaded  # it changed meanwhile: good for this once, not to be held
                    setattr(bank, name, loaded)
        return getattr(bank, name)

    async def taxonomy(self, bank_id: int) -> Taxonomy:
        """Give the bank's industries: the built-in ones with its own changes."""
        held: Taxonomy = await self._held(bank_id, "taxonomy", lambda: self._taxonomy(bank_id))
        return held

    async def _taxonomy(self, bank_id: int) -> Taxonomy:
        from bot.tagging import Taxonomy  # noqa: PLC0415  reads YAML: only who needs it pays

        changes = await self._store.taxonomy.list(bank_id)
        built_in = await asyncio.to_thread(Taxonomy.load)
        taxonomy, left_out = changed(built_in, changes)
        if left_out:
            _LOG.warning(
                "%d changes of bank %d's industries no longer apply and are left out; "
                "reelbank doctor says which",
                len(left_out),
                bank_id,
            )
        # What was undone counts, too: a version never stands for two sets of industries.
        version = built_in.version + await self._store.taxonomy.version(bank_id)
        return replace(taxonomy, version=version)

    async def tagger(self, bank_id: int) -> Tagger:
        """Give the bank's tagger."""
        held: Tagger = await self._held(bank_id, "tagger", lambda: self._tagger(bank_id))
        return held

    async def _tagger(self, bank_id: int) -> Tagger:
        taxonomy = await self.taxonomy(bank_id)
        return await asyncio.to_thread(self._models.tagger, taxonomy)

    async def examples(self, bank_id: int) -> Sequence[Example]:
        """Give what moderators of the bank corrected."""
        held: Sequence[Example] = await self._held(
            bank_id, "examples", lambda: self._examples(bank_id)
        )
        return held

    async def _examples(self, bank_id: int) -> Sequence[Example]:
        from bot.tagging import Example  # noqa: PLC0415  with the tagger only

        rows = await self._store.examples.of(bank_id)
        return [Example(text, industries[0]) for text, industries in rows if industries]

    async def tag(self, bank_id: int, text: str, *, title: str = "") -> Tagging:
        """Tell the industries of a text, in a thread."""
        tagger, examples = await self.tagger(bank_id), await self.examples(bank_id)
        return await asyncio.to_thread(tagger.tag, text, title=title, examples=examples)

    async def similar(
        self,
        bank_id: int,
        text: str,
        *,
        limit: int = 3,
        at_least: float = 0.5,
        besides: Sequence[int] = (),
    ) -> list[LookAlike]:
        """Give the ideas that are likest to a text, likest first; `besides` are left out."""
        held: BankIndex = await self._held(bank_id, "index", lambda: self._index(bank_id))
        return await held.similar(text, limit=limit, at_least=at_least, besides=frozenset(besides))

    async def _index(self, bank_id: int) -> BankIndex:
        return BankIndex(self._store, bank_id, self._models)

    async def ready(self, bank_id: int) -> None:
        """Wait until look-alikes are sought among all vectors: a second or two for a million."""
        held: BankIndex = await self._held(bank_id, "index", lambda: self._index(bank_id))
        await held.ready()

    async def vector(self, text: str) -> VectorBlob | None:
        """Give the vector of a text as it is kept; None where no embedder works."""
        found = await asyncio.to_thread(self._models.vectors, [text])
        return found[0] if found else None

    @property
    def models(self) -> Models:
        """Give the embedder and what works with it."""
        return self._models

    def language(self, text: str) -> str:
        """Guess the language of a text ("en", "es" ...)."""
        from bot.tagging import languages  # noqa: PLC0415  loads word lists

        return languages.guess(text)

    async def complete(
        self, bank_id: int, prefix: str, limit: int = 25
    ) -> list[tuple[int, str, str]]:
        """Give (number, title, status) for what was typed: numbers first, then words of titles."""
        titles = self._bank(bank_id).titles
        if titles is None:
            titles = await self._store.ideas.complete(bank_id, "", NEWEST_TITLES)
            self._bank(bank_id).titles = titles
        typed = prefix.strip().lstrip("#").casefold()
        by_number = [t for t in titles if typed and str(t[0]).startswith(typed)]
        by_words = [t for t in titles if typed in t[1].casefold()]
        found = list(dict.fromkeys([*by_number, *by_words]))[:limit]
        if len(found) < limit and len(titles) >= NEWEST_TITLES:
            older = await self._store.ideas.complete(bank_id, prefix, limit)
            found = list(dict.fromkeys([*found, *older]))[:limit]
        return found

    async def communities(self, bank_id: int) -> Sequence[CommunityRow]:
        """Give the communities that share the bank."""
        held: Sequence[CommunityRow] = await self._held(
            bank_id, "communities", lambda: self._store.communities.of_bank(bank_id)
        )
        return held

    async def drawn(self, bank_id: int, key: Hashable, draw: Callable[[], Awaitable[T]]) -> T:
        """Give what was drawn of a bank's ideas under a key, drawing it anew after any change."""
        held: dict[Hashable, T] = await self._held(bank_id, "drawn", _nothing)
        if key not in held:
            made = await draw()
            while len(held) >= _DRAWINGS:
                held.pop(next(iter(held)))
            # After a change meanwhile, `held` is no longer what others are given.
            held[key] = made
            return made
        return held[key]

    async def market(self, bank_id: int) -> Market:
        """Give the built-in knowledge with the facts that the bank added, corrected or retired."""
        held: Market = await self._held(bank_id, "market", lambda: self._market(bank_id))
        return held

    async def _market(self, bank_id: int) -> Market:
        market = await asyncio.to_thread(self._built_in)
        rows = await self._store.knowledge.list(bank_id)
        own = entities_of(rows, market.knowledge.position)
        return await asyncio.to_thread(market.with_entities, own) if own else market


async def _nothing() -> dict[Hashable, Any]:
    return {}


def changed(
    built_in: Taxonomy, rows: Sequence[Mapping[str, Any]]
) -> tuple[Taxonomy, list[Mapping[str, Any]]]:
    """Apply what a bank changed, oldest first, and give what no longer can be applied.

    A release may bring an industry of the same name, or take one away: the rest still holds.
    """
    from bot.tagging import TaxonomyError  # noqa: PLC0415  with the taxonomy only

    taxonomy, left_out = built_in, []
    for row in rows:
        change = to_change(row)
        try:
            taxonomy = taxonomy.with_changes([change])
        except TaxonomyError:
            left_out.append(row)
            taxonomy = taxonomy.standing_in(change)
    return taxonomy, left_out


def to_change(row: Mapping[str, Any]) -> Any:
    """Read a change of the taxonomy back from what the store keeps."""
    from bot.tagging import Add, Merge, Rename, Retire  # noqa: PLC0415  with the taxonomy only

    kinds = {"add": Add, "rename": Rename, "merge": Merge, "retire": Retire}
    kept = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k != "kind"}
    return kinds[row["kind"]](**kept)
