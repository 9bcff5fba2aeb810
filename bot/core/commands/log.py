"""The log of what was done in the bank: pages, filters, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core import community_settings
from bot.core.audit_file import FORMATS, audit_file
from bot.core.commands import ideas, shown
from bot.core.commands.members import find_member
from bot.core.model import Button, Choice, Command, Field, FieldType, Reply, Request, Role
from bot.core.services import Services
from prompts import render
from storage import AuditFilter, AuditRow

PAGE = 15
# What moderators filter by, and the actions that it stands for.
KINDS = {
    "decisions": ("idea.status", "idea.restore", "idea.uphold", "idea.appeal"),
    "merges": ("idea.merge", "idea.unmerge", "idea.apart"),
    "edits": ("idea.edit", "idea.tags", "idea.flags"),
    "members": ("member.block", "member.unblock", "member.grant", "member.erase", "idea.erase"),
    "votes": ("votes.hold", "votes.release"),
    "claims": ("idea.claim", "idea.release"),
    "undone": ("undo",),
    "facts": ("fact.put", "gap.close"),
    "settings": ("settings", "taxonomy.put", "link", "unlink", "link.code"),
}
DAYS_MOST = 3650
_UNSET = {
    **dict.fromkeys(("from", "to", "into", "action", "state", "by"), ""),
    **dict.fromkeys(("count", "ideas", "version"), 0),
    **dict.fromkeys(("keep", "silent", "staff"), False),
    **dict.fromkeys(("fields", "industries"), ()),
}
"""What the words of an action may ask for, where its row does not say it."""


async def show_log(services: Services, request: Request) -> Reply:
    """Show what was done in the bank, newest first, or give it as a file."""
    wanted = await _wanted(services, request)
    if request.text("export"):
        return await _exported(services, request, wanted)
    before = request.number("before")
    rows = await services.store.audit.list(
        request.community.bank_id, PAGE + 1, before, wanted=wanted
    )
    listed = rows[:PAGE]
    names = await actor_names(services, listed)
    zone = community_settings.zone(request.community.settings)
    lines = [
        render(
            "mod.log_line",
            request.locale,
            at=row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            what=what(row, request.locale),
            who=names.get(row.actor_id or 0, ""),
            by_author=row.details.get("by") == "author",
            subject=row.subject.replace("idea:", "#"),
            has_idea=row.subject.startswith("idea:"),
        )
        for row in listed
    ]
    return Reply(
        title=render("mod.log_title", request.locale),
        text=render("mod.log", request.locale, lines=lines),
        buttons=_pages(request, rows),
        replace=request.flag("paged"),
    )


def what(row: AuditRow, locale: str) -> str:
    """Say an action of the log in words; one that has none, by its name."""
    details = {**_UNSET, **row.details}
    if row.action in {"idea.status", "idea.edit"}:
        statuses = {n: shown.status_word(details[n], locale) for n in ("from", "to") if details[n]}
        details |= statuses
    return render("log.what", locale, action=row.action, details=details)


async def actor_names(services: Services, rows: Sequence[AuditRow]) -> dict[int, str]:
    """Give the names of who acted, as they are called now; the log itself holds none."""
    names: dict[int, str] = {}
    for actor_id in {row.actor_id for row in rows if row.actor_id is not None}:
        person = await services.store.members.get(actor_id)
        if person is not None:
            names[actor_id] = person.display_name
    return names


async def _wanted(services: Services, request: Request) -> AuditFilter:
    """Read the filters.

    Raises:
        NotFound: nobody is known by that name, or several are.
    """
    wanted = AuditFilter(actions=KINDS.get(request.text("kind"), ()))
    number, member, days = request.number("number"), request.text("by"), request.number("days")
    if number is not None:
        wanted = replace(wanted, subject=f"idea:{number}")
    if member:
        person = await find_member(services, request, member)
        wanted = replace(wanted, actor_id=person.id)
    if days:
        wanted = replace(wanted, since=request.now - timedelta(days=days))
    return wanted


def _pages(request: Request, rows: Sequence[AuditRow]) -> tuple[Button, ...]:
    """Give the buttons to older rows, and back to the newest."""
    asked = {k: v for k, v in request.values.items() if v not in (None, "", ())}
    asked = {k: v for k, v in asked.items() if k not in {"before", "paged"}} | {"paged": True}
    found: list[Button] = []
    if request.number("before") is not None:
        newest = render("button.newest", request.locale)
        found.append(Button(label=newest, command="mod log", values=asked))
    if len(rows) > PAGE:
        values = {**asked, "before": rows[PAGE - 1].id}
        label = render("button.older", request.locale)
        found.append(Button(label=label, command="mod log", values=values))
    return tuple(found)


async def _exported(services: Services, request: Request, wanted: AuditFilter) -> Reply:
    file, count = await audit_file(
        services, request.community.bank_id, wanted, request.text("export")
    )
    text = render("mod.log_exported", request.locale, count=count, name=file.name)
    return Reply(text=text, file=file)


LOG = Command(
    name="mod log",
    summary="See who did what, newest first, or get it as a file",
    handle=show_log,
    fields=(
        ideas.idea_field(is_required=False),
        Field(
            name="kind",
            label="What",
            type=FieldType.CHOICE,
            description="decisions, merges, edits, members ...",
            choices=tuple(Choice(kind, kind) for kind in KINDS),
        ),
        Field(name="by", label="By", type=FieldType.MEMBER, description="What this member did"),
        Field(
            name="days",
            label="Days",
            type=FieldType.INTEGER,
            description="Of the last so many days",
            minimum=1,
            maximum=DAYS_MOST,
        ),
        Field(
            name="export",
            label="Export",
            type=FieldType.CHOICE,
            description="The whole of it as a file: csv or jsonl",
            choices=tuple(Choice(name, name) for name in FORMATS),
        ),
        Field(name="before", label="Before", type=FieldType.INTEGER, in_option=False),
    ),
    audience=Role.MODERATOR,
    takes_long=True,
    examples=("mod log", "mod log 42", "mod log kind:decisions days:7", "mod log export:csv"),
)
