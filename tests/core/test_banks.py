"""The caches of a bank: loaded once, dropped on changes of whatever process."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from dataclasses import replace

import numpy as np
import pytest

from bot.core import doctor, jobs, likeness
from bot.core.banks import Banks
from bot.core.jobs.reading import embed_some
from bot.core.likeness import Models
from bot.tagging.model import Vectors
from storage import NewIdea, Store, Write
from tests.fakes.house import House

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"


class WordEmbedder:
    """Hashed words in the place of the model: alike is what shares words."""

    model_id = "words"
    dimension = 384

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: list[str]) -> Vectors:
        self.calls += 1
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w{4,}", text.lower()):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def banks(house: House, embedder: WordEmbedder) -> Banks:
    return Banks(house.store, lambda: house.services.market, Models(lambda: embedder))


async def keep(house: House, banks: Banks, *texts: str) -> int:
    community = await house.community("discord:88")
    for text in texts:
        vector = await banks.vector(text)
        assert vector is not None
        new = NewIdea(title=text, text=text, vector=vector.data, vector_model=vector.model)
        write = Write(person_id=None, community_id=community.id, now=house.clock())
        await house.store.ideas.add(write, community.bank_id, new)
    return community.bank_id


async def test_look_alikes_come_from_vectors_and_follow_changes(house: House, banks: Banks) -> None:
    bank_id = await keep(house, banks, CRASH, "Lullabies with moving pictures for babies")
    found = await banks.similar(bank_id, "Reconstruct an accident for the jury from statements")
    assert [m.number for m in found] == [1]
    assert "jury" in found[0].shared

    await keep(house, banks, "Rebuild the accident for a jury from witness statements")
    again = await banks.similar(bank_id, CRASH, at_least=0.4)

    assert [m.number for m in again] == [1, 3]
    assert [m.number for m in await banks.similar(bank_id, CRASH, at_least=0.4, besides=[1])] == [3]


async def test_another_process_is_noticed(
    house: House, banks: Banks, embedder: WordEmbedder
) -> None:
    bank_id = await keep(house, banks, CRASH)
    assert await banks.similar(bank_id, CRASH)
    other = Store.open(house.store.path, durable=False)
    try:
        write = Write(person_id=None, community_id=None, now=house.clock())
        await other.ideas.delete(write, bank_id, 1)
        await other.taxonomy.put(write, bank_id, {"kind": "rename", "id": "games", "name": "Play"})
    finally:
        other.close()

    assert await banks.similar(bank_id, CRASH) == []
    assert (await banks.taxonomy(bank_id)).name("games") == "Play"
    assert (await banks.tagger(bank_id)).taxonomy.version == 2


async def test_many_askers_load_once(house: House, banks: Banks) -> None:
    bank_id = (await house.community("discord:88")).bank_id

    taggers = await asyncio.gather(*(banks.tagger(bank_id) for _ in range(10)))

    assert len({id(t) for t in taggers}) == 1


async def test_refresh_counts_what_changed_since_it_was_last_asked(
    house: House, banks: Banks
) -> None:
    assert await banks.refresh() == 0
    await keep(house, banks, CRASH)
    await banks.taxonomy((await house.community("discord:88")).bank_id)  # looks for itself

    assert await banks.refresh() >= 1
    assert await banks.refresh() == 0


async def test_completion_knows_numbers_and_words(house: House, banks: Banks) -> None:
    bank_id = await keep(house, banks, CRASH, "Lullabies for babies")

    assert [n for n, _, _ in await banks.complete(bank_id, "lulla")] == [2]
    assert [n for n, _, _ in await banks.complete(bank_id, "#1")] == [1]
    assert len(await banks.complete(bank_id, "")) == 2


async def test_the_backlog_of_an_import_is_tagged_and_embedded(
    house: House, embedder: WordEmbedder
) -> None:
    community = await house.community("discord:88")
    services = house.services
    services.banks._models = Models(lambda: embedder)
    news = [
        NewIdea(title=f"Crash {n}", text=f"{CRASH}, case {n}", external_id=str(n))
        for n in range(70)
    ]
    write = Write(person_id=None, community_id=community.id, now=house.clock())
    await house.store.ideas.add_many(write, community.bank_id, news)

    job = next(job for job in jobs.ALL if job.name == "read backlog")
    await job.run(services, house.clock())

    assert await house.store.ideas.without_tags(community.bank_id) == []
    assert await house.store.ideas.without_vector("words") == []
    assert (await house.idea(70)).primary == "legal-forensics"


async def test_the_loop_is_not_held_up_by_a_slow_model(house: House) -> None:
    class Slow(WordEmbedder):
        def encode(self, texts: list[str]) -> Vectors:
            import time

            time.sleep(0.2)
            return super().encode(texts)

    slow = Banks(house.store, lambda: house.services.market, Models(Slow))
    await slow.vector("warm")
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.005)
            longest = max(longest, loop.time() - before)

    watching = asyncio.create_task(watch())
    await slow.vector(CRASH)
    watching.cancel()

    assert longest < 0.1


async def test_of_a_large_bank_the_ideas_with_the_same_words_are_shown_until_it_is_read(
    house: House, banks: Banks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "_PATIENCE_S", 0.0)
    gate = threading.Event()
    read_all = likeness.BankIndex._read_all

    def slowly(index: likeness.BankIndex) -> object:
        gate.wait(10)
        return read_all(index)

    monkeypatch.setattr(likeness.BankIndex, "_read_all", slowly)
    bank_id = await keep(house, banks, CRASH, "Lullabies with moving pictures for babies")

    early = await banks.similar(bank_id, "Reconstruct an accident for the jury from statements")
    gate.set()
    await banks.ready(bank_id)
    late = await banks.similar(bank_id, "Reconstruct an accident for the jury from statements")

    assert [m.number for m in early] == [m.number for m in late] == [1]


async def test_an_import_is_compared_as_its_vectors_come_in_and_nothing_is_read_twice(
    house: House, banks: Banks, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank_id = await keep(house, banks, "Lullabies with moving pictures for babies")
    assert not await banks.similar(bank_id, CRASH)
    reads = 0

    def count(_index: likeness.BankIndex) -> None:
        nonlocal reads
        reads += 1

    monkeypatch.setattr(likeness.BankIndex, "_read_all", count)
    write = Write(person_id=None, community_id=None, now=house.clock())
    news = [NewIdea(title="", text=f"{CRASH} number {n}") for n in range(3)]
    community = await house.community("discord:88")
    await house.store.ideas.add_many(replace(write, community_id=community.id), bank_id, news)
    house.services.banks._models = banks.models
    while await embed_some(house.services, house.clock()):
        pass

    assert {m.number for m in await banks.similar(bank_id, CRASH)} == {2, 3, 4}
    assert reads == 0
    # and who asks again does not look through them all again
    newest = await house.store.ideas.newest_id()
    assert house.services.banks.read_up_to["vectors"] == newest


async def outdated(house: House) -> int:
    """Give a bank that added what a later release brings itself, and renamed what it took away."""
    community = await house.community("discord:88")
    write = Write(person_id=None, community_id=community.id, now=house.clock())
    for change in (
        {"kind": "add", "name": "Gaming & Esports", "id": "esports", "description": "Play"},
        {"kind": "add", "name": "Games", "id": "play", "description": "Play"},
        {"kind": "rename", "id": "no-longer-there", "name": "Gone"},
        {"kind": "rename", "id": "film-tv", "name": "Pictures"},
    ):
        await house.store.taxonomy.put(write, community.bank_id, change)
    return community.bank_id


async def test_a_change_that_no_longer_applies_is_left_out_and_the_rest_holds(
    house: House, banks: Banks, caplog: pytest.LogCaptureFixture
) -> None:
    bank_id = await outdated(house)

    taxonomy = await banks.taxonomy(bank_id)

    assert taxonomy.name("film-tv") == "Pictures"
    assert taxonomy.name("esports") == "Gaming & Esports"
    assert taxonomy.current("play") == "games"  # ideas that were put there stay among the games
    assert taxonomy.resolve("Games") == "games"
    assert "2 changes" in caplog.text
    assert "Gone" not in caplog.text


async def test_exports_and_lists_still_work_and_the_doctor_says_what_is_left_out(
    house: House,
) -> None:
    await outdated(house)
    await house.person("ann").does("idea add", text=CRASH)
    mod = house.moderator()

    assert (await mod.says("export csv")).ok
    assert (await mod.says("industry list")).ok
    found = await doctor._industries(house.store)

    assert [f.level for f in found] == [doctor.Level.NOTE] * 2
    assert "add play" in found[0].text
    assert "rename no-longer-there" in found[1].text
