"""What the built-in knowledge must give to anybody who asks it through schema and values alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from bot.market.check import check
from bot.market.schema import Entity, Fact
from bot.market.values import field_of, quantity

MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
]
_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = {
    **dict.fromkeys(["free", "zero"], 0),
    **{word: n for n, word in enumerate(_DIGITS, 1)},
    **dict(zip(["ten", "eleven", "sixteen", "minute", "second"], [10, 11, 16, 60, 2], strict=True)),
    **{f"{n}{end}": n for n in range(1, 50) for end in ("st", "nd", "rd", "th")},
}


def models(entities: Sequence[Entity]) -> list[Entity]:
    return [entity for entity in entities if entity.kind == "model"]


def facts(entity: Entity, field: str) -> list[Fact]:
    return [fact for fact in entity.values(field) if fact.is_current and not fact.conflict]


def has(entity: Entity, field: str, value: str) -> bool:
    return any(fact.value == value for fact in facts(entity, field))


def is_offered(entity: Entity) -> bool:
    return not has(entity, "status", "discontinued") and not has(entity, "kind", "research only")


def numbers(
    entity: Entity, field: str, wanted: Callable[[Fact], bool] = lambda _: True
) -> list[float]:
    found = (quantity(fact, entity.kind) for fact in facts(entity, field) if wanted(fact))
    return [value.number for value in found if value and value.number is not None]


def cheapest(entities: Sequence[Entity], wanted: Callable[[Fact], bool]) -> tuple[float, str]:
    return min(
        (price, entity.id)
        for entity in models(entities)
        if is_offered(entity)
        for price in numbers(entity, "price_per_second", wanted)
    )


def test_the_knowledge_has_no_problems(entities: Sequence[Entity]):
    assert [str(problem) for problem in check(entities)] == []


def test_there_is_a_lot_of_it(entities: Sequence[Entity]):
    assert len(entities) > 500
    assert sum(len(entity.facts) for entity in entities) > 2700


def test_open_weights_with_sound(entities: Sequence[Entity]):
    found = {
        entity.id
        for entity in models(entities)
        if has(entity, "kind", "open weights") and has(entity, "audio", "yes")
    }

    assert found == {"minimax-h3", "ltx-2", "ltx-2-5", "ovi", "cosmos-3"}


def test_cheapest_per_second_with_and_without_sound(entities: Sequence[Entity]):
    assert cheapest(entities, lambda _: True) == (0.009, "seedance-1")
    assert cheapest(entities, lambda fact: fact.sound == "yes") == (0.02, "grok-imagine-1-5")


def test_cheapest_at_1080p_from_the_maker(entities: Sequence[Entity]):
    from_maker = cheapest(entities, lambda f: f.seller is None and f.resolution == "1080p")

    assert from_maker == (0.04, "ltx-2")


def test_longest_single_clip_of_what_is_sold(entities: Sequence[Entity]):
    longest = {
        entity.id: max(numbers(entity, "max_seconds", lambda fact: fact.verified), default=0)
        for entity in models(entities)
        if is_offered(entity) and has(entity, "kind", "closed") and not entity.values("task")
    }

    assert {id_ for id_, seconds in longest.items() if seconds == max(longest.values())} == {
        *("kling-4", "wan-3", "seedance-2-5"),
    }


def test_who_reaches_4k(entities: Sequence[Entity]):
    found = {e.id for e in models(entities) if 2160 in numbers(e, "max_resolution")}

    assert {"kling-3", "veo-3-1", "seedance-2", "ltx-2-5", "gemini-omni-flash-1-1"} <= found
    assert not found & {"kling-4", "seedance-2-5", "wan-3", "minimax-h3"}


def test_chinese_makers_of_models(entities: Sequence[Entity]):
    found = {
        entity.name
        for entity in entities
        if entity.kind == "company"
        and has(entity, "country", "China")
        and has(entity, "role", "model maker")
    }

    assert {"ByteDance", "Alibaba", "Kuaishou", "MiniMax", "Tencent", "Zhipu AI"} <= found
    assert not found & {"Sinodata", "HPC-AI Tech", "Lightricks", "Zhejiang Enjoyor Electronics"}


def test_below_ten_cents_a_second_in_the_makers_lists(entities: Sequence[Entity]):
    found = {
        entity.id
        for entity in models(entities)
        if is_offered(entity)
        and min(numbers(entity, "price_per_second", lambda f: f.seller is None), default=9) < 0.10
    }

    assert {"grok-imagine-1-5", "minimax-h3", "wan-3", "veo-3-1", "kling-3"} <= found
    assert not found & {"runway-gen-4-5", "sora-2", "veo-3", "happyhorse-1-0"}


def test_what_runs_on_a_12_gb_card(entities: Sequence[Entity]):
    card = next(e for e in entities if e.id == "rtx-4070")
    memory = max(numbers(card, "memory"))
    fits = {e.id for e in models(entities) if min(numbers(e, "vram"), default=999) <= memory}

    assert {"wan-2-1", "wan-2-2", "cogvideox", "helios"} <= fits
    assert not fits & {"minimax-h3", "hunyuanvideo", "step-video-t2v"}


def test_the_newest_release_is_kling_4_flash(entities: Sequence[Entity]):
    dated = {e.id: max(numbers(e, "released"), default=0) for e in models(entities)}

    assert max(dated, key=lambda id_: dated[id_]) == "kling-4-flash"


def test_prices_of_one_model_differ_by_resolution_and_seller(entities: Sequence[Entity]):
    seedance = next(e for e in entities if e.id == "seedance-2")

    def at(resolution: str, seller: str | None) -> list[float]:
        return numbers(
            seedance,
            "price_per_second",
            lambda fact: (fact.resolution, fact.seller) == (resolution, seller),
        )

    assert at("720p", None) == [0.142]
    assert at("1080p", "fal") == [0.682]
    assert at("4K", "Runway API") == [1.50]


def test_names_without_a_version_say_what_they_may_mean(entities: Sequence[Entity]):
    likeliest = {e.name: e.may_mean[0] for e in entities if e.may_mean}

    assert likeliest["Sora"] == "sora-2"
    assert likeliest["Veo"] == "veo-3-1"
    assert likeliest["Wan"] == "wan-3"
    assert likeliest["Kling"] == "kling-4"
    assert likeliest["Seedance"] == "seedance-2-5"


def test_the_line_of_wan_can_be_walked_from_old_to_new(entities: Sequence[Entity]):
    known = {entity.id: entity for entity in entities}
    line = ["wan-2-1"]
    while (newer := known[line[-1]].successor) is not None:
        line.append(newer)

    assert tuple(line) == known["family-wan"].members
    assert line[-1] == "wan-3"


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        ("sinodata", ["priority access to Sora", "rose 10 per cent", "seminar", "digital yuan"]),
        ("sinodata", ["banking and data centre", "does not serve China"]),
        ("magicvideo-v2", ["ByteDance had released"]),
        ("modelscope-t2v", ["two seconds", "Alibaba Group Holding owns"]),
        ("openai-china", ["US sanctions", "Hong Kong"]),
        ("copilot", ["based on an OpenAI model"]),
        ("accident-reconstruction", ["Zhejiang Enjoyor Electronics", "traffic accidents"]),
        ("advertising-outlook", ["biggest effect"]),
    ],
)
def test_what_windows_report_wrote_is_there_with_its_source(
    entities: Sequence[Entity], id_: str, words: list[str]
):
    entity = next(entity for entity in entities if entity.id == id_)
    told = " ".join(f.claim for f in entity.facts if "windowsreport.com" in f.source.url)

    assert [word for word in words if word not in told] == []


def test_sources_that_conflict_stand_side_by_side(entities: Sequence[Entity]):
    known = {entity.id: entity for entity in entities}
    h3 = [f for f in known["minimax-h3"].facts if f.field in ("regions", "excluded_regions")]
    extended = known["veo-3-1"].values("extension_seconds_total")

    assert {fact.conflict for fact in h3} == {True, False}
    assert {(fact.value, fact.seller) for fact in extended} == {
        ("141 s", "Gemini API"), ("148 s", "Gemini API"), ("37 s", "Google Cloud"),
    }  # fmt: skip


def _says_date(value: str, claim: str) -> bool:
    year, *rest = value.split("-")
    month = MONTHS[int(rest[0]) - 1] if rest else ""
    day = str(int(rest[1])) if len(rest) > 1 else ""
    return year in claim and month in claim and (not day or day in re.findall(r"\d+", claim))


def _says_number(fact: Fact, number: float) -> bool:
    claim = fact.claim.lower().replace(",", "")
    said = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", claim)}
    said |= {float(n) for word, n in NUMBERS.items() if re.search(rf"\b{word}\b", claim)}
    written = {
        float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", fact.value or "")
    }
    meant = {number, number / 60, number / 3600, number / 1e6, number / 1e9, *written}
    named = {1440: "2k", 2160: "4k"}.get(int(number), "?")
    return bool(meant & said) or named in claim


def test_every_typed_number_stands_in_its_claim(entities: Sequence[Entity]):
    """A value that its sentence does not bear out would make a citation lie."""
    wrong = []
    for entity in entities:
        for fact in entity.facts:
            value = quantity(fact, entity.kind)
            if value is None or value.number is None or value.type == "yes_no":
                continue
            is_date = field_of(fact.field, entity.kind).type == "date"
            is_said = (
                _says_date(value.text, fact.claim) if is_date else _says_number(fact, value.number)
            )
            if not is_said:
                wrong.append(f"{entity.id} {fact.field} {fact.value}: {fact.claim}")

    assert wrong == []
