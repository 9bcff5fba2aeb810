"""The rows of an idea's industries, as they are read, remembered and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.connection import from_json, to_json
from storage.rows import IdeaTag
from storage.tx import Tx


def to_rows(tags: Sequence[IdeaTag]) -> list[tuple[Any, ...]]:
    """Give the rows of tags, without their idea."""
    return [
        (tag.industry, tag.rank, tag.confidence, tag.taxonomy_version, to_json(tag.because),
         tag.set_by)
        for tag in tags
    ]  # fmt: skip


def tag_rows(tx: Tx, idea_id: int) -> list[tuple[Any, ...]]:
    """Give an idea's tags as `to_rows` does, primary first."""
    return tx.run(
        "SELECT industry, rank, confidence, taxonomy_version, because, set_by "
        "FROM idea_industries WHERE idea_id = ? ORDER BY rank",
        (idea_id,),
    ).fetchall()


def replace_tags(tx: Tx, idea_id: int, rows: Sequence[Sequence[Any]]) -> None:
    """Put these rows in the place of what the idea has."""
    tx.run("DELETE FROM idea_industries WHERE idea_id = ?", (idea_id,))
    tx.run_many(
        "INSERT INTO idea_industries (idea_id, industry, rank, confidence, taxonomy_version, "
        "because, set_by) VALUES (?,?,?,?,?,?,?)",
        [(idea_id, *row) for row in rows],
    )


def current_rows(tx: Tx, bank_id: int, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Give remembered rows with the industries of today: a merged one has become its target.

    What was retired falls away; an idea that would be left without any gets none, and the backlog
    job tags it anew.
    """
    kinds = {"merge", "retire"}
    gone = [c for c in effective_changes(tx, bank_id) if c["kind"] in kinds]
    kept: dict[str, list[Any]] = {}
    for industry, _, *rest in rows:
        name: str | None = industry
        for change in gone:
            if change["id"] == name:
                name = change.get("into")
        if name is not None:
            kept.setdefault(name, [name, len(kept), *rest])
    return list(kept.values())


def effective_changes(tx: Tx, bank_id: int) -> list[dict[str, Any]]:
    """Give a bank's changes of industries without those that were undone, oldest first."""
    sql = "SELECT version, change FROM taxonomy_changes WHERE bank_id = ? ORDER BY version"
    return without_undone([(v, from_json(text)) for v, text in tx.run(sql, (bank_id,))])


def without_undone(rows: Sequence[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Leave out what was undone, and the undoing."""
    undone = {change["version"] for _, change in rows if change["kind"] == "undo"}
    return [c for version, c in rows if c["kind"] != "undo" and version not in undone]
