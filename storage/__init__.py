"""The store: one SQLite file, and the only SQL of the project."""

from storage.backup import restore
from storage.errors import (
    AlreadyDone,
    CorruptStore,
    DiskFull,
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
    STATUSES,
    AuditRow,
    Card,
    Change,
    CommunityRow,
    Delivery,
    Gap,
    Idea,
    IdeaFilter,
    IdeaTag,
    JobRow,
    KnowledgeRow,
    NewIdea,
    Note,
    Notice,
    OutboxRow,
    Page,
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
    "STATUSES", "AlreadyDone", "AuditRow", "Card", "Change", "CommunityRow",
    "CorruptStore", "Count", "Delivery", "DiskFull", "Gap", "Idea", "IdeaFilter", "IdeaTag",
    "JobRow", "KnowledgeRow", "NewIdea", "NewerStore", "NotThere", "Note", "Notice", "OutboxRow",
    "Page", "Person", "QuestionRow", "ReadOnlyStore", "SetBy", "Stale", "Status", "Store",
    "StoreError", "StoreInUse", "StoreLocked", "Undo", "Vote", "VoteCount", "Write", "check",
    "restore",
]  # fmt: skip
