"""What is known about the market, and how a question becomes an answer.

`Market` is loaded when it is first asked for: commands that answer nothing pay nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.market.model import (
    Answer,
    Citation,
    CommunityIdea,
    IdeaLookup,
    Reason,
    Table,
    Turn,
)

if TYPE_CHECKING:
    from bot.market.market import Market

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


def __getattr__(name: str) -> Any:
    if name != "Market":
        raise AttributeError(name)
    from bot.market.market import Market  # noqa: PLC0415  see above

    return Market
