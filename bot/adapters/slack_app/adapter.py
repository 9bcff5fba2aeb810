"""Connects to one workspace and serves it, by Socket Mode or by HTTP, until told to stop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import clients
from bot.adapters.slack_app.answering import Answering
from bot.adapters.slack_app.courier import Link, SlackCourier
from bot.adapters.slack_app.failures import NETWORK, error_name, login_error
from bot.adapters.slack_app.files import Pictures, SlackFiles
from bot.adapters.slack_app.hearing import Hearing
from bot.adapters.slack_app.home import Home
from bot.adapters.slack_app.http import Door
from bot.adapters.slack_app.inspector import scopes_of
from bot.adapters.slack_app.listeners import Listeners
from bot.adapters.slack_app.manifest import PATH
from bot.adapters.slack_app.modals import Modals
from bot.adapters.slack_app.people import People
from bot.adapters.slack_app.running import Running
from bot.adapters.slack_app.workspace import PLATFORM, Identity, Workspace
from bot.core.errors import MissingSetting, OperatorError
from bot.core.services import Services

log = structlog.get_logger(__name__)

_DRAIN_S = 10.0
_PING_S = 10.0


class SlackAdapter:
    """One workspace, by its bot token."""

    platform = PLATFORM

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._api_base = services.settings.slack_api_base.rstrip("/") + "/"
        self.courier = SlackCourier(services)
        self.identity: Identity | None = None
        self.port: int | None = None
        """Where HTTP requests are served; None before that, and in Socket Mode."""
        self.ready = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Log in and serve until `stop` is set, then finish what is under way.

        Raises:
            OperatorError: a token is refused or missing; says which and what to do.
        """
        token = _secret(self._settings.slack_bot_token)
        if not token:
            raise MissingSetting("REELBANK_SLACK_BOT_TOKEN is not set; see docs/slack.md.")
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            client = clients.web_client(token, self._api_base, session)
            poster = clients.web_client(token, self._api_base, session, is_repeatable=False)
            self.identity = await _identify(client)
            # Made before anybody asks: making it later may wait for a lock, past three seconds.
            row = await self._services.store.communities.ensure(
                self.identity.community_key, self.identity.team_name, self._services.clock()
            )
            self._pictures = Pictures(self._services, poster, row.id)
            self._services.fetchers[PLATFORM] = SlackFiles(client, self._api_base)
            running, app = self._assemble(client, poster, session, self.identity)
            stack.callback(self.courier.connect, None)
            stack.push_async_callback(running.drain, _DRAIN_S)
            await self._connect(stack, app, client)
            log.info("slack_connected", mode="http" if self.port else "socket", port=self.port)
            self.ready.set()
            await stop.wait()
        self.ready.clear()

    async def wake(self) -> None:
        """Nothing waits here: what is due is sent by the outbox through the courier."""

    def _assemble(
        self,
        client: AsyncWebClient,
        poster: AsyncWebClient,
        session: aiohttp.ClientSession,
        identity: Identity,
    ) -> tuple[Running, AsyncApp]:
        people = People(client, identity.team_id)
        workspace = Workspace(self._services, identity, people, self._api_base)
        answering = Answering(
            self._services, client=client, poster=poster, session=session, pictures=self._pictures
        )
        hearing = Hearing(workspace, answering, Home(workspace, client))
        running = Running(workspace, answering)
        self.courier.connect(Link(client, poster, identity, self._pictures))
        app = bolt_app(client, identity)
        Listeners(running, Modals(running, client, poster), hearing).register(app)
        return running, app

    async def _connect(self, stack: AsyncExitStack, app: AsyncApp, client: AsyncWebClient) -> None:
        app_token = _secret(self._settings.slack_app_token)
        secret = _secret(self._settings.slack_signing_secret)
        if app_token:
            await self._connect_socket(stack, app, client, app_token)
        elif secret:
            await self._open_door(stack, app, secret)
        else:
            raise MissingSetting(
                "Set REELBANK_SLACK_APP_TOKEN (Socket Mode) or REELBANK_SLACK_SIGNING_SECRET "
                "(HTTP); see docs/slack.md."
            )

    async def _connect_socket(
        self, stack: AsyncExitStack, app: AsyncApp, client: AsyncWebClient, app_token: str
    ) -> None:
        # The SDK tries for ever with a token that is refused, so the first address is asked here.
        try:
            opened = await client.apps_connections_open(app_token=app_token)
        except NETWORK as error:
            raise _login_failure(error, "REELBANK_SLACK_APP_TOKEN") from None
        handler = AsyncSocketModeHandler(
            app,
            app_token,
            logger=clients.library_logger(),
            web_client=client,
            ping_interval=_PING_S,
        )
        handler.client.proxy = client.proxy
        handler.client.wss_uri = str(opened["url"])
        stack.push_async_callback(_close_socket, handler)
        await handler.connect_async()  # type: ignore[no-untyped-call]

    async def _open_door(self, stack: AsyncExitStack, app: AsyncApp, secret: str) -> None:
        host, port = self._settings.slack_host, self._settings.slack_port
        door = Door(app, secret, host=host, port=port)
        stack.push_async_callback(door.close)
        try:
            self.port = await door.open()
        except OSError as error:
            raise OperatorError(
                f"Cannot listen on {host}:{port} for Slack ({error.strerror}). Choose another "
                "REELBANK_SLACK_PORT, or stop what uses it."
            ) from None
        log.info("slack_listens", path=PATH, port=self.port)


async def _close_socket(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]
    tasks = (
        handler.client.message_processor,
        handler.client.current_session_monitor,
        handler.client.message_receiver,
    )
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*(t for t in tasks if t is not None), return_exceptions=True)


def bolt_app(client: AsyncWebClient, identity: Identity) -> AsyncApp:
    """Make the Bolt app, which asks Slack nothing by itself for each request."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=client.token,
        )

    # The door has checked the signature already, and Socket Mode has none.
    unbound = clients.without_token(client)
    return AsyncApp(
        name="reelbank",
        client=unbound,
        authorize=authorize,
        logger=clients.library_logger(),
        request_verification_enabled=False,
        ssl_check_enabled=True,
    )


async def _identify(client: AsyncWebClient) -> Identity:
    """Ask Slack whose token this is.

    Raises:
        OperatorError: the token is refused.
    """
    try:
        answer = await client.auth_test()
    except NETWORK as error:
        raise _login_failure(error, "REELBANK_SLACK_BOT_TOKEN") from None
    identity = Identity(
        team_id=str(answer["team_id"]),
        team_name=str(answer.get("team") or answer["team_id"]),
        bot_user_id=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or "https://slack.com/"),
    )
    return replace(identity, scopes=scopes_of(answer))


def _login_failure(error: BaseException, setting: str) -> Exception:
    refused = login_error(error, setting)
    if refused is not None:
        return refused
    # Not the token's fault: whoever supervises tries again.
    return ConnectionError(f"Slack cannot be reached ({error_name(error)}).")


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value is not None else ""
