"""Files for the asker alone, by direct message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import limits, mrkdwn
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.core.model import Reply
from prompts import render

log = structlog.get_logger(__name__)


async def send_file(
    poster: AsyncWebClient,
    direct_channel: Callable[[str], Awaitable[str]],
    user_id: str,
    reply: Reply,
    *,
    locale: str,
) -> Reply:
    """Upload the reply's file to the asker's direct messages, then delete it here.

    Returns:
        The reply without its file, saying where the file is or that it could not be sent.
    """
    file = reply.file
    if file is None:
        return reply
    try:
        await poster.files_upload_v2(
            file=file.path,
            filename=file.name,
            title=file.name,
            alt_txt=file.alt_text or None,
            # A conversation, not a user: the upload takes no user id for one.
            channel=await direct_channel(user_id),
            initial_comment=mrkdwn.fallback(reply.text, limits.UPLOAD_COMMENT),
        )
    except (*NETWORK, OSError) as error:
        log.warning("slack_file_not_sent", error=error_name(error))
        return replace(reply, text=render("slack.file_failed", locale), file=None, ok=False)
    finally:
        await asyncio.to_thread(Path(file.path).unlink, missing_ok=True)
    told = f"{reply.text}\n\n{render('slack.sent_privately', locale)}".strip()
    return replace(reply, text=told, file=None)
