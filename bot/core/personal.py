"""Personal data in a text, by rule: addresses, telephone numbers, cards and accounts.

A number counts as a card's or an account's only if its checksum holds, so that part numbers and
prices are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"(?<![\w.-])(?<!\d )(?:\+|00)\d[\d ()./-]{7,18}\d(?!\d)")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d]|[.,]\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_CARD_LENGTHS = range(13, 20)
_IBAN_LENGTHS = range(15, 35)
_CARD_STARTS = "23456"
_NINE, _TEN, _IBAN_MODULUS = 9, 10, 97
_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Personal:
    """Something personal: `kind` is email, phone, card or iban; `hint` shows its beginning."""

    kind: str
    hint: str


def find(text: str) -> tuple[Personal, ...]:
    """List what looks personal in a text, each kind once, in the order of their kinds."""
    found: dict[str, Personal] = {}
    for kind, words in _each(text):
        found.setdefault(kind, Personal(kind, f"{words[:_SHOWN]}…"))
    return tuple(found.values())


def _each(text: str) -> list[tuple[str, str]]:
    found = [("email", m.group()) for m in _EMAIL.finditer(text)]
    # In this order: what is an account's number is no card, and neither is a telephone.
    for kind, pattern, holds in _NUMBERS:
        for match in pattern.finditer(text):
            if holds(match.group()):
                found.append((kind, match.group()))
                text = text.replace(match.group(), " ")
    return found


def _is_card(text: str) -> bool:
    """Check a card number by Luhn's sum; one of a single digit all over is none."""
    digits = [int(d) for d in re.findall(r"\d", text)]
    is_shaped = len(digits) in _CARD_LENGTHS and str(digits[0]) in _CARD_STARTS
    if not is_shaped or len(set(digits)) < _SHOWN:
        return False
    doubled = (d * 2 - _NINE if d * 2 > _NINE else d * 2 for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % _TEN == 0


def _is_iban(text: str) -> bool:
    """Check an account number by its remainder (ISO 13616).

    Capitals that follow it ("... 00 OR BY CARD") may have been taken for a part of it, so it may
    also end at any blank.
    """
    ends = [m.start() for m in re.finditer(" ", text)]
    parts = [text, *(text[:end] for end in reversed(ends))]
    compact = [part.replace(" ", "") for part in parts]
    return any(_remainder(c) == 1 for c in compact if len(c) in _IBAN_LENGTHS)


def _remainder(compact: str) -> int:
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % _IBAN_MODULUS


_NUMBERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("iban", _IBAN, _is_iban),
    ("card", _CARD, _is_card),
    ("phone", _PHONE, bool),
)
