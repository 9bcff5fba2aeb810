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
    fitting: list[File] = []
    try:
        reply, fitting = await fitted(reply, file, locale)
        if not fitting:
            return replace(reply, text=render("slack.file_too_big", locale), file=None, ok=False)
        # A conversation, not a user: the upload takes no user id for one.
        channel = await direct_channel(user_id)
        await upload(poster, fitting, channel=channel, comment=reply.text)
    except (*NETWORK, OSError) as error:
        log.warning("slack_file_not_sent", error=error_name(error))
        return replace(reply, text=render("slack.file_failed", locale), file=None, ok=False)
    finally:
        await delete([file, *fitting])
    told = f"{reply.text}\n\n{render('slack.sent_privately', locale)}".strip()
    return replace(reply, text=told, file=None)


async def fitted(reply: Reply, file: File, locale: str) -> tuple[Reply, list[File]]:
    """Give a reply's file as files that Slack takes, none if nothing makes it small enough.

    Returns:
        The reply, saying so where the file comes in parts or zipped, and the files.
    """
    fitting = await asyncio.to_thread(_fitting, file)
    told = ""
    if len(fitting) > 1:
        told = render("file.in_parts", locale, count=len(fitting))
    elif fitting and fitting != [file]:
        told = render("file.zipped", locale)
    return replace(reply, text=f"{reply.text}\n\n{told}".strip()) if told else reply, fitting


def _fitting(file: File) -> list[File]:
    """Give the file, or the smaller ones that it can be given as; blocks."""
    if Path(file.path).stat().st_size <= limits.FILE_BYTES:
        return [file]
    return list(file.fit(limits.FILE_BYTES)) if file.fit is not None else []


async def delete(files: Sequence[File]) -> None:
    """Delete temporary files."""
    for file in files:
        await asyncio.to_thread(Path(file.path).unlink, missing_ok=True)


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
