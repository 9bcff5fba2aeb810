"""The store as a whole: opening, closing, scrubbing; its subjects are its attributes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sqlite3
from pathlib import Path

from storage import backup
from storage.appeals import Appeals
from storage.attachments import Attachments
from storage.audit import Audit
from storage.cards import Cards
from storage.changes import Changes
from storage.claims import Claims
from storage.communities import Communities
from storage.connection import connect
from storage.deliveries import Deliveries
from storage.drafts import Actions, Drafts
from storage.engine import Engine, immediate
from storage.gaps import Gaps
from storage.ideas import Ideas
from storage.jobs import Jobs
from storage.knowledge import Knowledge, Taxonomy
from storage.limits import Limits
from storage.members import Members
from storage.notes import Followers, Notes
from storage.opening import prepare
from storage.outbox import Outbox
from storage.pairs import Pairs
from storage.questions import Questions
from storage.schedules import Schedules
from storage.tagging import Examples
from storage.undoing import Undoing
from storage.usage import Usage
from storage.votes import Votes
from storage.waiting import Waiting


class Store:
    """One SQLite file, shared by the threads of this process and by other processes.

    Open it with `Store.open`, close it with `close`. All methods of the subjects are coroutines;
    the few generators (`ideas.scan`, `audit.scan`, `ideas.vector_chunks`) block.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.communities = Communities(engine)
        self.members = Members(engine)
        self.ideas = Ideas(engine)
        self.votes = Votes(engine)
        self.notes = Notes(engine)
        self.followers = Followers(engine)
        self.attachments = Attachments(engine)
        self.drafts = Drafts(engine)
        self.actions = Actions(engine)
        self.deliveries = Deliveries(engine)
        self.changes = Changes(engine)
        self.cards = Cards(engine)
        self.outbox = Outbox(engine)
        self.jobs = Jobs(engine)
        self.schedules = Schedules(engine)
        self.audit = Audit(engine)
        self.questions = Questions(engine)
        self.gaps = Gaps(engine)
        self.limits = Limits(engine)
        self.knowledge = Knowledge(engine)
        self.taxonomy = Taxonomy(engine)
        self.examples = Examples(engine)
        self.undo = Undoing(engine)
        self.claims = Claims(engine)
        self.appeals = Appeals(engine)
        self.pairs = Pairs(engine)
        self.waiting = Waiting(engine)
        self.usage = Usage(engine)

    @classmethod
    def open(cls, path: Path, *, durable: bool = True, busy_timeout_s: float = 10.0) -> Store:
        """Open a store, made with its folder if it isn't there, and bring its schema up to date.

        Args:
            path: the file.
            durable: False gives up `synchronous=FULL`; for tests.
            busy_timeout_s: how long a write waits for other processes.

        Raises:
            NewerStore, ReadOnlyStore, DiskFull, CorruptStore, StoreLocked: with what to do; the
                file is as it was.
        """
        prepare(path, durable=durable, busy_timeout_s=busy_timeout_s)
        return cls(Engine(path, durable=durable, busy_timeout_s=busy_timeout_s))

    @property
    def path(self) -> Path:
        """Give the file."""
        return self._engine.path

    def close(self) -> None:
        """Finish the writes that were handed over and close all connections. Blocks."""
        self._engine.close()

    async def ping(self) -> None:
        """Read something, so that a broken store shows."""
        await self._engine.read(lambda cx: cx.execute("SELECT count(*) FROM banks").fetchone())

    async def backup(self, target: Path) -> None:
        """Copy the store to a new file while it is used."""
        await asyncio.to_thread(backup.copy, self.path, target)

    async def scrub(self) -> bool:
        """Take what was deleted out of the bytes of the file and its log.

        Returns:
            False while readers of any process keep old pages alive; try again later.
        """
        last = await self._engine.read(lambda cx: cx.execute(_LAST_SCRUB).fetchone()[0])
        # Step by step, so that other writes come in between: all at once would take minutes for a
        # million ideas. A negative step gathers all segments, the others go on merging them.
        pages = -_PAGES_A_STEP
        while await self._engine.write(functools.partial(_merge_words, pages=pages)):
            pages = _PAGES_A_STEP
        if not await self._engine.write(_truncate_log):
            return False
        await self._engine.write(functools.partial(_note_scrub, last=last))
        return True

    async def needs_scrub(self) -> bool:
        """Tell whether an erasure still waits for a scrub that succeeded."""
        sql = "SELECT EXISTS (SELECT 1 FROM scrubs)"
        return bool(await self._engine.read(lambda cx: cx.execute(sql).fetchone()[0]))


_LAST_SCRUB = "SELECT coalesce(max(id), 0) FROM scrubs"
_PAGES_A_STEP = 500


def _merge_words(connection: sqlite3.Connection, *, pages: int) -> bool:
    """Merge a part of the index of words, where deleted words stand until then.

    Returns:
        Whether there is more to do.
    """
    before = connection.total_changes
    with immediate(connection):
        connection.execute("INSERT INTO ideas_fts (ideas_fts, rank) VALUES ('merge', ?)", (pages,))
    # the INSERT itself counts as one change
    return connection.total_changes - before > 1


def _truncate_log(connection: sqlite3.Connection) -> bool:
    timeout_ms = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    # Writers wait meanwhile: ask shortly and often rather than once and long.
    connection.execute("PRAGMA busy_timeout=200")
    try:
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={timeout_ms}")


def _note_scrub(connection: sqlite3.Connection, *, last: int) -> None:
    with immediate(connection):
        connection.execute("DELETE FROM scrubs WHERE id <= ?", (last,))


def check(path: Path) -> list[str]:
    """Look a store over without changing it: SQLite's integrity, and the index of words. Blocks.

    Returns:
        What is wrong, in words for the operator; nothing when all is well.
    """
    problems: list[str] = []
    with contextlib.closing(connect(path)) as connection:
        found = connection.execute("PRAGMA quick_check(5)").fetchall()
        problems.extend(text for (text,) in found if text != "ok")
        try:
            # rank 1: compare with the ideas themselves, too
            connection.execute(
                "INSERT INTO ideas_fts (ideas_fts, rank) VALUES ('integrity-check', 1)"
            )
        except sqlite3.DatabaseError:
            problems.append("the index of words does not match the ideas")
    return problems
