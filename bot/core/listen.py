"""What is said to the bot without a command: mentions, direct messages, follow-ups in threads."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from bot.core import commands, community_settings, intake, wire
from bot.core.attaching import carried
from bot.core.commands import ask
from bot.core.commands.idea_reading import TEXT_LIMIT
from bot.core.dispatch import dispatch, find
from bot.core.limits import may_be_offered
from bot.core.lines import parse_line, split_command
from bot.core.model import Actor, Attached, Button, Community, Place, Reply, Request, Style, Value
from bot.core.services import Services
from prompts import render

_IDEA = re.compile(
    r"^\s*(?:use[ -]?case|idea|idée|idee|ideia|アイデア|创意|想法|点子)\s*[:：]\s*", re.IGNORECASE
)
# "What if" and "how about" begin ideas.
_QUESTION = re.compile(
    r"(?:what|whats|what['’]s|how|hows|who|whos|which|when|where|why)\b(?!\s+(?:if|about)\b)",
    re.IGNORECASE,
)
_FOLLOW_UP_WORDS = 12
_LONGEST_COMMENT = 1000
_LONGEST = 4000
"""Characters of a message that are read: Discord's limit with Nitro."""
_LIMITS = {"question": ask.QUESTION_LIMIT, "idea": TEXT_LIMIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that may be meant for the bot; `text` is without the mention of the bot."""

    actor: Actor
    community: Community
    place: Place
    text: str
    now: datetime
    is_mention: bool = False
    is_direct: bool = False
    in_own_thread: bool = False  # a thread that the bot answers in, or a reply to its message
    locale: str = "en"
    delivery_id: str | None = None
    attached: tuple[Attached, ...] = ()
    is_accepted: bool = False  # the adapter has written the delivery down already


async def hear(services: Services, heard: Heard) -> Reply | None:
    """Answer, offer to keep an idea, run a command that was typed; None means: stay silent."""
    below = await comment_below(services, heard)
    return await (_comment(services, heard, below) if below else _answer(services, heard))


async def _comment(services: Services, heard: Heard, request: Request) -> Reply | None:
    """Keep a comment; nothing is said about it but the first time in a thread."""
    reply = await _write(services, heard, request)
    return reply if reply is not None and reply.text and reply.ok else None


async def _answer(services: Services, heard: Heard) -> Reply | None:
    if not _is_meant_for_us(heard):
        return None
    request = request_of(heard)
    if request is None:
        # Members who talk to each other in a thread of ours are not asked about every plan.
        if not (heard.is_direct or heard.is_mention):
            return None
        account, here = heard.actor.account_key, heard.community.id
        is_calm = may_be_offered(services, account, here, heard.now)
        return wire.owned(_too_long(heard, "idea") or _offer(heard), account) if is_calm else None
    if not _is_addressed(heard) and not await _has_answer(services, request):
        return None
    command = find(request.command)
    if command is None or not command.is_write:
        too_long = _too_long(heard, "question") if request.command == "ask" else None
        return too_long or await dispatch(services, request)
    return await _write(services, heard, request)


async def comment_below(services: Services, heard: Heard) -> Request | None:
    """Give the comment that a message in the thread below a card is; None for any other message.

    Whoever mentions the bot there asks it something, as anywhere else.
    """
    text, thread_id = heard.text.strip(), heard.place.thread_id
    if heard.is_direct or heard.is_mention or not thread_id or not text:
        return None
    community = heard.community
    if not community_settings.get(community.settings, "thread_comments"):
        return None
    number = await services.store.cards.idea_below(community.id, community.bank_id, thread_id)
    if number is None:
        return None
    return _request(heard, "idea noted", {"number": number, "text": text[:_LONGEST_COMMENT]})


async def _write(services: Services, heard: Heard, request: Request) -> Reply | None:
    """Run a write that was typed as a message: kept first, and once, like any other."""
    if heard.is_accepted:
        return await intake.run(services, request)
    accepted = await intake.accept(services, request)
    if accepted is intake.Accepted.SLOW:
        return await intake.settle(services, request)
    return None if accepted is intake.Accepted.SEEN else await intake.run(services, request)


def _is_addressed(heard: Heard) -> bool:
    return heard.is_direct or heard.is_mention or _asks(heard.text)


async def _has_answer(services: Services, request: Request) -> bool:
    """Tell a follow-up from members talking to each other in a thread of ours.

    "and its price" is answered without a mention; "nice, thanks Bob" is none of our business.
    """
    if request.command != "ask":
        return True
    question = request.text("question")
    if len(question.split()) > _FOLLOW_UP_WORDS:
        return False
    market = await services.banks.market(request.community.bank_id)
    turns = await ask.turns_before(services, request)
    day = ask.today(request)
    answer = await asyncio.to_thread(market.answer, question, turns=turns, today=day)
    return not answer.abstained


def _is_meant_for_us(heard: Heard) -> bool:
    if heard.is_direct:
        return True
    modes = heard.community.settings.get("channel_modes") or {}
    mode = modes.get(heard.place.channel_id, heard.community.settings.get("answers", "mention"))
    if mode == "off":
        return False
    if heard.is_mention or heard.in_own_thread:
        return True
    # A lone "what?" between members is no question to a bot that nobody addressed.
    return mode == "all" and _asks(heard.text) and len(heard.text.split()) > 2  # noqa: PLR2004


def _asks(text: str) -> bool:
    return text.rstrip().endswith(("?", "？", "؟"))


def request_of(heard: Heard) -> Request | None:
    """Give the request that a message makes; None where it reads like an idea."""
    text = heard.text.strip()[:_LONGEST]
    line = split_command(text, commands.ALL)
    if line.command and _is_typed_command(text, line.command.name):
        return _request(heard, line.command.name, parse_line(line.command, line.rest))
    if not text:
        return _request(heard, "help", {})
    if _IDEA.match(text) or (not _QUESTION.match(text) and reads_like_idea(text)):
        return None
    return _request(heard, "ask", {"question": text})


def reads_like_idea(text: str) -> bool:
    """Tell whether free text is a use case rather than a question about the market."""
    from bot.tagging import reads_like_idea as reads  # noqa: PLC0415  loads the lexicon

    return reads(text)


def _is_typed_command(text: str, name: str) -> bool:
    """Tell a command from a question that begins with its word ("export rules in China?")."""
    is_family = " " in name and text.lower().lstrip("/").startswith(name)
    return text.startswith("/") or is_family or text.strip().lower() == name


def _request(heard: Heard, command: str, values: dict[str, Value]) -> Request:
    return Request(
        command=command,
        actor=heard.actor,
        community=heard.community,
        now=heard.now,
        values=values,
        place=heard.place,
        locale=heard.locale,
        delivery_id=heard.delivery_id,
        attached=heard.attached,
    )


def _too_long(heard: Heard, kind: str) -> Reply | None:
    """Refuse what is longer than a question or an idea may be, before anything is offered."""
    length = len(_IDEA.sub("", heard.text.strip(), count=1))
    if length <= _LIMITS[kind]:
        return None
    text = render(f"listen.{kind}_too_long", heard.locale, length=length, limit=_LIMITS[kind])
    return Reply(text=text, style=Style.DANGER, is_private=True, ok=False)


def _offer(heard: Heard) -> Reply:
    """Ask whether an idea is to be kept; nothing is recorded before the member says so."""
    text = _IDEA.sub("", heard.text.strip(), count=1)
    buttons = [
        Button(
            label=render("listen.keep", heard.locale),
            command="idea add",
            values={
                "text": text,
                "permalink": heard.place.permalink,
                **carried(heard.attached),
            },
            style=Style.PRIMARY,
        ),
    ]
    if len(text) <= _LIMITS["question"]:
        ask_instead = render("listen.ask_instead", heard.locale)
        buttons.append(Button(label=ask_instead, command="ask", values={"question": text}))
    return Reply(text=render("listen.keep_this", heard.locale), buttons=tuple(buttons))
