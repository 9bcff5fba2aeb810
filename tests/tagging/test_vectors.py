import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tagging import VectorIndex


def _rows(count, seed=0, dimension=384):
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosine():
    rows = _rows(500)
    index = VectorIndex(384)
    index.add(range(500), rows)

    found = index.nearest(rows[42], 3)

    assert found[0][0] == 42
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert found[1][1] == pytest.approx(np.sort(rows @ rows[42])[-2], abs=1e-5)


def test_beyond_the_limit_bits_propose_and_stored_floats_decide():
    rows = _rows(6000)
    asked = []

    def fetch(ids):
        asked.append(len(ids))
        return {i: rows[i] for i in ids if i != 7}  # 7 vanished from storage meanwhile

    index = VectorIndex(384, fetch=fetch, brute_force_up_to=1000)
    index.add(range(6000), rows)
    wanted = rows[99] + 0.5 * rows[100]
    wanted /= np.linalg.norm(wanted)

    assert [i for i, _ in index.nearest(wanted, 2)] == [99, 100]
    assert asked == [1000]
    assert 7 not in [i for i, _ in index.nearest(rows[7], 5)]
    assert index.size_bytes < 6000 * 60 * 1.5


def test_update_and_remove():
    rows = _rows(10)
    index = VectorIndex(384)
    index.add(range(5), rows[:5])
    index.add([3, 9], rows[8:10])
    index.remove(0)
    index.remove(0)

    assert len(index) == 5
    assert 0 not in index
    assert index.nearest(rows[8], 1)[0][0] == 3
    assert 0 not in [i for i, _ in index.nearest(rows[0], 10)]


def test_an_empty_index_finds_nothing():
    index = VectorIndex(384)
    index.add([], np.zeros((0, 384), dtype=np.float32))

    assert index.nearest(_rows(1)[0], 5) == []


CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.booleans())
def test_any_changes_leave_what_a_dictionary_would_hold(changes, brute):
    rows = _rows(40, dimension=70)
    kept: dict[int, np.ndarray] = {}
    index = VectorIndex(
        70, fetch=lambda ids: {i: kept[i] for i in ids}, brute_force_up_to=100 if brute else 3
    )
    for step, (add, key) in enumerate(changes):
        if add:
            kept[key] = rows[step]
            index.add([key], rows[step : step + 1])
        else:
            kept.pop(key, None)
            index.remove(key)

    assert len(index) == len(kept)
    found = index.nearest(rows[0], 50)
    expected = sorted(((float(v @ rows[0]), -k) for k, v in kept.items()), reverse=True)
    assert [i for i, _ in found] == [-k for _, k in expected]
