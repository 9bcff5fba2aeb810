"""What tests of the command line share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

Reelbank = Callable[..., Result]
"""Runs one command in this process: `reelbank("ask", "...", input="...")`."""


def lines(result: Result) -> list[dict[str, Any]]:
    """Read the JSON lines that a command wrote to stdout."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def batch(*rows: object) -> str:
    """Write rows as JSON Lines; a text stands as it is."""
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
