"""Drawing a reply in a terminal: with colours and links there, as plain lines in a pipe."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from bot.adapters.console.choices import Numbered, by_menu, number_choices
from bot.core.cleaning import clean_text
from bot.core.markup import (
    Block,
    Bold,
    Bullets,
    Cite,
    Code,
    CodeSpan,
    Inline,
    Italic,
    Link,
    Quote,
    parse,
    plain_text,
)
from bot.core.model import Citation, Reply, Style, Table
from bot.core.texts import size_text
from bot.settings import color_is_wanted
from prompts import render

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MAX_WIDTH = 100  # columns beyond which lines get hard to read

_BULLET = "  - "
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def harmless(text: str) -> str:
    """Take out what would drive the terminal: escape sequences and control characters."""
    return clean_text(_ESCAPES.sub("", text))


class Screen:
    """Where replies appear; `show` returns what can be chosen by typing a number."""

    @classmethod
    def of_stdout(cls) -> Screen:
        """Give the screen that fits stdout: rich on a terminal, plain lines otherwise."""
        return RichScreen() if sys.stdout.isatty() else Screen(sys.stdout)

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def say(self, text: str) -> None:
        """Write a text in our Markdown subset."""
        self.line(harmless(plain_text(text)))

    def line(self, text: str = "") -> None:
        """Write literal text and a line break, at once."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def show(self, reply: Reply, locale: str = "en") -> list[Numbered]:
        """Draw a reply."""
        numbered = number_choices(reply)
        for part in (reply.title, reply.text):
            if part:
                self.say(part)
        self._picture(reply, locale)
        for field in reply.fields:
            value = harmless(plain_text(field.value))
            between = "\n" if "\n" in value else " "  # a list begins on a line of its own
            self.line(f"{harmless(plain_text(field.name))}:{between}{value}")
        if reply.table:
            self._table(reply.table)
        self._items(reply, numbered)
        for citation in reply.citations:
            self._citation(citation, locale)
        if reply.footer:
            self.say(reply.footer)
        self._choices([n for n in numbered if n.item is None], reply)
        return numbered

    def _picture(self, reply: Reply, locale: str) -> None:
        """Say that there is a picture: a terminal cannot show it."""
        if reply.image is not None:
            size = size_text(len(reply.image.content))
            alt, name = reply.image.alt_text, reply.image.name
            self.say(render("files.picture", locale, alt=alt, name=name, size=size))

    def _table(self, table: Table) -> None:
        rows = [[_one_line(cell) for cell in row] for row in (table.columns, *table.rows)]
        for row in rows:
            self.line(" | ".join(row))

    def _items(self, reply: Reply, numbered: Sequence[Numbered]) -> None:
        for index, item in enumerate(reply.items):
            self.line(f"- {harmless(plain_text(item.text))}")
            self._choices([n for n in numbered if n.item == index], None)

    def _citation(self, citation: Citation, locale: str) -> None:
        words = render("console.source", locale, citation=citation)
        self.line(f"[{citation.n}] {harmless(words)} {harmless(citation.url)}")

    def _choices(self, numbered: Sequence[Numbered], reply: Reply | None) -> None:
        for head, own in by_menu(numbered):
            words = "  ".join(f"{n.number} {harmless(plain_text(n.label))}" for n in own)
            self.line(f"{_one_line(head)}: {words}" if head else words)
        for button in reply.buttons if reply else ():
            if button.url:
                self.line(f"{harmless(plain_text(button.label))}: {harmless(button.url)}")


def _one_line(text: str) -> str:
    return harmless(plain_text(text)).replace("\n", " ")


class RichScreen(Screen):
    """A terminal: bold, colours where wanted, links that can be clicked, tables that fit."""

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.console import Console  # noqa: PLC0415  a pipe needs none of it

        super().__init__(stream or sys.stdout)
        has_color = color_is_wanted()
        columns = shutil.get_terminal_size((80, 24)).columns
        self._console: Console = Console(
            file=self._stream,
            force_terminal=True,
            no_color=not has_color,
            color_system="auto" if has_color else None,
            highlight=False,
            width=min(columns, MAX_WIDTH),
            legacy_windows=False,
        )

    def say(self, text: str) -> None:
        """Write a text in our Markdown subset, with its marks as faces."""
        self._blocks(parse(text), {})

    def show(self, reply: Reply, locale: str = "en") -> list[Numbered]:
        """Draw a reply."""
        numbered = number_choices(reply)
        links = {c.n: c.url for c in reply.citations}
        if reply.title:
            self._console.print(self._inline(parse(f"**{reply.title}**"), links))
        self._blocks(parse(reply.text), links, "red" if reply.style is Style.DANGER else "")
        self._picture(reply, locale)
        self._fields(reply, links)
        if reply.table:
            self._rich_table(reply.table, links)
        self._items(reply, numbered)
        if reply.citations:
            self._console.print()
        for citation in reply.citations:
            self._citation(citation, locale)
        if reply.footer:
            self._blocks(parse(reply.footer), links, "dim")
        self._choices([n for n in numbered if n.item is None], reply)
        return numbered

    def _fields(self, reply: Reply, links: dict[int, str]) -> None:
        from rich.text import Text  # noqa: PLC0415

        for field in reply.fields:
            value = self._inline(parse(field.value), links)
            between = "\n" if "\n" in value.plain else " "
            # The face goes on the name's own words: that of a whole text spreads when appended to.
            line = Text().append(f"{_one_line(field.name)}:{between}", "dim")
            self._console.print(line.append_text(value))

    def _rich_table(self, table: Table, links: dict[int, str]) -> None:
        from rich import box  # noqa: PLC0415
        from rich.table import Table as Drawn  # noqa: PLC0415

        drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in table.columns:
            drawn.add_column(self._inline(parse(column), links), overflow="fold")
        for row in table.rows:
            drawn.add_row(*(self._inline(parse(cell), links) for cell in row))
        self._console.print(drawn)

    def _items(self, reply: Reply, numbered: Sequence[Numbered]) -> None:
        from rich.padding import Padding  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        links = {c.n: c.url for c in reply.citations}
        for index, item in enumerate(reply.items):
            self._console.print(Padding(self._inline(parse(item.text), links), (0, 0, 0, 2)))
            own = [n for n in numbered if n.item == index]
            if own:
                self._console.print(Padding(self._numbers(own, Text), (0, 0, 0, 4)))

    def _citation(self, citation: Citation, locale: str) -> None:
        from rich.style import Style as Face  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        url = harmless(citation.url)
        line = Text().append(f"[{citation.n}] ", "dim")
        line.append(harmless(render("console.source", locale, citation=citation)), Face(link=url))
        # The address is shown, too: not every terminal can follow a link, and one can copy it.
        line.append(f" {url}", Face(dim=True, link=url))
        self._console.print(line, soft_wrap=True)  # a wrapped address could not be copied

    def _choices(self, numbered: Sequence[Numbered], reply: Reply | None) -> None:
        from rich.style import Style as Face  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        for head, own in by_menu(numbered):
            if head:
                self._console.print(Text(f"{_one_line(head)}:", "dim"))
            self._console.print(self._numbers(own, Text))
        for button in reply.buttons if reply else ():
            if button.url:
                url = harmless(button.url)
                self._console.print(
                    Text(f"{_one_line(button.label)}: ") + Text(url, Face(link=url))
                )

    @staticmethod
    def _numbers(numbered: Sequence[Numbered], text: type[Text]) -> Text:
        line = text()
        for one in numbered:
            line.append(f"{one.number} ", "bold cyan")
            line.append(f"{_one_line(one.label)}   ")
        line.rstrip()
        return line

    def _blocks(self, blocks: Sequence[Block], links: dict[int, str], style: str = "") -> None:
        from rich.padding import Padding  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        for index, block in enumerate(blocks):
            if index and not (isinstance(block, Bullets) or isinstance(blocks[index - 1], Bullets)):
                self._console.print()
            if isinstance(block, Code):
                self._console.print(Padding(Text(_kept(block.text)), (0, 0, 0, 4)))
            elif isinstance(block, Bullets):
                self._list(block, links)
            elif isinstance(block, Quote):
                drawn = self._drawn(block.inlines, links)
                drawn.stylize("italic")
                self._console.print(Padding(drawn, (0, 0, 0, 2)))
            else:
                self._console.print(self._drawn(block.inlines, links), style=style)

    def _list(self, block: Bullets, links: dict[int, str]) -> None:
        from rich.table import Table as Grid  # noqa: PLC0415

        grid = Grid.grid(padding=(0, 1))
        for index, item in enumerate(block.items):
            mark = f"{block.start + index}." if block.is_numbered else "-"
            grid.add_row(f" {mark}", self._drawn(item, links))
        self._console.print(grid)

    def _inline(self, blocks: Sequence[Block], links: dict[int, str]) -> Text:
        from rich.text import Text  # noqa: PLC0415

        parts: list[Text] = []
        for block in blocks:
            if isinstance(block, Code):
                parts.append(Text(_kept(block.text)))
            elif isinstance(block, Bullets):
                parts += [Text("- ") + self._drawn(item, links) for item in block.items]
            else:
                parts.append(self._drawn(block.inlines, links))
        return Text("\n").join(parts)

    def _drawn(self, inlines: Sequence[Inline], links: dict[int, str]) -> Text:
        from rich.style import Style as Face  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        drawn = Text()
        for part in inlines:
            if isinstance(part, Cite):
                url = links.get(part.n)
                drawn.append(f"[{part.n}]", Face(color="cyan", link=harmless(url) if url else None))
            elif isinstance(part, CodeSpan):
                drawn.append(_kept(part.text), "bold")
            elif isinstance(part, Bold | Italic | Link):
                inner = self._drawn(part.children, links)
                inner.stylize(_face(part))
                drawn.append_text(inner)
            else:
                drawn.append(_kept(part.text))
        return drawn


def _face(part: Bold | Italic | Link):  # type: ignore[no-untyped-def]
    from rich.style import Style as Face  # noqa: PLC0415

    if isinstance(part, Link):
        return Face(underline=True, link=harmless(part.url))
    return Face(bold=True) if isinstance(part, Bold) else Face(italic=True)


def _kept(text: str) -> str:
    """Take out what drives the terminal, but keep the blanks at both ends."""
    inner = harmless(text)
    head = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :] if inner else ""
    return f"{_blank(head)}{inner}{_blank(tail)}"


def _blank(text: str) -> str:
    return "".join(c for c in text if c in " \n")
