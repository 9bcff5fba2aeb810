"""Questions about one thing come together, over wordings, typos and languages."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.market import Market, topics
from bot.tagging import Likeness, load_embedder

DATA = Path(__file__).parent / "data"
EMBEDDER = load_embedder()
with_embedder = pytest.mark.skipif(EMBEDDER is None, reason="the embedder's weights are not here")


@cache
def questions(name: str) -> Mapping[str, Sequence[str]]:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))


def grouped(market: Market, texts: Sequence[str], *, by_meaning: bool) -> list[int]:
    found = [market.topic(text) for text in texts]
    cosines = None
    if by_meaning:
        rows = Likeness(EMBEDDER).encode([topic.text for topic in found])
        assert rows is not None
        cosines = (np.asarray(rows) @ np.asarray(rows).T).tolist()
    at_least = topics.TOGETHER if by_meaning else topics.TOGETHER_BY_WORDS
    return topics.grouped(topics.likenesses(found, cosines), at_least)


def share_exact(market: Market, name: str, *, by_meaning: bool) -> float:
    """Give in how many of 60 draws three topics come out as just these three groups."""
    by_topic = questions(name)
    rng = random.Random(3)
    exact = 0
    for _ in range(60):
        drawn = rng.sample(sorted(by_topic), 3)
        asked = [(topic, text) for topic in drawn for text in by_topic[topic]]
        rng.shuffle(asked)
        groups = grouped(market, [text for _, text in asked], by_meaning=by_meaning)
        pairs = {(group, topic) for group, (topic, _) in zip(groups, asked, strict=True)}
        exact += len(pairs) == len(set(groups)) == len(drawn)
    return exact / 60


@with_embedder
@pytest.mark.parametrize("name", ["questions_topics", "questions_topics_other"])
def test_three_topics_in_many_wordings_are_three_groups(market: Market, name: str) -> None:
    assert share_exact(market, name, by_meaning=True) >= 0.9


@pytest.mark.parametrize("name", ["questions_topics", "questions_topics_other"])
def test_without_an_embedder_words_do_for_most(market: Market, name: str) -> None:
    assert share_exact(market, name, by_meaning=False) >= 0.65


@with_embedder
def test_all_topics_at_once_are_hardly_mixed(market: Market) -> None:
    by_topic = questions("questions_topics")
    asked = [(topic, text) for topic, texts in by_topic.items() for text in texts]
    groups = grouped(market, [text for _, text in asked], by_meaning=True)
    pairs = list(itertools.combinations(range(len(asked)), 2))
    together = [(a, b) for a, b in pairs if groups[a] == groups[b]]
    belonging = [(a, b) for a, b in pairs if asked[a][0] == asked[b][0]]

    right = len(set(together) & set(belonging))

    assert right / len(together) >= 0.85
    assert right / len(belonging) >= 0.85


def test_the_same_question_about_two_unknown_things_is_two_gaps(market: Market) -> None:
    asked = ["price of Flubber Motion", "Narwal Video price", "narwal video cost", "flubber cost"]

    assert grouped(market, asked, by_meaning=False) == [0, 1, 1, 0]


def test_a_misspelt_name_is_the_same_name(market: Market) -> None:
    asked = ["Quuxreel clip length", "how long is a quuxrel clip", "Kann Quuxreel Ton?"]

    assert set(grouped(market, asked, by_meaning=False)) == {0}


@pytest.mark.parametrize("asked", [[], ["?"], ["?", "!"], ["x", "x"], ["", ""]])
def test_few_or_empty_questions_do_no_harm(market: Market, asked: list[str]) -> None:
    assert len(grouped(market, asked, by_meaning=False)) == len(asked)
