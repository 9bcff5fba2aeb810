"""Reelbank's Markdown subset as Discord Markdown; nothing that a member typed is ever markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from bot.core.cutting import chunks
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
    Text,
    parse,
    plain_text,
)
from bot.core.model import Citation

MESSAGE_LIMIT = 2000
EMBED_LIMIT = 4096

# Discord takes a backslash before any punctuation as "this character, literally".
_SPECIAL = re.compile(r"([\\*_~|`\[\]<>])")
_LINE_START = re.compile(r"^([ \t]*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)([.)])", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+", re.IGNORECASE)
# Isolates and overrides of the writing direction spill over into the words around them.
_UNSEEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")
_AT = re.compile(r"@(?=everyone|here|&|!|\d)")
# An invitation is drawn as a card even without its scheme.
_INVITE = re.compile(r"(discord(?:app)?)\.(gg/|com/invite)", re.IGNORECASE)
_INVISIBLE = "\u200b"

_LONGEST_ADDRESS = 500
"""Characters of a link's address; Discord takes 512 for a button."""

Sources = Mapping[int, Citation]


def escape(text: str, *, is_line_start: bool = True) -> str:
    """Show text as it was typed: no markup, no mention, no custom emoji, addresses unembedded.

    Args:
        text: as it was typed.
        is_line_start: whether its first character begins a line, where more is markup.
    """
    text = _UNSEEN.sub("", text)
    parts: list[str] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        parts += [
            _words(text[at : found.start()], is_line_start=is_line_start and not at),
            f"<{found.group()}>",
        ]
        at = found.end()
    return "".join([*parts, _words(text[at:], is_line_start=is_line_start and not at)])


def _words(text: str, *, is_line_start: bool) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    lead = "" if is_line_start else "\x00"  # stands for what is already on the line
    escaped = _LINE_START.sub(r"\1\\\2", lead + escaped)
    escaped = _NUMBERED.sub(r"\1\\\2", escaped).removeprefix(lead)
    escaped = _INVITE.sub(r"\1\\.\2", escaped)
    # AllowedMentions.none() keeps it silent; this keeps it from looking like a ping.
    return _AT.sub("@" + _INVISIBLE, escaped)


def safe_url(url: str) -> str | None:
    """Give an http(s) address that cannot leave its `<...>`; None for others and endless ones."""
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return None
    address = quote(url, safe="!#$%&'*+,/:;=?@_~-.")
    return address if len(address) <= _LONGEST_ADDRESS else None


def link(label: str, url: str) -> str:
    """Give a masked link without a preview; the label alone where the address is no web address.

    Args:
        label: already Discord Markdown.
        url: as it came.
    """
    address = safe_url(url)
    return f"[{label}](<{address}>)" if address and label.strip() else label


def code_block(text: str) -> str:
    """Give a fence that its text cannot close."""
    return "```\n" + _UNSEEN.sub("", text).replace("```", f"`{_INVISIBLE}`{_INVISIBLE}`") + "\n```"


def code_span(text: str) -> str:
    """Give fixed-width words; a backtick inside is parted from its neighbours."""
    clean = _UNSEEN.sub("", text).replace("\n", " ")
    if not clean.strip():
        return ""
    if "`" not in clean:
        return f"`{clean}`"
    return "`` " + re.sub(r"`(?=`)", "`" + _INVISIBLE, clean) + " ``"


def renderer(sources: Sources) -> Callable[[Sequence[Block]], str]:
    """Give a function that draws blocks, with citation marks leading to these sources."""

    def render(blocks: Sequence[Block]) -> str:
        drawn = ""
        for number, block in enumerate(blocks):
            # A list stands close to the words that announce it: a phone has few lines.
            is_close = isinstance(block, Bullets) and isinstance(blocks[number - 1], Paragraph)
            drawn += ("\n" if is_close else "\n\n") * bool(number) + _block(block, sources)
        return drawn

    return render


def pieces(text: str, citations: Sequence[Citation], limit: int = MESSAGE_LIMIT) -> list[str]:
    """Draw a text in pieces of at most `limit` characters, as Discord counts them."""
    blocks = parse(text)
    drawn = chunks(blocks, limit, renderer(by_number(citations)))
    if any(len(piece) > limit for piece in drawn):
        # So many marks on one word that their links alone are too long: the numbers stay.
        drawn = chunks(blocks, limit, renderer({}))
    return [piece[:limit] for piece in drawn]


def line(text: str, citations: Sequence[Citation] = ()) -> str:
    """Draw a short text as one piece of Discord Markdown, whatever its length."""
    return renderer(by_number(citations))(parse(text))


def title(text: str, limit: int) -> str:
    """Draw a title, which is one line and no block: nothing at its start is markup."""
    inlines = [i for block in parse(text) for i in getattr(block, "inlines", ())]
    shown = _inlines(inlines, {}, is_line_start=False).replace("\n", " ").strip()
    if len(shown) <= limit:
        return shown
    return chunks(parse(text), limit, renderer({}))[0].replace("\n", " ")


def words(text: str, limit: int) -> str:
    """Give the plain words for places that show no markup (labels, titles of modals)."""
    flat = re.sub(r"\s+", " ", _UNSEEN.sub("", plain_text(text))).strip()
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def by_number(citations: Sequence[Citation]) -> dict[int, Citation]:
    """Give the citations by their number."""
    return {citation.n: citation for citation in citations}


def source_lines(citations: Sequence[Citation], *, is_linked: bool = True) -> list[str]:
    """Give one line per source: number, title, publisher, date."""
    return [_source(citation, is_linked=is_linked) for citation in citations]


def _source(citation: Citation, *, is_linked: bool) -> str:
    title = escape(words(citation.title, 120)) or escape(words(citation.url, 80))
    shown = link(title, citation.url) if is_linked else title
    more = [escape(part) for part in (words(citation.publisher, 60), citation.as_of) if part]
    return " · ".join([f"\\[{citation.n}\\] {shown}", *more])


def _block(block: Block, sources: Sources) -> str:
    if isinstance(block, Code):
        return code_block(block.text)
    if isinstance(block, Bullets):
        marks = [
            f"{block.start + i}." if block.is_numbered else "-" for i in range(len(block.items))
        ]
        drawn = [_inlines(item, sources).replace("\n", "\n  ") for item in block.items]
        return "\n".join(f"{mark} {item}" for mark, item in zip(marks, drawn, strict=True))
    drawn_text = _inlines(block.inlines, sources)
    return drawn_text if isinstance(block, Paragraph) else "> " + drawn_text.replace("\n", "\n> ")


def _inlines(inlines: Sequence[Inline], sources: Sources, *, is_line_start: bool = True) -> str:
    drawn = ""
    for inline in inlines:
        begins = drawn.endswith("\n") or (is_line_start and not drawn)
        drawn += _inline(inline, sources, is_line_start=begins)
    return drawn


def _inline(inline: Inline, sources: Sources, *, is_line_start: bool) -> str:
    if isinstance(inline, Text):
        return escape(inline.text, is_line_start=is_line_start)
    if isinstance(inline, CodeSpan):
        return code_span(inline.text)
    if isinstance(inline, Cite):
        return _mark(inline.n, sources)
    inner = _inlines(inline.children, sources, is_line_start=False)
    if isinstance(inline, Link):
        label = _inlines(_without_links(inline.children), sources, is_line_start=False)
        return link(label, inline.url)
    return _wrapped(inner, "**" if isinstance(inline, Bold) else "*")


def _wrapped(inner: str, mark: str) -> str:
    """Emphasise words; Discord does not see marks that have a blank on their inner side."""
    core = inner.strip()
    if not core:
        return inner
    lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    return f"{lead}{mark}{core}{mark}{trail}"


def _mark(number: int, sources: Sources) -> str:
    source = sources.get(number)
    address = safe_url(source.url) if source else None
    return f"[[{number}]](<{address}>)" if address else f"\\[{number}\\]"


def _without_links(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """Flatten what may not stand inside a link: another link, an address, a citation."""
    flat: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text):
            # Discord shows a link whose label holds an address as plain text.
            flat.append(Text(re.sub(r"https?://", "", inline.text, flags=re.IGNORECASE)))
        elif isinstance(inline, Bold):
            flat.append(Bold(_without_links(inline.children)))
        elif isinstance(inline, Italic):
            flat.append(Italic(_without_links(inline.children)))
        elif isinstance(inline, Link):
            flat += _without_links(inline.children)
        elif isinstance(inline, CodeSpan):
            flat.append(inline)
    return tuple(flat)
