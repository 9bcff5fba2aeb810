"""What people wrote, without what nobody can see: control characters, directions, hidden letters.

Invisible characters let a text read other than it is, turn the line that it stands in around, hide
words from whoever reviews them, or let a look-alike pass. Those that scripts and emoji are written
with stay: marks of direction (LRM, RLM, ALM), joiners behind letters and emoji that join, flags.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROL = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    r"\u2028\u2029\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # breaks, annotations, no characters
)
# Embeddings, overrides and isolates: whoever cuts a text at a limit would leave them open.
_DIRECTIONS = r"\u202a-\u202e\u2066-\u206f"
_UNSEEN = r"\u00ad\u034f\u180e\u200b\u2060-\u2065\u3164\ufeff\uffa0"
_HIDDEN = re.compile(f"[{_CONTROL}{_DIRECTIONS}{_UNSEEN}]")

# Plane 14 spells out text that nobody sees; only the flags of regions are written with it, and
# variants of Chinese characters are chosen.
_PLANE_14 = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
    "|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\U000e0100-\U000e01ef])"
    "|[\U000e0000-\U000e0fff]"
)
_DOUBLED = re.compile("(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+")
# Scripts that join (Hebrew and Arabic to Mongolian, those of India, some of plane 1), and emoji.
_JOINING = (
    "\u0590-\u1dff\u20e3\u2190-\u2bff\ua800-\uabff\ufb1d-\ufdff\ufe00-\ufe0f\ufe70-\ufefc"
    "\U00010800-\U00011fff\U0001e900-\U0001e95f\U0001f000-\U0001faff\U000e007f"
)
_STRAY_JOINER = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+")
_PILE = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{6})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]+"
)
_BLANK = re.compile("[\\s\u061c\u115f\u1160\u17b4\u17b5\u200c-\u200f\u2800\ufe00-\ufe0f]*")


def clean_text(text: str) -> str:
    """Take out what cannot be seen or does harm, and compose (NFC); lines are kept.

    Accents that are piled up end after six; what nobody would see anything of is empty.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return _HIDDEN.sub("", text).strip()
    text = _DOUBLED.sub("", _PLANE_14.sub(r"\1", _HIDDEN.sub("", text)))
    text = _STRAY_JOINER.sub("", unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFC", text)  # what a joiner kept apart
    text = _PILE.sub(r"\1", text).strip()
    return "" if _BLANK.fullmatch(text) else text


def clean_name(name: str, limit: int = 100) -> str:
    """Give a name as one line of at most `limit` characters; "" where nothing of it is seen."""
    return " ".join(clean_text(name).split())[:limit].rstrip()
