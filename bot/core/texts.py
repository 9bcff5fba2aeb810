"""Short texts: cut to a length without cutting words, and sizes as people say them."""

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


def size_text(size_bytes: int) -> str:
    """Say a size as people do: 640 B, 12 kB, 1.4 MB."""
    if size_bytes < 1000:  # noqa: PLR2004  where kilobytes begin
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:  # noqa: PLR2004  where megabytes begin
        return f"{size_bytes / 1000:.0f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"
