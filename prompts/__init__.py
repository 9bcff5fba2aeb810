"""The words: what the bot says (`replies/<locale>/<family>.j2`) and asks a language model.

`report/` holds the page that an export as HTML is.

A text is a macro: `render("idea.kept", "es", number=42)` calls the macro `kept` of
`replies/es/idea.j2`. A text that a locale lacks comes in English. Values are inserted as they are;
templates mark other people's words with `|plain`, which escapes Reelbank's Markdown subset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

ROOT = Path(__file__).parent
FALLBACK = "en"

_MARKUP = re.compile(r"([\\`*_\[\]<>|~])")
_LINE_START = re.compile(r"^(\s*\d*)([-+#.)])(?=\s|$)", re.MULTILINE)


def plain(value: object) -> str:
    """Escape text so that Reelbank's Markdown subset shows it as it was typed."""
    escaped = _MARKUP.sub(r"\\\1", str(value))
    return _LINE_START.sub(r"\1\\\2", escaped)


@cache
def environment() -> Environment:
    """Give the Jinja2 environment; a missing value is an error, never an empty string."""
    env = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  our output is no HTML; `|plain` escapes for our Markdown
    )
    env.filters["plain"] = plain
    return env


@cache
def locales() -> tuple[str, ...]:
    """List the locales that have any reply, English first."""
    found = sorted(p.name for p in (ROOT / "replies").iterdir() if p.is_dir())
    return (FALLBACK, *(name for name in found if name != FALLBACK))


@cache
def _macro_names(locale: str, family: str) -> frozenset[str]:
    path = ROOT / "replies" / locale / f"{family}.j2"
    if not path.is_file():
        return frozenset()
    return frozenset(re.findall(r"{%-?\s*macro\s+(\w+)", path.read_text(encoding="utf-8")))


@cache
def _template(locale: str, family: str) -> Template:
    return environment().get_template(f"replies/{locale}/{family}.j2")


def has(name: str, locale: str) -> bool:
    """Tell whether the locale itself (not only English) has this text."""
    family, _, text = name.partition(".")
    return text in _macro_names(locale, family)


def names(locale: str = FALLBACK) -> tuple[str, ...]:
    """List all texts of a locale as `family.text`, sorted."""
    folder = ROOT / "replies" / locale
    return tuple(
        sorted(f"{p.stem}.{n}" for p in folder.glob("*.j2") for n in _macro_names(locale, p.stem))
    )


def render(name: str, /, locale: str = FALLBACK, **values: Any) -> str:
    """Say the text `family.text` in this locale, or in English where the locale lacks it.

    Raises:
        LookupError: no locale has the text.
    """
    family, _, text = name.partition(".")
    candidates = (locale, locale.partition("-")[0], FALLBACK)
    chosen = next((c for c in candidates if has(name, c)), None)
    if chosen is None:
        raise LookupError(name)
    macro = getattr(_template(chosen, family).module, text)
    return str(macro(**values)).strip()


@cache
def _html() -> Environment:
    """Give the environment of pages: here everything inserted is escaped for HTML."""
    return Environment(
        loader=FileSystemLoader(ROOT / "report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )


def page(name: str, **values: Any) -> Iterator[str]:
    """Render `report/<name>`, an HTML page, piece by piece; whatever is inserted is escaped."""
    return _html().get_template(name).generate(**values)


def page_part(name: str) -> str:
    """Give `report/<name>` as it is: our own style sheet or script."""
    return (ROOT / "report" / name).read_text(encoding="utf-8")


def render_model(name: str, **values: Any) -> str:
    """Render `model/<name>.j2`: what Reelbank asks a language model."""
    return environment().get_template(f"model/{name}.j2").render(**values)
