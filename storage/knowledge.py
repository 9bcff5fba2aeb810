"""What a bank knows beyond the built-in knowledge, and its own industries."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from storage.connection import from_json, moment, to_json
from storage.engine import Subject, reads, writes
from storage.errors import NotThere
from storage.idea_writes import find
from storage.rows import FactChange, FactState, IdeaTag, KnowledgeRow
from storage.tag_rows import replace_tags, tag_rows, to_rows, without_undone
from storage.tx import Tx
from storage.undo_rows import remember


class Knowledge(Subject):
    """Facts of a bank."""

    @writes
    def put(
        self,
        tx: Tx,
        bank_id: int,
        entity_id: str,
        fact: Mapping[str, Any],
        state: FactState,
        *,
        row_id: int | None = None,
        expected: FactState | None = None,
    ) -> int:
        """Add a fact, or with `row_id` correct it or change its state; gives the row's id.

        Raises:
            NotThere: the bank has no such row, or it is no longer in the `expected` state.
        """
        return _put(tx, bank_id, FactChange(entity_id, fact, state, row_id, expected))

    @writes
    def put_all(self, tx: Tx, bank_id: int, changes: Sequence[FactChange]) -> Sequence[int]:
        """Make several changes at once, or none of them; gives the rows' ids.

        Raises:
            NotThere: as `put` does.
        """
        return [_put(tx, bank_id, change) for change in changes]

    @reads
    def list(
        self, cx: sqlite3.Connection, bank_id: int, states: Sequence[FactState] = ()
    ) -> list[KnowledgeRow]:
        """Give a bank's facts, oldest first; with `states` only those."""
        rows = cx.execute(
            "SELECT id, entity_id, fact, state, person_id, at FROM knowledge "
            "WHERE bank_id = ? ORDER BY id",
            (bank_id,),
        )
        return [
            KnowledgeRow(
                id=id_,
                entity_id=entity_id,
                fact=from_json(fact),
                state=state,
                person_id=person_id,
                at=moment(at),
            )
            for id_, entity_id, fact, state, person_id, at in rows
            if not states or state in states
        ]


def _put(tx: Tx, bank_id: int, change: FactChange) -> int:
    entity_id, fact, state, row_id = change.entity_id, change.fact, change.state, change.row_id
    if row_id is None:
        cursor = tx.run(
            "INSERT INTO knowledge (bank_id, entity_id, state, person_id, at, fact) "
            "VALUES (?,?,?,?,?,?)",
            (bank_id, entity_id, state, tx.person_id, tx.now_us, to_json(fact)),
        )
        row_id = cursor.lastrowid or 0
        before: dict[str, Any] = {"new": True}
    else:
        before = _before(tx, bank_id, row_id, entity_id, fact)
        if change.expected not in {None, before["state"]}:
            raise NotThere
        tx.run(
            "UPDATE knowledge SET entity_id = ?, state = ?, at = ?, fact = ? WHERE id = ?",
            (entity_id, state, tx.now_us, to_json(fact), row_id),
        )
    subject = f"fact:{row_id}"
    if state != "proposed":  # a moderator's act; a member's proposal is theirs
        remember(tx, bank_id, subject, "fact", before)
    tx.audit(bank_id, "fact.put", subject, {"state": state}, actor_id=tx.person_id)
    tx.changed(bank_id, "knowledge", str(row_id))
    tx.outcome(subject)
    return row_id


def _before(
    tx: Tx, bank_id: int, row_id: int, entity_id: str, fact: Mapping[str, Any]
) -> dict[str, Any]:
    """Give what undo needs of a fact; its words only where they change."""
    sql = "SELECT entity_id, state, fact FROM knowledge WHERE id = ? AND bank_id = ?"
    row = tx.one(sql, (row_id, bank_id))
    if row is None:
        raise NotThere
    was = from_json(row[2])
    is_same = row[0] == entity_id and was == dict(fact)
    return {"state": row[1]} | ({} if is_same else {"entity_id": row[0], "fact": was})


class Taxonomy(Subject):
    """A bank's own changes to the industries, to be replayed upon the built-in ones."""

    @writes
    def put(
        self,
        tx: Tx,
        bank_id: int,
        change: Mapping[str, Any],
        *,
        moves: Sequence[tuple[int, Sequence[IdeaTag]]] = (),
        swap: tuple[str, str] | None = None,
        taxonomy_version: int = 1,
    ) -> int:
        """Add a change, with the ideas that it moves; gives the bank's new version, from 1.

        Args:
            tx: the transaction.
            bank_id: whose industries.
            change: as the caller will want it back.
            moves: (number, industries) of ideas that were read anew.
            swap: an industry, and the one that takes its place on all other ideas. One that has
                both keeps the one that ranks first under the new name.
            taxonomy_version: what is noted on the swapped industries.
        """
        sql = "SELECT coalesce(max(version), 0) + 1 FROM taxonomy_changes WHERE bank_id = ?"
        version = int(tx.one(sql, (bank_id,))[0])
        tx.run(
            "INSERT INTO taxonomy_changes VALUES (?,?,?,?,?)",
            (bank_id, version, tx.person_id, tx.now_us, to_json(change)),
        )
        undo_id = remember(tx, bank_id, "taxonomy", "taxonomy", {"version": version})
        moved = [_move(tx, undo_id, bank_id, number, tags) for number, tags in moves]
        if swap is not None:
            moved += _swap(tx, undo_id, bank_id, swap, taxonomy_version)
        if moved:
            tx.changed(bank_id, "idea", "*")
        subject = f"taxonomy:{version}"
        details = {"fields": sorted(change), "ideas": len(moved)}
        tx.audit(bank_id, "taxonomy.put", subject, details, actor_id=tx.person_id)
        tx.changed(bank_id, "taxonomy", str(version))
        tx.outcome(subject)
        return version

    @reads
    def list(self, cx: sqlite3.Connection, bank_id: int) -> list[Mapping[str, Any]]:
        """Give a bank's changes as they were put, oldest first, without those that were undone."""
        rows = cx.execute(
            "SELECT version, change FROM taxonomy_changes WHERE bank_id = ? ORDER BY version",
            (bank_id,),
        )
        return [*without_undone([(version, from_json(text)) for version, text in rows])]

    @reads
    def version(self, cx: sqlite3.Connection, bank_id: int) -> int:
        """Give how many changes there ever were, undone ones and their undoing included."""
        sql = "SELECT coalesce(max(version), 0) FROM taxonomy_changes WHERE bank_id = ?"
        return int(cx.execute(sql, (bank_id,)).fetchone()[0])


def _move(tx: Tx, undo_id: int | None, bank_id: int, number: int, tags: Sequence[IdeaTag]) -> int:
    found = find(tx, bank_id, number)
    _replace(tx, undo_id, found.id, to_rows(tags))
    return found.id


def _swap(
    tx: Tx, undo_id: int | None, bank_id: int, swap: tuple[str, str], version: int
) -> list[int]:
    old, new = swap
    rows = tx.run(
        "SELECT t.idea_id FROM idea_industries t JOIN ideas i ON i.id = t.idea_id "
        "WHERE i.bank_id = ? AND t.industry = ?",
        (bank_id, old),
    ).fetchall()
    for (idea_id,) in rows:
        kept: dict[str, list[Any]] = {}
        for industry, _, confidence, _, because, set_by in tag_rows(tx, idea_id):
            name = new if industry == old else industry
            kept.setdefault(name, [name, len(kept), confidence, version, because, set_by])
        _replace(tx, undo_id, idea_id, [*kept.values()])
    return [idea_id for (idea_id,) in rows]


def _replace(tx: Tx, undo_id: int | None, idea_id: int, rows: Sequence[Sequence[Any]]) -> None:
    """Give an idea other industries, remembering those before."""
    before = tag_rows(tx, idea_id)
    replace_tags(tx, idea_id, rows)
    if undo_id is not None:
        # An idea that is read anew and then swapped keeps what it had before both.
        tx.run(
            "INSERT INTO undo_tags VALUES (?,?,?,?) "
            "ON CONFLICT DO UPDATE SET after = excluded.after",
            (undo_id, idea_id, to_json(before), to_json(tag_rows(tx, idea_id))),
        )
