"""Usage: a month's limit holds over processes; what was reserved is corrected by what it cost."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage import Store

MONTH, KIND = "2026-11", "language model"


async def test_a_call_is_counted_before_and_corrected_after(store: Store) -> None:
    assert await store.usage.reserve(MONTH, KIND, micro_usd=900, at_most=1000)
    before = await store.usage.of(MONTH, KIND)
    assert (before.calls, before.micro_usd) == (1, 900)
    await store.usage.settle(
        MONTH, KIND, reserved=900, micro_usd=120, input_tokens=50, output_tokens=7
    )
    after = await store.usage.of(MONTH, KIND)
    assert (after.micro_usd, after.input_tokens, after.output_tokens) == (120, 50, 7)


async def test_what_would_pass_the_limit_is_refused_and_not_counted(store: Store) -> None:
    assert await store.usage.reserve(MONTH, KIND, micro_usd=1000, at_most=1000)
    assert not await store.usage.reserve(MONTH, KIND, micro_usd=1, at_most=1000)
    assert (await store.usage.of(MONTH, KIND)).calls == 1
    assert not await store.usage.reserve("2027-01", KIND, micro_usd=1001, at_most=1000)


async def test_a_new_month_and_another_kind_begin_at_nothing(store: Store) -> None:
    assert await store.usage.reserve(MONTH, KIND, micro_usd=1000, at_most=1000)
    assert await store.usage.reserve("2026-12", KIND, micro_usd=1000, at_most=1000)
    assert await store.usage.reserve(MONTH, "other", micro_usd=1000, at_most=1000)
    assert (await store.usage.of("2026-10", KIND)).micro_usd == 0


async def test_without_a_limit_everything_is_counted(store: Store) -> None:
    for _ in range(3):
        assert await store.usage.reserve(MONTH, KIND, micro_usd=10**9, at_most=None)
    assert (await store.usage.of(MONTH, KIND)).calls == 3


async def test_correcting_never_leaves_less_than_nothing(store: Store) -> None:
    assert await store.usage.reserve(MONTH, KIND, micro_usd=10, at_most=None)
    await store.usage.settle(MONTH, KIND, reserved=500, micro_usd=0)
    assert (await store.usage.of(MONTH, KIND)).micro_usd == 0


async def test_two_stores_on_one_file_share_the_limit(store: Store, path: Path) -> None:
    other = Store.open(path, durable=False)
    tries = [
        s.usage.reserve(MONTH, KIND, micro_usd=100, at_most=1000)
        for s in (store, other)
        for _ in range(20)
    ]
    allowed = await asyncio.gather(*tries)
    other.close()
    assert sum(allowed) == 10
    assert (await store.usage.of(MONTH, KIND)).micro_usd == 1000
