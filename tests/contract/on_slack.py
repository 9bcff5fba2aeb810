"""The play on Slack: the real adapter behind its port, or on a socket, and a strict Slack."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp

from bot.adapters.slack_app.adapter import SlackAdapter
from bot.adapters.slack_app.running import Running
from bot.core import commands, wire
from bot.core.dispatch import find
from bot.core.services import Services
from prompts import render
from tests.contract.stage import (
    ADA,
    ANN,
    BEN,
    MODERATORS,
    MOE,
    Action,
    Forge,
    Person,
    Press,
    Save,
    Shown,
    Use,
    is_picture,
    newest,
    typed_line,
)
from tests.fakes.slack_checks import elements
from tests.fakes.slack_people import Ack, SlackPeople
from tests.fakes.slack_server import TEAM, Json, SlackServer

_IDS = {ANN.name: "UANN", BEN.name: "UBENJ", MOE.name: "UMOE", ADA.name: "UADM"}
_LINK = re.compile(r"<[^<>|]*\|([^<>]*)>")
_EDGE = "\u2060"
_OWN = ("ask", "idea")
_SENDS = {"chat.postMessage", "chat.postEphemeral", "chat.update", "response_url"}
_VIEWS = {"views.open", "views.update"}


class Watched(SlackAdapter):
    """The adapter, and what it does behind its acknowledgements."""

    running: Running

    def _assemble(self, *given: Any) -> Any:
        made = super()._assemble(*given)
        self.running = made[0]
        return made


class Slack:
    """Plays by signed requests or by envelopes."""

    community_key = f"slack:{TEAM}"
    platform = "slack"
    cards = "C2"

    def __init__(self, services: Services, server: SlackServer) -> None:
        self._services = services
        self._server = server
        self._adapter = Watched(services)
        self.courier = self._adapter.courier
        self._stop = asyncio.Event()
        for name, user_id in _IDS.items():
            server.add_user(user_id, name, is_admin=name == ADA.name)
        server.groups[MODERATORS] = [_IDS[MOE.name]]

    @staticmethod
    def account(person: Person) -> str:
        return f"slack:{TEAM}:{_IDS[person.name]}"

    async def open(self) -> None:
        self._running = asyncio.create_task(self._adapter.run(self._stop))
        await asyncio.wait_for(self._adapter.ready.wait(), 10)
        self._session = aiohttp.ClientSession()
        self._people = SlackPeople(self._server, self._adapter.port, self._session)

    async def act(self, action: Action) -> Shown:
        began_at, files = len(self._server.calls), len(self._server.files)
        if not isinstance(action, Press):
            self._server.views.clear()
        acks = [await self._begin(action)]
        await self._settled()
        shown = Shown()
        view = next((v for v in self._server.views.values() if _is_form(v)), None)
        form = getattr(action, "form", None)
        shown.is_form_again = view is not None and form is None
        if view is not None and form is not None:
            labels = [b["label"]["text"] for b in view["blocks"] if b["type"] == "input"]
            shown.form = (view["title"]["text"], *labels)
            acks.append(await self._people.submit(_IDS[action.who.name], view, **form))
            await self._settled()
        for ack in acks:
            assert ack.status == 200
            _read_ack(ack, shown)
        for method, payload in self._server.calls[began_at:]:
            _read_call(method, payload, shown)
        uploaded = self._server.files[files:]
        shown.files = [file["data"] for file in uploaded if not is_picture(file["data"])]
        shown.pictures = [file["alt_txt"] for file in uploaded if is_picture(file["data"])]
        _without_own_words(shown)
        return shown

    def begin(self) -> Callable[[], Shown]:
        began_at = len(self._server.calls)

        def sent() -> Shown:
            shown = Shown()
            for method, payload in self._server.calls[began_at:]:
                _read_call(method, payload, shown)
            return shown

        return sent

    async def _begin(self, action: Action) -> Ack:
        who = _IDS[action.who.name]
        if isinstance(action, Use):
            command = find(action.command)
            assert command is not None
            line = typed_line(command, action.options)
            is_own = action.command.split()[0] in _OWN
            return await self._people.slash(who, line if is_own else f"/reelbank {line[1:]}")
        if isinstance(action, Save):
            name = next(c.name for c in commands.ALL if c.message_action)
            author = _IDS[action.author.name]
            earlier = (m for m in self._server.messages["C1"] if m.get("text") == action.text)
            said = next(earlier, None) or self._people.said(author, action.text)
            return await self._people.message_shortcut(who, name, said)
        if isinstance(action, Forge):
            if action.is_sent_form:
                return await self._people.submit(who, await self._forged_view(action))
            value = str(action.options[action.menu]) if action.menu else ""
            return await self._people.click(who, await self._forged(action), "x", value=value)
        return await self._press(who, action)

    async def _forged(self, action: Forge) -> Json:
        encode = wire.encode_form if action.opens_form else wire.encode
        wire_id = action.raw or await encode(self._services, action.command, action.carried)
        words = {"type": "plain_text", "text": "x"}
        element: Json = {"type": "button", "text": words, "action_id": f"{wire_id}#1"}
        if action.menu:
            option = {"text": words, "value": str(action.options[action.menu])}
            element = {
                "type": "static_select",
                "placeholder": words,
                "action_id": f"s:{action.menu}:{wire_id}#1",
                "options": [option],
            }
        blocks = [{"type": "actions", "elements": [element]}]
        return {"ts": self._server.next_ts(), "blocks": blocks}

    async def _forged_view(self, action: Forge) -> Json:
        wire_id = action.raw or await wire.encode_form(
            self._services, action.command, action.carried
        )
        words = {"type": "plain_text", "text": "x"}
        view = {"type": "modal", "title": words, "callback_id": wire_id, "blocks": []}
        return {**view, "id": "VFORGED", "hash": self._server.next_ts(), "private_metadata": ""}

    async def _press(self, who: str, action: Press) -> Ack:
        place, label = newest(
            (place, label)
            for place in self._places()
            for label in _labels(place)
            if label.startswith(action.label)
        )
        if "callback_id" in place:
            return await self._people.click_in_view(who, place, label, value=action.value)
        return await self._people.click(who, place, label, value=action.value)

    def _places(self) -> Iterator[Json]:
        """List what stands on the screen, the newest first."""
        messages = [*self._server.messages["C1"], *self._server.ephemeral]
        yield from self._server.views.values()
        yield from sorted(messages, key=lambda m: str(m["ts"]), reverse=True)

    async def _settled(self) -> None:
        # Not drain(): that is for the end, and cancels what a busy machine has not drawn yet.
        while tasks := set(self._adapter.running._tasks):
            await asyncio.wait(tasks)

    async def close(self) -> list[str]:
        await self._session.close()
        self._stop.set()
        await asyncio.wait_for(self._running, 10)
        return self._server.problems


def _labels(place: Json) -> list[str]:
    found = elements(place.get("blocks") or [])
    return [(e.get("text") or e.get("placeholder") or {}).get("text", "") for e in found]


def _is_form(view: Json) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


def _read_ack(ack: Ack, shown: Shown) -> None:
    body = ack.body if isinstance(ack.body, dict) else {}
    if body.get("response_action") == "update":
        _draw(body["view"]["blocks"], shown)
    shown.texts += list((body.get("errors") or {}).values())


def _read_call(method: str, payload: Json, shown: Shown) -> None:
    if method in _SENDS:
        _draw(payload.get("blocks") or [], shown)
    elif method in _VIEWS:
        _draw([b for b in payload["view"]["blocks"] if b["type"] != "input"], shown)


def _draw(blocks: list[Json], shown: Shown) -> None:
    """Take blocks apart into what there is to read and to press."""
    for block in blocks:
        if block["type"] == "actions":
            _draw_controls(block["elements"], shown)
        else:
            shown.texts += [_words(text) for text in _texts(block)]


def _draw_controls(controls: list[Json], shown: Shown) -> None:
    for control in controls:
        if control["type"] == "button":
            shown.buttons.append(control["text"]["text"])
        else:
            names = tuple(o["text"]["text"] for o in control.get("options") or ())
            shown.menus.append(names or ("channel" if "conv" in control["type"] else "member",))


def _texts(part: Any) -> Iterator[str]:
    """List all that is to be read in a block, table cells included."""
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _words(text: str) -> str:
    return html.unescape(_LINK.sub(r"\1", text.replace(_EDGE, "")))


def _without_own_words(shown: Shown) -> None:
    """Leave out where Slack's files went: the one thing that only this adapter adds."""
    for name in ("slack.sent_privately", "slack.pictures_privately"):
        told = render(name, "en")
        shown.texts = [text.replace(told, "") for text in shown.texts]
