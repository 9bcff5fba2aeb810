"""Who may run what, with roles as each platform tells them: typed, by button, menu and form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.adapters.slack_app import modals
from bot.core import commands, dispatch
from bot.core.model import Command, Field, FieldType, Role, Value
from bot.market import Market
from prompts import render
from tests.contract import rows
from tests.contract.conftest import PLATFORMS, SETTINGS, set_up
from tests.contract.stage import ADA, ANN, BEN, MOE, Action, Forge, Person, Shown, Use

GUARDED = [command for command in commands.ALL if command.audience > Role.MEMBER]
CRASH = "Reconstruct a traffic accident from the police report, to show the jury what happened."

Tried = dict[tuple[str, str], dict[str, Shown]]
"""What came of each way to run a command, by the person's name and the command's."""


def a_value(field: Field) -> Value:
    """Give something that a required field takes."""
    if field.choices:
        return field.choices[0].value
    known: dict[FieldType, Value] = {
        FieldType.IDEA: 1,
        FieldType.INTEGER: 1,
        FieldType.FLAG: True,
    }
    return known.get(field.type, "1")


def ways(who: Person, command: Command) -> dict[str, Action]:
    """List how somebody may try: by typing all of it, by typing too little, and by buttons."""
    needed = {f.name: a_value(f) for f in command.fields if f.is_required}
    short = {
        name: v for name, v in needed.items() if name not in {f.name for f in command.form_fields}
    }
    found: dict[str, Action] = {"by button": Forge(who, command.name, needed)}
    if command.is_listed:
        found["typed"] = Use(who, command.name, needed)
    chosen = next((f for f in command.fields if f.type is FieldType.CHOICE), None)
    if chosen is not None:
        with_choice = {**needed, chosen.name: a_value(chosen)}
        found["by menu"] = Forge(who, command.name, with_choice, menu=chosen.name)
    found["by a form that was never opened"] = Forge(who, command.name, needed, is_sent_form=True)
    if command.form_fields and command.is_listed:
        found["typed for the form"] = Use(who, command.name, short)
    if command.form_fields:
        found["button for the form"] = Forge(who, command.name, short, opens_form=True)
    return found


@pytest.fixture(scope="session")
def tries(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tried]:
    done: dict[str, Tried] = {}

    async def tried(platform: str) -> Tried:
        folder = tmp_path_factory.mktemp(f"rights-{platform}")
        found: Tried = {}
        async with SETTINGS[platform](folder, market) as (services, stage):
            await set_up(services, stage)
            await stage.act(Use(BEN, "idea add", {"text": CRASH}))
            before = rows.kept(folder / "reelbank.db", stage.community_key)["audit"]
            for who in (ANN, MOE, ADA):
                for command in GUARDED:
                    found[who.name, command.name] = {
                        way: await stage.act(action) for way, action in ways(who, command).items()
                    }
                if who is ANN:
                    after = rows.kept(folder / "reelbank.db", stage.community_key)["audit"]
                    assert after == before  # a member changed nothing
            assert await stage.close() == []
        return found

    def get(platform: str) -> Tried:
        if platform not in done:
            dispatch._by_name.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NO_PROXY", "127.0.0.1")
                patch.setattr(modals, "_SETTLE_S", 0.01)
                done[platform] = asyncio.run(tried(platform))
        return done[platform]

    return get


@pytest.mark.parametrize("command", GUARDED, ids=lambda command: command.name)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_those_may_who_should(
    tries: Callable[[str], Tried], platform: str, command: Command
) -> None:
    refusal = render("error.not_allowed", "en", role=command.audience.name.lower())

    for who in (ANN, MOE, ADA):
        for way, shown in tries(platform)[who.name, command.name].items():
            is_refused = refusal in "\n".join(shown.texts)
            assert (who, way, is_refused) == (who, way, who.role < command.audience), shown
            assert not (is_refused and shown.is_form_again), "a form opened for nothing"
