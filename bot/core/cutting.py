"""Cutting a reply at a platform's limit, without cutting a link, a citation or a code fence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

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
    Paragraph,
    Quote,
    Text,
    joined,
)

_T = TypeVar("_T")


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
    return _packed(atoms, lambda p: make(joined([i for a in p for i in a])), limit, render)


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
