"""Random sequences of moderators' actions, undone one by one: the state is the one before."""

from __future__ import annotations

import random

import pytest

from storage import Idea
from tests.fakes.house import House

TEXTS = (
    "Reconstruct a traffic accident from witness statements so that the jury sees it",
    "A TV spot for a shoe brand, made in an afternoon by two people at the agency",
    "Training films for new nurses about hygiene, one per ward",
)
INDUSTRIES = ("games", "insurance", "film-tv", "healthcare")


async def state(house: House) -> list[tuple[object, ...]]:
    ideas: list[Idea] = [await house.idea(n) for n in (1, 2, 3)]
    return [
        (i.status, i.reason, i.title, i.text, i.merged_into, i.votes, [t.industry for t in i.tags])
        for i in ideas
    ]


def action(luck: random.Random, idea: Idea) -> tuple[str, dict[str, object]]:
    number = idea.number
    other = luck.choice([n for n in (1, 2, 3) if n != number])
    return luck.choice(
        [
            ("mod accept", {"number": str(number), "seen": idea.status}),
            ("mod decline", {"number": str(number), "seen": idea.status, "reason": "off_topic"}),
            ("idea retag", {"number": number, "industry": luck.choice(INDUSTRIES)}),
            ("idea edit", {"number": number, "text": f"{idea.text} {luck.randrange(100)}"}),
            ("mod merge", {"number": number, "into": other}),
            ("mod unmerge", {"number": number}),
        ]
    )


@pytest.mark.parametrize("seed", range(8))
async def test_undoing_everything_restores_what_was(house: House, seed: int) -> None:
    luck = random.Random(seed)
    for name, text in zip(("ann", "bob", "cam"), TEXTS, strict=True):
        await house.person(name).does("idea add", text=text)
        await house.person(name).does("idea vote", number=1, vote="1")
    await house.person("dan").does("idea vote", number=2, vote="1")
    mod, done = house.moderator(), []
    states = [await state(house)]

    for _ in range(14):
        idea = await house.idea(luck.randint(1, 3))
        name, values = action(luck, idea)
        if (await mod.does(name, **values)).ok:
            done.append(idea.number)
            states.append(await state(house))
    assert len(done) >= 4

    for number in reversed(done):
        states.pop()
        undone = await mod.does("mod undo", number=number)
        assert undone.ok, undone.text
        assert await state(house) == states[-1]
