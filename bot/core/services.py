"""What handlers are handed: the store, the knowledge, the tagger, the settings and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.attaching import Fetcher
    from bot.core.banks import Banks
    from bot.core.courier import Courier
    from bot.market import Market
    from bot.market.llm import Writer
    from bot.settings import Settings
    from storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a handler may use; made once by `bot.app` and handed to all adapters."""

    store: Store
    market: Market  # the built-in knowledge; `banks.market(bank_id)` adds a bank's own
    banks: Banks  # what is cached per bank: taxonomy, tagger, vectors, titles; dropped on changes
    settings: Settings
    clock: Callable[[], datetime]
    fetchers: dict[str, Fetcher] = field(default_factory=dict)  # by platform; adapters add theirs
    writer: Writer | None = None  # better prose from a language model, where one is configured
    couriers: dict[str, Courier] = field(default_factory=dict)  # the platforms served right now
