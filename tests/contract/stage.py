"""What the script of the contract is made of, and what a platform has to offer to play it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from bot.core.courier import Courier
from bot.core.model import Command, Role, Value
from bot.core.services import Services

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """Somebody of the play: the same name and role on every platform."""

    name: str
    role: Role = Role.MEMBER


ANN, BEN = Person("Ann"), Person("Ben")
MOE = Person("Moe", Role.MODERATOR)
ADA = Person("Ada", Role.ADMIN)
MODERATORS = "SMODS"
"""The group that moderates: Slack has no permission that would say it, so a setting does."""

EVERYBODY = (ANN, BEN, MOE, ADA)


@dataclass(frozen=True)
class Use:
    """Type a command with options; `form` fills in the form that it must then open."""

    who: Person
    command: str
    options: Mapping[str, Value] = field(default_factory=dict)
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Press:
    """Press the newest button of this label, or choose `value` in the menu of this label."""

    who: Person
    label: str
    form: Mapping[str, str] | None = None
    value: str = ""


@dataclass(frozen=True)
class Save:
    """Use the message action on what somebody said."""

    who: Person
    author: Person
    text: str


@dataclass(frozen=True)
class Forge:
    """Press a button that somebody else was shown, or that was made up.

    Args:
        who: whoever presses it.
        command: what it is to run.
        options: with which values.
        opens_form: it opens the command's form first.
        menu: the field that a menu fills, instead of a button; its value is among the options.
        is_sent_form: send the command's form with the options, without it having been opened.
        raw: another wire id than the one that names the command.
    """

    who: Person
    command: str
    options: Mapping[str, Value] = field(default_factory=dict)
    opens_form: bool = False
    menu: str = ""
    is_sent_form: bool = False
    raw: str = ""

    @property
    def carried(self) -> dict[str, Value]:
        """Give the values that stand in the wire id: all but the one of the menu."""
        return {name: value for name, value in self.options.items() if name != self.menu}


Action = Use | Press | Save | Forge
Behind = Callable[[Services, "Notes"], Awaitable[None]]


@dataclass
class Notes:
    """What happens behind the scenes knows: whose store it is, and codes to be typed."""

    community_id: int = 0
    bank_id: int = 0
    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One thing that somebody does.

    Args:
        reaches: the command that has to run.
        action: what is done.
        behind: runs before, on the store itself, for what no member can do.
        has_table: platforms draw tables in ways that repeat words differently.
    """

    reaches: str
    action: Action
    behind: Behind | None = None
    has_table: bool = False

    def __str__(self) -> str:
        return f"{self.reaches} ({type(self.action).__name__.lower()})"


@dataclass
class Shown:
    """What somebody got to see: texts without markup, buttons, the form, files, and pictures."""

    texts: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    menus: list[tuple[str, ...]] = field(default_factory=list)
    form: tuple[str, ...] = ()
    is_form_again: bool = False  # what was wrong can be mended in the form
    files: list[bytes] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)  # what each says that it shows

    @property
    def words(self) -> Counter[str]:
        """Count the words; their order and the signs between them are the platform's business."""
        text = _SHELF.sub("/", _plain(" ".join(self.texts)))
        return Counter(_WORD.findall(text))

    @property
    def hints(self) -> set[tuple[str, str]]:
        """List the commands that the texts tell people to type: first and second word."""
        return set(_HINT.findall(_plain("\n".join(self.texts))))


_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"<?https?://[^\s<>|)]+>?")
_REFERENCE = re.compile(r"\bReference:? ?[0-9a-f]{6}\b", re.IGNORECASE)
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")


CHANNEL = re.compile(r"\b(?:12\d{16}4|C2)\b")
"""The channel of the cards, which each platform calls something else."""

_SHELF = re.compile(r"/reelbank (?=[a-z])")
_HINT = re.compile(r"(?<![\w/.])/([a-z]+)(?: ([a-z]+))?")


def _plain(text: str) -> str:
    for pattern, instead in (
        (_ADDRESS, " "),
        (CHANNEL, "CHANNEL"),
        (_REFERENCE, "Reference"),
        (_CODE, "CODE"),
        (_DIGEST, "DIGEST"),  # of a file in which each platform has its own name
    ):
        text = pattern.sub(instead, text)
    return text.lower()


@dataclass
class Minutes:
    """A clock that stands still during a step, so that times can be compared, too."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self) -> None:
        self.now += timedelta(minutes=1)


class Stage(Protocol):
    """A platform with the product behind it."""

    platform: str
    community_key: str
    cards: str  # the channel for cards
    courier: Courier

    def begin(self) -> Callable[[], Shown]:
        """Listen; what is given says what the courier has sent since."""
        ...

    async def act(self, action: Action) -> Shown:
        """Do it, wait until the bot is done, and give all that it said to anybody."""
        ...


def newest(found: Iterable[T]) -> T:
    """Give the first, which is the newest: what somebody is about to press."""
    first = next(iter(found), None)
    assert first is not None, "nothing of this label is on the screen"
    return first


def typed_line(command: Command, options: Mapping[str, Value]) -> str:
    """Give the line that says the same as these options; the inline one is typed without a name."""
    named = [
        f'{name}:"{_typed(value)}"' for name, value in options.items() if name != command.inline
    ]
    inline = [_typed(options[command.inline])] if command.inline in options else []
    return " ".join([f"/{command.name}", *named, *inline])


def _typed(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def with_notes(action: Action, notes: Notes) -> Action:
    """Put in the words that are only known while playing, such as a one-time code."""
    if not isinstance(action, Use):
        return action
    options = {
        name: notes.words.get(value.strip("{}"), value) if isinstance(value, str) else value
        for name, value in action.options.items()
    }
    return replace(action, options=options)


@dataclass
class Play:
    """What came of the script on one platform."""

    shown: list[Shown] = field(default_factory=list)
    sent: list[Shown] = field(default_factory=list)  # cards and notices, after each step
    reached: list[list[str]] = field(default_factory=list)
    file: Path = Path()
    problems: list[str] = field(default_factory=list)


def is_picture(file: bytes) -> bool:
    """Tell whether this is a PNG; what it shows is compared in words, since its colours differ."""
    return file.startswith(b"\x89PNG")
