"""Whoever has themselves erased takes nothing of anybody else with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.core.model import Role
from tests.fakes.house import House

IDEA = "Rebuild a traffic accident from the police report for the jury"
UNFINISHED = '{"command": "idea add", "actor": {"key": "discord:88:ann"}, "values": {}}'


def count(house: House, sql: str) -> int:
    with closing(sqlite3.connect(house.store.path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0])


def write(house: House, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(house.store.path)) as connection:
        connection.execute(sql, values)
        connection.commit()


@pytest.mark.parametrize("name", ["accepted", "question", "idea add", "What does Quuxreel 9 cost"])
async def test_words_that_are_others_too_delete_nothing(house: House, name: str) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {IDEA}")
    await house.moderator().does("mod accept", number=1)
    await ann.says("ask What does Quuxreel 9 cost")
    write(
        house,
        "INSERT INTO deliveries (id, community_key, platform, received_at, payload) "
        "VALUES ('d', 'discord:88', 'discord', 0, ?)",
        UNFINISHED,
    )
    write(
        house,
        "INSERT INTO actions VALUES ('a', NULL, 0, ?)",
        '{"_of": "discord:ann", "question": "What does Quuxreel 9 cost", "what": "accepted"}',
    )
    tables = ("outbox", "actions", "deliveries WHERE done_at IS NULL")
    before = [count(house, table) for table in tables]
    assert all(before)

    stranger = house.person(name)
    await stranger.does("ask", question=name)
    await stranger.does("privacy delete", sure=True)

    assert [count(house, table) for table in tables] == before


async def test_an_account_that_begins_like_another_keeps_its_quota(house: House) -> None:
    await house.person("ann").says("stats")
    for name in ("ann", "annabel"):
        write(house, f"INSERT INTO hits VALUES ('account:discord:{name}:1', 'write', 1, NULL)")

    await house.person("ann").does("privacy delete", sure=True)

    assert count(house, "hits WHERE key LIKE '%:annabel:%'") == 1
    assert count(house, "hits WHERE key LIKE '%:ann:%'") == 0


async def test_undo_keeps_no_number_of_an_erased_moderator(house: House) -> None:
    await house.person("ann").says(f"idea add {IDEA}")
    await house.moderator("mod1").does("mod claim", number="1")
    taken = await house.moderator("mod2").does("mod claim", number="1", over=True)
    assert taken.ok, taken.text
    held = "undos WHERE json_extract(before, '$.claim[0]') IS NOT NULL"
    assert count(house, held) == 1

    await house.person("mod1", role=Role.MODERATOR).does("privacy delete", sure=True)

    assert count(house, held) == 0
