"""Leaving a model alone for a while when it keeps failing, so that nobody waits for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

_FAILURES = 3
_REST_S = 60.0


class Breaker:
    """Opens after three failures in a row, and lets one call through again after a minute."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._closed_from = 0.0

    def is_closed(self) -> bool:
        """Tell whether the model may be asked now."""
        return self._failures < _FAILURES or self._monotonic() >= self._closed_from

    def succeeded(self) -> None:
        """Note that the model wrote something, whatever it was worth."""
        self._failures = 0

    def failed(self) -> None:
        """Note that nothing came."""
        self._failures += 1
        self._closed_from = self._monotonic() + _REST_S
