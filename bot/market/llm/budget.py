"""The monthly budget: a call is counted at its most before it is made, and corrected after it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.market.llm.client import MOST_OUTPUT_TOKENS, Completion
from bot.market.llm.prompting import Prompt

if TYPE_CHECKING:
    from storage import Store

KIND = "language model"
_MICRO = 1_000_000
_BYTES_PER_TOKEN = 2  # texts have 3 to 4; the estimate must not be too low
_FRAME_TOKENS = 50  # what the API wraps around the messages


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that was counted; `micro_usd` is the most that it can cost."""

    month: str
    micro_usd: int


class Budget:
    """What calls cost, kept in the store so that all processes share it."""

    def __init__(
        self,
        store: Store,
        *,
        monthly_usd: float = 0.0,
        usd_per_million_input: float = 0.0,
        usd_per_million_output: float = 0.0,
    ) -> None:
        """Take the store, the limit (0: none, use is only counted) and the model's prices."""
        self._usage = store.usage
        self._at_most = math.floor(monthly_usd * _MICRO) if monthly_usd > 0 else None
        self._input, self._output = usd_per_million_input, usd_per_million_output

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Give what tokens cost in millionths of a dollar: a price per million is just that."""
        return math.ceil(input_tokens * self._input + output_tokens * self._output)

    async def reserve(self, prompt: Prompt, today: date) -> Reservation | None:
        """Count a call; None where the month's budget does not reach.

        Raises:
            StoreError: the store cannot be written.
        """
        size_bytes = len((prompt.system + prompt.user).encode())
        tokens = math.ceil(size_bytes / _BYTES_PER_TOKEN) + _FRAME_TOKENS
        reservation = Reservation(f"{today:%Y-%m}", self.cost(tokens, MOST_OUTPUT_TOKENS))
        is_allowed = await self._usage.reserve(
            reservation.month, KIND, micro_usd=reservation.micro_usd, at_most=self._at_most
        )
        return reservation if is_allowed else None

    async def settle(self, reservation: Reservation, completion: Completion | None) -> None:
        """Put the real cost in the reservation's place; None: the call cost nothing.

        Raises:
            StoreError: the store cannot be written; the reservation stays counted.
        """
        given = completion.input_tokens if completion else 0
        written = completion.output_tokens if completion else 0
        is_counted = given is not None and written is not None
        cost = self.cost(given or 0, written or 0) if is_counted else reservation.micro_usd
        await self._usage.settle(
            reservation.month,
            KIND,
            reserved=reservation.micro_usd,
            micro_usd=cost,
            input_tokens=given or 0,
            output_tokens=written or 0,
        )
