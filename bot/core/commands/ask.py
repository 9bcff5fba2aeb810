"""Questions about the market: the answer, what one thinks of it, and sharing it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.core import community_settings
from bot.core.commands import ideas, shown
from bot.core.commands.gaps import follow_button
from bot.core.errors import TooMany
from bot.core.model import (
    Button,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Style,
    Turn,
    Visibility,
)
from bot.core.services import Services
from bot.core.texts import short
from bot.market import Answer, CommunityIdea, IdeaLookup
from prompts import render
from storage import IdeaFilter, QuestionRow

QUESTION_LIMIT = 1000
"""Characters of a question."""

TURNS = 6
"""Earlier questions of a thread that an answer looks at."""

_TALK_LASTS = timedelta(minutes=30)
"""Without a thread, so long does a question still refer to the one before."""

_DAY = timedelta(days=1)


def visibility(request: Request) -> Visibility:
    """Answers are public unless the asker, or the community, wants them private."""
    is_public = community_settings.get(request.community.settings, "public_answers")
    return Visibility.ASKER if request.flag("private") or not is_public else Visibility.EVERYONE


async def ask(services: Services, request: Request) -> Reply:
    """Answer a question with citations, or say that the knowledge has nothing."""
    question = request.text("question")
    await _require_budget(services, request)
    market = await services.banks.market(request.community.bank_id)
    turns = request.turns or await turns_before(services, request)
    find_ideas = await lookup(services, request, question)
    answer = await asyncio.to_thread(
        market.answer,
        question,
        turns=turns,
        today=today(request),
        ideas=find_ideas,
        max_age_days=int(community_settings.get(request.community.settings, "stale_days")),
    )
    if services.writer is not None:
        answer = await services.writer.improve(question, turns, answer, today(request))
    question_id, gap_id = await _kept(services, request, question, answer)
    reply = _reply(request, answer, question_id)
    if gap_id is None:
        return reply
    return replace(reply, buttons=(*reply.buttons, follow_button(gap_id, question, answer.locale)))


async def _require_budget(services: Services, request: Request) -> None:
    if request.actor.role >= Role.MODERATOR or request.actor.person_id is None:
        return
    at_most = int(community_settings.get(request.community.settings, "questions_per_day"))
    left_s = await services.store.limits.hit(
        f"person:{request.actor.person_id}:{request.community.id}",
        "question",
        request.now,
        _DAY.total_seconds(),
        at_most,
    )
    if left_s > 0:
        raise TooMany("too_many_questions", limit=at_most, hours_left=max(1, round(left_s / 3600)))


def thread_key(request: Request) -> str:
    """Name the conversation: its thread or first message, else the person in the channel."""
    place, community = request.place, request.community.key
    root = place.thread_id or ("" if place.is_direct else place.message_id)
    if root:
        return f"{community}:{root}"
    return f"{community}:{place.channel_id}:{request.actor.person_id}"


async def turns_before(services: Services, request: Request) -> tuple[Turn, ...]:
    """Give what was asked and answered before in this conversation, oldest first."""
    rows = await services.store.questions.thread(
        thread_key(request), TURNS, community_id=request.community.id
    )
    if request.place.thread_id is None:
        rows = [row for row in rows if row.asked_at > request.now - _TALK_LASTS]
    return turns_of(rows)


def turns_of(rows: Sequence[QuestionRow]) -> tuple[Turn, ...]:
    """Give kept questions with their answers as turns, in the same order."""
    pairs = ((Turn("user", row.question), Turn("assistant", row.answer)) for row in rows)
    return tuple(itertools.chain.from_iterable(pairs))


def today(request: Request) -> date:
    """Give the day that it is in the community."""
    return request.now.astimezone(community_settings.zone(request.community.settings)).date()


async def lookup(services: Services, request: Request, question: str) -> IdeaLookup:
    """Give the look-up of accepted ideas; it runs in the answering thread."""
    loop = asyncio.get_running_loop()
    bank_id = request.community.bank_id

    async def find(words: str, industry: str | None) -> list[CommunityIdea]:
        wanted = IdeaFilter(
            words=words or ("" if industry else question),
            industries=(industry,) if industry else (),
            statuses=("accepted",),
            sort="relevance" if words else "best",
        )
        page = await services.store.ideas.search(bank_id, wanted, limit=5, with_facets=False)
        return [
            CommunityIdea(i.number, i.title, i.primary, shown.source_of(i) or None)
            for i in page.ideas
        ]

    def look_up(words: str, industry: str | None) -> list[CommunityIdea]:
        return asyncio.run_coroutine_threadsafe(find(words, industry), loop).result(5.0)

    return look_up


async def _kept(
    services: Services, request: Request, question: str, answer: Answer
) -> tuple[int, int | None]:
    row = QuestionRow(
        id=0,
        community_id=request.community.id,
        person_id=request.actor.person_id,
        thread_key=thread_key(request),
        question=question,
        answer=answer.plain(),
        entities=answer.entities,
        abstained=answer.abstained,
        reason=answer.reason,
        asked_at=request.now,
    )
    question_id = await services.store.questions.add(ideas.write_of(request), row)
    gap_id = None
    if answer.is_gap:
        gap_id = await services.store.gaps.add(
            ideas.side_write_of(request),
            request.community.bank_id,
            question,
            answer.entities,
            "",
        )
    return question_id, gap_id


def _reply(request: Request, answer: Answer, question_id: int) -> Reply:
    locale = answer.locale  # buttons speak the answer's language, not the community's
    asked = [*answer.choices, *((text, text) for text in answer.related)]
    buttons = [
        Button(
            label=short(label, 75),
            command="ask",
            values={"question": full, "private": request.flag("private") or None},
        )
        for label, full in asked[:4]
    ]
    offer = _offer(request, locale)
    if offer is not None:
        buttons.insert(0, offer)
    if not answer.abstained:
        buttons += _feedback_buttons(question_id, locale)
    if visibility(request) is Visibility.ASKER and not answer.abstained:
        share = Button(
            label=render("button.share", locale), command="share", values={"id": question_id}
        )
        buttons.append(share)
    return Reply(
        text=answer.text,
        table=answer.table,
        citations=answer.citations,
        buttons=tuple(buttons),
        question_id=question_id,
        footer="" if offer is None else render("ask.reads_like_idea", locale),
    )


def _offer(request: Request, locale: str) -> Button | None:
    """Offer to keep a text that is rather an idea than a question."""
    from bot.tagging import reads_like_idea  # noqa: PLC0415  loads word lists

    question = request.text("question")
    if not reads_like_idea(question):
        return None
    return Button(
        label=render("button.keep_as_idea", locale),
        command="idea add",
        values={"text": question},
        style=Style.PRIMARY,
    )


def _feedback_buttons(question_id: int, locale: str) -> list[Button]:
    return [
        Button(
            label=render("button.helpful", locale),
            command="feedback",
            values={"id": question_id, "value": 1},
        ),
        Button(
            label=render("button.not_helpful", locale),
            command="feedback",
            values={"id": question_id, "value": -1},
            opens_form=True,
        ),
    ]


ASK = Command(
    name="ask",
    summary="Ask about the text-to-video market; answers are dated and cited",
    handle=ask,
    fields=(
        Field(
            name="question",
            label="Question",
            type=FieldType.TEXT,
            description="In your own words, in your own language",
            is_required=True,
            max_length=QUESTION_LIMIT,
            in_form=True,
        ),
        Field(
            name="private",
            label="Only for me",
            type=FieldType.FLAG,
            description="Nobody else sees the answer; you can share it afterwards",
        ),
    ),
    form_title="Ask",
    visibility=visibility,
    inline="question",
    takes_long=True,
    examples=("ask How long can a Sora clip be?", "ask private:yes What does Veo cost?"),
)
