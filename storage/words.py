"""How texts are cut into words for the full-text index, and queries put together from them."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Scripts without spaces between words: each sign is indexed by itself, and a query's run of
# signs becomes a phrase, so that any part of a sentence is found. Thai, Lao, Myanmar, Khmer,
# kana, Han, Hangul stays as it is (it has spaces).
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f])"
)
_PIECE = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")
MAX_WORDS = 32
"""More words than this never make a query better; the rest of a long text is ignored."""


def spaced(text: str | None) -> str:
    """Put spaces around the signs of scripts that don't use them."""
    if text is None:
        return ""
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def query_parts(words: str) -> list[str]:
    """Cut what somebody typed into words and "quoted phrases", at most 32, without repeats.

    Each part holds letters and digits only (words of a phrase joined by spaces), so that nothing
    of FTS5's query language is left in it.
    """
    parts: dict[str, None] = {}
    for match in _PIECE.finditer(words.replace("\x00", " ")[:2_000]):
        phrase, single = match.groups()
        found = _WORD.findall(phrase if phrase is not None else single)
        if phrase is not None and found:
            parts[" ".join(found)] = None
        elif single is not None:
            parts.update(dict.fromkeys(found))
        if len(parts) >= MAX_WORDS:
            break
    return list(parts)[:MAX_WORDS]


def term(part: str, *, is_prefix: bool = False) -> str:
    """Give a part as an FTS5 string, which matches it and nothing else."""
    return f'"{spaced(part)}"' + ("*" if is_prefix else "")


def all_of(parts: Sequence[str]) -> str:
    """Give the query for all parts."""
    return " AND ".join(term(part) for part in parts)


def any_of(parts: Sequence[str]) -> str:
    """Give the query for any part."""
    return " OR ".join(term(part) for part in parts)


def prefixes_of(parts: Sequence[str], *, column: str) -> str:
    """Give the query for a column that holds words beginning so, in any order."""
    wanted = " AND ".join(term(part, is_prefix=True) for part in parts)
    return f"{{{column}}} : ({wanted})"


def escaped_like(text: str) -> str:
    """Escape what LIKE would take for a wildcard, with a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
