"""The values of a request against the fields of its command; pure and quick."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from bot.core.cleaning import clean_text
from bot.core.errors import InvalidField
from bot.core.model import Choice, Command, Field, FieldType, Value
from prompts import render

_NEAR = 60
"""rapidfuzz's ratio (0 to 100) from which a mistyped choice is suggested."""
_YES = {"true", "yes", "y", "1", "on"}
_NO = {"false", "no", "n", "0", "off", ""}


def validate(
    command: Command, values: Mapping[str, Value], locale: str = "en"
) -> tuple[dict[str, Value], dict[str, str]]:
    """Check and convert values.

    Returns:
        The clean values (those of no field are passed on as they are), and what is wrong, by
        field name, in words for the person who filled it in.
    """
    clean: dict[str, Value] = dict(values)
    errors: dict[str, str] = {}
    for field in command.fields:
        try:
            clean[field.name] = _checked(field, values.get(field.name))
        except InvalidField as error:
            errors[field.name] = render(f"error.{error.text}", locale, **error.values)
    rest = str(values.get("rest") or "")
    if rest and command.is_write and not errors:
        # Half a line is never done: who knows what the other half was to say.
        errors["rest"] = render(
            "error.words_left",
            locale,
            words=clean_text(rest)[:60],
            command=command.name,
            example=command.examples[0] if command.examples else command.name,
        )
    return clean, errors


def _checked(field: Field, value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(clean_text(part)[: field.max_length] for part in value)
    if isinstance(value, str):
        value = clean_text(value)
    if value is None or value == "":
        if field.is_required:
            raise InvalidField(field.name, "field_missing", label=field.label)
        return None
    if field.type is FieldType.FLAG:
        return _flag(field, value)
    if field.type in {FieldType.INTEGER, FieldType.IDEA}:
        return _number(field, value)
    if field.type is FieldType.CHOICE and field.choices:
        return _choice(field, str(value))
    return _text(field, str(value))


def _flag(field: Field, value: Value) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text not in _YES | _NO:
        raise InvalidField(field.name, "field_yes_or_no", label=field.label)
    return text in _YES


def _number(field: Field, value: Value) -> int:
    digits = str(value).removeprefix("#")
    if not re.fullmatch(r"-?\d{1,15}", digits, re.ASCII):
        raise InvalidField(field.name, "field_number", label=field.label)
    number = int(digits)
    low = 1 if field.type is FieldType.IDEA else field.minimum
    if (low is not None and number < low) or (field.maximum is not None and number > field.maximum):
        raise InvalidField(
            field.name, "field_range", label=field.label, low=low, high=field.maximum
        )
    return number


def _choice(field: Field, value: str) -> str:
    for choice in field.choices:
        if value.lower() in {t.lower() for t in (choice.value, choice.label, *choice.also)}:
            return choice.value
    raise InvalidField(
        field.name,
        "field_choice",
        label=field.label,
        value=value[:40],
        near=_near(field.choices, value),
        allowed=_listed(field.choices),
    )


def _near(choices: tuple[Choice, ...], typed: str) -> str:
    """Give the choice that was probably meant; "" where none is like it."""
    found = process.extractOne(
        typed.lower(), [c.value for c in choices], scorer=fuzz.ratio, score_cutoff=_NEAR
    )
    return found[0] if found else ""


def _listed(choices: tuple[Choice, ...]) -> str:
    shown = ", ".join(c.value for c in choices[:12])
    return shown + (", ..." if len(choices) > 12 else "")  # noqa: PLR2004  the 12 above


def _text(field: Field, text: str) -> str:
    if len(text) > field.max_length:
        raise InvalidField(
            field.name,
            "field_too_long",
            label=field.label,
            length=len(text),
            limit=field.max_length,
        )
    if len(text) < field.min_length:
        raise InvalidField(field.name, "field_too_short", label=field.label, low=field.min_length)
    return text
