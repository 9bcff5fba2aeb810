"""What all commands share at the terminal: output, errors beside it, progress, options."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from bot.settings import Settings

PATIENCE_S = 2.0
"""A progress line shows only for what takes longer than this."""

_EVERY_S = 0.2
_T = TypeVar("_T")

community_option = click.option(
    "--community",
    "community_key",
    default="console:local",
    show_default=True,
    metavar="KEY",
    help="Whose bank: console:local, discord:<guild id> or slack:<team id>.",
)


def settings() -> Settings:
    """Read the settings."""
    from bot.settings import load_settings  # noqa: PLC0415  pydantic loads only for who needs it

    return load_settings()


def run(main: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Run a coroutine to its end."""
    return asyncio.run(main())


def say(text: str) -> None:
    """Write to stdout, at once."""
    click.echo(text)
    sys.stdout.flush()


def note(text: str) -> None:
    """Write to stderr: what is said besides the result."""
    click.echo(text, err=True)


def put_json(value: Any, *, is_pretty: bool = False) -> None:
    """Write one JSON value as a line (or indented) and flush."""
    say(json.dumps(value, ensure_ascii=False, indent=2 if is_pretty else None))


def show(reply: Any) -> None:
    """Draw a reply as the chat does: with colours on a terminal, as plain lines in a pipe."""
    from bot.adapters.console.screen import Screen  # noqa: PLC0415

    Screen.of_stdout().show(reply)


class Progress:
    """One line on stderr that counts, on a terminal only and only after two seconds.

    Args:
        what: what is counted, in the plural.
        total: how many there are, if that is known.
    """

    def __init__(self, what: str, total: int | None = None, stream: TextIO | None = None) -> None:
        self._what = what
        self._total = total
        self._stream = stream or sys.stderr
        self._is_on = self._stream.isatty()
        self._started = time.monotonic()
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._shown_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def at(self, count: int) -> None:
        """Say how many are done."""
        if not self._is_on:
            return
        now = time.monotonic()
        if now - self._started < PATIENCE_S or now - self._shown_at < _EVERY_S:
            return
        self._shown_at = now
        self._stream.write(f"\r\x1b[K{self._line(count, now - self._started)}")
        self._stream.flush()

    def _line(self, count: int, seconds: float) -> str:
        rate = f"{count / seconds:,.0f} a second"
        if not self._total:
            return f"{count:,} {self._what}, {rate}"
        share = min(1.0, count / self._total)
        bar = "#" * int(share * 24)
        return f"[{bar:<24}] {share:4.0%}  {count:,} of {self._total:,} {self._what}, {rate}"


def existing(path: str) -> Path:
    """Give a path that must be a readable file (`-` is refused by the caller)."""
    file = Path(path)
    if not file.is_file():
        raise click.UsageError(f"{path}: no such file")
    return file
