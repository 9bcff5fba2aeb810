"""Files that whoever types names by their path; the console is on their own machine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.core.attaching import NotFetched
from bot.core.dispatch import find
from bot.core.model import Attached, FieldType, Request


class ConsoleFiles:
    """Reads files of this machine."""

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        """Give the bytes of a file.

        Raises:
            NotFetched: it is too large, or cannot be read.
        """
        return await asyncio.to_thread(_read, Path(file.url), limit_bytes)


def _read(path: Path, limit_bytes: int) -> bytes:
    try:
        if not path.is_file():
            raise NotFetched("unreachable")
        if path.stat().st_size > limit_bytes:
            raise NotFetched("too_big")
        return path.read_bytes()
    except OSError:
        raise NotFetched("unreachable") from None


def with_files(request: Request) -> Request:
    """Give the request with the files whose paths were typed."""
    command = find(request.command)
    fields = command.fields if command else ()
    paths = [request.text(f.name) for f in fields if f.type is FieldType.FILE]
    attached = tuple(_attached(path) for path in paths if path)
    return replace(request, attached=attached) if attached else request


def _attached(typed: str) -> Attached:
    path = Path(typed).expanduser()
    try:
        size_bytes = path.stat().st_size
    except (OSError, ValueError):
        size_bytes = 0
    return Attached(name=path.name, url=str(path), size_bytes=size_bytes)
