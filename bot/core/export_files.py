"""An export as a file for one moderator: written, counted, made to fit what a platform takes."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core import export_parts as parts
from bot.core.export_manifest import NAME, manifest
from bot.core.export_parts import Piece
from bot.core.exports import FORMATS, ExportOptions, Source, write_export
from bot.core.model import Community, File

if TYPE_CHECKING:
    from bot.core.services import Services


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of ideas, for the asker alone, with what is said about it."""

    file: File
    ideas: int
    sha256: str


async def export_file(
    services: Services, community: Community, options: ExportOptions, now: datetime
) -> Exported:
    """Write the collection of a community's bank to a temporary file for the asker.

    The adapter deletes the file after sending it. Its name tells neither community nor member.
    """
    taxonomy = await services.banks.taxonomy(community.bank_id)
    source = Source(services.store, community.bank_id, options, taxonomy)
    return await asyncio.to_thread(_exported, source, options, now)


def _exported(source: Source, options: ExportOptions, now: datetime) -> Exported:
    form = FORMATS[options.format]
    path = _written(source, options, form.suffix)
    piece = Piece(f"ideas{form.suffix}", path, source.statuses.total())
    file = File(
        piece.name,
        str(path),
        form.media_type,
        fit=lambda limit: _fitting(source, piece, limit, now),
    )
    return Exported(file, source.statuses.total(), piece.sha256)


def _fitting(source: Source, piece: Piece, limit_bytes: int, now: datetime) -> list[File]:
    """Give an export as files that a platform takes, with a manifest; blocks.

    Rows go into several files as they are, unless that makes too many; else everything is zipped.
    """
    form = source.options.format
    about = manifest(source, [piece], now)
    pieces: list[Piece] = []
    if form in {"csv", "jsonl", "md"} and piece.size <= limit_bytes * parts.AT_MOST:
        pieces = parts.split(piece, form, limit_bytes)
    if not pieces or len(pieces) > parts.AT_MOST:
        parts.discard(pieces)
        whole = parts.zipped(f"{piece.name}.zip", [piece], {NAME: about})
        if whole.size <= limit_bytes:
            return [File(whole.name, str(whole.path), "application/zip")]
        parts.discard([whole])
        pieces = _several(source, piece, limit_bytes)
    if not pieces or any(one.size > limit_bytes for one in pieces):
        parts.discard(pieces)
        return []
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=".json")
    with os.fdopen(handle, "wb") as out:
        out.write(manifest(source, pieces, now))
    kind = FORMATS[form].media_type
    files = [
        File(p.name, str(p.path), "application/zip" if p.name.endswith(".zip") else kind)
        for p in pieces
    ]
    return [*files, File("ideas-manifest.json", name, "application/json")]


def _several(source: Source, piece: Piece, limit_bytes: int) -> list[Piece]:
    if source.options.format in parts.SPLIT:
        return parts.zipped_parts(piece, source.options.format, limit_bytes)
    if source.options.format == "xlsx":
        from bot.core.export_xlsx import books  # noqa: PLC0415

        return books(source, piece, limit_bytes)
    return []


def _written(source: Source, options: ExportOptions, suffix: str) -> Path:
    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            write_export(source, options, out)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
