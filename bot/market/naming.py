"""Which names stand for which entities: spellings, lines of versions, ambiguous words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from bot.market.lexicon import Lexicon
from bot.market.schema import Entity
from bot.market.text import fold, is_uncut, pieces, stem

SIDE_KINDS = ("figure", "guide", "term", "hardware")  # no subjects: found beside them
MIN_SPELLED = 4  # shorter words are not corrected
_SPLIT = re.compile(r" / | \(|\)")
_SPLIT_KINDS = ("model", "product", "company", "family", "name")
_SOFT_KINDS = ("usecase", "regulation")
_MIN_FAMILY = 3
_SHORTEST_ACT = 5  # letters: less is no name without its ending, such as AI Act

Names = dict[str, list[tuple[int, int]]]  # compact name -> (entity, 0 its name, 1 its line)


@lru_cache(maxsize=1 << 15)  # the same names are compared in every question
def compact(text: str) -> str:
    """Write a name without spaces and punctuation: MiniMax-H3 -> minimaxh3, Kling 3.0 -> kling3."""
    return "".join(p.text for p in pieces(fold(text)))


def names_of(entities: Sequence[Entity], lexicon: Lexicon) -> Names:
    """Map every compact name to entities; tags shared by several uses are no names."""
    found: Names = defaultdict(list)
    families: dict[str, set[int]] = defaultdict(set)
    position = {e.id: i for i, e in enumerate(entities)}
    for owner, entity in enumerate(entities):
        if entity.kind in SIDE_KINDS:
            continue
        if entity.may_mean:
            _add_meanings(found, entity, position)
            continue
        for spelling in _names_in(entity, lexicon):
            _put(found, compact(spelling), (owner, 0))
            family = family_key(spelling, lexicon) if entity.kind == "model" else None
            if family:
                families[family].add(owner)
    for key, members in families.items():
        for owner in sorted(members):
            _put(found, key, (owner, 1))
    return dict(found)


def _put(found: Names, key: str, meaning: tuple[int, int]) -> None:
    """Add a meaning; an entity's own name stays its name."""
    if (meaning[0], 0) not in found[key] and meaning not in found[key]:
        found[key].append(meaning)


def model_ids(entity: Entity) -> list[str]:
    """Give the ids by which programs call a model: people paste them out of error messages."""
    found = (f.value or "" for f in entity.facts if f.field == "model_id")
    return [i.strip() for text in found for i in text.split(",") if i.strip()]


def _names_in(entity: Entity, lexicon: Lexicon) -> list[str]:
    return [s for s in _spellings(entity, lexicon) if _is_name(compact(s), s, entity, lexicon)]


def side_names(entities: Sequence[Entity]) -> dict[str, int]:
    """Map compact names of terms and cards to entities."""
    return {
        compact(spelling): owner
        for owner, entity in enumerate(entities)
        if entity.kind in ("term", "hardware")
        for spelling in (entity.name, *entity.aliases, *_SPLIT.split(entity.name))
        if compact(spelling)
    }


def _add_meanings(found: Names, entity: Entity, position: dict[str, int]) -> None:
    """Let a family or a word with several meanings stand for what it may mean."""
    for spelling in (entity.name, *entity.aliases):
        for identifier in (*entity.may_mean, *entity.members):
            if identifier in position:
                _put(found, compact(spelling), (position[identifier], 1))


def name_words(entities: Sequence[Entity]) -> set[str]:
    """Give the words of names that are long enough to correct spelling with."""
    texts = (fold(text) for e in entities for text in (e.name, *e.aliases))
    found = {p.text for text in texts for p in pieces(text)}
    return {w for w in found if len(w) >= MIN_SPELLED and w.isalpha()}


def _spellings(entity: Entity, lexicon: Lexicon) -> list[str]:
    names = (entity.name, *entity.aliases) if entity.kind in _SPLIT_KINDS else ()
    parts = [p.strip() for n in names for p in _SPLIT.split(n)]
    if entity.kind == "company":
        parts += [_without_suffix(entity.name, lexicon.firm_endings)]
    if entity.kind == "regulation":
        short = (_without_suffix(n, lexicon.act_endings) for n in (entity.name, *entity.aliases))
        parts += [s for s in short if len(compact(s)) >= _SHORTEST_ACT]
    parts += model_ids(entity)
    return list(dict.fromkeys([entity.name, *entity.aliases, *(p for p in parts if p)]))


def _without_suffix(name: str, endings: frozenset[str]) -> str:
    """Cut what firms or laws are called by: Luma AI -> Luma, Take It Down Act -> Take It Down."""
    kept = name.split()
    while len(kept) > 1 and fold(kept[-1]).strip(".") in endings:
        kept.pop()
    return " ".join(kept)


def _is_name(key: str, spelling: str, entity: Entity, lexicon: Lexicon) -> bool:
    if not key or key.isdigit() or (len(key) == 1 and not is_uncut(key)):
        return False
    plain = spelling.islower() and spelling.isascii() and spelling.replace(" ", "").isalpha()
    if entity.kind in _SOFT_KINDS and plain:
        return False
    single = stem(fold(spelling))
    return not (single in lexicon.light or fold(spelling) in lexicon.stop) or not plain


def family_key(spelling: str, lexicon: Lexicon) -> str | None:
    """Give the name before the version: Kling 4.0 Flash -> kling; None if nothing is cut."""
    parts = pieces(fold(spelling))
    kept: list[str] = []
    for position, part in enumerate(parts):
        following = parts[position + 1].text if position + 1 < len(parts) else ""
        is_letter_version = len(part.text) == 1 and following[:1].isdigit()
        if part.text[0].isdigit() or is_letter_version or (kept and part.text in lexicon.variants):
            break
        kept.append(part.text)
    key = "".join(kept)
    is_word = stem(key) in lexicon.light or key in lexicon.stop
    return key if len(key) >= _MIN_FAMILY and len(kept) < len(parts) and not is_word else None
