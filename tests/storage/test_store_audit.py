from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from store_world import World

from storage import Store

TAMPER = {
    "edited": 'UPDATE audit SET details = \'{"to":"accepted"}\' WHERE seq = 3 AND bank_id = 1',
    "actor": "UPDATE audit SET actor_id = 7 WHERE seq = 3 AND bank_id = 1",
    "removed": "DELETE FROM audit WHERE seq = 3 AND bank_id = 1",
    "cut off": "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE bank_id = 1)",
    "slipped in": "INSERT INTO audit (bank_id, seq, at, action, subject, details, hash) "
    "SELECT bank_id, seq + 1, at, action, subject, details, hash FROM audit "
    "WHERE bank_id = 1 ORDER BY seq DESC LIMIT 1",
    "moved": "UPDATE audit SET bank_id = 2, seq = 99 WHERE seq = 4 AND bank_id = 1",
}


@pytest.mark.parametrize("how", TAMPER)
async def test_tampering_is_found(world: World, store: Store, how: str) -> None:
    for title in ("A", "B", "C"):
        await world.idea(title)
    await store.ideas.set_status(
        world.by(world.mod), world.bank, 1, expected=["pending"], to="declined"
    )
    assert await store.audit.verify() == []
    raw = sqlite3.connect(store.path)
    for trigger in ("audit_is_append_only", "audit_is_kept"):
        raw.execute(f"DROP TRIGGER {trigger}")
    assert raw.execute(TAMPER[how]).rowcount == 1
    raw.commit()
    raw.close()
    problems = await store.audit.verify()
    assert problems
    assert all(problem.startswith("bank ") for problem in problems)
    assert await store.audit.verify(world.slack.bank_id) == [] or how == "moved"


def test_the_table_refuses_changes(path: Path) -> None:
    Store.open(path, durable=False).close()
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO banks (created_at) VALUES (0)")
    raw.execute("INSERT INTO audit VALUES (1, 1, 1, 0, NULL, 'a', 's', '{}', 'h')")
    for sql in ("UPDATE audit SET action = 'b'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(sql)
    raw.close()


async def test_it_names_who_did_what_but_never_words(world: World) -> None:
    await world.idea("SECRETWORD", "SECRETWORD in the text")
    await world.store.ideas.edit(
        world.by(world.mod), world.bank, 1, changes={"text": "SECRETWORD 2"}
    )
    await world.store.ideas.set_status(
        world.by(world.mod), world.bank, 1, expected=["pending"], to="declined", reason="SECRETWORD"
    )
    rows = await world.store.audit.list(world.bank, 10)
    assert "SECRETWORD" not in repr(rows)
    assert "discord:" not in repr(rows)
    by_action = {row.action: row for row in rows}
    assert by_action["idea.status"].actor_id == world.mod.id
    assert by_action["idea.status"].details == {"from": "pending", "to": "declined"}
    assert by_action["idea.edit"].details == {"fields": ["text"], "version": 2}
    older = await world.store.audit.list(world.bank, 10, rows[1].id)
    assert older == rows[2:]
    assert [row.id for row in world.store.audit.scan(world.bank)] == [r.id for r in reversed(rows)]
