"""Copies of a store in use, putting them back, and looking a store over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from store_world import World

from storage import CorruptStore, IdeaFilter, ReadOnlyStore, Store, StoreInUse, check, restore
from storage.connection import connect


async def test_a_backup_while_writing_is_whole(world: World, store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.db"

    async def write() -> None:
        for number in range(100):
            await world.idea(f"Idea {number}", "words " * 50)

    await asyncio.gather(write(), store.backup(target))
    assert check(target) == []
    copy = Store.open(target, durable=False)
    numbers = await asyncio.to_thread(lambda: [i.number for i in copy.ideas.scan(1, IdeaFilter())])
    assert numbers == list(range(1, len(numbers) + 1))
    copy.close()
    with pytest.raises(ReadOnlyStore):
        await store.backup(target)


async def test_restoring(world: World, store: Store, tmp_path: Path) -> None:
    await world.idea("In the backup")
    copy = tmp_path / "copy.db"
    await store.backup(copy)
    await world.idea("After the backup")
    with pytest.raises(StoreInUse, match="Stop every Reelbank"):
        restore(copy, store.path)
    store.close()
    restore(copy, store.path)
    again = Store.open(store.path, durable=False)
    assert await again.ideas.counts(world.bank) == {"pending": 1}
    again.close()
    kept = Store.open(store.path.with_name(store.path.name + ".before-restore"), durable=False)
    assert await kept.ideas.counts(world.bank) == {"pending": 2}
    kept.close()


@pytest.mark.parametrize("content", [b"", b"rubbish" * 999])
def test_a_bad_backup_is_not_restored(path: Path, tmp_path: Path, content: bytes) -> None:
    Store.open(path, durable=False).close()
    before = path.read_bytes()
    bad = tmp_path / "bad.db"
    bad.write_bytes(content)
    for source in (bad, tmp_path / "missing.db"):
        with pytest.raises(CorruptStore):
            restore(source, path)
    assert path.read_bytes() == before


async def test_the_index_of_words_is_checked(world: World, store: Store) -> None:
    await world.idea("Drone")
    assert await asyncio.to_thread(check, store.path) == []
    raw = connect(store.path)
    raw.execute("DROP TRIGGER ideas_reworded")
    raw.execute("UPDATE ideas SET title = 'Changed behind its back'")
    raw.close()
    assert await asyncio.to_thread(check, store.path) == [
        "the index of words does not match the ideas"
    ]
