"""What a record of an export may say: a file may be damaged, or made up to do damage."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from itertools import chain

from storage import NewIdea

MOST = 1_000_000_000
"""A number, or votes, beyond this are a mistake."""

_ID = re.compile(r"[\w-]{1,100}")  # of an industry: in whatever script its name was
_CONSENTS = frozenset({"own", "asked", "given"})
_SET_BY = frozenset({"author", "tagger", "moderator"})
_FIRST, _LAST_YEAR = datetime(1970, 1, 1, tzinfo=UTC), 9000


def is_number(value: object) -> bool:
    """Tell whether this can be the number of an idea."""
    return isinstance(value, int) and 0 < value < MOST


def require_sound(new: NewIdea) -> NewIdea:
    """Give the idea of a record, if everything that reads it later can.

    Raises:
        ValueError: something in it is not as any export has it.
    """
    is_sound = (
        new.consent in _CONSENTS
        and (new.merged_into is None or is_number(new.merged_into))
        and all(is_number(number) for number, _ in new.aliases)
        and all(map(_is_id, (*new.flags, *filter(None, [new.platform]))))
        and _are_tags(new)
        and _are_votes(new)
        and _are_times(new)
    )
    if not is_sound:
        raise ValueError
    return new


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _are_tags(new: NewIdea) -> bool:
    industries = [tag.industry for tag in new.tags]
    return len(set(industries)) == len(industries) and all(
        _is_id(tag.industry)
        and tag.set_by in _SET_BY
        and math.isfinite(tag.confidence)
        and 0 < tag.taxonomy_version < MOST
        for tag in new.tags
    )


def _are_votes(new: NewIdea) -> bool:
    votes = new.tallies
    counts = chain((votes.up, votes.down), *votes.by_platform.values())
    return all(0 <= n < MOST for n in counts) and all(map(_is_id, votes.by_platform))


def _are_times(new: NewIdea) -> bool:
    was = new.was[2] if new.was else None
    single = (new.created_at, new.updated_at, new.decided_at, was)
    hung = chain((at for at, _ in new.notes), (since for _, since in new.aliases))
    return all(
        at >= _FIRST and at.year < _LAST_YEAR for at in chain(single, hung) if at is not None
    )
