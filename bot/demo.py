"""What `reelbank demo` shows: made-up ideas of a Discord server and a Slack workspace, one bank.

Everything is the same at each start: votes, dates and decisions come from a fixed seed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.core.commands.idea_reading import flags_of, tags_of, title_of
from storage import CommunityRow, NewIdea, Status, VoteCount, Write

if TYPE_CHECKING:
    from bot.core.services import Services

DISCORD = ("discord:100000000000000001", "Frame by Frame")
SLACK = ("slack:T0DEMO", "Northside Studio")
CONSOLE = ("console:local", "Console")

_SEED = 7
_DAYS = 200
_STATUSES: tuple[Status, ...] = ("accepted", "pending", "declined", "withdrawn")
_WEIGHTS = (58, 30, 9, 3)
_REASONS = (
    "Lovely, but nobody would need text-to-video for it.",
    "We cannot do this without the consent of the people shown.",
    "Please tell us who would use it, and send it again.",
)
_ANONYMOUS_SHARE = 0.06
# Ideas that tell the same as an earlier one; a moderator merged them.
_TWINS = {"The same crash for a court": "Reconstruct a traffic accident"}


@dataclass(frozen=True, slots=True)
class Line:
    """One idea of the file."""

    author: str
    text: str


def read_lines() -> list[Line]:
    """Give the ideas of the file in its order."""
    text = files("bot").joinpath("demo_ideas.txt").read_text("utf-8")
    rows = [line.partition("|") for line in text.splitlines() if line and line[0] != "#"]
    return [Line(author.strip(), idea.strip()) for author, _, idea in rows]


async def fill(services: Services) -> CommunityRow:
    """Put two communities with 200 ideas into an empty store; the console shares their bank."""
    now = services.clock()
    store = services.store
    discord = await store.communities.ensure(*DISCORD, now)
    slack = await store.communities.ensure(*SLACK, now)
    console = await store.communities.ensure(*CONSOLE, now)
    for joining in (slack, console):
        host = Write(person_id=None, community_id=discord.id, now=now)
        code = await store.communities.make_link_code(host, discord.id)
        guest = Write(person_id=None, community_id=joining.id, now=now)
        await store.communities.redeem_link_code(guest, joining.id, code)
    ideas = await _ideas(services, discord.bank_id, now)
    for community in (discord, slack):
        platform = community.key.partition(":")[0]
        write = Write(person_id=None, community_id=community.id, now=now)
        own = [idea for idea in ideas if idea.platform == platform]
        await store.ideas.add_many(write, discord.bank_id, own)
    return await store.communities.ensure(*CONSOLE, now)


async def _ideas(services: Services, bank_id: int, now: datetime) -> list[NewIdea]:
    lines = read_lines()
    chance = random.Random(_SEED)  # noqa: S311  a demo needs the same numbers each time
    chance.shuffle(lines)
    lines.sort(key=lambda line: line.text.startswith(tuple(_TWINS)))  # twins come last
    models = services.banks.models
    vectors = await asyncio.to_thread(models.vectors, [line.text for line in lines])
    tagger = await services.banks.tagger(bank_id)
    tagged = await asyncio.to_thread(tagger.tag_many, [line.text for line in lines])
    at = sorted(now - timedelta(days=chance.uniform(0.2, _DAYS)) for _ in lines)
    ideas: list[NewIdea] = []
    for n, (line, tagging) in enumerate(zip(lines, tagged, strict=True)):
        blob = vectors[n] if vectors else None
        ideas.append(
            _drawn(
                NewIdea(
                    title=title_of(line.text),
                    text=line.text,
                    language="en",
                    author_name=line.author,
                    number=n + 1,
                    tags=tags_of(tagging, None),
                    flags=flags_of(line.text, tagging),
                    vector=blob.data if blob else None,
                    vector_model=blob.model if blob else None,
                    created_at=at[n],
                ),
                ideas,
                chance,
                at[n],
            )
        )
    return ideas


def _drawn(
    idea: NewIdea, earlier: Sequence[NewIdea], chance: random.Random, created: datetime
) -> NewIdea:
    """Draw by lot what became of an idea: decision, votes, and where it was said."""
    status = chance.choices(_STATUSES, _WEIGHTS)[0]
    decided = created + timedelta(hours=chance.uniform(2, 90))
    twin_of = next((_TWINS[start] for start in _TWINS if idea.text.startswith(start)), None)
    target = next((e for e in earlier if twin_of and e.text.startswith(twin_of)), None)
    is_anonymous = chance.random() < _ANONYMOUS_SHARE
    votes = _votes(chance, is_liked=status == "accepted")
    return replace(
        idea,
        status="merged" if target else status,
        merged_into=target.number if target else None,
        decided_at=decided if status in {"accepted", "declined"} else None,
        updated_at=decided if status != "pending" else created,
        reason=chance.choice(_REASONS) if status == "declined" and not target else "",
        is_anonymous=is_anonymous,
        author_name="" if is_anonymous else idea.author_name,
        platform=target.platform if target else chance.choice(("discord", "discord", "slack")),
        tallies=votes,
    )


def _votes(chance: random.Random, *, is_liked: bool) -> VoteCount:
    """Draw votes as communities cast them: most ideas get few, some get many."""
    liking = min(int(chance.paretovariate(1.0)) * (3 if is_liked else 1), 60)
    split = {}
    for platform in ("discord", "slack"):
        up = chance.randint(liking // 3, liking)
        split[platform] = (up, chance.randint(0, 1 + up // 6))
    ups, downs = zip(*split.values(), strict=True)
    return VoteCount(up=sum(ups), down=sum(downs), by_platform=split)
