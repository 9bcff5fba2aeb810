"""Every table says whether it holds something about people; what does is given out and erased.

The list of tables comes from the schema: a table that is new fails here until it was thought about.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

from store_world import NOW, World
from test_store_privacy import MARK, fill, question

from storage import Card, NewAttachment, Store

ACCOUNT = "discord:1"
PERSONAL: dict[str, str] = {
    "people": "person", "accounts": "accounts", "memberships": "communities",
    "communities": "moderates", "roles": "roles", "blocks": "blocks", "codes": "codes",
    "ideas": "ideas", "idea_edits": "versions", "idea_industries": "ideas",
    "idea_vectors": "vectors", "aliases": "ideas", "votes": "votes", "notes": "notes",
    "followers": "follows", "attachments": "attachments", "draft_attachments": "draft_files",
    "uploads": "attachments", "undos": "undoable", "questions": "questions", "gaps": "gaps",
    "knowledge": "facts", "taxonomy_changes": "taxonomy", "audit": "log", "cards": "cards",
    "deliveries": "requests", "drafts": "drafts", "actions": "buttons", "outbox": "notices",
    "hits": "counted", "claims": "claims", "appeals": "appeals", "pairs": "ideas",
    "gap_followers": "gap_followers", "feedback": "feedback", "uncompared": "ideas",
    "undo_votes": "undoable_votes", "undo_tags": "ideas",
}  # fmt: skip
"""Tables that hold something about people, with the part of the export that tells it."""

OF_NOBODY: dict[str, str] = {
    "salts": "a random number", "nameless_votes": "counts; a thousandth of all share a drawer",
    "blocked_accounts": "salted hashes, until a block ends; the export tells them as blocks",
    "banks": "counters", "idea_tallies": "counts", "changes": "numbers of what changed",
    "jobs": "the program's own clock", "schedules": "days and hours",
    "scrubs": "times", "usage": "sums per month",
    "_sqlite_migrations": "the schema", "sqlite_sequence": "counters",
    "ideas_fts": "the words of ideas, scanned as bytes", "ideas_terms": "a view of them",
}  # fmt: skip
"""Tables that hold nothing about anybody, and why."""


def tables(store: Store) -> list[str]:
    with closing(sqlite3.connect(store.path)) as cx:
        names = cx.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'ideas_fts\\_%' "
            "ESCAPE '\\'"
        )
        return sorted(name for (name,) in names)


def rows_about(store: Store, table: str, person_id: int) -> list[dict[str, Any]]:
    """Give the rows of a table that hold a person's number, account, name or words."""
    with closing(sqlite3.connect(store.path)) as cx:
        cx.row_factory = sqlite3.Row
        found = cx.execute(f"SELECT * FROM {table}").fetchall()
    return [dict(row) for row in found if any(_is_theirs(v, person_id) for v in tuple(row))]


def _is_theirs(value: Any, person_id: int) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return any(x in text.lower() for x in (MARK, str(person_id), ACCOUNT, "discord:88:1"))


async def fill_all(world: World, store: Store) -> None:
    """Have Ann leave something in every table that can hold something of hers."""
    await fill(world, store)
    ann, bank = world.ann, world.bank
    picture = NewAttachment(
        name=f"{MARK}.png", media_type="image/png", size_bytes=9, url="", content=MARK.encode()
    )
    [first] = await store.attachments.add(world.by(ann), bank, 1, [picture], at_most=9)
    await store.attachments.add(world.by(ann), bank, 31, [picture], at_most=9)  # Bob's idea
    await store.drafts.save(world.by(ann), "idea add", {"text": MARK}, files=[picture])
    with closing(sqlite3.connect(store.path)) as cx, cx:
        cx.execute("INSERT INTO uploads VALUES (?,?,?,?)", (first.id, world.discord.id, "F0123", 1))
        idea_id = cx.execute("SELECT id FROM ideas WHERE number = 1").fetchone()[0]
        undo_id = cx.execute("SELECT max(id) FROM undos").fetchone()[0]
        bobs = cx.execute("SELECT id FROM ideas WHERE number = 31").fetchone()[0]
        cx.execute("INSERT INTO claims VALUES (?,?,1,2)", (bobs, ann.id))
        cx.execute("INSERT INTO appeals VALUES (?,1,NULL,?)", (idea_id, f"appeal {MARK}"))
        cx.execute("INSERT OR REPLACE INTO pairs VALUES (?,?,0.9,0,?)", (idea_id, bobs, MARK))
        cx.execute("INSERT OR REPLACE INTO uncompared VALUES (?)", (idea_id,))
        cx.execute("INSERT INTO undo_votes VALUES (?,?,?,1,'discord',1)", (undo_id, bobs, ann.id))
        cx.execute("INSERT INTO undo_tags VALUES (?,?,?,?)", (undo_id, idea_id, MARK, MARK))
        cx.execute("INSERT INTO aliases VALUES (?,?,?,?)", (bank, 900, idea_id, 1))
    card = Card(idea_id=idea_id, community_id=world.discord.id, channel_id="C1", message_id="M1")
    await store.cards.put(card, NOW)
    await store.members.make_identity_code(world.by(ann))
    await store.members.block(world.by(world.mod), world.discord.id, ann.id)
    await store.taxonomy.put(world.by(ann), bank, {"kind": "retire", "id": "x"})
    settings = {"moderator_roles": ["77", ACCOUNT, "discord:2"]}
    await store.communities.set_settings(world.by(world.mod), world.discord.id, settings)
    await store.ideas.edit(world.by(ann), bank, 31, changes={"title": "Changed by Ann"})
    await store.limits.hit(f"person:{ann.id}:{world.discord.id}", "write", NOW, 60, 5)
    for key in (f"notice:1:accepted:1:{ann.id}", "other"):
        payload = {"what": "accepted", "idea_id": 1, "account": ACCOUNT}
        await store.outbox.enqueue(
            world.by(None), world.discord.id, "discord", "notice", key, payload
        )
    [row] = [r for r in await store.outbox.lease(["discord"], world.tick(9), 99) if
             r.key.startswith("notice:1:")]  # fmt: skip
    await store.outbox.sent(row.id)
    asked = await store.questions.add(world.by(ann), question(world, "short"))
    await store.questions.feedback(world.by(ann), asked, -1, f"nothing of {MARK}")
    theirs = replace(question(world, "Bob's"), person_id=world.bob.id)
    asked = await store.questions.add(world.by(world.bob), theirs)
    await store.questions.feedback(world.by(ann), asked, -1, f"nothing of {MARK}")


async def test_every_table_is_accounted_for(store: Store) -> None:
    assert set(tables(store)) == {*PERSONAL, *OF_NOBODY}, (
        "say in PERSONAL which part of /privacy export tells what this table holds of people, "
        "have fill_all put something of Ann's into it, and have erasing.py take it out again; "
        "or say in OF_NOBODY why it holds nothing"
    )


async def test_whatever_holds_something_is_given_out_and_erased(world: World, store: Store) -> None:
    await fill_all(world, store)
    person_id = world.ann.id
    # These name the idea or the file, not the person.
    linked = {"idea_industries", "aliases", "uploads", "cards", "uncompared"}
    for table in set(PERSONAL) - linked:
        assert rows_about(store, table, person_id), f"fill_all leaves nothing in {table}"
    for table in OF_NOBODY:
        if not table.startswith("ideas_"):
            assert not rows_about(store, table, person_id), table

    given = await store.members.everything(person_id)
    assert set(given) >= set(PERSONAL.values())
    for part in PERSONAL.values():
        assert given[part], f"the export tells nothing of {part}"
    assert MARK in json.dumps(given)
    assert "discord:2" not in json.dumps(given)  # nobody else's account

    await store.members.erase(world.by(world.ann), person_id)
    await store.scrub()

    with closing(sqlite3.connect(store.path)) as cx:
        for table in linked - {"cards"}:  # the ideas 1 to 30 were Ann's; a card is taken down
            column = "attachment_id" if table == "uploads" else "idea_id"
            assert not cx.execute(f"SELECT 1 FROM {table} WHERE {column} <= 30").fetchall(), table
    left = {t: rows_about(store, t, person_id) for t in tables(store) if not t.startswith("ideas_")}
    # The chain names who did something by a random number, which leads to nobody any more.
    chain = left.pop("audit")
    assert all(not _is_theirs(str({**row, "actor_id": 0}), person_id) for row in chain)
    assert {table: rows for table, rows in left.items() if rows} == {}
    row = await store.communities.get("discord:88")
    assert row is not None
    assert row.settings["moderator_roles"] == ["77", "discord:2"]
