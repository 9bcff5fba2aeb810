"""The real store, knowledge and tagger with people in it who type lines and press buttons.

house = await make_house(store, market)
ann = house.person("ann")
reply = await ann.says("idea add Crash clips for juries")
reply = await house.moderator().presses(reply, "Accept")
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import commands
from bot.core.banks import Banks
from bot.core.dispatch import dispatch
from bot.core.likeness import Models
from bot.core.lines import parse_line, split_command
from bot.core.model import (
    Actor,
    Button,
    Community,
    Place,
    Reply,
    Request,
    Role,
    Select,
    SourceMessage,
    Value,
)
from bot.core.services import Services
from bot.market import Market
from bot.settings import Settings
from storage import CommunityRow, Idea, Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that goes on by a second whenever it is read, and further when told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class House:
    """Communities by their key, and what handlers use."""

    services: Services
    clock: Clock
    communities: dict[str, CommunityRow] = field(default_factory=dict)
    deliveries: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def store(self) -> Store:
        return self.services.store

    async def enter(self, key: str, name: str = "Reel makers") -> CommunityRow:
        row = await self.store.communities.ensure(key, name, self.clock())
        self.communities[key] = row
        return row

    async def community(self, key: str) -> Community:
        row = await self.store.communities.get(key)
        assert row is not None
        return Community(
            id=row.id, key=row.key, name=row.name, bank_id=row.bank_id, settings=row.settings
        )

    def person(self, name: str, key: str = "discord:88", role: Role = Role.MEMBER) -> Visitor:
        return Visitor(self, name, key, role)

    def moderator(self, name: str = "mod", key: str = "discord:88") -> Visitor:
        return Visitor(self, name, key, Role.MODERATOR)

    def admin(self, name: str = "admin", key: str = "discord:88") -> Visitor:
        return Visitor(self, name, key, Role.ADMIN)

    async def set(self, name: str, value: str, key: str = "discord:88") -> None:
        reply = await self.admin(key=key).does("settings set", name=name, value=value)
        assert reply.ok, reply.text

    async def idea(self, number: int, key: str = "discord:88") -> Idea:
        community = await self.community(key)
        idea = await self.store.ideas.get(community.bank_id, number)
        assert idea is not None
        return idea


@dataclass(frozen=True)
class Visitor:
    """Somebody in a community; what they do goes through dispatch like any platform's request."""

    house: House
    name: str
    key: str
    role: Role

    @property
    def actor(self) -> Actor:
        return Actor(f"{self.key}:{self.name}", self.name, self.role)

    async def request(self, command: str, values: Mapping[str, Value], **more: Any) -> Request:
        return Request(
            command=command,
            actor=self.actor,
            community=await self.house.community(self.key),
            now=self.house.clock(),
            values=values,
            place=more.pop("place", Place(channel_id="general")),
            delivery_id=more.pop("delivery_id", f"{self.key}:{next(self.house.deliveries)}"),
            **more,
        )

    async def does(self, command: str, **values: Value) -> Reply:
        """Run a command with values."""
        return await dispatch(self.house.services, await self.request(command, values))

    async def submits(self, command: str, **values: Value) -> Reply:
        """Send a form."""
        request = await self.request(command, values, is_form=True)
        return await dispatch(self.house.services, request)

    async def says(self, line: str, **more: Any) -> Reply:
        """Type a line."""
        found = split_command(line, commands.ALL)
        name = found.command.name if found.command else line
        values = parse_line(found.command, found.rest) if found.command else {}
        return await dispatch(self.house.services, await self.request(name, values, **more))

    async def presses(self, reply: Reply, label: str, **values: Value) -> Reply:
        """Press the button of a reply whose label begins so; `values` are a form's."""
        button = button_of(reply, label)
        return await self.does(button.command, **{**button.values, **values})

    async def picks(self, reply: Reply, placeholder: str, *chosen: str) -> Reply:
        """Choose in the menu of a reply whose placeholder begins so."""
        select = select_of(reply, placeholder)
        value: Value = chosen if select.max_values > 1 else chosen[0]
        return await self.does(select.command, **{**select.values, select.name: value})

    async def saves(self, text: str, author: Visitor, message: str = "m1") -> Reply:
        """Use "Save as idea" on somebody's message."""
        source = SourceMessage(
            text=text,
            author_key=author.actor.key,
            author_name=author.name,
            permalink=f"https://example.org/{message}",
            place=Place(channel_id="general", message_id=message),
        )
        request = await self.request("capture", {})
        return await dispatch(self.house.services, replace(request, source=source))


def button_of(reply: Reply, label: str) -> Button:
    """Find a button by the beginning of its label."""
    buttons = [*reply.buttons, *(b for item in reply.items for b in item.buttons)]
    found = [b for b in buttons if b.label.startswith(label)]
    assert found, f"no button {label!r} among {[b.label for b in buttons]}"
    return found[0]


def select_of(reply: Reply, placeholder: str) -> Select:
    """Find a menu by the beginning of its placeholder."""
    found = [s for s in reply.selects if s.placeholder.startswith(placeholder)]
    assert found, f"no menu {placeholder!r} among {[s.placeholder for s in reply.selects]}"
    return found[0]


def labels(reply: Reply) -> list[str]:
    """List the labels of a reply's buttons."""
    return [b.label for b in (*reply.buttons, *(b for i in reply.items for b in i.buttons))]


def everything(reply: Reply | None) -> str:
    """Give all words of a reply, with its values: what a secret must not be in."""
    return "" if reply is None else repr(reply)


async def make_house(store: Store, market: Market, settings: Any = None) -> House:
    """Open a house with one Discord community. Look-alikes go by words: the model is slow."""
    clock = Clock()
    banks = Banks(store, lambda: market, Models(lambda: None))
    given = settings or Settings(_env_file=None, admins=("discord:op",))
    services = Services(store=store, market=market, banks=banks, settings=given, clock=clock)
    house = House(services, clock)
    await house.enter("discord:88")
    return house
