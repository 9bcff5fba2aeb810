"""Reelbank's Markdown subset as Slack's mrkdwn; no word of a member can ping, link or format.

Slack has no escape for `*_~` and the backtick, so where a member's sign could open or close a
format it is drawn with a look-alike. `& < >` are escaped everywhere, in code as well, since
`<!channel>` and `<@U1>` work there too. Send the result as `mrkdwn` with `verbatim: true`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from bot.adapters.slack_app.shelf import typed_here
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
    Quote,
    Text,
    parse,
    plain_text,
)

__all__ = ["escape", "fallback", "line", "link", "pieces", "plain", "render", "safe_url"]

# Looks like nothing; Slack takes it for the edge of a word, so `a*b*c` formats with it.
_EDGE = "\u200b"
# Holds a leading ">" in its line, so that it does not become a quote.
_JOINER = "\u2060"
_LOOK_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_SIGN = re.compile(r"[*_~`]")
_QUOTE = re.compile(r"^(\s*)(?=&gt;)", re.MULTILINE)
_SAFE_IN_URL = "!#$%&'()*+,/:;=?@[]~-._"


def escape(text: str) -> str:
    """Escape the three characters that Slack reads as markup of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Give literal words for mrkdwn: as they were typed, with no format, link or mention."""
    return _QUOTE.sub(rf"\1{_JOINER}", escape(_without_signs(text)))


def _without_signs(text: str) -> str:
    def draw(found: re.Match[str]) -> str:
        at = found.start()
        before = text[at - 1 : at]
        after = text[at + 1 : at + 2]
        is_inside = before.isalnum() and after.isalnum()
        is_alone = before.isspace() and after.isspace()
        return found[0] if is_inside or is_alone else _LOOK_ALIKE[found[0]]

    return _SIGN.sub(draw, text)


def safe_url(url: str) -> str | None:
    """Give an address that cannot end its link early; None where it is no web or mail address."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    if scheme not in {"http", "https", "mailto"}:
        return None
    return escape(quote(url, safe=_SAFE_IN_URL))


def link(url: str, label: str) -> str:
    """Give `<url|label>`, or the label alone where the address is none."""
    address = safe_url(url)
    words = " ".join(escape(label).replace("|", "¦").split())
    if not words:
        return ""
    return f"<{address}|{words}>" if address else words


def render(blocks: Sequence[Block], urls: Mapping[int, str] | None = None) -> str:
    """Draw blocks as mrkdwn.

    Args:
        blocks: what `markup.parse` gave.
        urls: the address of each cited source; [n] without one is drawn as it is.
    """
    return "\n\n".join(filter(None, (_block(block, urls or {}) for block in blocks)))


def _block(block: Block, urls: Mapping[int, str]) -> str:
    if isinstance(block, Code):
        # A zero-width mark between the backticks keeps a fence of the text from ending ours.
        inner = re.sub("`(?=`)", f"`{_EDGE}", escape(typed_here(block.text)))
        return f"```\n{inner}\n```" if inner.strip() else ""
    if isinstance(block, Bullets):
        return "\n".join(
            f"{_mark(block, n)} {_inlines(item, urls).replace(chr(10), chr(10) + '    ')}"
            for n, item in enumerate(block.items)
        )
    text = _inlines(block.inlines, urls)
    if isinstance(block, Quote):
        return "\n".join(f"> {line}" for line in text.split("\n"))
    return text


def _mark(block: Bullets, n: int) -> str:
    return f"{block.start + n}." if block.is_numbered else "•"


def _inlines(inlines: Sequence[Inline], urls: Mapping[int, str], inside: str = "") -> str:
    """Draw inlines; `inside` holds the signs of the formats around them."""
    drawn = ""
    for inline in inlines:
        is_format = isinstance(inline, Bold | Italic | CodeSpan)
        drawn = _joined(drawn, _inline(inline, urls, inside), is_format=is_format)
    return drawn


def _joined(before: str, after: str, *, is_format: bool) -> str:
    """Put an edge between a word and a format that touches it, or Slack shows the signs."""
    if not before or not after:
        return before + after
    touches = is_format and not before[-1].isspace() and before[-1] not in "([{\"'" + _EDGE
    follows = before[-1] in "*_`" and (after[0].isalnum() or after[0] in _LOOK_ALIKE.values())
    return f"{before}{_EDGE}{after}" if touches or follows else before + after


def _inline(inline: Inline, urls: Mapping[int, str], inside: str) -> str:
    if isinstance(inline, Text):
        return plain(inline.text)
    if isinstance(inline, Cite):
        url = urls.get(inline.n)
        return link(url, f"[{inline.n}]") if url else f"[{inline.n}]"
    if isinstance(inline, CodeSpan):
        return _wrapped(escape(typed_here(inline.text).replace("`", "ˋ")), "`")
    if isinstance(inline, Link):
        return link(inline.url, _words(inline.children))
    sign = "*" if isinstance(inline, Bold) else "_"
    if sign in inside:
        return _inlines(inline.children, urls, inside)
    return _wrapped(_inlines(inline.children, urls, inside + sign), sign)


def _wrapped(inner: str, sign: str) -> str:
    """Put signs around each line, since a format of Slack's ends with its line."""
    lines = []
    for line in inner.split("\n"):
        words = line.strip()
        lead = line[: len(line) - len(line.lstrip())]
        tail = line[len(line.rstrip()) :] if words else ""
        lines.append(f"{lead}{sign}{words}{sign}{tail}" if words.strip(_EDGE) else line)
    return "\n".join(lines)


def _words(inlines: Sequence[Inline]) -> str:
    parts = []
    for inline in inlines:
        if isinstance(inline, Text | CodeSpan):
            parts.append(_without_signs(inline.text))
        elif isinstance(inline, Cite):
            parts.append(f"[{inline.n}]")
        else:
            parts.append(_words(inline.children))
    return "".join(parts)


def pieces(text: str, limit: int, urls: Mapping[int, str] | None = None) -> list[str]:
    """Draw text in pieces of at most `limit` characters, no link, citation or fence cut."""
    return chunks(parse(text), limit, lambda blocks: render(blocks, urls))


def line(text: str, limit: int, urls: Mapping[int, str] | None = None) -> str:
    """Draw text that has one place only: what does not fit ends with an ellipsis."""
    drawn = pieces(text, limit - 2, urls)
    return "" if not drawn else drawn[0] + (" …" if len(drawn) > 1 else "")


def fallback(text: str, limit: int = 2900) -> str:
    """Give the words for notifications and screen readers, which show no blocks."""
    words = plain_text(text)
    cut = words if len(words) <= limit else words[: limit - 2] + " …"
    return plain(cut)
