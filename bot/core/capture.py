"""A message of a channel as an idea: whose it is, and asking its author first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.cleaning import clean_name, clean_text
from bot.core.errors import Conflict, NotFound
from bot.core.model import Actor, Button, Place, Reply, Request, Style
from bot.core.services import Services
from prompts import render
from storage import Idea

_LONGEST = 3000


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message that is to be an idea, and the account that wrote it."""

    account_key: str
    author_name: str
    message_key: str  # platform, channel and message: the same message is kept once
    permalink: str

    def to_values(self) -> dict[str, Any]:
        """Give it as a draft keeps it."""
        return {
            "account_key": self.account_key,
            "author_name": self.author_name,
            "message_key": self.message_key,
            "permalink": self.permalink,
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Quoted:
        """Read back what `to_values` gave."""
        return cls(**{name: str(values[name]) for name in cls.__slots__})


def quoted_of(request: Request) -> tuple[str, Quoted]:
    """Give the text of the message that an action was used on, and whose it is.

    Raises:
        NotFound: there is no message, or nothing in it.
        Conflict: a program wrote it.
    """
    source = request.source
    text = clean_text(source.text)[:_LONGEST] if source else ""
    if source is None or not text:
        raise NotFound("capture_nothing")
    if source.author_is_bot:
        raise Conflict("capture_bot")
    place: Place = source.place
    platform = request.community.platform
    return text, Quoted(
        account_key=Actor(source.author_key, source.author_name).account_key,
        author_name=clean_name(source.author_name),
        message_key=f"{platform}:{place.channel_id}:{place.message_id or source.permalink}",
        permalink=source.permalink or "",
    )


def is_own(request: Request, quoted: Quoted) -> bool:
    """Tell whether the actor wrote the message: then nobody needs to be asked."""
    return quoted.account_key == request.actor.account_key


async def author_id(services: Services, request: Request, quoted: Quoted) -> int:
    """Give the person who wrote the message, so that they are credited and may decide."""
    person = await services.store.members.ensure(
        request.community.id, quoted.account_key, quoted.author_name, request.now
    )
    return person.id


def consent_request(request: Request, idea: Idea, quoted: Quoted) -> Reply:
    """Ask the author in the channel; only they can press the buttons."""
    locale, values = request.locale, {"number": idea.number}
    return Reply(
        text=render(
            "capture.ask_author",
            locale,
            author=quoted.author_name,
            saver=request.actor.display_name,
            link=quoted.permalink,
        ),
        buttons=(
            Button(
                label=render("button.consent_give", locale),
                command="consent",
                values={**values, "answer": "give"},
                style=Style.SUCCESS,
            ),
            Button(
                label=render("button.consent_refuse", locale),
                command="consent",
                values={**values, "answer": "refuse"},
            ),
        ),
    )
