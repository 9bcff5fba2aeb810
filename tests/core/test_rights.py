"""Who may run which command; the same table holds on every platform."""

from __future__ import annotations

import pytest

from bot.core import commands
from bot.core.model import Role
from tests.fakes.house import House

M, O, A = Role.MEMBER, Role.MODERATOR, Role.ADMIN  # noqa: E741
TABLE = {
    "ask": M, "idea add": M, "idea keep": M, "capture": M, "consent": M, "idea show": M,
    "idea search": M, "idea mine": M, "idea top": M, "idea random": M, "idea similar": M,
    "idea why": M,
    "idea vote": M, "idea follow": M, "idea note": M, "idea edit": M, "idea retag": M,
    "idea withdraw": M, "idea attach": M, "idea files": M, "idea notes": M,
    "idea renote": M, "idea unnote": M, "idea noted": M, "me notices": M, "idea detach": M,
    "stats": M,
    "industry list": M, "market add": M, "me link": M,
    "privacy show": M, "privacy export": M, "privacy delete": M, "feedback": M, "share": M,
    "help": M, "idea appeal": M,
    "queue": O, "mod accept": O, "mod decline": O, "mod merge": O, "mod unmerge": O, "mod retag": O,
    "mod undo": O, "mod review": O, "mod claim": O, "mod restore": O, "mod uphold": O,
    "mod apart": O, "mod note": O, "mod block": O, "mod log": O, "mod votes": O, "export": O,
    "digest": O,
    "industry add": O, "industry rename": O, "industry merge": O, "industry retire": O,
    "market correct": O, "market retire": O, "market export": O, "market gaps": O,
    "market decide": O, "market close": O, "market follow": M,
    "setup": A, "settings choose": A, "settings zone": A, "settings resend": A,
    "settings show": A, "settings set": A, "link code": A, "link join": A,
    "link leave": A,
}  # fmt: skip


def test_the_table_names_every_command() -> None:
    assert {c.name for c in commands.ALL} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
async def test_allowed_and_denied(house: House, name: str) -> None:
    for role in Role:
        reply = await house.person("pat", role=role).does(name)
        denied = reply.text.startswith("Only ")

        assert denied == (role < TABLE[name]), f"{role.name} {reply.text}"


async def test_a_role_that_we_granted_counts_beside_the_platforms(house: House) -> None:
    community = await house.community("discord:88")
    pat = house.person("pat")
    assert not (await pat.says("queue")).ok
    from storage import Write

    write = Write(person_id=None, community_id=community.id, now=house.clock())
    await house.store.members.grant(write, community.id, pat.actor.account_key, int(Role.MODERATOR))

    assert (await pat.says("queue")).ok
