"""Where a command writes its file: to stdout, or to a file that is whole or not there."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written(target: Path | None) -> Iterator[BinaryIO]:
    """Give stdout, or a file that takes its place only once it is whole."""
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if target.exists() and not target.is_file():  # a pipe or a device
        with target.open("wb") as out:
            yield out
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        part.chmod(0o600)  # other people's words: for the one who exported them
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
