"""The entries of the queue: what a moderator has to know of each, and the buttons that decide."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.commands import shown
from bot.core.commands.wording import differences
from bot.core.fact_words import proposal_text
from bot.core.model import ActionItem, Button, Request, Style, Value
from bot.core.services import Services
from bot.core.texts import cut, short
from bot.tagging.taxonomy import Taxonomy
from prompts import render
from storage import Appeal, Claim, Idea, KnowledgeRow, Note, Pair

TEXT_LIMIT = 280

FLAGS = (
    *("not_an_idea", "links_only", "promotion", "personal_data", "revised"),
    *("unknown_status", "unknown_industry"),
)


def known_flags(idea: Idea) -> list[str]:
    """Give the flags that there are words for."""
    return [flag for flag in idea.flags if flag in FLAGS]


async def of_ideas(
    services: Services, request: Request, found: Sequence[Idea], back: str
) -> tuple[ActionItem, ...]:
    """Draw ideas with claims, flags, the last staff note, and what an edit would change."""
    if not found:
        return ()
    bank_id = request.community.bank_id
    taxonomy = await services.banks.taxonomy(bank_id)
    numbers = [idea.number for idea in found]
    claims = await services.store.claims.of(bank_id, numbers, request.now)
    items = []
    for idea in found:
        text = await _text(services, request, idea, taxonomy, claims.get(idea.number))
        buttons = idea_buttons(request, idea, claims.get(idea.number), back)
        items.append(ActionItem(text=text, buttons=buttons))
    return tuple(items)


async def _text(
    services: Services, request: Request, idea: Idea, taxonomy: Taxonomy, claim: Claim | None
) -> str:
    notes = await services.store.notes.list(idea.bank_id, idea.number, include_staff=True)
    staff = [note for note in notes if note.is_staff]
    changes = await differences(services, idea) if idea.accepted_version else []
    says_more = not changes and not is_in_title(idea)
    return render(
        "queue.item",
        request.locale,
        head=head(request, idea, taxonomy),
        text=cut(idea.text, TEXT_LIMIT) if says_more else "",
        changes=changes,
        flags=[render(f"flag.{flag}", request.locale) for flag in known_flags(idea)],
        claim=claim_text(request, claim),
        note=_last(staff),
        waits_for_author=idea.consent == "asked",
    )


def _last(notes: Sequence[Note]) -> tuple[str, str] | None:
    """Give the name and the beginning of the last note."""
    return (notes[-1].author_name, short(notes[-1].text, 120)) if notes else None


def is_in_title(idea: Idea) -> bool:
    """Tell whether the title says all that the text says."""
    return idea.text.strip(" .") == idea.title.strip(" .")


def head(request: Request, idea: Idea, taxonomy: Taxonomy) -> str:
    """Give number, title, industry, votes, author and age in two lines."""
    return render(
        "queue.head",
        request.locale,
        number=idea.number,
        title=short(idea.title),
        industry=taxonomy.name(idea.primary, request.locale),
        up=idea.votes.up,
        down=idea.votes.down,
        author=shown.author_text(idea, request.locale),
        days=max(0, (request.now - idea.created_at).days),
    )


def claim_text(request: Request, claim: Claim | None) -> str:
    """Say who looks at an idea, and for how long."""
    if claim is None:
        return ""
    minutes = max(1, round((claim.until - request.now).total_seconds() / 60))
    is_mine = claim.person_id == request.actor.person_id
    return render("queue.claimed", request.locale, name=claim.name, mine=is_mine, minutes=minutes)


def idea_buttons(
    request: Request, idea: Idea, claim: Claim | None, back: str = ""
) -> tuple[Button, ...]:
    """Give what decides an idea in the queue, at most five: a row of Discord's."""
    is_mine = claim is not None and claim.person_id == request.actor.person_id
    take = button(
        request, "release" if is_mine else "claim", "mod claim", idea, back, lift=is_mine or None
    )
    return (*decide_buttons(request, idea, back), take, more_button(request, idea.number))


def decide_buttons(request: Request, idea: Idea, back: str = "") -> tuple[Button, ...]:
    """Give accept and decline for a pending idea; for an edit, of the edit."""
    if idea.status != "pending":
        return ()
    seen = idea.status
    accept = button(request, "accept", "mod accept", idea, back, Style.SUCCESS, seen=seen)
    if idea.accepted_version:
        restore = button(request, "restore", "mod restore", idea, back, Style.DANGER)
        return accept, restore
    decline = button(
        request, "decline", "mod decline", idea, back, Style.DANGER, opens_form=True, seen=seen
    )
    return (decline,) if idea.consent == "asked" else (accept, decline)


def button(  # noqa: PLR0917  what every button here has, then what some have
    request: Request,
    label: str,
    command: str,
    idea: Idea,
    back: str = "",
    style: Style = Style.PLAIN,
    *,
    opens_form: bool = False,
    **values: Value,
) -> Button:
    """Give a button that does something with an idea, and comes back to the queue."""
    return Button(
        label=render(f"button.{label}", request.locale),
        command=command,
        values={"number": idea.number, **values, "back": back or None},
        style=style,
        opens_form=opens_form,
    )


def more_button(request: Request, number: int) -> Button:
    """Give the button that shows all of an idea, with all that a moderator can do."""
    return Button(
        label=render("button.review", request.locale, number=number),
        command="mod review",
        values={"number": number},
    )


def of_appeal(
    request: Request, idea: Idea, appeal: Appeal, back: str, *, is_theirs: bool
) -> ActionItem:
    """Draw an appeal; whoever declined sees it without the buttons, if somebody else can decide."""
    text = render(
        "queue.appeal",
        request.locale,
        number=idea.number,
        title=short(idea.title),
        text="" if is_in_title(idea) else cut(idea.text, TEXT_LIMIT),
        reason=short(idea.reason, 200),
        appeal=short(appeal.text, 400),
        is_theirs=is_theirs,
    )
    decide = appeal_buttons(request, idea, back) if is_theirs else ()
    return ActionItem(text=text, buttons=(*decide, more_button(request, idea.number)))


def appeal_buttons(request: Request, idea: Idea, back: str = "") -> tuple[Button, ...]:
    """Give accept and uphold."""
    accept = button(request, "accept", "mod accept", idea, back, Style.SUCCESS, seen=idea.status)
    uphold = button(request, "uphold", "mod uphold", idea, back, Style.DANGER, opens_form=True)
    return accept, uphold


def of_pair(request: Request, pair: Pair, back: str) -> ActionItem:
    """Draw two ideas that are probably the same."""
    newer, older = pair.newer, pair.older
    values: dict[str, Value] = {"number": newer.number, "into": older.number, "back": back}
    return ActionItem(
        text=render(
            "queue.pair",
            request.locale,
            both=[
                (idea.number, short(idea.title), "" if is_in_title(idea) else short(idea.text, 160))
                for idea in (newer, older)
            ],
            percent=round(pair.score * 100),
            words=list(pair.shared),
        ),
        buttons=(
            Button(
                label=render(
                    "button.merge", request.locale, number=newer.number, into=older.number
                ),
                command="mod merge",
                values=values,
                style=Style.PRIMARY,
            ),
            Button(
                label=render("button.apart", request.locale), command="mod apart", values=values
            ),
            more_button(request, newer.number),
            more_button(request, older.number),
        ),
    )


def of_votes(request: Request, idea: Idea, count: int, back: str) -> ActionItem:
    """Draw a burst of votes that is held out."""
    return ActionItem(
        text=render(
            "queue.held",
            request.locale,
            number=idea.number,
            title=short(idea.title),
            count=count,
            votes=shown.votes_text(idea.votes, request.locale),
        ),
        buttons=(
            button(request, "votes_keep", "mod votes", idea, back, Style.SUCCESS, keep=True),
            button(request, "votes_drop", "mod votes", idea, back, Style.DANGER, keep=False),
            more_button(request, idea.number),
        ),
    )


def of_fact(request: Request, row: KnowledgeRow, back: str) -> ActionItem:
    """Draw a proposed fact."""
    values: dict[str, Value] = {"id": row.id, "back": back}
    return ActionItem(
        text=proposal_text(row, request.locale),
        buttons=(
            Button(
                label=render("button.accept", request.locale),
                command="market decide",
                values={**values, "accept": True},
                style=Style.SUCCESS,
            ),
            Button(
                label=render("button.retire", request.locale),
                command="market decide",
                values={**values, "accept": False},
                style=Style.DANGER,
            ),
        ),
    )
