"""Finding ideas: search with pages and counts, and one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core import community_settings
from bot.core.commands import ideas, shown
from bot.core.commands.idea_show import show_button
from bot.core.commands.industries import complete_industry
from bot.core.model import ActionItem, Choice, Command, Field, FieldType, Reply, Request, Select
from bot.core.search import KEYS, SORTS, parse_query, query_of, without_key
from bot.core.services import Services
from bot.tagging.taxonomy import Taxonomy
from prompts import render
from storage import STATUSES, Idea, IdeaFilter, Page

PAGE = 5
_FACETS = 6


async def search_ideas(services: Services, request: Request) -> Reply:
    """Search the ideas of the bank."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    wanted = filter_of(request, taxonomy)
    return await _page(services, request, taxonomy, visible(request, wanted))


def filter_of(request: Request, taxonomy: Taxonomy, query: str | None = None) -> IdeaFilter:
    """Read a request's query and typed options as a filter."""
    return parse_query(
        query_of(request.values) if query is None else query,
        taxonomy=taxonomy,
        now=request.now,
        zone=community_settings.zone(request.community.settings),
        person_id=request.actor.person_id,
    )


def visible(request: Request, wanted: IdeaFilter) -> IdeaFilter:
    """Narrow a filter to the statuses that the actor may find here."""
    if wanted.author_id is not None and wanted.author_id == request.actor.person_id:
        return wanted
    usual = ideas.public_statuses(request.community)
    if not wanted.statuses:
        return replace(wanted, statuses=usual)
    if ideas.is_moderator(request):
        return wanted
    allowed = tuple(s for s in wanted.statuses if s in {*usual, "declined", "merged"})
    # A filter that leaves nothing must find nothing, and no statuses at all mean "any".
    return replace(wanted, statuses=allowed or usual, words=wanted.words if allowed else '""')


async def my_ideas(services: Services, request: Request) -> Reply:
    """List the actor's own ideas, whatever became of them; anonymous ones too."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    wanted = IdeaFilter(author_id=request.actor.person_id, sort="new")
    return await _page(services, request, taxonomy, wanted)


async def top_ideas(services: Services, request: Request) -> Reply:
    """List the open ideas, best first."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    wanted = replace(filter_of(request, taxonomy), sort="best")
    return await _page(services, request, taxonomy, visible(request, wanted))


ALIKE_FROM = 0.35
"""Likeness from which an idea is shown to somebody who typed a few words: less than while
submitting, where a whole text is compared."""

_LOOSE = 3
_LEAST = 2
_NEAREST = 40


async def _alike(
    services: Services, request: Request, wanted: IdeaFilter, page: Page
) -> tuple[Idea, ...]:
    """Give ideas that are alike in meaning to the words, where few ideas have all of them."""
    is_enough = page.total >= PAGE and not page.is_loose
    words = wanted.words.replace('"', " ").strip()
    if is_enough or page.offset or wanted.sort != "relevance" or not words:
        return ()
    bank_id = request.community.bank_id
    near = await services.banks.similar(bank_id, words, limit=_NEAREST, at_least=ALIKE_FROM)
    exact = set() if page.is_loose else {idea.number for idea in page.ideas}
    numbers = [match.number for match in near if match.number not in exact]
    found = await services.store.ideas.among(bank_id, wanted, numbers)
    most = PAGE if page.is_loose else max(PAGE - page.total, _LEAST)
    return tuple(idea for idea in found if ideas.can_see(request, idea))[:most]


async def _page(
    services: Services, request: Request, taxonomy: Taxonomy, wanted: IdeaFilter
) -> Reply:
    offset = request.number("offset") or 0
    page = await services.store.ideas.search(
        request.community.bank_id, wanted, limit=PAGE, offset=offset
    )
    alike = await _alike(services, request, wanted, page)
    if page.is_loose and alike:
        return _closest(request, taxonomy, page, alike)
    locale = request.locale
    items = (
        *(_item(request, taxonomy, i) for i in page.ideas if ideas.can_see(request, i)),
        *(_item(request, taxonomy, i, is_alike=True) for i in alike),
    )
    if not items:
        name = "mine_none" if request.command == "idea mine" else "search_none"
        return Reply(text=render(f"idea.{name}", locale), replace=request.flag("paged"))
    if not page.total:
        return _closest(request, taxonomy, page, alike)
    return Reply(
        text=render(
            "idea.found",
            locale,
            total=page.total,
            first=offset + 1,
            last=offset + len(page.ideas),
            alike=len(alike),
        ),
        items=items,
        footer=facets_text(page, taxonomy, locale),
        selects=facet_menus(request, page, taxonomy),
        buttons=shown.paging_buttons(request, offset=offset, limit=PAGE, total=page.total),
        replace=request.flag("paged"),
    )


def _item(
    request: Request, taxonomy: Taxonomy, idea: Idea, *, is_alike: bool = False
) -> ActionItem:
    text = shown.idea_line(idea, taxonomy, request.locale)
    if is_alike:
        text = f"{text} · {render('idea.alike', request.locale)}"
    return ActionItem(text=text, buttons=(show_button(request, idea.number),))


def _closest(request: Request, taxonomy: Taxonomy, page: Page, alike: Sequence[Idea]) -> Reply:
    """Show what comes closest where no idea has all the words: by meaning, then by some of them."""
    known = {idea.id for idea in alike}
    some = [i for i in page.ideas if i.id not in known and ideas.can_see(request, i)][:_LOOSE]
    return Reply(
        text=render("idea.closest", request.locale),
        items=(
            *(_item(request, taxonomy, i, is_alike=True) for i in alike),
            *(_item(request, taxonomy, i) for i in some),
        ),
        replace=request.flag("paged"),
    )


_MENU = 12
"""Entries of a menu to narrow down: more than the footer names, few enough to be read."""


def facet_menus(request: Request, page: Page, taxonomy: Taxonomy) -> tuple[Select, ...]:
    """Give menus that narrow a search down to an industry or a status, with how many each has."""
    if request.command == "idea mine" or page.total <= PAGE:
        return ()
    locale = request.locale
    industries = {i: taxonomy.name(i, locale) for i in page.industries}
    statuses = {s: shown.status_word(s, locale) for s in page.statuses}
    return (
        *_menu(request, "industry", page.industries, industries),
        *_menu(request, "status", page.statuses, statuses),
    )


def _menu(
    request: Request, key: str, counts: Mapping[str, int], names: Mapping[str, str]
) -> tuple[Select, ...]:
    if len(counts) <= 1:
        return ()
    values = {n: v for n, v in request.values.items() if v not in (None, "", ())}
    if "query" in values:
        values["query"] = without_key(str(values["query"]), key)
    carried = {n: v for n, v in values.items() if n not in {"offset", key} and v != ""}
    ordered = sorted(counts, key=lambda one: (-counts[one], names[one]))[:_MENU]
    choices = tuple(Choice(one, f"{names[one]} ({counts[one]})") for one in ordered)
    select = Select(
        command=request.command,
        name=key,
        placeholder=render(f"idea.narrow_{key}", request.locale),
        choices=choices,
        values={**carried, "paged": True},
    )
    return (select,)


def facets_text(page: Page, taxonomy: Taxonomy, locale: str) -> str:
    """Say how many of the found ideas each industry and each status has."""
    industries = _most(page.industries, [taxonomy.name(i, locale) for i in page.industries])
    statuses = _most(page.statuses, [shown.status_word(s, locale) for s in page.statuses])
    return render("idea.facets", locale, industries=industries, statuses=statuses)


def _most(counts: Mapping[str, int], names: Sequence[str]) -> list[tuple[str, int]]:
    named = zip(names, counts.values(), strict=True)
    return sorted(named, key=lambda pair: (-pair[1], pair[0]))[:_FACETS]


async def complete_status(_services: Services, _request: Request, prefix: str) -> list[Choice]:
    """Complete a status."""
    return [Choice(s, s) for s in STATUSES if s.startswith(prefix.lower())]


async def complete_sort(_services: Services, _request: Request, prefix: str) -> list[Choice]:
    """Complete an order."""
    return [Choice(s, s) for s in SORTS if s.startswith(prefix.lower())]


_DESCRIBED = {
    "industry": ("Industry", "One or more, with commas between"),
    "status": ("Status", "pending, accepted, declined ... with commas between"),
    "by": ("By", "A member's name, or me"),
    "since": ("Since", "A day such as 2026-03-01, or 7d, 2w, today"),
    "until": ("Until", "A day such as 2026-03-31, or 7d, 2w, today"),
    "votes": ("Votes", "At least so many, such as 5 or >10"),
    "platform": ("Platform", "discord, slack or console"),
    "flagged": ("Flagged", "yes: only what a moderator should look at"),
    "sort": ("Order", "best, new, old, votes or relevance"),
}
_COMPLETED = {"industry": complete_industry, "status": complete_status, "sort": complete_sort}
_WORDS: Mapping[str, tuple[str, ...]] = {"status": tuple(STATUSES), "sort": tuple(SORTS)}

FILTER_FIELDS: tuple[Field, ...] = tuple(
    Field(
        name=key,
        label=_DESCRIBED[key][0],
        description=_DESCRIBED[key][1],
        type=FieldType.CHOICE if key in _COMPLETED else FieldType.LINE,
        words=_WORDS.get(key, ()),
        complete=_COMPLETED.get(key),
        max_length=100,
    )
    for key in KEYS
)
_OFFSET = Field(
    name="offset",
    label="From",
    type=FieldType.INTEGER,
    minimum=0,
    maximum=1_000_000,
    in_option=False,
)
QUERY = Field(
    name="query",
    label="Words",
    description='Words, "a phrase", and filters such as industry:insurance votes:>5',
    max_length=300,
)

SEARCH_IDEAS = Command(
    name="idea search",
    summary="Find ideas by words, industry, status, author, date or votes",
    handle=search_ideas,
    fields=(QUERY, *(f for f in FILTER_FIELDS if f.name != "flagged"), _OFFSET),
    inline="query",
    examples=(
        "idea search crash industry:insurance",
        'idea search "police report" votes:>5 sort:new',
    ),
)
TOP_IDEAS = Command(
    name="idea top",
    summary="List the best open ideas, all or of an industry",
    handle=top_ideas,
    fields=(*(f for f in FILTER_FIELDS if f.name in {"industry", "status", "since"}), _OFFSET),
    examples=("idea top", "idea top industry:insurance"),
)
MY_IDEAS = Command(
    name="idea mine",
    summary="List your own ideas and what became of them",
    handle=my_ideas,
    fields=(_OFFSET,),
    examples=("idea mine",),
)
