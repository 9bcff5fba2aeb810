"""Look-alikes in one bank: its vectors in memory, kept fresh, and what compares them."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import IdeaFilter

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.tagging import Embedder, Likeness, Tagger, Taxonomy, VectorIndex
    from bot.tagging.model import Vectors
    from storage import Idea, Store

_PATIENCE_S = 0.5
"""So long somebody waits for a bank's vectors to be read; for half a million they take seconds."""

_AT_ONCE = 500
"""Changed vectors that are read in one go."""

_NEAREST = 25
_WORDS = 8
_REMEMBERED = 256
"""Latest vectors: of an idea as it is tagged, compared and kept, of a batch of an import."""
_FETCH_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class LookAlike:
    """An idea of the bank that is like a text."""

    number: int
    score: float
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VectorBlob:
    """A vector as the store keeps it: float32 bytes, and the model that made it."""

    model: str
    data: bytes


def meaning_of(title: str, text: str) -> str:
    """Give what is compared of an idea; a title that was made from the text adds nothing."""
    return text if not title or text.startswith(title.rstrip("…")) else f"{title}\n{text}"


class Remembering:
    """An embedder that remembers the latest texts: a new idea is tagged, compared and kept."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id = embedder.model_id
        self.dimension = embedder.dimension
        self._lock = threading.Lock()
        self._latest: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: list[str]) -> Vectors:
        """Give one row per text; the latest texts cost nothing. Blocks."""
        import numpy as np  # noqa: PLC0415  with the embedder only

        with self._lock:
            rows = {text: self._latest[text] for text in texts if text in self._latest}
        missing = [text for text in dict.fromkeys(texts) if text not in rows]
        if missing:
            rows.update(zip(missing, self._embedder.encode(missing), strict=True))
        with self._lock:
            self._latest.update((text, rows[text]) for text in missing[-_REMEMBERED:])
            while len(self._latest) > _REMEMBERED:
                self._latest.popitem(last=False)
        return (
            np.stack([rows[text] for text in texts])
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )


def models_for(settings: Settings) -> Models:
    """Give what the operator allows: the embedder, or words alone."""
    return Models() if settings.allow_embedder else Models(lambda: None)


class Models:
    """The embedder, loaded once per process at its first use; all methods block.

    Args:
        load: gives the embedder, None for words alone. Without it the built-in one is loaded.
    """

    def __init__(self, load: Callable[[], Embedder | None] | None = None) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._likeness: Likeness | None = None

    def likeness(self) -> Likeness:
        """Give what compares texts."""
        from bot.tagging import Likeness, load_embedder  # noqa: PLC0415  loads numpy and word lists

        with self._lock:
            if self._likeness is None:
                embedder = (self._load or load_embedder)()
                self._embedder = Remembering(embedder) if embedder else None
                self._likeness = Likeness(self._embedder)
            return self._likeness

    @property
    def embedder(self) -> Embedder | None:
        """Give the embedder, None where there is none."""
        self.likeness()
        return self._embedder

    def tagger(self, taxonomy: Taxonomy) -> Tagger:
        """Make the tagger of a taxonomy."""
        from bot.tagging import Tagger  # noqa: PLC0415  loads numpy and word lists

        return Tagger(taxonomy, self.embedder)

    def vectors(self, texts: Sequence[str]) -> list[VectorBlob] | None:
        """Give the vectors of texts as they are kept; None where no embedder works."""
        rows, embedder = self.likeness().encode(texts), self.embedder
        if rows is None or embedder is None:
            return None
        return [VectorBlob(embedder.model_id, row.tobytes()) for row in rows]


class BankIndex:
    """The vectors of one bank by the number of the idea."""

    def __init__(self, store: Store, bank_id: int, models: Models) -> None:
        self._store, self._bank_id, self._models = store, bank_id, models
        self._index: VectorIndex | None = None
        self._changed: set[int] = set()
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None

    def changed(self, subject: str) -> None:
        """Note that ideas changed ("42", "42,43"), or all may have ("*")."""
        if subject == "*":
            self._index, self._reading = None, None
        self._changed |= {int(number) for number in subject.split(",") if number.isdigit()}

    async def similar(
        self, text: str, *, limit: int, at_least: float, besides: frozenset[int]
    ) -> list[LookAlike]:
        """Give the likest ideas, likest first, statuses aside."""
        likeness = await asyncio.to_thread(self._models.likeness)
        item = (await asyncio.to_thread(likeness.prepare, [text]))[0]
        words = list(item.content.values())
        ideas, vectors = await self._candidates(words, item.vector)
        wanted = [idea for idea in ideas if idea.number not in besides]
        rows = None
        if vectors is not None:
            rows = await asyncio.to_thread(_stacked, [vectors[idea.number] for idea in wanted])
        texts = [meaning_of(idea.title, idea.text) for idea in wanted]
        others = await asyncio.to_thread(likeness.prepare, texts, rows)
        named = {str(i.number): other for i, other in zip(wanted, others, strict=True)}
        # Reading closely embeds what is left of both: not in the loop.
        found = await asyncio.to_thread(
            likeness.matches, item, named, at_least=at_least, limit=limit
        )
        return [LookAlike(int(m.id), m.score, m.shared) for m in found]

    async def _candidates(
        self, words: Sequence[str], vector: Any
    ) -> tuple[list[Idea], Mapping[int, bytes] | None]:
        if vector is None:
            return await self._by_words(words), None
        index = await self._freshened()
        if index is None:
            numbers = [idea.number for idea in await self._by_words(words)]
        else:
            from bot.tagging.similar import LEAST_COSINE  # noqa: PLC0415  with the model only

            near = await asyncio.to_thread(index.nearest, vector, _NEAREST)
            numbers = [number for number, cosine in near if cosine >= LEAST_COSINE]
        model = self._model_id()
        held = await self._store.ideas.vector_rows(self._bank_id, numbers, model)
        ideas = await self._store.ideas.by_numbers(self._bank_id, [n for n in numbers if n in held])
        return ideas, held

    async def _by_words(self, words: Sequence[str]) -> list[Idea]:
        """Without an embedder, or until all vectors are read: the ideas that have a long word.

        One search per word, since a search for all of them would find the very text alone.
        """
        found: dict[int, Idea] = {}
        for word in sorted(words, key=len, reverse=True)[:_WORDS]:
            wanted = IdeaFilter(words=word, sort="relevance")
            page = await self._store.ideas.search(
                self._bank_id, wanted, limit=_NEAREST, with_facets=False
            )
            found |= {idea.number: idea for idea in page.ideas}
        return list(found.values())

    def _model_id(self) -> str:
        embedder = self._models.embedder
        return embedder.model_id if embedder else ""

    async def ready(self) -> None:
        """Wait until all vectors are read."""
        self._loop = asyncio.get_running_loop()
        if self._index is None:
            await self._start_reading()

    async def _freshened(self) -> VectorIndex | None:
        """Give the index as it should be now; None while a large one is still being read."""
        self._loop = asyncio.get_running_loop()
        if self._index is None:
            await asyncio.wait({self._start_reading()}, timeout=_PATIENCE_S)
        index = self._index
        if index is not None and self._changed:
            async with self._lock:
                await self._read_changed(index)
        return index

    def _start_reading(self) -> asyncio.Task[None]:
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        mine = asyncio.current_task()
        try:
            index = await asyncio.to_thread(self._read_all)
        except BaseException:
            self._reading = None  # the next one tries again
            raise
        if self._reading is mine:  # nothing was said to have changed altogether meanwhile
            self._index, self._reading = index, None

    def _read_all(self) -> VectorIndex | None:
        import numpy as np  # noqa: PLC0415  with the embedder only

        from bot.tagging import VectorIndex  # noqa: PLC0415

        embedder = self._models.embedder
        if embedder is None:
            return None
        index = VectorIndex(embedder.dimension, fetch=self._fetch)
        for numbers, blob in self._store.ideas.vector_chunks(self._bank_id, embedder.model_id):
            index.add(numbers, np.frombuffer(blob, np.float32).reshape(-1, embedder.dimension))
        return index

    def _fetch(self, numbers: Sequence[int]) -> dict[int, Any]:
        """Give vectors of numbers; called in a thread by an index that holds bits alone."""
        import numpy as np  # noqa: PLC0415  with the embedder only

        if self._loop is None:
            return {}
        asked = self._store.ideas.vector_rows(self._bank_id, numbers, self._model_id())
        rows = asyncio.run_coroutine_threadsafe(asked, self._loop).result(_FETCH_TIMEOUT_S)
        return {number: np.frombuffer(blob, np.float32) for number, blob in rows.items()}

    async def _read_changed(self, index: VectorIndex) -> None:
        numbers, self._changed = sorted(self._changed), set()
        for at in range(0, len(numbers), _AT_ONCE):
            some = numbers[at : at + _AT_ONCE]
            rows = await self._store.ideas.vector_rows(self._bank_id, some, self._model_id())
            await asyncio.to_thread(_replace, index, some, rows)


def _replace(index: VectorIndex, numbers: Sequence[int], rows: Mapping[int, bytes]) -> None:
    for number in numbers:
        if number not in rows:
            index.remove(number)
    if rows:
        index.add(list(rows), _stacked(list(rows.values())))


def _stacked(blobs: Sequence[bytes]) -> Any:
    import numpy as np  # noqa: PLC0415  with the embedder only

    if not blobs:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), -1)
