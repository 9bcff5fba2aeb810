"""Which of several things a name most likely means."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from bot.market.drafting import Ask
from bot.market.linking import Mention
from bot.market.naming import compact

THINGS = ("model", "product")


def likeliest(ask: Ask, mention: Mention, besides: AbstractSet[int] = frozenset()) -> int:
    """Give the entity that a name most likely means, `besides` what other names mean.

    The one with this very name; else the first of the line, as the knowledge puts them in order.
    """
    very = [o for o in mention.exact if compact(ask.name(o)) == mention.key]
    pool = [o for o in (*very, *mention.family, *mention.exact) if o not in besides]
    models = [o for o in pool if ask.knowledge.entities[o].kind in THINGS]
    return (models or pool or list(mention.all))[0]
