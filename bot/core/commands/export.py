"""The collection as a file, for moderators and for them alone."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.idea_list import FILTER_FIELDS, QUERY, filter_of
from bot.core.export_columns import NAMES, PRESETS, VERSION, chosen, names_in
from bot.core.export_files import export_file
from bot.core.exports import FIXED, FORMATS, ExportOptions
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Role
from bot.core.services import Services
from prompts import render


async def export_ideas(services: Services, request: Request) -> Reply:
    """Write every idea that fits to a file; all statuses unless a filter says otherwise.

    Raises:
        InvalidField: no such column.
    """
    columns = names_in(request.text("columns"))
    chosen(columns)  # says at once which there are
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    wanted = replace(filter_of(request, taxonomy), sort="old")
    page = await services.store.ideas.search(
        request.community.bank_id, wanted, limit=1, with_facets=False
    )
    if not page.total:
        return Reply(
            text=render(
                "export.empty",
                request.locale,
                words=request.text("query"),
                formats=list(FORMATS),
            ),
            ok=False,
            is_private=True,
        )
    options = ExportOptions(
        format=request.text("format") or "csv",
        filter=wanted,
        is_pseudonymised=request.flag("pseudonyms"),
        locale=request.locale,
        columns=columns,
    )
    made = await export_file(services, request.community, options, request.now)
    text = render(
        "export.done",
        request.locale,
        count=made.ideas,
        name=made.file.name,
        format=options.format,
        version=VERSION,
        sha256=made.sha256,
        is_partial=bool(columns) and "all" not in columns,
        has_own_columns=bool(columns) and options.format in FIXED,
    )
    return Reply(text=text, file=made.file)


async def complete_columns(_services: Services, _request: Request, prefix: str) -> list[Choice]:
    """Complete the last name of a list of presets and columns."""
    *before, last = prefix.lower().replace(" ", ",").split(",")
    head = "".join(f"{name}," for name in before if name)
    found = [name for name in (*PRESETS, *NAMES) if name.startswith(last)]
    return [Choice(f"{head}{name}", f"{head}{name}") for name in found if len(head + name) <= 75][  # noqa: PLR2004  a choice's label
        :25
    ]


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
            name="columns",
            label="Columns",
            type=FieldType.CHOICE,
            description="basic, review, votes, codes, or names with commas; all, if left out",
            complete=complete_columns,
            max_length=300,
        ),
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
    examples=(
        "export",
        "export format:xlsx status:accepted",
        "export format:csv columns:basic,naics industry:insurance since:30d",
    ),
)
