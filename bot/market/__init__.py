"""What is known about the market, and how a question becomes an answer."""

from bot.market.market import Market
from bot.market.model import (
    Answer,
    Citation,
    CommunityIdea,
    IdeaLookup,
    Reason,
    Table,
    Turn,
)

__all__ = [
    "Answer",
    "Citation",
    "CommunityIdea",
    "IdeaLookup",
    "Market",
    "Reason",
    "Table",
    "Turn",
]
