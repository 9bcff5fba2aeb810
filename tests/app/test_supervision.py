from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import ModuleType

import pytest
from structlog.testing import capture_logs

from bot import background, supervision
from bot.core.errors import OperatorError
from bot.core.model import Job, Reply, Request
from bot.core.services import Services
from bot.supervision import Platform, run_platforms
from tests.fakes.house import House

Serve = Callable[["FakeAdapter", asyncio.Event], Awaitable[None]]


class FakeCourier:
    """Remembers what it was asked to tell."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.told: list[Reply] = []

    async def tell(self, _community: object, _account: str, reply: Reply, *, key: str) -> None:
        del key
        self.told.append(reply)


class FakeAdapter:
    """An adapter that does what its test says; `made` lists all that were made."""

    made: list[FakeAdapter]
    serve: Serve
    platform: str

    def __init__(self, services: Services) -> None:
        self.services = services
        self.courier = FakeCourier(self.platform)
        self.woken = 0
        self.made.append(self)

    async def run(self, stop: asyncio.Event) -> None:
        await type(self).serve(self, stop)

    async def wake(self) -> None:
        self.woken += 1


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervision, "DRAIN_S", 0.3)
    monkeypatch.setattr(background, "CHANGES_S", 0.01)


def platform(
    name: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> tuple[Platform, list[FakeAdapter]]:
    made: list[FakeAdapter] = []
    attributes = {"made": made, "serve": staticmethod(serve), "platform": name}
    module = ModuleType(f"fake_{name}")
    module.configured = lambda _settings: True  # type: ignore[attr-defined]
    module.Adapter = type("Adapter", (FakeAdapter,), attributes)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return Platform(name, module.__name__, "Adapter"), made


async def serves(_adapter: FakeAdapter, stop: asyncio.Event) -> None:
    await stop.wait()


async def test_one_crash_is_restarted_alone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def crashes(_adapter: FakeAdapter, _stop: asyncio.Event) -> None:
        if len(shaky) == 3:
            stop.set()
            return
        raise RuntimeError("words of a member")

    sound_platform, sound = platform("discord", serves, monkeypatch)
    shaky_platform, shaky = platform("slack", crashes, monkeypatch)

    with capture_logs() as logs:
        await run_platforms(services, [sound_platform, shaky_platform], stop=stop)

    assert (len(sound), len(shaky)) == (1, 3)
    assert [e["event"] for e in logs].count("platform_crashed") == 2


async def test_a_refused_login_is_told_and_the_other_goes_on(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def refused(_adapter: FakeAdapter, _stop: asyncio.Event) -> None:
        raise OperatorError("Check REELBANK_SLACK_BOT_TOKEN.")

    async def serves_a_while(_adapter: FakeAdapter, _stop: asyncio.Event) -> None:
        await asyncio.sleep(0.05)
        stop.set()

    good, made = platform("discord", serves_a_while, monkeypatch)
    bad, tried = platform("slack", refused, monkeypatch)

    with capture_logs() as logs:
        await run_platforms(services, [good, bad], stop=stop)

    assert (len(made), len(tried)) == (1, 1)
    told = next(e for e in logs if e["event"] == "platform_refused")
    assert told["what_to_do"] == "Check REELBANK_SLACK_BOT_TOKEN."


async def test_when_nobody_can_log_in_the_program_ends_with_the_reasons(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_adapter: FakeAdapter, _stop: asyncio.Event) -> None:
        raise OperatorError("No.")

    one, _ = platform("discord", refused, monkeypatch)
    two, _ = platform("slack", refused, monkeypatch)

    with pytest.raises(OperatorError, match=r"discord: No\.\nslack: No\."):
        await run_platforms(services, [one, two])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains(
    services: Services, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    drained = []

    async def drains(_adapter: FakeAdapter, stop: asyncio.Event) -> None:
        os.kill(os.getpid(), number)
        await stop.wait()
        await asyncio.sleep(0.05)
        drained.append(True)

    one, _ = platform("discord", drains, monkeypatch)
    await run_platforms(services, [one])

    assert drained == [True]


async def test_what_does_not_drain_is_cut_off(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_adapter: FakeAdapter, _stop: asyncio.Event) -> None:
        await asyncio.sleep(60)

    one, _ = platform("discord", hangs, monkeypatch)
    stop = asyncio.Event()
    stop.set()

    await asyncio.wait_for(run_platforms(services, [one], stop=stop), 5)


async def test_a_change_of_another_process_wakes_the_adapters(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def waits(adapter: FakeAdapter, stop: asyncio.Event) -> None:
        await asyncio.sleep(0.1)
        await house.person("ann").says("idea add Rebuild a crash for the jury from the report")
        while not adapter.woken:
            await asyncio.sleep(0.01)
        stop.set()

    one, made = platform("discord", waits, monkeypatch)
    await asyncio.wait_for(run_platforms(house.services, [one], stop=stop), 10)

    assert made[0].woken


async def test_what_was_accepted_and_not_done_is_done_at_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.core import intake
    from bot.core.model import Actor

    stop = asyncio.Event()
    request = Request(
        command="idea add",
        actor=Actor("discord:88:ann", "ann"),
        community=await house.community("discord:88"),
        now=house.clock(),
        values={"text": "Rebuild a crash for the jury from the police report"},
        delivery_id="d-1",
        is_form=True,
    )
    await intake.accept(house.services, request)
    house.clock.pass_by(minutes=1)

    async def waits(adapter: FakeAdapter, stop: asyncio.Event) -> None:
        while not adapter.courier.told:
            await asyncio.sleep(0.01)
        stop.set()

    one, made = platform("discord", waits, monkeypatch)
    await asyncio.wait_for(run_platforms(house.services, [one], stop=stop), 10)

    assert "Kept as **#1**" in made[0].courier.told[0].text
    assert await house.store.deliveries.pending(["discord"], house.clock()) == []


async def test_a_job_runs_once_and_its_failure_is_noted(house: House) -> None:
    runs = []

    async def works(_services: Services, _now: object) -> None:
        runs.append(1)

    async def fails(_services: Services, _now: object) -> None:
        raise RuntimeError("words of a member")

    sound = Job(name="sound", every=timedelta(hours=1), run=works)
    broken = Job(name="broken", every=timedelta(hours=1), run=fails)

    with capture_logs() as logs:
        first = [await background.run_job(house.services, job) for job in (sound, broken)]
        again = await background.run_job(house.services, sound)
    house.clock.pass_by(hours=1)
    later = await background.run_job(house.services, sound)

    assert (first, again, later, len(runs)) == ([True, True], False, True, 2)
    jobs = {job.name: job.last_error for job in await house.store.jobs.all()}
    assert jobs["broken"] == "RuntimeError"
    assert any(entry["event"] == "job_failed" for entry in logs)


async def test_a_loop_outlives_what_fails_in_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    async def deliver(*_arguments: object) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return 0

    monkeypatch.setattr(background, "deliver_due", deliver)
    monkeypatch.setattr(background, "OUTBOX_S", 0.01)
    monkeypatch.setattr(background, "_PAUSE_AFTER_FAILURE_S", 0.01)

    with capture_logs() as logs:
        async with background.background(house.services, {"discord": FakeCourier("discord")}):  # type: ignore[dict-item]
            while len(calls) < 3:
                await asyncio.sleep(0.01)

    assert [e["event"] for e in logs].count("background_failed") == 1
