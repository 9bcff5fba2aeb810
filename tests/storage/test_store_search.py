from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_world import NOW, World, make_world

from storage import IdeaFilter, IdeaTag, NewIdea, Store


def tag(industry: str, rank: int = 0) -> IdeaTag:
    return IdeaTag(industry=industry, rank=rank, confidence=0.5)


async def found(world: World, words: str = "", **more: object) -> list[int]:
    page = await world.store.ideas.search(world.bank, IdeaFilter(words=words, **more))  # type: ignore[arg-type]
    return [idea.number for idea in page.ideas]


@pytest.fixture
async def library(world: World) -> World:
    texts = (
        ("Rebuild crashes", "Reconstruct a traffic accident from the police report", "legal"),
        ("Localise adverts", "One advert for twelve cities, with local actors", "advertising"),
        ("文生视频", "用文生视频重建交通事故现场", "legal"),
        ("Safety drills", "Show traffic rules to schoolchildren", "education"),
    )
    for title, text, industry in texts:
        await world.idea(title, text, tags=(tag(industry), tag("media", 1)))
    return world


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("traffic", [1, 4]),
        ("TRAFFIC accidents", [1]),
        ('"police report"', [1]),
        ('"report police"', []),
        ("reconstructing", [1]),
        ("文生", [3]),
        ("交通事故", [3]),
        ("acident", [1]),  # misspelt
        ("raffic", [1, 4]),  # inside of a word
        ("rafifc", []),  # misspelt, the first two letters must be there
        ("tarffic rules", [4]),  # swapped
        ("schoolchil", [4]),  # unfinished
        ("zebra advert", [2]),  # any of the words
        ('"', []),
        ("* AND OR NOT (", []),
    ],
)
async def test_words(library: World, words: str, numbers: list[int]) -> None:
    page = await library.store.ideas.search(library.bank, IdeaFilter(words=words))
    if words == '"report police"':
        # no idea has the phrase; neither half of it may stand in for it
        assert page.total == 0
    assert sorted(idea.number for idea in page.ideas) == numbers


async def test_the_title_counts_more_than_the_text(world: World) -> None:
    await world.idea("Something", "a drone among many other words that go on")
    await world.idea("Drone", "something else altogether, and at length")
    assert await found(world, "drone") == [2, 1]


async def test_facets_count_what_was_found(library: World) -> None:
    page = await library.store.ideas.search(library.bank, IdeaFilter(words="traffic"))
    assert page.total == 2
    assert page.industries == {"media": 2, "education": 1, "legal": 1}
    assert page.statuses == {"pending": 2}
    everything = await library.store.ideas.search(library.bank, IdeaFilter())
    assert everything.industries == {"media": 4, "legal": 2, "advertising": 1, "education": 1}


async def test_tallies_agree_with_counting(library: World) -> None:
    ideas, bank = library.store.ideas, library.bank
    await ideas.set_status(library.by(library.mod), bank, 1, expected=["pending"], to="accepted")
    await ideas.set_tags(library.by(library.mod), bank, 2, [tag("legal")])
    await ideas.merge(library.by(library.mod), bank, 3, 1)
    await ideas.delete(library.by(library.mod), bank, 4)
    for statuses in ((), ("accepted",), ("merged", "pending")):
        kept = await ideas.search(bank, IdeaFilter(statuses=statuses))  # type: ignore[arg-type]
        counted = await ideas.search(
            bank, IdeaFilter(statuses=statuses, until=NOW + timedelta(days=9))
        )  # type: ignore[arg-type]
        assert (kept.total, kept.statuses, kept.industries) == (
            counted.total,
            counted.statuses,
            counted.industries,
        )


async def test_filters(library: World) -> None:
    store, bank = library.store, library.bank
    await store.ideas.set_status(
        library.by(library.mod), bank, 2, expected=["pending"], to="declined"
    )
    await store.ideas.set_flags(library.by(library.mod), bank, 4, ["spam"])
    await store.votes.set(library.by(library.bob), bank, 1, 1, "discord")
    late = await store.ideas.add(
        library.by(library.bob),
        bank,
        NewIdea(title="Late", text="x", created_at=NOW + timedelta(days=3)),
    )
    assert await found(library, statuses=("declined",)) == [2]
    assert sorted(await found(library, industries=("legal", "education"))) == [1, 3, 4]
    assert await found(library, by_name="@BOB") == [late.number]
    assert await found(library, author_id=library.bob.id) == [late.number]
    assert await found(library, since=NOW + timedelta(days=2)) == [late.number]
    assert late.number not in await found(library, until=NOW + timedelta(days=2))
    assert await found(library, min_votes=1) == [1]
    assert await found(library, flagged=True) == [4]
    assert await found(library, flagged=False, words="traffic") == [1]
    assert await found(library, platform="slack") == []
    assert len(await found(library, platform="discord")) == 5


async def test_sorting(library: World) -> None:
    store, bank = library.store, library.bank
    for person, value in ((library.ann, 1), (library.bob, 1), (library.mod, -1)):
        await store.votes.set(library.by(person), bank, 2, value, "discord")
    await store.votes.set(library.by(library.ann), bank, 3, 1, "discord")
    await store.votes.set(library.by(library.ann), bank, 4, -1, "discord")
    assert await found(library, sort="new") == [4, 3, 2, 1]
    assert await found(library, sort="old") == [1, 2, 3, 4]
    assert (await found(library, sort="votes"))[-1] == 4
    assert (await found(library, sort="best"))[0] in {2, 3}
    assert await found(library, words="traffic", sort="old") == [1, 4]


async def test_few_votes_do_not_beat_many(world: World) -> None:
    await world.idea("Three of three")
    await world.idea("95 of 100")
    people = [
        await world.store.members.ensure(world.discord.id, f"discord:{n + 100}", "P", NOW)
        for n in range(100)
    ]
    for n, person in enumerate(people):
        await world.store.votes.set(world.by(person), world.bank, 2, 1 if n < 95 else -1, "discord")
    for person in people[:3]:
        await world.store.votes.set(world.by(person), world.bank, 1, 1, "discord")
    assert await found(world, sort="best") == [2, 1]
    terms = await world.store.ideas.terms(world.bank, 2, NOW + timedelta(days=180))
    assert (terms["up"], terms["down"]) == (95, 5)
    assert 0.88 < terms["wilson"] < 0.9
    assert terms["freshness"] == pytest.approx(0.5, abs=0.01)


async def test_age_takes_from_the_score(world: World) -> None:
    await world.idea("Old", created_at=NOW - timedelta(days=720))
    await world.idea("New", created_at=NOW)
    for number in (1, 2):
        await world.store.votes.set(world.by(world.bob), world.bank, number, 1, "discord")
    assert await found(world, sort="best") == [2, 1]


async def test_pages_follow_one_another(world: World) -> None:
    for number in range(25):
        await world.idea(f"Drone {number}", "the same words")
    seen: list[int] = []
    for offset in (0, 10, 20):
        page = await world.store.ideas.search(
            world.bank, IdeaFilter(words="drone"), limit=10, offset=offset
        )
        assert page.total == 25
        seen.extend(idea.number for idea in page.ideas)
    assert sorted(seen) == list(range(1, 26))


TYPED = st.one_of(
    st.text(max_size=200),
    st.text(alphabet='"*():^-+{}[]ANDORTNEAR .,\\%_#@ab\x00', max_size=80),
    st.sampled_from(
        [
            "🚗" * 50,
            "مرحبا بالعالم",
            "a" * 10_000,
            "x " * 5_000,
            '"' * 999,
            "\x00",
            "\ud7ff",
            "ไทยแลนด์",
        ]
    ),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("search") / "reelbank.db", durable=False)
    yield store  # type: ignore[misc]
    store.close()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=TYPED)
async def test_nothing_that_is_typed_breaks_the_search(shared: Store, words: str) -> None:
    world = await make_world(shared)
    await shared.ideas.search(world.bank, IdeaFilter(words=words, by_name=words[:20]))
    await shared.ideas.complete(world.bank, words)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(word=st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1, max_size=12))
async def test_a_word_that_was_written_is_found(shared: Store, word: str) -> None:
    world = await make_world(shared)
    idea = await shared.ideas.add(
        world.by(world.ann), world.bank, NewIdea(title="t", text=f"before {word} after")
    )
    page = await shared.ideas.search(world.bank, IdeaFilter(words=f'"{word}"', sort="new"))
    assert idea.number in [found.number for found in page.ideas]
