"""Random acts of a moderator, undone one by one: each time the state is the one before."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.market import Market
from storage import Store, Write
from tests.fakes.house import House, make_house

TEXTS = (
    "Reconstruct a traffic accident from witness statements so that the jury sees it",
    "A TV spot for a shoe brand, made in an afternoon by two people at the agency",
    "Training films for new nurses about hygiene, one per ward",
    "Reconstruct the traffic accident from witness statements so the jury sees it all",
    "Moving menus: every dish of the restaurant as a short clip for the tablet",
)
INDUSTRIES = ("games", "insurance", "film-tv", "healthcare")

DOMAIN = {
    "ideas": "SELECT number, status, reason, decided_at, merged_into, before_merge, title, text, "
    "beneficiaries, link, is_anonymous, language, flags, consent, accepted_version IS NULL, up, "
    "down, note_count, platform_votes FROM ideas ORDER BY id",
    "industries": "SELECT idea_id, industry, rank, round(confidence, 6), because, set_by "
    "FROM idea_industries ORDER BY 1, 3",
    "tallies": "SELECT status, industry, n FROM idea_tallies WHERE n <> 0 ORDER BY 1, 2",
    "votes": "SELECT idea_id, person_id, value, is_held, voted_at FROM votes ORDER BY 1, 2",
    "notes": "SELECT id, idea_id, person_id, is_staff, text FROM notes ORDER BY id",
    "followers": "SELECT idea_id, person_id FROM followers ORDER BY 1, 2",
    "claims": "SELECT idea_id, person_id, until FROM claims ORDER BY 1",
    "appeals": "SELECT idea_id, text, closed_at FROM appeals ORDER BY 1",
    "apart": "SELECT older, newer FROM pairs WHERE is_apart = 1 ORDER BY 1, 2",
    "blocks": "SELECT community_id, person_id, until FROM blocks ORDER BY 1, 2",
    "knowledge": "SELECT id, entity_id, state, person_id, fact FROM knowledge ORDER BY id",
    "gaps": "SELECT id, closed_at, question FROM gaps ORDER BY id",
    "undos": "SELECT count(*) FROM undos",
}
"""The tables of the domain without times of changes, versions and the log."""

NUMBER = st.integers(1, len(TEXTS))
SEVERAL = st.lists(NUMBER, min_size=2, max_size=4, unique=True).map(
    lambda numbers: " ".join(map(str, numbers))
)
STATUS = st.sampled_from(["pending", "accepted", "declined"])
ROW = st.integers(1, 3)
SURE = st.just(True)


def act(name: str, /, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(name), st.fixed_dictionaries(values))


ACTS = st.one_of(
    act("mod accept", number=NUMBER.map(str), seen=STATUS, over=SURE),
    act("mod decline", number=NUMBER.map(str), seen=STATUS, template=st.just("off_topic")),
    act("mod decline", number=NUMBER.map(str), seen=STATUS, silent=SURE),
    act("mod accept", number=SEVERAL, sure=SURE),
    act("mod decline", number=SEVERAL, reason=st.just("too_vague"), sure=SURE),
    act("mod restore", number=NUMBER),
    act("mod uphold", number=NUMBER, reason=st.sampled_from(["", "We had it."])),
    act("mod claim", number=NUMBER.map(str), lift=st.booleans(), over=SURE),
    act("mod claim", number=SEVERAL, sure=SURE),
    act("mod merge", number=NUMBER.map(str), into=NUMBER),
    act("mod merge", number=SEVERAL, into=NUMBER, sure=SURE),
    act("mod unmerge", number=NUMBER),
    act("mod apart", number=st.just(4), into=st.just(1)),
    act("mod note", number=NUMBER, text=st.just("Ask the author")),
    act("mod votes", number=NUMBER, keep=st.booleans()),
    act("mod block", number=NUMBER, days=st.sampled_from([None, 3])),
    act("mod block", number=NUMBER, lift=SURE),
    act("idea retag", number=NUMBER, industry=st.sampled_from(INDUSTRIES)),
    act("mod retag", number=SEVERAL, industry=st.sampled_from(INDUSTRIES), sure=SURE),
    act("idea edit", number=NUMBER, text=st.sampled_from(TEXTS[1:3])),
    act("idea edit", number=NUMBER, title=st.sampled_from(["One", "Two"])),
    act("market decide", id=ROW, accept=st.booleans()),
    act(
        "market add",
        entity=st.just("Sora"),
        claim=st.sampled_from(["Sora whistles tunes.", "Sora hums along."]),
        source=st.just("https://example.org"),
    ),
    act("market retire", entity=st.just("Sora"), fact=st.just("whistles")),
    act(
        "market correct",
        entity=st.just("Sora"),
        fact=st.just("hums"),
        claim=st.just("Sora sings along."),
        source=st.just("https://example.org"),
    ),
    act("market close", ids=ROW.map(str), state=st.sampled_from(["answered", "dismissed"])),
    act("industry add", name=st.just("Jury Films"), keywords=st.just("jury, jur*"), sure=SURE),
    act("industry rename", industry=st.just("games"), name=st.just("Play"), sure=SURE),
    act(
        "industry merge",
        industry=st.sampled_from(INDUSTRIES),
        into=st.sampled_from(["legal", "food"]),
        sure=SURE,
    ),
    act("industry retire", industry=st.sampled_from(INDUSTRIES), sure=SURE),
)


async def furnish(house: House) -> None:
    """Have something of every kind wait: an edit, an appeal, a pair, votes, facts, a gap."""
    await house.set("review", "before")
    first = house.moderator("first")
    for number, text in enumerate(TEXTS, 1):
        author = house.person(f"author{number}")
        reply = await author.does("idea add", text=text)
        if not reply.text.startswith("Kept"):
            await author.presses(reply, "Mine is different")
        await house.person("fan").does("idea vote", number=number, vote="1")
    await first.says("mod accept 2,5 sure:yes")
    await house.person("author2").does("idea edit", number=2, text=f"{TEXTS[1]}, in colour")
    await first.says("mod decline 3 off_topic")
    await house.person("author3").says("idea appeal 3 It is for nurses.")
    await hold_votes(house, 5)
    for claim in ("Sora makes coffee.", "Sora makes the best tea."):
        await house.person("fan").does(
            "market add", entity="Sora", claim=claim, source="https://example.org"
        )
    await house.person("fan").says("ask How long are the clips of Quuxreel?")
    await first.says("queue")  # which compares what is new


async def hold_votes(house: House, number: int) -> None:
    community = await house.community("discord:88")
    program = Write(person_id=None, community_id=community.id, now=house.clock())
    voters = []
    for at in range(3):
        person = await house.store.members.ensure(
            community.id, f"discord:new{at}", f"New {at}", house.clock()
        )
        voters.append(person.id)
        write = Write(person_id=person.id, community_id=community.id, now=house.clock())
        await house.store.votes.set(write, community.bank_id, number, 1, "discord")
    await house.store.votes.hold_out(program, community.bank_id, number, voters)


def state_of(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in DOMAIN.items()}


async def come_back(store: Store, market: Market) -> House:
    """Open the house again an hour later, with deliveries that are new to it."""
    house = await make_house(store, market)
    house.clock.pass_by(hours=1)
    house.deliveries = itertools.count(10_000)
    return house


async def state(house: House) -> dict[str, Any]:
    community = await house.community("discord:88")
    changes = await house.store.taxonomy.list(community.bank_id)
    taxonomy = await house.services.banks.taxonomy(community.bank_id)
    names = [(i.id, i.name) for i in taxonomy.industries]
    return {**state_of(house.store.path), "taxonomy": changes, "names": names}


@pytest.fixture(scope="module")
def furnished(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store to begin with; every example works on a copy."""
    path = tmp_path_factory.mktemp("undo") / "reelbank.db"

    async def made() -> None:
        store = Store.open(path, durable=False)
        await furnish(await make_house(store, market))
        store.close()

    asyncio.run(made())
    return path


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, min_size=1, max_size=12))
def test_undoing_everything_restores_what_was(
    furnished: Path,
    market: Market,
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, dict[str, Any]]],
) -> None:
    asyncio.run(do_and_undo(furnished, market, tmp_path_factory.mktemp("copy"), acts))


async def do_and_undo(
    furnished: Path, market: Market, folder: Path, acts: list[tuple[str, dict[str, Any]]]
) -> None:
    path = folder / "reelbank.db"
    shutil.copy(furnished, path)
    store = Store.open(path, durable=False)
    try:
        house = await come_back(store, market)
        mod = house.moderator("second")
        states = [await state(house)]
        for name, values in acts:
            reply = await mod.does(name, **values)
            assert "went wrong" not in reply.text, (name, values)
            now = await state(house)
            if reply.ok and now["undos"] != states[-1]["undos"]:
                event(name)
                states.append(now)
            else:
                assert now == states[-1], f"{name} changed something that cannot be undone"
        while len(states) > 1:
            states.pop()
            undone = await mod.says("mod undo")
            assert undone.ok, undone.text
            assert await state(house) == states[-1]
        assert not (await mod.says("mod undo")).ok
        assert await store.audit.verify() == []
    finally:
        store.close()


async def test_every_act_that_can_be_undone_is_tried(furnished: Path, market: Market) -> None:
    """Nothing of the table above may be refused for good: then the property would be empty."""
    tried = {
        "mod accept": {"number": "1"},
        "mod restore": {"number": 2},
        "mod uphold": {"number": 3},
        "mod claim": {"number": "1"},
        "mod merge": {"number": "4", "into": 1},
        "mod apart": {"number": 4, "into": 1},
        "mod note": {"number": 1, "text": "x"},
        "mod votes": {"number": 5, "keep": False},
        "mod block": {"number": 1},
        "idea retag": {"number": 1, "industry": "games"},
        "mod retag": {"number": "1-3", "industry": "games", "sure": True},
        "idea edit": {"number": 1, "title": "One"},
        "market decide": {"id": 1, "accept": True},
        "market close": {"ids": "1", "state": "dismissed"},
        "industry add": {"name": "Jury Films", "keywords": "jury", "sure": True},
    }
    for name, values in tried.items():
        path = furnished.with_name(f"{name.replace(' ', '-')}.db")
        shutil.copy(furnished, path)
        store = Store.open(path, durable=False)
        house = await come_back(store, market)
        mod, before = house.moderator("second"), await state(house)

        assert (await mod.does(name, **values)).ok, name
        changed = await state(house)
        undone = await mod.says("mod undo")

        assert changed != before, name
        assert undone.ok, (name, undone.text)
        assert await state(house) == before, name
        store.close()


async def test_undoing_a_bulk_leaves_what_happened_since(house: House) -> None:
    for name, text in zip(("ann", "bob", "cam"), TEXTS[:3], strict=True):
        await house.person(name).does("idea add", text=text)
    mod = house.moderator()
    done = await mod.says("mod accept 1-3 sure:yes")
    await house.moderator("other").does("mod decline", number="2", seen="accepted", reason="x y")

    undone = await mod.presses(done, "Undo")

    assert "#1, #3" in undone.text
    assert "#2: that stays" in undone.text
    statuses = [(await house.idea(n)).status for n in (1, 2, 3)]
    assert statuses == ["pending", "declined", "pending"]
    # What the other one did is still there to be undone, by its number.
    assert (await mod.says("mod undo 2")).ok
    assert (await house.idea(2)).status == "accepted"


async def test_an_industry_that_is_gone_does_not_come_back_with_an_idea(house: House) -> None:
    await house.person("ann").does("idea add", text=TEXTS[0], industry="games")
    mod = house.moderator()
    await mod.says("idea retag 1 insurance")
    await mod.says("industry merge games film-tv sure:yes")

    undone = await mod.says("mod undo 1")

    assert undone.ok
    assert (await house.idea(1)).primary == "film-tv"


async def test_a_change_of_industries_is_undone_before_older_acts_on_ideas(house: House) -> None:
    await house.person("ann").does("idea add", text=TEXTS[0])
    mod = house.moderator()
    await mod.says("idea retag 1 games")
    await mod.says("industry merge games film-tv sure:yes")

    assert "industries" in (await mod.says("mod undo 1")).text
    assert (await mod.says("mod undo")).ok
    assert (await house.idea(1)).primary == "games"
    assert (await mod.says("mod undo 1")).ok


async def test_an_anonymous_author_who_was_blocked_stays_unnamed_in_undo_and_log(
    house: House,
) -> None:
    await house.person("ann").does("idea add", text=TEXTS[0], anonymous=True)
    mod = house.moderator()
    await mod.says("mod block 1")

    undone = await mod.says("mod undo 1")
    log = await mod.says("mod log")

    assert undone.ok
    assert "ann" not in f"{undone.text} {log.text}".replace("banned", "")
    assert (await house.person("ann").says(f"idea add {TEXTS[1]}")).ok
