from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.market.values import TEXT, TYPES, field_of, load_fields, parse


@pytest.mark.parametrize(
    ("text", "type_", "number"),
    [
        ("120 s", "duration", 120),
        ("5.4 s", "duration", 5.4),
        ("4 min", "duration", 240),
        ("48 h", "duration", 172_800),
        ("1080p", "resolution", 1080),
        ("768px", "resolution", 768),
        ("3840x2160", "resolution", 2160),
        ("576x1024", "resolution", 576),
        ("2K", "resolution", 1440),
        ("4K", "resolution", 2160),
        ("0.40 USD/s", "price_per_second", 0.40),
        ("0.28 USD", "price_per_clip", 0.28),
        ("32.56 USD/month", "price_per_month", 32.56),
        ("5.3B USD", "money", 5.3e9),
        ("250M CNY", "money", 250e6),
        ("200,000 USD", "money", 200_000),
        ("16 GB", "memory", 16),
        ("8.19 GB", "memory", 8.19),
        ("24 fps", "rate", 24),
        ("14B", "parameters", 14e9),
        ("1.3B", "parameters", 1.3e9),
        ("1,247", "points", 1247),
        ("1247", "points", 1247),
        ("30 million", "count", 30e6),
        ("26,000", "count", 26_000),
        ("37.1%", "percent", 37.1),
        ("2026-03-01", "date", 20260301),
        ("2026-03", "date", 20260300),
        ("2026", "date", 20260000),
        ("yes", "yes_no", 1),
        ("no", "yes_no", 0),
    ],
)
def test_a_value_is_read_in_the_one_unit_of_its_type(text: str, type_: str, number: float):
    found = parse(text, type_)

    assert found.type == type_
    assert found.number == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("0.40 USD (Fast 0.10)", "price_per_second"),
        ("from 0.0389 USD", "price_per_second"),
        ("0.40 USD", "price_per_second"),
        ("0.40 EUR/s", "price_per_second"),
        ("about 78 GB", "memory"),
        ("8x H100 (24B)", "memory"),
        ("14B and 1.3B", "parameters"),
        ("120", "duration"),
        ("20 s or more", "duration"),
        ("HD", "resolution"),
        ("3K", "resolution"),
        ("2026-13", "date"),
        ("between 2026-08 and 2026-11", "date"),
        ("optional", "yes_no"),
        ("No", "yes_no"),
        ("1,24", "points"),
        ("18B", "money"),
        ("anything", "no such type"),
    ],
)
def test_what_does_not_have_the_form_of_its_type_is_text(text: str, type_: str):
    found = parse(text, type_)

    assert (found.type, found.text, found.number) == (TEXT, text, None)


def test_a_range_keeps_both_ends():
    found = parse("106-284 s", "duration")

    assert (found.low, found.number) == (106, 284)


def test_money_keeps_its_currency():
    assert parse("250M CNY", "money").currency == "CNY"


def test_a_list_gives_its_items():
    assert parse("text, image,video", "list").items == ("text", "image", "video")


@pytest.mark.parametrize(
    ("text", "label"), [("3840x2160", "4K"), ("1280x720", "720p"), ("2K", "2K"), ("768px", "768p")]
)
def test_a_picture_size_has_its_usual_name(text: str, label: str):
    assert parse(text, "resolution").label == label


def test_a_field_can_differ_by_the_kind_of_entity():
    assert field_of("status", "model").type == "choice"
    assert field_of("status", "regulation").type == TEXT
    assert field_of("price", "figure").type == "price_per_second"
    assert field_of("price", "usecase").type == "money"
    assert field_of("nobody wrote this down", "model").type == TEXT


def test_every_listed_field_has_a_known_type():
    listed = [field for fields in load_fields().values() for field in fields]

    assert [field.id for field in listed if field.type not in TYPES] == []


@given(st.text(max_size=40), st.sampled_from(TYPES))
def test_no_text_makes_the_reader_fail(text: str, type_: str):
    assert parse(text, type_).text == text
