"""Where lines come from: a terminal with history and completion, or a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer

    from bot.adapters.console.screen import Screen


class Reader(Protocol):
    """Gives one line after the other."""

    is_interactive: bool

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line without its end; None when there is none, or Ctrl-D was typed.

        Raises:
            KeyboardInterrupt: Ctrl-C was typed.
        """
        ...


class Lines:
    """The lines of stdin, read by a thread of their own.

    The thread reads the file descriptor itself and is a daemon: one that waited in
    `sys.stdin.readline` would hold up the end of the process until somebody presses Enter.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._is_started = False

    async def next(self) -> str | None:
        """Give the next line without its end; None after the last."""
        if not self._is_started:
            self._is_started = True
            threading.Thread(target=self._read, name="stdin", daemon=True).start()
        line = await self._queue.get()
        if line is None:
            self._queue.put_nowait(None)  # the end stays the end
        return line

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError, RuntimeError):  # a terminal that closed, a loop that did
            while data := os.read(sys.stdin.fileno(), 1 << 16):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._put(line)
            if rest:
                self._put(rest)
            self._loop.call_soon_threadsafe(self._queue.put_nowait, None)

    def _put(self, line: bytes) -> None:
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        self._loop.call_soon_threadsafe(self._queue.put_nowait, text)


class PipeReader:
    """Lines of a pipe or a file; the prompts of forms appear, those of the chat do not."""

    is_interactive = False

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lines = Lines()

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line; an empty one stands for the default."""
        del choices
        if prompt:
            self._screen.line(prompt)
        text = await self._lines.next()
        return text if text is None else text or default


class SimpleTerminal:
    """A terminal that cannot move its cursor: a prompt and a line."""

    is_interactive = True

    def __init__(self) -> None:
        self._lines = Lines()

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line; an empty one stands for the default."""
        del choices
        sys.stdout.write(f"{prompt} " if prompt else "> ")
        sys.stdout.flush()
        text = await self._lines.next()
        return text if text is None else text or default


class Terminal:
    """A terminal with history (a file that only its owner reads) and completion."""

    is_interactive = True

    def __init__(self, history: Path, completer: Completer) -> None:
        from prompt_toolkit import PromptSession  # noqa: PLC0415  120 ms that a pipe need not pay
        from prompt_toolkit.history import FileHistory, InMemoryHistory  # noqa: PLC0415

        self._completer = completer
        self._session: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)) if _owned(history) else InMemoryHistory(),
            complete_while_typing=False,
            enable_suspend=True,
        )
        self._form: PromptSession[str] = PromptSession(complete_while_typing=False)

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line, edited by the one who types."""
        from prompt_toolkit.completion import FuzzyWordCompleter  # noqa: PLC0415

        try:
            if not prompt:
                return await self._session.prompt_async("> ", completer=self._completer)
            completer = FuzzyWordCompleter(list(choices)) if choices else None
            return await self._form.prompt_async(f"{prompt} ", default=default, completer=completer)
        except EOFError:
            return None


def _owned(history: Path) -> bool:
    """Make the history's file for its owner alone; False where that cannot be."""
    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600, exist_ok=True)
        history.chmod(0o600)
    except OSError:
        return False
    return True
