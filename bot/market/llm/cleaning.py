"""Takes a model's text apart into sentences, without addresses, mentions, pictures and markup."""

from __future__ import annotations

import re
import unicodedata

from prompts import plain

MARK = re.compile(r"\[(\d{1,3})\]")
_FENCED = re.compile(r"^\s*```\w*\n(.*?)\n?```\s*$", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*[^)]*\)|\[([^\]]+)\]\[[^\]]*[^\]\d][^\]]*\]")
_TAG = re.compile(r"<\s*[/!?]?\s*[a-zA-Z][^>]*>?")
_MARKS_TOGETHER = re.compile(r"\[\d{1,3}(?:\s*[,;]\s*\d{1,3})+\]")
_BEHIND_THE_STOP = re.compile(r"([.!?。！？])[ \t]*((?:\[\d{1,3}\][ \t]*)+)[.。]?(?=\s|$)")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,])")
_LINE_START = re.compile(r"^\s*(?:[-*•#>]+\s+)+")
_END = re.compile(r"(?<=[.!?…])(?=\s)|(?<=[。！？])|(?<=\][.!?])(?=\w)|(?<=[a-z][.!?])(?=[A-Z])")
_ADDRESS = re.compile(
    r"\w+://\S+|www\.\S+|mailto:\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|(?<![\w.])[\w-]{2,}(?:\.[\w-]+)*\.[a-z]{2,}(?![\w.]*\d)(?:/\S*)?"
)
_MENTION = re.compile(r"<[@#!&:][^>\s]*>?|@\w+|(?<!\w)#\w+")


def sentences(text: str) -> list[str]:
    """Split at the ends of sentences and lines; a mark behind the full stop belongs before it."""
    return [s.strip() for line in text.splitlines() for s in _END.split(line) if s and s.strip()]


def framed(template: str) -> tuple[list[str], list[str], list[str]]:
    """Part a template answer into what stands before, within and after its cited sentences.

    What stands around them (which reading was taken, the community's own ideas) is never given to
    a model, and never left out.
    """
    found = sentences(template)
    is_cited = [bool(MARK.search(s)) for s in found]
    first, end = is_cited.index(True), len(found) - is_cited[::-1].index(True)
    return found[:first], found[first:end], found[end:]


def cleaned(text: str, evidence: str, *, has_decimal_comma: bool) -> list[str]:
    """Give the sentences of a model's text that may be looked at further.

    Links and pictures lose their addresses; a sentence with a bare address or a mention that the
    evidence does not hold is left out.

    Args:
        text: what the model wrote.
        evidence: all passages as one text.
        has_decimal_comma: the language writes 0,40 for 0.40.
    """
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")
    fenced = _FENCED.match(visible)
    body = _IMAGE.sub("", fenced[1] if fenced else visible)
    body = body.replace("【", "[").replace("】", "]").replace("［", "[").replace("］", "]")
    body = _LINK.sub(lambda m: m[1] or m[2] or "", body)
    body = _MARKS_TOGETHER.sub(lambda m: re.sub(r"\s*[,;]\s*", "][", m[0]), body)
    body = re.sub(r"(\*\*|__|`)", "", body)
    body = "\n".join(_LINE_START.sub("", line) for line in body.splitlines())
    body = _BEHIND_THE_STOP.sub(lambda m: f" {m[2].strip()}{m[1]}", body)
    if has_decimal_comma:
        body = _DECIMAL_COMMA.sub(r"\1.\2", body)
    return [s for s in sentences(body) if not _reaches_out(s, evidence)]


def _reaches_out(sentence: str, evidence: str) -> bool:
    found = [*_ADDRESS.findall(sentence), *_MENTION.findall(sentence)]
    return any(address.rstrip(".,;:)") not in evidence for address in found)


def has_tags(text: str) -> bool:
    """Tell whether a text holds anything like HTML."""
    return _TAG.search(text) is not None


def unescaped(text: str) -> str:
    """Give a text of ours as it is read: without markup and its escapes."""
    return re.sub(r"\\(.)", r"\1", text.replace("**", ""))


def shown(sentence: str) -> str:
    """Escape all markup of a sentence but its marks."""
    held = MARK.sub("\ue000\\1\ue001", sentence)  # private characters: `cleaned` lets none in
    return re.sub("\ue000(\\d+)\ue001", r"[\1]", plain(held))
