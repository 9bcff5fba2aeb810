"""Who may: the platform's role, our own list, and the operator's."""

from bot.core.model import Role
from storage import Write
from tests.fakes.house import House


async def test_whom_the_operator_named_is_an_administrator_everywhere(house: House) -> None:
    assert (await house.person("op").says("settings show")).ok
    assert not (await house.person("ann").says("settings show")).ok


async def test_a_granted_role_is_kept_by_the_community(house: House) -> None:
    community = await house.community("discord:88")
    assert not (await house.person("ann").says("queue")).ok
    await house.store.members.grant(
        house_write(house, community.id), community.id, "discord:ann", int(Role.MODERATOR)
    )
    assert (await house.person("ann").says("queue")).ok


def house_write(house: House, community_id: int) -> Write:
    return Write(person_id=None, community_id=community_id, now=house.clock())


async def test_an_unknown_command_is_told_with_a_reference(house: House) -> None:
    reply = await house.person("ann").does("nonsense")

    assert not reply.ok
    assert reply.is_private
    assert "Reference" in reply.footer
