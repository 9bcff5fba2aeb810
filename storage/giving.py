"""All that is kept about a person, as they are given it."""

from __future__ import annotations

import sqlite3
from typing import Any

from storage.connection import from_json, moment
from storage.returning import mark_of

_JSON = frozenset({"flags", "entities", "before", "draft", "fact", "because", "change"})


def everything_of(cx: sqlite3.Connection, person_id: int) -> dict[str, Any]:
    """Give every part with its rows, as JSON can hold them."""
    everything = {name: _rows(cx, sql, person_id) for name, sql in _EVERYTHING.items()}
    for account in everything["accounts"]:
        # Of an earlier erasure, in a community that has not met them again yet.
        mark = mark_of(cx, account["key"])
        everything["blocks"] += _rows(cx, _LEFT_BEHIND, mark)
    return everything


def _rows(cx: sqlite3.Connection, sql: str, whose: int | str) -> list[dict[str, Any]]:
    cursor = cx.execute(sql, (whose,))
    names = [column[0] for column in cursor.description]
    return [
        {name: _readable(name, value) for name, value in zip(names, row, strict=True)}
        for row in cursor
    ]


def _readable(name: str, value: Any) -> Any:
    if value is not None and (name == "at" or name.endswith("_at") or name == "until"):
        return moment(value).isoformat()
    if name in _JSON and value is not None:
        return from_json(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


_LEFT_BEHIND = (
    "SELECT c.key AS community, b.until FROM blocked_accounts b "
    "JOIN communities c ON c.id = b.community_id WHERE b.mark = ?"
)
_EVERYTHING = {
    "person": "SELECT display_name, first_seen_at, notices FROM people WHERE id = ?",
    "accounts": "SELECT key, display_name, first_seen_at FROM accounts WHERE person_id = ?",
    "communities": "SELECT c.key, c.name, m.first_seen_at FROM memberships m "
    "JOIN communities c ON c.id = m.community_id WHERE m.person_id = ?",
    "roles": "SELECT c.key AS community, r.role FROM roles r JOIN communities c "
    "ON c.id = r.community_id JOIN accounts a ON a.key = r.account_key WHERE a.person_id = ?",
    "blocks": "SELECT c.key AS community, b.until FROM blocks b "
    "JOIN communities c ON c.id = b.community_id WHERE b.person_id = ?",
    "ideas": "SELECT number, title, text, beneficiaries, link, language, status, reason, "
    "is_anonymous, created_at, updated_at, decided_at, permalink, flags, consent, up, down, "
    "(SELECT group_concat(industry, ', ') FROM idea_industries WHERE idea_id = ideas.id) "
    "AS industries FROM ideas WHERE author_id = ? ORDER BY id",
    "versions": "SELECT i.number, e.version, e.at, e.before FROM idea_edits e "
    "JOIN ideas i ON i.id = e.idea_id WHERE i.author_id = ? ORDER BY e.id",
    "attachments": "SELECT i.number, a.name, a.media_type, a.size_bytes, a.url, a.at "
    "FROM attachments a JOIN ideas i ON i.id = a.idea_id WHERE a.person_id = ?",
    "votes": "SELECT i.number, v.value, v.platform, v.voted_at FROM votes v "
    "JOIN ideas i ON i.id = v.idea_id WHERE v.person_id = ?",
    "undoable_votes": "SELECT i.number, v.value, v.platform, v.voted_at FROM undo_votes v "
    "JOIN ideas i ON i.id = v.idea_id WHERE v.person_id = ?",
    "notes": "SELECT i.number, n.text, n.is_staff, n.at FROM notes n "
    "JOIN ideas i ON i.id = n.idea_id WHERE n.person_id = ?",
    "appeals": "SELECT i.number, p.text, p.at, p.closed_at FROM appeals p "
    "JOIN ideas i ON i.id = p.idea_id WHERE i.author_id = ?",
    "claims": "SELECT i.number, c.at, c.until FROM claims c JOIN ideas i ON i.id = c.idea_id "
    "WHERE c.person_id = ?",
    "follows": "SELECT i.number, f.at FROM followers f JOIN ideas i ON i.id = f.idea_id "
    "WHERE f.person_id = ?",
    "questions": "SELECT question, answer, asked_at FROM questions WHERE person_id = ?",
    # Not the question: it may be somebody else's.
    "feedback": "SELECT question_id, value, reason, at FROM feedback WHERE person_id = ?",
    "gaps": "SELECT question, entities, field, first_at, last_at FROM gaps WHERE person_id = ?",
    "gap_followers": "SELECT question, at FROM gap_followers WHERE person_id = ?",
    "facts": "SELECT entity_id, fact, state, at FROM knowledge WHERE person_id = ?",
    "drafts": 'SELECT command, at, "values" AS draft FROM drafts WHERE person_id = ?',
    "vectors": "SELECT i.number, v.model, length(v.vector) AS size_bytes FROM idea_vectors v "
    "JOIN ideas i ON i.id = v.idea_id WHERE i.author_id = ?",
    "cards": "SELECT i.number, c.key AS community, k.channel_id, k.message_id, k.put_at "
    "FROM cards k JOIN ideas i ON i.id = k.idea_id JOIN communities c ON c.id = k.community_id "
    "WHERE i.author_id = ?",
    "draft_files": "SELECT f.name, f.media_type, f.size_bytes, f.url FROM draft_attachments f "
    "JOIN drafts d ON d.id = f.draft_id WHERE d.person_id = ?",
    "edits": "SELECT i.number, e.version, e.at FROM idea_edits e JOIN ideas i ON i.id = e.idea_id "
    "WHERE e.editor_id = ?",
    "undoable": "SELECT i.number, u.action, u.at FROM undos u JOIN ideas i ON i.id = u.idea_id "
    "WHERE u.actor_id = ?1 OR i.author_id = ?1",
    "taxonomy": "SELECT version, at, change FROM taxonomy_changes WHERE person_id = ?",
    "moderates": "SELECT c.key AS community FROM communities c JOIN accounts a "
    "ON instr(c.settings, '\"' || a.key || '\"') WHERE a.person_id = ?",
    "codes": "SELECT kind, expires_at FROM codes WHERE person_id = ?",
    "log": "SELECT at, action, subject FROM audit WHERE actor_id = ? ORDER BY id",
    "counted": "SELECT kind, at FROM hits WHERE instr(key, ':' || ?1) "
    "OR EXISTS (SELECT 1 FROM accounts WHERE person_id = ?1 AND instr(hits.key, accounts.key))",
    # Of what is on its way, only what they themselves asked for, or what is for them.
    "requests": "SELECT d.received_at, d.payload AS draft FROM deliveries d JOIN accounts a "
    "ON json_extract(d.payload, '$.actor.key') LIKE replace(a.key, ':', ':%') "
    "WHERE a.person_id = ?",
    "notices": "SELECT o.kind, o.created_at, o.payload AS draft FROM outbox o JOIN accounts a "
    "ON a.key IN (json_extract(o.payload, '$.account'), json_extract(o.payload, '$.to')) "
    "WHERE a.person_id = ?",
    "buttons": 'SELECT at, "values" AS draft FROM actions WHERE person_id = ?',
}
"""A query for each part, by the person's id; `draft` and others hold JSON."""
