"""Several questions in one message: where to cut it."""

from __future__ import annotations

import re

from bot.market.talk import sentences

_MOST = 3
_ASKING = (
    r"(?:who|what|when|where|why|how|which|is|are|does|do|did|can|will|was|were|has|have|wer|was|"
    r"wann|wo|wie|quand|qui|combien|comment|quién|cuándo|cuánto|cómo|quem|quando|quanto|como)"
)
_CUT = re.compile(rf"(?:,|;)?\s+(?:and|und|et|y|e|also|plus)\s+(?={_ASKING}\b)", re.IGNORECASE)
_LEADS = re.compile(rf"^(?:(?:and|but|so|ok|okay|also|plus)\s+)?{_ASKING}\b", re.IGNORECASE)
_MIN_WORDS = 2


def questions(text: str) -> list[str]:
    """Give the questions of a message, at most three; the whole text where it asks one thing."""
    parts = [p.strip() for s in sentences(text) for p in _CUT.split(s) if p.strip()]
    asking = [p for p in parts if _asks(p)]
    return asking[:_MOST] if len(asking) > 1 else [text]


def without_orders(text: str) -> str:
    """Give the one question of a message that also orders the bot about; else all of it."""
    asking = [s for s in sentences(text) if _asks(s)]
    return asking[0] if len(asking) == 1 else text


def _asks(part: str) -> bool:
    is_long = len(part.split()) >= _MIN_WORDS
    return is_long and (part.endswith(("?", "？")) or bool(_LEADS.match(part)))
