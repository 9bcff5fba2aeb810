"""Charts: their numbers, their words, and that whoever looks at them can see what they show."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Sequence

import pytest

from bot.core.report.charts import FEW, SERIES, TOP, Chart, charts_of, drawable
from bot.core.report.drawing import draw, is_available
from bot.core.report.figures import Figures, Top
from bot.core.report.specs import SERIES as COLOURS
from bot.core.report.specs import THEMES

LIMIT_BYTES = 300_000

INDUSTRIES = {f"i{n}": f"An industry with a longish name, number {n}" for n in range(31)}
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
TITLES = (
    "中文标题：还原交通事故",
    "日本語のアイデア",
    "한국어 아이디어",
    "Ünïcödé Привет",
    "🎬 \u202eevil",
    "x" * 400,
)
FULL = Figures(
    INDUSTRIES,
    {(m, f"i{i}"): (n * i) % 5 + 1 for n, m in enumerate(MONTHS) for i in range(28)},
    {(f"i{i}", s): (i * 7) % 5 + 1 for i in range(28) for s in ("pending", "accepted", "declined")},
    tuple(Top(n, title, 50 - n, n) for n, title in enumerate(TITLES * 2, 1)),
)


def by_kind(charts: Sequence[Chart]) -> dict[str, Chart]:
    return {chart.kind: chart for chart in charts}


def test_the_months_add_up_to_all_ideas_however_many_industries() -> None:
    months = by_kind(charts_of(FULL, "en"))["months"]

    assert sum(bar.n for bar in months.bars) == sum(FULL.by_month.values())
    assert months.rows == tuple(MONTHS)
    assert len(months.series) == SERIES + 1
    assert months.series[-1] == "22 more industries"
    assert [int(row[-1]) for row in months.table.rows] == [
        sum(n for (m, _), n in FULL.by_month.items() if m == month) for month in MONTHS
    ]


def test_months_without_ideas_are_there_and_long_ago_is_left_out() -> None:
    figures = Figures({"a": "A"}, {("2021-01", "a"): 1, ("2025-03", "a"): 2}, {("a", "pending"): 3})
    months = by_kind(charts_of(figures, "en"))["months"]

    assert len(months.rows) == 24
    assert months.rows[0] == "2023-04"
    assert sum(bar.n for bar in months.bars) == 2


def test_bars_that_do_not_fit_are_counted_in_words() -> None:
    chart = by_kind(charts_of(FULL, "en", bars=10))["statuses"]

    assert len(chart.rows) == 10
    left_out = sum(FULL.by_status.values()) - sum(bar.n for bar in chart.bars)
    assert chart.note == f"18 more industries with {left_out} ideas are not shown"
    assert chart.note in chart.alt


def test_holes_are_industries_with_few_ideas_the_emptiest_first() -> None:
    figures = Figures(
        {"a": "A", "b": "B", "c": "C", "other": "Other"},
        {("2026-01", "a"): FEW},
        {("a", "pending"): FEW, ("b", "pending"): 1},
    )
    holes = by_kind(charts_of(figures, "en"))["holes"]

    assert [(bar.row, bar.n) for bar in holes.bars] == [("C", 0), ("B", 1)]
    assert holes.alt == "Chart of industries with few ideas. None yet: C. Few: B 1."


def test_the_best_are_in_order_and_their_votes_in_words() -> None:
    top = by_kind(charts_of(FULL, "en"))["top"]

    assert len(top.rows) == TOP
    assert "#1 中文标题：还原交通事故: 48 (49 for, 1 against)" in top.alt


@pytest.mark.parametrize("locale", ["en", "es", "zh"])
def test_every_chart_says_its_numbers_within_what_platforms_take(locale: str) -> None:
    charts = charts_of(FULL, locale)

    assert {c.kind for c in charts} == {"months", "statuses", "top", "holes"}
    for chart in charts:
        assert 20 < len(chart.alt) <= 1000
        assert any(digit in chart.alt for digit in "123456789")
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)


def test_nothing_gives_no_charts() -> None:
    assert charts_of(Figures(INDUSTRIES), "en") == []
    assert draw([], form="png", theme="light") == []


def test_what_fonts_lack_and_what_turns_the_writing_is_left_out() -> None:
    assert (
        drawable("🎬 Cut\u202e it\u2066 \U0001f468\u200d\U0001f469 ❤️ 中文\n\x00") == "Cut it 中文"
    )


# --- as pictures ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    charts = charts_of(FULL, "en")
    drawn = draw(charts, form="png", theme="light")
    return {chart.kind: png for chart, png in zip(charts, drawn, strict=True)}


def test_pictures_are_pngs_that_every_platform_takes(pictures: dict[str, bytes]) -> None:
    assert is_available()
    for png in pictures.values():
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", png[16:24])
        assert 500 < width < 1500
        assert height < 1600
        assert len(png) < LIMIT_BYTES


def test_chinese_japanese_and_korean_are_no_boxes() -> None:
    """A character that no font has is the same box as any other; one that is drawn is not."""

    def chart(title: str) -> Chart:
        figures = Figures({"a": "A"}, {}, {("a", "accepted"): 1}, (Top(1, title, 5, 1),))
        return by_kind(charts_of(figures, "en", ["top"]))["top"]

    missing = "\u0378\u0379"  # not in Unicode: `drawable` would leave them out
    pairs = ["中文", "日本", "한국", "かな"]
    charts = [chart(c) for pair in pairs for c in pair]
    boxes = [
        Chart(
            **{**_fields(chart("x")), "rows": (c,), "bars": (type(charts[0].bars[0])(c, "For", 5),)}
        )
        for c in missing
    ]
    *drawn, box, other_box = draw([*charts, *boxes], form="png", theme="light")

    assert box == other_box  # so a box would be seen to be one
    for first, second in zip(drawn[::2], drawn[1::2], strict=True):
        assert first != second


def _fields(chart: Chart) -> dict[str, object]:
    return {name: getattr(chart, name) for name in chart.__dataclass_fields__}


def test_the_same_numbers_give_the_same_bytes_and_nothing_runs_in_them() -> None:
    hostile = "</text><script>alert(1)</script><image href='http://evil.example/x.png'>"
    figures = Figures(
        {"a": hostile}, {("2026-01", "a"): 2}, {("a", "accepted"): 2}, (Top(1, hostile, 5, 1),)
    )
    charts = charts_of(figures, "en")
    first = draw(charts, form="svg", theme="page")

    assert draw(charts, form="svg", theme="page") == first
    for svg in first:
        assert b"<script" not in svg
        assert b"<image" not in svg


# --- colours ----------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes (2009): what people see whose cones of one kind are missing.
BLINDNESS = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.3039),
    ),
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def lab(rgb: Sequence[float]) -> tuple[float, float, float]:
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        math.cbrt(max(sum(m * c for m, c in zip(row, rgb, strict=True)) / w, 0.008856))
        for row, w in zip(matrix, white, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("theme", THEMES)
def test_colours_can_be_told_apart_with_any_kind_of_colour_blindness(kind: str, theme: str) -> None:
    seen = {
        colour: lab(
            [
                sum(m * c for m, c in zip(row, linear(colour), strict=True))
                for row in BLINDNESS[kind]
            ]
        )
        for colour in (*COLOURS, THEMES[theme].rest)
    }
    for one, other in itertools.combinations(seen, 2):
        assert math.dist(seen[one], seen[other]) > 9, (one, other)
