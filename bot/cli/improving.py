"""The language model in one-shot commands: a loop of its own, and the store for its budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from bot.core.language_model import is_configured, make_writer

if TYPE_CHECKING:
    from bot.market import Market
    from bot.market.model import Answer, Turn
    from bot.settings import Settings

Improve = Callable[[str, "Sequence[Turn]", "Answer", date], "Answer"]
"""(question, turns, answer, today) -> the answer in better words, or the same answer."""


@contextmanager
def opened_improver(
    settings: Settings, market: Callable[[], Market], *, is_wanted: bool = True
) -> Iterator[Improve]:
    """Open what improves answers; without a language model it gives them back as they are.

    Raises:
        OperatorError: the settings ask for one that cannot be used, or the store is unusable.
    """
    if not is_wanted or not is_configured(settings):
        yield lambda _question, _turns, answer, _today: answer
        return
    from bot.app import open_store  # noqa: PLC0415  only the budget needs the store

    with asyncio.Runner() as runner:
        store = runner.run(open_store(settings))
        try:
            writer = make_writer(settings, store, market().lexicon.stopwords)
            assert writer is not None  # noqa: S101  `is_configured` said so
            runner.run(writer.open())
            try:
                yield lambda *asked: runner.run(writer.improve(*asked))
            finally:
                runner.run(writer.close())
        finally:
            store.close()
