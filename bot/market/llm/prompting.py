"""What a language model is asked: our rules, and other people's words as fenced data."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.market.llm.cleaning import MARK, framed, sentences, unescaped
from bot.market.model import Answer, Turn
from prompts import render_model

_LONGEST_QUESTION = 1000  # characters, as the rest of these
_LONGEST_TURN = 500
_LONGEST_PASSAGE = 1500
_MOST_TURNS = 4
_LINES = re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request to a model; `fence` stands around data and nowhere within it."""

    system: str
    user: str
    fence: str


def prompt_for(
    question: str, turns: Sequence[Turn], answer: Answer, today: date, fence: str | None = None
) -> Prompt:
    """Write the request for better words to a template answer.

    Args:
        question: what was asked.
        turns: what was said before, oldest first; the last four are shown.
        answer: the template answer with its evidence.
        today: the day of the question.
        fence: made at random where None.
    """
    fence = fence or secrets.token_hex(16)
    values = {
        "question": _data(question, _LONGEST_QUESTION, fence),
        "turns": [
            (t.role, _data(_said(t), _LONGEST_TURN, fence)) for t in list(turns)[-_MOST_TURNS:]
        ],
        "passages": [
            (p.n, _data(p.text, _LONGEST_PASSAGE, fence)) for p in answer.evidence if p.n > 0
        ],
        "draft": _data(unescaped(" ".join(framed(answer.text)[1])), 2 * _LONGEST_PASSAGE, fence),
    }
    return Prompt(
        system=render_model("answer_system", fence=fence, locale=answer.locale),
        user=render_model("answer_user", fence=fence, today=today.isoformat(), **values),
        fence=fence,
    )


def _said(turn: Turn) -> str:
    """Give what was said; of an answer only what it cites: the rest may be members' ideas."""
    if turn.role == "user":
        return turn.text
    return " ".join(s for s in sentences(turn.text) if MARK.search(s))


def _data(text: str, longest: int, fence: str) -> str:
    """Cut a text to length, without control characters, and without the fence."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
    return _LINES.sub("\n", kept.replace(fence, "")).strip()[:longest]
