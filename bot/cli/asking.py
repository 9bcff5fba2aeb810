"""`reelbank ask`: one question, or a batch of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.cli import batch
from bot.cli.improving import Improve, opened_improver
from bot.cli.opening import open_market
from bot.cli.terminal import put_json, settings, show

if TYPE_CHECKING:
    from bot.market import Market
    from bot.market.model import Answer, Turn


@click.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Give the answer as one JSON object.")
@click.option(
    "--batch",
    "batch_file",
    metavar="FILE|-",
    help="Answer every line of a JSON Lines file (- for stdin).",
)
@click.option("--no-llm", is_flag=True, help="Do not ask the language model, if one is set up.")
def ask(question: tuple[str, ...], *, as_json: bool, batch_file: str | None, no_llm: bool) -> None:
    """Ask about the market; the answer cites dated sources, or says what nobody recorded.

    \b
    reelbank ask "how long can a kling clip be"
    reelbank ask --json "sora 2 vs veo 3 for a 30s ad"
    reelbank ask --batch questions.jsonl > answers.jsonl

    A batch line is {"id": "q1", "question": "...", "previous_turns": [{"role": "user",
    "text": "..."}, ...]}; only the question is needed. Each gives one line with id, answer,
    citations, abstained, reason, entities and ms. Exit code 1 if a line could not be used.
    """  # noqa: D301  \b is click's mark for lines that are not to be wrapped
    if (batch_file is None) == (not question):
        raise click.UsageError('Give a question in quotes, or --batch FILE. See "--help".')
    market = _LazyMarket()
    with opened_improver(settings(), market.get, is_wanted=not no_llm) as improve:
        asking = _Asking(market, improve)
        if batch_file is not None:
            batch.each(batch_file, "questions", lambda data: _answer_line(asking, data))
            return
        answer, ms = _timed(asking, " ".join(question), ())
    if as_json:
        put_json(_answer_data(answer, ms), is_pretty=True)
    else:
        show(_reply(answer))


class _LazyMarket:
    """The market, opened at the first line that needs it."""

    def __init__(self) -> None:
        self._market: Market | None = None

    def get(self) -> Market:
        if self._market is None:
            self._market = open_market(settings())
        return self._market


@dataclass(frozen=True, slots=True)
class _Asking:
    """What answers: the knowledge, and what may improve its words."""

    market: _LazyMarket
    improve: Improve


def _answer_line(asking: _Asking, data: Mapping[str, Any]) -> dict[str, Any]:
    question = batch.text_of(data, "question")
    answer, ms = _timed(asking, question, _turns(data))
    return {"id": data.get("id"), **_answer_data(answer, ms)}


def _turns(data: Mapping[str, Any]) -> tuple[Turn, ...]:
    from bot.market.model import Turn  # noqa: PLC0415

    turns = data.get("previous_turns") or []
    if not isinstance(turns, list):
        raise batch.BadLine('"previous_turns" is not a list')
    read = []
    for turn in turns:
        if not isinstance(turn, dict) or turn.get("role") not in {"user", "assistant"}:
            raise batch.BadLine('a previous turn needs "role" (user or assistant) and "text"')
        read.append(Turn(turn["role"], batch.text_of(turn, "text")))
    return tuple(read)


def _timed(asking: _Asking, question: str, turns: tuple[Turn, ...]) -> tuple[Answer, float]:
    market = asking.market.get()
    started = time.perf_counter()
    today = datetime.now(UTC).date()
    answer = market.answer(question, turns=turns, today=today, ask_back=False)
    answer = asking.improve(question, turns, answer, today)
    return answer, round((time.perf_counter() - started) * 1000, 2)


def _answer_data(answer: Answer, ms: float) -> dict[str, Any]:
    from bot.core.markup import plain_text  # noqa: PLC0415

    return {
        "answer": plain_text(answer.plain()),
        "citations": [
            {"n": c.n, "title": c.title, "url": c.url, "publisher": c.publisher, "as_of": c.as_of}
            for c in answer.citations
        ],
        "abstained": answer.abstained,
        "reason": answer.reason,
        "entities": list(answer.entities),
        "ms": ms,
    }


def _reply(answer: Answer) -> Any:
    from bot.core.model import Reply  # noqa: PLC0415

    return Reply(text=answer.text, table=answer.table, citations=answer.citations)
