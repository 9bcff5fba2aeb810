"""Where lines come from: a terminal with history and completion, or a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

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


class PipeReader:
    """Lines of a pipe or a file; the prompts of forms appear, those of the chat do not."""

    is_interactive = False

    def __init__(self, screen: Screen, stream: TextIO | None = None) -> None:
        self._screen = screen
        self._stream = stream or sys.stdin
        reconfigure = getattr(self._stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line; an empty one stands for the default."""
        del choices
        if prompt:
            self._screen.line(prompt)
        text = await asyncio.to_thread(self._stream.readline)
        if not text:
            return None
        return text.rstrip("\r\n") or default


class SimpleTerminal:
    """A terminal that cannot move its cursor: a prompt and a line."""

    is_interactive = True

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        """Give the next line; an empty one stands for the default."""
        del choices
        sys.stdout.write(f"{prompt} " if prompt else "> ")
        sys.stdout.flush()
        text = await asyncio.to_thread(sys.stdin.readline)
        return (text.rstrip("\r\n") or default) if text else None


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
