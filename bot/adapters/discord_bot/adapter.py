"""Discord for as long as the program runs: connects, reconnects, and stops when it is told."""

from __future__ import annotations

import asyncio

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket

from bot.adapters.discord_bot.client import ReelbankClient, create_client
from bot.adapters.discord_bot.courier import DiscordCourier
from bot.adapters.discord_bot.endpoints import use_endpoints
from bot.adapters.discord_bot.files import DiscordFiles
from bot.adapters.discord_bot.sending import NETWORK_ERRORS
from bot.core.errors import MissingSetting, OperatorError
from bot.core.services import Services

log = structlog.get_logger(__name__)

DRAIN_S = 8.0
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 120.0
"""Discord allows 1,000 new sessions a day; at the longest pause a whole day needs 720."""

_STABLE_S = 60.0
_REFUSED = {
    4004: "Discord refused the token while connecting. Check REELBANK_DISCORD_TOKEN.",
    4010: "Discord refused the connection: this bot needs another sharding.",
    4011: "Discord refused the connection: this bot is in too many servers for one connection.",
    4013: "Discord refused the intents that Reelbank asks for.",
    4014: "Discord refused the intents that Reelbank asks for.",
}


class DiscordAdapter:
    """The bot in all its Discord servers."""

    platform = "discord"

    def __init__(self, services: Services) -> None:
        self._services = services
        self.courier = DiscordCourier(services)
        services.fetchers["discord"] = DiscordFiles(services.settings.discord_api_base)
        self._client: ReelbankClient | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; outages are waited for.

        Raises:
            OperatorError: Discord refuses the token, or a setting is wrong.
        """
        settings = self._services.settings
        use_endpoints(settings.discord_api_base, settings.discord_gateway_url)
        if settings.discord_token is None:
            raise MissingSetting("Set REELBANK_DISCORD_TOKEN to the bot's token.")
        token = settings.discord_token.get_secret_value()
        pause_s = _SHORTEST_PAUSE_S
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            began_at = loop.time()
            await self._serve(token, stop)
            if stop.is_set():
                return
            if loop.time() - began_at > _STABLE_S:
                pause_s = _SHORTEST_PAUSE_S
            await _wait(stop, pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def wake(self) -> None:
        """Forget what is remembered of the communities, since something changed."""
        if self._client is not None:
            self._client.communities.forget()

    async def _serve(self, token: str, stop: asyncio.Event) -> None:
        """Serve with a new client until it fails or `stop` is set."""
        client = self._client = create_client(self._services, self.courier)
        connecting = asyncio.create_task(self._connect(client, token), name="discord")
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                _explain(connecting)
        finally:
            stopping.cancel()
            await self._close(client, connecting)

    async def _connect(self, client: ReelbankClient, token: str) -> None:
        await client.login(token)
        settings = self._services.settings
        if settings.discord_gateway_url is None and not _is_discords_own(settings.discord_api_base):
            _, url, _ = await client.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        await client.connect(reconnect=True)

    async def _close(self, client: ReelbankClient, connecting: asyncio.Task[None]) -> None:
        """Stop hearing, let what was begun be answered, then close."""
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.drain(DRAIN_S)
        try:
            await asyncio.wait_for(client.close(), DRAIN_S)
        except (discord.DiscordException, *NETWORK_ERRORS) as error:
            log.warning("discord_close_failed", why=type(error).__name__)


def _is_discords_own(api_base: str) -> bool:
    return yarl.URL(api_base).host == "discord.com"


def _explain(connecting: asyncio.Task[None]) -> None:
    """Raise what only the operator can mend; log everything else, which is tried again.

    Raises:
        OperatorError: the token or the intents were refused.
    """
    error = connecting.exception()
    if isinstance(error, discord.LoginFailure):
        raise OperatorError(
            "Discord refused the token. Check REELBANK_DISCORD_TOKEN: it is the bot's token from "
            "the page Bot of https://discord.com/developers/applications, not the client secret."
        ) from None
    code = getattr(error, "code", None) if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.PrivilegedIntentsRequired):
        code = 4014
    if code in _REFUSED:
        raise OperatorError(_REFUSED[code]) from None
    log.warning("discord_connection_lost", why=type(error).__name__, code=code)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
