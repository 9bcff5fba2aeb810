"""Taking an idea in: read it, ask back where it may be none or a look-alike, then keep it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.attaching import carried
from bot.core.banks import LookAlike
from bot.core.capture import Quoted, quoted_of
from bot.core.commands import ideas, shown
from bot.core.commands.idea_draft import (
    Draft,
    save_draft,
    saved_draft,
    typed_draft,
    with_files,
)
from bot.core.commands.idea_keep import keep, with_remarks
from bot.core.commands.idea_reading import TEXT_LIMIT, TITLE_LIMIT, URL, normalised
from bot.core.commands.industries import complete_industry
from bot.core.errors import Conflict
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
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from bot.core.turns import one_at_a_time
from bot.tagging.model import Tagging
from prompts import render
from storage import Idea

SUGGESTED_FROM = 0.50
"""Likeness from which an idea is shown before a new one is kept: recall .87 on measured pairs."""

_SHOWN = 3


async def add_idea(services: Services, request: Request) -> Reply:
    """Keep an idea, or ask back first."""
    async with one_at_a_time(request.actor.person_id):
        return await _take(services, request, typed_draft(request))


async def keep_draft(services: Services, request: Request) -> Reply:
    """Go on with an idea about which something was asked back."""
    async with one_at_a_time(request.actor.person_id):
        return await _take(services, request, await saved_draft(services, request))


async def capture(services: Services, request: Request) -> Reply:
    """Take a message of a channel in as an idea of whoever wrote it."""
    text, quoted = quoted_of(request)
    async with one_at_a_time(request.actor.person_id):
        return await _capture(services, request, text, quoted)


async def _capture(services: Services, request: Request, text: str, quoted: Quoted) -> Reply:
    known = await services.store.ideas.by_external_id(request.community.bank_id, quoted.message_key)
    if known is not None:
        raise Conflict("captured_before", number=known.number)
    attached = request.source.attached if request.source else ()
    values: dict[str, Value] = {"text": text, "permalink": quoted.permalink}
    draft = Draft(values=values, quoted=quoted, attached=attached)
    return await _take(services, request, draft)


async def _take(services: Services, request: Request, draft: Draft) -> Reply:
    await ideas.require_welcome(services, request)
    industry = await _industry(services, request, draft)
    if industry == "":
        problem = render("error.no_such_industry", request.locale, name=draft.text("industry"))
        return _refused(draft, "industry", problem)
    if draft.text("link") and not URL.fullmatch(draft.text("link")):
        return _refused(draft, "link", render("error.no_link", request.locale))
    twin = await _same_text(services, request, draft.text("text"))
    if twin is not None:
        raise Conflict("idea_twice", number=twin.number)
    tagging = await services.banks.tag(
        request.community.bank_id, draft.text("text"), title=draft.text("title")
    )
    draft = await with_files(services, request, draft)
    if not tagging.is_idea and "idea" not in draft.sure:
        return await _ask_whether_idea(services, request, draft, tagging)
    alike = [] if "new" in draft.sure else await _look_alikes(services, request, draft)
    if alike:
        return await _ask_whether_new(services, request, draft, alike)
    return await keep(services, request, draft, tagging, industry)


async def _industry(services: Services, request: Request, draft: Draft) -> str | None:
    """Give the industry that the author chose; None for none, "" for one that nobody knows."""
    typed = draft.text("industry")
    if not typed:
        return None
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    return taxonomy.resolve(typed) or ""


async def _same_text(services: Services, request: Request, text: str) -> Idea | None:
    """Give the actor's own idea of the very same words, unless it was withdrawn."""
    author_id = request.actor.person_id
    if author_id is None:
        return None
    # The same words with other spaces and signs between them are not much longer or shorter.
    lengths = (len(text) * 3 // 4 - 20, len(text) * 4 // 3 + 20)
    mine = await services.store.ideas.of_author(request.community.bank_id, author_id, lengths)
    wanted = normalised(text)
    return next((i for i in mine if i.status != "withdrawn" and normalised(i.text) == wanted), None)


async def _look_alikes(
    services: Services, request: Request, draft: Draft
) -> list[tuple[Idea, LookAlike]]:
    text = f"{draft.text('title')}\n{draft.text('text')}".strip()
    bank_id = request.community.bank_id
    found = await services.banks.similar(bank_id, text, limit=2 * _SHOWN, at_least=SUGGESTED_FROM)
    numbers = [match.number for match in found]
    known = {i.number: i for i in await services.store.ideas.by_numbers(bank_id, numbers)}
    pairs = [(known[match.number], match) for match in found if match.number in known]
    open_ones = [
        (idea, match)
        for idea, match in pairs
        if idea.status in CAN_BE_VOTED_ON and ideas.can_see(request, idea)
    ]
    return open_ones[:_SHOWN]


def _refused(draft: Draft, field: str, problem: str) -> Reply:
    """Say what is wrong with a field and hand the form back with everything that was typed."""
    return Reply(
        text=problem,
        errors={field: problem},
        form=Form(
            command="idea add",
            title=ADD_IDEA.form_title,
            fields=ADD_IDEA.form_fields,
            values={**{k: v for k, v in draft.values.items() if v}, **carried(draft.attached)},
        ),
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


async def _ask_whether_idea(
    services: Services, request: Request, draft: Draft, tagging: Tagging
) -> Reply:
    draft = await save_draft(services, request, draft)
    locale = request.locale
    keep_button = Button(
        label=render("button.keep_anyway", locale),
        command="idea keep",
        values={"draft": draft.id, "sure": draft.sure_of("idea")},
    )
    ask = Button(
        label=render("button.ask_instead", locale),
        command="ask",
        values={"question": draft.text("text")[:1000]},
        style=Style.PRIMARY,
    )
    is_question = tagging.why_not == "question"
    return Reply(
        text=with_remarks(
            render("idea.not_an_idea", locale, why=tagging.why_not or "chatter"), draft
        ),
        buttons=(ask, keep_button) if is_question else (keep_button,),
    )


async def _ask_whether_new(
    services: Services,
    request: Request,
    draft: Draft,
    alike: Sequence[tuple[Idea, LookAlike]],
) -> Reply:
    draft = await save_draft(services, request, draft)
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    locale = request.locale
    items = tuple(
        ActionItem(
            text=shown.line_with_shared(idea, taxonomy, locale, match.shared),
            buttons=(
                Button(
                    label=render("button.vote_instead", locale, number=idea.number),
                    command="idea vote",
                    values={"number": idea.number, "vote": 1, "draft": draft.id},
                ),
            ),
        )
        for idea, match in alike
    )
    mine = Button(
        label=render("button.mine_differs", locale),
        command="idea keep",
        values={"draft": draft.id, "sure": draft.sure_of("idea", "new")},
        style=Style.PRIMARY,
    )
    return Reply(
        text=with_remarks(render("idea.look_alikes", locale, count=len(items)), draft),
        items=items,
        buttons=(mine,),
        replace=request.command == "idea keep",
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
            max_length=100,
            complete=complete_industry,
            in_form=True,
        ),
        # A form holds five fields, so the link shares one with whom it helps.
        Field(
            name="beneficiaries",
            label="Who benefits? Add a link if you have one",
            description="For instance: insurers, claim handlers",
            max_length=500,
            in_form=True,
        ),
        Field(name="link", label="Link", description="A page that backs it", max_length=500),
        Field(
            name="file",
            label="File",
            type=FieldType.FILE,
            description="A picture that shows what you mean",
            max_length=500,
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
    summary="Keep the idea that something was asked about",
    handle=keep_draft,
    fields=(
        Field(name="draft", label="Draft", type=FieldType.INTEGER, is_required=True),
        Field(name="sure", label="Sure", max_length=20),
    ),
    is_write=True,
    is_listed=False,
)
CAPTURE = Command(
    name="capture",
    summary="Keep a message as an idea of whoever wrote it",
    handle=capture,
    message_action="Save as idea",
    is_write=True,
    is_listed=False,
)
