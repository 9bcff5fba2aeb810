"""The port that Slack's signed requests arrive on, for apps without Socket Mode."""

from __future__ import annotations

import asyncio
import re

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.adapters.slack_app.limits import REQUEST_BYTES
from bot.adapters.slack_app.manifest import PATH

log = structlog.get_logger(__name__)

_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Door:
    """Serves Slack's requests until it is closed."""

    def __init__(self, app: AsyncApp, signing_secret: str, *, host: str, port: int) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self) -> int:
        """Start to listen; returns the port, which the system chose where 0 was asked for.

        Raises:
            OSError: the port is taken or not allowed.
        """
        served = web.Application(client_max_size=REQUEST_BYTES)
        served.router.add_post(PATH, self._handle)
        self._runner = web.AppRunner(served, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self._port

    async def close(self) -> None:
        """Stop listening; requests under way get their answer."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()  # 413 for a body that is too large
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return web.json_response({"error": "not UTF-8"}, status=400)
        if not self._is_signed(request, text):
            log.warning("slack_signature_refused")
            return web.json_response({"error": "invalid signature"}, status=401)
        try:
            asked = await to_bolt_request(request)
        except (ValueError, TypeError, AttributeError):
            return web.json_response({"error": "not readable"}, status=400)
        # Slack gives up after three seconds, but what was begun is finished: an acknowledgement
        # that came too late must not take the work behind it with it.
        answer = asyncio.shield(self._app.async_dispatch(asked))
        return await to_aiohttp_response(await answer)

    def _is_signed(self, request: web.Request, body: str) -> bool:
        """Check the signature; the SDK alone would fail on a timestamp that is no number."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        return self._verifier.is_valid(body, timestamp, signature)
