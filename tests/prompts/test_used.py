"""No text is kept that nobody says: every name is asked for in the code, or by a template."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import prompts

ROOT = Path(prompts.__file__).parents[1]
ROOMS = ("bot", "storage", "prompts")
ELSEWHERE = ("summary.", "report.", "answer")
"""Summaries go by the name of their command, and these templates call their texts themselves."""

_WORD = re.compile(r"[A-Za-z0-9_]+")


@cache
def _strings() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Give all literal strings of the code, and its f-strings as patterns."""
    literals: set[str] = set()
    patterns: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    literals.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    patterns.add("".join(map(_part, node.values)))
    # An error names its text without the family: `Conflict(f"cannot_{move}")`.
    named = {p for p in patterns if re.match(r"[a-z_]+\\\.[a-z_]*\(", p)}
    named |= {rf"error\.{p}" for p in patterns if re.fullmatch(r"[a-z]+_\(\\w\+\)", p)}
    return frozenset(literals), tuple(re.compile(p) for p in named)


def _part(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"(\w+)"


@cache
def _words() -> frozenset[str]:
    """Give every word that a name may be put together from: in strings, data and templates."""
    # Sentences (docstrings above all) say nothing about names.
    words = {w for text in _strings()[0] if " " not in text for w in _WORD.findall(text)}
    for path in (*(ROOT / "bot").rglob("*.yaml"), *(ROOT / "prompts").rglob("*.j2")):
        words.update(re.findall(r"(?<!macro )\b(\w+)\(", path.read_text("utf-8")))
        if path.suffix == ".yaml":
            words.update(_WORD.findall(path.read_text("utf-8")))
    return frozenset(words)


def is_said(name: str) -> bool:
    literals, patterns = _strings()
    family, _, text = name.partition(".")
    if name in literals or (family == "error" and text in literals):
        return True
    for pattern in patterns:
        found = pattern.fullmatch(name)
        if found and set(found.groups()) <= _words():
            return True
    return False


def test_every_text_is_said_by_somebody() -> None:
    names = [n for n in prompts.names("en") if not n.partition(".")[2].startswith("_")]
    unsaid = [n for n in names if not n.startswith(ELSEWHERE) and not is_said(n)]

    assert unsaid == []


def test_the_test_sees_a_text_that_nobody_says() -> None:
    assert not is_said("idea.never_said_by_anybody")
    assert not is_said("nofamily.kept")
    assert is_said("idea.kept")
    assert is_said("setup.review_before_more")


_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\([^)]*\)\s*-?%}(.*?){%-?\s*endmacro", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
SAME = {"Reelbank", "Idea", "Ideas", "Total"}
"""What is said the same way in Spanish, or everywhere."""


def bodies(locale: str) -> dict[str, str]:
    """Give what each text says, without what is put in."""
    return {
        f"{path.stem}.{name}": re.sub(r"{{.*?}}|{%.*?%}|`[^`]*`|\s+", " ", body).strip()
        for path in sorted((ROOT / "prompts" / "replies" / locale).glob("*.j2"))
        for name, body in _MACRO.findall(path.read_text("utf-8"))
    }


@pytest.mark.parametrize("locale", ["es", "zh"])
def test_every_text_is_translated(locale: str) -> None:
    english, theirs = bodies("en"), bodies(locale)
    same = {n for n, said in english.items() if _LETTERS.search(said) and theirs.get(n) == said}

    assert {n for n in same if english[n] not in SAME} == set()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("error.too_many", {"seconds_left": 1}),
        ("error.too_many_ideas", {"limit": 1}),
        ("error.too_many_questions", {"limit": 1, "hours_left": 1}),
        ("mod.blocked", {"days": 1}),
        ("mod.blocked_author", {"days": 1, "number": 7}),
        ("privacy.shown", {"question_days": 1, "purge_days": 1, "has_model": False}),
        ("setup.days", {"count": 1}),
        ("setup.given_up", {"reasons": [("gone", 1)]}),
        ("discord.roles_gone", {"count": 1}),
        ("slack.groups_gone", {"count": 1}),
    ],
)
@pytest.mark.parametrize("locale", ["en", "es"])
def test_one_is_said_in_the_singular(locale: str, name: str, values: dict[str, object]) -> None:
    said = prompts.render(name, locale, **values)

    assert not re.findall(r"\b1 (?!is\b)\w+s\b", said.replace("business", "")), said
