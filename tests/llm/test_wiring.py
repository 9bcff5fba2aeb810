"""From the settings to what people see: the ask command, the command line, the doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app import open_services
from bot.cli.root import root
from bot.core.doctor import Level, _language_model, _model_answers
from bot.core.errors import MissingSetting, OperatorError
from bot.core.language_model import make_writer, problem, unreachable
from bot.market import Market
from bot.settings import Settings
from storage import Store
from tests.fakes.house import House, make_house
from tests.fakes.llm_server import Fault, ModelServer, served_in_a_thread
from tests.llm.conftest import MakeWriter

QUESTION = "how long can a kling 4.0 clip be"
GOOD = "Clips made with Kling 4.0 run from 3 to 30 seconds [1]."
WANTED = {"llm_model": "m", "llm_api_key": "key-123456"}


@pytest.fixture
async def house(store: Store, market: Market, writer_of: MakeWriter) -> House:
    house = await make_house(store, market)
    house.services = replace(house.services, writer=writer_of())
    return house


async def test_members_read_the_models_words_and_they_are_kept(
    house: House, server: ModelServer
) -> None:
    server.say(GOOD)
    reply = await house.person("ann").says(f"ask {QUESTION}")
    assert reply.text == GOOD
    assert [c.n for c in reply.citations] == [1]
    assert reply.question_id is not None
    kept = await house.store.questions.get(reply.question_id)
    assert kept is not None
    assert kept.answer == GOOD


async def test_members_read_the_template_answer_when_the_model_fails(
    house: House, server: ModelServer
) -> None:
    server.lasting = Fault.NOT_JSON
    reply = await house.person("ann").says(f"ask {QUESTION}")
    assert "3 to 30 seconds [1]" in reply.text
    assert reply.text != GOOD


async def test_the_thread_goes_along(house: House, server: ModelServer) -> None:
    server.say(GOOD)
    ann = house.person("ann")
    await ann.says(f"ask {QUESTION}")
    await ann.says("ask and its price?")
    assert QUESTION in server.requests[-1].user


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"llm_model": "m"}, "REELBANK_LLM_API_KEY"),
        ({**WANTED, "llm_provider": "azure"}, "REELBANK_LLM_BASE_URL"),
        ({**WANTED, "llm_monthly_budget_usd": 5}, "REELBANK_LLM_USD_PER_MILLION_INPUT"),
        (
            {**WANTED, "llm_monthly_budget_usd": 5, "llm_usd_per_million_input": 1},
            "REELBANK_LLM_USD_PER_MILLION_OUTPUT",
        ),
    ],
)
def test_what_is_missing_is_named(values: dict[str, Any], names: str, store: Store) -> None:
    found = problem(settings(**values))
    assert isinstance(found, MissingSetting)
    assert names in str(found)
    with pytest.raises(MissingSetting):
        make_writer(settings(**values), store, {})
    (finding,) = _language_model(settings(**values))
    assert finding.level is Level.BAD
    assert names in finding.remedy


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setattr("bot.core.language_model.find_spec", lambda _name: None)
    with pytest.raises(OperatorError, match=r"reelbank\[llm\]"):
        make_writer(settings(**WANTED), store, {})


@pytest.mark.parametrize("values", [{}, {"llm_api_key": "k"}, {"llm_timeout_s": 3}])
def test_it_is_off_by_default(values: dict[str, Any], store: Store) -> None:
    assert problem(settings(**values)) is None
    assert make_writer(settings(**values), store, {}) is None


@pytest.mark.parametrize(
    ("values", "level", "text"),
    [
        ({}, Level.FINE, "none"),
        (WANTED, Level.FINE, "m (openai), 8 s"),
        ({"llm_base_url": "http://127.0.0.1:1/v1"}, Level.NOTE, "off"),
    ],
)
def test_the_doctor_says_whether_there_is_one(
    values: dict[str, Any], level: Level, text: str
) -> None:
    (finding,) = _language_model(settings(**values))
    assert finding.level is level
    assert text in finding.text
    assert "key-123456" not in repr(finding)


@pytest.fixture
def thread_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with served_in_a_thread() as server:
        monkeypatch.setenv("REELBANK_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("REELBANK_LLM_BASE_URL", server.openai_url)
        monkeypatch.setenv("REELBANK_LLM_MODEL", "m")
        monkeypatch.chdir(tmp_path)
        yield server


async def test_the_program_opens_and_closes_a_writer(
    thread_server: ModelServer, tmp_path: Path
) -> None:
    async with open_services(Settings(_env_file=None)) as services:
        assert services.writer is not None


def test_the_command_line_asks_it_unless_told_not_to(
    thread_server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_server.say(GOOD)
    run = CliRunner().invoke
    better = run(root, ["ask", "--json", QUESTION])
    assert json.loads(better.stdout)["answer"] == GOOD
    plain = run(root, ["ask", "--json", "--no-llm", QUESTION])
    assert json.loads(plain.stdout)["answer"] != GOOD
    assert len(thread_server.requests) == 1
    lines = "".join(json.dumps({"id": i, "question": QUESTION}) + "\n" for i in range(3))
    many = run(root, ["ask", "--batch", "-"], input=lines)
    assert [json.loads(x)["answer"] for x in many.stdout.splitlines()] == [GOOD] * 3
    monkeypatch.setenv("REELBANK_LLM_MONTHLY_BUDGET_USD", "5")
    wrong = run(root, ["ask", QUESTION])
    assert wrong.exit_code == 1
    assert "REELBANK_LLM_USD_PER_MILLION_INPUT" in wrong.stderr


async def test_what_the_community_said_stays_here(house: House, server: ModelServer) -> None:
    await house.person("bob").does(
        "idea add",
        text="Secret storyboard of hail damage for an insurance firm, as shown to its customers",
        industry="insurance",
    )
    await house.moderator().says("mod accept 1")
    ann = house.person("ann")
    first = await ann.says("ask has anybody used this in insurance?")
    assert "Secret storyboard" in first.text
    await ann.says(f"ask {QUESTION}")
    assert server.requests
    assert all("Secret storyboard" not in asked.user for asked in server.requests)
    assert "[1]" in server.requests[-1].user.partition("The question:")[0]


@pytest.mark.parametrize(
    ("fault", "level", "says"),
    [
        (None, Level.FINE, "it answers"),
        (Fault.STATUS_401, Level.BAD, "status 401"),
        (Fault.HTML, Level.BAD, "not the API's JSON"),
        (Fault.SILENCE, Level.BAD, "does not answer"),
    ],
)
async def test_the_doctor_asks_the_model(
    server: ModelServer, fault: Fault | None, level: Level, says: str
) -> None:
    server.say("OK")
    server.lasting = fault
    present = settings(**WANTED, llm_base_url=server.openai_url, llm_timeout_s=0.5)
    await unreachable(present)  # the library takes its time to load once

    (finding,) = await _model_answers(present)

    assert finding.level is level
    assert says in finding.text
    assert bool(finding.remedy) is (level is Level.BAD)
    assert "key-123456" not in repr(finding)
    assert "SECRET" not in repr(finding)


@pytest.mark.parametrize("values", [{}, {"llm_model": "m"}])
async def test_the_doctor_asks_no_model_that_is_not_set_up(values: dict[str, Any]) -> None:
    assert await _model_answers(settings(**values)) == []
