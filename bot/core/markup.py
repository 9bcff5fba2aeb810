"""Reelbank's Markdown subset as a tree, so that each adapter draws and escapes in its own way.

The subset: paragraphs, bullets and numbered lists, quotes, code fences; **bold**, *italic*,
`code`, [text](url), backslash escapes, and [n], which cites source n. There is no HTML.
Parsing is CommonMark's, by markdown-it-py with everything else switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("zero").enable(
    ["emphasis", "backticks", "link", "escape", "newline", "fence", "list", "blockquote"]
)
# Joining would merge escaped characters into their neighbours, and an escaped \[1\] would cite.
_PARSER.disable("text_join")
_CITE = re.compile(r"\[(\d{1,3})\]")
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Text:
    """Literal words, nothing escaped in them."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Words in a fixed-width face."""

    text: str


@dataclass(frozen=True, slots=True)
class Cite:
    """A mark that cites source n."""

    n: int


@dataclass(frozen=True, slots=True)
class Bold:
    """Emphasised words."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Italic:
    """Slanted words."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an http(s) or mailto address."""

    children: tuple[Inline, ...]
    url: str


Inline = Text | CodeSpan | Cite | Bold | Italic | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line breaks are kept as newlines in its texts."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `start` is the number of its first item where it is numbered."""

    items: tuple[tuple[Inline, ...], ...]
    is_numbered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, set apart."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Fixed-width lines."""

    text: str


Block = Paragraph | Bullets | Quote | Code

_SHORT = 80


def parse(text: str) -> tuple[Block, ...]:
    """Read Reelbank's Markdown subset; any text is valid, what is no markup is itself."""
    return _parse_short(text) if len(text) <= _SHORT else _parse(text)


def _parse(text: str) -> tuple[Block, ...]:
    return tuple(_blocks(_PARSER.parse(text.replace("\x00", ""))))


# What is short is mostly the labels and lines that every reply repeats.
_parse_short = lru_cache(maxsize=512)(_parse)


def plain_text(text: str) -> str:
    """Give the words alone: no markup, [n] kept, lists with dashes."""
    return "\n\n".join(_plain_block(block) for block in parse(text))


def _plain_block(block: Block) -> str:
    if isinstance(block, Code):
        return block.text
    if isinstance(block, Bullets):
        marks = (
            f"{block.start + i}." if block.is_numbered else "-" for i in range(len(block.items))
        )
        return "\n".join(f"{m} {_plain(item)}" for m, item in zip(marks, block.items, strict=True))
    return _plain(block.inlines)


def _plain(inlines: Sequence[Inline]) -> str:
    return "".join(
        f"[{i.n}]"
        if isinstance(i, Cite)
        else i.text
        if isinstance(i, Text | CodeSpan)
        else _plain(i.children)
        for i in inlines
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at)
        inner = tokens[at + 1 : end]
        if token.type == "fence":
            yield Code(token.content.rstrip("\n"))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            start = int(token.attrs.get("start", 1))
            yield Bullets(tuple(_items(inner)), token.type == "ordered_list_open", start)
        elif token.type == "blockquote_open":
            yield Quote(_flat(inner))
        elif token.type == "paragraph_open":
            yield Paragraph(_flat(inner))
        at = end + 1


def _closing(tokens: list[Token], at: int) -> int:
    """Find the index of the token that closes the one at `at` (itself where it nests nothing)."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _items(tokens: list[Token]) -> Iterator[tuple[Inline, ...]]:
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        yield _flat(tokens[at + 1 : end])
        at = end + 1


def _flat(tokens: list[Token]) -> tuple[Inline, ...]:
    """Give the inlines of everything inside, nested blocks on lines of their own."""
    parts: list[Inline] = []
    for token in tokens:
        if token.type == "inline":
            more = _inlines(token.children or [])
        elif token.type == "fence":
            more = (CodeSpan(token.content.rstrip("\n")),)
        else:
            continue
        parts += [*([Text("\n")] if parts else []), *more]
    return tuple(parts)


def _inlines(tokens: list[Token], depth: int = 0) -> tuple[Inline, ...]:
    parts: list[Inline] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at) if token.nesting == 1 else at
        if token.nesting == 1:
            children = _inlines(tokens[at + 1 : end], depth + 1)
            parts += _wrapped(token, children) if depth < _MAX_DEPTH else children
        elif token.type == "code_inline":
            parts.append(CodeSpan(token.content))
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(Text("\n"))
        elif token.type == "text":
            parts += _cites(token.content)
        elif token.content:
            parts.append(Text(token.content))
        at = end + 1
    return joined(parts)


def _wrapped(token: Token, children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    if not children:
        return ()
    if token.type == "strong_open":
        return (Bold(children),)
    if token.type == "em_open":
        return (Italic(children),)
    url = str(token.attrs.get("href", ""))
    if token.type == "link_open" and url.lower().startswith(("http://", "https://", "mailto:")):
        return (Link(children, url),)
    return children


def _cites(text: str) -> Iterator[Inline]:
    at = 0
    for found in _CITE.finditer(text):
        if found.start() > at:
            yield Text(text[at : found.start()])
        yield Cite(int(found[1]))
        at = found.end()
    if at < len(text):
        yield Text(text[at:])


def joined(parts: list[Inline]) -> tuple[Inline, ...]:
    """Put texts that stand side by side into one."""
    joined: list[Inline] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
