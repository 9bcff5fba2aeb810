"""Bolt's listeners: one for each kind of payload, none for a command by name.

What must come before Slack's three seconds are over happens before the acknowledgement: field
errors, writing a delivery down, taking an event in. All else runs behind it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.adapters.slack_app.controls import LINK, read_action_id
from bot.adapters.slack_app.forms import form_of
from bot.adapters.slack_app.hearing import Hearing
from bot.adapters.slack_app.modals import Modals
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S
from bot.adapters.slack_app.reading import typed_words
from bot.adapters.slack_app.running import Body, Running
from bot.adapters.slack_app.shelf import shelf_of
from bot.core import commands, wire
from bot.core.dispatch import find, visibility
from bot.core.lines import parse_line, split_command
from bot.core.model import Command, Request, Value, Visibility

log = structlog.get_logger(__name__)

_ANY = re.compile(r".*", re.DOTALL)


class Listeners:
    """What happens for each payload."""

    def __init__(self, running: Running, modals: Modals, hearing: Hearing) -> None:
        self._running = running
        self._workspace = running.workspace
        self._services = running.services
        self._modals = modals
        self._hearing = hearing

    def register(self, app: AsyncApp) -> None:
        """Put a catch-all listener for every kind of payload on the app."""
        app.command(_ANY)(self._guarded(self._on_command))
        app.action(_ANY)(self._guarded(self._on_action))
        app.view(_ANY)(self._guarded(self._modals.submitted))
        app.view_closed(_ANY)(self._guarded(_on_nothing))
        app.options(_ANY)(self._guarded(self._modals.complete))
        app.shortcut(_ANY)(self._guarded(self._on_shortcut))
        app.event(_ANY, middleware=[self._before_event])(self._guarded(_on_nothing))

    def _guarded(self, handle: Callable[[AsyncAck, Body], Awaitable[None]]) -> Any:
        """Give a listener that always acknowledges and never fails."""

        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            try:
                await handle(ack, body)
            except Exception:  # Slack must hear something whatever happens
                log.exception("slack_listener_failed")
                if ack.response is None:
                    await ack()
                origin = self._workspace.origin(body)
                self._running.spawn(self._running.tell(origin, "slack.failed"))

        return listener

    async def _on_command(self, ack: AsyncAck, body: Body) -> None:
        """Run what was typed after a slash, or open the command's form."""
        origin = self._workspace.origin(body)
        typed = typed_words(str(body.get("text") or ""), self._workspace.identity.team_id)
        text = shelf_of(str(body.get("command") or ""), typed)
        line = split_command(text or "help", commands.ALL)
        name = str(body.get("user_name") or "")
        if line.command is not None:
            values = parse_line(line.command, line.rest)
            await self._start(ack, origin, line.command, values, name=name)
            return
        await ack()
        words = " ".join(typed.split()[:2])[:60]
        told = self._running.tell(
            origin, "slack.not_understood", text=words or text, nearest=line.nearest
        )
        self._running.spawn(told)

    async def _start(
        self,
        ack: AsyncAck,
        origin: Origin,
        command: Command,
        values: Mapping[str, Value],
        *,
        name: str = "",
        request: Request | None = None,
    ) -> None:
        """Open the form of a command that needs one; otherwise accept, acknowledge and run it."""
        if command.form_fields and command.needs_form(values) and origin.trigger_id:
            await ack()
            self._running.spawn(self._modals.open(origin, form_of(command, values), name))
            return
        made = request or await self._workspace.request(
            origin, command.name, values, name=name, wait_s=QUICK_S
        )
        delivery_id = f"slack:t:{origin.trigger_id}"
        accepted = await self._running.accept(made, command, delivery_id)
        is_slash = not origin.message_ts and not origin.view_id and request is None
        if is_slash and visibility(made) is Visibility.EVERYONE:
            await ack(response_type="in_channel")  # shows everybody what was typed
        else:
            await ack()
        work = self._running.finish(
            made, origin, command, accepted=accepted, delivery_id=delivery_id
        )
        self._running.spawn(work)

    async def _on_action(self, ack: AsyncAck, body: Body) -> None:
        """Run what a button or menu stands for, or open its form."""
        action: Body = next(iter(body.get("actions") or ()), {})
        pressed = read_action_id(str(action.get("action_id") or ""))
        if pressed.wire_id == LINK:
            await ack()
            return
        origin = self._workspace.origin(body)
        found = await wire.decode(self._services, pressed.wire_id)
        command = find(found.command) if found else None
        if found is None or command is None:
            await ack()
            self._running.spawn(self._running.tell(origin, "slack.expired"))
            return
        values = dict(found.values)
        if pressed.name:
            values[pressed.name] = _chosen(action, self._workspace.people.key(""))
        name = str((body.get("user") or {}).get("name") or "")
        if found.kind == "form":
            await ack()
            self._running.spawn(self._modals.open(origin, form_of(command, values), name))
            return
        await self._start(ack, origin, command, values, name=name)

    async def _on_shortcut(self, ack: AsyncAck, body: Body) -> None:
        """Use a command on a message, or start one from anywhere."""
        command = find(str(body.get("callback_id") or ""))
        origin = self._workspace.origin(body)
        if command is None:
            await ack()
            self._running.spawn(self._running.tell(origin, "slack.expired"))
            return
        request = None
        if body.get("type") == "message_action":
            source = await self._workspace.source(body, wait_s=QUICK_S)
            request = await self._workspace.request(
                origin, command.name, {}, source=source, wait_s=QUICK_S
            )
            # What is asked in public stands under the message that it is about.
            origin = replace(origin, thread_ts=origin.thread_ts or source.place.message_id)
        await self._start(ack, origin, command, {}, request=request)

    async def _before_event(
        self,
        body: dict[str, Any],
        next: Callable[[], Awaitable[Any]],  # the name that Bolt asks for
    ) -> None:
        """Take an event in before Bolt acknowledges it: Slack redelivers what is not."""
        try:
            work = await self._hearing.take(body)
        except Exception:  # a broken event must not be sent again and again
            log.exception("slack_event_failed")
            work = None
        if work is not None:
            self._running.spawn(work)
        await next()


async def _on_nothing(ack: AsyncAck, _body: Body) -> None:
    """Acknowledge only."""
    await ack()


def _chosen(action: Mapping[str, Any], account_key: str) -> Value:
    """Read what was chosen in a menu; a member as an account key."""
    many = action.get("selected_options")
    if many is not None:
        return tuple(str(o["value"]) for o in many)
    if "selected_users" in action:
        return tuple(f"{account_key}{user}" for user in action["selected_users"])
    if action.get("selected_user"):
        return f"{account_key}{action['selected_user']}"
    if action.get("selected_conversation"):
        return str(action["selected_conversation"])
    return str((action.get("selected_option") or {}).get("value") or "")
