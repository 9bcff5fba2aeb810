"""Industries of ideas; a moderator's choice is also an example for the bank's tagger."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from storage.engine import Subject, reads, writes
from storage.idea_rows import SELECT, to_ideas
from storage.idea_writes import end_undo, find, finish, is_author, keep_undo, read
from storage.rows import Idea, IdeaTag
from storage.tag_rows import replace_tags, tag_rows, to_rows
from storage.tx import Tx

MOST_EXAMPLES = 1_000
"""So many of the newest corrections are learnt from: each is compared with each new idea."""


class Tagging(Subject):
    """Setting industries, and the ideas that still lack them."""

    @writes
    def set_tags(self, tx: Tx, bank_id: int, number: int, tags: Sequence[IdeaTag]) -> Idea:
        """Replace an idea's industries.

        The tagger never overwrites a moderator's or author's choice: with tags that are all its
        own, such an idea is given back as it is.
        """
        found = find(tx, bank_id, number)
        before = tag_rows(tx, found.id)
        by_tagger = bool(tags) and all(tag.set_by == "tagger" for tag in tags)
        if by_tagger and any(row[5] != "tagger" for row in before):
            return read(tx, found.id)
        replace_tags(tx, found.id, to_rows(tags))
        by_author = is_author(tx, found) and any(tag.set_by == "author" for tag in tags)
        if by_author:
            end_undo(tx, found.id)
        else:
            keep_undo(tx, found, "tags", {"tags": before})
        details = {"industries": [tag.industry for tag in tags]}
        return finish(tx, found, "idea.tags", details, as_author=by_author)

    @reads
    def without_tags(
        self, cx: sqlite3.Connection, bank_id: int, limit: int = 100, *, after_id: int = 0
    ) -> list[Idea]:
        """Give ideas that have no industry yet, oldest first (an import's backlog).

        Who asks again and again says after which id, so that the others aren't read each time.
        """
        sql = SELECT + (
            "WHERE i.bank_id = ? AND i.id > ? AND NOT EXISTS "
            "(SELECT 1 FROM idea_industries t WHERE t.idea_id = i.id) ORDER BY i.id LIMIT ?"
        )
        return to_ideas(cx.execute(sql, (bank_id, after_id, limit)))

    @reads
    def newest_id(self, cx: sqlite3.Connection) -> int:
        """Give the id of the newest idea of any bank, 0 where there is none."""
        return int(cx.execute("SELECT coalesce(max(id), 0) FROM ideas").fetchone()[0])

    @reads
    def unread(
        self, cx: sqlite3.Connection, bank_id: int, model: str | None, *, after_id: int = 0
    ) -> tuple[int, int]:
        """Count the ideas that wait for industries, and for a vector of the model (0 for None)."""
        waiting = "SELECT count(*) FROM ideas i WHERE i.bank_id = ? AND i.id > ? AND NOT EXISTS "
        tags = "(SELECT 1 FROM idea_industries t WHERE t.idea_id = i.id)"
        vectors = "(SELECT 1 FROM idea_vectors v WHERE v.idea_id = i.id AND v.model = ?)"
        untagged = cx.execute(waiting + tags, (bank_id, after_id)).fetchone()[0]
        if model is None:
            return untagged, 0
        return untagged, cx.execute(waiting + vectors, (bank_id, after_id, model)).fetchone()[0]

    @writes
    def tag_many(self, tx: Tx, bank_id: int, tags: Sequence[tuple[int, Sequence[IdeaTag]]]) -> int:
        """Tag many by number in one transaction, only those without a tag; gives how many."""
        tagged = 0
        for number, wanted in tags:
            found = find(tx, bank_id, number)
            if not tag_rows(tx, found.id):
                replace_tags(tx, found.id, to_rows(wanted))
                tagged += 1
        # Nothing that is cached of ideas knows the tagger's tags, so none of it is stale.
        tx.changed(bank_id, "tags", "*")
        tx.audit(bank_id, "idea.tags", "ideas", {"count": tagged}, actor_id=tx.person_id)
        return tagged


class Examples(Subject):
    """Moderators' corrections, from which a bank's tagger learns."""

    @reads
    def of(self, cx: sqlite3.Connection, bank_id: int) -> list[tuple[str, tuple[str, ...]]]:
        """Give (title and text, industries with the primary first) of the newest corrected ideas.

        They are read from the ideas themselves, so that an undo or an erasure takes them along.
        At most 1,000, oldest first.
        """
        rows = cx.execute(
            "SELECT i.title || char(10) || i.text, (SELECT group_concat(industry, char(10)) FROM "
            "(SELECT industry FROM idea_industries WHERE idea_id = i.id ORDER BY rank)) "
            "FROM (SELECT DISTINCT idea_id FROM idea_industries WHERE set_by = 'moderator') c "
            "CROSS JOIN ideas i ON i.id = c.idea_id WHERE i.bank_id = ? "
            "ORDER BY i.id DESC LIMIT ?",
            (bank_id, MOST_EXAMPLES),
        ).fetchall()
        return [(text, tuple(industries.split("\n"))) for text, industries in reversed(rows)]
