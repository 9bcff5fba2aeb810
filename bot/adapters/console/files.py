"""What a reply carries: files go to the folder where the chat was started, pictures elsewhere."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.model import File, Picture

if TYPE_CHECKING:
    from bot.settings import Settings


def keep_file(file: File, settings: Settings) -> Path:
    """Move a reply's file into the current folder, or into the data folder if that is read-only.

    Never overwrites: a second `ideas.csv` becomes `ideas-2.csv`.
    """
    folder = Path.cwd()
    if not os.access(folder, os.W_OK):
        folder = settings.data_dir / "exports"
        folder.mkdir(parents=True, exist_ok=True)
    name = Path(file.name)
    for count in itertools.count(1):
        target = folder / (name.name if count == 1 else f"{name.stem}-{count}{name.suffix}")
        try:
            with target.open("xb") as out, Path(file.path).open("rb") as source:
                shutil.copyfileobj(source, out)
        except FileExistsError:
            continue
        Path(file.path).unlink(missing_ok=True)
        return target
    raise AssertionError  # pragma: no cover - count() has no end


def keep_picture(picture: Picture, settings: Settings) -> Path:
    """Write a reply's picture into the data folder, in the place of an older one of its name."""
    folder = settings.data_dir / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / Path(picture.name).name
    target.write_bytes(picture.content)
    return target
