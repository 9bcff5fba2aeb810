"""A row of a file as an idea: which columns mean what, and what is wrong with a value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from bot.core.cleaning import clean_name, clean_text
from bot.core.commands.idea_reading import TEXT_LIMIT, TITLE_LIMIT, flags_of, title_of
from bot.core.import_checks import is_number, require_sound
from bot.core.import_files import RawRow
from storage import STATUSES, IdeaTag, NewAttachment, NewIdea, Status, VoteCount

if TYPE_CHECKING:
    from bot.tagging import Taxonomy

# What a column may be called by other programs, ours first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "idea", "description", "use case", "use_case", "usecase", "body", "details",
             "content", "suggestion", "message", "what"),
    "title": ("title", "subject", "headline", "summary", "name of idea"),
    "external_id": ("external_id", "external id", "id", "key", "uuid"),
    "author": ("author", "author_name", "submitted by", "submitter", "user", "username", "name"),
    "anonymous": ("anonymous", "is_anonymous"),
    "industries": ("industries", "industry", "primary_industry", "category", "categories", "tags"),
    "status": ("status", "state"),
    "created_at": ("created_at", "created", "date", "timestamp", "submitted_at", "created at"),
    "language": ("language", "lang"),
    "beneficiaries": ("beneficiaries", "who benefits", "benefits"),
    "link": ("link", "url", "evidence"),
    "permalink": ("permalink",),
    "reason": ("reason",),
}  # fmt: skip
_STATUS: Mapping[str, Status] = {
    **{status: status for status in STATUSES},
    **dict.fromkeys(("", "open", "new", "under review", "started", "submitted"), "pending"),
    **dict.fromkeys(("approved", "planned", "done", "completed", "implemented"), "accepted"),
    **dict.fromkeys(("rejected", "denied", "closed", "duplicate"), "declined"),
}
_YES = {"yes", "true", "1", "y", "x"}
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,]+(\d{1,2}:\d{2}(?::\d{2})?))?")
_FILE_NAME, _FILE_URL = 100, 2000
_ANY_ID = re.compile(r"[^\x00-\x1f]{1,200}")


class BadValue(ValueError):
    """Why a row cannot be kept, in words for whoever imports; never the text itself."""


@dataclass(slots=True)
class RowReader:
    """Turns rows into new ideas.

    Args:
        taxonomy: to find industries by id or name.
        now: no idea can be from later than a day after.
        is_restoring: rows of our own JSON keep numbers, times, statuses and tallies.
    """

    taxonomy: Taxonomy
    now: datetime
    is_restoring: bool = False
    _seen: dict[str, int] = field(default_factory=dict)

    def read(self, row: RawRow) -> NewIdea:
        """Give the idea of a row.

        Raises:
            BadValue: the row is malformed; says why.
        """
        if row.problem:
            raise BadValue(row.problem)
        texts = _Texts(row.values)
        text = texts.get("text") or texts.get("title")
        if not text:
            raise BadValue("no text" if texts.has("text", "title") else "no column named text")
        if len(text) > TEXT_LIMIT:
            raise BadValue(f"the text has {len(text):,} characters; at most {TEXT_LIMIT:,} fit")
        if self.is_restoring and is_record(row.values):
            return self._restored(row.values, texts, text)
        return self._imported(texts, text)

    def _imported(self, texts: _Texts, text: str) -> NewIdea:
        status = _STATUS.get(texts.get("status").lower())
        tags, unknown = self._industries(texts.get("industries"))
        flags = [*_doubts(text), *(["unknown_status"] if status is None else []),
                 *(["unknown_industry"] if unknown else [])]  # fmt: skip
        created = _moment(texts.get("created_at"), self.now)
        is_anonymous = texts.get("anonymous").lower() in _YES
        author = "" if is_anonymous else clean_name(texts.get("author"))
        return NewIdea(
            title=(texts.get("title") or title_of(text))[:TITLE_LIMIT],
            text=text,
            language=texts.get("language")[:12],
            is_anonymous=is_anonymous,
            beneficiaries=texts.get("beneficiaries")[:500],
            link=texts.get("link")[:500],
            permalink=None if is_anonymous else texts.get("permalink")[:500] or None,
            external_id=self._external_id(texts, text, author),
            # A merge needs its target; out of an export for another bank it is a decided idea.
            status="declined" if status == "merged" else status or "pending",
            reason=texts.get("reason")[:500],
            flags=tuple(flags),
            tags=tags,
            created_at=created,
            author_name=author,
        )

    def _restored(self, values: Mapping[str, Any], texts: _Texts, text: str) -> NewIdea:
        status = str(values.get("status"))
        # Both lead to the message that an idea was, and so to who wrote it.
        is_hidden = values.get("anonymous") is True or values.get("consent") == "asked"
        if status not in STATUSES:
            raise BadValue("a status that Reelbank does not have")
        try:
            new = NewIdea(
                title=texts.get("title")[:TITLE_LIMIT] or title_of(text),
                text=text,
                language=texts.get("language")[:12],
                is_anonymous=values.get("anonymous") is True,
                beneficiaries=texts.get("beneficiaries"),
                link=texts.get("link"),
                permalink=None if is_hidden else texts.get("permalink") or None,
                external_id=None if is_hidden else texts.get("external_id") or None,
                status=status,
                flags=tuple(str(f) for f in values.get("flags") or ()),
                tags=_tags(values.get("tags") or ()),
                created_at=_time(values["created_at"]),
                author_name=texts.get("author"),
                consent=values.get("consent") or "own",
                number=int(values["number"]),
                updated_at=_time(values.get("updated_at")),
                decided_at=_time(values.get("decided_at")),
                reason=texts.get("reason"),
                merged_into=values.get("merged_into"),
                platform=str(values.get("platform") or ""),
                tallies=votes_of(values["votes"]),
                was=_was(values.get("before_merge")),
                notes=tuple(
                    (_at(n["at"]), clean_text(str(n["text"]))) for n in values.get("notes") or ()
                ),
                aliases=tuple(
                    (int(a["number"]), _at(a["since"])) for a in values.get("aliases") or ()
                ),
                attachments=tuple(_file(one) for one in values.get("files") or ()),
            )
            return require_sound(new)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadValue("not as Reelbank exports it") from error

    def _industries(self, text: str) -> tuple[tuple[IdeaTag, ...], bool]:
        names = [n for n in re.split(r"[;,|]\s*", text) if n.strip()]
        if len(names) == 1 and self.taxonomy.resolve(names[0]) is None:
            names = names[0].split()  # our own CSV puts blanks between ids
        found = [self.taxonomy.resolve(name) for name in names]
        known = list(dict.fromkeys(f for f in found if f is not None))[:4]
        tags = tuple(
            IdeaTag(
                industry=industry,
                rank=rank,
                confidence=1.0,
                set_by="author",
                taxonomy_version=self.taxonomy.version,
            )
            for rank, industry in enumerate(known)
        )
        return tags, None in found

    def _external_id(self, texts: _Texts, text: str, author: str) -> str:
        """Give the row's own id, or one made of what it says: a second import finds it again."""
        given = texts.get("external_id")
        if given and _ANY_ID.fullmatch(given):
            return given
        parts = "\x1f".join((text, author, texts.get("created_at")))
        digest = hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:20]
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"row:{digest}:{self._seen[digest]}"


class _Texts:
    """The texts of a row by what they mean."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, *meanings: str) -> bool:
        return any(name in self._values for meaning in meanings for name in _NAMES[meaning])

    def get(self, meaning: str) -> str:
        for name in _NAMES[meaning]:
            value = self._values.get(name)
            if isinstance(value, list):
                value = ";".join(str(v) for v in value if not isinstance(v, dict))
            if value not in (None, "") and not isinstance(value, dict):
                return clean_text(str(value))
        return ""


def is_record(values: Mapping[str, Any]) -> bool:
    """Tell whether a row is an idea as our JSON has it."""
    return is_number(values.get("number")) and isinstance(values.get("votes"), dict)


def votes_of(votes: Mapping[str, Any]) -> VoteCount:
    """Read the tallies of an exported idea."""
    split = {
        str(platform): (int(pair.get("up", 0)), int(pair.get("down", 0)))
        for platform, pair in (votes.get("by_platform") or {}).items()
    }
    up, down = int(votes.get("up", 0)), int(votes.get("down", 0))
    return VoteCount(up=up, down=down, by_platform=split)


def _tags(tags: Sequence[Mapping[str, Any]]) -> tuple[IdeaTag, ...]:
    return tuple(
        IdeaTag(
            industry=str(tag["industry"]),
            rank=rank,
            confidence=float(tag["confidence"]),
            because=tuple(str(word) for word in tag.get("because") or ()),
            set_by=tag["set_by"],
            taxonomy_version=int(tag.get("taxonomy_version", 1)),
        )
        for rank, tag in enumerate(tags)
    )


def _file(file: Mapping[str, Any]) -> NewAttachment:
    """Read what a file was; its bytes are in no export."""
    size_bytes, url = int(file["size_bytes"]), clean_text(str(file["url"]))
    if size_bytes < 0 or not (url == "" or urlsplit(url).scheme in {"http", "https"}):
        raise ValueError(size_bytes)
    return NewAttachment(
        name=clean_text(str(file["name"]))[:_FILE_NAME],
        media_type=clean_text(str(file["media_type"]))[:_FILE_NAME],
        size_bytes=size_bytes,
        url=url[:_FILE_URL],
    )


def _doubts(text: str) -> tuple[str, ...]:
    from bot.tagging import Tagging, why_not  # noqa: PLC0415  word lists, only for imports

    is_idea = why_not(text) is None
    return flags_of(text, Tagging(tags=(), is_idea=is_idea))


def _was(before: Mapping[str, Any] | None) -> tuple[Status, str, datetime | None] | None:
    """Read what an idea was before it was merged."""
    if before is None:
        return None
    status = before["status"]
    if status not in STATUSES or status == "merged":
        raise ValueError(status)
    return cast("Status", status), str(before.get("reason") or ""), _time(before.get("decided_at"))


def _at(value: Any) -> datetime:
    return cast("datetime", _time(str(value)))


def _time(value: Any) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(text: str, now: datetime) -> datetime | None:
    """Read when an idea was said; None where the row does not tell."""
    if not text:
        return None
    day_first = _DAY_FIRST.fullmatch(text)
    if day_first:
        day, month, year, clock = day_first.groups()
        text = f"{year}-{int(month):02}-{int(day):02}" + (f"T{clock:0>5}" if clock else "")
    try:
        if re.fullmatch(r"\d{10}|\d{13}", text):
            seconds = int(text) / (1000 if len(text) > 10 else 1)  # noqa: PLR2004  ms or s
            moment = datetime.fromtimestamp(seconds, UTC)
        else:
            moment = cast("datetime", _time(text))
        is_possible = datetime(1970, 1, 1, tzinfo=UTC) <= moment <= now + timedelta(days=1)
    except (ValueError, OverflowError, OSError):
        raise BadValue("a date that cannot be read; write it as 2026-11-22") from None
    if not is_possible:
        raise BadValue("a date that lies in the future or before 1970")
    return moment
