"""Communities, links between them, people and their accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_world import NOW, World

from storage import IdeaFilter, NewIdea, NotThere, QuestionRow, Store


async def test_a_community_is_made_once_with_a_bank(world: World, store: Store) -> None:
    again = await store.communities.ensure("discord:88", "Reel makers", world.tick())
    assert again == world.discord
    assert world.discord.bank_id != world.slack.bank_id
    assert await store.communities.by_id(world.slack.id) == world.slack
    assert (await store.communities.ensure("slack:T1", "New name", NOW)).name == "New name"


async def test_settings_are_set_and_taken_back(world: World, store: Store) -> None:
    row = await store.communities.set_settings(
        world.by(world.mod), world.discord.id, {"locale": "es", "days": 3}
    )
    assert row.settings == {"locale": "es", "days": 3}
    row = await store.communities.set_settings(world.by(world.mod), row.id, {"locale": None})
    assert (await store.communities.get("discord:88")) == row
    assert row.settings == {"days": 3}


async def link(world: World) -> None:
    code = await world.store.communities.make_link_code(world.by(world.mod), world.discord.id)
    write = world.by(world.mod, world.slack)
    await world.store.communities.redeem_link_code(write, world.slack.id, code.lower())


async def add_slack_idea(world: World, title: str, **more: object) -> None:
    new = NewIdea(title=title, text=title, **more)  # type: ignore[arg-type]
    await world.store.ideas.add(world.by(world.bob, world.slack), world.slack.bank_id, new)


async def test_linking_moves_ideas_and_old_numbers_lead_to_them(world: World, store: Store) -> None:
    await world.idea("Ours", external_id="x")
    for title in ("Theirs one", "Theirs two"):
        await add_slack_idea(world, title, external_id="x" if "one" in title else None)
    old_bank = world.slack.bank_id
    await link(world)
    row = await store.communities.get("slack:T1")
    assert row is not None
    assert row.bank_id == world.bank
    assert [c.key for c in await store.communities.of_bank(world.bank)] == [
        "discord:88",
        "slack:T1",
    ]
    assert [(await world.get(n)).title for n in (1, 2, 3)] == ["Ours", "Theirs one", "Theirs two"]
    assert await store.ideas.counts(old_bank) == {}
    assert await store.ideas.get(old_bank, 1) is None
    assert await store.audit.verify() == []


async def test_an_old_number_leads_on_where_it_is_free(world: World, store: Store) -> None:
    for number in range(4):
        await add_slack_idea(world, f"Theirs {number}")
    await add_slack_idea(world, "Theirs with a high number", number=77)
    code = await store.communities.make_link_code(world.by(world.mod), world.discord.id)
    # merges go along
    write = world.by(world.mod, world.slack)
    await store.ideas.merge(write, world.slack.bank_id, 1, 4)
    await world.idea("Ours")
    await store.communities.redeem_link_code(write, world.slack.id, code)
    assert (await world.get(2)).merged_into == 5
    assert (await world.get(5)).title == "Theirs 3"
    assert (await world.get(4)).title == "Theirs 2"  # the bank's own number wins
    assert await world.get(77) == await world.get(6)
    await store.votes.set(world.by(world.ann), world.bank, 77, 1, "discord")
    assert (await world.get(6)).votes.up == 1


async def test_a_code_works_once_and_for_a_quarter_of_an_hour(world: World, store: Store) -> None:
    make, redeem = store.communities.make_link_code, store.communities.redeem_link_code
    code = await make(world.by(world.mod), world.discord.id)
    with pytest.raises(NotThere):
        await redeem(world.by(world.mod, world.slack), world.slack.id, "ABCD-EFGH-JKLM")
    assert code.replace("-", "").encode() not in store.path.read_bytes()
    world.tick(16 * 60)
    with pytest.raises(NotThere):
        await redeem(world.by(world.mod, world.slack), world.slack.id, code)
    await link(world)
    with pytest.raises(NotThere):  # they are together already
        await link(world)


async def test_unlinking_leaves_with_copies(world: World, store: Store) -> None:
    await world.idea("Ours")
    for title in ("Theirs one", "Theirs two", "Theirs three"):
        await add_slack_idea(world, title)
    await store.votes.set(world.by(world.ann), world.slack.bank_id, 1, 1, "slack")
    await link(world)
    await store.ideas.merge(world.by(world.mod), world.bank, 3, 2)
    await store.ideas.merge(world.by(world.mod), world.bank, 4, 1)
    row = await store.communities.unlink(world.by(world.mod, world.slack), world.slack.id)
    assert row.bank_id not in {world.bank, world.slack.bank_id}
    ideas = [await store.ideas.get(row.bank_id, n) for n in (1, 2, 3)]
    assert [(i.title, i.status, i.merged_into) for i in ideas if i] == [
        ("Theirs one", "pending", None),
        ("Theirs two", "merged", 1),
        ("Theirs three", "pending", None),
    ]
    assert ideas[0] is not None
    assert ideas[0].votes.up == 1
    assert (await world.get(4)).status == "merged"  # the bank that was left keeps its own
    page = await store.ideas.search(row.bank_id, IdeaFilter(words="theirs"))
    assert (page.total, page.statuses) == (3, {"pending": 2, "merged": 1})
    with pytest.raises(NotThere):
        await store.communities.unlink(world.by(world.mod, world.slack), world.slack.id)
    assert await store.audit.verify() == []


async def test_a_member_is_met_once_and_renamed(world: World, store: Store) -> None:
    again = await store.members.ensure(world.discord.id, "discord:1", "Ann", world.tick())
    assert again == world.ann
    renamed = await store.members.ensure(world.discord.id, "discord:1", "Anna", world.tick())
    assert (renamed.id, renamed.display_name) == (world.ann.id, "Anna")
    assert (await store.members.by_account("discord:1")) == renamed


async def test_two_accounts_become_one_person(world: World, store: Store) -> None:
    other = await store.members.ensure(world.slack.id, "slack:T1:U7", "ann.s", NOW)
    for number in range(3):
        await world.idea(f"Idea {number}")
    votes = store.votes
    await votes.set(world.by(world.ann), world.bank, 1, 1, "discord")
    await votes.set(world.by(other), world.bank, 1, -1, "slack")
    await votes.set(world.by(other), world.bank, 2, 1, "slack")
    await votes.set(world.by(world.ann), world.bank, 2, -1, "discord")
    await votes.set(world.by(other), world.bank, 3, 1, "slack")
    code = await store.members.make_identity_code(world.by(world.ann))
    person = await store.members.redeem_identity_code(world.by(other, world.slack), code)
    assert person.id == world.ann.id
    assert person.accounts == ("discord:1", "slack:T1:U7")
    assert [await votes.of(world.bank, n, person.id) for n in (1, 2, 3)] == [-1, -1, 1]
    assert [(await world.get(n)).votes.score for n in (1, 2, 3)] == [-1, -1, 1]
    assert (await store.members.get(other.id)) == person
    with pytest.raises(NotThere):
        await store.members.redeem_identity_code(world.by(other), code)


async def test_blocks_and_roles_are_a_communitys_own(world: World, store: Store) -> None:
    until = NOW + timedelta(days=1)
    await store.members.block(world.by(world.mod), world.discord.id, world.bob.id, until)
    assert await store.members.is_blocked(world.discord.id, world.bob.id, NOW)
    assert not await store.members.is_blocked(world.discord.id, world.bob.id, until)
    assert not await store.members.is_blocked(world.slack.id, world.bob.id, NOW)
    seen = await store.members.ensure(world.discord.id, "discord:2", "Bob", NOW)
    assert seen.blocked_until == until
    await store.members.unblock(world.by(world.mod), world.discord.id, world.bob.id)
    assert not await store.members.is_blocked(world.discord.id, world.bob.id, NOW)
    await store.members.grant(world.by(world.mod), world.discord.id, "discord:2", 2)
    assert await store.members.role(world.discord.id, "discord:2") == 2
    assert await store.members.role(world.slack.id, "discord:2") is None
    await store.members.grant(world.by(world.mod), world.discord.id, "discord:2", 1)
    assert await store.members.roles(world.discord.id) == []


async def test_questions_of_a_thread_oldest_first(world: World, store: Store) -> None:
    def row(number: int) -> QuestionRow:
        return QuestionRow(
            id=0, community_id=world.discord.id, person_id=world.ann.id, thread_key="d:1",
            question=f"q{number}", answer="a", entities=("sora",), abstained=False, reason=None,
            asked_at=NOW + timedelta(minutes=number),
        )  # fmt: skip

    ids = [await store.questions.add(world.by(world.ann), row(n)) for n in range(8)]
    thread = await store.questions.thread("d:1", 3)
    assert [q.question for q in thread] == ["q5", "q6", "q7"]
    assert await store.questions.thread("d:1", community_id=world.slack.id) == []
    await store.questions.feedback(world.by(world.bob), ids[0], -1, "outdated")
    with pytest.raises(NotThere):
        await store.questions.feedback(world.by(world.bob, world.slack), ids[0], 1)
    assert await store.questions.count_since(world.ann.id, NOW + timedelta(minutes=6)) == 2
    assert await store.questions.purge(world.discord.id, NOW + timedelta(minutes=5)) == 5
    assert await store.questions.get(ids[0]) is None


async def test_gaps_are_counted_and_open_again(world: World, store: Store) -> None:
    gaps, bank = store.gaps, world.bank
    first = await gaps.add(world.by(world.ann), bank, "How loud is Sora?", ["sora"], "audio")
    again = await gaps.add(world.by(world.bob), bank, "Is Sora loud?", ["sora"], "audio")
    other = await gaps.add(world.by(world.bob), bank, "Something else?", [], "")
    assert first == again != other
    assert [(gap.id, gap.count) for gap in await gaps.list(bank)] == [(first, 2), (other, 1)]
    assert await gaps.settle(world.by(world.mod), [first], "answered") == 1
    with pytest.raises(NotThere):
        await gaps.settle(world.by(world.mod, world.slack), [other], "dismissed")
    assert [gap.id for gap in await gaps.list(bank)] == [other]
    assert [gap.id for gap in await gaps.list(bank, "answered")] == [first]
    await gaps.add(world.by(world.ann), bank, "How loud?", ["sora"], "audio")
    assert len(await gaps.list(bank)) == await gaps.count(bank) == 2


async def test_who_guesses_an_erased_question_learns_nothing(world: World, store: Store) -> None:
    gaps, bank = store.gaps, world.bank
    told = await gaps.add(world.by(world.ann), bank, "Am I being sued over a clip?", [], "")
    named = await gaps.add(world.by(world.ann), bank, "How loud is Sora?", ["sora"], "audio")
    await store.members.erase(world.by(world.mod), world.ann.id)

    assert await gaps.add(world.by(world.bob), bank, "am I being sued over a clip?", [], "") != told
    assert await gaps.add(world.by(world.bob), bank, "Sora's sound?", ["sora"], "audio") == named
    counts = {gap.id: gap.count for gap in await gaps.list(bank)}
    assert (counts[told], counts[named]) == (1, 2)


async def test_a_dismissed_gap_is_counted_and_stays_dismissed(world: World, store: Store) -> None:
    gaps, bank = store.gaps, world.bank
    gap = await gaps.add(world.by(world.ann), bank, "Will it rain?", [], "")
    await gaps.settle(world.by(world.mod), [gap], "dismissed")
    await gaps.add(world.by(world.bob), bank, "will it  rain?", [], "")

    assert await gaps.list(bank) == []
    assert [(g.id, g.count) for g in await gaps.list(bank, "dismissed")] == [(gap, 2)]
    await gaps.settle(world.by(world.mod), [gap], "open")
    assert [g.state for g in await gaps.list(bank)] == ["open"]


async def test_who_waits_for_an_answer_is_kept_with_their_own_words(
    world: World, store: Store
) -> None:
    gaps, bank = store.gaps, world.bank
    gap = await gaps.add(world.by(world.ann), bank, "Where is Sora made?", ["sora"], "")
    await gaps.follow(world.by(world.bob), gap, "sora, where from?")
    await gaps.follow(world.by(world.bob), gap, "where is sora from?")
    with pytest.raises(NotThere):
        await gaps.follow(world.by(world.mod, world.slack), gap, "mine?")

    assert [g.followers for g in await gaps.list(bank)] == [1]
    (follower,) = await gaps.followers(bank, gap)
    assert (follower.person.id, follower.question) == (world.bob.id, "where is sora from?")
    await gaps.told(gap, world.bob.id)
    assert await gaps.followers(bank, gap) == []


async def test_knowledge_and_taxonomy_of_a_bank(world: World, store: Store) -> None:
    row = await store.knowledge.put(world.by(world.ann), world.bank, "sora", {"a": 1}, "proposed")
    write = world.by(world.mod)
    await store.knowledge.put(write, world.bank, "sora", {"a": 2}, "live", row_id=row)
    [fact] = await store.knowledge.list(world.bank)
    assert (fact.fact, fact.state, fact.person_id) == ({"a": 2}, "live", world.ann.id)
    assert await store.knowledge.list(world.bank, ["proposed"]) == []
    with pytest.raises(NotThere):
        await store.knowledge.put(write, world.slack.bank_id, "sora", {}, "live", row_id=row)
    changes = [{"kind": "retire", "id": "games"}, {"kind": "add", "id": "ads"}]
    assert [await store.taxonomy.put(world.by(world.mod), world.bank, c) for c in changes] == [1, 2]
    assert await store.taxonomy.list(world.bank) == changes
