"""The console: the reference adapter. It needs no token, and draws everything there is to draw.

Read it in this order: `session` (a line becomes a request, a reply is shown), `forms` (a form is
one prompt per field), `choices` (buttons and menus are numbers), `screen` (a reply is drawn),
`reading` and `completion` (where lines come from).
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from bot.core.model import Actor, Community, Place, Request, Role
from prompts import render

if TYPE_CHECKING:
    from bot.adapters.console.reading import Reader
    from bot.adapters.console.screen import Screen
    from bot.adapters.console.session import Seat
    from bot.core.services import Services
    from bot.settings import Settings

PLATFORM = "console"
COMMUNITY_KEY = "console:local"


def configured(settings: Settings) -> bool:
    """Tell whether it can be started: always, it needs no token."""
    del settings
    return True


class ConsoleAdapter:
    """One chat at this terminal, or on what is piped in.

    Args:
        services: what commands use.
        name: who types; the login name where None.
        role: what they may do.
        community_key: where they are.
        greeting: the text of the first screen; not shown to a script.
    """

    def __init__(
        self,
        services: Services,
        *,
        name: str | None = None,
        role: Role = Role.ADMIN,
        community_key: str = COMMUNITY_KEY,
        greeting: str = "console.greeting",
    ) -> None:
        from bot.adapters.console.courier import ConsoleCourier  # noqa: PLC0415  the chat alone
        from bot.settings import login_name  # noqa: PLC0415

        who = (name or login_name()).replace(":", "-")
        self._services = services
        self._actor = Actor(f"console:local:{who}", who, role)
        self._community_key = community_key
        self._greeting = greeting
        self.courier = ConsoleCourier(self._actor.account_key)

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Talk until the chat is left or `stop` is set."""
        from bot.adapters.console.screen import Screen  # noqa: PLC0415  the chat alone
        from bot.adapters.console.session import Chat  # noqa: PLC0415

        seat = await self._seat()
        screen = Screen.of_stdout()
        reader = _reader(self._services, seat, screen)
        chat = Chat(self._services, seat, reader=reader, screen=screen, news=self.courier.take)
        if reader.is_interactive:
            screen.say(render(self._greeting, seat.locale))
        talking = asyncio.create_task(chat.run())
        stopping = asyncio.create_task((stop or asyncio.Event()).wait())
        try:
            await asyncio.wait({talking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                await talking
        finally:
            talking.cancel()
            stopping.cancel()

    async def wake(self) -> None:
        """Do nothing: the chat reads its community again after every line."""

    async def _seat(self) -> Seat:
        from bot.adapters.console.session import Seat  # noqa: PLC0415

        ensure = self._services.store.communities.ensure
        row = await ensure(self._community_key, "Console", self._services.clock())
        community = Community(row.id, row.key, row.name, row.bank_id, row.settings)
        place = Place(channel_id="console", is_direct=True)
        return Seat(self._actor, community, place, str(row.settings.get("locale") or "en"))


def _reader(services: Services, seat: Seat, screen: Screen) -> Reader:
    from bot.adapters.console.reading import (  # noqa: PLC0415  the chat alone
        PipeReader,
        SimpleTerminal,
        Terminal,
    )
    from bot.settings import terminal_is_capable  # noqa: PLC0415

    if not sys.stdin.isatty():
        return PipeReader(screen)
    if not terminal_is_capable():
        return SimpleTerminal()
    from bot.adapters.console.completion import ChatCompleter  # noqa: PLC0415  prompt_toolkit

    def request(command: str) -> Request:
        return Request(
            command=command,
            actor=seat.actor,
            community=seat.community,
            now=services.clock(),
            place=seat.place,
            locale=seat.locale,
        )

    return Terminal(services.settings.data_dir / "history", ChatCompleter(services, request))
