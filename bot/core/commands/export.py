"""The collection as a file, for moderators and for them alone."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.idea_list import FILTER_FIELDS, QUERY, filter_of
from bot.core.exports import FORMATS, ExportOptions, export_file
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Role
from bot.core.services import Services
from prompts import render


async def export_ideas(services: Services, request: Request) -> Reply:
    """Write every idea that fits to a file; all statuses unless a filter says otherwise."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    wanted = replace(filter_of(request, taxonomy), sort="old")
    page = await services.store.ideas.search(
        request.community.bank_id, wanted, limit=1, with_facets=False
    )
    if not page.total:
        return Reply(text=render("export.empty", request.locale), ok=False, is_private=True)
    options = ExportOptions(
        format=request.text("format") or "csv",
        filter=wanted,
        is_pseudonymised=request.flag("pseudonyms"),
        locale=request.locale,
    )
    file = await export_file(services, request.community, options)
    text = render("export.done", request.locale, count=page.total, name=file.name)
    return Reply(text=text, file=file)


EXPORT = Command(
    name="export",
    summary="Get the ideas as a file, only for you",
    handle=export_ideas,
    fields=(
        Field(
            name="format",
            label="Format",
            type=FieldType.CHOICE,
            description="csv, if you leave it out",
            choices=tuple(Choice(name, name) for name in FORMATS),
        ),
        QUERY,
        *FILTER_FIELDS,
        Field(
            name="pseudonyms",
            label="Without names",
            type=FieldType.FLAG,
            description="yes: author-1, author-2 ... in the place of names",
        ),
    ),
    audience=Role.MODERATOR,
    inline="query",
    takes_long=True,
    examples=("export", "export md status:accepted", "export csv industry:insurance since:30d"),
)
