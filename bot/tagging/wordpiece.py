"""WordPiece: a text as the numbers that the embedding model reads (uncased BERT vocabulary)."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).parent / "data" / "vocab.txt"
MAX_TOKENS = 256
_LONGEST_WORD = 100
_CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2CEAF))
_ASCII_PUNCTUATION = ((33, 47), (58, 64), (91, 96), (123, 126))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


@lru_cache(maxsize=8192)
def _spaced(char: str) -> str:
    """Give what the basic tokeniser makes of one lower-cased, decomposed character."""
    code, category = ord(char), unicodedata.category(char)
    if char in "\t\n\r" or category == "Zs":
        return " "
    if code in {0, 0xFFFD} or category in {"Cc", "Cf", "Co", "Mn"}:
        return ""
    if category.startswith("P") or _within(code, _ASCII_PUNCTUATION) or _within(code, _CJK):
        return f" {char} "
    return char


def basic_words(text: str) -> list[str]:
    """Split as uncased BERT does: lower case, no accents, punctuation and CJK stand alone."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFD", text).lower()
    return "".join(map(_spaced, plain)).split()


@cache
def english_words() -> frozenset[str]:
    """Give the vocabulary's whole words: common English ones, and a few that travelled."""
    lines = VOCABULARY.read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line.isalnum())


class WordPiece:
    """Greedy longest-match tokeniser over a vocabulary file (one token a line)."""

    def __init__(self, path: Path = VOCABULARY) -> None:
        lines = path.read_text(encoding="utf-8").split("\n")
        self._ids = {token: number for number, token in enumerate(lines) if token}
        self._unknown = self._ids["[UNK]"]
        self._start, self._end = self._ids["[CLS]"], self._ids["[SEP]"]
        self._pieces = lru_cache(maxsize=32_768)(self._split)

    def encode(self, text: str, *, max_tokens: int = MAX_TOKENS) -> list[int]:
        """Give the token ids of a text, cut at `max_tokens` including both marks."""
        ids = [self._start]
        # No text needs more than its characters in tokens, so most of a long one is never split.
        for word in basic_words(text[: max_tokens * 24]):
            ids.extend(self._pieces(word))
            if len(ids) >= max_tokens:
                break
        return [*ids[: max_tokens - 1], self._end]

    def _split(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = self._ids.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    break
            else:
                return (self._unknown,)
            pieces.append(piece)
            start = end
        return tuple(pieces)
