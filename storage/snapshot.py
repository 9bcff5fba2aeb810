"""A file of its own that holds only what everybody may see: made for reading, never for keeping.

It is written anew from rows that were chosen before, so no page of it, free or used, ever held
anything else. Nothing in it leads to a person or to a platform's account.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

_BATCH = 1_000
_TOKENS = "porter unicode61 remove_diacritics 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicIdea:
    """An idea as everybody may see it; `author` is None where nobody is to be named."""

    number: int
    title: str
    text: str
    industries: tuple[str, ...]  # ids, the primary one first; at least one
    status: str
    author: str | None
    up: int
    down: int
    who_benefits: str
    link: str
    language: str
    created: str  # YYYY-MM-DD
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicIndustry:
    """An industry with its codes, joined by blanks."""

    id: str
    name: str
    naics: str
    isic: str


def write_snapshot(
    path: Path,
    *,
    ideas: Iterable[PublicIdea],
    industries: Iterable[PublicIndustry],
    about: Mapping[str, str],
) -> int:
    """Write the file and put it in the place of the one that was there; blocks.

    Readers of the old file keep it until they close it. Only the owner may read the file.

    Args:
        path: the file; its folder is there.
        ideas: in any order.
        industries: all that ideas name.
        about: what is said of the snapshot, as name and words.

    Returns:
        How many ideas it holds.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        count = _fill(part, ideas, industries, about)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _fill(
    path: Path,
    ideas: Iterable[PublicIdea],
    industries: Iterable[PublicIndustry],
    about: Mapping[str, str],
) -> int:
    db = Database(path)
    try:
        # A file that is thrown away when it is not finished needs no journal.
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        _create(db)
        db.table("industries").insert_all(
            {"id": i.id, "name": i.name, "naics": i.naics, "isic": i.isic} for i in industries
        )
        count = _insert(db, ideas)
        _index(db)
        db.table("about").insert_all({"what": what, "value": v} for what, v in about.items())
        return count
    finally:
        db.close()


def _create(db: Database) -> None:
    db.table("industries").create({"id": str, "name": str, "naics": str, "isic": str}, pk="id")
    db.table("ideas").create(
        {
            "number": int, "title": str, "text": str, "industry": str, "status": str,
            "score": int, "votes_for": int, "votes_against": int, "author": str,
            "who_benefits": str, "link": str, "language": str, "created": str, "month": str,
            "comments": int,
        },
        pk="number",
        foreign_keys=[("industry", "industries", "id")],
    )  # fmt: skip
    db.table("idea_industries").create(
        {"idea": int, "industry": str, "is_main": int},
        pk=("idea", "industry"),
        foreign_keys=[("idea", "ideas", "number"), ("industry", "industries", "id")],
    )
    db.table("about").create({"what": str, "value": str}, pk="what")


def _insert(db: Database, ideas: Iterable[PublicIdea]) -> int:
    count = 0
    for batch in _batches(ideas):
        count += len(batch)
        db.table("ideas").insert_all(map(_row, batch))
        db.table("idea_industries").insert_all(
            {"idea": idea.number, "industry": industry, "is_main": int(n == 0)}
            for idea in batch
            for n, industry in enumerate(dict.fromkeys(idea.industries))
        )
    return count


def _batches(ideas: Iterable[PublicIdea]) -> Iterator[list[PublicIdea]]:
    batch: list[PublicIdea] = []
    for idea in ideas:
        batch.append(idea)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(idea: PublicIdea) -> dict[str, Any]:
    return {
        "number": idea.number,
        "title": idea.title,
        "text": idea.text,
        "industry": idea.industries[0],
        "status": idea.status,
        "score": idea.up - idea.down,
        "votes_for": idea.up,
        "votes_against": idea.down,
        "author": idea.author,
        "who_benefits": idea.who_benefits or None,
        "link": idea.link or None,
        "language": idea.language or None,
        "created": idea.created,
        "month": idea.created[:7],
        "comments": idea.comments,
    }


def _index(db: Database) -> None:
    ideas = db.table("ideas")
    for column in ("industry", "status", "score", "created", "month", "language", "author"):
        ideas.create_index([column])
    db.table("idea_industries").create_index(["industry"])
    ideas.enable_fts(["title", "text", "who_benefits"], tokenize=_TOKENS)
    db.execute("ANALYZE")
