"""What is kept about oneself: being told, getting it all, being forgotten."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.core import community_settings
from bot.core.commands import ideas
from bot.core.commands.idea_react import BURST_NEW
from bot.core.model import Button, Command, Field, FieldType, File, Reply, Request, Style
from bot.core.services import Services
from prompts import render


async def show_privacy(services: Services, request: Request) -> Reply:
    """Say what is kept, for how long, and how to get rid of it."""
    return Reply(
        title=render("privacy.title", request.locale),
        text=render(
            "privacy.shown",
            request.locale,
            question_days=community_settings.get(request.community.settings, "retention_days"),
            purge_days=services.settings.purge_business_days,
            has_model=services.writer is not None,
        ),
        buttons=(
            Button(label=render("button.privacy_export", request.locale), command="privacy export"),
            Button(
                label=render("button.privacy_delete", request.locale),
                command="privacy delete",
                style=Style.DANGER,
            ),
        ),
    )


async def export_mine(services: Services, request: Request) -> Reply:
    """Give all that is kept about the actor as a file; with pictures it is a ZIP of both."""
    person_id = request.actor.person_id or 0
    kept = await services.store.members.everything(person_id)
    pictures = await services.store.attachments.of_person(person_id)
    if pictures:
        path = await asyncio.to_thread(_zipped, kept, pictures)
        file = File("my-data.zip", str(path), "application/zip")
    else:
        path = await asyncio.to_thread(_written, kept)
        file = File("my-data.json", str(path), "application/json")
    return Reply(text=render("privacy.exported", request.locale), file=file)


def _written(kept: dict[str, Any]) -> Path:
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(_json(kept))
    return Path(name)


def _json(kept: dict[str, Any]) -> str:
    return json.dumps(kept, ensure_ascii=False, indent=2, default=str)


def _zipped(kept: dict[str, Any], pictures: Sequence[tuple[int, int, str, bytes]]) -> Path:
    """Put the data and the pictures into one file; a picture is named after its idea."""
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=".zip")
    with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", _json(kept))
        for id_, number, media_type, content in pictures:
            ending = "png" if media_type == "image/png" else "jpg"
            archive.writestr(f"pictures/idea-{number}-{id_}.{ending}", content)
    return Path(name)


async def delete_mine(services: Services, request: Request) -> Reply:
    """Forget the actor, after asking once; with or without their accepted ideas."""
    if not request.flag("sure"):
        return _ask(request)
    await services.store.members.erase(
        ideas.write_of(request),
        request.actor.person_id or 0,
        keep_ideas=request.flag("keep"),
        new_for=BURST_NEW,
    )
    # Usually at once; else a job tries until no reader holds old pages any more.
    await services.store.scrub()
    return Reply(text=render("privacy.deleted", request.locale), replace=True)


def _ask(request: Request) -> Reply:
    locale = request.locale
    return Reply(
        text=render("privacy.delete_sure", locale),
        buttons=(
            Button(
                label=render("button.erase_sure", locale),
                command="privacy delete",
                values={"sure": True},
                style=Style.DANGER,
            ),
            Button(
                label=render("button.erase_keep", locale),
                command="privacy delete",
                values={"sure": True, "keep": True},
            ),
        ),
    )


SHOW_PRIVACY = Command(
    name="privacy show",
    summary="See what I keep about you, and for how long",
    handle=show_privacy,
    examples=("privacy show",),
)
EXPORT_MINE = Command(
    name="privacy export",
    summary="Get everything that I keep about you, as a file",
    handle=export_mine,
    takes_long=True,
    examples=("privacy export",),
)
DELETE_MINE = Command(
    name="privacy delete",
    summary="Have me forget you",
    handle=delete_mine,
    fields=(
        Field(
            name="keep",
            label="Leave accepted ideas",
            type=FieldType.FLAG,
            description="yes: accepted ideas stay, without any trace of you",
        ),
        Field(name="sure", label="Sure", type=FieldType.FLAG, description="yes: without asking"),
    ),
    is_write=True,
    examples=("privacy delete",),
)
