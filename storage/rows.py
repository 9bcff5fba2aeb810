"""The rows as the rest of the house sees them; frozen values, times aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Status = Literal["pending", "accepted", "declined", "merged", "withdrawn"]
STATUSES: tuple[Status, ...] = ("pending", "accepted", "declined", "merged", "withdrawn")
SetBy = Literal["author", "tagger", "moderator"]
GapState = Literal["open", "answered", "dismissed"]
FactState = Literal["proposed", "live", "retired"]
REVISED = "revised"
"""Flag of an idea that its author revised after it was declined; that leads back once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be sent along with a write; `key` makes it unique, a second one replaces it."""

    key: str
    platform: str
    community_id: int
    payload: Mapping[str, Any]
    kind: str = "notice"
    due_at: datetime | None = None  # None: at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Who writes, for which delivery, when. One write is one transaction.

    `person_id` is None for the program itself (jobs, imports). A `delivery_id` that is already
    done makes the write raise `AlreadyDone`, so that a redelivery has no second effect.
    """

    person_id: int | None
    community_id: int | None
    now: datetime
    delivery_id: str | None = None
    notices: tuple[Notice, ...] = ()  # kept in the outbox in the same transaction
    act: str = ""  # what belongs together: writes of one act of a moderator are undone as one


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow:
    """A guild, a workspace or the console; `settings` are as stored (typed by core)."""

    id: int
    key: str
    name: str
    bank_id: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person behind one or more platform accounts."""

    id: int
    display_name: str
    first_seen_at: datetime
    accounts: tuple[str, ...] = ()
    blocked_until: datetime | None = None  # in the community asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaTag:
    """An industry of an idea; the primary one has rank 0."""

    industry: str
    rank: int
    confidence: float
    because: tuple[str, ...] = ()
    set_by: SetBy = "tagger"
    taxonomy_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCount:
    """Votes of one idea; `by_platform` maps platform to (up, down)."""

    up: int = 0
    down: int = 0
    by_platform: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """Give up minus down."""
        return self.up - self.down


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One person's vote; `is_held` while a moderator decides about a burst."""

    person_id: int
    value: int
    platform: str
    voted_at: datetime
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note on an idea; `author_name` is "" where the idea's anonymous author wrote it."""

    id: int
    number: int  # of the idea it was written on, which may be merged by now
    text: str
    is_staff: bool
    at: datetime
    author_name: str = ""
    by_author: bool = False  # whoever had the idea wrote it
    is_own: bool = False  # whoever reads wrote it
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file or link to be kept with an idea; only small pictures come with their `content`."""

    name: str
    media_type: str = ""
    size_bytes: int = 0
    url: str = ""  # of a link; the addresses of platforms expire and are not kept
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file or link as kept, without its bytes; `name` never tells who had an anonymous idea."""

    id: int
    number: int  # of the idea it was added to, which may be merged by now
    name: str
    media_type: str
    size_bytes: int
    url: str
    at: datetime
    is_picture: bool  # its bytes are kept, and can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdea:
    """An idea to be kept. `vector` is float32 bytes of `vector_model`."""

    title: str
    text: str
    language: str = ""
    is_anonymous: bool = False
    beneficiaries: str = ""  # who benefits
    link: str = ""
    permalink: str | None = None
    external_id: str | None = None
    status: Status = "pending"
    flags: tuple[str, ...] = ()  # why a moderator should look: "links_only", "not_an_idea" ...
    tags: tuple[IdeaTag, ...] = ()
    vector: bytes | None = None
    vector_model: str | None = None
    created_at: datetime | None = None  # imports keep their time
    author_id: int | None = None  # whom it is credited to, if not the one who writes
    author_name: str = ""  # imports: a name without an account
    consent: Literal["own", "asked", "given"] = "own"
    # Only in an admin's import of an export: what the idea already was. A number that is taken
    # in the bank, or None, gives the next free one; `merged_into` is a number of the same export.
    number: int | None = None
    updated_at: datetime | None = None
    decided_at: datetime | None = None
    reason: str = ""
    merged_into: int | None = None
    platform: str = ""
    attachments: tuple[NewAttachment, ...] = ()
    tallies: VoteCount = VoteCount()  # votes whose voters are not known here; added to the counts
    was: tuple[Status, str, datetime | None] | None = None  # status, reason, time before a merge
    notes: tuple[tuple[datetime, str], ...] = ()  # public ones, whose writers are not known here
    aliases: tuple[tuple[int, datetime], ...] = ()  # numbers that lead to it, and since when


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """An idea as kept. `author_name` is "" where the author is anonymous or not yet agreed.

    `author_id` is for rights checks only and never shown; None once the author was erased.
    """

    id: int
    bank_id: int
    number: int
    title: str
    text: str
    status: Status
    created_at: datetime
    updated_at: datetime
    version: int
    author_id: int | None = None
    author_name: str = ""
    is_anonymous: bool = False
    language: str = ""
    beneficiaries: str = ""
    link: str = ""
    permalink: str | None = None
    external_id: str | None = None
    community_id: int | None = None
    platform: str = ""
    merged_into: int | None = None  # number of the idea it was merged into
    reason: str = ""  # why it was declined
    decided_at: datetime | None = None
    flags: tuple[str, ...] = ()
    consent: str = "own"
    tags: tuple[IdeaTag, ...] = ()
    votes: VoteCount = VoteCount()
    note_count: int = 0
    # While an edit of an accepted idea waits: the version that was accepted.
    accepted_version: int | None = None

    @property
    def primary(self) -> str:
        """Give the id of the primary industry."""
        return self.tags[0].industry if self.tags else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaFilter:
    """What to look for; the same for search, export and the queue. Empty fields don't filter."""

    words: str = ""  # full text; "quoted phrases" kept together
    industries: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    author_id: int | None = None  # "mine": includes one's own anonymous ideas
    by_name: str = ""  # by:, never matches anonymous ideas
    since: datetime | None = None
    until: datetime | None = None
    min_votes: int | None = None
    platform: str = ""
    flagged: bool | None = None
    is_edit: bool | None = None  # an edit of an idea that was accepted before
    claims_at: datetime | None = None  # when claims must hold; without it they don't filter
    claimed_by: int | None = None  # with `claims_at`: claimed by this person, None for nobody
    sort: Literal["best", "new", "old", "votes", "relevance"] = "relevance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of ideas with the whole count and the counts per industry and per status.

    With `is_capped` more ideas fit than were counted: say "more than", not "exactly".
    """

    ideas: tuple[Idea, ...]
    total: int
    offset: int
    industries: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    is_capped: bool = False
    is_loose: bool = False  # no idea has all the words: these have some of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something a platform handed us, with its payload until it is done."""

    id: str
    community_key: str
    platform: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """That something changed: idea, vote, vector, settings, bank, knowledge or taxonomy.

    `subject` is a number or id as text, or "*" for many.
    """

    id: int
    bank_id: int | None
    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An idea as shown in a channel."""

    idea_id: int
    community_id: int
    channel_id: str
    message_id: str
    thread_id: str | None = None
    shown: str = ""  # hash of what is shown
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something to be sent: `kind` is card, notice or reply; leased by one process at a time."""

    id: int
    key: str
    platform: str
    community_id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    due_at: datetime
    created_at: datetime
    dead_reason: str | None = None
    generation: int = 1  # grows when the row is made due anew


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One link of a bank's chain; names people and texts by reference only."""

    id: int
    bank_id: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str  # "idea:42"
    details: Mapping[str, Any]  # field names, version numbers, statuses; never text
    hash: str
    seq: int = 0  # its place in the bank's chain, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows of a chain to give; empty fields don't filter."""

    subject: str = ""
    actor_id: int | None = None
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """A row of a chain, as it can be noted outside of the store and looked for later."""

    bank_id: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question as kept for follow-ups, feedback and gaps."""

    id: int
    community_id: int
    person_id: int | None
    thread_key: str
    question: str
    answer: str
    entities: tuple[str, ...]
    abstained: bool
    reason: str | None
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """How a job stands."""

    name: str
    due_at: datetime
    lease_until: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a community's turns of one kind stand; `plan` is "" while they are switched off."""

    community_id: int
    plan: str
    seen_at: datetime  # when this plan was first seen
    last_at: datetime | None = None  # the turn that was taken last


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A question that nobody could answer, with how often it was asked.

    `state` is open, answered or dismissed; `followers` counts who wants to be told.
    """

    id: int
    question: str
    entities: tuple[str, ...]
    field: str
    count: int
    first_at: datetime
    last_at: datetime
    state: GapState = "open"
    followers: int = 0


@dataclass(frozen=True, slots=True)
class GapFollower:
    """Somebody who wants to be told when a gap is answered, with the question in their words."""

    person: Person
    community_id: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeRow:
    """A fact that a bank added to the built-in knowledge, or took out of it."""

    id: int
    entity_id: str
    fact: Mapping[str, Any]
    state: FactState
    person_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact to be added, or with `row_id` what becomes of one that is there.

    With `expected` nothing happens where the row is no longer in that state.
    """

    entity_id: str
    fact: Mapping[str, Any]
    state: FactState
    row_id: int | None = None
    expected: FactState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Something that a moderator did and that can be taken back.

    `action` is one of status, restore, tags, edit, merge, unmerge, note, claim, votes, block,
    fact, gap, pair, appeal, taxonomy. What has the same `act` was done at once.
    """

    id: int
    action: str
    actor_id: int | None
    at: datetime
    act: str = ""
    number: int | None = None  # of the idea, where it concerns one
    status: str = ""  # of that idea by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That a moderator looks at an idea, until a time."""

    person_id: int
    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An author's appeal against a decline, and who had declined."""

    text: str
    at: datetime
    decider_id: int | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ideas that are probably the same; `score` is 0 to 1."""

    older: Idea
    newer: Idea
    score: float
    shared: tuple[str, ...] = ()
