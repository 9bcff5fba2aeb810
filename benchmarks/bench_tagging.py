"""Tagging and look-alikes against the embedding alone and brute force.

`--rows 1000000` measures the vector index at full size (200 MB, a minute).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.tagging import Example, Likeness, Tagger, Taxonomy, VectorIndex, find_embedder
from bot.tagging.evaluate import read_labelled
from bot.tagging.similar import PROBABLE, SUGGEST
from bot.tagging.train import read_examples
from bot.tagging.vectors import sign_bits

DATA = Path(__file__).parent.parent / "tests" / "tagging" / "data"


def median_ms(call: Callable[[str], object], texts: Sequence[str]) -> float:
    times = []
    for text in texts:
        began = time.perf_counter()
        call(text)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def tagging() -> None:
    embedder = find_embedder().embedder
    texts = [row.text for row in read_labelled(DATA / "fresh.yaml")]
    lexical, full = Tagger(Taxonomy.load()), Tagger(Taxonomy.load(), embedder)
    full.tag("warm up")
    lexical.tag_many(texts)
    few = [Example(e.text, e.industry) for e in read_examples()[:300]]
    full.tag("warm up", examples=few)
    assert embedder is not None
    base = median_ms(lambda t: embedder.encode([t]), texts)
    rows = [
        ("embedding alone (baseline)", base),
        ("tag by words alone", median_ms(lexical.tag, texts)),
        ("tag with the embedder", median_ms(full.tag, [t + " " for t in texts])),
        (
            "the same with 300 corrections",
            median_ms(lambda t: full.tag(t, examples=few), [t + "  " for t in texts]),
        ),
    ]
    print("One idea, median\n")
    for name, value in rows:
        print(f"  {name:34} {value:7.2f} ms   x{value / base:.2f}")


def look_alikes(rows: int) -> None:
    rng = np.random.default_rng(0)
    kept = rng.normal(size=(min(rows, 100_000), 384)).astype(np.float32)
    kept /= np.linalg.norm(kept, axis=1, keepdims=True)
    index = VectorIndex(384, fetch=lambda ids: {i: kept[i % len(kept)] for i in ids})
    for start in range(0, rows, len(kept)):
        count = min(len(kept), rows - start)
        index.add(range(start, start + count), kept[:count])
    brute = VectorIndex(384, brute_force_up_to=len(kept))
    brute.add(range(len(kept)), kept)
    wanted = [kept[n] + 0.05 * rng.normal(size=384).astype(np.float32) for n in range(30)]
    per_row = median_ms(lambda n: brute.nearest(wanted[int(n)]), [str(n) for n in range(30)])
    base = per_row * rows / len(kept)
    took = median_ms(lambda n: index.nearest(wanted[int(n)]), [str(n) for n in range(30)])
    size = index.size_bytes / 2**20
    print(f"\nNearest of {rows:,} vectors, median\n")
    plain, ratio = rows * 384 * 4 / 2**20, took / base
    print(f"  brute force (baseline)   {base:7.2f} ms   {plain:,.0f} MiB")
    print(f"  VectorIndex              {took:7.2f} ms   {size:,.0f} MiB   x{ratio:.2f}")
    assert sign_bits(kept[:1]).nbytes == 48


def pairs() -> None:
    likeness = Likeness(find_embedder().embedder)
    lines = (DATA / "pairs.txt").read_text(encoding="utf-8").splitlines()[1:]
    scored: list[tuple[bool, float, float]] = []
    for line in lines:
        label, one, other = line.split("|")
        a, b = likeness.prepare([one, other])
        assert a.vector is not None
        assert b.vector is not None
        scored.append((label == "S", likeness.compare(a, b)[0], float(a.vector @ b.vector)))
    print("\nPairs of our own (40 the same, 35 hard negatives)\n")
    for name, column, limits in (
        ("cosine", 2, (0.50, 0.58)),
        ("Likeness", 1, (SUGGEST, PROBABLE)),
    ):
        same = [row[column] for row in scored if row[0]]
        other = [row[column] for row in scored if not row[0]]
        beats = sum(s > o for s in same for o in other) / (len(same) * len(other))
        for limit in limits:
            found = sum(s >= limit for s in same) / len(same)
            wrong = sum(o >= limit for o in other) / len(other)
            print(
                f"  {name:9} from {limit:.2f}: found {found:.2f}, hard negatives taken {wrong:.2f}"
            )
        print(f"  {name:9} a paraphrase scores above a hard negative: {beats:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    tagging()
    look_alikes(parser.parse_args().rows)
    pairs()


if __name__ == "__main__":
    main()
