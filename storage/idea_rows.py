"""How an idea is read from its row, and its rank; shared by the subjects that read ideas."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from storage.connection import from_json, moment, moment_or_none
from storage.rows import Idea, IdeaTag, SetBy, VoteCount

# Order of the columns that `to_idea` unpacks. The number of the merge target and the author's
# name are looked up; tags are one text per idea, parted by
# control characters: splitting that takes a fifth of the time of reading JSON.
COLUMNS = """
i.id, i.bank_id, i.number, i.title, i.text, i.status, i.created_at, i.updated_at, i.version,
i.author_id, i.author_name, i.is_anonymous, i.language, i.beneficiaries, i.link, i.permalink,
i.external_id, i.community_id, i.platform, i.merged_into, i.reason, i.decided_at, i.flags,
i.consent, i.up, i.down, i.platform_votes, i.note_count, i.accepted_version,
(SELECT display_name FROM people WHERE id = i.author_id),
(SELECT number FROM ideas m WHERE m.id = i.merged_into),
(SELECT group_concat(rank || char(31) || industry || char(31) || confidence || char(31) ||
   set_by || char(31) || taxonomy_version || char(31) || because, char(30))
 FROM idea_industries WHERE idea_id = i.id)
"""
SELECT = f"SELECT {COLUMNS} FROM ideas i "

HALF_LIFE_DAYS = 180
"""After so many days an idea's score counts half against a new one's."""
_DAY_US = 86_400_000_000
_TAU_US = HALF_LIFE_DAYS * _DAY_US / math.log(2)
_Z = 1.96  # 95 % confidence
START = 0.05
"""What an idea without votes starts with, so that new ones are seen at all."""


_NO_VOTES = VoteCount()
_SET_BY: dict[str, SetBy] = {"author": "author", "tagger": "tagger", "moderator": "moderator"}
_by_rank = attrgetter("rank")


def to_idea(row: Sequence[Any]) -> Idea:
    """Read a row of `COLUMNS`; what would give an anonymous author away is left out."""
    (
        id_, bank_id, number, title, text, status, created, updated, version,
        author_id, author_name, is_anonymous, language, beneficiaries, link, permalink,
        external_id, community_id, platform, merged_into, reason, decided, flags,
        consent, up, down, platform_votes, note_count, accepted_version, display_name, target, tags,
    ) = row  # fmt: skip
    is_hidden = is_anonymous or consent == "asked"
    created_at = moment(created)
    return Idea(
        id=id_,
        bank_id=bank_id,
        number=number,
        title=title,
        text=text,
        status=status,
        created_at=created_at,
        updated_at=created_at if updated == created else moment(updated),
        version=version,
        author_id=author_id,
        author_name="" if is_hidden else display_name or author_name,
        is_anonymous=bool(is_anonymous),
        language=language,
        beneficiaries=beneficiaries,
        link=link,
        permalink=None if is_hidden else permalink,
        external_id=None if is_hidden else external_id,
        community_id=community_id,
        platform=platform,
        merged_into=target if merged_into is not None else None,
        reason=reason,
        decided_at=moment_or_none(decided),
        flags=() if flags == "[]" else tuple(from_json(flags)),
        consent=consent,
        tags=to_tags(tags),
        votes=to_votes(up, down, platform_votes) if up or down else _NO_VOTES,
        note_count=note_count,
        accepted_version=accepted_version,
    )


def to_tags(text: str | None) -> tuple[IdeaTag, ...]:
    """Read an idea's tags as `COLUMNS` puts them together, primary first."""
    if text is None:
        return ()
    tags = []
    for part in text.split("\x1e"):
        rank_, industry, confidence, set_by, version, because = part.split("\x1f")
        tags.append(
            IdeaTag(
                industry=industry,
                rank=int(rank_),
                confidence=float(confidence),
                because=() if because == "[]" else tuple(from_json(because)),
                set_by=_SET_BY[set_by],
                taxonomy_version=int(version),
            )
        )
    if len(tags) > 1:
        tags.sort(key=_by_rank)
    return tuple(tags)


def to_votes(up: int, down: int, by_platform: str) -> VoteCount:
    """Read the vote columns."""
    if by_platform == "{}":
        return VoteCount(up=up, down=down)
    split = {platform: (pair[0], pair[1]) for platform, pair in from_json(by_platform).items()}
    return VoteCount(up=up, down=down, by_platform=split)


def to_ideas(rows: Iterable[Sequence[Any]]) -> list[Idea]:
    """Read several rows."""
    return [to_idea(row) for row in rows]


def wilson(hits: int, total: int) -> float:
    """Give the lower bound of the share of `hits`: few votes count less than many."""
    if total == 0:
        return 0.0
    share = hits / total
    square = _Z * _Z
    middle = share + square / (2 * total)
    spread = _Z * math.sqrt((share * (1 - share) + square / (4 * total)) / total)
    return (middle - spread) / (1 + square / total)


def standing(up: int, down: int) -> float:
    """Give the score without age: the Wilson bound above a start that down votes eat up."""
    total = up + down
    return wilson(up, total) + START * (1 - wilson(down, total))


def rank(up: int, down: int, created_us: int) -> float:
    """Give what "best" sorts by.

    The score halves every half-life. Seen from any moment that puts ideas in the same order as
    this logarithm does, which holds no "now" and so can be kept in an index.
    """
    return math.log(standing(up, down)) + created_us / _TAU_US


def freshness(age_us: int) -> float:
    """Give the factor for an age: 1 for new, 0.5 after a half-life."""
    return math.exp(-max(0, age_us) / _TAU_US)
