"""Files that come with a request: fetched at once, since the platforms' addresses expire.

A small picture is kept with its bytes; of anything else its name, kind and size, and that is said.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Literal, Protocol
from urllib.parse import urlsplit

import structlog

from bot.core.cleaning import clean_text
from bot.core.model import Attached, Request, Value
from bot.core.pictures import CleanPicture, clean_picture
from bot.core.services import Services
from prompts import render
from storage import NewAttachment

log = structlog.get_logger(__name__)

PER_IDEA = 4
FETCHED_BYTES = 10 << 20
"""A larger file is not fetched; Discord takes as much from everybody."""

_CARRIED = "attached"
_FETCH_S = 20.0
_NAME = 100
_at_work = threading.BoundedSemaphore(2)
"""Pictures that are decoded at the same time: each may take 200 MB for a moment."""

Why = Literal["too_big", "unreachable", "forbidden"]


class NotFetched(Exception):
    """A file could not be fetched; never says its address, which may be a key to it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Fetcher(Protocol):
    """What an adapter offers: the bytes of a file that its platform handed us."""

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        """Give the bytes, from the platform's own hosts and nowhere else.

        Raises:
            NotFetched: it is larger than the limit, out of reach, or not the platform's.
        """
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be kept, and what has to be said about it."""

    files: tuple[NewAttachment, ...] = ()
    remarks: tuple[str, ...] = ()


def carried(files: Sequence[Attached]) -> dict[str, Value]:
    """Give files as values of a button or form, to be taken when it is pressed or sent."""
    return {_CARRIED: tuple(json.dumps(asdict(file)) for file in files)} if files else {}


def attached_of(request: Request) -> tuple[Attached, ...]:
    """Give the files of a request: those that came with it, else those that a button carried.

    What a button carries was put there by us; what people type is never a tuple.
    """
    kept = request.values.get(_CARRIED)
    if request.attached or not isinstance(kept, tuple):
        return request.attached
    return tuple(Attached(**json.loads(text)) for text in kept)


def without_carried(values: Mapping[str, Value]) -> dict[str, Value]:
    """Give the values without the files among them."""
    return {name: value for name, value in values.items() if name != _CARRIED}


def link(url: str) -> NewAttachment:
    """Give a link as it is kept; its page is never opened."""
    return NewAttachment(name=clean_text(urlsplit(url).hostname or url)[:_NAME], url=url)


async def take(services: Services, request: Request, files: Sequence[Attached]) -> Taken:
    """Fetch files and make them fit to be kept; what goes wrong with one is a remark."""
    room = services.settings.attachments_mib << 20
    used = await services.store.attachments.taken_bytes(request.community.bank_id) if files else 0
    wanted = files[:PER_IDEA]
    found = await asyncio.gather(*(_one(services, request, file) for file in wanted))
    kept: list[NewAttachment] = []
    remarks: list[str] = []
    for file, (picture, why) in zip(wanted, found, strict=True):
        used += len(picture.content) if picture else 0
        has_room = picture is None or used <= room
        kept.append(_new(file, picture if has_room else None))
        if why or not has_room:
            remarks.append(_remark(request.locale, why or "no_room", file))
    if len(files) > PER_IDEA:
        remarks.append(render("files.too_many", request.locale, limit=PER_IDEA))
    return Taken(tuple(kept), tuple(remarks))


async def _one(
    services: Services, request: Request, file: Attached
) -> tuple[CleanPicture | None, str]:
    """Give a file as a picture, or why its bytes are not kept."""
    if file.media_type and not file.media_type.startswith("image/"):
        return None, "no_picture"
    if file.size_bytes > FETCHED_BYTES:
        return None, "too_big"
    fetcher = services.fetchers.get(request.community.platform)
    try:
        if fetcher is None:
            return None, "unreachable"
        async with asyncio.timeout(_FETCH_S):
            data = await fetcher.fetch(file, FETCHED_BYTES)
    except NotFetched as error:
        log.warning("file_not_fetched", why=error.why)
        return None, error.why
    except TimeoutError:
        return None, "unreachable"
    picture = await asyncio.to_thread(_cleaned, data)
    return picture, "" if picture else "no_picture"


def _cleaned(data: bytes) -> CleanPicture | None:
    with _at_work:
        return clean_picture(data)


def _new(file: Attached, picture: CleanPicture | None) -> NewAttachment:
    name = clean_text(PurePosixPath(file.name.replace("\\", "/")).name)[:_NAME] or "file"
    if picture is None:
        return NewAttachment(name=name, media_type=file.media_type, size_bytes=file.size_bytes)
    return NewAttachment(
        # Its name is not kept: it may tell whose it is, and the picture tells what it shows.
        name="",
        media_type=picture.media_type,
        size_bytes=len(picture.content),
        content=picture.content,
    )


def _remark(locale: str, why: str, file: Attached) -> str:
    return render(
        "files.not_kept", locale, why=why, name=_new(file, None).name, limit_mb=FETCHED_BYTES >> 20
    )
