"""The copy that is served holds what everybody may see, and no byte more."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.browse.public import make_snapshot
from tests.fakes.house import House

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OPEN = "Rebuild a traffic accident from the police report for the jury"


async def snapshot(house: House, path: Path) -> int:
    community = await house.community("discord:88")
    taxonomy = await house.services.banks.taxonomy(community.bank_id)
    return await make_snapshot(house.store, community, taxonomy, path, now=NOW)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(sql).fetchall()


async def a_collection_with_secrets(house: House) -> list[str]:
    """Fill the bank; gives the markers of what may not be in the copy."""
    ann, mod = house.person("ann"), house.moderator("modzzz")
    await ann.says(f"idea add {OPEN}")
    await house.person("shyzzz").does(
        "idea add", text="Show juries how the fire spread in the warehouse", anonymous=True
    )
    await ann.says("idea add Declinedzzz clips of shoes for twelve cities, cut for every market")
    await mod.does("mod decline", number=3, reason="reasonzzz", sure=True)
    await ann.says("idea add Withdrawnzzz training films for nurses about hand hygiene")
    await ann.says("idea withdraw 4")
    flagged = await ann.says("idea add Flaggedzzz www.example.org/zzz")
    await ann.presses(flagged, "Keep it anyway")
    await ann.does("idea edit", number=1, text=f"{OPEN}. For insurers, too.", title="Crash clips")
    await mod.does("mod note", number=1, text="staffzzz")
    await ann.does("idea note", number=1, text="commentzzz")
    await house.person("voterzzz").does("idea vote", number=1, vote="1")
    await ann.says("ask what does askedzzz cost?")
    quoted = house.person("quotedzzz")
    await ann.saves("Quotezzz: animate the harvest from the farmer's diary", quoted)
    return [
        "shyzzz", "modzzz", "Declinedzzz", "reasonzzz", "Withdrawnzzz", "Flaggedzzz", "staffzzz",
        "commentzzz", "voterzzz", "askedzzz", "quotedzzz", "Quotezzz", "discord:88", "zzz",
    ]  # fmt: skip


async def test_it_holds_what_members_find_and_nothing_else(house: House, tmp_path: Path) -> None:
    markers = await a_collection_with_secrets(house)
    path = tmp_path / "collection.db"

    assert await snapshot(house, path) == 2

    assert rows(path, "SELECT number, title, author, votes_for FROM ideas ORDER BY number") == [
        (1, "Crash clips", "ann", 1),
        (2, "Show juries how the fire spread in the warehouse", None, 0),
    ]
    content = path.read_bytes().lower()
    assert b"crash clips" in content
    live = b"".join(p.read_bytes() for p in house.store.path.parent.glob("reelbank.db*")).lower()
    missing = [m for m in markers if m.lower().encode() not in live]
    assert missing == [], "the live store holds all markers, so that their absence says something"
    assert [m for m in markers if m.lower().encode() in content] == []


async def test_what_waits_for_review_is_left_out_where_review_comes_first(
    house: House, tmp_path: Path
) -> None:
    await house.set("review", "before")
    await house.person("ann").says(f"idea add {OPEN}")
    path = tmp_path / "collection.db"
    assert await snapshot(house, path) == 0

    await house.moderator().does("mod accept", number=1)

    assert await snapshot(house, path) == 1
    assert rows(path, "SELECT status FROM ideas") == [("accepted",)]


async def test_other_communities_are_not_in_it(house: House, tmp_path: Path) -> None:
    await house.enter("discord:99", "Others")
    await house.person("eve", "discord:99").says("idea add Otherzzz crash clips for insurers")
    await house.person("ann").says(f"idea add {OPEN}")
    path = tmp_path / "collection.db"

    assert await snapshot(house, path) == 1
    assert b"otherzzz" not in path.read_bytes().lower()


async def test_it_is_searched_by_words_and_only_its_owner_reads_it(
    house: House, tmp_path: Path
) -> None:
    await house.person("ann").says(f"idea add {OPEN}")
    path = tmp_path / "collection.db"
    await snapshot(house, path)

    found = "SELECT i.number FROM ideas_fts f JOIN ideas i ON i.rowid = f.rowid WHERE ideas_fts "
    assert rows(path, f"{found} MATCH 'accidents'") == [(1,)]
    assert rows(path, f"{found} MATCH 'weather'") == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    industries = "SELECT x.industry FROM idea_industries x WHERE x.is_main"
    assert rows(path, industries) == rows(path, "SELECT industry FROM ideas")
    assert rows(path, "PRAGMA foreign_key_check") == []


async def test_a_copy_that_fails_leaves_the_one_before(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.person("ann").says(f"idea add {OPEN}")
    path = tmp_path / "collection.db"
    await snapshot(house, path)
    before = path.read_bytes()

    def breaks(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.snapshot._index", breaks)
    with pytest.raises(OSError, match="space"):
        await snapshot(house, path)

    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.glob("*.part")] == []
    assert [p.name for p in tmp_path.glob(".*.part")] == []
