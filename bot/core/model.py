"""The values that commands, jobs and adapters are made of; frozen, and free of any platform."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any

from bot.market.model import Citation, Table, Turn

if TYPE_CHECKING:
    from bot.core.services import Services

__all__ = [
    "ActionItem", "Actor", "Attached", "Button", "Choice", "Citation", "Command", "Community",
    "Field", "FieldType", "File", "Form", "Job", "NameValue", "Picture", "Place", "Reply",
    "Request", "Role", "Section", "Select", "SelectKind", "SourceMessage", "Style", "Table",
    "Turn", "Value", "View", "Visibility",
]  # fmt: skip

Value = str | int | bool | tuple[str, ...] | None
"""What a field holds; several choices are a tuple of strings."""


class Role(IntEnum):
    """What somebody may do in a community; a higher one includes the lower ones."""

    MEMBER = 1
    MODERATOR = 2
    ADMIN = 3


class Visibility(Enum):
    """Who sees a reply; known before the command runs."""

    EVERYONE = "everyone"
    ASKER = "asker"


class FieldType(Enum):
    """How a field is typed in and shown."""

    LINE = "line"
    TEXT = "text"  # several lines
    INTEGER = "integer"
    FLAG = "flag"
    CHOICE = "choice"  # one of `choices`, or of what `complete` gives
    CHANNEL = "channel"  # a channel of the platform, by its id
    IDEA = "idea"  # an idea's number; completed by title
    MEMBER = "member"  # a member of the platform, by account key
    FILE = "file"  # a file; its value is its name, the file itself is among `Request.attached`


class Style(Enum):
    """How a button or a whole reply looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `key` is `platform:place:user`, for instance `slack:T1:U7` or `discord:88:12`.

    `place` is the guild or workspace; the account itself (platform and user) is `account_key`.
    """

    key: str
    display_name: str
    role: Role = Role.MEMBER
    is_new: bool = False  # an account that the platform calls new; held against vote brigades
    person_id: int | None = None  # filled in by dispatch, from the store

    @property
    def account_key(self) -> str:
        """Give `platform:user` (Discord users are global) or `slack:team:user`."""
        platform, place, user = self.key.split(":", 2)
        return f"{platform}:{user}" if platform != "slack" else f"slack:{place}:{user}"


@dataclass(frozen=True, slots=True)
class Community:
    """A guild, a workspace or the console, with the bank that it uses."""

    id: int
    key: str  # "discord:<guild>", "slack:<team>", "console:local"
    name: str
    bank_id: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def platform(self) -> str:
        """Give `discord`, `slack` or `console`."""
        return self.key.split(":", 1)[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the platform something was said; ids are strings outside the adapter."""

    channel_id: str = ""
    thread_id: str | None = None
    message_id: str | None = None
    permalink: str | None = None
    is_direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file where the platform keeps it for a while; set by adapters, never from typed words."""

    name: str
    url: str = ""
    media_type: str = ""  # as the platform says, which proves nothing
    size_bytes: int = 0
    id: str = ""  # the platform's own


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message that a message action was used on; its author is asked before it is shown."""

    text: str
    author_key: str  # an Actor key
    author_name: str
    permalink: str | None = None
    author_is_bot: bool = False
    place: Place = Place()
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that somebody wants, whatever the platform."""

    command: str
    actor: Actor
    community: Community
    now: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    place: Place = Place()
    locale: str = "en"
    delivery_id: str | None = None  # unique per platform delivery; a redelivery has the same one
    turns: tuple[Turn, ...] = ()
    source: SourceMessage | None = None
    is_form: bool = False  # the values come from a submitted form
    attached: tuple[Attached, ...] = ()

    def text(self, name: str) -> str:
        """Give a value as text, stripped; "" where it is missing."""
        value = self.values.get(name)
        return "" if value is None or isinstance(value, tuple) else str(value).strip()

    def number(self, name: str) -> int | None:
        """Give a value as a whole number, or None where it is missing or none."""
        digits = self.text(name).lstrip("#")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None  # noqa: PLR2004

    def flag(self, name: str) -> bool:
        """Give a value as yes or no."""
        value = self.values.get(name)
        return value is True or str(value).strip().lower() in {"true", "yes", "y", "1", "on"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu; label at most 75 characters, value at most 100."""

    value: str
    label: str
    description: str = ""
    also: tuple[str, ...] = ()  # other words that people type for it


Complete = Callable[["Services", "Request", str], Awaitable[Sequence[Choice]]]
"""Autocomplete: at most 25 choices for what has been typed so far; answers from memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a command asks for. Label at most 45, description at most 100 characters."""

    name: str  # [a-z_]{1,32}: option name on Discord, key=value on the console
    label: str
    type: FieldType = FieldType.LINE
    description: str = ""
    is_required: bool = False
    min_length: int = 0
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[Choice, ...] = ()
    words: tuple[str, ...] = ()  # of an open choice: typed alone, they can only mean this field
    complete: Complete | None = None
    placeholder: str = ""
    in_option: bool = True  # offered as a typed option of the command
    in_form: bool = False  # offered in the command's form


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form to open: a command's own, or a prefilled one as the next step of a reply.

    At most five fields, title at most 24 characters. `values` prefill it and those of no field
    travel with it; `command` handles it when it is sent.
    """

    command: str
    title: str
    fields: tuple[Field, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    submit_label: str = "Send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that runs a command with values; `opens_form` shows that command's form first.

    With `url` it is a link and runs nothing.
    """

    label: str
    command: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    style: Style = Style.PLAIN
    opens_form: bool = False
    url: str | None = None


class SelectKind(Enum):
    """What a menu offers: its own choices, or what the platform's own picker knows."""

    CHOICE = "choice"
    CHANNEL = "channel"  # channels, by their id
    ROLE = "role"  # roles or user groups, by their id
    MEMBER = "member"  # members, by account key


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A menu that runs a command with the chosen value(s) under `name`; at most 25 choices.

    A platform that has a picker of this `kind` shows it and leaves `choices` aside; elsewhere
    the choices are shown, and a menu without any is left out.
    """

    command: str
    name: str
    placeholder: str
    choices: tuple[Choice, ...] = ()
    kind: SelectKind = SelectKind.CHOICE
    values: Mapping[str, Value] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    min_values: int = 1
    max_values: int = 1


@dataclass(frozen=True, slots=True)
class NameValue:
    """A short labelled value of a reply."""

    name: str
    value: str
    is_inline: bool = True


@dataclass(frozen=True, slots=True)
class File:
    """A file for the asker; `path` is a temporary file that the adapter deletes after sending.

    `fit` gives, for the bytes
    that a platform takes at most, the same content as one or more smaller files, each of them
    whole; nothing where that cannot be. It blocks, and its files are the adapter's to delete.
    """

    name: str
    path: str
    media_type: str = "application/octet-stream"
    alt_text: str = ""
    fit: Callable[[int], Sequence[File]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a reply; `id` is the same for the same picture.

    `alt_text` says what it shows, in at most 1,000 characters.
    """

    id: int
    name: str
    media_type: str
    alt_text: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One entry of a list reply with its own buttons, such as an idea in the queue."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the bot says, before any platform draws it. All texts in Reelbank's Markdown subset."""

    text: str = ""
    title: str = ""
    fields: tuple[NameValue, ...] = ()
    table: Table | None = None
    items: tuple[ActionItem, ...] = ()
    citations: tuple[Citation, ...] = ()
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    file: File | None = None
    pictures: tuple[Picture, ...] = ()  # PNGs such as charts, seen by those who see the text
    image: Picture | None = None  # shown within the reply, such as the picture of an idea
    form: Form | None = None  # the next step; on Discord a button that opens it, after a form
    replace: bool = False  # edit the message that the button sits on
    style: Style = Style.PLAIN
    is_private: bool = False  # narrower than the declared visibility (errors); never wider
    announce: Reply | None = None  # said to everyone in the channel besides (ask consent, share)
    errors: Mapping[str, str] = field(default_factory=dict)  # field name -> what is wrong with it
    progress: AsyncIterator[Reply] | None = None
    is_busy: bool = False  # the store was locked: the same request may be run again
    ok: bool = True  # False for a refusal or an error; the command line exits with 1
    question_id: int | None = None  # the stored question that this answers (threads, feedback)


Handler = Callable[["Services", Request], Awaitable[Reply]]


def everyone(_request: Request) -> Visibility:
    """Show the reply to everyone."""
    return Visibility.EVERYONE


def asker(_request: Request) -> Visibility:
    """Show the reply to the asker only."""
    return Visibility.ASKER


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A feature. `name` is one word or `family word` ("idea add"); each word at most 32."""

    name: str
    summary: str  # at most 100 characters
    handle: Handler
    fields: tuple[Field, ...] = ()
    form_title: str = ""  # at most 24; fields with in_form make the form
    audience: Role = Role.MEMBER
    visibility: Callable[[Request], Visibility] = asker
    is_write: bool = False  # its payload is kept in `deliveries` before the acknowledgement
    inline: str | None = None  # the field that takes the rest of the line
    message_action: str = ""  # label of the message context menu entry, at most 24
    is_listed: bool = True  # False: reached by buttons and forms only
    examples: tuple[str, ...] = ()
    prefill: Callable[[Services, Request], Awaitable[Mapping[str, Value]]] | None = None
    takes_long: bool = False

    @property
    def options(self) -> tuple[Field, ...]:
        """Give the fields that can be typed as options."""
        return tuple(f for f in self.fields if f.in_option)

    @property
    def form_fields(self) -> tuple[Field, ...]:
        """Give the fields of the form, at most five."""
        return tuple(f for f in self.fields if f.in_form)

    def field(self, name: str) -> Field | None:
        """Give the field of this name."""
        return next((f for f in self.fields if f.name == name), None)

    def needs_form(self, values: Mapping[str, Value]) -> bool:
        """Tell whether the form comes first: a required field is missing, or no change is given.

        A command that prefills its form changes something; with no field given, it is shown first.
        """
        if self.prefill is not None and not any(values.get(f.name) for f in self.form_fields):
            return True
        return any(f.is_required and not values.get(f.name) for f in self.form_fields)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a standing screen."""

    title: str
    render: Handler


@dataclass(frozen=True, slots=True)
class View:
    """A standing screen: the queue, a card, Slack's App Home."""

    name: str
    sections: tuple[Section, ...]
    audience: Role = Role.MEMBER


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by the clock, once over all processes.

    `every` is the interval; `at_hour`, where given, is the hour in the community's time zone.
    """

    name: str
    every: timedelta
    run: Callable[[Services, datetime], Awaitable[None]]
    at_hour: int | None = None
