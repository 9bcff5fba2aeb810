"""What the commands about ideas share: finding one, who may do what with it, how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core import community_settings
from bot.core.errors import Conflict, NotAllowed, NotFound
from bot.core.model import (
    Button,
    Choice,
    Community,
    Field,
    FieldType,
    NameValue,
    Reply,
    Request,
    Role,
    Style,
    Value,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from bot.tagging.taxonomy import Taxonomy
from prompts import plain, render
from storage import Idea, IdeaTag, Status, VoteCount, Write

HIDING_FLAGS = frozenset({"not_an_idea", "links_only", "promotion", "personal_data"})
"""Flags that keep a pending idea from members until a moderator has looked."""

_SHORT = 90


def write_of(request: Request) -> Write:
    """Give who writes for this request; the one effect of a delivery carries its id."""
    return replace(side_write_of(request), delivery_id=request.delivery_id)


def side_write_of(request: Request) -> Write:
    """Give who writes, for a write that is not the effect of the delivery (drafts, follows)."""
    return Write(
        person_id=request.actor.person_id, community_id=request.community.id, now=request.now
    )


def program_write_of(request: Request) -> Write:
    """Give a write of the program itself, on the occasion of a request; the log names nobody."""
    return replace(side_write_of(request), person_id=None)


def is_moderator(request: Request) -> bool:
    """Tell whether the actor moderates here."""
    return request.actor.role >= Role.MODERATOR


def is_author(request: Request, idea: Idea) -> bool:
    """Tell whether the actor wrote the idea, anonymously or not."""
    return idea.author_id is not None and idea.author_id == request.actor.person_id


def reviews_first(community: Community) -> bool:
    """Tell whether ideas show here only once they are accepted."""
    return bool(community_settings.get(community.settings, "review") == "before")


def is_public(community: Community, idea: Idea) -> bool:
    """Tell whether everyone in this community may see the idea."""
    if idea.consent == "asked" or idea.status == "withdrawn":
        return False
    if idea.status == "pending":
        return not reviews_first(community) and not HIDING_FLAGS.intersection(idea.flags)
    return True


def can_see(request: Request, idea: Idea) -> bool:
    """Tell whether the actor may see the idea."""
    return is_moderator(request) or is_author(request, idea) or is_public(request.community, idea)


def public_statuses(community: Community) -> tuple[Status, ...]:
    """List the statuses that a member finds in a search here."""
    return ("accepted",) if reviews_first(community) else ("accepted", "pending")


async def require_welcome(services: Services, request: Request) -> None:
    """Let nobody write who is blocked here.

    Raises:
        NotAllowed: a moderator blocked the actor.
    """
    person_id = request.actor.person_id
    if person_id is not None and await services.store.members.is_blocked(
        request.community.id, person_id, request.now
    ):
        raise NotAllowed("blocked")


async def require_idea(services: Services, request: Request, name: str = "number") -> Idea:
    """Give the idea that the request names.

    Raises:
        NotFound: there is none of this number, or the actor may not see it.
    """
    number = request.number(name)
    if number is None:
        raise NotFound("idea_number")
    idea = await services.store.ideas.get(request.community.bank_id, number)
    if idea is None or not can_see(request, idea):
        raise NotFound("idea_not_found", number=number)
    return idea


async def require_own(services: Services, request: Request) -> Idea:
    """Give the idea that the request names, if the actor wrote it or moderates.

    Raises:
        NotAllowed: it is somebody else's.
    """
    idea = await require_idea(services, request)
    if not is_author(request, idea) and not is_moderator(request):
        raise NotAllowed("not_yours", number=idea.number)
    return idea


def require_open(idea: Idea) -> Idea:
    """Give the idea if it can be voted on.

    Raises:
        Conflict: it was declined, merged or withdrawn.
    """
    if idea.status not in CAN_BE_VOTED_ON:
        raise Conflict("not_open", number=idea.number, status=idea.status)
    return idea


async def complete_idea(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete an idea's number by its title."""
    found = await services.banks.complete(request.community.bank_id, prefix, limit=25)
    return [
        Choice(str(number), short(f"#{number} {title}", 75))
        for number, title, status in found
        if is_moderator(request) or status in {*public_statuses(request.community), "declined"}
    ]


def idea_field(name: str = "number", label: str = "Idea", **more: bool) -> Field:
    """Give the field that takes an idea's number, completed by title."""
    return Field(
        name=name,
        label=label,
        type=FieldType.IDEA,
        description="The number of the idea, such as 42",
        is_required=more.get("is_required", True),
        in_option=more.get("in_option", True),
        complete=complete_idea,
    )


def short(text: str, limit: int = _SHORT) -> str:
    """Cut a text at a word, with an ellipsis; line breaks become blanks."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > limit // 2 else cut).rstrip(" ,;:.-") + "…"


def status_word(status: str, locale: str) -> str:
    """Say a status."""
    return render(f"status.{status}", locale)


def industry_names(taxonomy: Taxonomy, tags: Sequence[IdeaTag], locale: str) -> str:
    """Name the industries, the primary one first."""
    ids = [tag.industry for tag in tags] or ["other"]
    return ", ".join(plain(taxonomy.name(i, locale)) for i in ids)


def industries_because(taxonomy: Taxonomy, tags: Sequence[IdeaTag], locale: str) -> str:
    """Name the industries with the words that decided each."""
    parts = [
        render(
            "idea.industry",
            locale,
            name=taxonomy.name(tag.industry, locale),
            because=list(tag.because),
            set_by=tag.set_by,
        )
        for tag in tags
    ]
    return "; ".join(parts) or plain(taxonomy.name("other", locale))


def votes_text(votes: VoteCount, locale: str) -> str:
    """Say the votes, with the platforms' shares where more than one has some."""
    split = [
        (platform.title(), up, down)
        for platform, (up, down) in sorted(votes.by_platform.items())
        if up or down
    ]
    shares = split if len(split) > 1 else []
    return render("idea.votes", locale, up=votes.up, down=votes.down, split=shares)


def author_text(idea: Idea, locale: str) -> str:
    """Say whose idea it is; never who, where that is not to be known."""
    if idea.consent == "asked":
        return render("idea.author_not_asked", locale)
    if idea.is_anonymous or not idea.author_name:
        return render("idea.author_anonymous", locale)
    return plain(idea.author_name)


def idea_line(idea: Idea, taxonomy: Taxonomy, locale: str) -> str:
    """Say an idea in one line of a list."""
    return render(
        "idea.line",
        locale,
        number=idea.number,
        title=short(idea.title),
        industry=taxonomy.name(idea.primary, locale),
        status=idea.status,
        status_word=status_word(idea.status, locale),
        up=idea.votes.up,
        down=idea.votes.down,
    )


def line_with_shared(idea: Idea, taxonomy: Taxonomy, locale: str, shared: Sequence[str]) -> str:
    """Say a look-alike in two lines, with the words that it shares in a third."""
    line = idea_line(idea, taxonomy, locale)
    words = render("idea.shared_words", locale, words=list(shared)) if shared else ""
    return f"{line}\n{words}".strip()


async def idea_reply(services: Services, request: Request, idea: Idea) -> Reply:
    """Show an idea in full, with what the asker can do with it."""
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale = request.locale
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render(
            "idea.shown",
            locale,
            text=idea.text,
            reason=idea.reason if idea.status == "declined" else "",
            merged_into=idea.merged_into,
        ),
        fields=idea_fields(idea, taxonomy, locale),
        footer=render(
            "idea.dated",
            locale,
            day=idea.created_at.date().isoformat(),
            edits=max(0, idea.version - 1),
            notes=idea.note_count,
        ),
        buttons=await idea_buttons(request, idea),
    )


def idea_fields(idea: Idea, taxonomy: Taxonomy, locale: str) -> tuple[NameValue, ...]:
    """Give the short labelled values of an idea."""
    rows = [
        ("label_status", status_word(idea.status, locale), True),
        ("label_votes", votes_text(idea.votes, locale), True),
        ("label_author", author_text(idea, locale), True),
        ("label_industries", industries_because(taxonomy, idea.tags, locale), False),
        ("label_beneficiaries", plain(idea.beneficiaries), False),
        ("label_link", plain(idea.link), False),
        ("label_source", idea.permalink or "", False),
    ]
    return tuple(
        NameValue(render(f"idea.{name}", locale), value, is_inline)
        for name, value, is_inline in rows
        if value
    )


def vote_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    """Give the buttons that set a vote."""
    wanted = (
        ("vote_up", 1, Style.PRIMARY),
        ("vote_down", -1, Style.PLAIN),
        ("vote_none", 0, Style.PLAIN),
    )
    return tuple(
        Button(
            label=render(f"button.{name}", locale),
            command="idea vote",
            values={"number": idea.number, "vote": vote},
            style=style,
        )
        for name, vote, style in wanted
    )


async def idea_buttons(request: Request, idea: Idea) -> tuple[Button, ...]:
    """Give what the asker can do with an idea: vote, follow, edit, decide."""
    locale = request.locale
    values: dict[str, Value] = {"number": idea.number}
    buttons = vote_buttons(idea, locale) if idea.status in CAN_BE_VOTED_ON else ()
    names = ["idea follow", "idea similar"]
    if is_author(request, idea) and idea.status in {"pending", "accepted", "declined"}:
        names = ["idea edit", "idea withdraw"]
    more = tuple(
        Button(
            label=render(f"button.{name.replace(' ', '_')}", locale),
            command=name,
            values={**values, "ask": True} if name == "idea withdraw" else values,
            opens_form=name == "idea edit",
        )
        for name in names
    )
    return (*buttons, *more, *(decide_buttons(idea, locale) if is_moderator(request) else ()))


def decide_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    """Give a moderator's two buttons for a pending idea; `seen` makes them compare-and-set."""
    if idea.status != "pending" or idea.consent == "asked":
        return ()
    values: dict[str, Value] = {"number": idea.number, "seen": idea.status}
    return (
        Button(
            label=render("button.accept", locale),
            command="mod accept",
            values=values,
            style=Style.SUCCESS,
        ),
        Button(
            label=render("button.decline", locale),
            command="mod decline",
            values=values,
            style=Style.DANGER,
            opens_form=True,
        ),
    )


def paging_buttons(
    request: Request, *, offset: int, limit: int, total: int, command: str = ""
) -> tuple[Button, ...]:
    """Give the buttons to the page before and after; they carry what was asked for."""
    values = {k: v for k, v in request.values.items() if v not in (None, "", ()) and k != "offset"}
    wanted = []
    if offset > 0:
        wanted.append(("button.previous", max(0, offset - limit)))
    if offset + limit < total:
        wanted.append(("button.next", offset + limit))
    return tuple(
        Button(
            label=render(name, request.locale),
            command=command or request.command,
            values={**values, "offset": to, "paged": True},
        )
        for name, to in wanted
    )
