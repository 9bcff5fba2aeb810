"""Finds the entities that a question names, in any spacing, also with unknown versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.text import Piece, fold, is_uncut, pieces, stem

_LONGEST_NAME = 8  # pieces
_APART = re.compile(r"\s[/+&]\s|[,;]\s")  # what no name holds: veo 3.1 / fast
_GENITIVE = 5  # letters of a name with an s behind it
_TELLING = 4  # everyday words in a row are a name: take it down act
_JOINING = ("vs", "versus", "or", "and", "to", "with", "than", "und", "et", "y", "oder", "o", "e")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a question. `version` is a number behind it that no known entity has."""

    start: int  # in the folded text
    end: int
    text: str
    exact: tuple[int, ...]  # entities with this very name
    family: tuple[int, ...]  # entities of the line or firm that the name stands for
    version: str | None = None
    extra: tuple[str, ...] = ()  # words of the name that say which variant: fast, pro
    key: str = ""  # the name without spaces

    @property
    def all(self) -> tuple[int, ...]:
        """Give every entity that may be meant."""
        return self.exact + tuple(f for f in self.family if f not in self.exact)


class Linker:
    """Finds mentions."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what names are looked up in."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        unspaced = (n for n in knowledge.names if len(n) > 1 and is_uncut(n) and n.isalpha())
        longest_first = sorted(unspaced, key=lambda name: (-len(name), name))
        self._unspaced = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._vocabulary = frozenset(knowledge.vocabulary)

    def mentions(self, folded: str, original: str) -> list[Mention]:
        """Give the names in a text from left to right, the longest reading of each.

        Names that are common words (Here, Mission) count only where `original` has a capital.
        """
        parts = self._pieces(folded)
        found: list[Mention] = []
        position = 0
        while position < len(parts):
            mention = self._at(folded, parts, position)
            if mention is None:
                position += 1
                continue
            if not self._is_common(mention) or _has_capital(mention, original):
                found.append(mention)
            while position < len(parts) and parts[position].start < mention.end:
                position += 1
        return self._with_bare_versions(folded, parts, found)

    def _pieces(self, folded: str) -> list[Piece]:
        """Split a text as `pieces` does, and names out of scripts that have no spaces."""
        found: list[Piece] = []
        for piece in pieces(folded):
            start = piece.start
            names = self._unspaced.finditer(piece.text) if is_uncut(piece.text) else ()
            for name in names:
                cut = piece.start + name.start(), piece.start + name.end()
                spans = [(start, cut[0]), cut]
                found += (Piece(folded[a:b], a, b) for a, b in spans if a < b)
                start = cut[1]
            if start == piece.start:
                found.append(piece)
            elif start < piece.end:
                found.append(Piece(folded[start : piece.end], start, piece.end))
        return found

    def _is_common(self, mention: Mention) -> bool:
        """Tell whether a name is made of everyday words only: here, make a video."""
        if mention.key in self._lexicon.common_names:
            return True
        if "-" in mention.text or " " not in mention.text:
            return False
        if len(pieces(mention.text)) >= _TELLING:
            return False
        everyday = self._lexicon.light | self._lexicon.stop
        return all({p.text, stem(p.text)} & everyday for p in pieces(mention.text))

    def _with_bare_versions(
        self, folded: str, parts: Sequence[Piece], found: Sequence[Mention]
    ) -> list[Mention]:
        """Read `2.5` in `Seedance 2.0 vs 2.5` as the model of that version."""
        mentions = list(found)
        for position in range(1, len(parts)):
            end = _version_end(parts, position)
            start = parts[position].start
            before = [m for m in mentions if m.end <= start]
            if not end or not before or any(m.start <= start < m.end for m in mentions):
                continue
            last = max(before, key=lambda m: m.end)
            between = folded[last.end : start].strip(" ,/&-")
            version = "".join(p.text for p in parts[position:end])
            named = self._of_line(last.key, version)
            if named and (not between or between in _JOINING):
                mentions.append(self._mention(folded, parts, (position, end), named))
        return sorted(mentions, key=lambda m: m.start)

    def version_of(self, mention: Mention, folded: str) -> Mention | None:
        """Read a bare `3.0` as that version of what a name stands for; None where there is none."""
        parts = pieces(folded)
        for position in range(len(parts)):
            end = _version_end(parts, position)
            following = parts[end].text if 0 < end < len(parts) else ""
            if not end or following in self._lexicon.units:
                continue
            version = "".join(p.text for p in parts[position:end])
            named = self._of_line(mention.key, version)
            meant = {e for e, level in named or () if level == 0}
            if named and meant and not meant & set(mention.exact):
                return self._mention(folded, parts, (position, end), named)
        return None

    def base_of(self, mention: Mention) -> Mention | None:
        """Give the thing itself for one of its tiers: Kling 4.0 for Kling 4.0 Flash."""
        texts = [p.text for p in pieces(mention.text)]
        key = "".join(t for t in texts if t not in self._lexicon.variants)
        named = self._knowledge.names.get(key)
        if not named or (key == mention.key and not mention.extra):
            return None
        exact = tuple(e for e, level in named if level == 0)
        family = tuple(e for e, level in named if level == 1)
        text = " ".join(t for t in texts if t not in self._lexicon.variants)
        return Mention(mention.start, mention.end, text, exact, family, key=key)

    def _of_line(self, key: str, version: str) -> Sequence[tuple[int, int]] | None:
        """Give the model of another version: seedance2 and 2.5 -> Seedance 2.5, viduq3 and q4."""
        lines = (re.sub(r"[\d.]+$", "", key), re.sub(r"[a-z][\d.]+$", "", key))
        found = (self._knowledge.names.get(line + version) for line in lines if line)
        return next((f for f in found if f), None)

    def sides(self, folded: str) -> list[tuple[int, int, int]]:
        """Find terms and graphics cards: (entity, start, end), the longest reading of each."""
        parts = pieces(folded)
        found: list[tuple[int, int, int]] = []
        position = 0
        while position < len(parts):
            for end in range(min(len(parts), position + _LONGEST_NAME), position, -1):
                owner = self._knowledge.side_names.get("".join(p.text for p in parts[position:end]))
                if owner is not None and not _is_cut_short(parts, end):
                    found.append((owner, parts[position].start, parts[end - 1].end))
                    position = end - 1
                    break
            position += 1
        return found

    def _at(self, folded: str, parts: Sequence[Piece], position: int) -> Mention | None:
        for end in range(min(len(parts), position + _LONGEST_NAME), position, -1):
            key = "".join(p.text for p in parts[position:end])
            if end - position > 1 and _is_article(parts, position):
                continue
            named = self._knowledge.names.get(key) or self._without_v(parts[position:end])
            named = named or self._of_genitive(key)
            is_apart = _APART.search(folded[parts[position].start : parts[end - 1].end])
            if named and not is_apart and _is_whole(folded, parts, position, end):
                return self._mention(folded, parts, (position, end), named)
        return None

    def _of_genitive(self, key: str) -> Sequence[tuple[int, int]] | None:
        """Read `soras` and `klings` as names with the apostrophe left out."""
        is_word = key[-1:] != "s" or len(key) < _GENITIVE or key in self._vocabulary
        is_word = is_word or key[:-1] in self._lexicon.common_names
        return None if is_word else self._knowledge.names.get(key[:-1])

    def _without_v(self, parts: Sequence[Piece]) -> Sequence[tuple[int, int]] | None:
        """Read `Open-Sora v2` as Open-Sora 2."""
        texts = [p.text for p in parts]
        kept = [
            t
            for t, following in zip(texts, [*texts[1:], ""], strict=True)
            if t != "v" or not following[:1].isdigit()
        ]
        return self._knowledge.names.get("".join(kept)) if len(kept) < len(texts) else None

    def _mention(
        self,
        folded: str,
        parts: Sequence[Piece],
        span: tuple[int, int],
        named: Sequence[tuple[int, int]],
    ) -> Mention:
        start, end = parts[span[0]].start, parts[span[1] - 1].end
        exact = tuple(entity for entity, level in named if level == 0)
        family = tuple(entity for entity, level in named if level == 1)
        version, version_end = self._unknown_version(folded, parts, span[1])
        members = self._of_version(exact + family, version)
        if members:
            exact, family, version = members, (), None
            end = version_end
        if version and not self._has_versions(parts[span[0] : span[1]], exact + family):
            version, version_end = None, end
        extra = tuple(
            p.text
            for p in parts[span[0] : span[1]]
            if p.text in self._lexicon.variants and not self._in_names(p.text, exact)
        )
        end = version_end if version else end
        key = "".join(p.text for p in parts[span[0] : span[1]])
        return Mention(start, end, folded[start:end], exact, family, version, extra, key)

    def _of_version(self, owners: Sequence[int], version: str | None) -> tuple[int, ...]:
        """Give what a line has under a version: `Grok 1.5` is Grok Imagine Video 1.5."""
        if not version or not version[0].isdigit():
            return ()
        spelled = {o: pieces(fold(self._knowledge.entities[o].name)) for o in owners}
        return tuple(o for o, parts in spelled.items() if any(p.text == version for p in parts))

    def _in_names(self, word: str, owners: Sequence[int]) -> bool:
        return any(word in fold(self._knowledge.entities[o].name) for o in owners)

    def _has_versions(self, parts: Sequence[Piece], owners: Sequence[int]) -> bool:
        """Tell whether the name is one that versions follow, and holds none itself."""
        if any(p.text[0].isdigit() for p in parts):
            return False
        return any(self._knowledge.entities[o].kind in ("model", "product") for o in owners)

    def _unknown_version(
        self, folded: str, parts: Sequence[Piece], position: int
    ) -> tuple[str | None, int]:
        if position >= len(parts) or not parts[position].text[0].isdigit():
            letter = position + 1 < len(parts) and len(parts[position].text) == 1
            if not (
                letter and parts[position].text in "vqh" and parts[position + 1].text.isdigit()
            ):
                return None, 0
            if folded[parts[position].end : parts[position + 1].start]:
                return None, 0
            return parts[position].text + parts[position + 1].text, parts[position + 1].end
        number = parts[position]
        between = folded[parts[position - 1].end : number.start]
        following = parts[position + 1].text if position + 1 < len(parts) else ""
        is_possessive = folded[number.end : number.end + 1] == "'"
        is_version = between.strip(" -v.") == ""
        is_version = is_version and (is_possessive or following not in self._lexicon.units)
        is_version = is_version and float(number.text.replace(",", "").split(".")[0]) < 20  # noqa: PLR2004
        return (number.text, number.end) if is_version else (None, 0)


def _has_capital(mention: Mention, original: str) -> bool:
    """Tell whether a name stands in the text as it was typed with a capital first letter."""
    spelled = (mention.text.title(), mention.text.capitalize(), mention.text.upper())
    return any(f" {name}" in original for name in spelled)


def _version_end(parts: Sequence[Piece], position: int) -> int:
    """Give the end of a version that starts here (`2.5`, `q4`, `v3`), 0 where none does."""
    text = parts[position].text
    if text[0].isdigit():
        return position + 1
    following = parts[position + 1] if position + 1 < len(parts) else None
    is_letter = len(text) == 1 and following is not None and following.text[0].isdigit()
    glued = following is not None and following.start == parts[position].end
    return position + 2 if is_letter and glued else 0


def _is_whole(folded: str, parts: Sequence[Piece], position: int, end: int) -> bool:
    """Refuse to cut a word (`sorania`) or a version (`veo 3` out of `veo 3.1.2`)."""
    last, after = parts[end - 1], folded[parts[end - 1].end :]
    if after[:1].isalpha() and last.text.isalpha() and after[0].isascii():
        return False
    return not (
        position > 0 and folded[parts[position].start - 1].isalpha() and _glued(parts, position)
    )


def _is_article(parts: Sequence[Piece], position: int) -> bool:
    """Tell `a 24 GB card` from A24: an article stands apart."""
    return parts[position].text == "a" and parts[position + 1].start > parts[position].end


def _is_cut_short(parts: Sequence[Piece], end: int) -> bool:
    """Tell whether letters are glued to a number at the end: 1080p is no GTX 1080."""
    last = parts[end - 1]
    is_glued = end < len(parts) and parts[end].start == last.end
    return is_glued and last.text[0].isdigit()


def _glued(parts: Sequence[Piece], position: int) -> bool:
    before = parts[position - 1]
    return before.end == parts[position].start and before.text.isascii()
