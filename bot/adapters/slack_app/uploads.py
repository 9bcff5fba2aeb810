"""Files for the asker alone, by direct message; pictures beside the message that they go with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import limits, mrkdwn
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.core.model import File, Picture, Reply
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


async def send_pictures(
    poster: AsyncWebClient,
    pictures: Sequence[Picture],
    *,
    channel: str,
    thread_ts: str | None = None,
    comment: str = "",
) -> bool:
    """Upload pictures as one message; tells whether Slack took them.

    They are shown by Slack itself: a block with an uploaded file in it is refused for as long as
    Slack is still at work on the file.
    """
    try:
        await upload(poster, pictures, channel=channel, thread_ts=thread_ts, comment=comment)
    except (*NETWORK, OSError) as error:
        log.warning("slack_pictures_not_sent", error=error_name(error))
        return False
    return True


async def upload(
    poster: AsyncWebClient,
    files: Sequence[File | Picture],
    *,
    channel: str,
    thread_ts: str | None = None,
    comment: str = "",
) -> None:
    """Upload files to a conversation as one message.

    Raises:
        any of `NETWORK`, OSError: they were not all taken.
    """
    await poster.files_upload_v2(
        file_uploads=[
            {
                "file": file.content if isinstance(file, Picture) else file.path,
                "filename": file.name,
                "title": file.name,
                "alt_txt": file.alt_text or None,
                # shown before Slack has looked at the file
                "highlight_type": "png" if file.media_type == "image/png" else None,
            }
            for file in files
        ],
        channel=channel,
        thread_ts=thread_ts,
        initial_comment=mrkdwn.fallback(comment, limits.UPLOAD_COMMENT) or None,
    )
