"""Vectors of ideas, in a table of their own, with the model that made them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from storage.connection import marks
from storage.engine import Subject, reads, writes
from storage.idea_rows import SELECT, to_ideas
from storage.idea_writes import find
from storage.rows import Idea
from storage.tx import Tx

_VECTORS = (
    "SELECT i.number, v.vector FROM ideas i JOIN idea_vectors v ON v.idea_id = i.id "
    "WHERE i.bank_id = ? AND v.model = ? "
)


class Vectors(Subject):
    """Keeping and giving out vectors; what they mean is the caller's affair."""

    @reads
    def vectors(self, cx: sqlite3.Connection, bank_id: int, model: str) -> tuple[list[int], bytes]:
        """Give the numbers of the ideas and their vectors one after the other, by number."""
        rows = cx.execute(_VECTORS + "ORDER BY i.number", (bank_id, model)).fetchall()
        return [number for number, _ in rows], b"".join(vector for _, vector in rows)

    def vector_chunks(
        self, bank_id: int, model: str, size: int = 4096
    ) -> Iterator[tuple[list[int], bytes]]:
        """Give the same in chunks of at most `size`, on a connection of its own. Blocks."""
        connection = self.engine.connection()
        try:
            cursor = connection.execute(_VECTORS + "ORDER BY i.number", (bank_id, model))
            while rows := cursor.fetchmany(size):
                yield [number for number, _ in rows], b"".join(vector for _, vector in rows)
        finally:
            connection.close()

    @reads
    def vector_rows(
        self, cx: sqlite3.Connection, bank_id: int, numbers: Sequence[int], model: str
    ) -> dict[int, bytes]:
        """Give the vectors of some ideas by their numbers; those without one are left out."""
        sql = _VECTORS + f"AND i.number IN ({marks(len(numbers))})"
        return dict(cx.execute(sql, (bank_id, model, *numbers)).fetchall())

    @reads
    def without_vector(
        self, cx: sqlite3.Connection, model: str, limit: int = 100, *, after_id: int = 0
    ) -> list[Idea]:
        """Give ideas of any bank that this model has not read yet, oldest first.

        Who asks again and again says after which id, so that the others aren't read each time.
        """
        sql = SELECT + (
            "WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM idea_vectors v "
            "WHERE v.idea_id = i.id AND v.model = ?) ORDER BY i.id LIMIT ?"
        )
        return to_ideas(cx.execute(sql, (after_id, model, limit)))

    @writes
    def set_vector(self, tx: Tx, bank_id: int, number: int, model: str, blob: bytes) -> None:
        """Keep the vector of an idea in the place of an earlier one."""
        _put(tx, bank_id, number, model, blob)
        tx.changed(bank_id, "vector", str(number))

    @writes
    def set_vectors(
        self, tx: Tx, bank_id: int, model: str, vectors: Sequence[tuple[int, bytes]]
    ) -> None:
        """Keep (number, vector) of many ideas in one transaction."""
        for number, blob in vectors:
            _put(tx, bank_id, number, model, blob)
        tx.changed(bank_id, "vector", ",".join(str(number) for number, _ in vectors))


def _put(tx: Tx, bank_id: int, number: int, model: str, blob: bytes) -> None:
    tx.run(
        "INSERT INTO idea_vectors VALUES (?,?,?) ON CONFLICT (idea_id) DO UPDATE "
        "SET model = excluded.model, vector = excluded.vector",
        (find(tx, bank_id, number).id, model, blob),
    )
