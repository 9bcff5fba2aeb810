"""Forms as prompts: one per field, asked again until it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.adapters.console.reading import Reader
from bot.adapters.console.screen import Screen
from bot.core import commands
from bot.core.lines import split_command
from bot.core.model import Choice, Command, Field, FieldType, Form, Value
from bot.core.validate import validate
from prompts import render

CANCEL = ":cancel"
_LISTED = 12
"""More choices than this are not listed but completed."""


class Cancelled(Exception):
    """Whoever filled in the form left it."""


class Left(Cancelled):
    """Whoever filled in the form typed a command instead; `line` is what they typed."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class FormPrompt:
    """Fills in forms by asking."""

    def __init__(self, reader: Reader, screen: Screen, locale: str = "en") -> None:
        self._reader = reader
        self._screen = screen
        self._locale = locale

    async def fill(
        self, form: Form, command: Command, *, errors: Mapping[str, str] | None = None
    ) -> dict[str, Value]:
        """Ask for every field, or after `errors` only for those that were wrong.

        Raises:
            Cancelled: `:cancel`, Ctrl-C, Ctrl-D or the end of the input.
            Left: a command.
        """
        if errors is None and form.title:
            self._screen.say(render("console.form", self._locale, title=form.title))
        values = dict(form.values)
        for field in form.fields:
            if errors and field.name not in errors:
                continue
            values[field.name] = await self._ask(field, command, values.get(field.name))
        return values

    async def _ask(self, field: Field, command: Command, current: Value) -> Value:
        choices = field.choices
        if 0 < len(choices) <= _LISTED:
            self._screen.say(render("console.several", self._locale, choices=choices))
        default = _typed(current)
        while True:
            line = await self._line(field, default, [c.value for c in choices])
            value = _picked(line, choices) if choices else line
            _, wrong = validate(command, {field.name: value}, self._locale)
            if field.name not in wrong:
                return value
            self._screen.say(wrong[field.name])

    async def _line(self, field: Field, default: str, choices: Sequence[str]) -> str:
        try:
            line = await self._reader.line(
                self._prompt(field, default), default=default, choices=choices
            )
        except KeyboardInterrupt:
            raise Cancelled from None
        if line is None or line.strip().lower() == CANCEL:
            raise Cancelled
        if line.startswith("/") and split_command(line, commands.ALL).command is not None:
            raise Left(line)
        return line

    def _prompt(self, field: Field, default: str) -> str:
        hints = []
        if not field.is_required:
            hints.append(render("console.optional", self._locale))
        if field.type is FieldType.FLAG:
            hints.append(render("console.yes_no", self._locale))
        elif field.type in {FieldType.LINE, FieldType.TEXT} and not field.choices:
            hints.append(render("console.at_most", self._locale, count=field.max_length))
        # A terminal puts the present value into the line itself, to be edited.
        shown = "" if self._reader.is_interactive else default
        return render(
            "console.field", self._locale, label=field.label, hint=", ".join(hints), current=shown
        )


def _typed(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "y" if value else "n"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _picked(line: str, choices: Sequence[Choice]) -> str:
    """Read a choice by its number in the list; what it says itself is left to `validate`."""
    typed = line.strip()
    if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(choices):
        return choices[int(typed) - 1].value
    return typed
