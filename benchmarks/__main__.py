"""`make bench`: every measurement, each printed as a ratio against a baseline of the same run."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import click

NAMES = sorted(
    path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True, help="At full size too (minutes, and a few GB of disk).")
def main(names: tuple[str, ...], *, full: bool) -> None:
    """Run the measurements of these names, or all of them."""
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise click.UsageError(f"{unknown[0]}: no such measurement. There is: {', '.join(NAMES)}.")
    failed = []
    for name in names or NAMES:
        click.secho(f"\n== {name}", bold=True)
        started = time.perf_counter()
        module = importlib.import_module(f"benchmarks.bench_{name}")
        try:
            module.main(["--full"] if full else [])
        except SystemExit as ended:
            if ended.code:
                failed.append(name)
        click.echo(f"({name}: {time.perf_counter() - started:.1f} s)")
    if failed:
        click.echo(f"\nFailed: {', '.join(failed)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
