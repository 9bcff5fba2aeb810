"""How good tagging and look-alikes are, measured on a labelled file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.tagging.model import Match, Tagging
from bot.tagging.similar import PROBABLE, SHOWN, Likeness
from bot.tagging.tagger import Tagger
from bot.tagging.taxonomy import OTHER


class BadFile(ValueError):
    """A labelled file that cannot be read; the message says what is wrong, in English."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of a labelled file."""

    id: str
    text: str
    language: str
    primary: str
    secondary: tuple[str, ...]
    duplicates_of: str | None
    hard_negative_of: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 with the counts behind them."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Give the share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Give the share of what was wanted that was found; 1 where nothing was wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def data(self) -> dict[str, float]:
        """Give rounded figures for JSON."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "wanted": self.wanted,
            "found": self.found,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by name, tables by title (rows of equal length, the first the heading)."""

    figures: Mapping[str, Any]
    tables: Mapping[str, Sequence[Sequence[str]]]

    def data(self) -> dict[str, Any]:
        """Give everything as plain JSON values."""
        tables = {
            title: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
            for title, rows in self.tables.items()
        }
        return {**self.figures, "tables": tables}

    def text(self) -> str:
        """Give everything as plain text in aligned columns."""
        parts = [_aligned([(name, _shown(value)) for name, value in self.figures.items()])]
        for title, rows in self.tables.items():
            parts.append(f"{title}\n{_aligned(rows)}")
        return "\n\n".join(parts)


def read_labelled(path: Path) -> list[Labelled]:
    """Read a labelled file (YAML, a list of mappings).

    Raises:
        BadFile: it is no such list, or a row lacks id, text or primary.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile(f"{path.name}: {type(error).__name__}") from error
    if not isinstance(rows, list):
        raise BadFile(f"{path.name}: not a list of ideas")
    return [_labelled(row, number) for number, row in enumerate(rows, 1)]


def _labelled(row: object, number: int) -> Labelled:
    if not isinstance(row, dict) or not all(row.get(k) for k in ("id", "text", "primary")):
        raise BadFile(f"entry {number}: id, text and primary are needed")
    return Labelled(
        id=str(row["id"]),
        text=str(row["text"]),
        language=str(row.get("language") or "en"),
        primary=str(row["primary"]),
        secondary=tuple(str(s) for s in row.get("secondary") or ()),
        duplicates_of=_optional(row.get("duplicates_of")),
        hard_negative_of=_optional(row.get("hard_negative_of")),
    )


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def evaluate_tags(path: Path, tagger: Tagger) -> Report:
    """Tag every idea of a labelled file and count what came out right."""
    rows = read_labelled(path)
    tagged = tagger.tag_many([row.text for row in rows])
    pairs = list(zip(rows, tagged, strict=True))
    per_industry = _per_industry(pairs)
    overall = _multi_label(pairs)
    macro = [score.f1 for _, score in per_industry if score.wanted]
    figures: dict[str, Any] = {"ideas": len(rows)}
    for name, chosen in _by_language(pairs).items():
        figures[f"primary right, {name}"] = _share([t.primary == r.primary for r, t in chosen])
        accepted = [t.primary in (r.primary, *r.secondary) for r, t in chosen]
        figures[f"primary or accepted second, {name}"] = _share(accepted)
    figures["precision"], figures["recall"] = round(overall.precision, 4), round(overall.recall, 4)
    figures["f1"] = round(overall.f1, 4)
    figures["macro f1 of primaries"] = round(sum(macro) / len(macro), 4) if macro else None
    figures |= _abstention(pairs)
    heading = ("industry", "precision", "recall", "f1", "wanted", "found")
    table = [heading, *(_score_row(name, score) for name, score in per_industry)]
    confusions = Counter((r.primary, t.primary) for r, t in pairs if t.primary != r.primary)
    confused = [
        ("expected", "given", "count", "ids"),
        *(
            (want, got, str(n), _ids(pairs, want, got))
            for (want, got), n in confusions.most_common()
        ),
    ]
    return Report(figures, {"Per industry (primary)": table, "Confusions": confused})


_Pairs = Sequence[tuple[Labelled, Tagging]]


def _by_language(pairs: _Pairs) -> dict[str, _Pairs]:
    english = [p for p in pairs if p[0].language == "en"]
    others = [p for p in pairs if p[0].language != "en"]
    groups: dict[str, _Pairs] = {"all": pairs, "English": english, "other languages": others}
    return {name: group for name, group in groups.items() if group}


def _per_industry(pairs: _Pairs) -> list[tuple[str, Score]]:
    wanted = Counter(r.primary for r, _ in pairs)
    found = Counter(t.primary for _, t in pairs)
    right = Counter(r.primary for r, t in pairs if t.primary == r.primary)
    return [(i, Score(right[i], found[i], wanted[i])) for i in sorted(wanted | found)]


def _multi_label(pairs: _Pairs) -> Score:
    """Count all tags given: right are primary and accepted ones; wanted is every primary."""
    right = sum(sum(tag.industry in (r.primary, *r.secondary) for tag in t.tags) for r, t in pairs)
    found = sum(len(t.tags) for _, t in pairs)
    wanted_all = sum(1 + len(r.secondary) for r, _ in pairs)
    return Score(right, found, wanted_all)


def _abstention(pairs: _Pairs) -> dict[str, Any]:
    none = [(r, t) for r, t in pairs if r.primary == OTHER]
    told = [(r, t) for r, t in pairs if not t.is_idea]
    score = Score(sum(r.primary == OTHER for r, _ in told), len(told), len(none))
    return {
        "non-ideas": len(none),
        "non-ideas told apart": round(score.recall, 4),
        "ideas taken for none": sum(r.primary != OTHER for r, _ in told),
    }


def _ids(pairs: _Pairs, want: str, got: str) -> str:
    return " ".join(r.id for r, t in pairs if (r.primary, t.primary) == (want, got))


def evaluate_duplicates(path: Path, likeness: Likeness, *, at_least: float = PROBABLE) -> Report:
    """Look for the labelled pairs of a file among all its ideas."""
    rows = read_labelled(path)
    ids = {row.id for row in rows}
    wanted = {frozenset((r.id, r.duplicates_of)) for r in rows if r.duplicates_of in ids}
    hard = {frozenset((r.id, r.hard_negative_of)) for r in rows if r.hard_negative_of in ids}
    ready = dict(zip(ids_of(rows), likeness.prepare([r.text for r in rows]), strict=True))
    ranked = {
        key: likeness.matches(
            item, {k: i for k, i in ready.items() if k != key}, at_least=0.0, limit=len(rows)
        )
        for key, item in ready.items()
    }
    scores: dict[_Pair, float] = {}
    for key, found in ranked.items():
        for match in found:
            pair = frozenset((key, match.id))
            scores[pair] = max(scores.get(pair, 0.0), match.score)
    over_all = _pair_score({p for p, s in scores.items() if s >= at_least}, wanted)
    judged = wanted | hard
    labelled = _pair_score({p for p in judged if scores[p] >= at_least}, wanted)
    firsts = [_partner_within(ranked, pair) for pair in wanted]
    figures = {
        "ideas": len(rows),
        "pairs": len(wanted),
        "hard negatives": len(hard),
        "threshold": at_least,
        **{f"{name}, labelled pairs": value for name, value in _prf(labelled).items()},
        **{f"{name}, all pairs": value for name, value in _prf(over_all).items()},
        f"partner in first {SHOWN}": _share([hit for both in firsts for hit in both]),
        "hard negatives taken": sum(scores[p] >= at_least for p in hard),
        "submissions with an unneeded suggestion": _unneeded(ranked, wanted, at_least),
    }
    notable = [p for p in scores if p in judged or scores[p] >= at_least]
    notable.sort(key=lambda p: (-scores[p], sorted(p)))
    table = [
        ("pair", "score", "label"),
        *((" ".join(sorted(p)), f"{scores[p]:.3f}", _label(p, wanted, hard)) for p in notable),
    ]
    return Report(figures, {"Pairs": table})


def ids_of(rows: Sequence[Labelled]) -> list[str]:
    """List the ids in the order of the file."""
    return [row.id for row in rows]


_Pair = frozenset[str]


def _label(pair: _Pair, wanted: set[_Pair], hard: set[_Pair]) -> str:
    if pair in wanted:
        return "same"
    return "hard negative" if pair in hard else ""


def _pair_score(found: set[_Pair], wanted: set[_Pair]) -> Score:
    return Score(len(found & wanted), len(found), len(wanted))


def _prf(score: Score) -> dict[str, float]:
    data = score.data()
    return {name: data[name] for name in ("precision", "recall", "f1")}


def _partner_within(ranked: Mapping[str, Sequence[Match]], pair: _Pair) -> list[bool]:
    return [any(m.id in pair for m in ranked[key][:SHOWN]) for key in sorted(pair)]


def _unneeded(
    ranked: Mapping[str, Sequence[Match]], wanted: set[_Pair], at_least: float
) -> float | None:
    return _share(
        [
            any(m.score >= at_least and frozenset((key, m.id)) not in wanted for m in found)
            for key, found in ranked.items()
        ]
    )


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None


def _score_row(name: str, score: Score) -> tuple[str, ...]:
    figures = (score.precision, score.recall, score.f1)
    return (name, *(f"{f:.2f}" for f in figures), str(score.wanted), str(score.found))


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
