"""The play on Discord: the real adapter on a line to a strict Discord of our own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import discord.gateway
import discord.http

from bot.adapters.discord_bot import DiscordAdapter
from bot.adapters.discord_bot.components import MENU
from bot.core import commands, wire
from bot.core.dispatch import find
from bot.core.model import Value
from bot.core.services import Services
from prompts import render
from tests.contract.stage import (
    ADA,
    ANN,
    BEN,
    MOE,
    Action,
    Forge,
    Person,
    Save,
    Shown,
    Use,
    is_picture,
    newest,
)
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_server import MODAL, DiscordServer, Interaction, Recorded

_IDS = {
    ANN.name: payloads.ALICE,
    BEN.name: "1100000000000000009",
    MOE.name: payloads.MOD,
    ADA.name: payloads.OWNER,
}
_PICKERS = {5: "member", 6: "role", 8: "channel"}
_KEYCAP = re.compile("\\d\ufe0f\u20e3|\N{KEYCAP TEN}")
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\]|\[\d+\])*)\]\(<[^<>]*>\)")
_ESCAPED = re.compile(r"\\(?=[^\w\s])")
_UNSEEN = re.compile("[\u200b\u2060]")


class Discord:
    """Plays by interactions, as Discord's gateway sends them."""

    platform = "discord"
    community_key = f"discord:{payloads.GUILD}"
    cards = payloads.CARDS

    def __init__(self, services: Services, server: DiscordServer) -> None:
        self._services = services
        self._server = server
        self._adapter = DiscordAdapter(services)
        self.courier = self._adapter.courier
        self._stop = asyncio.Event()
        self._messages: list[dict[str, Any]] = []

    @staticmethod
    def account(person: Person) -> str:
        return f"discord:{_IDS[person.name]}"

    async def open(self) -> None:
        self._bases = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
        self._running = asyncio.create_task(self._adapter.run(self._stop))
        await asyncio.wait_for(self._server.gateway.connected.wait(), 10)
        await self._server.until(lambda: bool(self._server.commands))

    async def act(self, action: Action) -> Shown:
        began_at = len(self._server.requests)
        made = await self._begin(action)
        await self._settled(made)
        shown = Shown()
        form = getattr(action, "form", None)
        is_open = made.callback_type == MODAL
        if is_open and form is not None:
            modal = (made.callback or {})["data"]
            shown.form = (modal["title"], *(label["label"] for label in modal["components"]))
            more = {"message": self._pressed} if self._pressed else {}
            made = await self._interact(5, payloads.submitted(modal, form), action.who, **more)
            await self._settled(made)
        for message in self._sent(self._server.requests[began_at:], made):
            _draw(message, shown)
        for request in self._server.requests[began_at:]:
            shown.files += [file for file in request.files if not is_picture(file)]
        mend = render("discord.fix_form", "en")  # no form can follow a form, so a button does it
        shown.is_form_again = mend in shown.buttons or (is_open and form is None)
        shown.buttons = [label for label in shown.buttons if label != mend]
        return shown

    def begin(self) -> Callable[[], Shown]:
        began_at = len(self._server.requests)

        def sent() -> Shown:
            shown = Shown()
            for request in self._server.requests[began_at:]:
                _draw(_message_of(request) or {}, shown)
            return shown

        return sent

    async def _begin(self, action: Action) -> Interaction:
        self._pressed: dict[str, Any] | None = None
        if isinstance(action, Use):
            self._require_offered(action.command, action.options)
            data = payloads.slash(action.command, self._typed(action.command, action.options))
            return await self._interact(2, data, action.who)
        if isinstance(action, Save):
            return await self._interact(2, self._menu(action), action.who)
        if isinstance(action, Forge):
            message = await self._forged(action)
            custom_id = payloads.items(message)[0]["custom_id"]
            if action.is_sent_form:
                form = {"custom_id": custom_id, "components": []}
                return await self._interact(5, form, action.who, message=message)
            data = {"component_type": 3 if action.menu else 2, "custom_id": custom_id}
            if action.menu:
                data["values"] = [str(action.options[action.menu])]
            return await self._interact(3, data, action.who, message=message)
        message, item = newest(
            (m, i)
            for m in reversed(self._messages)
            for i in payloads.items(m)
            if (i.get("label") or i.get("placeholder") or "").startswith(action.label)
        )
        self._pressed = message
        data = {"component_type": item["type"], "custom_id": item["custom_id"]}
        if action.value:
            data["values"] = [action.value]
        return await self._interact(3, data, action.who, message=message)

    async def _interact(self, kind: int, data: Any, who: Person, **more: Any) -> Interaction:
        who_id = _IDS[who.name]
        return await self._server.interact(kind, data, user_id=who_id, name=who.name, **more)

    async def _settled(self, made: Interaction) -> None:
        await self._server.until(lambda: made.callback is not None)
        client = self._adapter._client
        assert client is not None
        while tasks := set(client._at_work):
            await asyncio.wait(tasks)

    # --- what a member types ------------------------------------------------------------------

    def _require_offered(self, name: str, options: Mapping[str, Value]) -> None:
        """Let nobody type what Discord was not told of, or leave out what it insists on."""
        word, _, sub = name.partition(" ")
        told = next(c for c in self._server.commands if c["name"] == word)
        if sub:
            told = next(o for o in told["options"] if o["name"] == sub)
        offered = {o["name"]: o for o in told["options"]}
        assert set(options) <= set(offered)
        assert {n for n, o in offered.items() if o.get("required")} <= set(options)

    @staticmethod
    def _typed(name: str, options: Mapping[str, Value]) -> dict[str, Value]:
        """Give ideas as text, as their completion does."""
        command = find(name)
        assert command is not None
        return {n: str(v) if n in {"number", "into"} else v for n, v in options.items()}

    @staticmethod
    def _menu(action: Save) -> dict[str, Any]:
        label = next(c.message_action for c in commands.ALL if c.message_action)
        number = str(payloads.FIRST_ID - 1 - len(action.text))
        author = payloads.user(_IDS[action.author.name], action.author.name)
        said = payloads.message(number, action.text, author=author)
        return {
            "id": "1200000000000000098",
            "name": label,
            "type": 3,
            "target_id": number,
            "resolved": {"messages": {number: said}},
        }

    async def _forged(self, action: Forge) -> dict[str, Any]:
        is_form = action.opens_form or action.is_sent_form
        encode = wire.encode_form if is_form else wire.encode
        hidden = {MENU: action.menu} if action.menu else {}
        wire_id = action.raw or await encode(
            self._services, action.command, {**action.carried, **hidden}
        )
        button = {"type": 2, "style": 2, "label": "x", "custom_id": wire_id}
        bot, rows = payloads.user(payloads.BOT), [{"type": 1, "components": [button]}]
        return payloads.message("1300000000000000000", "x", author=bot, components=rows)

    # --- what the bot says --------------------------------------------------------------------

    def _sent(self, requests: list[Recorded], made: Interaction) -> list[dict[str, Any]]:
        """Give the messages that were sent or edited, and keep them to be clicked on."""
        bodies = [body for r in requests if (body := _message_of(r)) is not None]
        known = {message["id"]: message for message in self._messages}
        for message in (*self._server.posted(), made.original, *made.followups):
            if message is not None:
                known[message["id"]] = known.pop(message["id"], {}) | message
        self._messages = list(known.values())
        return bodies

    async def close(self) -> list[str]:
        self._stop.set()
        await asyncio.wait_for(self._running, 10)
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = self._bases
        return self._server.problems


def _message_of(request: Recorded) -> dict[str, Any] | None:
    """Give the message that a request carries; None for placeholders and for what is none."""
    body = request.body or {}
    if request.method not in {"POST", "PATCH"} or "/commands" in request.path:
        return None
    if request.path.endswith("/callback"):
        body = body["data"] if body["type"] in {4, 7} else {}
    is_message = bool(body.get("content") or body.get("embeds"))
    return body if is_message and body.get("content") != "…" else None


def _draw(message: Mapping[str, Any], shown: Shown) -> None:
    """Take a message apart into what there is to read and to press."""
    texts = [message.get("content") or ""]
    for embed in message.get("embeds") or ():
        texts += [embed.get("title") or "", embed.get("description") or ""]
        texts += [part for f in embed.get("fields") or () for part in (f["name"], f["value"])]
        texts += [(embed.get("footer") or {}).get("text", "")]
    shown.texts += [_words(text) for text in texts if text]
    attached = message.get("attachments") or ()
    shown.pictures += [a["description"] for a in attached if a.get("description")]
    for item in payloads.items(dict(message)):
        if item["type"] == 2:
            shown.buttons.append(item["label"])
        else:
            names = tuple(o["label"] for o in item.get("options") or ())
            shown.menus.append(names or (_PICKERS[item["type"]],))


def _words(text: str) -> str:
    text = _LINK.sub(r"\1", _KEYCAP.sub(" ", _UNSEEN.sub("", text)))
    return _ESCAPED.sub("", text)
