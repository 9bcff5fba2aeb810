"""Bolt's listeners: one for each kind of payload, none for a command by name.

What must come before Slack's three seconds are over happens before the acknowledgement: field
errors, opening a modal, writing a delivery down. All else runs in a task of its own, because a
listener that fails within 10 ms of its acknowledgement takes the acknowledgement back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app.answering import Answering
from bot.adapters.slack_app.controls import LINK, option, read_action_id
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.adapters.slack_app.forms import (
    form_of,
    form_view,
    hidden_values,
    message_view,
    submitted,
)
from bot.adapters.slack_app.hearing import Hearing
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S
from bot.adapters.slack_app.reading import typed_words
from bot.adapters.slack_app.shelf import shelf_of
from bot.adapters.slack_app.workspace import Workspace
from bot.core import commands, intake, wire
from bot.core.dispatch import find, visibility
from bot.core.intake import Accepted
from bot.core.lines import parse_line, split_command
from bot.core.model import Command, Form, Reply, Request, Style, Value, Visibility
from bot.core.validate import validate
from prompts import render

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

_ANY = re.compile(r".*", re.DOTALL)
_PREFILL_S = 0.7
"""How long a modal waits for what it is prefilled with before it opens with "one moment"."""
_COMPLETE_S = 2.0
EXPIRED = "expired"


class Listeners:
    """What happens for each payload; stateless but for the tasks that are under way."""

    def __init__(
        self,
        workspace: Workspace,
        answering: Answering,
        hearing: Hearing,
        clients: tuple[AsyncWebClient, AsyncWebClient],
    ) -> None:
        self._workspace = workspace
        self._services = workspace.services
        self._answering = answering
        self._hearing = hearing
        self._client, self._poster = clients
        self._tasks: set[asyncio.Task[None]] = set()

    def register(self, app: AsyncApp) -> None:
        """Put a catch-all listener for every kind of payload on the app."""
        app.command(_ANY)(self.guarded(self.on_command))
        app.action(_ANY)(self.guarded(self.on_action))
        app.view(_ANY)(self.guarded(self.on_view))
        app.view_closed(_ANY)(self.guarded(self.on_nothing))
        app.options(_ANY)(self.guarded(self.on_options))
        app.shortcut(_ANY)(self.guarded(self.on_shortcut))
        app.event(_ANY, middleware=[self.before_event])(self.guarded(self.on_nothing))

    def guarded(self, handle: Callable[[AsyncAck, Body], Awaitable[None]]) -> Any:
        """Give a listener that always acknowledges and never fails."""

        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            try:
                await handle(ack, body)
            except Exception:  # Slack must hear something whatever happens
                log.exception("slack_listener_failed")
                if ack.response is None:
                    await ack()

        return listener

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the rest of a listener behind its acknowledgement."""

        async def quietly() -> None:
            try:
                await work
            except Exception:  # nobody awaits this task
                log.exception("slack_task_failed")

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, timeout_s: float) -> None:
        """Wait for what is under way; what takes longer is cancelled and replayed later."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    # --- slash commands -----------------------------------------------------------------------

    async def on_command(self, ack: AsyncAck, body: Body) -> None:
        """Run what was typed after a slash, or open the command's form."""
        origin = self._workspace.origin(body)
        typed = typed_words(str(body.get("text") or ""), self._workspace.identity.team_id)
        text = shelf_of(str(body.get("command") or ""), typed)
        line = split_command(text, commands.ALL)
        if line.command is None:
            await ack()
            self.spawn(self._not_understood(origin, typed, line.nearest))
            return
        values = parse_line(line.command, line.rest)
        await self._start(ack, origin, line.command, values, name=str(body.get("user_name") or ""))

    async def _not_understood(self, origin: Origin, typed: str, nearest: tuple[str, ...]) -> None:
        request = await self._workspace.request(origin, "help", {})
        words = typed.split()
        if not words or words[0].lower() in {"help", "?"}:
            await self._finish(request, origin, Accepted.KEPT)
            return
        text = render(
            "slack.not_understood", request.locale, text=" ".join(words[:2])[:60], nearest=nearest
        )
        reply = Reply(text=text, style=Style.DANGER, is_private=True, ok=False)
        await self._answering.say(origin, reply, Visibility.ASKER, locale=request.locale)

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
            self.spawn(self._open_form(origin, form_of(command, values), name))
            return
        made = request or await self._workspace.request(
            origin, command.name, values, name=name, wait_s=QUICK_S
        )
        made = self._with_delivery(made, command, f"slack:t:{origin.trigger_id}")
        accepted = await intake.accept(self._services, made)
        is_public = visibility(made) is Visibility.EVERYONE
        if is_public and not origin.message_ts and not origin.view_id:
            await ack(response_type="in_channel")  # shows everybody what was typed
        else:
            await ack()
        self.spawn(self._finish(made, origin, accepted))

    @staticmethod
    def _with_delivery(request: Request, command: Command, delivery_id: str) -> Request:
        return replace(request, delivery_id=delivery_id) if command.is_write else request

    async def _finish(self, request: Request, origin: Origin, accepted: Accepted) -> None:
        """Run an accepted request and bring its reply home."""
        if accepted is Accepted.SEEN:
            return
        request = await self._with_role(request, origin)
        shown = visibility(request)
        if accepted is Accepted.SLOW:
            waiting = Reply(text=render("common.still_saving", request.locale), is_private=True)
            await self._answering.say(origin, waiting, shown, locale=request.locale)
            reply = await intake.settle(self._services, request)
        else:
            reply = await intake.run(self._services, request)
        if reply is not None:
            await self._answering.say(origin, reply, shown, locale=request.locale)

    async def _with_role(self, request: Request, origin: Origin) -> Request:
        """Ask Slack again who it is where the half second before the acknowledgement was short."""
        member = await self._workspace.people.member(origin.user_id, request.actor.display_name)
        actor = await self._workspace.people.actor(request.community, member)
        return replace(request, actor=actor, locale=member.locale)

    # --- forms --------------------------------------------------------------------------------

    async def _open_form(self, origin: Origin, form: Form, name: str = "") -> None:
        """Open a form within the trigger's three seconds, prefilled where that is quick."""
        member = await self._workspace.people.member(origin.user_id, name, wait_s=0.3)
        locale = member.locale
        prefill = asyncio.ensure_future(self._prefilled(origin, form))
        done, _ = await asyncio.wait({prefill}, timeout=_PREFILL_S)
        if done:
            view = await form_view(self._services, prefill.result(), origin, locale=locale)
            await self._open(origin, view, form, locale)
            return
        loading = message_view(form.title, [_note(render("slack.loading", locale))], origin, locale)
        view_id = await self._open(origin, loading, form, locale)
        view = await form_view(self._services, await prefill, origin, locale=locale)
        if view_id:
            await self._client.views_update(view_id=view_id, view=view)

    async def _open(self, origin: Origin, view: Any, form: Form, locale: str) -> str | None:
        """Open or, inside a modal, replace a view; a button does it where Slack was faster."""
        try:
            if origin.view_id and not origin.is_home:
                answer = await self._client.views_update(view_id=origin.view_id, view=view)
            else:
                answer = await self._poster.views_open(trigger_id=origin.trigger_id, view=view)
            return str(answer["view"]["id"])
        except NETWORK as error:
            log.info("slack_form_not_opened", error=error_name(error))
        again = Reply(text=render("slack.form_waits", locale), form=form, is_private=True)
        spent = replace(origin, trigger_id="", view_id="")
        await self._answering.say(spent, again, Visibility.ASKER, locale=locale)
        return None

    async def _prefilled(self, origin: Origin, form: Form) -> Form:
        command = find(form.command)
        if command is None or command.prefill is None:
            return form
        try:
            request = await self._workspace.request(origin, form.command, form.values)
            known = await command.prefill(self._services, request)
        except Exception:  # an empty form is better than none
            log.exception("slack_prefill_failed")
            return form
        return replace(form, values={**known, **form.values})

    async def on_view(self, ack: AsyncAck, body: Body) -> None:
        """Check a submitted form, show field errors in the acknowledgement, or run it."""
        view = body.get("view") or {}
        found = await wire.decode(self._services, str(view.get("callback_id") or ""))
        command = find(found.command) if found else None
        origin = self._workspace.origin(body)
        if found is None or command is None:
            await ack()
            self.spawn(self._tell_expired(replace(origin, view_id="")))
            return
        typed, blocks = submitted(view, command, self._workspace.people.key(""))
        values = {**found.values, **hidden_values(view), **typed}
        name = str((body.get("user") or {}).get("name") or "")
        request = await self._workspace.request(
            origin, command.name, values, name=name, is_form=True, wait_s=QUICK_S
        )
        _, errors = validate(command, values, request.locale)
        if errors and blocks:
            await ack(response_action="errors", errors=_placed(errors, blocks))
            return
        delivery_id = f"slack:v:{view.get('id')}:{view.get('hash')}"
        request = self._with_delivery(request, command, delivery_id)
        accepted = await intake.accept(self._services, request)
        if accepted is Accepted.SEEN or visibility(request) is Visibility.EVERYONE:
            await ack()  # closes the modal
            self.spawn(self._finish(request, replace(origin, view_id=""), accepted))
            return
        wait = _note(render("slack.loading", request.locale))
        screen = message_view(command.form_title or command.name, [wait], origin, request.locale)
        await ack(response_action="update", view=screen)
        self.spawn(self._finish(request, origin, accepted))

    # --- buttons, menus, completions ----------------------------------------------------------

    async def on_action(self, ack: AsyncAck, body: Body) -> None:
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
            self.spawn(self._tell_expired(origin))
            return
        values = dict(found.values)
        if pressed.name:
            values[pressed.name] = _chosen(action)
        name = str((body.get("user") or {}).get("name") or "")
        if found.kind == "form":
            await ack()
            self.spawn(self._open_form(origin, form_of(command, values), name))
            return
        await self._start(ack, origin, command, values, name=name)

    async def _tell_expired(self, origin: Origin) -> None:
        member = await self._workspace.people.member(origin.user_id)
        reply = Reply(text=render("slack.expired", member.locale), is_private=True, ok=False)
        await self._answering.say(origin, reply, Visibility.ASKER, locale=member.locale)

    async def on_options(self, ack: AsyncAck, body: Body) -> None:
        """Complete what is being typed into a menu."""
        options: list[Any] = []
        try:
            async with asyncio.timeout(_COMPLETE_S):
                options = await self._options(body)
        except TimeoutError:
            log.warning("slack_completion_slow")
        finally:
            await ack(options=options)

    async def _options(self, body: Body) -> list[Any]:
        view = body.get("view") or {}
        found = await wire.decode(self._services, str(view.get("callback_id") or ""))
        command = find(found.command) if found else None
        field = command.field(str(body.get("block_id") or "")) if command else None
        if command is None or field is None:
            return []
        typed = str(body.get("value") or "")
        choices = field.choices
        if field.complete is not None:
            origin = self._workspace.origin(body)
            request = await self._workspace.request(origin, command.name, {}, wait_s=QUICK_S)
            choices = tuple(await field.complete(self._services, request, typed))
        else:
            choices = tuple(c for c in choices if typed.lower() in c.label.lower())
        return [option(choice) for choice in choices[:100]]

    # --- shortcuts ----------------------------------------------------------------------------

    async def on_shortcut(self, ack: AsyncAck, body: Body) -> None:
        """Use a command on a message, or start one from anywhere."""
        command = find(str(body.get("callback_id") or ""))
        origin = self._workspace.origin(body)
        if command is None:
            await ack()
            self.spawn(self._tell_expired(origin))
            return
        request = None
        if body.get("type") == "message_action":
            source = await self._workspace.source(body, wait_s=QUICK_S)
            request = await self._workspace.request(
                origin, command.name, {}, source=source, wait_s=QUICK_S
            )
        await self._start(ack, origin, command, {}, request=request)

    # --- events -------------------------------------------------------------------------------

    async def before_event(
        self,
        body: dict[str, Any],
        next: Callable[[], Awaitable[Any]],  # the name that Bolt asks for
    ) -> BoltResponse | None:
        """Take an event in before Bolt acknowledges it: Slack redelivers what is not."""
        try:
            work = await self._hearing.take(body)
        except Exception:  # a broken event must not be sent again and again
            log.exception("slack_event_failed")
            work = None
        if work is not None:
            self.spawn(work)
        await next()
        return None

    async def on_nothing(self, ack: AsyncAck, _body: Body) -> None:
        """Acknowledge only."""
        await ack()


def _note(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _chosen(action: Mapping[str, Any]) -> Value:
    many = action.get("selected_options")
    if many is not None:
        return tuple(str(o["value"]) for o in many)
    return str((action.get("selected_option") or {}).get("value") or "")


def _placed(errors: Mapping[str, str], blocks: frozenset[str]) -> dict[str, str]:
    """Put what is wrong beside its field; beside the first one where the form lacks the field."""
    first = next(iter(sorted(blocks)))
    placed: dict[str, str] = {}
    for name, text in errors.items():
        block = name if name in blocks else first
        placed[block] = f"{placed[block]} {text}" if block in placed else text
    return placed
