"""Charts as values: their rows, and in words what they say. How they look is in specs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.model import Table
from bot.core.report.figures import Figures
from bot.core.texts import short
from prompts import plain, render

Kind = Literal["months", "statuses", "top", "holes"]
KINDS: tuple[Kind, ...] = ("months", "statuses", "top", "holes")

SERIES = 6
"""Industries with a colour of their own; more colours cannot be told apart."""

BARS = 14
"""Industries with a bar of their own; the rest is one more bar."""

TOP = 10
FEW = 3
"""An industry with fewer ideas is a hole in the coverage."""

HOLES = 16
_TITLE = 60
_ALT = 950  # Slack and Discord take about 1,000 characters
# Symbols and emoji that hardly any font of a server has, and what directs or joins characters.
_UNDRAWABLE = re.compile("[\u2600-\u27bf\ufe0e\ufe0f\U0001f000-\U0001faff\U000e0000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle: of which row (or column), in which series, how long."""

    row: str
    series: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: what is drawn, its words, and the same numbers as a table.

    `rows` and `series` give the order; `words` are the labels of axes and marks.
    """

    kind: Kind
    name: str  # of the file, without its end
    title: str
    alt: str
    note: str = ""  # what is left out
    rows: tuple[str, ...]
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    words: Mapping[str, str]
    table: Table


def charts_of(
    figures: Figures, locale: str, kinds: Sequence[Kind] = KINDS, *, bars: int = BARS
) -> list[Chart]:
    """Make the charts that have something to show."""
    clean = {i: drawable(name) or i for i, name in figures.industries.items()}
    figures = replace(figures, industries=clean)
    makers = {"months": _months, "statuses": _statuses, "top": _top, "holes": _holes}
    if not figures.total:
        return []
    made = [makers[kind](figures, locale, bars) for kind in kinds]
    return [chart for chart in made if chart is not None]


def drawable(text: str) -> str:
    """Leave out what a server's fonts lack, and what turns the direction of writing."""
    kept = "".join(c for c in _UNDRAWABLE.sub("", text) if unicodedata.category(c) not in _HIDDEN)
    return " ".join(kept.split())


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def escaped(table: Table) -> Table:
    """Give a table for a reply: names are people's words, and no markup."""
    return Table(
        tuple(map(plain, table.columns)), tuple(tuple(map(plain, row)) for row in table.rows)
    )


# --- ideas by month ---------------------------------------------------------------------------


def _months(figures: Figures, locale: str, _bars: int) -> Chart | None:
    months = figures.months()
    if not months:
        return None
    shown = set(months)
    per_industry: dict[str, int] = dict.fromkeys(figures.industries, 0)
    for (month, industry), n in figures.by_month.items():
        per_industry[industry] += n if month in shown else 0
    ranked = [i for i in _ranked(per_industry) if per_industry[i]]
    named = ranked if len(ranked) <= SERIES + 1 else ranked[:SERIES]
    label = {i: figures.industries[i] for i in named}
    rest = ranked[len(named) :]
    if rest:
        others = render("chart.rest", locale, count=len(rest))
        label |= dict.fromkeys(rest, others)
    counted = _summed(
        (month, label[industry], n)
        for (month, industry), n in figures.by_month.items()
        if month in shown and n
    )
    series = tuple(dict.fromkeys(label.values()))
    per_month = [sum(counted.get((month, s), 0) for s in series) for month in months]
    alt = render(
        "chart.months_alt",
        locale,
        first=months[0],
        last=months[-1],
        counts=list(zip(months, per_month, strict=True)),
        shares=[(s, sum(counted.get((m, s), 0) for m in months)) for s in series],
    )
    return Chart(
        kind="months",
        name="ideas-by-month",
        title=render("chart.months_title", locale),
        alt=_alt(alt),
        rows=tuple(months),
        series=series,
        bars=tuple(Bar(month, s, n) for (month, s), n in counted.items()),
        words={"rest": series[-1] if rest else "", "n": render("chart.ideas", locale)},
        table=Table(
            (render("chart.month", locale), *series, render("chart.total", locale)),
            tuple(
                (month, *(str(counted.get((month, s), 0)) for s in series), str(total))
                for month, total in zip(months, per_month, strict=True)
            ),
        ),
    )


# --- industries by status ---------------------------------------------------------------------


def _statuses(figures: Figures, locale: str, bars: int) -> Chart | None:
    per_industry = figures.per_industry()
    ranked = [i for i in _ranked(per_industry) if per_industry[i]]
    named = ranked if len(ranked) <= bars + 1 else ranked[:bars]
    label = {i: figures.industries[i] for i in named}
    rest = ranked[len(named) :]
    in_rest = sum(per_industry[i] for i in rest)
    words = {s: render(f"status.{s}", locale) for s in figures.statuses}
    counted = _summed(
        (label[i], words[s], n) for (i, s), n in figures.by_status.items() if i in label
    )
    rows = tuple(dict.fromkeys(label.values()))
    series = tuple(words.values())
    totals = [(row, sum(counted.get((row, s), 0) for s in series)) for row in rows]
    note = render("chart.left_out", locale, count=len(rest), n=in_rest) if rest else ""
    alt = render(
        "chart.statuses_alt",
        locale,
        statuses=[(words[s], _of_status(figures, s)) for s in figures.statuses],
        industries=totals,
        rest=note,
    )
    return Chart(
        kind="statuses",
        name="industries-by-status",
        title=render("chart.statuses_title", locale),
        note=note,
        alt=_alt(alt),
        rows=rows,
        series=series,
        bars=tuple(Bar(row, s, n) for (row, s), n in counted.items()),
        words={**words, "n": render("chart.ideas", locale)},
        table=Table(
            (render("chart.industry", locale), *series, render("chart.total", locale)),
            tuple(
                (row, *(str(counted.get((row, s), 0)) for s in series), str(total))
                for row, total in totals
            ),
        ),
    )


def _of_status(figures: Figures, status: str) -> int:
    return sum(n for (_, s), n in figures.by_status.items() if s == status)


# --- the best ideas ---------------------------------------------------------------------------


def _top(figures: Figures, locale: str, _bars: int) -> Chart | None:
    best = [idea for idea in figures.top if idea.up or idea.down][:TOP]
    if not best:
        return None
    votes_for, against = render("chart.votes_for", locale), render("chart.votes_against", locale)
    rows = tuple(f"#{i.number} {drawable(short(i.title, _TITLE))}".strip() for i in best)
    bars = [
        bar
        for row, i in zip(rows, best, strict=True)
        for bar in (Bar(row, votes_for, i.up), Bar(row, against, -i.down))
    ]
    alt = render(
        "chart.top_alt", locale, ideas=[(i.number, i.title, i.score, i.up, i.down) for i in best]
    )
    return Chart(
        kind="top",
        name="top-ideas",
        title=render("chart.top_title", locale),
        alt=_alt(alt),
        rows=rows,
        series=(votes_for, against),
        bars=tuple(bars),
        words={"n": render("chart.votes", locale)},
        table=Table(
            (render("chart.idea", locale), votes_for, against, render("chart.score", locale)),
            tuple((f"#{i.number} {i.title}", str(i.up), str(i.down), str(i.score)) for i in best),
        ),
    )


# --- industries without ideas -----------------------------------------------------------------


def holes(figures: Figures) -> list[tuple[str, int]]:
    """Give the industries (ids) with fewer than `FEW` ideas and how many they have, least first."""
    per_industry = figures.per_industry()
    few = [(i, per_industry[i]) for i in figures.industries if i != "other"]
    return sorted((pair for pair in few if pair[1] < FEW), key=lambda pair: pair[1])


def _holes(figures: Figures, locale: str, _bars: int) -> Chart | None:
    found = [(figures.industries[i], n) for i, n in holes(figures)]
    if not found:
        return None
    shown = found[:HOLES]
    more = len(found) - len(shown)
    alt = render(
        "chart.holes_alt",
        locale,
        empty=[name for name, n in found if not n],
        few=[(name, n) for name, n in found if n],
    )
    return Chart(
        kind="holes",
        name="coverage-holes",
        title=render("chart.holes_title", locale, below=FEW),
        note=render("chart.more", locale, count=more) if more else "",
        alt=_alt(alt),
        rows=tuple(name for name, _ in shown),
        series=(),
        bars=tuple(Bar(name, "", n) for name, n in shown),
        words={"none": render("chart.no_ideas", locale), "n": render("chart.ideas", locale)},
        table=Table(
            (render("chart.industry", locale), render("chart.ideas", locale)),
            tuple((name, str(n)) for name, n in found),
        ),
    )


# --- what they share --------------------------------------------------------------------------


def _ranked(counts: Mapping[str, int]) -> list[str]:
    """Give industries by their number of ideas, the most first; "other" last."""
    return sorted(counts, key=lambda i: (i == "other", -counts[i]))


def _summed(rows: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row, series, n in rows:
        found[row, series] = found.get((row, series), 0) + n
    return dict(sorted(found.items()))


def _alt(text: str) -> str:
    line = " ".join(text.split())
    return short(drawable(line), _ALT)
