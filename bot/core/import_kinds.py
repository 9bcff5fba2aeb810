"""Saying what a file cannot bring back: an export in a format, or of columns, that is one-way."""

from __future__ import annotations

import re
from itertools import islice

from bot.core.import_files import IdeaFile

_LOOKED_AT = 50
_PSEUDONYM = re.compile(r"author-\d+")
_OURS = {"number", "primary_industry_name", "votes_up", "created_at"}
_PARTLY = {"number", "title", "status", "tags"}


def one_way(file: IdeaFile) -> list[str]:
    """Tell whether a file is an export that holds less than the collection did; blocks."""
    rows = [row.values for row in islice(file.rows(), _LOOKED_AT) if not row.problem]
    if not rows:
        return []
    found = []
    names = set(rows[0])
    if not file.is_json and len(names & _OURS) > len(_OURS) - 2:
        found.append(
            "This is an export as CSV, which is one-way: the ideas come in as new ones, without "
            "their numbers, votes, decisions, merges and notes. An export as JSON restores them."
        )
    if file.is_json and len(names & _PARTLY) > 1 and "number" in names and "votes" not in names:
        found.append(
            "This export holds chosen columns only, which is one-way: the ideas come in as new "
            "ones. An export as JSON with all columns restores numbers, votes and merges."
        )
    authors = {str(row["author"]) for row in rows if row.get("author")}
    if authors and all(_PSEUDONYM.fullmatch(author) for author in authors):
        found.append(
            "The names in this export are pseudonyms: who had the ideas, and where they were "
            "said, cannot be restored from it."
        )
    return found
