"""Measures answers by a file of questions with what they must and must not say."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.market.market import Market
from bot.market.model import Answer, Turn
from bot.market.verify import check

NOT_KNOWN = ("unanswerable", "offtopic")


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the file; each of `must` holds one text or several of which one suffices."""

    id: str
    question: str
    kind: str
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    turns: tuple[Turn, ...]
    follows: bool = False  # asked behind the case before, with the answer that was given to it


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered."""

    case: Case
    answer: Answer
    is_right: bool
    problems: tuple[str, ...]  # of citations and numbers
    ms: float


@dataclass(slots=True)
class Report:
    """What came out, by kind of question."""

    outcomes: list[Outcome] = field(default_factory=list)

    def accuracy(self, *kinds: str, besides: Sequence[str] = ()) -> float:
        """Give the share of right answers, of some kinds or of all but some; 1.0 for none."""
        chosen = [
            o
            for o in self.outcomes
            if (not kinds or o.case.kind in kinds) and o.case.kind not in besides
        ]
        return sum(o.is_right for o in chosen) / len(chosen) if chosen else 1.0

    @property
    def failures(self) -> list[Outcome]:
        """Give the wrong answers in the order of the file."""
        return [o for o in self.outcomes if not o.is_right]

    def text(self) -> str:
        """Write the report for a terminal."""
        by_kind: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            by_kind[outcome.case.kind].append(outcome)
        lines = [
            f"{kind:<14} {sum(o.is_right for o in found):>4} of {len(found):>4}"
            for kind, found in by_kind.items()
        ]
        answerable = [o for o in self.outcomes if o.case.kind not in NOT_KNOWN]
        cited = [o for o in self.outcomes if not o.problems]
        times = sorted(o.ms for o in self.outcomes) or [0.0]
        lines += [
            f"answerable     {self.accuracy(besides=NOT_KNOWN):.1%} of {len(answerable)}",
            f"abstention     {self.accuracy(*NOT_KNOWN):.1%}",
            f"citations ok   {len(cited)} of {len(self.outcomes)}",
            f"median         {times[len(times) // 2]:.1f} ms",
        ]
        lines += [
            f"\nWRONG {o.case.id} ({o.case.kind}): {o.case.question}\n  {o.answer.plain()[:300]}"
            for o in self.failures
        ]
        lines += [f"\n{o.case.id}: {'; '.join(o.problems)}" for o in self.outcomes if o.problems]
        return "\n".join(lines)


def read_cases(path: Path) -> list[Case]:
    """Read a YAML list of questions, see tests/market/data/questions_dev.yaml for the form."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506  both loaders are safe
    return [case for entry in raw for case in _cases(entry)]


def _cases(raw: Mapping[str, Any]) -> list[Case]:
    """Read one entry; a thread, which lists `turns`, gives one case per question."""
    if "turns" not in raw:
        return [_case(raw)]
    return [
        _case(
            {"kind": "followup", **turn, "id": f"{raw['id']}.{i}", "question": turn["user"]},
            follows=i > 1,
        )
        for i, turn in enumerate(raw["turns"], start=1)
    ]


def _case(raw: Mapping[str, Any], *, follows: bool = False) -> Case:
    must = raw.get("must_include") or []
    return Case(
        id=str(raw["id"]),
        question=str(raw["question"]),
        kind=str(raw.get("kind", "lookup")),
        must=tuple(tuple(map(str, m)) if isinstance(m, list) else (str(m),) for m in must),
        must_not=tuple(map(str, raw.get("must_not_include") or [])),
        turns=tuple(Turn(t["role"], t["text"]) for t in raw.get("previous_turns") or []),
        follows=follows,
    )


def evaluate_file(market: Market, path: Path, today: date) -> Report:
    """Ask every question of a file, as a batch does, and compare."""
    report = Report()
    said_before: list[Turn] = []
    for case in read_cases(path):
        turns = [*case.turns, *(said_before if case.follows else ())]
        started = time.perf_counter()
        answer, passages = market.explain(case.question, turns=turns, today=today, ask_back=False)
        ms = (time.perf_counter() - started) * 1000
        said_before = [*turns, Turn("user", case.question), Turn("assistant", answer.plain())]
        said = " ".join([case.question, *(t.text for t in turns)])
        problems = tuple(check(answer, passages, said))
        report.outcomes.append(Outcome(case, answer, _is_right(case, answer), problems, ms))
    return report


def _is_right(case: Case, answer: Answer) -> bool:
    text = answer.plain().lower()
    holds = all(any(m.lower() in text for m in options) for options in case.must)
    is_clean = not any(m.lower() in text for m in case.must_not)
    return holds and is_clean and (answer.abstained or case.kind not in NOT_KNOWN)
