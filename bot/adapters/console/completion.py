"""What Tab offers: commands, their options, numbers and titles of ideas, names of the market."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.core import commands
from bot.core.commands.ideas import complete_idea
from bot.core.lines import split_command
from bot.core.model import Choice, Command, Field, Request
from bot.core.services import Services

_OPTION = re.compile(r"(?:^|\s)([a-z_]+)[:=](\"?[^\s\"]*)$", re.IGNORECASE)
_NUMBER = re.compile(r"#(\d{0,9})$")
_MOST = 25


class ChatCompleter(Completer):
    """Completes the line of the chat.

    Args:
        services: what completions are looked up in.
        request: makes a request of the person who types, for a command.
    """

    def __init__(self, services: Services, request: Callable[[str], Request]) -> None:
        self._services = services
        self._request = request

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Give nothing: all completions are asynchronous."""
        del document, complete_event
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Give what the text before the cursor may become."""
        del complete_event
        typed = document.text_before_cursor
        found = (
            [c async for c in self._of_command(typed)]
            if typed.lstrip().startswith("/")
            else [c async for c in self._of_words(typed)]
        )
        for completion in found[:_MOST]:
            yield completion

    async def _of_command(self, typed: str) -> AsyncIterator[Completion]:
        line = split_command(typed, commands.ALL)
        if line.command is None or not typed.lstrip().partition(" ")[2]:
            for completion in names(typed.strip().removeprefix("/").lower(), len(typed.strip())):
                yield completion
            return
        async for completion in self._of_options(line.command, line.rest, typed):
            yield completion

    async def _of_options(
        self, command: Command, rest: str, typed: str
    ) -> AsyncIterator[Completion]:
        option = _OPTION.search(typed)
        field = command.field(option[1].lower()) if option else None
        if option and field:
            async for completion in self._values(command, field, option[2]):
                yield completion
            return
        word = typed.rpartition(" ")[2]
        first = command.options[0] if command.options else None
        if first is not None and first.complete and rest.strip() == word:
            async for completion in self._values(command, first, word):
                yield completion
        for one in command.options:
            if one.name.startswith(word.lower()) and one.name != command.inline:
                yield Completion(f"{one.name}:", -len(word), display_meta=one.description)

    async def _values(
        self, command: Command, field: Field, typed: str
    ) -> AsyncIterator[Completion]:
        prefix = typed.lstrip('"')
        choices: Iterable[Choice] = field.choices
        if field.complete:
            choices = await field.complete(self._services, self._request(command.name), prefix)
        for choice in choices:
            if field.complete or choice.value.lower().startswith(prefix.lower()):
                yield Completion(choice.value, -len(typed), display=choice.label)

    async def _of_words(self, typed: str) -> AsyncIterator[Completion]:
        number = _NUMBER.search(typed)
        if number:
            # Core's own completion: it leaves out what this person may not see yet.
            asked = self._request("idea show")
            for choice in await complete_idea(self._services, asked, number[1]):
                yield Completion(f"#{choice.value}", -len(number[0]), display=choice.label)
            return
        # A name may have several words: the longest end of the line that starts one.
        words = typed.split()
        for count in range(min(3, len(words)), 0, -1):
            end = " ".join(words[-count:])
            found_names = self._services.market.complete(end, 8)
            starting = [n for n in found_names if n.lower().startswith(end.lower())]
            if len(end) > 1 and starting and typed.endswith(words[-1]):
                for name in starting:
                    yield Completion(name, -len(end))
                return


def names(typed: str, width: int) -> Iterator[Completion]:
    """Complete the name of a command."""
    for command in commands.ALL:
        if command.is_listed and command.name.startswith(typed):
            yield Completion(f"/{command.name} ", -width, display_meta=command.summary)
