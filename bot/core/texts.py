"""Cutting texts to a length without cutting words."""

from __future__ import annotations

_SHORT = 90


def short(text: str, limit: int = _SHORT) -> str:
    """Cut a text at a word, with an ellipsis; line breaks become blanks."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > limit // 2 else cut).rstrip(" ,;:.-") + "…"


def cut(text: str, limit: int) -> str:
    """Cut a text at a word, keeping its lines."""
    if len(text) <= limit:
        return text
    at = text.rfind(" ", limit // 2, limit - 1)
    return text[: at if at > 0 else limit - 1].rstrip() + " …"
