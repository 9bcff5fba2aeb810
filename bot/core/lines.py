"""A typed line as a command with its values: the console's and Slack's syntax, in one place.

`/idea search crash industry:insurance` names a command, then options as `name:value`,
`name=value` or `--name value` (quotes hold blanks together), and words, which fill the remaining
options in their order; the last text option takes the rest of the line as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.core.model import Command, Field, FieldType, Value

_TOKEN = re.compile(
    r"(?P<dash>--)?(?P<name>[A-Za-z_][\w-]{0,31})(?P<sep>[:=])?"
    r"(?P<value>(?<=[:=])(?:\"[^\"]*\"|“[^”]*”|'[^']*'|\S+))?"
)
_WORD = re.compile(r"\S+")
_NUMBERS = re.compile(r"(?:#?\d{1,9}(?:[-–]#?\d{1,9})?,?)+")
_SHORT = {FieldType.INTEGER, FieldType.IDEA, FieldType.CHOICE, FieldType.CHANNEL, FieldType.MEMBER}
_SHOWS = ("show", "list")
_NUMERIC = {FieldType.INTEGER, FieldType.IDEA}
_NEAR = 70
"""rapidfuzz's ratio (0 to 100) from which a mistyped command is suggested."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line names: a command and the rest, or none, with the nearest names."""

    command: Command | None
    rest: str = ""
    nearest: tuple[str, ...] = ()


def split_command(text: str, commands: Iterable[Command]) -> Line:
    """Find the longest command name at the start of a line, `/` or not, any case.

    The second word of a family alone will do where it is the only one of its kind
    (`/search x` for `/idea search x`), and so will the first word alone where the family has one
    command that only shows (`/privacy` for `/privacy show`, `/industry` for `/industry list`).
    """
    listed = [c for c in commands if c.is_listed]
    line = text.strip().removeprefix("/").lstrip()
    words = [m.group().lower() for m in _WORD.finditer(line[:200])][:2]
    by_name = {c.name: c for c in listed}
    for count in (2, 1):
        found = by_name.get(" ".join(words[:count])) if len(words) >= count else None
        if found:
            return Line(found, _after(line, count))
    short = [c for c in listed if words and c.name.partition(" ")[2] == words[0]]
    if len(short) == 1:
        return Line(short[0], _after(line, 1))
    shows = [by_name[n] for s in _SHOWS if (n := f"{words[0]} {s}") in by_name] if words else []
    if shows and len(words) == 1:
        return Line(shows[0])
    return Line(None, line, _nearest(words, list(by_name)))


def _after(line: str, words: int) -> str:
    return line.split(maxsplit=words)[words] if len(line.split(maxsplit=words)) > words else ""


def _nearest(words: list[str], names: list[str]) -> tuple[str, ...]:
    if not words:
        return ()
    family = tuple(n for n in names if n.split()[0] == words[0])
    pool = family if family and len(words) == 1 else names
    typed = " ".join(words)
    found = process.extract(typed, pool, scorer=fuzz.WRatio, limit=3, score_cutoff=_NEAR)
    if not found and family:
        return family[:6]
    return tuple(name for name, _, _ in found) if pool is names else family[:6]


def parse_line(command: Command, rest: str, *, has_files: bool = False) -> dict[str, Value]:
    """Read the rest of a line into the command's options; nothing is checked yet.

    A word that only one option can have goes to that option, wherever it stands: `/mod log csv`,
    `/queue mine`. A command's own words are never taken apart so, unless each of them has a
    place (`/mod decline 42 silent`). What no option takes is under `rest`.

    With `has_files` a file may be named by its path: only where whoever types owns the machine.
    """
    offered = [f for f in command.options if has_files or f.type is not FieldType.FILE]
    values, left = _named(rest, {f.name: f for f in offered})
    inline = command.inline or _last_text(command)
    if command.inline is None:
        taken, left = _certain(offered, left, values)
        values |= taken
    typed, left = _in_order(command, offered, values, left)
    if command.inline and _may_be_options(command):
        taken, others = _certain(offered, str(typed.get(command.inline, "")), values | typed)
        if not others.strip():
            typed = {n: v for n, v in typed.items() if n != command.inline} | taken
    values |= typed
    if left.strip() and inline:
        # `text:two words` without quotes: what follows belongs to it, no word gets lost.
        values[inline] = f"{values.get(inline) or ''} {left.strip()}".strip()
    elif left.strip():
        values["rest"] = left.strip()
    return values


def _may_be_options(command: Command) -> bool:
    """Tell whether words may be left out: a command that begins with its words is about them."""
    field = command.field(command.inline or "")
    return field is not None and not field.is_required and command.options[0] is not field


def _in_order(
    command: Command, offered: Sequence[Field], values: Mapping[str, Value], left: str
) -> tuple[dict[str, Value], str]:
    """Give the words that are left to the options that are left, in their order."""
    inline = command.inline or _last_text(command)
    found: dict[str, Value] = {}
    for field in offered:
        if field.name in values or field.type is FieldType.FLAG or not left.strip():
            continue
        if field.name == inline:
            found[field.name], left = left.strip(), ""
        elif field.type in _SHORT:
            word, remaining = _first_word(left)
            if _fits(field, word) or _is_wrong_choice(command, field):
                is_last = not any(f.type in _NUMERIC and f is not field for f in command.options)
                found[field.name], left = (
                    _with_more_numbers(field, word, remaining) if is_last else (word, remaining)
                )
    return found, left


def _is_wrong_choice(command: Command, field: Field) -> bool:
    """Tell whether what stands there was meant for it: it is first, and has to be given."""
    return field.is_required and bool(field.choices) and command.options[0] is field


def _certain(
    offered: Sequence[Field], text: str, given: Mapping[str, Value]
) -> tuple[dict[str, Value], str]:
    """Take out the words that one option alone can have."""
    free = [f for f in offered if f.name not in given]
    values: dict[str, Value] = {}
    kept: list[str] = []
    at = 0
    for found in _WORD.finditer(text):
        fields = [f for f in free if _is_certain(f, found.group())]
        if len(fields) != 1 or fields[0].name in values:
            continue
        values[fields[0].name] = True if fields[0].type is FieldType.FLAG else found.group()
        kept.append(text[at : found.start()])
        at = found.end()
    return values, "".join([*kept, text[at:]])


def _is_certain(field: Field, word: str) -> bool:
    low = word.lower().replace("-", "_")
    if field.type is FieldType.FLAG:
        return low == field.name
    if field.type is not FieldType.CHOICE or word.isdigit():
        return False
    return low in field.words or (bool(field.choices) and _fits(field, word))


def _last_text(command: Command) -> str | None:
    texts = [f.name for f in command.options if f.type in {FieldType.LINE, FieldType.TEXT}]
    return texts[-1] if texts else None


def _named(rest: str, options: dict[str, Field]) -> tuple[dict[str, Value], str]:
    """Take the `name:value` parts out of a line; words that only look like it stay."""
    values: dict[str, Value] = {}
    kept: list[str] = []
    at = 0
    for found in _TOKEN.finditer(rest):
        name = found["name"].lower().replace("-", "_")
        is_start = found.start() == 0 or rest[found.start() - 1].isspace()
        if found.start() < at or not is_start or name not in options or name in values:
            continue
        taken = _value(found, options[name], rest)
        if taken is None:
            continue
        values[name], end = taken
        kept.append(rest[at : found.start()])
        at = end
    return values, "".join([*kept, rest[at:]])


def _value(found: re.Match[str], field: Field, rest: str) -> tuple[Value, int] | None:
    if found["value"] is not None:
        return found["value"].strip("\"“”'"), found.end()
    if not found["dash"]:
        return None
    if field.type is FieldType.FLAG:
        return True, found.end()
    following = re.compile(r"\s+(\"[^\"]*\"|\S+)").match(rest, found.end())
    return (following[1].strip('"'), following.end()) if following else None


def _first_word(text: str) -> tuple[str, str]:
    found = _WORD.search(text)
    return (found.group(), text[found.end() :]) if found else ("", text)


def _with_more_numbers(field: Field, word: str, left: str) -> tuple[str, str]:
    """Take further numbers for a field that takes several: `/mod accept 3 5 10-14`."""
    if field.type is not FieldType.CHOICE or not _NUMBERS.fullmatch(word):
        return word, left
    while (following := _first_word(left))[0] and _NUMBERS.fullmatch(following[0]):
        word, left = f"{word.rstrip(',')},{following[0]}", following[1]
    return word, left


def _fits(field: Field, word: str) -> bool:
    if field.type in {FieldType.INTEGER, FieldType.IDEA}:
        return re.fullmatch(r"#?-?\d{1,15}", word) is not None
    if field.type is FieldType.CHOICE and field.choices:
        known = {t.lower() for c in field.choices for t in (c.value, c.label, *c.also)}
        return word.lower() in known
    # Members are called by names and accounts; a bare number is one of the other options.
    return field.type is not FieldType.MEMBER or not word.isdigit()
