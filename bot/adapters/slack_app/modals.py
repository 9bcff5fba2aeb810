"""Modals: opening a form in time, its completions, and its submission."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app.blocks import section
from bot.adapters.slack_app.controls import option
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.adapters.slack_app.files import of_view
from bot.adapters.slack_app.forms import form_view, hidden_values, message_view, submitted
from bot.adapters.slack_app.limits import OPTIONS
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S
from bot.adapters.slack_app.running import Body, Running
from bot.core import wire
from bot.core.dispatch import error_reply, find, prefilled, visibility
from bot.core.errors import UserError
from bot.core.intake import Accepted
from bot.core.model import Command, Form, Reply, Request, Role, Visibility
from bot.core.validate import validate
from prompts import render

log = structlog.get_logger(__name__)

_PREFILL_S = 0.7
"""How long a form waits for what it is prefilled with before it opens with "one moment"."""
_COMPLETE_S = 2.0
_ACK_WITHIN_S = 1.5
"""A reply that is ready this soon is shown with the acknowledgement itself."""
_SETTLE_S = 0.3
"""An edit of a modal must not overtake the acknowledgement that changes it."""


class Modals:
    """Opens forms and takes them in; nothing is remembered between the two."""

    def __init__(self, running: Running, client: AsyncWebClient, poster: AsyncWebClient) -> None:
        self._running = running
        self._workspace = running.workspace
        self._services = running.services
        self._client = client
        self._poster = poster

    async def open(self, origin: Origin, form: Form, name: str = "") -> None:
        """Open a form within the trigger's three seconds, prefilled where that is quick."""
        prefill = asyncio.ensure_future(self._prefilled(origin, form))
        member = await self._workspace.people.member(origin.user_id, name, wait_s=0.3)
        locale = member.locale
        done, _ = await asyncio.wait({prefill}, timeout=_PREFILL_S)
        if done:
            filled = prefill.result()
            if isinstance(filled, Reply):
                await self._running.answering.say(origin, filled, Visibility.ASKER, locale=locale)
                return
            view = await form_view(self._services, filled, origin, locale=locale)
            await self._show(origin, view, form, locale)
            return
        note = section(render("slack.loading", locale))
        loading = message_view(form.title, [note], origin, locale)
        view_id = await self._show(origin, loading, form, locale)
        filled = await prefill
        if isinstance(filled, Reply):
            refused = replace(origin, view_id=view_id or origin.view_id)
            await self._running.answering.say(refused, filled, Visibility.ASKER, locale=locale)
        elif view_id:
            view = await form_view(self._services, filled, origin, locale=locale)
            await self._client.views_update(view_id=view_id, view=view)

    async def _show(self, origin: Origin, view: Any, form: Form, locale: str) -> str | None:
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
        await self._running.answering.say(spent, again, Visibility.ASKER, locale=locale)
        return None

    async def _prefilled(self, origin: Origin, form: Form) -> Form | Reply:
        """Give the form as it starts, or the reply to somebody who may not use it."""
        command = find(form.command)
        if command is None or (command.prefill is None and command.audience is Role.MEMBER):
            return form  # nothing to ask anybody for
        try:
            request = await self._workspace.request(origin, form.command, form.values)
            known = await prefilled(self._services, request)
        except UserError as error:
            member = await self._workspace.people.member(origin.user_id)
            # Whom Slack has not told us about yet may still turn out to be a moderator.
            return error_reply(request, error) if member.is_known else form
        except Exception:  # an empty form is better than none
            log.exception("slack_prefill_failed")
            return form
        return replace(form, values={**known, **form.values})

    # --- submission ---------------------------------------------------------------------------

    async def submitted(self, ack: AsyncAck, body: Body) -> None:
        """Check a submitted form, show field errors in the acknowledgement, or run it."""
        started = time.monotonic()
        view = body.get("view") or {}
        origin = self._workspace.origin(body)
        found = await wire.decode(self._services, str(view.get("callback_id") or ""))
        command = find(found.command) if found else None
        if found is None or command is None:
            await ack()
            self._running.spawn(self._running.tell(replace(origin, view_id=""), "slack.expired"))
            return
        typed, blocks = submitted(view, command, self._workspace.people.key(""))
        request = await self._workspace.request(
            origin,
            command.name,
            {**found.values, **hidden_values(view), **typed},
            name=str((body.get("user") or {}).get("name") or ""),
            is_form=True,
            wait_s=QUICK_S,
            attached=of_view(view),
        )
        _, errors = validate(command, request.values, request.locale)
        if errors and blocks:
            await ack(response_action="errors", errors=_placed(errors, blocks))
            return
        await self._take(ack, origin, command, request, view=view, started=started)

    async def _take(
        self,
        ack: AsyncAck,
        origin: Origin,
        command: Command,
        request: Request,
        *,
        view: Mapping[str, Any],
        started: float,
    ) -> None:
        """Accept a valid form; show its reply in the modal, where the member still looks."""
        delivery_id = f"slack:v:{view.get('id')}:{view.get('hash')}"
        accepted = await self._running.accept(request, command, delivery_id)
        is_public = visibility(request) is Visibility.EVERYONE
        if accepted is not Accepted.KEPT or is_public:
            await ack()  # closes the modal
            outside = replace(origin, view_id="")
            self._running.spawn(
                self._running.finish(
                    request, outside, command, accepted=accepted, delivery_id=delivery_id
                )
            )
            return
        work = self._running.start(self._running.run(request, origin, command, delivery_id))
        left = _ACK_WITHIN_S - (time.monotonic() - started)
        done, _ = await asyncio.wait({work}, timeout=max(0.0, left))
        if done and await self._ack_with(ack, origin, work.result(), request, view):
            return
        note = section(render("slack.loading", request.locale))
        title = command.form_title or render("slack.screen", request.locale)
        await ack(
            response_action="update", view=message_view(title, [note], origin, request.locale)
        )
        self._running.spawn(self._say_later(origin, work, request))

    async def _ack_with(
        self,
        ack: AsyncAck,
        origin: Origin,
        reply: Reply,
        request: Request,
        view: Mapping[str, Any],
    ) -> bool:
        """Acknowledge with the reply itself, where all of it fits into the modal.

        What takes the place of the message from which the form was opened closes the modal.
        """
        blocks = frozenset(((view.get("state") or {}).get("values") or {}).keys())
        if reply.errors and blocks:
            await ack(response_action="errors", errors=_placed(reply.errors, blocks))
            return True
        if reply.replace and origin.is_ephemeral and origin.has_response_url:
            await ack()
            outside = replace(origin, view_id="")
            self._running.spawn(self._running.say(outside, reply, request))
            return True
        shown = await self._running.answering.view_of(origin, reply, locale=request.locale)
        if shown is None:
            return False
        await ack(response_action="update", view=shown)
        return True

    async def _say_later(self, origin: Origin, work: asyncio.Task[Reply], request: Request) -> None:
        reply = await work
        await asyncio.sleep(_SETTLE_S)
        await self._running.say(origin, reply, request)

    # --- completions --------------------------------------------------------------------------

    async def complete(self, ack: AsyncAck, body: Body) -> None:
        """Complete what is being typed into a menu; nothing where that takes too long."""
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
        if field.complete is None:
            choices = [c for c in field.choices if typed.lower() in c.label.lower()]
        else:
            origin = self._workspace.origin(body)
            request = await self._workspace.request(origin, command.name, {}, wait_s=QUICK_S)
            choices = list(await field.complete(self._services, request, typed))
        return [option(choice) for choice in choices[:OPTIONS]]


def _placed(errors: Mapping[str, str], blocks: frozenset[str]) -> dict[str, str]:
    """Put what is wrong beside its field; beside the first one where the form lacks the field."""
    first = min(blocks)
    placed: dict[str, str] = {}
    for name, text in errors.items():
        block = name if name in blocks else first
        placed[block] = f"{placed[block]} {text}" if block in placed else text
    return placed
