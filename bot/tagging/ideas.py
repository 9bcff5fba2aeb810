"""What is no idea: promotion, greetings, chatter, questions about tools, bare prompts, nothing.

The patterns are data (`data/not_ideas.yaml`); here stands how they are weighed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from bot.tagging.words import RUNNING, words

PATTERNS = Path(__file__).parent / "data" / "not_ideas.yaml"

# Families whose patterns stand at the beginning, or are whole words, or neither.
_AT_START = {
    "greeting", "greeting_running", "chatter_start", "chatter_start_running", "asking",
    "asking_elsewhere",
}  # fmt: skip
_WHOLE_WORDS = {
    "promotion", "greeting", "prompt", "chatter_start", "chatter", "tools", "asking",
    "asking_elsewhere", "supposing", "idea",
}  # fmt: skip
# What may come before a question without making it less of one.
_OPENERS = r"(?:(?:hi|hey|hello|so|ok|btw|quick|question|guys|pls|please|um|and|but)\b\W*)*"

_FEW_WORDS, _SHORT, _LONGISH = 3, 9, 14
_LEAST_IDEA = 5
_PROMPT_MARKS = 2
_LINK_SHARE = 0.5
_CHARACTERS_A_WORD = 2  # in scripts without spaces


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    return {family: _compiled(family, str(lines).splitlines()) for family, lines in data.items()}


def _compiled(family: str, lines: list[str]) -> re.Pattern[str]:
    body = "|".join(f"(?:{line})" for line in lines)
    if family == "chatter_whole":
        return re.compile(rf"^\W*(?:{body})\W*$", re.IGNORECASE)
    if family in _WHOLE_WORDS:
        body = rf"(?<![^\W_])(?:{body})(?![^\W_])"
    if family in _AT_START:
        opener = _OPENERS if family.startswith("asking") else ""
        body = rf"^\W*{opener}(?:{body})"
    return re.compile(body, re.IGNORECASE)


def _has(family: str, text: str) -> bool:
    return _patterns()[family].search(text) is not None


def _count(family: str, text: str) -> int:
    return len(_patterns()[family].findall(text))


def length(text: str) -> int:
    """Count the words of a text; two characters of a script without spaces make one."""
    total = 0
    for word in words(text):
        running = RUNNING.search(word.folded) is not None
        total += max(1, len(word.folded) // _CHARACTERS_A_WORD) if running else 1
    return total


def _is_promotion(text: str) -> bool:
    linked = sum(len(m.group()) for m in _patterns()["links"].finditer(text))
    offers = _count("promotion", text) + _count("promotion_running", text)
    if linked:
        return linked > _LINK_SHARE * len(text.strip()) or offers > 0
    return offers > 1 or (offers == 1 and (length(text) <= _SHORT or "!" in text))


def _is_greeting(text: str) -> bool:
    for family in ("greeting", "greeting_running"):
        greeted = _patterns()[family].search(text)
        if greeted:
            rest = text[greeted.end() :]
            return length(rest) < _SHORT and not _has("idea", rest)
    return False


def _is_prompt(text: str) -> bool:
    if _has("prompt_switch", text):
        return True
    if _count("prompt", text) < _PROMPT_MARKS:
        return False
    # A prompt lists looks, with commas; who says for whom or what for has an idea.
    return text.count(",") >= _PROMPT_MARKS and not _has("idea", text)


def _is_question(text: str) -> bool:
    if _has("supposing", text):
        return False
    marked = text.rstrip(" )\"'!.").endswith(("?", "？", "؟", "か。", "吗。"))
    asks = _has("asking", text)
    about_tools = _has("tools", text)
    if asks and about_tools:
        return marked or length(text) <= _LONGISH
    if asks and marked:
        return not _has("idea", text) or length(text) <= _SHORT
    elsewhere = _has("asking_elsewhere", text) or _has("asking_running", text)
    if marked and (elsewhere or about_tools):
        return length(text) <= 2 * _LONGISH
    return False


def _is_chatter(text: str) -> bool:
    if _has("chatter_whole", text):
        return True
    size = length(text)
    starts = _has("chatter_start", text) or _has("chatter_start_running", text)
    if starts or _has("chatter", text):
        return size <= _LONGISH and not _has("idea", text)
    return size < _FEW_WORDS and not any(len(w.folded) > 6 for w in words(text))  # noqa: PLR2004


def why_not(text: str) -> str | None:
    """Say why a text is no idea, None when nothing speaks against it.

    One of "empty", "promotion", "prompt", "question", "greeting", "chatter".
    """
    if not words(text):
        return "empty"
    rules = (
        ("promotion", _is_promotion),
        ("prompt", _is_prompt),
        ("question", _is_question),
        ("greeting", _is_greeting),
        ("chatter", _is_chatter),
    )
    return next((name for name, holds in rules if holds(text)), None)


def is_idea(text: str) -> bool:
    """Tell whether nothing speaks against a text being an idea."""
    return why_not(text) is None


def says_purpose(text: str) -> bool:
    """Tell whether a text says what somebody would do with a video (English)."""
    return _has("idea", text)


def reads_like_idea(text: str) -> bool:
    """Tell free text that is an idea from a question about the market or small talk."""
    size = length(text)
    if why_not(text) is not None or size < _LEAST_IDEA:
        return False
    if _has("supposing", text):
        return True
    purpose = says_purpose(text)
    if text.rstrip().endswith(("?", "？", "؟")) or _has("asking", text):
        return purpose and size > _LONGISH
    return purpose or not _has("tools", text)
