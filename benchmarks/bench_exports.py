"""Exports: time against the same SELECT in sqlite3's shell, peak memory and size of the file.

The ratio is that of processor time, which other programs on the machine hardly change.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench_cli import PYTHON, Spent, fill, spent
from storage.exporting import SELECT

FORMATS = ("csv", "jsonl", "json", "md", "xlsx", "html")
COUNTS = (10_000, 100_000)
_RUNS = 3
_MANY = 500_000  # from here on each command runs once


def main(argv: Sequence[str] = ()) -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(prog="bench_exports")
    parser.add_argument("--ideas", type=int, action="append", help="repeatable")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS)
    parser.add_argument("--full", action="store_true", help="1,000,000 ideas, too (half an hour)")
    options = parser.parse_args(list(argv))
    print(
        f"{'ideas':>10}  {'format':<30} {'seconds':>8} {'of CPU':>8} {'ratio':>7} {'peak MB':>8} "
        f"{'file MB':>8}"
    )
    for count in (*(options.ideas or COUNTS), *((1_000_000,) if options.full else ())):
        with tempfile.TemporaryDirectory(prefix="reelbank-bench-") as folder:
            _measure(Path(folder), count, options.formats)


def _measure(folder: Path, count: int, formats: Sequence[str]) -> None:
    data = folder / "data"
    asyncio.run(fill(data / "reelbank.db", count))
    environment = {**os.environ, "REELBANK_DATA_DIR": str(data)}
    runs = 1 if count >= _MANY else _RUNS
    shell = shutil.which("sqlite3")
    baseline = None
    if shell is None:
        print("sqlite3's shell is not installed, so there is no ratio (apt install sqlite3).")
    else:
        sql = " ".join(f"{SELECT} WHERE i.bank_id = 1 ORDER BY i.number".split())
        command = [shell, "-csv", str(data / "reelbank.db"), sql]
        baseline = _median(command, environment, runs)
        _line(count, "sqlite3 -csv, the same SELECT", baseline, baseline)
    for form in formats:
        target = folder / f"out.{form}"
        command = [PYTHON, "-m", "bot", "export", "-o", str(target)]
        found = _median(command, environment, runs)
        size = target.stat().st_size / (1 << 20)
        _line(count, form, found, baseline, size=f"{size:.1f}")
        target.unlink()


def _median(command: Sequence[str], environment: dict[str, str], runs: int) -> Spent:
    """Give the run that took a middling time."""
    found = sorted((spent(command, environment) for _ in range(runs)), key=lambda one: one.cpu_s)
    return found[len(found) // 2]


def _line(count: int, name: str, found: Spent, baseline: Spent | None, *, size: str = "") -> None:
    # What the shell takes is less than what starting it from Python does, so it says nothing.
    peak = f"{found.peak_mb:.0f}" if size else ""
    ratio = f"{found.cpu_s / baseline.cpu_s:.1f}x" if baseline else ""
    print(
        f"{count:>10,}  {name:<30} {found.seconds:>8.2f} {found.cpu_s:>8.2f} {ratio:>7} "
        f"{peak:>8} {size:>8}",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
