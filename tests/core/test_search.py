from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import InvalidField
from bot.core.search import parse_query, query_of
from bot.demo import read_lines
from bot.tagging import Taxonomy
from storage import STATUSES, IdeaFilter
from tests.fakes.house import House

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
TAXONOMY = Taxonomy.load()


def parse(text: str, zone: str = "UTC") -> IdeaFilter:
    return parse_query(text, taxonomy=TAXONOMY, now=NOW, zone=ZoneInfo(zone), person_id=7)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", IdeaFilter(sort="new")),
        ("crash", IdeaFilter(words="crash")),
        ('"police report" crash', IdeaFilter(words='"police report" crash')),
        ("“police report”", IdeaFilter(words='"police report"')),
        ("industry:insurance", IdeaFilter(industries=("insurance",), sort="new")),
        ("industry:insurence", IdeaFilter(industries=("insurance",), sort="new")),
        (
            'industry:"Legal & Forensics",games',
            IdeaFilter(words=",games", industries=("legal-forensics",)),
        ),
        (
            'industry:"Legal & Forensics" industry:games',
            IdeaFilter(industries=("legal-forensics", "games"), sort="new"),
        ),
        ("status:declined,accepted", IdeaFilter(statuses=("accepted", "declined"), sort="new")),
        ("status:all", IdeaFilter(statuses=STATUSES, sort="new")),
        ("by:me", IdeaFilter(author_id=7, sort="new")),
        ("by:@Ann", IdeaFilter(by_name="Ann", sort="new")),
        ('by:"Ann B"', IdeaFilter(by_name="Ann B", sort="new")),
        ("votes:5", IdeaFilter(min_votes=5, sort="new")),
        ("votes:>5", IdeaFilter(min_votes=6, sort="new")),
        ("votes:>=5 x", IdeaFilter(min_votes=5, words="x")),
        ("platform:Slack", IdeaFilter(platform="slack", sort="new")),
        ("flagged:yes", IdeaFilter(flagged=True, sort="new")),
        ("sort:votes", IdeaFilter(sort="votes")),
        ("ratio 3:1 http://x.org", IdeaFilter(words="ratio 3:1 http://x.org")),
        ("since:2026-03-01", IdeaFilter(since=day("2026-03-01"), sort="new")),
        ("until:2026-03-01", IdeaFilter(until=day("2026-03-02"), sort="new")),
        ("until:2026-12", IdeaFilter(until=day("2027-01-01"), sort="new")),
        ("until:2025", IdeaFilter(until=day("2026-01-01"), sort="new")),
        ("since:2025", IdeaFilter(since=day("2025-01-01"), sort="new")),
        ("since:today", IdeaFilter(since=day("2026-11-22"), sort="new")),
        ("since:yesterday", IdeaFilter(since=day("2026-11-21"), sort="new")),
        ("since:7d", IdeaFilter(since=day("2026-11-15T23:30"), sort="new")),
        ("INDUSTRY:games", IdeaFilter(industries=("games",), sort="new")),
    ],
)
def test_reading(text: str, expected: IdeaFilter) -> None:
    assert parse(text) == expected


def test_days_begin_where_the_community_is() -> None:
    assert parse("since:today", "Asia/Tokyo").since == day("2026-11-22T15:00")
    assert parse("since:2026-07-01", "America/New_York").since == day("2026-07-01T04:00")


@pytest.mark.parametrize(
    ("text", "why", "shown"),
    [
        ("status:open", "filter_value", "accepted"),
        ("sort:random", "filter_value", "best"),
        ("industry:xyzzy", "filter_industry", "xyzzy"),
        ("since:soon", "filter_date", "soon"),
        ("since:2026-13-01", "filter_date", "2026-13-01"),
        ("votes:many", "filter_votes", "many"),
        ("industy:games", "filter_unknown", "industry"),
        ("platform:irc", "filter_value", "discord"),
        ("flagged:perhaps", "filter_value", "yes"),
    ],
)
def test_a_wrong_filter_says_what_is_right(text: str, why: str, shown: str) -> None:
    with pytest.raises(InvalidField) as caught:
        parse(text)

    assert caught.value.text == why
    assert shown in repr(caught.value.values)


def test_typed_options_join_the_words() -> None:
    values = {"query": "crash", "industry": "insurance", "votes": ">3", "status": None}

    assert parse(query_of(values)) == parse("crash industry:insurance votes:>3")


def test_a_quote_in_an_option_cannot_break_out() -> None:
    found = parse(query_of({"query": "", "by": 'x" status:all "'}))

    assert found.statuses == ()
    assert "status:all" in found.by_name


ALIKE = {
    "crash": "Reconstruct a traffic accident from witness statements so that the jury sees it",
    "shoes": "A TV spot for a shoe brand, made in an afternoon by two people at the agency",
    "film": "Verkehrsunfallberichte als kurzer Film, damit der Richter den Hergang versteht",
    "zh": "把博物馆里的老照片变成会动的短片，让孩子们看见当年的街道",
    "ar": "تحويل تقارير الشرطة إلى مقاطع قصيرة تشرح للقاضي ما حدث",
    "fr": "Montrer aux élèves l'éclosion d'une fleur, à côté de la vraie plante",
}


async def fill(house: House) -> None:
    for number, text in enumerate(ALIKE.values()):
        reply = await house.person(f"p{number}").says(f"idea add {text}")
        if "Kept" not in reply.text:
            reply = await house.person(f"p{number}").presses(reply, "Keep it anyway")
        assert "Kept" in reply.text, reply.text
    await house.set("review", "after")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("traffic acident", 1), ("acidents", 1), ("recontruct", 1),
        ("unfall", 3), ("博物馆", 4), ("照片", 4), ("街道", 4), ("الشرطة", 5), ("eclosion", 6),
        ("ÉLÈVES", 6), ('"shoe brand"', 2),
    ],
)  # fmt: skip
async def test_typos_compounds_accents_and_scripts_are_found(
    house: House, words: str, number: int
) -> None:
    await fill(house)

    reply = await house.moderator().says(f"idea search {words} status:all")

    assert reply.items[0].text.startswith(f"**#{number}**"), reply


async def test_a_word_that_is_near_nothing_finds_nothing(house: House) -> None:
    await fill(house)

    assert not (await house.moderator().says("idea search dragons")).items
    assert not (await house.moderator().says("idea search zzzzqqq")).items


async def test_what_is_alike_in_meaning_follows_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.core.banks import LookAlike

    await fill(house)

    async def similar(bank_id: int, text: str, **_: object) -> list[LookAlike]:
        return [LookAlike(2, 0.6), LookAlike(1, 0.5)]

    monkeypatch.setattr(house.services.banks, "similar", similar)
    few = await house.moderator().says("idea search accident")
    none = await house.moderator().says("idea search collision insurance:x")
    narrowed = await house.moderator().says("idea search collision status:declined")
    sorted_ = await house.moderator().says("idea search collision sort:new")

    assert [item.text.split("**")[1] for item in few.items] == ["#1", "#2"]
    assert "alike in meaning" not in few.items[0].text
    assert "alike in meaning" in few.items[1].text
    assert "come closest" in none.text
    assert [item.text.split("**")[1] for item in none.items] == ["#2", "#1"]
    assert not narrowed.items
    assert not sorted_.items


async def test_menus_narrow_a_search_down(house: House) -> None:
    for number, line in enumerate(read_lines()[:8]):
        reply = await house.person(f"p{number}").submits(
            "idea add", text=line.text, industry="insurance" if number % 2 else "legal"
        )
        assert "Kept" in reply.text, reply.text
    top = await house.person("bob").says("idea top industry:legal")
    assert len(top.items) == 4

    reply = await house.moderator().says("idea search industry:insurance,legal sort:new")
    by_name = {select.name: select for select in reply.selects}
    assert by_name["industry"].choices[0].label.endswith(")")
    narrowed = await house.moderator().does(
        by_name["industry"].command, **{**by_name["industry"].values, "industry": "legal"}
    )

    assert narrowed.replace
    assert len(narrowed.items) == 4
    assert all("Legal" in item.text for item in narrowed.items)
