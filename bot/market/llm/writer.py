"""Has a model write better prose, checks it, and falls back to the template answer in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import structlog

from bot.market.llm.breaker import Breaker
from bot.market.llm.budget import Budget, Reservation
from bot.market.llm.client import Client, Completion, ModelFailed
from bot.market.llm.guard import Rejected, accepted, is_improvable
from bot.market.llm.prompting import Prompt, prompt_for
from bot.market.model import Answer, Turn
from storage import StoreError

log = structlog.get_logger(__name__)
_AT_ONCE = 8  # calls; who would have to wait longer gets the template answer


class Writer:
    """Improves answers. Without it everything works; with it nothing works less."""

    def __init__(
        self,
        make_client: Callable[[], Client],
        *,
        stopwords: Mapping[str, frozenset[str]],
        timeout_s: float,
        budget: Budget,
        breaker: Breaker | None = None,
    ) -> None:
        """Take what makes the client (it may block: a thread calls it, at the first use).

        Args:
            make_client: called once.
            stopwords: of each language, folded.
            timeout_s: the most that anybody waits for an answer, with all retries.
            budget: what may be spent.
            breaker: one with a clock of its own, for tests.
        """
        self._make_client = make_client
        self._stopwords = stopwords
        self._timeout_s = timeout_s
        self._budget = budget
        self._breaker = breaker or Breaker()
        self._turns_free = asyncio.Semaphore(_AT_ONCE)
        self._client: asyncio.Future[Client] | None = None
        self._settling: set[asyncio.Task[None]] = set()

    async def improve(
        self, question: str, turns: Sequence[Turn], answer: Answer, today: date
    ) -> Answer:
        """Give the answer in the model's words, or the very same answer.

        It is the same when there is nothing to improve, and when the model is slow, down, over
        budget, or says anything that the evidence does not hold. Never raises for any of these.
        """
        if not is_improvable(answer) or not self._breaker.is_closed():
            return answer
        try:
            async with asyncio.timeout(self._timeout_s), self._turns_free:
                return await self._written(question, turns, answer, today)
        except Rejected as why:
            log.info("llm_rejected", why=str(why))
        except (ModelFailed, ImportError) as error:
            self._breaker.failed()
            log.warning("llm_failed", why=f"{type(error).__name__} {error}")
        except TimeoutError:
            self._breaker.failed()
            log.warning("llm_failed", why="too slow")
        except StoreError as error:
            log.warning("llm_failed", why=type(error).__name__)
        return answer

    async def open(self) -> None:
        """Begin to load the library, so that the first question need not wait for it."""
        self._load()

    async def close(self) -> None:
        """Wait for what is being counted, then close the connections."""
        await asyncio.gather(*self._settling)
        if self._client is not None:
            made = await asyncio.gather(self._client, return_exceptions=True)
            if not isinstance(made[0], BaseException):
                await made[0].close()

    async def _written(
        self, question: str, turns: Sequence[Turn], answer: Answer, today: date
    ) -> Answer:
        prompt = prompt_for(question, turns, answer, today)
        # shield: who gives up waiting must not stop the loading that others wait for
        client = await asyncio.shield(self._load())
        reservation = await self._budget.reserve(prompt, today)
        if reservation is None:
            raise Rejected("the month's budget is used up")
        completion = await self._completed(client, prompt, reservation)
        self._breaker.succeeded()
        said = [question, *(turn.text for turn in turns)]
        return accepted(completion.text, answer, prompt, said=said, stopwords=self._stopwords)

    async def _completed(
        self, client: Client, prompt: Prompt, reservation: Reservation
    ) -> Completion:
        try:
            completion = await client.complete(prompt)
        except ModelFailed as error:
            # What was cut off or timed out may be billed all the same: it stays counted in full.
            if not error.is_billed:
                self._settle(reservation, None)
            raise
        self._settle(reservation, completion)
        return completion

    def _settle(self, reservation: Reservation, completion: Completion | None) -> None:
        """Correct the count without letting the asker wait for it."""

        async def settle() -> None:
            try:
                await self._budget.settle(reservation, completion)
            except StoreError as error:
                log.warning("llm_usage_not_corrected", why=type(error).__name__)

        task = asyncio.create_task(settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    def _load(self) -> asyncio.Future[Client]:
        if self._client is None:
            self._client = asyncio.ensure_future(asyncio.to_thread(self._make_client))
        return self._client
