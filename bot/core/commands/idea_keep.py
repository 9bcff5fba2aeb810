"""Committing an idea, and saying so: the word "kept" is said here alone, after the commit."""

from __future__ import annotations

from dataclasses import replace

from bot.core import capture, personal
from bot.core.commands import ideas, shown
from bot.core.commands.idea_draft import Draft
from bot.core.commands.idea_reading import first_status, flags_of, tags_of, title_of
from bot.core.model import Button, Reply, Request, Style, Value
from bot.core.notices import to_staff
from bot.core.services import Services
from bot.tagging.model import Tagging
from prompts import render
from storage import Idea, NewIdea


async def keep(
    services: Services, request: Request, draft: Draft, tagging: Tagging, industry: str | None
) -> Reply:
    """Keep the idea of a draft under the industry that its author chose, and those found."""
    new = await _new_idea(services, request, draft, tagging, industry)
    write = ideas.write_of(request)
    if new.status == "pending" and new.consent != "asked":
        notices = await to_staff(services, request.community.bank_id, request.now)
        write = replace(write, notices=notices)
    idea = await services.store.ideas.add(write, request.community.bank_id, new)
    # From here on it is kept; what follows only adds to it.
    side = ideas.side_write_of(request)
    await services.store.followers.follow(side, idea.bank_id, idea.number)
    if draft.id is not None:
        await services.store.drafts.drop(side, draft.id)
    reply = await kept_reply(services, request, idea)
    reply = replace(reply, text=with_remarks(reply.text, draft))
    if draft.quoted is None or idea.consent != "asked":
        return reply
    text = render(
        "capture.asked", request.locale, number=idea.number, author=draft.quoted.author_name
    )
    return Reply(
        text=text, announce=capture.consent_request(request, idea, draft.quoted), replace=True
    )


async def _new_idea(
    services: Services, request: Request, draft: Draft, tagging: Tagging, industry: str | None
) -> NewIdea:
    text, flags = draft.text("text"), _flags(draft, tagging)
    vector = await services.banks.vector(f"{draft.text('title')}\n{text}".strip())
    is_anonymous = draft.flag("anonymous")
    new = NewIdea(
        title=draft.text("title") or title_of(text),
        text=text,
        language=services.banks.language(text),
        is_anonymous=is_anonymous,
        beneficiaries=draft.text("beneficiaries"),
        link=draft.text("link"),
        # The message itself shows who wrote it.
        permalink=None if is_anonymous else draft.text("permalink") or request.place.permalink,
        status=first_status(request, flags),
        flags=flags,
        tags=tags_of(tagging, industry),
        vector=vector.data if vector else None,
        vector_model=vector.model if vector else None,
        attachments=draft.files,
    )
    quoted = draft.quoted
    if quoted is None:
        return new
    if not is_anonymous:
        link = quoted.permalink or None
        new = replace(new, external_id=quoted.message_key, permalink=link)
    if capture.is_own(request, quoted):
        return new
    return replace(
        new,
        author_id=await capture.author_id(services, request, quoted),
        status="pending",
        consent="asked",
    )


def _flags(draft: Draft, tagging: Tagging) -> tuple[str, ...]:
    beside = "\n".join(draft.text(name) for name in ("title", "beneficiaries", "link"))
    return flags_of(draft.text("text"), tagging, beside=beside)


async def kept_reply(services: Services, request: Request, idea: Idea) -> Reply:
    """Say that an idea is kept, under which industries and why, and what can be done with it."""
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale = request.locale
    return Reply(
        text=render(
            "idea.kept",
            locale,
            number=idea.number,
            title=idea.title,
            industries=shown.industries_because(taxonomy, idea.tags, locale),
            waits=not ideas.is_public(request.community, idea),
            is_anonymous=idea.is_anonymous,
            personal=personal_words(idea, locale),
        ),
        buttons=_author_buttons(idea, locale),
        style=Style.SUCCESS,
        replace=request.command == "idea keep",
    )


def personal_words(idea: Idea, locale: str) -> list[str]:
    """Tell an author which parts of their idea look personal; nothing for others' words."""
    found = personal.find("\n".join((idea.title, idea.text, idea.beneficiaries, idea.link)))
    return [render(f"idea.personal_{one.kind}", locale, hint=one.hint) for one in found]


def with_remarks(text: str, draft: Draft) -> str:
    """Add what has to be said about the files that came along."""
    return "\n\n".join((text, *draft.remarks))


def _author_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    wanted: tuple[tuple[str, str, dict[str, Value]], ...] = (
        ("idea_edit", "idea edit", {}),
        ("idea_retag", "idea retag", {}),
        ("idea_withdraw", "idea withdraw", {"ask": True}),
        ("unfollow", "idea follow", {"stop": True}),
    )
    return tuple(
        Button(
            label=render(f"button.{label}", locale),
            command=command,
            values={"number": idea.number, **more},
            opens_form=command == "idea edit",
        )
        for label, command, more in wanted
    )
