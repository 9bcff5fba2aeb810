"""What is somebody else's, or another community's, cannot be reached, whatever is sent."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack_app import modals
from bot.core import dispatch
from bot.core.model import Value
from bot.core.services import Services
from bot.market import Market
from storage import NewIdea, Store, Write
from tests.contract import rows
from tests.contract.conftest import PLATFORMS, SETTINGS, set_up
from tests.contract.stage import ADA, ANN, BEN, MOE, Action, Forge, Notes, Person, Save, Shown, Use

CRASH = "Reconstruct a traffic accident from the police report, to show the jury what happened."
HIDDEN = "Films about our village: write to me at ann@example.org, I have old photographs."
SECRET = "zqxjkvb"

OWNERS: dict[str, dict[str, Value]] = {
    "idea edit": {"number": 1, "text": "Something else altogether, by Ben"},
    "idea withdraw": {"number": 1},
    "idea retag": {"number": 1, "industry": "games"},
    "idea appeal": {"number": 1, "text": "Let me."},
    "consent": {"number": 1, "answer": "refuse"},
}
"""What only the author of #1 (or a moderator) may do."""

SEEING: dict[str, dict[str, Value]] = {
    "idea show": {"number": 2},
    "idea vote": {"number": 2, "vote": "1"},
    "idea note": {"number": 2, "text": "Hm."},
    "idea follow": {"number": 2},
    "idea similar": {"number": 2},
    "idea why": {"number": 2},
}
"""What nobody may do with #2, which waits for a moderator because of a flag."""

RAW = (
    "",
    "nonsense",
    "v1|",
    "v1|mod accept|",
    "v1@nothing",
    "f1@nothing",
    "v9|mod accept|number=1",
)
"""Wire ids that lead nowhere, or to what a member may not do."""


def ways(who: Person, command: str, values: dict[str, Value]) -> list[Action]:
    """List how somebody may try."""
    found: list[Action] = [
        Forge(who, command, values),
        Forge(who, command, values, is_sent_form=True),
    ]
    known = dispatch.find(command)
    assert known is not None
    if known.is_listed:
        found.append(Use(who, command, values))
    return found


async def furnish_elsewhere(services: Services, now: Any) -> dict[str, int | str]:
    """Give another community, with a bank of its own, something of every kind."""
    store: Store = services.store
    row = await store.communities.ensure("elsewhere:1", "Neighbours", now)
    person = await store.members.ensure(row.id, "elsewhere:eve", f"Eve {SECRET}", now)
    write = Write(person_id=person.id, community_id=row.id, now=now, act="abc123")
    for number in range(9):
        new = NewIdea(title=f"{SECRET} {number}", text=f"{SECRET} {number} for all")
        await store.ideas.add(write, row.bank_id, new)
    await store.ideas.set_status(write, row.bank_id, 1, expected=["pending"], to="accepted")
    fact = {"claim": SECRET, "name": SECRET, "source": {"url": "https://example.org"}}
    fact_id = await store.knowledge.put(write, row.bank_id, SECRET, fact, "proposed")
    gap_id = await store.gaps.add(write, row.bank_id, f"What is {SECRET}?", (), "")
    draft_id = await store.drafts.save(write, "idea add", {"text": SECRET})
    return {"bank": row.bank_id, "fact": fact_id, "gap": gap_id, "draft": draft_id}


def reaching(known: dict[str, int | str]) -> list[Action]:
    """List how even an administrator may try to reach over."""
    return [
        Forge(ADA, "market decide", {"id": known["fact"], "accept": True}),
        Forge(ADA, "market close", {"id": known["gap"]}),
        Forge(ADA, "mod undo", {"act": "abc123"}),
        Forge(ADA, "idea keep", {"draft": known["draft"], "sure": "idea+new"}),
        *(Use(ADA, "idea show", {"number": number}) for number in (5, 9)),
        *(Use(MOE, name, {"number": "9"}) for name in ("mod accept", "mod claim")),
        Use(MOE, "mod merge", {"number": "1", "into": 9}),
        Use(MOE, "mod review", {"number": 9}),
        Use(MOE, "mod log", {"number": 9}),
        Use(MOE, "queue", {"kind": "facts"}),
        Use(MOE, "queue", {"kind": "gaps"}),
        Use(MOE, "export", {"format": "jsonl"}),
        Use(MOE, "mod log", {"export": "jsonl"}),
        Use(ADA, "idea search", {"query": SECRET}),
        Use(ADA, "mod block", {"number": 9}),
    ]


BANK = {
    "ideas": "SELECT number, status, title, text, merged_into FROM ideas WHERE bank_id = ?",
    "facts": "SELECT id, state, fact FROM knowledge WHERE bank_id = ?",
    "gaps": "SELECT id, closed_at FROM gaps WHERE bank_id = ?",
    "audit": "SELECT seq, hash FROM audit WHERE bank_id = ?",
    "undos": "SELECT id FROM undos WHERE bank_id = ?",
    "drafts": 'SELECT id, "values" FROM drafts WHERE ? > 0 AND "values" LIKE \'%zqxjkvb%\'',
}


def bank(path: Path, bank_id: int) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as db:
        return {name: db.execute(sql, (bank_id,)).fetchall() for name, sql in BANK.items()}


class Tried:
    """What came of it on one platform."""

    def __init__(self) -> None:
        self.owners: dict[str, list[Shown]] = {}
        self.seeing: dict[str, list[Shown]] = {}
        self.raw: list[Shown] = []
        self.reaching: list[tuple[Action, Shown]] = []
        self.unchanged: dict[str, bool] = {}


async def try_all(platform: str, folder: Path, market: Market) -> Tried:
    tried = Tried()
    async with SETTINGS[platform](folder, market) as (services, stage):
        notes: Notes = await set_up(services, stage)
        elsewhere = await furnish_elsewhere(services, notes.now)
        path = folder / "reelbank.db"
        await stage.act(Use(ANN, "idea add", {"text": CRASH}))
        await stage.act(Use(ANN, "idea add", {"text": HIDDEN}))

        def kept() -> tuple[Any, ...]:
            found = rows.kept(path, stage.community_key)
            names = ("ideas", "industries", "votes", "notes", "followers", "edits", "audit")
            return tuple(found[name] for name in names)

        before = kept()
        for command, values in OWNERS.items():
            tried.owners[command] = [await stage.act(a) for a in ways(BEN, command, values)]
        tried.unchanged["owners"] = kept() == before
        for command, values in SEEING.items():
            for _ in range(5):  # a member may only do so much in a short time
                services.clock.pass_by()  # type: ignore[attr-defined]
            tried.seeing[command] = [await stage.act(a) for a in ways(BEN, command, values)]
        tried.unchanged["seeing"] = kept() == before
        tried.raw = [await stage.act(Forge(BEN, "x", raw=raw)) for raw in RAW if raw]
        tried.unchanged["raw"] = kept() == before
        there = bank(path, int(elsewhere["bank"]))
        for action in reaching(elsewhere):
            tried.reaching.append((action, await stage.act(action)))
        tried.unchanged["elsewhere"] = bank(path, int(elsewhere["bank"])) == there
        # Somebody's message can be proposed by anybody; it shows once its author has agreed.
        await stage.act(Save(BEN, ANN, "We could animate the old maps of the harbour."))
        shown = await stage.act(Use(BEN, "idea show", {"number": 3}))
        tried.seeing["capture"] = [shown]
        await stage.close()
    return tried


@pytest.fixture(scope="session")
def tries(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tried]:
    done: dict[str, Tried] = {}

    def get(platform: str) -> Tried:
        if platform not in done:
            dispatch._by_name.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NO_PROXY", "127.0.0.1")
                patch.setattr(modals, "_SETTLE_S", 0.01)
                folder = tmp_path_factory.mktemp(f"foreign-{platform}")
                done[platform] = asyncio.run(try_all(platform, folder, market))
        return done[platform]

    return get


Tries = Callable[[str], Tried]


@pytest.mark.parametrize("what", ["owners", "seeing", "raw", "elsewhere"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_of_it_has_an_effect(tries: Tries, platform: str, what: str) -> None:
    assert tries(platform).unchanged[what]


@pytest.mark.parametrize("command", OWNERS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_its_author_changes_an_idea(tries: Tries, platform: str, command: str) -> None:
    for shown in tries(platform).owners[command]:
        text = " ".join(shown.texts)
        assert "somebody else's idea" in text or "Only whoever wrote" in text, text
        assert not shown.is_form_again, "a form with somebody else's words opened"


@pytest.mark.parametrize("command", [*SEEING, "capture"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_waits_for_a_moderator_is_not_there(tries: Tries, platform: str, command: str) -> None:
    for shown in tries(platform).seeing[command]:
        text = " ".join(shown.texts)
        assert "There is no idea" in text, text
        assert "village" not in text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_made_up_wire_ids_are_answered_and_do_nothing(tries: Tries, platform: str) -> None:
    for shown in tries(platform).raw:
        assert " ".join(shown.texts).strip()
        assert "went wrong" not in " ".join(shown.texts)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_another_communitys_words_are_never_shown(tries: Tries, platform: str) -> None:
    for action, shown in tries(platform).reaching:
        said = " ".join([*shown.texts, *shown.buttons, *map(str, shown.menus)])
        said += " ".join(file.decode("utf-8", "replace") for file in shown.files)
        asked = str(getattr(action, "options", {}))
        assert SECRET not in said or SECRET in asked, (action, said)
