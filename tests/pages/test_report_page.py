"""The HTML report as its reader has it: it works, asks for nothing, and runs nobody's words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.report import drawing
from bot.core.report.gathering import ROWS
from bot.core.report.page import web_address
from storage import IdeaFilter, IdeaTag, NewIdea, Status, VoteCount
from tests.fakes.collection import Collection, collection, new
from tests.pages.conftest import Browser

MARCH = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = (
    "</script><script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned = 2">',
    "<svg/onload=window.pwned=3>",
    "{{ 7 * 7 }} {% raw %} ${window.pwned = 4}",
    "<!-- <style>* { display: none }</style>",
    "' onmouseover='window.pwned = 5' x='",
    "<a href=javascript:window.pwned=6>click</a>",
    "\u202e\u2066 turned about",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "]]><iframe srcdoc='<script>parent.pwned=7</script>'></iframe>",
)
ADDRESSES = (
    "javascript:window.pwned=8",
    "data:text/html,<script>window.pwned=9</script>",
    "https://good.example/a?b=1&c=%22",
    'https://evil.example/"onclick="window.pwned=10',
    "//evil.example/x",
    "HTTPS://good.example/upper",
)
WORDS = (
    "Rebuild a traffic accident for the jury",
    "中文标题：还原交通事故",
    "فكرة عربية: إعادة بناء حادث",
    "한국어 아이디어",
)


def an_idea(n: int, **more: Any) -> NewIdea:
    status: Status = ("accepted", "pending", "declined")[n % 3]
    values: dict[str, Any] = {
        "status": status,
        "number": n,
        "tags": (_tag(("legal-forensics", "film-tv", "insurance")[n % 3]),),
        "created_at": MARCH + timedelta(days=n % 200),
        "tallies": VoteCount(up=n % 17, down=n % 3, by_platform={"slack": (n % 17, n % 3)}),
    }
    return new(more.pop("text", f"Idea number {n} about clips"), **{**values, **more})


def _tag(industry: str) -> IdeaTag:
    return IdeaTag(industry=industry, rank=0, confidence=0.9)


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave charts out, which take seconds, unless a test is about them."""
    if "drawn" not in request.keywords:
        monkeypatch.setattr(drawing, "is_available", lambda: False)


@pytest.fixture
def bank() -> Iterator[Collection]:
    with collection() as opened:
        yield opened


def report(bank: Collection, folder: Path, **options: Any) -> Path:
    path = folder / "report.html"
    path.write_bytes(bank.exported("html", **options))
    return path


async def in_thread(bank: Collection, folder: Path, *ideas: NewIdea, **options: Any) -> Path:
    """Fill the bank and write the report; the bank runs loops of its own."""

    def work() -> Path:
        bank.add(*ideas)
        return report(bank, folder, **options)

    return await asyncio.to_thread(work)


SHOWN = "[...document.querySelectorAll('.ideas tbody tr')].filter(r => !r.hidden).map(r => r.id)"


# --- reading it -------------------------------------------------------------------------------


async def test_filters_narrow_the_table_and_say_how_many_are_left(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    ideas = [an_idea(n) for n in range(1, 13)] + [
        an_idea(13, text=WORDS[0]),
        an_idea(14, text=WORDS[1]),
    ]
    path = await in_thread(bank, tmp_path, *ideas)
    page = await browser.opens(path)

    count = page.locator("#count")
    assert await count.text_content() == "Showing 14 of 14 ideas."
    assert await count.get_attribute("aria-live") == "polite"
    await page.get_by_label("Words").fill("JURY traffic")
    assert await page.evaluate(SHOWN) == ["idea-13"]
    assert await count.text_content() == "Showing 1 of 14 ideas."
    await page.get_by_label("Words").fill("交通")
    assert await page.evaluate(SHOWN) == ["idea-14"]
    await page.get_by_label("Words").fill("nobody wrote this")
    assert await count.text_content() == "No idea fits."

    await page.get_by_role("button", name="Show all").click()
    await page.get_by_label("Industry", exact=True).select_option(label="Insurance")
    await page.get_by_label("Status", exact=True).select_option("declined")
    assert await page.evaluate(SHOWN) == ["idea-14", "idea-11", "idea-8", "idea-5", "idea-2"]
    assert browser.complaints == []
    assert browser.asked_elsewhere("file:") == []


async def test_the_heads_of_columns_sort(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    path = await in_thread(bank, tmp_path, *[an_idea(n) for n in (1, 2, 10, 20)])
    page = await browser.opens(path)
    head = page.get_by_role("columnheader", name="Number")

    await head.get_by_role("button").click()
    assert await page.evaluate(SHOWN) == ["idea-1", "idea-2", "idea-10", "idea-20"]
    assert await head.get_attribute("aria-sort") == "ascending"
    assert await page.get_by_role("columnheader", name="Votes").get_attribute("aria-sort") is None
    await head.get_by_role("button").click()
    assert await page.evaluate(SHOWN) == ["idea-20", "idea-10", "idea-2", "idea-1"]
    await page.get_by_label("Order").select_option(label="Newest first")
    assert await page.evaluate(SHOWN) == ["idea-20", "idea-10", "idea-2", "idea-1"]
    assert await page.locator("[aria-sort]").count() == 1


async def test_everything_is_within_reach_of_the_keyboard(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    path = await in_thread(
        bank, tmp_path, *[an_idea(n, text=f"idea {'abcdef'[n] * 5}") for n in range(1, 6)]
    )
    page = await browser.opens(path)

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the ideas"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "words"
    await page.keyboard.type("ddddd")
    assert await page.evaluate(SHOWN) == ["idea-3"]
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    await page.keyboard.press("Enter")
    assert await page.locator("#idea-3 .words").is_visible()


async def test_a_link_to_an_idea_leads_there_though_it_is_filtered_out(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    path = await in_thread(bank, tmp_path, *[an_idea(n) for n in range(1, 30)])
    page = await browser.opens(path)
    await page.get_by_label("Words").fill("number 7")

    await page.locator("#industries li a").first.click()
    target = await page.evaluate("location.hash.slice(1)")
    assert await page.locator(f"#{target}").is_visible()
    assert await page.locator(f"#{target} .words").is_visible()


async def test_without_scripts_and_on_paper_it_can_be_read(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    path = await in_thread(bank, tmp_path, *[an_idea(n) for n in range(1, 4)])
    context = await browser.chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(path.as_uri())

    assert await page.get_by_label("Words").is_hidden()
    assert await page.locator(".ideas tbody tr").count() == 3
    await page.emulate_media(media="print")
    assert await page.locator("nav").is_hidden()
    assert await page.locator("#idea-1 .words").evaluate(
        "e => e.checkVisibility({contentVisibilityAuto: true})"
    )


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_sticks_out_and_everything_can_be_read_out(
    browser: Browser, bank: Collection, tmp_path: Path, width: int, scheme: str
) -> None:
    ideas = [an_idea(n, text=text) for n, text in enumerate((*WORDS, "x" * 500, *HOSTILE), 1)]
    path = await in_thread(bank, tmp_path, *ideas)
    page = await browser.opens(path, width=width, scheme=scheme)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate(CHECKS) == []


CHECKS = r"""() => {
  const wrong = [];
  const say = (what, element) => wrong.push(`${what}: ${(element.outerHTML || '').slice(0, 120)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (!document.documentElement.lang || !document.title) wrong.push('no lang or title');
  for (const name of ['header', 'main', 'nav', 'footer'])
    if (all(name).length !== 1) wrong.push(`${all(name).length} × ${name}`);
  const ids = all('[id]').map((e) => e.id);
  if (new Set(ids).size !== ids.length) wrong.push('ids are not unique');
  for (const e of all('input, select')) if (!e.labels.length) say('no label', e);
  for (const e of all('button, a, summary')) if (!e.textContent.trim()) say('no name', e);
  for (const e of all('table')) if (!e.caption) say('no caption', e);
  for (const e of all('th')) if (!e.scope) say('no scope', e);
  for (const e of all('[role=img]')) if (!e.getAttribute('aria-label')) say('no alt text', e);
  for (const e of all('[aria-labelledby]'))
    if (!document.getElementById(e.getAttribute('aria-labelledby'))) say('label is missing', e);
  let level = 0;
  for (const e of all('h1, h2, h3, h4')) {
    const own = Number(e.tagName[1]);
    if (own > level + 1) say('skips a level', e);
    level = own;
  }
  for (const e of all('*'))
    for (const a of e.attributes) {
      if (a.name.startsWith('on') || a.name === 'style' || a.name === 'src') say(a.name, e);
      if (a.name === 'href' && !/^(https?:|#|data:,$)/i.test(a.value)) say('href', e);
    }
  const parts = (c) => c.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const one = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [x, y, z] = [r, g, b].map((v) => one(v / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const c = parts(getComputedStyle(at).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const texts = 'p, dt, dd, a, summary, th, td, small, span, h1, h2, h3, label, button, b, time';
  for (const e of all(texts)) {
    if (!e.checkVisibility() || !e.textContent.trim() || e.closest('.unseen, .skip')) continue;
    const [one, other] = [light(parts(getComputedStyle(e).color)), light(ground(e))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) say(`contrast ${contrast.toFixed(2)}`, e);
  }
  return wrong;
}"""


# --- hostile words ----------------------------------------------------------------------------


async def test_nobodys_words_run(browser: Browser, bank: Collection, tmp_path: Path) -> None:
    ideas = [
        an_idea(
            n,
            text=text,
            author_name=f"Ann {text}"[:80],
            beneficiaries=text,
            reason=text,
            link=ADDRESSES[n % len(ADDRESSES)],
            permalink=ADDRESSES[(n + 1) % len(ADDRESSES)],
        )
        for n, text in enumerate(HOSTILE, 1)
    ]
    ideas.append(
        an_idea(11, tags=(_tag("<img src=x onerror=window.pwned=11>"),), language='x" y="')
    )
    path = await in_thread(bank, tmp_path, *ideas, filter=IdeaFilter(by_name="Ann"))
    page = await browser.opens(path)
    for summary in await page.locator(".ideas summary").all():
        await summary.click()
        await summary.hover()

    assert await page.evaluate("window.pwned") is None
    assert await page.evaluate(CHECKS) == []
    assert await page.locator("script").count() == 1
    assert await page.locator("img, iframe, object, embed, form, svg, base").count() == 0
    texts = await page.locator(".words").all_text_contents()
    for text in HOSTILE:
        assert re.sub("[\u202e\u2066]", "", text) in texts
    links = await page.evaluate("[...document.querySelectorAll('.more a')].map(a => a.href)")
    assert {link.split("#")[0] for link in links} <= {
        "https://good.example/a?b=1&c=%22",
        "https://good.example/upper",
    }
    assert browser.complaints == []
    assert browser.asked_elsewhere("file:") == []


def test_the_policy_allows_only_the_pages_own_script_and_style(bank: Collection) -> None:
    bank.add(an_idea(1))
    html = bank.exported("html").decode()

    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert policy[1].count("sha256-") == 2


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "java\nscript:x", " data:,x", "ftp://x.example"),
        *("//x.example", "http://", "https://a b", "https://[", "https://x.example/<b>"),
    ],
)
def test_addresses_that_are_none_of_the_web_are_no_links(address: str) -> None:
    assert web_address(address) == ""


# --- what is in it ----------------------------------------------------------------------------


def test_the_best_two_thousand_are_in_the_table_and_the_rest_is_said_to_be_left_out(
    bank: Collection,
) -> None:
    bank.add(*[an_idea(n) for n in range(1, ROWS + 51)])
    html = bank.exported("html").decode()

    assert html.count('<tr role="row" id=') == ROWS
    assert "The 2,000 ideas with the best votes, of 2,050." in html
    numbers = {int(n) for n in re.findall(r'id="idea-(\d+)"', html)}
    scores = {n: n % 17 - n % 3 for n in range(1, ROWS + 51)}
    left_out = set(scores) - numbers
    assert max(scores[n] for n in left_out) <= min(scores[n] for n in numbers)


def test_anonymous_authors_and_those_not_asked_stay_unnamed(bank: Collection) -> None:
    bank.add(
        an_idea(1, is_anonymous=True, author_name="Secret Ann", permalink="https://x.example/1"),
        an_idea(2, consent="asked", author_name="Unasked Ben", permalink="https://x.example/2"),
        an_idea(3, author_name="Open Cem", permalink="https://x.example/3"),
    )
    named, renamed = bank.exported("html"), bank.exported("html", is_pseudonymised=True)

    for html in (named, renamed):
        for hidden in (b"Secret Ann", b"Unasked Ben", b"x.example/1", b"x.example/2"):
            assert hidden not in html
    assert b"Open Cem" in named
    assert b"Open Cem" not in renamed
    assert b"author-1" in renamed


@pytest.mark.parametrize("locale", ["en", "es", "zh"])
def test_it_is_in_the_readers_language_and_says_what_was_asked_for(
    bank: Collection, locale: str
) -> None:
    bank.add(an_idea(1, text="A film & more"))
    wanted = IdeaFilter(
        words="film", industries=("film-tv",), statuses=("pending",), by_name="Ana", since=MARCH,
        until=MARCH + timedelta(days=9), min_votes=0, platform="console",
    )  # fmt: skip
    html = bank.exported("html", locale=locale, filter=wanted).decode()
    title = {"en": "Use cases", "es": "Usos de texto", "zh": "使用场景"}[locale]

    assert f'<html lang="{locale}">' in html
    assert title in html
    assert "<bdi>2026-03-01T09:30:00Z</bdi>" in html
    assert "<bdi>film</bdi>" in html
    if locale != "en":
        assert "Showing" not in html


def test_an_empty_collection_gives_a_page_that_says_so(bank: Collection) -> None:
    assert "No idea fits." in bank.exported("html").decode()


@pytest.mark.drawn
async def test_charts_are_part_of_the_page_and_the_same_ideas_give_the_same_bytes(
    browser: Browser, bank: Collection, tmp_path: Path
) -> None:
    ideas = [an_idea(n) for n in range(1, 40)] + [
        an_idea(40, text=HOSTILE[0]),
        an_idea(41, text=HOSTILE[1]),
    ]
    path = await in_thread(bank, tmp_path, *ideas)
    again = await asyncio.to_thread(bank.exported, "html")
    assert path.read_bytes() == again

    page = await browser.opens(path)
    assert await page.locator("figure svg").count() == 4
    label = await page.locator("[role=img]").first.get_attribute("aria-label")
    assert label.startswith("Stacked bar chart: ideas from 2026-03 to 2026-04")
    tips = await page.locator("figure svg path title").all_text_contents()
    assert any(re.fullmatch(r"2026-03 · Insurance: \d+", tip) for tip in tips)
    assert await page.evaluate(CHECKS) == []
    assert await page.evaluate("window.pwned") is None
    assert browser.complaints == []
    assert browser.asked_elsewhere("file:") == []
