"""Who may run what on Slack: owners, admins, groups, lists, guests, strangers, the deactivated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack_app import modals, people
from bot.core import commands, dispatch
from bot.core.model import Command, Role
from bot.market import Market
from prompts import render
from storage import Write
from tests.contract import on_slack
from tests.contract.conftest import SETTINGS, set_up
from tests.contract.stage import ANN, BEN, MOE, Forge, Person, Use
from tests.contract.test_contract_rights import CRASH, GUARDED, a_value
from tests.fakes.slack_server import TEAM

GROUP, OTHER_GROUP = "SMODS", "SOTHER"


@dataclass(frozen=True)
class User:
    """A user as Slack tells of them, and the role that they must have."""

    id: str
    role: Role
    more: dict[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    @property
    def person(self) -> Person:
        return Person(self.id, self.role)


ELSEWHERE = {"team_id": "T2OTHER"}
ON_GRID = {"enterprise_user": {"teams": [TEAM]}}  # of several workspaces, ours among them
USERS = (
    User("UMEMBER", Role.MEMBER),
    User("UGUEST", Role.MEMBER, {"is_restricted": True}),
    User("UGUESTONE", Role.MEMBER, {"is_restricted": True, "is_ultra_restricted": True}),
    User("UOTHERGROUP", Role.MEMBER, groups=(OTHER_GROUP,)),
    # Of another workspace, in a shared channel: whatever they are there, here they are members.
    User("USTRANGER", Role.MEMBER, {**ELSEWHERE, "is_stranger": True}),
    User("UBOSSTHERE", Role.MEMBER, {**ELSEWHERE, "is_admin": True, "is_owner": True}),
    User("UTHEREINGROUP", Role.MEMBER, ELSEWHERE, groups=(GROUP,)),
    User("ULISTEDTHERE", Role.MEMBER, {**ELSEWHERE, "is_stranger": True}),
    User("UGONE", Role.MEMBER, {"deleted": True}, groups=(GROUP,)),
    User("UGONEBOSS", Role.MEMBER, {"deleted": True, "is_admin": True}),
    User("UINGROUP", Role.MODERATOR, groups=(GROUP,)),
    User("UGUESTINGROUP", Role.MODERATOR, {"is_restricted": True}, groups=(GROUP,)),
    User("ULISTED", Role.MODERATOR),
    User("UBYKEY", Role.MODERATOR),
    User("UADMIN", Role.ADMIN, {"is_admin": True}),
    User("UOWNER", Role.ADMIN, {"is_owner": True}),
    User("UFIRSTOWNER", Role.ADMIN, {"is_primary_owner": True}),
    User("UGRID", Role.ADMIN, {**ELSEWHERE, **ON_GRID, "is_admin": True}),
)  # fmt: skip
LISTED = (GROUP, "ULISTED", f"slack:{TEAM}:UBYKEY", "ULISTEDTHERE")


async def come_in(services: Any, stage: Any) -> None:
    """Let the users into the workspace, and say who moderates."""
    server = stage._server
    for user in USERS:
        server.add_user(user.id, user.id.lower(), **user.more)
        on_slack._IDS[user.id] = user.id
        for group in user.groups:
            server.groups.setdefault(group, []).append(user.id)
    notes = await set_up(services, stage)
    write = Write(person_id=None, community_id=notes.community_id, now=services.clock())
    settings = {"moderator_roles": LISTED}
    await services.store.communities.set_settings(write, notes.community_id, settings)
    await stage.act(Use(BEN, "idea add", {"text": CRASH}))


def attempt(who: Person, command: Command) -> Use | Forge:
    needed = {f.name: a_value(f) for f in command.fields if f.is_required}
    if command.is_listed:
        return Use(who, command.name, needed)
    return Forge(who, command.name, needed)


@pytest.fixture(scope="module")
def tries(
    market: Market, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], dict[tuple[str, str], bool]]:
    found: dict[tuple[str, str], bool] = {}

    async def tried(folder: Path) -> None:
        async with SETTINGS["slack-http"](folder, market) as (services, stage):
            await come_in(services, stage)
            for user in USERS:
                for command in GUARDED:
                    shown = await stage.act(attempt(user.person, command))
                    refusal = render("error.not_allowed", "en", role=command.audience.name.lower())
                    found[user.id, command.name] = refusal not in "\n".join(shown.texts)
            assert await stage.close() == []

    def get() -> dict[tuple[str, str], bool]:
        if not found:
            dispatch._by_name.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NO_PROXY", "127.0.0.1")
                patch.setattr(modals, "_SETTLE_S", 0.01)
                patch.setattr(on_slack, "_IDS", dict(on_slack._IDS))
                asyncio.run(tried(tmp_path_factory.mktemp("slack-roles")))
        return found

    return get


@pytest.mark.parametrize("command", GUARDED, ids=lambda command: command.name)
def test_each_kind_of_user_may_what_their_role_says(
    tries: Callable[[], dict[tuple[str, str], bool]], command: Command
) -> None:
    allowed = {user.id for user in USERS if tries()[user.id, command.name]}

    assert allowed == {user.id for user in USERS if user.role >= command.audience}


def test_every_command_for_moderators_and_administrators_is_in_the_table() -> None:
    assert {c.name for c in GUARDED} == {c.name for c in commands.ALL if c.audience > Role.MEMBER}


class Monotonic:
    """A clock for what is kept; it stands until told otherwise."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


async def test_a_role_that_was_taken_away_is_gone_within_a_minute(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Monotonic()
    monkeypatch.setattr(people, "time", clock)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    dispatch._by_name.cache_clear()
    async with SETTINGS["slack-http"](tmp_path, market) as (services, stage):
        await set_up(services, stage)
        server, boss = stage._server, Person("Ada", Role.ADMIN)

        async def may(who: Person, command: str) -> bool:
            shown = await stage.act(Use(who, command))
            return not any("can do that here" in text for text in shown.texts)

        assert await may(MOE, "queue")
        assert await may(boss, "settings show")
        assert not await may(ANN, "queue")

        server.groups[GROUP] = ["UANN"]
        server.users["UADM"]["is_admin"] = False
        clock.now_s += 61

        assert not await may(MOE, "queue")
        assert not await may(boss, "settings show")
        assert await may(ANN, "queue")  # and who was let in is in
        await stage.close()


async def test_a_slack_that_does_not_answer_prolongs_no_role_for_ever(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Monotonic()
    monkeypatch.setattr(people, "time", clock)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    dispatch._by_name.cache_clear()
    async with SETTINGS["slack-http"](tmp_path, market) as (services, stage):
        await set_up(services, stage)
        server, boss = stage._server, Person("Ada", Role.ADMIN)

        async def may(who: Person, command: str) -> bool:
            shown = await stage.act(Use(who, command))
            return not any("can do that here" in text for text in shown.texts)

        assert await may(MOE, "queue")
        assert await may(boss, "settings show")
        for method in ("users.info", "usergroups.users.list"):
            server.fail(method, error="internal_error", times=1000)

        clock.now_s += 300
        assert await may(MOE, "queue")
        assert await may(boss, "settings show")
        clock.now_s += 400
        assert not await may(MOE, "queue")
        assert not await may(boss, "settings show")
        await stage.close()
