"""The work behind an acknowledgement: accepted requests are run, and their replies brought home."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from bot.adapters.slack_app.answering import Answering
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S
from bot.adapters.slack_app.workspace import Workspace
from bot.core import intake
from bot.core.dispatch import visibility
from bot.core.intake import Accepted
from bot.core.model import Command, Reply, Request, Visibility
from prompts import render

log = structlog.get_logger(__name__)
T = TypeVar("T")

Body = Mapping[str, Any]


class Running:
    """Tasks of their own, because a listener must end with its acknowledgement.

    One that fails within 10 ms after it takes the acknowledgement back (Bolt polls that often).
    """

    def __init__(self, workspace: Workspace, answering: Answering) -> None:
        self.workspace = workspace
        self.services = workspace.services
        self.answering = answering
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the rest of a listener behind its acknowledgement."""

        async def quietly() -> None:
            try:
                await work
            except Exception:  # nobody awaits this task
                log.exception("slack_task_failed")

        self.start(quietly())

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task that is waited for when the program ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, timeout_s: float) -> None:
        """Wait for what is under way; what takes longer is cancelled and replayed later."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def accept(self, request: Request, command: Command, delivery_id: str) -> Accepted:
        """Write a request down before it is acknowledged, if its command writes."""
        if not command.is_write:
            return Accepted.KEPT
        return await intake.accept(self.services, replace(request, delivery_id=delivery_id))

    async def run(
        self, request: Request, origin: Origin, command: Command, delivery_id: str
    ) -> Reply:
        """Run an accepted request, with the role that was too slow to learn before."""
        request = await self._known(request, origin)
        if command.is_write:
            request = replace(request, delivery_id=delivery_id)
        return await intake.run(self.services, request)

    async def finish(
        self,
        request: Request,
        origin: Origin,
        command: Command,
        *,
        accepted: Accepted,
        delivery_id: str,
    ) -> None:
        """Run an accepted request and say what came of it."""
        if accepted is Accepted.SEEN:
            return
        if accepted is Accepted.SLOW:
            await self.settle(request, origin, delivery_id)
            return
        reply = await self.run(request, origin, command, delivery_id)
        await self.say(origin, reply, request)

    async def settle(self, request: Request, origin: Origin, delivery_id: str) -> None:
        """Say that it is still being saved, and what came of it once the store is free."""
        waiting = Reply(text=render("common.still_saving", request.locale), is_private=True)
        await self.say(origin, waiting, request)
        known = replace(await self._known(request, origin), delivery_id=delivery_id)
        reply = await intake.settle(self.services, known)
        if reply is not None:
            await self.say(origin, reply, request)

    async def _known(self, request: Request, origin: Origin) -> Request:
        people = self.workspace.people
        member = await people.member(origin.user_id, request.actor.display_name)
        actor = await people.actor(request.community, member)
        return replace(request, actor=actor, locale=member.locale)

    async def say(self, origin: Origin, reply: Reply, request: Request) -> None:
        """Deliver a reply to those whom the command declares."""
        await self.answering.say(origin, reply, visibility(request), locale=request.locale)

    async def tell(self, origin: Origin, name: str, /, **values: Any) -> None:
        """Tell the asker something of our own, by the name of the text."""
        member = await self.workspace.people.member(origin.user_id, wait_s=QUICK_S)
        words = render(name, member.locale, **values)
        reply = Reply(text=words, is_private=True, ok=False)
        await self.answering.say(origin, reply, Visibility.ASKER, locale=member.locale)
