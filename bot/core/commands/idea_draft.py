"""What was typed for an idea, and which questions about it were answered; waits in a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.attaching import attached_of, take
from bot.core.capture import Quoted
from bot.core.commands import ideas
from bot.core.commands.idea_reading import URL
from bot.core.errors import NotFound
from bot.core.model import Attached, Request, Value
from bot.core.services import Services
from storage import NewAttachment

_STATED = ("title", "text", "industry", "beneficiaries", "link", "anonymous", "permalink")
_QUOTED = "quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An idea that is not kept yet."""

    values: Mapping[str, Value]
    id: int | None = None
    quoted: Quoted | None = None
    sure: frozenset[str] = frozenset()  # "idea": it is one; "new": it is like none that is there
    attached: tuple[Attached, ...] = ()  # files that are not fetched yet
    files: tuple[NewAttachment, ...] = ()
    remarks: tuple[str, ...] = ()  # what has to be said about the files

    def text(self, name: str) -> str:
        """Give a typed value, stripped."""
        return str(self.values.get(name) or "").strip()

    def flag(self, name: str) -> bool:
        """Give a typed value as yes or no."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def sure_of(self, *more: str) -> str:
        """Give what was answered, with more, as a button carries it."""
        return "+".join(sorted(self.sure | set(more)))


def typed_draft(request: Request) -> Draft:
    """Give what this request holds. A link among those who benefit is taken as the link."""
    typed = {name: request.values.get(name) for name in _STATED}
    found = URL.search(str(typed["beneficiaries"] or "")) if not typed["link"] else None
    if found:
        left = str(typed["beneficiaries"]).replace(found.group(), " ")
        typed["link"] = found.group()
        typed["beneficiaries"] = " ".join(left.split()).rstrip(" ,;:-") or None
    return Draft(values=typed, attached=attached_of(request))


async def saved_draft(services: Services, request: Request) -> Draft:
    """Give the draft that a button came back with.

    Raises:
        NotFound: it was kept, or purged, or is somebody else's.
    """
    draft_id = request.number("draft") or 0
    kept = await services.store.drafts.get(draft_id, request.actor.person_id or 0)
    if kept is None:
        raise NotFound("draft_gone")
    quoted = Quoted.from_values(kept[_QUOTED]) if _QUOTED in kept else None
    files = await services.store.drafts.files(draft_id, request.actor.person_id or 0)
    return Draft(
        files=files,
        values={name: kept.get(name) for name in _STATED},
        id=draft_id,
        quoted=quoted,
        sure=frozenset(request.text("sure").split("+")) - {""},
    )


async def with_files(services: Services, request: Request, draft: Draft) -> Draft:
    """Fetch the files that came along; their addresses would not outlive a question."""
    if not draft.attached:
        return draft
    taken = await take(services, request, draft.attached)
    return replace(draft, attached=(), files=taken.files, remarks=taken.remarks)


async def save_draft(services: Services, request: Request, draft: Draft) -> Draft:
    """Keep what was typed, so that nothing is lost while a question is open."""
    if draft.id is not None:
        return draft
    values = {name: value for name, value in draft.values.items() if value not in (None, "")}
    more = {_QUOTED: draft.quoted.to_values()} if draft.quoted else {}
    draft_id = await services.store.drafts.save(
        ideas.write_of(request), "idea add", {**values, **more}, files=draft.files
    )
    return replace(draft, id=draft_id)
