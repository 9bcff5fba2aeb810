"""Keeping an idea: read it, ask back where it may be none or a look-alike, then commit it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core import community_settings
from bot.core.banks import LookAlike
from bot.core.commands import ideas
from bot.core.commands.industries import complete_industry
from bot.core.errors import Conflict, NotFound
from bot.core.model import (
    ActionItem,
    Button,
    Command,
    Field,
    FieldType,
    Form,
    Reply,
    Request,
    Style,
    Value,
)
from bot.core.notices import to_staff
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from bot.tagging.model import Tagging
from prompts import render
from storage import Idea, IdeaFilter, IdeaTag, NewIdea, Status

TEXT_LIMIT = 3000
TITLE_LIMIT = 100
SUGGESTED_FROM = 0.50
"""Likeness from which an idea is shown before a new one is kept; measured, see docs/decisions."""

_STATED = ("title", "text", "industry", "beneficiaries", "link", "anonymous", "permalink")
_URL = re.compile(r"https?://[^\s<>\"]{3,500}", re.IGNORECASE)
_PERSONAL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|(?<!\d)(?:\+|00)\d[\d ()./-]{8,18}\d(?!\d)"
)
_INVITE = re.compile(
    r"discord(?:\.gg|(?:app)?\.com/invite)/\S|t\.me/\S|chat\.whatsapp\.com/\S", re.I
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and which questions were answered already."""

    id: int | None
    values: Mapping[str, Value]
    is_sure_idea: bool
    is_sure_new: bool

    def text(self, name: str) -> str:
        """Give a typed value, stripped."""
        return str(self.values.get(name) or "").strip()


async def add_idea(services: Services, request: Request) -> Reply:
    """Keep an idea, or ask back first; what was typed waits in a draft until then."""
    await ideas.require_welcome(services, request)
    draft = await _draft(services, request)
    industry = await _industry(services, request, draft)
    if industry == "":
        problem = render("error.no_such_industry", request.locale, name=draft.text("industry"))
        return _refused(draft, "industry", problem)
    if draft.text("link") and not _URL.fullmatch(draft.text("link")):
        return _refused(draft, "link", render("error.no_link", request.locale))
    twin = await _same_text(services, request, draft.text("text"))
    if twin is not None:
        raise Conflict("idea_twice", number=twin.number)
    tagging = await services.banks.tag(
        request.community.bank_id, draft.text("text"), title=draft.text("title")
    )
    if not tagging.is_idea and not draft.is_sure_idea:
        return await _ask_whether_idea(services, request, draft, tagging)
    if not draft.is_sure_new:
        alike = await _look_alikes(services, request, draft)
        if alike:
            return await _ask_whether_new(services, request, draft, alike)
    return await _keep(services, request, draft, tags_of(tagging, industry), tagging)


async def _draft(services: Services, request: Request) -> Draft:
    """Give what was typed: in this request, or in the draft that a button came back with."""
    sure = set(request.text("sure").split("+"))
    typed = {name: request.values.get(name) for name in _STATED}
    draft_id = request.number("draft")
    if draft_id is not None and not request.text("text"):
        kept = await services.store.drafts.get(draft_id, request.actor.person_id or 0)
        if kept is None:
            raise NotFound("draft_gone")
        typed = {name: kept.get(name) for name in _STATED}
    if not typed.get("link"):
        found = _URL.search(str(typed.get("beneficiaries") or ""))
        if found:
            typed["link"] = found.group()
            left = str(typed["beneficiaries"]).replace(found.group(), " ")
            typed["beneficiaries"] = " ".join(left.split()).rstrip(" ,;:-") or None
    return Draft(draft_id, typed, "idea" in sure, "new" in sure)


async def _industry(services: Services, request: Request, draft: Draft) -> str | None:
    """Give the industry that the author chose; None for none, "" for one that nobody knows."""
    typed = draft.text("industry")
    if not typed:
        return None
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    return taxonomy.resolve(typed) or ""


async def _same_text(services: Services, request: Request, text: str) -> Idea | None:
    """Give the actor's own idea of the very same words, unless it was withdrawn."""
    words = " ".join(re.findall(r"\w+", text)[:8])
    mine = IdeaFilter(author_id=request.actor.person_id, words=words, sort="new")
    page = await services.store.ideas.search(
        request.community.bank_id, mine, limit=10, with_facets=False
    )
    wanted = normalised(text)
    return next(
        (i for i in page.ideas if i.status != "withdrawn" and normalised(i.text) == wanted), None
    )


def normalised(text: str) -> str:
    """Give a text's words in lower case, so that spacing and punctuation don't tell them apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))


async def _look_alikes(
    services: Services, request: Request, draft: Draft
) -> Sequence[tuple[Idea, LookAlike]]:
    text = f"{draft.text('title')}\n{draft.text('text')}".strip()
    found = await services.banks.similar(
        request.community.bank_id, text, limit=6, at_least=SUGGESTED_FROM
    )
    numbers = [match.number for match in found]
    known = {
        i.number: i
        for i in await services.store.ideas.by_numbers(request.community.bank_id, numbers)
    }
    shown = [(known[m.number], m) for m in found if m.number in known]
    return [(i, m) for i, m in shown if i.status in CAN_BE_VOTED_ON and ideas.can_see(request, i)][
        :3
    ]


def tags_of(tagging: Tagging, industry: str | None) -> tuple[IdeaTag, ...]:
    """Give the tags to keep: the author's own choice first, then what the tagger found."""
    found = [
        IdeaTag(
            industry=tag.industry,
            rank=0,
            confidence=tag.confidence,
            because=tag.because,
            taxonomy_version=tagging.taxonomy_version,
        )
        for tag in tagging.tags
    ]
    if industry is not None:
        because = next((t.because for t in found if t.industry == industry), ())
        own = IdeaTag(
            industry=industry,
            rank=0,
            confidence=1.0,
            because=because,
            set_by="author",
            taxonomy_version=tagging.taxonomy_version,
        )
        rest = [t for t in found if t.industry not in {industry, "other"}]
        found = [own, *rest]
    return tuple(replace(tag, rank=rank) for rank, tag in enumerate(found[:4]))


def flags_of(text: str, tagging: Tagging) -> tuple[str, ...]:
    """Say by rule why a moderator should look at a text before others see it."""
    flags = [] if tagging.is_idea else ["not_an_idea"]
    if _INVITE.search(text) or len("".join(_URL.findall(text))) * 2 > len(text.strip()):
        flags.append("links_only")
    if _PERSONAL.search(text):
        flags.append("personal_data")
    return tuple(flags)


def title_of(text: str) -> str:
    """Make a title from a text: its first line or sentence, cut at a word."""
    first = next((line for line in text.splitlines() if re.search(r"\w", line)), text)
    sentence = re.split(r"(?<=[^\W\d][.!?。！？])\s+|(?<=[。！？])", first.strip(), maxsplit=1)[0]
    return ideas.short(sentence.rstrip(". 。"), TITLE_LIMIT) or ideas.short(text, TITLE_LIMIT)


def first_status(request: Request, flags: Sequence[str]) -> Status:
    """Give the status that a new idea has here."""
    review = community_settings.get(request.community.settings, "review")
    return "accepted" if review == "none" and not flags else "pending"


async def _keep(
    services: Services,
    request: Request,
    draft: Draft,
    tags: tuple[IdeaTag, ...],
    tagging: Tagging,
) -> Reply:
    text = draft.text("text")
    flags = flags_of(text, tagging)
    vector = await services.banks.vector(f"{draft.text('title')}\n{text}".strip())
    new = NewIdea(
        title=draft.text("title") or title_of(text),
        text=text,
        language=services.banks.language(text),
        is_anonymous=draft.text("anonymous").lower() in {"true", "yes", "1"},
        beneficiaries=draft.text("beneficiaries"),
        link=draft.text("link"),
        permalink=draft.text("permalink") or request.place.permalink,
        status=first_status(request, flags),
        flags=flags,
        tags=tags,
        vector=vector.data if vector else None,
        vector_model=vector.model if vector else None,
    )
    write = ideas.write_of(request)
    if new.status == "pending":
        notices = await to_staff(services, request.community.bank_id, request.now)
        write = replace(write, notices=notices)
    idea = await services.store.ideas.add(write, request.community.bank_id, new)
    # From here on it is kept; what follows only adds to it.
    await services.store.followers.follow(
        ideas.side_write_of(request), request.community.bank_id, idea.number
    )
    if draft.id is not None:
        await services.store.drafts.drop(ideas.side_write_of(request), draft.id)
    return await kept_reply(services, request, idea)


async def kept_reply(services: Services, request: Request, idea: Idea) -> Reply:
    """Say that an idea is kept, under which industries and why, and what can be done with it."""
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale, values = request.locale, {"number": idea.number}
    waits = not ideas.is_public(request.community, idea)
    return Reply(
        text=render(
            "idea.kept",
            locale,
            number=idea.number,
            title=idea.title,
            industries=ideas.industries_because(taxonomy, idea.tags, locale),
            waits=waits,
            is_anonymous=idea.is_anonymous,
        ),
        buttons=(
            Button(
                label=render("button.idea_edit", locale),
                command="idea edit",
                values=values,
                opens_form=True,
            ),
            Button(label=render("button.idea_retag", locale), command="idea retag", values=values),
            Button(
                label=render("button.idea_withdraw", locale),
                command="idea withdraw",
                values={**values, "ask": True},
            ),
            Button(
                label=render("button.unfollow", locale),
                command="idea follow",
                values={**values, "stop": True},
            ),
        ),
        style=Style.SUCCESS,
    )


async def _saved(services: Services, request: Request, draft: Draft) -> int:
    """Keep what was typed, so that nothing is lost while a question is open."""
    if draft.id is not None:
        return draft.id
    values = {name: value for name, value in draft.values.items() if value not in (None, "")}
    return await services.store.drafts.save(ideas.write_of(request), "idea add", values)


def _sure(request: Request, *more: str) -> str:
    return "+".join(sorted({*request.text("sure").split("+"), *more} - {""}))


def _refused(draft: Draft, field: str, problem: str) -> Reply:
    """Say what is wrong with a field and hand the form back with everything that was typed."""
    return Reply(
        text=problem,
        errors={field: problem},
        form=Form(
            command="idea add",
            title=ADD_IDEA.form_title,
            fields=ADD_IDEA.form_fields,
            values={k: v for k, v in draft.values.items() if v},
        ),
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


async def _ask_whether_idea(
    services: Services, request: Request, draft: Draft, tagging: Tagging
) -> Reply:
    draft_id = await _saved(services, request, draft)
    locale = request.locale
    buttons = [
        Button(
            label=render("button.keep_anyway", locale),
            command="idea keep",
            values={"draft": draft_id, "sure": _sure(request, "idea")},
        )
    ]
    if tagging.why_not == "question":
        ask = Button(
            label=render("button.ask_instead", locale),
            command="ask",
            values={"question": draft.text("text")[:1000]},
            style=Style.PRIMARY,
        )
        buttons.insert(0, ask)
    why = tagging.why_not or "chatter"
    return Reply(text=render("idea.not_an_idea", locale, why=why), buttons=tuple(buttons))


async def _ask_whether_new(
    services: Services,
    request: Request,
    draft: Draft,
    alike: Sequence[tuple[Idea, LookAlike]],
) -> Reply:
    draft_id = await _saved(services, request, draft)
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    locale = request.locale
    items = tuple(
        ActionItem(
            text=ideas.line_with_shared(idea, taxonomy, locale, match.shared),
            buttons=(
                Button(
                    label=render("button.vote_instead", locale, number=idea.number),
                    command="idea vote",
                    values={"number": idea.number, "vote": 1, "draft": draft_id},
                ),
            ),
        )
        for idea, match in alike
    )
    mine = Button(
        label=render("button.mine_differs", locale),
        command="idea keep",
        values={"draft": draft_id, "sure": _sure(request, "idea", "new")},
        style=Style.PRIMARY,
    )
    return Reply(
        text=render("idea.look_alikes", locale, count=len(items)), items=items, buttons=(mine,)
    )


ADD_IDEA = Command(
    name="idea add",
    summary="Share what you would use text-to-video for",
    handle=add_idea,
    form_title="New idea",
    fields=(
        Field(
            name="title",
            label="Title",
            description="Made from the text if you leave it out",
            max_length=TITLE_LIMIT,
            in_form=True,
        ),
        Field(
            name="text",
            label="What would you use text-to-video for?",
            type=FieldType.TEXT,
            description="Who makes which video, from what, for whom",
            is_required=True,
            min_length=3,
            max_length=TEXT_LIMIT,
            in_form=True,
        ),
        Field(
            name="industry",
            label="Industry",
            type=FieldType.CHOICE,
            description="Found from the text if you leave it out",
            max_length=80,
            complete=complete_industry,
            in_form=True,
        ),
        Field(
            name="beneficiaries",
            label="Who benefits? Add a link if you have one",
            description="For instance: insurers, claim handlers",
            max_length=500,
            in_form=True,
        ),
        Field(
            name="link", label="Link", description="A page that shows or backs it", max_length=500
        ),
        Field(
            name="anonymous",
            label="Keep my name to yourself",
            type=FieldType.FLAG,
            description="Nobody sees who had the idea; you can still edit and withdraw it",
            in_form=True,
        ),
    ),
    is_write=True,
    inline="text",
    examples=("idea add", "idea add Turn police reports into a clip that a jury understands"),
)

KEEP_DRAFT = Command(
    name="idea keep",
    summary="Keep the idea that a question was asked about",
    handle=add_idea,
    fields=(
        Field(name="draft", label="Draft", type=FieldType.INTEGER, is_required=True),
        Field(name="sure", label="Sure", max_length=20),
    ),
    is_write=True,
    is_listed=False,
)
