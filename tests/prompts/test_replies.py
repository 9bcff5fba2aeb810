from __future__ import annotations

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import prompts
from bot.core import commands

ROOT = Path(prompts.__file__).parent / "replies"
# Answers know some more languages.
ALL = [locale for locale in prompts.locales() if prompts.has("common.still_saving", locale)]
OTHERS = [locale for locale in ALL if locale != "en"]
# Made by their owners in their own set of languages.
ELSEWHERE = ("answer", "tags", "summary")
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(([^)]*)\)")


def macros(locale: str) -> dict[str, str]:
    """All texts of a locale with the arguments they take."""
    return {
        f"{path.stem}.{name}": re.sub(r"\s", "", arguments)
        for path in sorted((ROOT / locale).glob("*.j2"))
        for name, arguments in MACRO.findall(path.read_text("utf-8"))
        if not path.stem.startswith(ELSEWHERE)
    }


@pytest.mark.parametrize("locale", OTHERS)
def test_every_text_is_there_with_the_same_values(locale: str) -> None:
    english, theirs = macros("en"), macros(locale)

    assert {
        n for n in english if n not in theirs and not n.partition(".")[2].startswith("_")
    } == set()
    theirs = {n: a for n, a in theirs.items() if "._" not in n}
    assert {n for n in theirs if n not in english} == set()
    assert {n: a for n, a in theirs.items() if english[n] != a} == {}


@pytest.mark.parametrize("locale", ALL)
def test_no_family_says_a_text_twice(locale: str) -> None:
    for path in (ROOT / locale).glob("*.j2"):
        names = [name for name, _ in MACRO.findall(path.read_text("utf-8"))]
        assert len(names) == len(set(names)), path


@pytest.mark.parametrize("locale", OTHERS)
def test_every_listed_command_has_a_summary(locale: str) -> None:
    listed = {c.name.replace(" ", "_") for c in commands.ALL if c.is_listed}
    there = {n.partition(".")[2] for n in prompts.names(locale) if n.startswith("summary.")}

    assert listed - there == set()


def rendered() -> dict[str, set[str]]:
    """Names of texts that the code asks for, with the values it gives; only constant names."""
    found: dict[str, set[str]] = {}
    for path in Path(commands.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if not is_call or node.func.id != "render" or not node.args:
                continue
            name = node.args[0]
            given = {k.arg for k in node.keywords if k.arg}
            if isinstance(name, ast.Constant) and all(k.arg for k in node.keywords):
                found.setdefault(str(name.value), set()).update(given)
    return found


def test_what_the_code_says_is_there_and_takes_these_values() -> None:
    english = macros("en")
    for name, given in rendered().items():
        if name.startswith(ELSEWHERE):
            continue
        assert name in english, name
        assert given == {a for a in english[name].split(",") if a}, name


def errors_raised() -> set[str]:
    """Names of texts that errors carry."""
    kinds = {"NotFound", "NotAllowed", "Conflict", "TooMany", "Busy", "UserError"}
    found = set()
    for path in Path(commands.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = 0 if node.func.id in kinds else 1 if node.func.id == "InvalidField" else None
            if at is None or len(node.args) <= at:
                continue
            text = node.args[at]
            if isinstance(text, ast.Constant):
                found.add(f"error.{text.value}")
    return found


def test_every_error_has_words() -> None:
    assert errors_raised() - set(macros("en")) == set()


@pytest.mark.parametrize("locale", ALL)
def test_every_label_fits_a_button(locale: str) -> None:
    values = {"number": 1234567, "into": 1234567, "count": 1234}
    for name, arguments in macros(locale).items():
        if name.startswith("button."):
            given = {a: values[a] for a in arguments.split(",") if a}
            label = prompts.render(name, locale, **given)
            assert 0 < len(label) <= 75, label
            assert "\n" not in label


@pytest.mark.parametrize("locale", ALL)
def test_peoples_words_are_escaped(locale: str) -> None:
    said = prompts.render(
        "idea.kept",
        locale,
        number=1,
        title="**loud** [x](http://y) `z`",
        industries="I",
        waits=False,
        is_anonymous=False,
        personal=[],
    )

    assert "\\*\\*loud" in said
    assert "[x](" not in said


class Anything:
    """A citation, a choice, the terms of a rank: whatever a template looks for."""

    def __getattr__(self, name: str) -> object:
        return 3.5 if name not in {"label", "title", "publisher", "as_of"} else "word"


class Details(dict[str, object]):
    """What a row of the log says besides."""

    def __missing__(self, name: str) -> object:
        return ["title"] if name in {"fields", "industries"} else 2


SAMPLES: dict[str, object] = {
    "because": ["crash"], "words": ["crash"], "flags": ["flag"], "errors": ["a", "b"],
    "split": [("Discord", 1, 2), ("Slack", 3, 4)], "industries": [("Games", 2)],
    "people": [("Ann", 3), ("Bob", 2)],
    "statuses": [("pending", 1), ("accepted", 2)], "terms": Anything(), "citation": Anything(),
    "choices": [Anything()], "nearest": ["a", "b", "c"], "names": ["A", "B"], "lines": ["x"],
    "modes": [("c", "all")], "reasons": [("gone", 1), ("closed", 2)],
    "personal": ["an address", "a number"], "hint": "ab…", "formats": ["csv", "xlsx"],
    "rows": [("q", 2, 1), ("r", 1, 0), ("s", 4, 3)],
    "moves": [(1, "t", "old", "new")], "good": [1, 2], "done": [1, 2], "failed": [(3, "why")],
    "numbers": [1, 2], "fields": ["f"], "examples": ["e"], "platforms": ["Discord"],
    "ideas": [], "wordings": ["w"], "near": ["n", "m"], "kinds": ["model"],
    "both": [(2, "t", "words"), (1, "u", "")], "low": 1, "high": 9,
    "waiting": ["3 ideas"], "counts": [("2026-01", 1)], "shares": [("A", 2)],
    "subjects": [("Veo", 2)], "empty": ["A"], "few": [("B", 1)],
    "filters": ["age: week"], "note": ("Moe", "words"), "refused": [3], "details": Details(),
    "changes": [SimpleNamespace(field="title", old="old **words**", new="**new** words")],
    "appeal": "words", "head": "words", "claim": "words", "what": "accepted",
}  # fmt: skip
TEXTS = {"title", "text", "name", "reason", "link", "status", "label", "why", "kind", "action"}


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("locale", ALL)
def test_every_text_can_be_said(locale: str, count: int) -> None:
    for name, arguments in macros(locale).items():
        if "._" in name:
            continue
        given = {
            a: SAMPLES.get(a, "word" if a in TEXTS else count) for a in arguments.split(",") if a
        }
        if name in {"idea.choose_industries", "idea.retagged", "idea.kept"}:
            given["industries"] = "Games"
        said = prompts.render(name, locale, **given)
        assert "{{" not in said
        assert "\n\n\n" not in said, name


def test_every_flag_has_words() -> None:
    from bot.core.commands.queue_items import FLAGS

    assert {f"flag.{flag}" for flag in FLAGS} == {n for n in macros("en") if n.startswith("flag.")}
