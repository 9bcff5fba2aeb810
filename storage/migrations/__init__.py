"""The schema's history: append-only functions, one module each. Imported only when one is due."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.migrations import m001, m002, m003, m005, m007, m010, m011, m012, m013, m014

migrations = Migrations("reelbank")


def run_script(db: Database, script: str) -> None:
    """Run statements one by one, since `executescript` would commit the transaction around it."""
    for statement in script.split("\n\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_ideas(db: Database) -> None:
    """Everything from the first day on."""
    run_script(db, m001.SCHEMA)


@migrations()
def m002_usage(db: Database) -> None:
    """What the language model was used for, so that processes share one budget."""
    run_script(db, m002.SCHEMA)


@migrations()
def m003_moderating(db: Database) -> None:
    """Claims, appeals, pairs, edits under review, and undo of whatever a moderator does."""
    run_script(db, m003.SCHEMA)


@migrations()
def m005_files(db: Database) -> None:
    """Files of ideas that are not kept yet, and what platforms call those that they were sent."""
    run_script(db, m005.FILES)


@migrations()
def m005_talk(db: Database) -> None:
    """What people want to hear of; comments that came from a thread, and changed ones."""
    run_script(db, m005.TALK)


@migrations()
def m007_schedules(db: Database) -> None:
    """Whose turn was when (digests, scheduled exports), and quick looks at the last days."""
    run_script(db, m007.SCHEDULES)


@migrations()
def m010_chosen(db: Database) -> None:
    """Moderators' choices are read often, and are few among a million tags."""
    run_script(db, m010.SCHEMA)


@migrations()
def m011_gap_states(db: Database) -> None:
    """Gaps that are open, answered or dismissed, and who wants to hear of it."""
    run_script(db, m011.SCHEMA)


@migrations()
def m012_returning(db: Database) -> None:
    """What outlives an erasure without naming anybody, so that coming back undoes nothing."""
    run_script(db, m012.SCHEMA)


@migrations()
def m013_feedback(db: Database) -> None:
    """Everybody's own opinion of an answer."""
    run_script(db, m013.SCHEMA)


@migrations()
def m014_gap_keys(db: Database) -> None:
    """Keys of gaps that nobody can try guessed questions on."""
    m014.key_gaps(db)
