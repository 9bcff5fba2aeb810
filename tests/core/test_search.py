from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import InvalidField
from bot.core.search import parse_query, query_of
from bot.tagging import Taxonomy
from storage import STATUSES, IdeaFilter

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
