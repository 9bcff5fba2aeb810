"""How charts look: Altair definitions, the same for a picture and for a page.

Loaded by the drawing process alone. Colours are Paul Tol's "bright" scheme, which people with any
kind of colour blindness can tell apart; what is left over is grey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

SERIES = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
STATUS = {
    "accepted": "#4477AA",
    "pending": "#CCBB44",
    "declined": "#EE6677",
    "merged": "#AA3377",
    "withdrawn": "#999999",
}
FOR, AGAINST, HOLE = "#4477AA", "#EE6677", "#EE6677"

_Data: Any = alt.Data  # has no types of its own
_BAR = 24


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of everything but the data."""

    ground: str
    ink: str
    faint: str
    rest: str
    # A chat shows pictures 400 to 550 points wide: letters must be legible at that size.
    width: int = 540
    labels: int = 210  # points that names of industries may take
    titles: int = 250  # and those of ideas


THEMES: Mapping[str, Theme] = {
    "light": Theme("#ffffff", "#1d2129", "#d9dde3", "#b4b9c2"),
    "dark": Theme("#23252b", "#f1f3f5", "#444953", "#7d838e"),
    # For the page, whose style sheet puts its own colours in the place of these.
    "page": Theme("#fefefe", "#1d2129", "#d9dde3", "#a5abb5", labels=200, titles=230),
}


def spec_of(chart: Mapping[str, Any], theme_name: str, font: str) -> dict[str, Any]:
    """Give the Vega-Lite definition of a chart, given as plain JSON values."""
    theme = THEMES[theme_name]
    makers = {"months": _months, "statuses": _statuses, "top": _top, "holes": _holes}
    drawn = makers[chart["kind"]](chart, theme)
    if theme_name != "page":  # the page has its own headings
        drawn = drawn.properties(title=_heading(chart, theme))
    spec: dict[str, Any] = _dressed(drawn, theme, font).to_dict()
    return spec


def _heading(chart: Mapping[str, Any], theme: Theme) -> alt.TitleParams:
    more = {"subtitle": chart["note"]} if chart["note"] else {}
    return alt.TitleParams(
        text=chart["title"], subtitleColor=theme.ink, subtitleFontSize=13, **more
    )


def _data(chart: Mapping[str, Any]) -> Any:
    order = {name: n for n, name in enumerate(chart["series"])}
    return _Data(
        values=[
            {**bar, "order": order.get(bar["series"], 0), "tip": _tip(bar)} for bar in chart["bars"]
        ]
    )


def _tip(bar: Mapping[str, Any]) -> str:
    """Say a bar in words, for whoever points at it on the page."""
    parts = [part for part in (bar["row"], bar["series"]) if part]
    return f"{' · '.join(parts)}: {abs(bar['n'])}"


def _totals(chart: Mapping[str, Any]) -> Any:
    sums: dict[str, int] = dict.fromkeys(chart["rows"], 0)
    for bar in chart["bars"]:
        sums[bar["row"]] += bar["n"]
    return _Data(values=[{"row": row, "n": n} for row, n in sums.items()])


def _colour(chart: Mapping[str, Any], colours: list[str]) -> alt.Color:
    scale = alt.Scale(domain=chart["series"], range=colours)
    # Two columns hold the longest names of industries.
    is_long = max(map(len, chart["series"])) > 12  # noqa: PLR2004
    legend = alt.Legend(columns=2 if is_long else 3)
    return alt.Color("series:N", title=None, scale=scale, legend=legend)


def _months(chart: Mapping[str, Any], theme: Theme) -> Any:
    colours = [*SERIES, theme.rest][: len(chart["series"])]
    if chart["words"]["rest"]:
        colours[-1] = theme.rest
    is_crowded = len(chart["rows"]) > 12  # noqa: PLR2004  more labels do not fit side by side
    axis = alt.Axis(title=None, labelAngle=-60 if is_crowded else 0, ticks=False)
    x = alt.X("row:O", sort=chart["rows"], axis=axis, scale=alt.Scale(domain=chart["rows"]))
    totals_of = _totals(chart)
    most = max((total["n"] for total in totals_of.values), default=0)
    room = alt.Scale(domain=[0, most * 1.08], nice=False)  # for the number above the longest
    y = alt.Y("sum(n):Q", title=chart["words"]["n"], axis=_counting(grid=True), scale=room)
    bars = (
        alt.Chart(_data(chart))
        .mark_bar(stroke=theme.ground, strokeWidth=1)
        .encode(x=x, y=y, color=_colour(chart, colours), order="order:O", description="tip:N")
    )
    totals = (
        alt.Chart(totals_of)
        .mark_text(dy=-8, color=theme.ink)
        .encode(x=x, y=alt.Y("n:Q"), text=alt.Text("n:Q"))
        .transform_filter("datum.n > 0")
    )
    return alt.layer(bars, totals).properties(width=theme.width, height=300)


def _statuses(chart: Mapping[str, Any], theme: Theme) -> Any:
    names = {word: STATUS[status] for status, word in chart["words"].items() if status in STATUS}
    y = alt.Y("row:N", sort=chart["rows"], axis=_naming(theme.labels))
    x = alt.X("sum(n):Q", title=chart["words"]["n"], axis=_counting(grid=True))
    bars = (
        alt.Chart(_data(chart))
        .mark_bar(stroke=theme.ground, strokeWidth=1)
        .encode(
            x=x,
            y=y,
            color=_colour(chart, [names[s] for s in chart["series"]]),
            order="order:O",
            description="tip:N",
        )
    )
    totals = (
        alt.Chart(_totals(chart))
        .mark_text(dx=5, align="left", color=theme.ink)
        .encode(x=alt.X("n:Q"), y=y, text=alt.Text("n:Q"))
    )
    return alt.layer(bars, totals).properties(width=theme.width, height=_height(chart))


def _top(chart: Mapping[str, Any], theme: Theme) -> Any:
    y = alt.Y("row:N", sort=chart["rows"], axis=_naming(theme.titles))
    # Votes against count below zero, but nobody casts minus four of them.
    axis = _counting(grid=True, labelExpr="abs(datum.value)")
    x = alt.X("sum(n):Q", title=chart["words"]["n"], axis=axis)
    bars = (
        alt.Chart(_data(chart))
        .mark_bar(stroke=theme.ground, strokeWidth=1)
        .encode(
            x=x, y=y, color=_colour(chart, [FOR, AGAINST]), order="order:O", description="tip:N"
        )
    )
    # Beside the votes for stands what the order goes by: those minus the votes against.
    scores = {total["row"]: total["n"] for total in _totals(chart).values}
    ends = [{**bar, "score": scores[bar["row"]]} for bar in chart["bars"] if bar["n"] >= 0]
    labels = (
        alt.Chart(_Data(values=ends))
        .mark_text(dx=5, align="left", color=theme.ink)
        .encode(x=alt.X("n:Q"), y=y, text=alt.Text("score:Q", format="+d"))
    )
    return alt.layer(bars, labels).properties(width=theme.width, height=_height(chart))


def _holes(chart: Mapping[str, Any], theme: Theme) -> Any:
    most = max((bar["n"] for bar in chart["bars"]), default=0)
    y = alt.Y("row:N", sort=chart["rows"], axis=_naming(theme.labels, grid=True, gridDash=[2, 4]))
    # Every mark has its number beside it, so the numbers below would say nothing more.
    x = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, max(most, 2)], nice=False))
    values = [
        {**bar, "tip": _tip(bar), "label": str(bar["n"]) if bar["n"] else chart["words"]["none"]}
        for bar in chart["bars"]
    ]
    base = alt.Chart(_Data(values=values)).encode(x=x, y=y)
    is_empty = alt.datum.n == 0
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(
        color=alt.condition(is_empty, alt.value(HOLE), alt.value(FOR)),
        # The shape says it too, for who does not see the colours.
        shape=alt.condition(is_empty, alt.value("cross"), alt.value("circle")),
        description="tip:N",
    )
    labels = base.mark_text(dx=11, align="left", color=theme.ink).encode(text="label:N")
    return alt.layer(dots, labels).properties(width=theme.width, height=_height(chart))


def _height(chart: Mapping[str, Any]) -> int:
    return max(70, _BAR * len(chart["rows"])) + 70


def _naming(limit: int, **more: Any) -> alt.Axis:
    return alt.Axis(title=None, labelLimit=limit, ticks=False, labelPadding=8, domain=True, **more)


def _counting(*, grid: bool = False, **more: Any) -> alt.Axis:
    # No half ideas; fewer ticks than numbers would give "1, 1, 2".
    return alt.Axis(grid=grid, format="d", tickMinStep=1, tickCount=6, titlePadding=8, **more)


def _dressed(chart: Any, theme: Theme, font: str) -> Any:
    plain = {"labelColor": theme.ink, "titleColor": theme.ink, "domainColor": theme.faint}
    return (
        chart.properties(
            background=theme.ground,
            padding=14,
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        )
        .configure(font=font)
        .configure_axis(
            **plain,
            gridColor=theme.faint,
            tickColor=theme.faint,
            labelFontSize=13,
            titleFontSize=13,
            titleFontWeight="normal",
        )
        .configure_text(fontSize=13)
        .configure_view(stroke=None)
        .configure_legend(
            labelColor=theme.ink,
            labelFontSize=12,
            labelLimit=280,
            orient="top",
            symbolType="square",
            symbolStrokeWidth=0,
            offset=14,
        )
        .configure_title(
            color=theme.ink, fontSize=18, fontWeight="normal", anchor="start", offset=14
        )
    )
