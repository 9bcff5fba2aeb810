"""`reelbank run`: every platform that has a token, each on its own feet, until a signal comes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.background import background, catch_up
from bot.core.courier import Courier, Inspector
from bot.core.errors import OperatorError

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.settings import Settings

log = structlog.get_logger(__name__)

DRAIN_S = 10.0
"""How long a stopping process waits for what is under way."""

_HEALTHY_S = 60.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0


class Adapter(Protocol):
    """A platform's adapter as this module sees it."""

    courier: Courier

    async def wake(self) -> None:
        """Forget what is cached: something changed in the store."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Connect and serve until `stop` is set."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """Where an adapter is to be found; imported only when its platform is configured."""

    name: str
    module: str
    adapter: str

    def is_configured(self, settings: Settings) -> bool:
        """Tell whether the settings hold what the platform needs."""
        return bool(import_module(self.module).configured(settings))

    def open_inspector(self, settings: Settings) -> AbstractAsyncContextManager[Inspector]:
        """Look around in the platform without serving it."""
        opened: AbstractAsyncContextManager[Inspector] = import_module(self.module).open_inspector(
            settings
        )
        return opened

    def make(self, services: Services) -> Adapter:
        """Make a fresh adapter."""
        made: Adapter = getattr(import_module(self.module), self.adapter)(services)
        return made


PLATFORMS = (
    Platform("discord", "bot.adapters.discord_bot", "DiscordAdapter"),
    Platform("slack", "bot.adapters.slack_app", "SlackAdapter"),
)


def configured_platforms(
    settings: Settings, platforms: tuple[Platform, ...] = PLATFORMS
) -> list[Platform]:
    """Give the platforms that have what they need."""
    return [platform for platform in platforms if platform.is_configured(settings)]


class Served:
    """The adapters that are running now, by platform."""

    def __init__(self, couriers: dict[str, Courier] | None = None) -> None:
        self.couriers: dict[str, Courier] = {} if couriers is None else couriers
        self._adapters: dict[str, Adapter] = {}

    def add(self, name: str, adapter: Adapter) -> None:
        """Note that an adapter starts."""
        self._adapters[name] = adapter
        self.couriers[name] = adapter.courier

    def drop(self, name: str) -> None:
        """Note that it has ended."""
        self._adapters.pop(name, None)
        self.couriers.pop(name, None)

    async def wake(self) -> None:
        """Tell every adapter that something changed."""
        for adapter in list(self._adapters.values()):
            await adapter.wake()


async def run_platforms(
    services: Services, platforms: list[Platform], *, stop: asyncio.Event | None = None
) -> None:
    """Serve all platforms until SIGTERM, SIGINT or `stop`; then drain within ten seconds.

    Raises:
        OperatorError: not one of them could log in.
    """
    stop = stop or asyncio.Event()
    _on_signals(stop.set)
    served = Served(services.couriers)
    async with background(services, served.couriers, served.wake):
        stopping = asyncio.create_task(stop.wait())
        running = asyncio.ensure_future(
            asyncio.gather(*(_supervised(p, services, served, stop) for p in platforms))
        )
        both: set[asyncio.Future[Any]] = {stopping, running}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            log.info("stopping", drain_s=DRAIN_S)
            await asyncio.wait({running}, timeout=DRAIN_S)
        stopping.cancel()
        problems = await _end(running)
    if problems and len(problems) == len(platforms):
        raise OperatorError("\n".join(problems))


async def _end(running: asyncio.Future[list[str | None]]) -> list[str]:
    if not running.done():
        log.warning("cut_off")
        running.cancel()
    try:
        return [problem for problem in await running if problem]
    except asyncio.CancelledError:
        return []


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            return


async def _supervised(
    platform: Platform, services: Services, served: Served, stop: asyncio.Event
) -> str | None:
    """Run one platform, and again when it breaks; gives what is wrong if it cannot log in."""
    pause_s = _FIRST_PAUSE_S
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        started = loop.time()
        problem = await _once(platform, services, served, stop)
        served.drop(platform.name)
        if problem is not None:
            log.error("platform_refused", platform=platform.name, what_to_do=problem)
            return f"{platform.name}: {problem}"
        if loop.time() - started > _HEALTHY_S:
            pause_s = _FIRST_PAUSE_S
        if not stop.is_set():
            log.warning("platform_restarts", platform=platform.name, in_s=pause_s)
            await _wait(stop, pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    return None


async def _once(
    platform: Platform, services: Services, served: Served, stop: asyncio.Event
) -> str | None:
    """Run one platform until it ends; gives words where only the operator can mend it."""
    replaying: asyncio.Task[None] | None = None
    try:
        adapter = platform.make(services)
        served.add(platform.name, adapter)
        replaying = asyncio.create_task(_replayed(services, {platform.name: adapter.courier}))
        log.info("platform_starts", platform=platform.name)
        await adapter.run(stop)
    except OperatorError as error:
        return str(error)
    except Exception:  # the other platforms go on
        log.exception("platform_crashed", platform=platform.name)
    finally:
        if replaying is not None:
            await asyncio.wait({replaying}, timeout=1.0)
            replaying.cancel()
    return None


async def _replayed(services: Services, couriers: Mapping[str, Courier]) -> None:
    try:
        count = await catch_up(services, couriers, at_start=True)
    except Exception:  # serving matters more; the loop tries again
        log.exception("replay_failed")
    else:
        if count:
            log.info("replayed", deliveries=count)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
