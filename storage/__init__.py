"""The store: one SQLite file, and the only SQL of the project."""

from storage.backup import restore
from storage.errors import (
    AlreadyDone,
    CorruptStore,
    DiskFull,
    Full,
    NewerStore,
    NotThere,
    ReadOnlyStore,
    Stale,
    StoreError,
    StoreInUse,
    StoreLocked,
)
from storage.figures import Count
from storage.rows import (
    REVISED,
    STATUSES,
    Appeal,
    Attachment,
    AuditFilter,
    AuditHead,
    AuditRow,
    Card,
    Change,
    Claim,
    CommunityRow,
    Delivery,
    Gap,
    Idea,
    IdeaFilter,
    IdeaTag,
    JobRow,
    KnowledgeRow,
    NewAttachment,
    NewIdea,
    Note,
    Notice,
    OutboxRow,
    Page,
    Pair,
    Person,
    QuestionRow,
    SetBy,
    Status,
    Undo,
    Vote,
    VoteCount,
    Write,
)
from storage.store import Store, check

__all__ = [
    "REVISED", "STATUSES", "AlreadyDone", "Appeal", "Attachment", "AuditFilter", "AuditHead",
    "AuditRow", "Card", "Change", "Claim", "CommunityRow", "CorruptStore", "Count", "Delivery",
    "DiskFull", "Full", "Gap", "Idea", "IdeaFilter", "IdeaTag", "JobRow", "KnowledgeRow",
    "NewAttachment", "NewIdea", "NewerStore", "NotThere", "Note", "Notice", "OutboxRow", "Page",
    "Pair", "Person", "QuestionRow", "ReadOnlyStore", "SetBy", "Stale", "Status", "Store",
    "StoreError", "StoreInUse", "StoreLocked", "Undo", "Vote", "VoteCount", "Write", "check",
    "restore",
]  # fmt: skip
