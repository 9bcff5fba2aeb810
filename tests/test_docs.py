"""The docs say what is so: commands, settings, errors, and links that lead somewhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.cli.docs import commands_page
from bot.core import errors
from bot.core.export_schema import SCHEMA
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bot/**/*.md")})
ERRORS = set(
    re.findall(r"{% macro ([a-z]\w*)\(", (ROOT / "prompts/replies/en/error.j2").read_text("utf-8"))
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_the_page_of_commands_is_as_reelbank_docs_writes_it() -> None:
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == commands_page(), "run: make docs"


@pytest.mark.parametrize("page", ["docs/operating.md", ".env.example"])
def test_every_setting_is_explained(page: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z0-9_]+)\b", (ROOT / page).read_text("utf-8")))

    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_lead_somewhere(page: Path) -> None:
    dead = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        has_heading = not heading or (file.suffix == ".md" and heading in headings(file))
        if not (file.exists() and file.is_relative_to(ROOT) and has_heading):
            dead.append(target)

    assert dead == []


def headings(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


# --- texts of errors --------------------------------------------------------------------------


@cache
def nodes() -> tuple[ast.AST, ...]:
    """Give the syntax of all our modules."""
    files = [f for room in ("bot", "storage", "prompts") for f in (ROOT / room).rglob("*.py")]
    return tuple(n for file in files for n in ast.walk(ast.parse(file.read_text("utf-8"))))


@cache
def constants() -> frozenset[str]:
    found = (n.value for n in nodes() if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return frozenset(found)


@cache
def patterns() -> frozenset[str]:
    """Give the beginnings of names that are put together, such as `f"cannot_{move}"`."""
    heads = (n.values[0] for n in nodes() if isinstance(n, ast.JoinedStr) and len(n.values) > 1)
    texts = (h.value for h in heads if isinstance(h, ast.Constant) and isinstance(h.value, str))
    return frozenset(text for text in texts if re.fullmatch(r"[a-z][a-z_]*_", text))


def is_said(name: str) -> bool:
    """Tell whether the code says this text: raised, rendered, or put together from two parts."""
    if name in set(raised()) or f"error.{name}" in constants():
        return True
    return any(name.startswith(p) and name.removeprefix(p) in constants() for p in patterns())


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_no_error_is_a_dead_text(name: str) -> None:
    assert is_said(name)


def raised() -> Iterator[str]:
    """List the texts that our code raises by a literal name."""
    kinds = {k for k, v in vars(errors).items() if isinstance(v, type)} - {"OperatorError"}
    users = {k for k in kinds if issubclass(getattr(errors, k), errors.UserError)}
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in users:
            at = 1 if node.func.id == "InvalidField" else 0
            given = node.args[at] if len(node.args) > at else None
            if isinstance(given, ast.Constant):
                yield str(given.value)


def test_every_error_that_is_raised_has_its_words() -> None:
    assert set(raised()) <= ERRORS
    assert len(set(raised())) > 40


def test_the_published_schema_is_the_one_that_exports_follow() -> None:
    published = json.loads((ROOT / "docs" / "idea.schema.json").read_text("utf-8"))
    assert published == SCHEMA, "run: reelbank export --schema > docs/idea.schema.json"
