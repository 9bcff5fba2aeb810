"""Opening: migrations, and files that cannot be used: a clear error, nothing overwritten."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_world import NOW, World, make_world

from storage import (
    CorruptStore,
    DiskFull,
    IdeaFilter,
    NewerStore,
    Store,
    StoreError,
    StoreLocked,
)
from storage.connection import APPLICATION_ID, SCHEMA_VERSION, connect
from storage.migrations import migrations

OLDEST = Path(__file__).with_name("schema_m001.sql")


def schema(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    connection.close()
    return {name: " ".join(sql.split()) for name, sql in rows}


def make_oldest(path: Path) -> None:
    """Make a store as the first release did, with a community and an idea in it."""
    path.parent.mkdir(parents=True)
    connection = connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    for statement in OLDEST.read_text().split("\n\n"):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO _sqlite_migrations VALUES (1, 'reelbank', 'm001_ideas', '2026')"
    )
    connection.execute("INSERT INTO banks (id, next_number, created_at) VALUES (1, 2, 0)")
    connection.execute(
        "INSERT INTO communities (key, platform, name, bank_id, created_at) "
        "VALUES ('slack:T1', 'slack', 'Old', 1, 0)"
    )
    connection.execute(
        "INSERT INTO ideas (bank_id, number, status, created_at, updated_at, rank, title, text) "
        "VALUES (1, 1, 'pending', 0, 0, 0, 'Old drone', 'kept from long ago')"
    )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=1")
    connection.close()


def test_the_version_counts_the_migrations() -> None:
    names = [migration.name for migration in migrations._migrations]
    assert len(names) == SCHEMA_VERSION
    assert names == sorted(names)


async def test_what_a_migration_takes_over_of_feedback_and_hides_of_anonymous_ideas(
    path: Path,
) -> None:
    make_oldest(path)
    with contextlib.closing(connect(path)) as cx:
        cx.execute(
            "INSERT INTO questions (id, community_id, person_id, thread_key, asked_at, abstained, "
            "feedback, feedback_reason, entities, question, answer) VALUES "
            "(1, 1, 7, 't', 5, 0, -1, 'whose words?', '[]', 'q', 'a'), "
            "(2, 1, NULL, 't', 5, 0, 1, '', '[]', 'q', 'a'), "
            "(3, 1, 7, 't', 5, 0, NULL, '', '[]', 'q', 'a')"
        )
        cx.execute(
            "UPDATE ideas SET is_anonymous = 1, author_id = 7, permalink = 'l', external_id = 'm'"
        )
    Store.open(path, durable=False).close()

    with contextlib.closing(connect(path)) as cx:
        assert cx.execute("SELECT * FROM feedback").fetchall() == [(1, 7, 5, -1, "")]
        assert cx.execute("SELECT permalink, external_id FROM ideas").fetchall() == [(None, None)]


async def test_old_gaps_are_found_again_but_not_by_their_hash(path: Path) -> None:
    def plain(words: str) -> str:
        return hashlib.sha256(f"#{words}".encode()).hexdigest()

    make_oldest(path)
    with contextlib.closing(connect(path)) as cx:
        cx.executemany(
            "INSERT INTO gaps (bank_id, key, first_at, last_at, entities, field, question) "
            "VALUES (1, ?, 0, 0, '[]', '', ?)",
            [(plain("will it rain?"), "Will it rain?"), (plain("am i ill?"), "")],
        )
    store = Store.open(path, durable=False)
    world = await make_world(store)
    await store.gaps.add(world.by(world.ann), 1, "will it rain?", [], "")
    await store.gaps.add(world.by(world.ann), 1, "am i ill?", [], "")

    gaps = await store.gaps.list(1)
    assert sorted((g.question, g.count) for g in gaps) == [
        ("", 1), ("Will it rain?", 2), ("am i ill?", 1)
    ]  # fmt: skip
    store.close()
    with contextlib.closing(connect(path)) as cx:
        keys = {key for (key,) in cx.execute("SELECT key FROM gaps")}
    assert not keys & {plain("will it rain?"), plain("am i ill?")}


async def test_the_oldest_store_opens_and_works(path: Path) -> None:
    make_oldest(path)
    store = Store.open(path, durable=False)
    world = await make_world(store)
    page = await store.ideas.search(1, IdeaFilter(words="drones"))
    assert [idea.title for idea in page.ideas] == ["Old drone"]
    assert (await store.communities.ensure("slack:T1", "", NOW)).name == "Studio"
    assert (await world.idea()).number == 1
    store.close()


def test_an_upgraded_store_has_the_schema_of_a_new_one(path: Path, tmp_path: Path) -> None:
    make_oldest(path)
    Store.open(path, durable=False).close()
    fresh = tmp_path / "fresh.db"
    Store.open(fresh, durable=False).close()
    assert schema(path) == schema(fresh)


def test_opening_twice_changes_nothing(path: Path) -> None:
    Store.open(path, durable=False).close()
    before = path.read_bytes()
    Store.open(path, durable=False).close()
    assert path.read_bytes() == before
    assert Database(sqlite3.connect(path))["ideas"].exists()


def test_a_newer_store_is_left_alone(path: Path) -> None:
    Store.open(path, durable=False).close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version=999")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="Upgrade Reelbank"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 50, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_what_is_no_database_is_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(CorruptStore, match="Nothing was overwritten"):
        Store.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bookmarks (url)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(CorruptStore, match="another program"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(CorruptStore, match="is a folder"):
        Store.open(tmp_path)


async def test_a_page_that_was_damaged_later_is_named(world: World, store: Store) -> None:
    for number in range(200):
        await world.idea(f"Idea {number}", "words " * 200)
    store.close()
    size = store.path.stat().st_size
    with store.path.open("r+b") as file:
        file.seek(4096 * 40)
        file.write(b"\xde\xad\xbe\xef" * ((size - 4096 * 60) // 4))
    try:
        broken = Store.open(store.path, durable=False)
    except CorruptStore:
        return
    with pytest.raises(CorruptStore, match="reelbank restore"):
        await asyncio.to_thread(lambda: [*broken_scan(broken)])
    broken.close()


def broken_scan(store: Store) -> list[object]:
    async def every() -> None:
        for number in range(200):
            await store.ideas.get(1, number + 1)
            await store.ideas.search(1, IdeaFilter(words=f"idea {number}"))

    asyncio.run(every())
    return []


AS_NOBODY = """
    import os, sys
    from pathlib import Path
    from storage import Store, StoreError
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        Store.open(Path(sys.argv[1]))
    except StoreError as error:
        print(type(error).__name__, error)
"""


def open_as_nobody(path: Path) -> str:
    """Open in a process that is not root, whom no permission stops."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(AS_NOBODY), str(path)],
        capture_output=True, text=True, check=False, timeout=30,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    if "PermissionError" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip("another user cannot read the project here")
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def open_to_all(tmp_path: Path) -> Path:
    """Give a folder that other users reach."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder not in {Path("/"), Path("/tmp")}:
            folder.chmod(0o755)
    return tmp_path


def test_a_folder_that_cannot_be_written(open_to_all: Path) -> None:
    said = open_as_nobody(open_to_all / "reelbank.db")
    assert said.startswith("ReadOnlyStore")
    assert "REELBANK_DATA_DIR" in said
    assert list(open_to_all.iterdir()) == []


def test_a_file_that_cannot_be_written(open_to_all: Path) -> None:
    path = open_to_all / "reelbank.db"
    Store.open(path, durable=False).close()
    path.chmod(0o444)
    before = path.read_bytes()
    assert open_as_nobody(path).startswith("ReadOnlyStore")
    assert path.read_bytes() == before


async def add_large_ideas(world: World) -> None:
    for _ in range(999):
        await world.idea("Large", "words " * 500)


async def test_a_full_disk_takes_nothing_away(world: World, store: Store) -> None:
    await world.idea("Before")

    def limit(connection: sqlite3.Connection) -> int:
        """Let the file grow no further: SQLite then says the same as on a full disk."""
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        return int(connection.execute(f"PRAGMA max_page_count={pages}").fetchone()[0])

    await store._engine.write(limit)
    with pytest.raises(DiskFull, match="make room"):
        await add_large_ideas(world)
    assert (await world.get(1)).title == "Before"
    kept = (await store.ideas.counts(world.bank))["pending"]
    assert await store.audit.verify() == []
    await store._engine.write(lambda cx: cx.execute("PRAGMA max_page_count=1000000").fetchone())
    assert (await world.idea("After")).number == kept + 1


def test_a_real_full_disk(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    try:
        path = mount / "reelbank.db"

        async def fill() -> int:
            store = Store.open(path)
            world = await make_world(store)
            try:
                with pytest.raises(DiskFull):
                    await add_large_ideas(world)
                return (await store.ideas.counts(world.bank))["pending"]
            finally:
                store.close()

        kept = asyncio.run(fill())
        assert kept > 0
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert raw.execute("SELECT count(*) FROM ideas").fetchone() == (kept,)
        raw.close()
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


async def test_a_locked_store_says_so(path: Path) -> None:
    store = Store.open(path, durable=False, busy_timeout_s=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="stuck process"):
        await store.communities.ensure("slack:T1", "x", NOW)
    with pytest.raises(StoreLocked):
        Store.open(path, busy_timeout_s=0.1)
    assert await store.communities.get("slack:T1") is None  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert (await store.communities.ensure("slack:T1", "x", NOW)).id == 1
    store.close()


async def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.open(path, durable=False)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.changes.purge(NOW)
