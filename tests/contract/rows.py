"""What a play left in the store, without ids, addresses and whatever else is the platform's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.contract.stage import CHANNEL

Row = tuple[Any, ...]

_NAME = "(SELECT display_name FROM people WHERE id = {0})"
_IDEA = "(SELECT number FROM ideas WHERE id = idea_id)"
_HERE = "(SELECT id FROM communities WHERE key = :key)"

QUERIES = {
    "ideas": f"""
        SELECT number, status, created_at, updated_at, version, {_NAME.format("author_id")},
          is_anonymous, up, down, note_count, community_id = {_HERE}, merged_into, decided_at,
          consent, language, flags, author_name, title, link, reason, beneficiaries, text
        FROM ideas ORDER BY bank_id, number, id""",
    "edits": f"SELECT {_IDEA}, version, {_NAME.format('editor_id')}, at, before FROM idea_edits",
    "industries": f"""
        SELECT {_IDEA}, industry, rank, round(confidence, 4), because, set_by, taxonomy_version
        FROM idea_industries ORDER BY idea_id, rank""",
    "votes": f"""
        SELECT {_IDEA}, {_NAME.format("person_id")}, value, is_held, voted_at FROM votes
        ORDER BY 1, 2""",
    "notes": f"SELECT {_IDEA}, {_NAME.format('person_id')}, is_staff, at, text FROM notes",
    "attachments": f"""
        SELECT {_IDEA}, {_NAME.format("person_id")}, name, media_type, size_bytes, url, at
        FROM attachments ORDER BY id""",
    "followers": f"SELECT {_IDEA}, {_NAME.format('person_id')}, at FROM followers ORDER BY 1, 2",
    "aliases": f"SELECT number, {_IDEA} FROM aliases ORDER BY 1, 2",
    "audit": f"""
        SELECT bank_id = (SELECT bank_id FROM communities WHERE key = :key), seq, at,
          {_NAME.format("actor_id")}, action, details FROM audit
        ORDER BY bank_id, seq""",
    "questions": f"""
        SELECT {_NAME.format("person_id")}, asked_at, abstained, reason, entities, question,
          answer FROM questions ORDER BY id""",
    "feedback": f"""
        SELECT {_NAME.format("person_id")}, at, value, reason FROM feedback ORDER BY at""",
    "gaps": """
        SELECT count, first_at, last_at, closed_at, entities, field, question FROM gaps
        ORDER BY id""",
    "knowledge": f"""
        SELECT entity_id, state, {_NAME.format("person_id")}, at, fact FROM knowledge
        ORDER BY id""",
    "taxonomy": f"""
        SELECT version, {_NAME.format("person_id")}, at, change FROM taxonomy_changes
        ORDER BY 1""",
    "blocks": f"SELECT {_NAME.format('person_id')}, until FROM blocks",
    "people": "SELECT display_name, first_seen_at FROM people ORDER BY first_seen_at, display_name",
    "codes": f"SELECT kind, {_NAME.format('person_id')}, expires_at FROM codes ORDER BY expires_at",
    "drafts": f"SELECT {_NAME.format('person_id')}, command, at FROM drafts",
    "settings": "SELECT settings FROM communities WHERE key = :key",
}

DELIVERIES = "SELECT done_at IS NOT NULL, payload, attempts FROM deliveries"


def kept(path: Path, community_key: str) -> dict[str, list[Row]]:
    """Read everything that a platform should leave no trace in."""
    with closing(sqlite3.connect(path)) as connection:
        found = {
            name: connection.execute(sql, {"key": community_key}).fetchall()
            for name, sql in QUERIES.items()
        }
    found["settings"] = [(CHANNEL.sub("CHANNEL", text),) for (text,) in found["settings"]]
    return found


def deliveries(path: Path) -> list[Row]:
    """Read what was written down before it was acknowledged."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(DELIVERIES).fetchall()
