"""Reading a text that is to be an idea: its title, industries, flags and first status; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core import community_settings, personal
from bot.core.model import Request
from bot.core.texts import short
from bot.tagging.model import Tagging
from storage import IdeaTag, Status

TEXT_LIMIT = 3000
TITLE_LIMIT = 100
URL = re.compile(r"https?://[^\s<>\"]{3,500}", re.IGNORECASE)
_INVITE = re.compile(
    r"(?:discord(?:\.gg|(?:app)?\.com/invite)|dsc\.gg|t\.me|telegram\.me|chat\.whatsapp\.com"
    r"|join\.slack\.com|join\.skype\.com)/\S",
    re.IGNORECASE,
)


def normalised(text: str) -> str:
    """Give a text's words in lower case, so that spacing and punctuation don't tell them apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def tags_of(tagging: Tagging, industry: str | None) -> tuple[IdeaTag, ...]:
    """Give the tags to keep: the author's own choice first, then what the tagger found."""
    found = [
        IdeaTag(
            industry=tag.industry,
            rank=0,
            confidence=tag.confidence,
            because=tag.because,
            taxonomy_version=tagging.taxonomy_version,
        )
        for tag in tagging.tags
    ]
    if industry is not None:
        because = next((t.because for t in found if t.industry == industry), ())
        own = IdeaTag(
            industry=industry,
            rank=0,
            confidence=1.0,
            because=because,
            set_by="author",
            taxonomy_version=tagging.taxonomy_version,
        )
        rest = [t for t in found if t.industry not in {industry, "other"}]
        found = [own, *rest]
    return tuple(replace(tag, rank=rank) for rank, tag in enumerate(found[:4]))


def flags_of(text: str, tagging: Tagging, *, beside: str = "") -> tuple[str, ...]:
    """Say by rule why a moderator should look at a text before others see it.

    `beside` is what else is shown with it (title, beneficiaries, link): invites and personal data
    hide there as well.
    """
    whole = f"{text}\n{beside}"
    flags = [] if tagging.is_idea else ["not_an_idea"]
    if _INVITE.search(whole) or len("".join(URL.findall(text))) * 2 > len(text.strip()):
        flags.append("links_only")
    if personal.find(whole):
        flags.append("personal_data")
    return tuple(flags)


def title_of(text: str) -> str:
    """Make a title from a text: its first line or sentence, cut at a word."""
    first = next((line for line in text.splitlines() if re.search(r"\w", line)), text)
    sentence = re.split(r"(?<=[^\W\d][.!?。！？])\s+|(?<=[。！？])", first.strip(), maxsplit=1)[0]
    return short(sentence.rstrip(". 。"), TITLE_LIMIT) or short(text, TITLE_LIMIT)


def first_status(request: Request, flags: Sequence[str]) -> Status:
    """Give the status that a new idea has here."""
    review = community_settings.get(request.community.settings, "review")
    return "accepted" if review == "none" and not flags else "pending"
