"""What is kept about a person, and forgetting it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from storage.connection import from_json, to_json
from storage.edits import remove
from storage.engine import Subject, reads, writes
from storage.errors import NotThere
from storage.giving import everything_of
from storage.idea_writes import find_by_id, recount
from storage.returning import file_votes, leave_behind
from storage.tx import Tx


class Erasing(Subject):
    """Privacy: giving out and forgetting."""

    @reads
    def everything(self, cx: sqlite3.Connection, person_id: int) -> dict[str, Any]:
        """Give all that is kept about a person, as JSON can hold it; anonymous ideas included."""
        return everything_of(cx, person_id)

    @writes
    def erase(
        self,
        tx: Tx,
        person_id: int,
        *,
        keep_ideas: bool = False,
        new_for: timedelta = timedelta(0),
    ) -> None:
        """Forget a person; afterwards call `Store.scrub()` until it says True.

        Their votes stay as counts that lead to nobody, but for those that a moderator might still
        have to hold out; of blocks and of votes so much stays that coming back undoes neither (see
        `storage.returning`). Their ideas go, with all versions, vectors, files and notes; ideas
        that were merged into them become what they were before.

        Args:
            tx: the transaction.
            person_id: whom.
            keep_ideas: keep accepted ideas, without any trace of who had them.
            new_for: votes of who had been seen for less when they voted go.

        Raises:
            NotThere: no such person.
        """
        if tx.one("SELECT 1 FROM people WHERE id = ?", (person_id,)) is None:
            raise NotThere
        banks = _column(
            tx,
            "SELECT DISTINCT bank_id FROM communities WHERE id IN "
            "(SELECT community_id FROM memberships WHERE person_id = ?)",
            person_id,
        )
        erase_people(tx, [person_id], keep_ideas=keep_ideas, new_for=new_for)
        for bank_id in banks:
            tx.audit(bank_id, "member.erase", "member")


def erase_people(
    tx: Tx, person_ids: Sequence[int], *, keep_ideas: bool, new_for: timedelta = timedelta(0)
) -> None:
    """Delete or detach every row that names these people."""
    mentions = _Mentions(tx, person_ids)
    for person_id in person_ids:
        _erase_person(tx, person_id, keep_ideas=keep_ideas, new_for=new_for)
    mentions.drop(tx)
    tx.run("INSERT INTO scrubs (asked_at) VALUES (?)", (tx.now_us,))


def _erase_person(tx: Tx, person_id: int, *, keep_ideas: bool, new_for: timedelta) -> None:
    for idea_id in _column(tx, "SELECT id FROM ideas WHERE author_id = ?", person_id):
        _erase_idea(tx, idea_id, keep=keep_ideas)
    _redraw_without_files(tx, person_id)
    touched = _column(tx, _TOUCHED, person_id)
    accounts = _column(tx, "SELECT key FROM accounts WHERE person_id = ? ORDER BY key", person_id)
    file_votes(tx, person_id, accounts, new_for)
    leave_behind(tx, person_id, accounts)
    for sql in _FORGET:
        tx.run(sql, (person_id,))
    for account in accounts:
        tx.run("DELETE FROM roles WHERE account_key = ?", (account,))
        _drop_keyed(tx, "hits", account)
        _no_longer_chosen(tx, account)
    for table in ("hits", "outbox"):  # a notice that was sent keeps its key for a while
        _drop_keyed(tx, table, str(person_id))
    tx.run("DELETE FROM accounts WHERE person_id = ?", (person_id,))
    tx.run("DELETE FROM people WHERE ? IN (id, merged_into)", (person_id,))
    for idea_id in touched:
        recount(tx, idea_id)


def _erase_idea(tx: Tx, idea_id: int, *, keep: bool) -> None:
    found = find_by_id(tx, idea_id)
    if keep and found.status == "accepted":
        tx.run(
            # An external id of a quoted message leads to it, and so to who wrote it.
            "UPDATE ideas SET author_id = NULL, author_name = '', permalink = NULL, "
            "external_id = NULL WHERE id = ?",
            (idea_id,),
        )
        tx.run("DELETE FROM idea_edits WHERE idea_id = ?", (idea_id,))
        tx.run("DELETE FROM undos WHERE idea_id = ?", (idea_id,))
        tx.run("DELETE FROM appeals WHERE idea_id = ?", (idea_id,))
        # without versions there is nothing to compare or to go back to
        tx.run("UPDATE ideas SET accepted_version = NULL WHERE id = ?", (idea_id,))
    else:
        remove(tx, idea_id)
    tx.audit(found.bank_id, "idea.erase", found.subject)
    tx.changed(found.bank_id, "idea", str(found.number))
    tx.card(found.bank_id, idea_id, found.number)


def _drop_keyed(tx: Tx, table: str, name: str) -> None:
    """Delete rows whose key holds a name as a whole: `discord:12` is not in `discord:123`."""
    whole = re.compile(rf"(?<![^:]){re.escape(name)}(?![^:])")
    keys = tx.run(f"SELECT DISTINCT key FROM {table} WHERE instr(key, ?)", (name,)).fetchall()
    gone = [(key,) for (key,) in keys if whole.search(key)]
    tx.run_many(f"DELETE FROM {table} WHERE key = ?", gone)


def _no_longer_chosen(tx: Tx, account: str) -> None:
    """Take an account out of the moderators whom communities have chosen."""
    rows = tx.run(
        "SELECT id, bank_id, settings FROM communities WHERE instr(settings, ?)", (f'"{account}"',)
    ).fetchall()
    for community_id, bank_id, text in rows:
        settings = from_json(text)
        chosen = [one for one in settings.get("moderator_roles") or () if one != account]
        settings["moderator_roles"] = chosen
        tx.run(
            "UPDATE communities SET settings = ? WHERE id = ?", (to_json(settings), community_id)
        )
        tx.changed(bank_id, "settings", str(community_id))


def _redraw_without_files(tx: Tx, person_id: int) -> None:
    """Have cards of others' ideas lose what this person added to them."""
    rows = tx.run(
        "SELECT DISTINCT i.bank_id, i.id, i.number FROM attachments a "
        "JOIN ideas i ON i.id = a.idea_id WHERE a.person_id = ?",
        (person_id,),
    )
    for bank_id, idea_id, number in rows.fetchall():
        tx.card(bank_id, idea_id, number)


_TOUCHED = (
    "SELECT idea_id FROM votes WHERE person_id = ?1 UNION "
    "SELECT idea_id FROM notes WHERE person_id = ?1"
)
"""Ideas whose votes or notes are to be counted anew."""

_FORGET = (
    "DELETE FROM votes WHERE person_id = ?",
    "DELETE FROM claims WHERE person_id = ?",
    "DELETE FROM undo_votes WHERE person_id = ?",
    "DELETE FROM undos WHERE subject LIKE 'block:%:' || ?",
    "DELETE FROM undos WHERE subject IN (SELECT 'fact:' || id FROM knowledge WHERE person_id = ?)",
    "DELETE FROM notes WHERE person_id = ?",
    "DELETE FROM followers WHERE person_id = ?",
    "DELETE FROM attachments WHERE person_id = ?",
    "DELETE FROM feedback WHERE person_id = ?",
    "DELETE FROM questions WHERE person_id = ?",
    "DELETE FROM drafts WHERE person_id = ?",
    "DELETE FROM actions WHERE person_id = ?",
    "DELETE FROM codes WHERE person_id = ?",
    "DELETE FROM memberships WHERE person_id = ?",
    "DELETE FROM blocks WHERE person_id = ?",
    "DELETE FROM knowledge WHERE state = 'proposed' AND person_id = ?",
    "UPDATE knowledge SET person_id = NULL WHERE person_id = ?",
    "UPDATE taxonomy_changes SET person_id = NULL WHERE person_id = ?",
    # A key that is made of words goes with them: asked again, they are not recognised.
    "UPDATE gaps SET person_id = NULL, question = '', key = CASE "
    "WHEN entities = '[]' OR field = '' THEN lower(hex(randomblob(32))) ELSE key END "
    "WHERE person_id = ?",
    "DELETE FROM gap_followers WHERE person_id = ?",
    "UPDATE idea_edits SET editor_id = NULL WHERE editor_id = ?",
    "UPDATE undos SET actor_id = NULL WHERE actor_id = ?",
    "UPDATE undos SET before = json_set(before, '$.claim', NULL) "
    "WHERE json_extract(before, '$.claim[0]') = ?",
)

_SHORTEST_TEXT = 8
"""Shorter texts of a person ("ok") stand in too many values to say whose they are."""
_TELLING_TEXT = 40
"""From here on a text is its writer's own wherever it stands, also as a part or cut short."""


class _Mentions:
    """Finds rows of JSON that name a person's account, or buttons that carry their words.

    What somebody else wrote or waits for must outlive this person: a name or a question that is
    also a word of ours ("accepted") says nothing about whose row it is.
    """

    def __init__(self, tx: Tx, person_ids: Sequence[int]) -> None:
        self._ids = set(person_ids)
        self._users: set[tuple[str, str]] = set()
        self._texts: set[str] = set()
        for person_id in person_ids:
            for key in _column(tx, "SELECT key FROM accounts WHERE person_id = ?", person_id):
                self._users.add(_platform_and_user(key))
            self._texts.update(t for t in _texts(tx, person_id) if len(t) >= _SHORTEST_TEXT)

    def drop(self, tx: Tx) -> None:
        """Delete what was found among deliveries, things to be sent and values of buttons."""
        for table, key, column in (
            ("deliveries", "id", "payload"),
            ("outbox", "id", "payload"),
            ("actions", "key", '"values"'),
        ):
            rows = tx.run(f"SELECT {key}, {column} FROM {table} WHERE {column} <> '{{}}'")
            gone = [
                (row_key,)
                for row_key, text in rows.fetchall()
                if self._is_theirs(json.loads(text), has_words=table == "actions")
            ]
            tx.run_many(f"DELETE FROM {table} WHERE {key} = ?", gone)

    def _is_theirs(self, values: Any, *, has_words: bool) -> bool:
        leaves = list(_leaves(values))
        if any(self._names(leaf) for leaf in leaves):
            return True
        if not has_words:
            return False
        # A button of somebody else's goes only for words that nobody types by chance.
        shortest = _TELLING_TEXT if isinstance(values, dict) and "_of" in values else 0
        texts = [text for text in self._texts if len(text) >= shortest]
        return any(_holds(leaf, text) for leaf in leaves for text in texts)

    def _names(self, leaf: Any) -> bool:
        if not isinstance(leaf, str):
            return leaf in self._ids
        # `discord:88:12` names the account `discord:12`, with the place between
        return ":" in leaf and _platform_and_user(leaf) in self._users


def _holds(leaf: Any, text: str) -> bool:
    """Tell whether a value is somebody's text, or a long one of theirs in part."""
    if not isinstance(leaf, str):
        return False
    if len(text) < _TELLING_TEXT:
        return leaf == text
    return text in leaf or (len(leaf) >= _TELLING_TEXT and leaf in text)


def _platform_and_user(key: str) -> tuple[str, str]:
    return key.split(":", 1)[0], key.rsplit(":", 1)[-1]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _texts(tx: Tx, person_id: int) -> list[str]:
    texts: list[str] = []
    for sql in (
        "SELECT title, text FROM ideas WHERE author_id = ?",
        "SELECT question, question FROM questions WHERE person_id = ?",
        "SELECT reason, reason FROM feedback WHERE person_id = ?",
        "SELECT question, question FROM gap_followers WHERE person_id = ?",
        "SELECT text, text FROM notes WHERE person_id = ?",
        "SELECT p.text, p.text FROM appeals p JOIN ideas i ON i.id = p.idea_id "
        "WHERE i.author_id = ?",
    ):
        texts.extend(text for row in tx.run(sql, (person_id,)) for text in row)
    return texts


def _column(tx: Tx, sql: str, person_id: int) -> list[Any]:
    return [value for (value,) in tx.run(sql, (person_id,)).fetchall()]


def forget_members_of(tx: Tx, community_id: int) -> None:
    """Erase the people who were seen in no other community; their accepted ideas stay, nameless."""
    only_here = tx.run(
        "SELECT person_id FROM memberships WHERE community_id = ?1 AND person_id NOT IN "
        "(SELECT person_id FROM memberships WHERE community_id <> ?1)",
        (community_id,),
    ).fetchall()
    erase_people(tx, [person_id for (person_id,) in only_here], keep_ideas=True)
