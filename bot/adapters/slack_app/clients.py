"""Slack's Web API clients, all with the same base address and the retries that the SDK leaves out.

By default the SDK repeats only lost connections, once: a 429 or 500 would lose the message.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

API_BASE = "https://slack.com/api/"
TIMEOUT_S = 15
_LONGEST_WAIT_S = 20
"""A longer Retry-After is left to whoever called: the outbox knows when to come back."""


class _Quiet(logging.Filter):
    """Keeps payloads, tokens and addresses out of the log: Slack's libraries quote all three."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = str(record.msg).partition("(")[0].partition(":")[0][:80]
        record.args = ()
        if record.exc_info and record.exc_info[0]:
            record.msg += f" [{record.exc_info[0].__name__}]"
        record.exc_info = None
        record.exc_text = None
        return True


def library_logger() -> logging.Logger:
    """Give the logger for Bolt and the SDK: warnings and above, without what they quote."""
    logger = logging.getLogger("bot.adapters.slack_app.library")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(f, _Quiet) for f in logger.filters):
        logger.addFilter(_Quiet())
    return logger


class _RateLimit(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, where that is bearable."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return (
            response is not None
            and response.status_code == 429  # noqa: PLR2004  Too Many Requests
            and retry_after(response.headers) <= _LONGEST_WAIT_S
        )


def retry_after(headers: Mapping[str, Any]) -> float:
    """Give the seconds that a Retry-After header asks for, 1 where it says nothing sensible."""
    raw = next((v for k, v in headers.items() if k.lower() == "retry-after"), "1")
    text = str(raw[0] if isinstance(raw, list) else raw)
    return float(text) if text.isascii() and text.isdigit() else 1.0


def retry_handlers(*, is_repeatable: bool = True) -> list[AsyncRetryHandler]:
    """Give new retry handlers.

    Args:
        is_repeatable: False for calls that post: a 500 or a lost connection may have posted, so
            only a refusal (429) is repeated.
    """
    handlers: list[AsyncRetryHandler] = [_RateLimit(max_retry_count=3)]
    if is_repeatable:
        handlers += [AsyncServerErrorRetryHandler(2), AsyncConnectionErrorRetryHandler(2)]
    return handlers


def web_client(
    token: str | None,
    api_base: str,
    session: aiohttp.ClientSession,
    *,
    is_repeatable: bool = True,
) -> AsyncWebClient:
    """Make a Web API client; `api_base` ends in `/api/`."""
    client = AsyncWebClient(
        token=token,
        base_url=api_base,
        timeout=TIMEOUT_S,
        session=session,
        logger=library_logger(),
        retry_handlers=retry_handlers(is_repeatable=is_repeatable),
    )
    if proxy_bypass(urlsplit(api_base).hostname or ""):
        client.proxy = None  # the SDK reads HTTPS_PROXY but not NO_PROXY
    return client


def webhook(url: str, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    """Make a client for a response address; it does not inherit the main client's retries."""
    client = AsyncWebhookClient(
        url,
        timeout=TIMEOUT_S,
        session=session,
        logger=library_logger(),
        retry_handlers=retry_handlers(is_repeatable=False),
    )
    if proxy_bypass(urlsplit(url).hostname or ""):
        client.proxy = None
    return client


def is_response_url(url: str, api_base: str) -> bool:
    """Tell whether an address of a payload is Slack's, so that nothing else is ever called."""
    try:
        wanted, base = urlsplit(url), urlsplit(api_base)
        allowed = {_site(base), ("https", "hooks.slack.com", 443)}
        return wanted.username is None and wanted.password is None and _site(wanted) in allowed
    except ValueError:
        return False


def _site(parts: SplitResult) -> tuple[str, str, int]:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, (parts.hostname or "").lower(), port


def without_token(client: AsyncWebClient) -> AsyncWebClient:
    """Give a client for Bolt, which refuses to be handed both a token and how to find it."""
    bare = AsyncWebClient(
        base_url=client.base_url,
        timeout=client.timeout,
        session=client.session,
        logger=library_logger(),
        retry_handlers=retry_handlers(),
    )
    bare.proxy = client.proxy
    return bare
