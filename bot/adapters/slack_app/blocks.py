"""A `Reply` as Slack messages or the blocks of a view, within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.adapters.slack_app import limits, mrkdwn
from bot.adapters.slack_app.controls import Controls, Element, label
from bot.adapters.slack_app.shelf import typed_here
from bot.adapters.slack_app.tables import table_block, table_text
from bot.core.model import Citation, NameValue, Picture, Reply

Block = dict[str, Any]
_T = TypeVar("_T")

_PIECE = 2900
_ITEM = 2800


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its blocks and words for notifications; `plain` has no table and no picture."""

    text: str
    blocks: tuple[Block, ...]
    plain: tuple[Block, ...] = ()

    @property
    def without_table(self) -> Message:
        """Give the message with its table as text, for where Slack refuses one of the blocks."""
        return Message(self.text, self.plain or self.blocks)


def messages(reply: Reply, controls: Controls) -> list[Message]:
    """Draw a reply as one message, or several where one cannot hold it; controls come last."""
    with_table = _packed(_layout(reply, controls, has_table=True))
    without = with_table
    if reply.table is not None or controls.picture:
        bare = replace(controls, picture="")
        without = _packed(_layout(reply, bare, has_table=False))
    text = mrkdwn.fallback("\n".join(filter(None, (reply.title, reply.text))))
    text = text.strip() or mrkdwn.fallback(" ".join(i.text for i in reply.items)).strip() or "…"
    if len(with_table) != len(without):  # parts would not pair up: the text form is always right
        with_table = without
    return [
        Message(text, tuple(blocks), () if blocks == plain else tuple(plain))
        for blocks, plain in zip(with_table, without, strict=True)
    ]


def view_blocks(reply: Reply, controls: Controls) -> list[Block]:
    """Draw a reply for a modal or the Home tab, where there are no table blocks."""
    blocks = list(_layout(reply, controls, has_table=False))
    return blocks[: limits.BLOCKS_IN_VIEW] or [section("…")]


def section(text: str) -> Block:
    """Give a section of mrkdwn."""
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack links and mentions nothing that is not marked up as such.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _layout(reply: Reply, controls: Controls, *, has_table: bool) -> Iterator[Block]:
    urls = {citation.n: citation.url for citation in reply.citations}
    if reply.title:
        words = label(typed_here(reply.title), limits.HEADER)
        yield {"type": "header", "text": {"type": "plain_text", "text": words, "emoji": True}}
    yield from (section(piece) for piece in mrkdwn.pieces(reply.text, _PIECE, urls))
    if reply.image is not None and controls.picture:
        yield _picture(reply.image, controls.picture)
    yield from _fields(reply.fields)
    if reply.table is not None:
        block = table_block(reply.table, urls) if has_table else None
        yield from [block] if block else map(section, table_text(reply.table, urls))
    yield from _items(reply, controls)
    yield from _citations(reply.citations)
    yield from _actions([*controls.selects])
    yield from _actions([*controls.buttons])
    # Slack refuses a text of nothing, which is what is left of control characters alone.
    if footer := mrkdwn.line(reply.footer, limits.CONTEXT).strip():
        yield _context([footer])


def _picture(picture: Picture, reference: str) -> Block:
    alt = label(picture.alt_text, limits.ALT_TEXT) or picture.name
    return {"type": "image", "slack_file": {"id": reference}, "alt_text": alt}


def _fields(fields: Sequence[NameValue]) -> Iterator[Block]:
    """Lay out short values in two columns, long ones below each other."""
    inline: list[str] = []
    for field in fields:
        name = mrkdwn.line(f"**{field.name}**", 200)
        drawn = mrkdwn.pieces(field.value, _PIECE - 250) or ["–"]
        if field.is_inline and len(drawn) == 1 and len(drawn[0]) + len(name) < limits.FIELD:
            inline.append(f"{name}\n{drawn[0]}")
            continue
        yield from _columns(inline)
        inline = []
        yield section(f"{name}\n{drawn[0]}")
        yield from (section(piece) for piece in drawn[1:])
    yield from _columns(inline)


def _columns(inline: Sequence[str]) -> Iterator[Block]:
    for group in _groups(inline, limits.FIELDS):
        yield {"type": "section", "fields": [_mrkdwn(text) for text in group]}


def _items(reply: Reply, controls: Controls) -> Iterator[Block]:
    urls = {citation.n: citation.url for citation in reply.citations}
    for number, item in enumerate(reply.items):
        if number or reply.text or reply.title:
            yield {"type": "divider"}
        yield from (section(piece) for piece in mrkdwn.pieces(item.text, _ITEM, urls))
        buttons = controls.items[number] if number < len(controls.items) else ()
        yield from _actions(buttons)


def _citations(citations: Sequence[Citation]) -> Iterator[Block]:
    lines: list[str] = []
    for citation in citations:
        drawn = _citation(citation)
        if lines and sum(map(len, lines)) + len(lines) + len(drawn) > limits.CONTEXT:
            yield _context(["\n".join(lines)])
            lines = []
        lines.append(drawn)
    if lines:
        yield _context(["\n".join(lines)])


def _citation(citation: Citation) -> str:
    mark = mrkdwn.link(citation.url, f"[{citation.n}]")
    about = [
        mrkdwn.plain(label(part, 200)) for part in (citation.title, citation.publisher) if part
    ]
    dated = [mrkdwn.plain(citation.as_of)] if citation.as_of else []
    words = " · ".join([*about, *dated])
    return (
        f"{mark} {words}" if len(mark) + len(words) < limits.CONTEXT else f"[{citation.n}] {words}"
    )


def _context(texts: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _actions(elements: Sequence[Element]) -> Iterator[Block]:
    for group in _groups(elements, limits.BUTTONS):
        yield {"type": "actions", "elements": list(group)}


def _groups(things: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (things[at : at + size] for at in range(0, len(things), size))


def size_of(part: object) -> int:
    """Count the characters of all texts, addresses and ids inside a block."""
    if isinstance(part, dict):
        return sum(size_of(value) for name, value in part.items() if name != "type")
    if isinstance(part, list | tuple):
        return sum(map(size_of, part))
    return len(part) if isinstance(part, str) else 0


def _packed(blocks: Iterable[Block]) -> list[list[Block]]:
    """Put blocks into messages, each within Slack's number and size; one table per message."""
    packed: list[list[Block]] = []
    size = 0
    for block in blocks:
        added = size_of(block)
        is_full = not packed or len(packed[-1]) >= limits.BLOCKS_IN_MESSAGE
        if is_full or size + added > limits.BLOCKS_SIZE:
            packed.append([])
            size = 0
        packed[-1].append(block)
        size += added
    return packed or [[section("…")]]
