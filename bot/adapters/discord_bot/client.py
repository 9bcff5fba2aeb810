"""The discord.py client: which events are heard, and a connection that bad payloads don't end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.adapters.discord_bot import app_commands
from bot.adapters.discord_bot.arrivals import Arrivals
from bot.adapters.discord_bot.courier import DiscordCourier
from bot.adapters.discord_bot.interactions import Interactions
from bot.adapters.discord_bot.messages import Messages
from bot.adapters.discord_bot.sending import NETWORK_ERRORS
from bot.adapters.discord_bot.threads import Threads
from bot.adapters.discord_bot.who import Communities
from bot.core import commands
from bot.core.services import Services

log = structlog.get_logger(__name__)

# There is no voice here, and no need to warn that it lacks its libraries.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

COMMANDS_FILE = "discord-commands.sha256"

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError)
"""What discord.py raises on a payload that is no JSON, no object, or lacks what it reads."""


def intents() -> discord.Intents:
    """Give what the bot hears: servers, and messages meant for it; nothing privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class ReelbankClient(discord.Client):
    """Translates events; everything it serves is described by its payload alone."""

    def __init__(self, services: Services, courier: DiscordCourier) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=60.0,
        )
        self._services = services
        self._courier = courier
        threads = Threads()
        self.communities = Communities(services, self)
        self._interactions = Interactions(services, self.communities, courier, threads)
        self._messages = Messages(services, self.communities, threads)
        self._arrivals = Arrivals(services)
        self._at_work: set[asyncio.Task[Any]] = set()

    # --- the connection -----------------------------------------------------------------------

    @property
    def ws(self) -> DiscordWebSocket:
        """The connection; discord.py sets it each time it connects."""
        return self._ws

    @ws.setter
    def ws(self, connection: DiscordWebSocket) -> None:
        self._ws = connection
        if isinstance(connection, DiscordWebSocket):
            _harden(connection)

    async def setup_hook(self) -> None:
        """Tell Discord our commands if they changed; where that fails, the old ones serve."""
        self._courier.serve(self)
        remembered = Path(self._services.settings.data_dir) / COMMANDS_FILE
        try:
            await app_commands.sync(self, commands.ALL, remembered)
        except discord.HTTPException as error:
            log.exception("discord_commands_refused", status=error.status, code=error.code)
        except NETWORK_ERRORS as error:
            log.warning("discord_commands_wait", why=type(error).__name__)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait as Discord asks before a session is begun anew: one to five seconds, at random."""
        if not initial:
            await asyncio.sleep(random.uniform(1.0, 5.0))  # noqa: S311  spreads load, hides nothing

    async def on_ready(self) -> None:
        """Say in the log that the bot is there, and catch up with comings and goings."""
        log.info("discord_ready", guilds=len(self.guilds))
        await self._work(self._arrivals.catch_up(self.guilds))

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log what went wrong in an event, without its payload."""
        log.exception("discord_event_failed", discord_event=event_method)

    # --- events -------------------------------------------------------------------------------

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Serve a command, click, menu, form or completion."""
        await self._work(self._interactions.handle(interaction))

    async def on_message(self, message: discord.Message) -> None:
        """Hear a message."""
        if self.user is not None:
            await self._work(self._messages.handle(message, self.user.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Make the server's community, or welcome it back."""
        await self._work(self._arrivals.joined(guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Mark the community as left; discord.py keeps outages (`unavailable`) out of here."""
        await self._arrivals.left(f"discord:{guild.id}")

    async def _work(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that `drain` waits for."""
        task = asyncio.current_task()
        if task is not None:
            self._at_work.add(task)
        try:
            await work
        finally:
            if task is not None:
                self._at_work.discard(task)

    async def drain(self, timeout_s: float) -> None:
        """Wait until what was begun is answered, at most so long."""
        if self._at_work:
            await asyncio.wait(set(self._at_work), timeout=timeout_s)


def _harden(connection: DiscordWebSocket) -> None:
    """Make a connection skip payloads that discord.py cannot read, and resume if it must.

    Without this one such payload ends `Client.connect`. The sequence number is noted before a
    payload is parsed, so a resumption goes on behind it.
    """
    receive = connection.received_message

    async def received_message(message: Any, /) -> None:
        try:
            await receive(message)
        except _MALFORMED as error:
            if connection.session_id is None:
                raise  # no session to go on with: the adapter begins a new one
            log.warning("discord_payload_skipped", why=type(error).__name__)
        except (discord.DiscordException, *NETWORK_ERRORS):
            raise
        except Exception as error:
            if isinstance(error, ReconnectWebSocket):
                raise
            # What is compressed is one stream: broken once, all that follows is.
            log.warning("discord_stream_broken", why=type(error).__name__)
            await connection.close(code=4000)
            raise ReconnectWebSocket(connection.shard_id) from None

    connection.received_message = received_message  # type: ignore[method-assign]


def create_client(services: Services, courier: DiscordCourier | None = None) -> ReelbankClient:
    """Give a client that is not started."""
    return ReelbankClient(services, courier or DiscordCourier(services))
