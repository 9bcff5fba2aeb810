"""What an edit changed, in words: the old and the new, with what differs in bold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.core.services import Services
from prompts import plain
from storage import Idea

FIELDS = ("title", "text", "beneficiaries", "link")
_KEPT = 8
"""Words on both sides of a change; what lies further away is left out."""

_LONG = 1500
"""Words of both together up to which they are compared exactly: a few milliseconds."""

_HAN = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"\s*[{_HAN}]|\s*[^\s{_HAN}]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field as it was accepted and as it is now; what differs is bold."""

    field: str
    old: str
    new: str


async def differences(services: Services, idea: Idea) -> list[Difference]:
    """Give what differs between an idea and its version that was accepted."""
    history = await services.store.ideas.history(idea.bank_id, idea.number)
    before = next((kept for version, _, kept in history if version == idea.accepted_version), None)
    if before is None:
        return []
    changed = [name for name in FIELDS if before[name] != getattr(idea, name)]
    return [Difference(name, *compared(str(before[name]), getattr(idea, name))) for name in changed]


def compared(old: str, new: str) -> tuple[str, str]:
    """Give both texts as Markdown, with the words that differ in bold and far ones left out."""
    old_words, new_words = _words(old), _words(new)
    is_long = len(old_words) + len(new_words) > _LONG  # then the exact way takes too long
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=is_long)
    sides: tuple[list[_Piece], list[_Piece]] = ([], [])
    codes = matcher.get_opcodes()
    for at, (tag, i1, i2, j1, j2) in enumerate(codes):
        for side, words in zip(sides, (old_words[i1:i2], new_words[j1:j2]), strict=True):
            if tag == "equal":
                text = _near(words, is_first=at == 0, is_last=at == len(codes) - 1)
                side.append(_Piece(text))
            elif words:
                side.append(_Piece("".join(words), is_changed=True))
    return _drawn(sides[0]), _drawn(sides[1])


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words of a side."""

    text: str
    is_changed: bool = False


def _drawn(pieces: list[_Piece]) -> str:
    """Give the pieces as Markdown.

    CommonMark takes the marks of bold for mere stars where a punctuation mark stands between them
    and a letter outside; a blank in between helps.
    """
    drawn = ""
    for at, piece in enumerate(pieces):
        words = piece.text.strip()
        if not piece.is_changed or not words:
            drawn += plain(piece.text)
            continue
        following = pieces[at + 1].text[:1] if at + 1 < len(pieces) else ""
        is_tight = bool(drawn) and not drawn[-1].isspace() and not words[0].isalnum()
        before = " " if is_tight or piece.text[0].isspace() else ""
        after = " " if following and not following.isspace() and not words[-1].isalnum() else ""
        drawn += f"{before}**{plain(words)}**{after}"
    return drawn.strip()


def _words(text: str) -> list[str]:
    """Part a text into words, each with the blank before it; where there are no blanks, signs."""
    return [" " + word.lstrip() if word[0].isspace() else word for word in _WORD.findall(text)]


def _near(words: list[str], *, is_first: bool, is_last: bool) -> str:
    """Give the words next to a change, with an ellipsis for what lies further away."""
    before, after = (0 if is_first else _KEPT), (0 if is_last else _KEPT)
    if len(words) <= before + after + 1:
        return "".join(words)
    return "".join([*words[:before], " …", *(words[-after:] if after else [])])
