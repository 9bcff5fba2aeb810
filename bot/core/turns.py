"""One thing at a time per person: a double click must not keep an idea twice."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

_locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


def one_at_a_time(person_id: int | None) -> asyncio.Lock:
    """Give the lock of a person. It lives for as long as anybody holds or awaits it.

    A person is on one platform at a time, and a platform is served by one process, so a lock
    within the process is enough against double clicks; redeliveries are the store's affair.
    """
    return _locks.setdefault(person_id or 0, asyncio.Lock())
