"""`reelbank tag` and `reelbank similar`: industries and look-alikes, one text or a batch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from bot.cli import batch
from bot.cli.opening import open_likeness, open_tagger
from bot.cli.terminal import community_option, note, put_json, run, say, settings

if TYPE_CHECKING:
    from bot.tagging import Tagger, Tagging
    from bot.tagging.similar import Item

LEXICAL = "The embedder is not there, so this goes by words alone. See: reelbank doctor"

_batch_option = click.option(
    "--batch",
    "batch_file",
    metavar="FILE|-",
    help="Take every line of a JSON Lines file (- for stdin).",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Give one JSON object.")


@click.command()
@click.argument("text", nargs=-1)
@_json_option
@_batch_option
def tag(text: tuple[str, ...], *, as_json: bool, batch_file: str | None) -> None:
    """Name the industries that would use an idea, the likeliest first, and the words that say so.

    \b
    reelbank tag "reconstruct a traffic accident from the police report"
    reelbank tag --batch ideas.jsonl > tags.jsonl

    A batch line is {"id": "1", "text": "..."} and gives {"id", "primary", "industries":
    [{"id", "confidence", "because"}], "ms"}. What is no idea gets "other".
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    _one_of(text, batch_file)
    tagger = open_tagger(settings())
    if tagger.notice:
        note(LEXICAL)
    if batch_file is not None:
        batch.each(batch_file, "ideas", lambda data: _tag_line(tagger, data))
        return
    tagging, ms = _tagged(tagger, " ".join(text))
    if as_json:
        put_json(_tag_data(tagging, ms), is_pretty=True)
        return
    for found in tagging.tags:
        because = f", because of {', '.join(found.because)}" if found.because else ""
        name = tagger.taxonomy.name(found.industry)
        say(f"{found.confidence:4.0%}  {name} ({found.industry}){because}")
    if not tagging.is_idea:
        note("This does not read like a use case.")


def _one_of(text: tuple[str, ...], batch_file: str | None) -> None:
    if (batch_file is None) == (not text):
        raise click.UsageError('Give a text in quotes, or --batch FILE. See "--help".')


def _tagged(tagger: Tagger, text: str) -> tuple[Tagging, float]:
    started = time.perf_counter()
    tagging = tagger.tag(text)
    return tagging, round((time.perf_counter() - started) * 1000, 2)


def _tag_line(tagger: Tagger, data: Mapping[str, Any]) -> dict[str, Any]:
    tagging, ms = _tagged(tagger, batch.text_of(data, "text"))
    return {"id": data.get("id"), **_tag_data(tagging, ms)}


def _tag_data(tagging: Tagging, ms: float) -> dict[str, Any]:
    industries = [
        {"id": t.industry, "confidence": t.confidence, "because": list(t.because)}
        for t in tagging.tags
    ]
    return {"primary": tagging.primary, "industries": industries, "ms": ms}


@click.command()
@click.argument("text", nargs=-1)
@_json_option
@_batch_option
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@community_option
def similar(
    text: tuple[str, ...], *, as_json: bool, batch_file: str | None, limit: int, community_key: str
) -> None:
    """Find ideas that tell the same thing in other words.

    \b
    reelbank similar "a film of the crash for the court"
    reelbank similar --batch ideas.jsonl > matches.jsonl

    One text is compared with the bank of the community. A batch ({"id", "text"} a line) is
    compared with itself, each line with the earlier ones, and gives {"id", "matches":
    [{"id", "score"}]}: a score from 0.58 on means probably the same idea.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    _one_of(text, batch_file)
    if batch_file is not None:
        earlier = Earlier(limit)
        batch.each(batch_file, "ideas", earlier.line)
        return
    found = run(lambda: _similar_in_store(" ".join(text), community_key, limit))
    if as_json:
        put_json(
            {"matches": [{"id": n, "score": s, "title": t} for n, s, t in found]}, is_pretty=True
        )
        return
    for number, score, title in found:
        say(f"{score:.2f}  #{number} {title}")
    if not found:
        note("Nothing like it in this bank.")


async def _similar_in_store(
    text: str, community_key: str, limit: int
) -> list[tuple[int, float, str]]:
    from bot.cli.opening import community_of, opened_services  # noqa: PLC0415

    async with opened_services(settings()) as services:
        community = await community_of(services.store, community_key)
        matches = await services.banks.similar(community.bank_id, text, limit=limit)
        numbers = [match.number for match in matches]
        ideas = await services.store.ideas.by_numbers(community.bank_id, numbers)
        titles = {idea.number: idea.title for idea in ideas}
        return [(m.number, m.score, titles[m.number]) for m in matches if m.number in titles]


class Earlier:
    """The lines of a batch so far; each new one is compared with those likest to it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._likeness = open_likeness(settings())
        if self._likeness.notice:
            note(LEXICAL)
        self._items: list[Item] = []
        self._ids: list[Any] = []
        self._nearest = Nearest()

    def line(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Compare one line with the earlier ones, and remember it."""
        text = batch.text_of(data, "text")
        item = self._likeness.prepare([text])[0]
        others = {str(n): self._items[n] for n in self._nearest.to(item)}
        matches = self._likeness.matches(item, others, limit=self._limit)
        self._nearest.add(item)
        self._items.append(item)
        self._ids.append(data.get("id"))
        return {
            "id": data.get("id"),
            "matches": [{"id": self._ids[int(m.id)], "score": m.score} for m in matches],
        }


class Nearest:
    """Proposes rows worth comparing: the nearest by vector or by shared words, and equal texts."""

    MOST = 25

    def __init__(self) -> None:
        self._count = 0
        self._same: dict[str, int] = {}
        self._by_word: dict[str, list[int]] = {}
        self._rows: Any = None  # float32, grown by doubling

    def to(self, item: Item) -> list[int]:
        """Give the rows worth comparing with `item`, in order."""
        found = {self._same[item.same]} if item.same in self._same else set()
        found.update(self._by_vector(item) if item.vector is not None else self._by_words(item))
        return sorted(found)

    def add(self, item: Item) -> None:
        """Remember a row."""
        if item.same:
            self._same.setdefault(item.same, self._count)
        if item.vector is None:
            for word in item.content:
                self._by_word.setdefault(word, []).append(self._count)
        else:
            self._room(len(item.vector))[self._count] = item.vector
        self._count += 1

    def _by_vector(self, item: Item) -> list[int]:
        if not self._count or self._rows is None:
            return []
        cosines = self._rows[: self._count] @ item.vector
        order = (-cosines).argsort(kind="stable")
        return [int(n) for n in order[: self.MOST]]

    def _by_words(self, item: Item) -> list[int]:
        worth: dict[int, float] = {}
        for word in item.content:
            rows = self._by_word.get(word, ())
            for row in rows:
                worth[row] = worth.get(row, 0.0) + (1.0 + len(rows)) ** -0.5
        return sorted(worth, key=lambda row: (-worth[row], row))[: self.MOST]

    def _room(self, dimension: int) -> Any:
        import numpy as np  # noqa: PLC0415  loaded with the embedder

        if self._rows is None:
            self._rows = np.zeros((64, dimension), dtype=np.float32)
        elif self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        return self._rows
