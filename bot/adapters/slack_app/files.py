"""Files on Slack: what members hand in, and pictures that messages of ours show."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.downloading import download
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.core.attaching import NotFetched
from bot.core.model import Attached, Picture
from bot.core.services import Services

log = structlog.get_logger(__name__)

HOSTS = frozenset({"files.slack.com"})
_MOST = 10
_LOOKS = 8
_LOOK_EVERY_S = 0.5
"""Slack takes a picture in behind its answer: until it has, no message may show it."""


class SlackFiles:
    """Fetches what Slack keeps, with the bot's token, which goes to Slack's own hosts alone."""

    def __init__(self, client: AsyncWebClient, api_base: str) -> None:
        self._client = client
        self._api_base = api_base

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        """Give the bytes of a file.

        Raises:
            NotFetched: see `download`; also where the scope `files:read` is missing.
        """
        return await download(
            file.url or await self._address(file.id),
            hosts=HOSTS,
            api_base=self._api_base,
            limit_bytes=limit_bytes,
            headers={"Authorization": f"Bearer {self._client.token}"},
        )

    async def _address(self, file_id: str) -> str:
        """Ask for the address of a file that came by its id alone, as shared ones do."""
        try:
            answer = await self._client.files_info(file=file_id)
        except NETWORK as error:
            why = error_name(error)
            raise NotFetched("forbidden" if "scope" in why else "unreachable") from None
        return str(answer["file"].get("url_private") or "")


def of_payloads(raw: Iterable[Mapping[str, Any]] | None) -> tuple[Attached, ...]:
    """Read files as an event, a message or a form holds them."""
    return tuple(
        Attached(
            id=str(one.get("id", "")),
            name=str(one.get("name") or one.get("title") or "file"),
            url=str(one.get("url_private_download") or one.get("url_private") or ""),
            media_type=str(one.get("mimetype") or ""),
            size_bytes=int(one.get("size") or 0),
        )
        for one in list(raw or ())[:_MOST]
        if one.get("mode") != "tombstone"  # deleted meanwhile
    )


def of_view(view: Mapping[str, Any]) -> tuple[Attached, ...]:
    """Read the files of a submitted form."""
    fields = ((view.get("state") or {}).get("values") or {}).values()
    inputs = [one for actions in fields for one in actions.values()]
    return of_payloads(file for one in inputs for file in one.get("files") or ())


class Pictures:
    """Has Slack keep each picture once, and gives the id by which messages show it."""

    def __init__(self, services: Services, poster: AsyncWebClient, community_id: int) -> None:
        self._services = services
        self._poster = poster
        self._community_id = community_id
        self._one_at_a_time = asyncio.Lock()

    async def reference(self, picture: Picture | None) -> str:
        """Give Slack's id of a picture; "" where there is none, or Slack does not take it."""
        if picture is None:
            return ""
        attachments = self._services.store.attachments
        async with self._one_at_a_time:  # ten who look at once upload it once
            known = await attachments.upload(picture.id, self._community_id)
            if known:
                return known
            try:
                reference = await self._upload(picture)
            except (*NETWORK, KeyError) as error:
                log.warning("slack_picture_not_sent", error=error_name(error))
                return ""
            now = self._services.clock()
            await attachments.uploaded(picture.id, self._community_id, reference, now)
        return reference

    async def _upload(self, picture: Picture) -> str:
        answer = await self._poster.files_upload_v2(
            content=picture.content,
            filename=picture.name,
            title=picture.alt_text or picture.name,
            alt_txt=picture.alt_text or None,
        )
        file_id = str(answer["files"][0]["id"])
        for _ in range(_LOOKS):
            if await self._is_ready(file_id):
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        return file_id

    async def _is_ready(self, file_id: str) -> bool:
        try:
            answer = await self._poster.files_info(file=file_id)
        except NETWORK as error:
            log.info("slack_picture_unread", error=error_name(error))
            return "scope" in error_name(error)  # without the scope nobody can tell
        return bool(answer["file"].get("mimetype"))
