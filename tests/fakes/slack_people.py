"""What people do in Slack, as the signed requests or envelopes that Slack makes of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_checks import elements
from tests.fakes.slack_server import APP_ID, BOT_USER, SIGNING_SECRET, TEAM, Json, SlackServer


@dataclass
class Ack:
    """What Slack got back, and after how long."""

    status: int
    body: Any
    seconds: float


def sign(body: str, *, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


@dataclass
class SlackPeople:
    """Sends what people do; `port` is our program's, None means Socket Mode."""

    server: SlackServer
    port: int | None
    session: aiohttp.ClientSession
    count: int = field(default=0)

    # --- transport ----------------------------------------------------------------------------

    async def send_http(self, body: str, headers: dict[str, str]) -> Ack:
        started = time.perf_counter()
        url = f"http://127.0.0.1:{self.port}/slack/events"
        async with self.session.post(url, data=body.encode(), headers=headers) as answer:
            text = await answer.text()
        parsed = json.loads(text) if text.startswith("{") else text
        return Ack(answer.status, parsed, time.perf_counter() - started)

    async def _form(self, fields: Json) -> Ack:
        body = urlencode(fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **sign(body)}
        return await self.send_http(body, headers)

    async def _interactive(self, payload: Json) -> Ack:
        if self.port is None:
            return await self._envelope("interactive", payload)
        return await self._form({"payload": json.dumps(payload)})

    async def _envelope(self, kind: str, payload: Json) -> Ack:
        started = time.perf_counter()
        body = await self.server.send_envelope(kind, payload)
        return Ack(200, "" if body is None else body, time.perf_counter() - started)

    # --- what people do -----------------------------------------------------------------------

    async def slash(self, user: str, text: str, *, channel: str = "C1", **more: Any) -> Ack:
        """Type `/command words`."""
        command, _, rest = text.partition(" ")
        payload = {
            "command": command,
            "text": rest,
            "user_id": user,
            "user_name": user.lower(),
            "channel_id": channel,
            "channel_name": "general",
            "team_id": TEAM,
            "team_domain": "acme",
            "api_app_id": APP_ID,
            "trigger_id": self.server.trigger(),
            "response_url": self.server.response_url(user, channel),
            **more,
        }
        if self.port is None:
            return await self._envelope("slash_commands", payload)
        return await self._form(payload)

    def _interaction(self, kind: str, user: str, **more: Any) -> Json:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": user, "name": user.lower(), "team_id": TEAM},
            "api_app_id": APP_ID,
            "trigger_id": self.server.trigger(),
            **more,
        }

    async def click(
        self, user: str, message: Json, label: str, *, channel: str = "C1", value: str = ""
    ) -> Ack:
        """Press the button of this label under a message, or choose `value` in the menu."""
        element = find_element(message["blocks"], label)
        is_ephemeral = "to" in message
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": is_ephemeral,
        }
        payload = self._interaction(
            "block_actions",
            user,
            container=container,
            channel={"id": channel, "name": "general"},
            response_url=self.server.response_url(user, channel, message["ts"]),
            actions=[_action(element, value)],
        )
        if not is_ephemeral:
            payload["message"] = message
        return await self._interactive(payload)

    async def click_in_view(self, user: str, view: Json, label: str, *, value: str = "") -> Ack:
        """Press a button inside a modal or the Home tab."""
        element = find_element(view["blocks"], label)
        container = {"type": "view", "view_id": view["id"]}
        payload = self._interaction(
            "block_actions", user, container=container, view=view, actions=[_action(element, value)]
        )
        return await self._interactive(payload)

    async def submit(self, user: str, view: Json, **values: Any) -> Ack:
        """Send a modal with these values; what is not named keeps what it was prefilled with."""
        filled = {**view, "state": {"values": state_of(view, values)}}
        payload = self._interaction("view_submission", user, view=filled, response_urls=[])
        ack = await self._interactive(payload)
        self._follow(view, ack)
        return ack

    def _follow(self, view: Json, ack: Ack) -> None:
        """Do to the modal what the acknowledgement says."""
        body = ack.body if isinstance(ack.body, dict) else {}
        action = body.get("response_action")
        if ack.status == 200 and action is None:
            self.server.views.pop(view["id"], None)
        elif action == "update":
            kept = self.server._keep_view(body["view"], id=view["id"])
            assert kept["view"]["id"] == view["id"]

    async def complete(self, user: str, view: Json, field_name: str, typed: str) -> list[Json]:
        """Type into a menu that completes."""
        block = next(b for b in view["blocks"] if b.get("block_id") == field_name)
        payload = self._interaction(
            "block_suggestion",
            user,
            view=view,
            block_id=field_name,
            action_id=block["element"]["action_id"],
            value=typed,
            container={"type": "view", "view_id": view["id"]},
        )
        ack = await self._interactive(payload)
        assert ack.status == 200
        return list(ack.body["options"])

    async def shortcut(self, user: str, callback_id: str) -> Ack:
        """Use a global shortcut."""
        return await self._interactive(self._interaction("shortcut", user, callback_id=callback_id))

    async def message_shortcut(
        self, user: str, callback_id: str, message: Json, *, channel: str = "C1"
    ) -> Ack:
        """Use a shortcut of a message."""
        payload = self._interaction(
            "message_action",
            user,
            callback_id=callback_id,
            message={"type": "message", **message},
            message_ts=message["ts"],
            channel={"id": channel, "name": "general"},
            response_url=self.server.response_url(user, channel),
        )
        return await self._interactive(payload)

    async def event(self, event: Json, *, event_id: str = "", retry: int = 0) -> Ack:
        """Let Slack deliver an event."""
        self.count += 1
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP_ID,
            "event_id": event_id or f"Ev{self.count}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": event,
        }
        if self.port is None:
            return await self._envelope("events_api", payload)
        body = json.dumps(payload)
        headers = {"Content-Type": "application/json", **sign(body)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        return await self.send_http(body, headers)

    def said(self, user: str, text: str, *, channel: str = "C1", **more: Any) -> Json:
        """Give the event of a message; it is put into the channel as well."""
        self.server.channels.setdefault(channel, {"id": channel, "is_member": True})
        event = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": self.server.next_ts(),
            "channel": channel,
            "channel_type": "im" if channel.startswith("D") else "channel",
            "team": TEAM,
            **more,
        }
        self.server.messages[channel].append(event)
        return event

    async def mention(self, user: str, text: str, *, channel: str = "C1", **more: Any) -> Json:
        """Mention the bot: Slack sends the message twice, as two kinds of event."""
        event = self.said(user, f"<@{BOT_USER}> {text}", channel=channel, **more)
        for kind in ("app_mention", "message"):
            ack = await self.event({**event, "type": kind})
            assert ack.status == 200
        return event


def find_element(blocks: list[Json], label: str) -> Json:
    """Find a button by its label, or a menu by its placeholder."""
    for element in elements(blocks):
        shown = (element.get("text") or element.get("placeholder") or {}).get("text", "")
        if shown == label:
            return element
    shown_labels = [
        (e.get("text") or e.get("placeholder") or {}).get("text") for e in elements(blocks)
    ]
    raise AssertionError(f"no {label!r} among {shown_labels}")


def _action(element: Json, value: str) -> Json:
    action = {"type": element["type"], "action_id": element["action_id"], "block_id": "b1"}
    if element["type"] == "static_select":
        return {**action, "selected_option": {"value": value}}
    if element["type"] == "conversations_select":
        return {**action, "selected_conversation": value}
    if element["type"] == "multi_users_select":
        return {**action, "selected_users": [user for user in value.split(",") if user]}
    if element["type"] == "multi_static_select":
        return {**action, "selected_options": [{"value": v} for v in value.split(",")]}
    return action


def state_of(view: Json, values: Json) -> Json:
    """Fill in a modal as Slack reports it."""
    state: Json = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = values.get(block["block_id"], _initial(element))
        state[block["block_id"]] = {element["action_id"]: _state(element["type"], given)}
    return state


def _initial(element: Json) -> Any:
    chosen = element.get("initial_option") or {}
    if element["type"] == "checkboxes":
        return bool(element.get("initial_options"))
    return element.get("initial_value") or chosen.get("value")


def _state(kind: str, given: Any) -> Json:
    if kind == "checkboxes":
        return {"type": kind, "selected_options": [{"value": "yes"}] if given else []}
    if kind in {"static_select", "external_select"}:
        option = {"value": given, "text": {"type": "plain_text", "text": given}}
        return {"type": kind, "selected_option": option if given else None}
    if kind == "users_select":
        return {"type": kind, "selected_user": given}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": given}
    if kind == "file_input":
        return {"type": kind, "files": given or []}
    return {"type": kind, "value": given}
