"""Reelbank's Markdown subset as a tree, so that each adapter draws and escapes in its own way.

The subset: paragraphs, bullets and numbered lists, quotes, code fences; **bold**, *italic*,
`code`, [text](url), backslash escapes, and [n], which cites source n. There is no HTML.
Parsing is CommonMark's, by markdown-it-py with everything else switched off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("zero").enable(
    ["emphasis", "backticks", "link", "escape", "newline", "fence", "list", "blockquote"]
)
# Joining would merge escaped characters into their neighbours, and an escaped \[1\] would cite.
_PARSER.disable("text_join")
_CITE = re.compile(r"\[(\d{1,3})\]")
_MAX_DEPTH = 20
_T = TypeVar("_T")


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


def parse(text: str) -> tuple[Block, ...]:
    """Read Reelbank's Markdown subset; any text is valid, what is no markup is itself."""
    return tuple(_blocks(_PARSER.parse(text.replace("\x00", ""))))


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
    return _joined(parts)


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


def _joined(parts: list[Inline]) -> tuple[Inline, ...]:
    joined: list[Inline] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + part.text)
        else:
            joined.append(part)
    return tuple(joined)


# --- splitting at a platform's limit ---------------------------------------------------------


def chunks(
    blocks: Sequence[Block], limit: int, render: Callable[[Sequence[Block]], str]
) -> list[str]:
    """Render in pieces of at most `limit` characters, cut between blocks, items or words.

    A link, a citation or a code fence is never cut: a fence is closed and opened again, a link
    that alone exceeds the limit loses its address, a word that does is cut.

    Args:
        blocks: what to render.
        limit: the most characters of a piece, as `len` counts them; at least 50.
        render: the platform's drawing of some blocks.
    """
    pieces: list[str] = []
    waiting: list[Block] = []
    for block in blocks:
        if len(render([*waiting, block])) <= limit:
            waiting.append(block)
            continue
        if waiting:
            pieces.append(render(waiting))
        *full, last = _cut(block, limit, render)
        pieces += [render([part]) for part in full]
        waiting = [last]
    if waiting:
        pieces.append(render(waiting))
    return [piece for piece in pieces if piece.strip()]


def _cut(block: Block, limit: int, render: Callable[[Sequence[Block]], str]) -> list[Block]:
    """Cut one block into blocks that fit, in order; at least one."""
    if len(render([block])) <= limit:
        return [block]
    if isinstance(block, Code):
        return _packed(_pieces(block.text, limit // 2), lambda p: Code("".join(p)), limit, render)
    if isinstance(block, Bullets):
        return _cut_list(block, limit, render)
    make = Paragraph if isinstance(block, Paragraph) else Quote
    atoms = _atoms(block.inlines, limit // 2, lambda i: len(render([make((i,))])) <= limit)
    return _packed(atoms, lambda p: make(_joined([i for a in p for i in a])), limit, render)


def _cut_list(block: Bullets, limit: int, render: Callable[[Sequence[Block]], str]) -> list[Block]:
    parts: list[Block] = []
    for number, item in enumerate(block.items):
        one = replace(block, items=(item,), start=block.start + number)
        last = parts[-1] if parts else None
        if isinstance(last, Bullets):
            grown = replace(last, items=(*last.items, item))
            if len(render([grown])) <= limit:
                parts[-1] = grown
                continue
        parts += [one] if len(render([one])) <= limit else _cut(Paragraph(item), limit, render)
    return parts


def _packed(
    atoms: Sequence[_T],
    make: Callable[[Sequence[_T]], Block],
    limit: int,
    render: Callable[[Sequence[Block]], str],
) -> list[Block]:
    """Put as many atoms into each block as fit; an atom that alone is too long stands alone."""
    parts: list[Block] = []
    start = 0
    while start < len(atoms):
        low, high = start + 1, len(atoms)
        while low < high:  # the most atoms that fit; what is rendered grows with their number
            middle = (low + high + 1) // 2
            fits = len(render([make(atoms[start:middle])])) <= limit
            low, high = (middle, high) if fits else (low, middle - 1)
        parts.append(make(atoms[start:low]))
        start = low
    return parts


def _atoms(
    inlines: Sequence[Inline], longest: int, fits: Callable[[Inline], bool]
) -> list[tuple[Inline, ...]]:
    """Cut inlines where a line may break; a citation stays with the word before it."""
    atoms: list[tuple[Inline, ...]] = []
    for inline in inlines:
        if isinstance(inline, Cite) and atoms:
            atoms[-1] = (*atoms[-1], inline)
        elif isinstance(inline, Text):
            atoms += [(Text(piece),) for piece in _pieces(inline.text, longest)]
        elif isinstance(inline, CodeSpan):
            atoms += [(CodeSpan(piece),) for piece in _pieces(inline.text, longest)]
        elif isinstance(inline, Bold | Italic):
            atoms += [
                (replace(inline, children=a),) for a in _atoms(inline.children, longest, fits)
            ]
        elif isinstance(inline, Link) and not fits(inline):
            atoms += _atoms(inline.children, longest, fits)
        else:
            atoms.append((inline,))
    return atoms


def _pieces(text: str, longest: int) -> list[str]:
    """Cut text after blanks, and words longer than `longest` anywhere."""
    # Escaping may double a piece, so one is kept well below what a chunk holds.
    size = max(1, min(longest, 200))
    words = re.findall(r"\S+\s*|\s+", text)
    return [w[i : i + size] for w in words for i in range(0, len(w), size)]
