"""Commands, clicks, menus and forms: read from Discord's payload, served by core, stateless."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import discord
import structlog

from bot.adapters.discord_bot.answering import Ack, Answer
from bot.adapters.discord_bot.app_commands import CHOICES, completes
from bot.adapters.discord_bot.capture import source_values
from bot.adapters.discord_bot.forms import modal
from bot.adapters.discord_bot.markdown import words
from bot.adapters.discord_bot.reading import Asked, find_shown, leaf, option_values, read
from bot.adapters.discord_bot.who import Communities, actor_of, locale_of, place_of
from bot.core import intake
from bot.core.attaching import carried as files_carried
from bot.core.dispatch import dispatch, error_reply, prefilled, validate, visibility
from bot.core.errors import Busy
from bot.core.model import (
    Choice,
    Command,
    Community,
    Field,
    Form,
    Reply,
    Request,
    Role,
    Value,
    Visibility,
)
from prompts import render

if TYPE_CHECKING:
    from bot.adapters.discord_bot.courier import DiscordCourier
    from bot.adapters.discord_bot.threads import Threads
    from bot.core.services import Services

log = structlog.get_logger(__name__)
T = TypeVar("T")
Interaction = discord.Interaction[discord.Client]

_QUICK_S = 1.0
"""How long anything may take before the acknowledgement; Discord gives three seconds in all."""

_COMPLETE_S = 2.0


class Interactions:
    """Serves interactions, each from its payload alone."""

    def __init__(
        self,
        services: Services,
        communities: Communities,
        courier: DiscordCourier,
        threads: Threads,
    ) -> None:
        self._services = services
        self._communities = communities
        self._courier = courier
        self._threads = threads
        self._background: set[asyncio.Future[Any]] = set()

    async def handle(self, interaction: Interaction) -> None:
        """Serve one interaction; an error of ours becomes a private reply."""
        answer = Answer(interaction, self._services, courier=self._courier, threads=self._threads)
        if interaction.type is discord.InteractionType.autocomplete:
            return await self._complete(interaction)
        asked = await self._quickly(read(self._services, interaction))
        if asked is None:
            await answer.acknowledge(Visibility.ASKER)
            await answer.send(self._unknown(interaction), self._expired(interaction))
            return None
        return await self._serve(interaction, asked, answer)

    def _unknown(self, interaction: Interaction) -> Request:
        return self._request_in(interaction, Community(0, "discord:", "", 0), "", {})

    def _expired(self, interaction: Interaction) -> Reply:
        text = render("discord.expired", locale_of(interaction))
        return Reply(text=text, is_private=True, ok=False)

    # --- serving ------------------------------------------------------------------------------

    async def _serve(self, interaction: Interaction, asked: Asked, answer: Answer) -> None:
        request = await self._request(interaction, asked, answer)
        if answer.ack is Ack.NOT_YET and await self._wants_form(asked, request):
            return await self._open_form(asked, request, answer)
        accepted = await self._accept(asked, request)
        if accepted is intake.Accepted.SEEN:
            return None
        if answer.ack is Ack.NOT_YET:
            await answer.acknowledge(visibility(request), takes_long=asked.command.takes_long)
        if answer.ack is Ack.LATE and accepted is None:
            return None  # nothing was promised, and nobody would see the answer
        reply = await self._run(request, accepted, answer)
        if reply is not None:
            await answer.send(request, reply)
        return None

    async def _request(self, interaction: Interaction, asked: Asked, answer: Answer) -> Request:
        """Give the request; where the store is too slow even for that, acknowledge first."""
        guild, user = interaction.guild, interaction.user
        finding = asyncio.ensure_future(self._communities.of(guild, user))
        community = await self._quickly(finding) or self._communities.at_once(guild, user)
        if community is None:
            await answer.acknowledge(Visibility.ASKER)
            community = await finding
        return self._request_in(
            interaction, community, asked.command.name, asked.plain_values, asked
        )

    def _request_in(
        self,
        interaction: Interaction,
        community: Community,
        command: str,
        values: Mapping[str, Value],
        asked: Asked | None = None,
    ) -> Request:
        place = place_of(
            interaction.channel,
            interaction.channel_id,
            interaction.message,
            thread=self._threads.of_click(interaction.message),
        )
        return Request(
            command=command,
            actor=actor_of(interaction.user, interaction.guild, community.settings),
            community=community,
            now=self._services.clock(),
            values=values,
            place=place,
            locale=locale_of(interaction),
            delivery_id=f"discord:{interaction.id}",
            source=asked.source if asked else None,
            is_form=asked.is_form if asked else False,
            attached=asked.attached if asked else (),
        )

    async def _accept(self, asked: Asked, request: Request) -> intake.Accepted | None:
        """Write down what writes, before it is acknowledged; None for what only reads."""
        if not (asked.command.is_write or asked.is_form):
            return None
        if validate(asked.command, request.values, request.locale)[1]:
            return None  # dispatch says what is wrong
        return await intake.accept(self._services, request)

    async def _run(
        self, request: Request, accepted: intake.Accepted | None, answer: Answer
    ) -> Reply | None:
        if accepted is None:
            return await dispatch(self._services, request)
        if accepted is intake.Accepted.SLOW:
            text = render("common.still_saving", request.locale)
            await answer.say(request, Reply(text=text, is_private=True))
            return await intake.settle(self._services, request)
        return await intake.run(self._services, request)

    # --- forms --------------------------------------------------------------------------------

    async def _wants_form(self, asked: Asked, request: Request) -> bool:
        wants = asked.opens_form or (not asked.is_form and asked.command.needs_form(request.values))
        return wants and await self._may(asked.command, request)

    async def _may(self, command: Command, request: Request) -> bool:
        """Tell whether a form is worth opening; dispatch decides again when it is sent."""
        if request.actor.role >= command.audience:
            return True
        granted = await self._quickly(
            self._services.store.members.role(request.community.id, request.actor.account_key)
        )
        return granted is not None and Role(granted) >= command.audience

    async def _open_form(self, asked: Asked, request: Request, answer: Answer) -> None:
        problem: Exception = Busy("busy")
        try:
            drawn = await self._quickly(self._modal(asked, request))
        except Exception as error:  # noqa: BLE001  a prefill runs before dispatch, which words errors
            drawn, problem = None, error
        if drawn is not None:
            return await answer.open_form(drawn)
        await answer.acknowledge(Visibility.ASKER)
        return await answer.send(request, error_reply(request, problem))

    async def _modal(self, asked: Asked, request: Request) -> discord.ui.Modal:
        command, values = asked.command, dict(request.values)
        if command.prefill is not None:
            known = {name: value for name, value in values.items() if value not in {None, ""}}
            values = {**await prefilled(self._services, request), **known}
        carried = source_values(asked.source) if asked.source else {}
        carried |= files_carried(asked.attached)
        form = Form(
            command=command.name,
            title=command.form_title or command.summary,
            fields=asked.form_fields,
            values={**values, **carried},
        )
        return await modal(self._services, form, request)

    # --- completing ---------------------------------------------------------------------------

    async def _complete(self, interaction: Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        name, options = leaf(data)
        typed = next((o for o in options if o.get("focused")), {})
        command = find_shown(name)
        wanted = command.field(str(typed.get("name"))) if command else None
        found: Sequence[Choice] = ()
        if command is not None and wanted is not None and completes(wanted):
            asked = Asked(command, option_values(options))
            prefix = str(typed.get("value") or "")
            completing = self._choices(interaction, asked, wanted, prefix)
            found = await self._quickly(completing, _COMPLETE_S) or ()
        choices = [
            discord.app_commands.Choice(name=words(c.label, 100) or c.value, value=c.value)
            for c in found
            if 0 < len(c.value) <= 100  # noqa: PLR2004  Discord's limit of a value
        ]
        try:
            await interaction.response.autocomplete(choices[:CHOICES])
        except discord.HTTPException as error:  # typed on, or too late: nobody waits for it
            log.debug("discord_completion_dropped", code=error.code)

    async def _choices(
        self, interaction: Interaction, asked: Asked, wanted: Field, prefix: str
    ) -> Sequence[Choice]:
        if wanted.complete is None:
            return [c for c in wanted.choices if prefix.lower() in c.label.lower()]
        community = self._communities.at_once(interaction.guild, interaction.user)
        community = community or await self._communities.of(interaction.guild, interaction.user)
        request = self._request_in(
            interaction, community, asked.command.name, asked.plain_values, asked
        )
        return await wanted.complete(self._services, request, prefix)

    async def _quickly(self, awaitable: Awaitable[T], seconds: float = _QUICK_S) -> T | None:
        """Give the result, or None if it takes longer; then it goes on by itself."""
        task = asyncio.ensure_future(awaitable)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done else None
