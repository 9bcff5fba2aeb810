"""Batches: JSON Lines in, one JSON line out for each, at once; a bad line never stops the rest."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import click

from bot.cli.terminal import Progress, existing, note, put_json


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a batch: `data` is None where it could not be read, `problem` says why."""

    line: int
    data: Mapping[str, Any] | None
    problem: str = ""

    @property
    def id(self) -> Any:
        """Give the id as it stood in the line, or None."""
        return None if self.data is None else self.data.get("id")


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a batch file for reading; `-` is stdin."""
    if path == "-":
        yield sys.stdin.buffer
        return
    with existing(path).open("rb") as stream:
        yield stream


def items(stream: Iterable[bytes]) -> Iterator[Item]:
    """Read the lines of a batch as they come; blank lines are skipped."""
    for number, raw in enumerate(stream, 1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield Item(number, None, "not UTF-8 text")
            continue
        if text:
            yield _item(number, text)


def _item(number: int, text: str) -> Item:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return Item(number, None, "not a JSON value on one line")
    if not isinstance(data, dict):
        return Item(number, None, 'not a JSON object such as {"id": "1", ...}')
    return Item(number, data)


def text_of(data: Mapping[str, Any], key: str) -> str:
    """Give a text of a line.

    Raises:
        BadLine: it is missing or no text.
    """
    value = data.get(key)
    if not isinstance(value, str):
        raise BadLine(f'"{key}" is missing' if value is None else f'"{key}" is not a text')
    return value


def each(path: str, what: str, work: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Answer every line of a batch, in order.

    Raises:
        click.exceptions.Exit: with code 1 at the end, if any line could not be used.
    """
    bad = 0
    with opened(path) as stream, Progress(what) as progress:
        for count, item in enumerate(items(stream), 1):
            try:
                if item.data is None:
                    raise BadLine(item.problem)  # noqa: TRY301  one way for all bad lines
                result = work(item.data)
            except BadLine as error:
                bad += 1
                result = report(item, str(error))
            put_json(result)
            progress.at(count)
    finish(bad)


def report(item: Item, problem: str) -> dict[str, Any]:
    """Say on stderr what is wrong with a line, and give the line that stands for it."""
    note(f"line {item.line}: {problem}")
    return {"id": item.id, "error": f"line {item.line}: {problem}"}


def finish(bad: int) -> None:
    """End with exit code 1 where lines were bad."""
    if bad:
        note(f"{bad} {'line' if bad == 1 else 'lines'} could not be used.")
        raise click.exceptions.Exit(1)
