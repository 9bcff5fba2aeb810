"""Industries in commands: completing one, reading what was typed, and the likeliest of an idea."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.banks import meaning_of
from bot.core.errors import InvalidField
from bot.core.model import Choice, Request
from bot.core.services import Services
from bot.core.texts import short
from bot.tagging.taxonomy import OTHER, Taxonomy
from storage import Idea

MOST = 4
"""Industries of one idea."""


async def complete_industry(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete an industry by any part of its name, in the reader's language or English."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    head, _, typed = prefix.rpartition(",")
    wanted = typed.strip().casefold()
    found = [
        i.id
        for i in taxonomy.industries
        if wanted in taxonomy.name(i.id, request.locale).casefold()
        or wanted in i.name.casefold()
        or wanted in i.id
    ]
    meant = None if found else taxonomy.resolve(typed)
    lead = f"{head}," if head else ""
    ids = found[:25] if meant is None else [meant]
    return [Choice((lead + i)[:100], short(taxonomy.name(i, request.locale), 75)) for i in ids]


async def likeliest(services: Services, idea: Idea, taxonomy: Taxonomy) -> list[str]:
    """List all industries for an idea: those it has, those the tagger thinks of, then the rest."""
    tagging = await services.banks.tag(idea.bank_id, meaning_of(idea.title, idea.text))
    first = [*(tag.industry for tag in idea.tags), *(tag.industry for tag in tagging.tags)]
    known = [i for i in dict.fromkeys(first) if i in taxonomy.ids and i != OTHER]
    return [*known, *(i for i in taxonomy.ids if i not in known)]


def resolved(taxonomy: Taxonomy, names: Sequence[str]) -> list[str]:
    """Give the ids of industries that were typed: at most four, each once.

    Raises:
        InvalidField: one of them is none.
    """
    ids = []
    for name in names[:MOST]:
        industry = taxonomy.resolve(name)
        if industry is None:
            raise InvalidField("industry", "industry_unknown", name=name)
        ids.append(industry)
    return list(dict.fromkeys(ids))
