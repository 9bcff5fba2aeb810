"""Who Discord says is what: permissions, and the roles and people that a community chose."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.adapters.discord_bot.who import role_of
from bot.core.model import Role


class Seen(discord.Member):
    """A member whose permissions are given, as all of their roles add up to."""

    def __init__(self, user: str, roles: tuple[str, ...], permissions: discord.Permissions) -> None:
        self._user = SimpleNamespace(id=int(user))  # type: ignore[assignment]
        self.given = [SimpleNamespace(id=int(role)) for role in roles]
        self.granted = permissions

    @property
    def guild_permissions(self) -> discord.Permissions:
        return self.granted

    @property
    def roles(self) -> Any:
        return self.given


def member(*roles: str, user: str = "7", **permissions: bool) -> Seen:
    return Seen(user, roles, discord.Permissions(**permissions))


@pytest.mark.parametrize(
    ("who", "chosen", "expected"),
    [
        (member(), [], Role.MEMBER),
        (member(manage_messages=True), [], Role.MODERATOR),
        (member(manage_guild=True), [], Role.ADMIN),
        (member(administrator=True), [], Role.ADMIN),
        (member(kick_members=True, ban_members=True), [], Role.MEMBER),
        (member("42"), ["42"], Role.MODERATOR),
        (member("42"), ["43"], Role.MEMBER),
        (member("42", manage_guild=True), ["42"], Role.ADMIN),
        (member(user="7"), ["discord:7"], Role.MODERATOR),
        (member(user="8"), ["discord:7"], Role.MEMBER),
        (member("42"), "42", Role.MEMBER),  # what is no list chooses nobody
    ],
)
def test_roles_come_from_permissions_and_from_the_list(
    who: Any, chosen: object, expected: Role
) -> None:
    assert role_of(who, {"moderator_roles": chosen}) is expected


def test_a_user_outside_of_a_server_is_a_member() -> None:
    outside: Any = SimpleNamespace(id=7)

    assert role_of(outside, {"moderator_roles": ["7"]}) is Role.MEMBER
