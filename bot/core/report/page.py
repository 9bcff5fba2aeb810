"""The HTML report: one file that needs nothing else, and in which nobody's words can run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.core.export_guard import moment
from bot.core.report.charts import Chart, charts_of
from bot.core.report.drawing import HOW_TO_GET, draw
from bot.core.report.gathering import ROWS, Gathered, gather
from bot.core.report.svg import inlined
from prompts import page, page_part, render

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Idea

_ALL_INDUSTRIES = 60
_MARKS = {ord(c): None for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as the page shows it; `svg` is "" where nothing draws."""

    chart: Chart
    svg: Markup


@dataclass(frozen=True, slots=True)
class Part:
    """An industry's section."""

    id: str
    name: str
    codes: str
    count: int
    statuses: str
    best: tuple[tuple[int, str, int, bool], ...]  # number, title, score, is it in the table


@dataclass(frozen=True, slots=True)
class Row:
    """An idea as the table shows it."""

    idea: Idea
    title: str
    text: str
    author: str
    industry: str
    industries: tuple[tuple[str, str], ...]  # id and name, the primary one first
    link: str
    permalink: str
    language: str


def write_html(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write the report of all ideas; gives how many there were."""
    del with_bom
    gathered = gather(source.ideas())
    for piece in _pieces(source, gathered):
        out.write(piece.encode("utf-8", "replace"))
    return gathered.total


def _pieces(source: Source, gathered: Gathered) -> Iterator[str]:
    locale = source.options.locale
    rows = gathered.rows
    figures = gathered.figures(source.taxonomy, locale)
    charts = charts_of(figures, locale, bars=_ALL_INDUSTRIES)
    css, js = page_part("report.css"), page_part("report.js")
    in_table = {idea.number for idea in rows}
    per_industry = figures.per_industry()
    return page(
        "report.html.j2",
        say=partial(_say, locale),
        locale=locale,
        css=Markup(css),  # noqa: S704  our own files, not people's words
        js=Markup(js),  # noqa: S704
        css_hash=_hash(css),
        js_hash=_hash(js),
        gathered=gathered,
        statuses=[
            (
                s,
                render(f"status.{s}", locale),
                sum(n for (_, t), n in figures.by_status.items() if t == s),
            )
            for s in figures.statuses
        ],
        covered=sum(1 for i, n in per_industry.items() if n and i != "other"),
        known=sum(1 for i in figures.industries if i != "other"),
        figures=_figures(charts, locale),
        how_to_get=HOW_TO_GET,
        rows=(_row(idea, source) for idea in rows),
        shown=len(rows),
        most=ROWS,
        industries=[(i, figures.industries[i]) for i, n in per_industry.items() if n],
        parts=[
            _part(i, source, gathered, per_industry[i], in_table)
            for i in sorted(per_industry, key=lambda i: (i == "other", -per_industry[i]))
            if per_industry[i]
        ],
        empty=[figures.industries[i] for i, n in per_industry.items() if not n and i != "other"],
        filters=_filters(source),
        is_pseudonymised=source.options.is_pseudonymised,
        moment=moment,
        status_word=lambda status: render(f"status.{status}", locale),
    )


def _say(locale: str, name: str, **values: object) -> str:
    return render(f"report.{name}", locale, **values)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _figures(charts: Sequence[Chart], locale: str) -> list[Figure]:
    drawn = draw(charts, form="svg", theme="page", locale=locale)
    if not drawn:
        return [Figure(chart, Markup("")) for chart in charts]
    # Markup: shapes and escaped texts only, as `inlined` leaves them
    return [Figure(c, Markup(inlined(svg))) for c, svg in zip(charts, drawn, strict=True)]  # noqa: S704


def _part(
    industry: str, source: Source, gathered: Gathered, count: int, in_table: set[int]
) -> Part:
    coded = source.industry(industry)
    locale = source.options.locale
    by_status: dict[str, int] = {}
    for (_, given, status), n in gathered.counts.items():
        if (source.taxonomy.current(given) or given) == industry:
            by_status[status] = by_status.get(status, 0) + n
    pairs = (("NAICS", coded.naics), ("ISIC", coded.isic))
    return Part(
        id=industry,
        name=source.taxonomy.name(industry, locale),
        codes=" · ".join(f"{name} {', '.join(codes)}" for name, codes in pairs if codes),
        count=count,
        statuses=", ".join(
            f"{render(f'status.{status}', locale)} {by_status[status]}" for status in by_status
        ),
        best=tuple(
            (top.number, shown(top.title), top.score, top.number in in_table)
            for top in gathered.best_of(industry)
        ),
    )


def _row(idea: Idea, source: Source) -> Row:
    locale = source.options.locale
    name = partial(source.taxonomy.name, locale=locale)
    current = [source.taxonomy.current(tag.industry) or tag.industry for tag in idea.tags]
    ids = tuple(dict.fromkeys(current)) or ("other",)
    return Row(
        idea=idea,
        title=shown(idea.title),
        text=shown(idea.text),
        author=_author(idea, locale),
        industry=name(ids[0]),
        industries=tuple((i, name(i)) for i in ids),
        link=web_address(idea.link),
        permalink=web_address(idea.permalink or ""),
        language=idea.language if idea.language.isalpha() and len(idea.language) == 2 else "",  # noqa: PLR2004
    )


def _author(idea: Idea, locale: str) -> str:
    if idea.consent == "asked":
        return render("idea.author_not_asked", locale)
    return shown(idea.author_name) or render("idea.author_anonymous", locale)


def shown(text: str) -> str:
    """Give a text without what turns the direction of writing: it would reach beyond its end."""
    return text.translate(_MARKS)


def web_address(text: str) -> str:
    """Give an address if it is one of the web, else nothing: `javascript:` never gets there."""
    address = text.strip()
    if not address.isprintable() or any(c in address for c in " \"'<>\\^`{|}"):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""


def _filters(source: Source) -> list[tuple[str, str]]:
    """Say what was asked for, in words; nothing where it was everything."""
    wanted, locale = source.options.filter, source.options.locale
    asked = [
        ("words", wanted.words),
        ("industries", ", ".join(source.taxonomy.name(i, locale) for i in wanted.industries)),
        ("statuses", ", ".join(render(f"status.{s}", locale) for s in wanted.statuses)),
        ("author", wanted.by_name),
        ("since", moment(wanted.since)),
        ("until", moment(wanted.until)),
        ("votes", "" if wanted.min_votes is None else str(wanted.min_votes)),
        ("platform", wanted.platform),
    ]
    return [(render(f"report.by_{name}", locale), value) for name, value in asked if value]
