"""The writer against a real server: what goes out is checked prose or the template answer."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from bot.market import Answer, Market
from bot.market.llm import Writer
from bot.market.llm.breaker import Breaker
from storage import Store
from tests.fakes.llm_server import Fault, ModelServer
from tests.llm.conftest import TODAY, MakeWriter, ready

QUESTION = "how long can a kling 4.0 clip be"
GOOD = "Clips made with Kling 4.0 run from 3 to 30 seconds [1]."
FAULTS = tuple(Fault)
SLOW = (Fault.SILENCE, Fault.DRIP)


@pytest.fixture
def template(market: Market) -> Answer:
    answer = market.answer(QUESTION, today=TODAY)
    assert "3 to 30 seconds [1]" in answer.text
    return answer


@pytest.fixture(params=["openai", "azure", "anthropic"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_checked_prose_goes_out_with_the_citations(
    writer_of: MakeWriter, server: ModelServer, template: Answer, provider: str
) -> None:
    server.say(GOOD)
    better = await writer_of(llm_provider=provider).improve(QUESTION, (), template, TODAY)
    assert better.text == GOOD
    assert better.citations == template.citations[:1]
    assert better.entities == template.entities
    assert better.related == template.related


async def test_each_api_is_asked_as_its_vendor_wants(
    writer_of: MakeWriter, server: ModelServer, template: Answer, provider: str
) -> None:
    server.say(GOOD)
    await writer_of(llm_provider=provider).improve(QUESTION, (), template, TODAY)
    (asked,) = server.requests
    path = asked.path.partition("?")[0]
    assert (
        path
        == {
            "openai": "/v1/chat/completions",
            "azure": "/openai/deployments/model-1/chat/completions",
            "anthropic": "/v1/messages",
        }[provider]
    )
    sent_key = asked.headers.get("x-api-key") or asked.headers.get("api-key")
    assert "key-123456" in (sent_key or asked.headers["authorization"])
    assert asked.body["model"] == "model-1"
    assert asked.body.get("max_tokens", asked.body.get("max_completion_tokens")) == 800


@pytest.mark.parametrize("fault", [f for f in FAULTS if f not in SLOW])
@pytest.mark.parametrize("provider", ["openai", "anthropic"], indirect=True)
async def test_any_fault_gives_the_very_template_answer(
    writer_of: MakeWriter, server: ModelServer, template: Answer, provider: str, fault: Fault
) -> None:
    server.say(GOOD)
    server.lasting = fault
    writer = await ready(writer_of(llm_provider=provider, llm_timeout_s=0.25))
    started = time.monotonic()
    assert await writer.improve(QUESTION, (), template, TODAY) is template
    assert time.monotonic() - started < 0.6
    assert server.requests


@pytest.mark.parametrize("fault", SLOW)
@pytest.mark.parametrize("provider", ["openai", "anthropic"], indirect=True)
async def test_nobody_waits_longer_than_the_time_out(
    writer_of: MakeWriter, server: ModelServer, template: Answer, provider: str, fault: Fault
) -> None:
    server.lasting = fault
    writer = await ready(writer_of(llm_provider=provider, llm_timeout_s=0.2))
    started = time.monotonic()
    assert await writer.improve(QUESTION, (), template, TODAY) is template
    assert 0.15 < time.monotonic() - started < 0.5


@pytest.mark.parametrize("fault", [Fault.STATUS_429, Fault.STATUS_500, Fault.STATUS_503])
async def test_a_passing_fault_is_tried_again(
    writer: Writer, server: ModelServer, template: Answer, fault: Fault
) -> None:
    server.say(GOOD)
    server.next(fault)
    better = await writer.improve(QUESTION, (), template, TODAY)
    assert better.text == GOOD
    assert len(server.requests) == 2


async def test_the_time_out_holds_over_all_retries(
    writer_of: MakeWriter, server: ModelServer, template: Answer
) -> None:
    server.next(Fault.STATUS_429, Fault.HANG_UP)
    server.lasting = Fault.SILENCE
    writer = await ready(writer_of(llm_timeout_s=0.2))
    started = time.monotonic()
    assert await writer.improve(QUESTION, (), template, TODAY) is template
    assert time.monotonic() - started < 0.5


async def test_a_server_that_is_not_there_costs_no_answer(
    writer_of: MakeWriter, template: Answer
) -> None:
    writer = await ready(writer_of(llm_base_url="http://127.0.0.1:9/v1", llm_timeout_s=0.25))
    assert await writer.improve(QUESTION, (), template, TODAY) is template


async def test_giving_up_waiting_is_passed_on(
    writer: Writer, server: ModelServer, template: Answer
) -> None:
    server.lasting = Fault.SILENCE
    waiting = asyncio.create_task(writer.improve(QUESTION, (), template, TODAY))
    while not server.requests:
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize(
    "question",
    [
        "hello",
        "what is the share price forecast of nvidia, should I buy?",
        "sora 2 vs veo 3",
        "who bought Runway?",
        "how do I remove the watermark",
        "what happened with Sora in 2026",
        "",
    ],
)
async def test_what_is_no_prose_answer_is_not_even_sent(
    writer: Writer, server: ModelServer, market: Market, question: str
) -> None:
    answer = market.answer(question, today=TODAY)
    assert await writer.improve(question, (), answer, TODAY) is answer
    assert server.requests == []


async def test_a_model_that_is_down_is_left_alone_for_a_minute(
    writer: Writer, server: ModelServer, template: Answer
) -> None:
    now = [0.0]
    writer._breaker = Breaker(lambda: now[0])
    server.say(GOOD)
    server.lasting = Fault.STATUS_401
    for _ in range(5):
        assert await writer.improve(QUESTION, (), template, TODAY) is template
    assert len(server.requests) == 3
    server.lasting, now[0] = None, 61.0
    assert (await writer.improve(QUESTION, (), template, TODAY)).text == GOOD
    assert (await writer.improve(QUESTION, (), template, TODAY)).text == GOOD


async def test_neither_words_nor_keys_reach_a_log(
    writer: Writer, server: ModelServer, template: Answer, caplog: Any, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    server.next(Fault.STATUS_400, Fault.NOT_JSON)
    server.say("SECRET nonsense")
    for _ in range(3):
        await writer.improve("SECRET question", (), template, TODAY)
    printed = capsys.readouterr()
    for text in (caplog.text, printed.out, printed.err):
        assert "SECRET" not in text
        assert "key-123456" not in text


async def test_many_at_once_all_get_an_answer(
    writer: Writer, server: ModelServer, template: Answer
) -> None:
    server.say(GOOD)
    answers = await asyncio.gather(
        *(writer.improve(QUESTION, (), template, TODAY) for _ in range(20))
    )
    assert {a.text for a in answers} == {GOOD}


async def test_use_is_counted_with_what_the_endpoint_says(
    writer_of: MakeWriter, server: ModelServer, template: Answer, store: Store
) -> None:
    writer = writer_of(llm_usd_per_million_input=2.0, llm_usd_per_million_output=10.0)
    server.say(GOOD)
    await writer.improve(QUESTION, (), template, TODAY)
    await writer.close()
    used = await store.usage.of("2026-11", "language model")
    assert (used.calls, used.input_tokens, used.output_tokens) == (1, 400, 60)
    assert used.micro_usd == 400 * 2 + 60 * 10


async def test_over_budget_the_model_is_not_asked(
    writer_of: MakeWriter, server: ModelServer, template: Answer, store: Store
) -> None:
    prices = {"llm_usd_per_million_input": 2.0, "llm_usd_per_million_output": 10.0}
    server.say(GOOD)
    writer = writer_of(llm_monthly_budget_usd=0.001, **prices)
    assert await writer.improve(QUESTION, (), template, TODAY) is template
    assert server.requests == []
    assert (await store.usage.of("2026-11", "language model")).calls == 0


async def test_two_processes_share_a_budget_that_calls_in_flight_cannot_pass(
    writer_of: MakeWriter, server: ModelServer, template: Answer, store: Store
) -> None:
    prices = {"llm_usd_per_million_input": 2.0, "llm_usd_per_million_output": 10.0}
    server.say(GOOD)
    both = [writer_of(llm_monthly_budget_usd=0.025, **prices) for _ in range(2)]
    answers = await asyncio.gather(
        *(w.improve(QUESTION, (), template, TODAY) for w in both for _ in range(5))
    )
    improved = [a for a in answers if a is not template]
    assert 0 < len(improved) < 10
    for writer in both:
        await writer.close()
    assert (await store.usage.of("2026-11", "language model")).micro_usd <= 25_000


@pytest.mark.parametrize(
    ("fault", "is_free"),
    [(Fault.STATUS_400, True), (Fault.CUT_OFF, False), (Fault.CUT, False)],
)
async def test_only_what_was_certainly_not_written_is_given_back(
    writer_of: MakeWriter,
    server: ModelServer,
    template: Answer,
    store: Store,
    *,
    fault: Fault,
    is_free: bool,
) -> None:
    writer = writer_of(
        llm_usd_per_million_input=2.0, llm_usd_per_million_output=10.0, llm_timeout_s=0.25
    )
    await ready(writer)
    server.lasting = fault
    await writer.improve(QUESTION, (), template, TODAY)
    await writer.close()
    used = await store.usage.of("2026-11", "language model")
    assert used.calls == 1
    assert (used.micro_usd == 0) is is_free


async def test_an_endpoint_that_counts_nothing_is_counted_at_the_most(
    writer_of: MakeWriter, server: ModelServer, template: Answer, store: Store
) -> None:
    writer = writer_of(llm_usd_per_million_input=2.0, llm_usd_per_million_output=10.0)
    server.usage = None
    server.say(GOOD)
    await writer.improve(QUESTION, (), template, TODAY)
    await writer.close()
    assert (await store.usage.of("2026-11", "language model")).micro_usd > 800 * 10


async def test_a_store_that_fails_costs_no_answer(
    writer: Writer, server: ModelServer, template: Answer, store: Store
) -> None:
    server.say(GOOD)
    store.close()
    assert await writer.improve(QUESTION, (), template, TODAY) is template
