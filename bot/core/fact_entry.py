"""A fact as somebody types it: whom it is about, what kind of value, whence; and what is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from bot.core.bank_facts import QUALIFIERS, fact_row
from bot.core.errors import InvalidField
from bot.core.model import Request

if TYPE_CHECKING:
    from bot.market import Market
    from bot.market.schema import Entity, Fact

NEW_KINDS = ("model", "product", "company", "plan", "regulation", "usecase", "hardware", "term")
"""What somebody may add that nobody recorded; lines of models take more than one fact."""

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"/]+\.[^\s<>\"]{2,490}", re.IGNORECASE)
_PAIR = re.compile(r"\s*([a-z][a-z0-9_]*)\s*[:=]\s*(.*)", re.DOTALL)
_SAME, _NEAR, _LIKE = 88.0, 60.0, 55.0
_SUGGESTED = 3
_TYPES = {"resolution": "resolution", "seconds": "duration", "sound": "yes_no"}


def labels_of(market: Market) -> dict[str, Entity]:
    """Give everything that a fact can be about by its names, folded."""
    return {
        label.casefold(): entity
        for entity in market.knowledge.entities
        for label in (*entity.aliases, entity.name, entity.id)
        if entity.kind not in {"family", "name"} or label == entity.id
    }


def find_entity(market: Market, name: str) -> Entity | None:
    """Find what is known by this name, alias or id; a close misspelling counts.

    Versions are no misspellings of each other: the digits have to be the same.
    """
    wanted = name.strip().casefold()
    labels = labels_of(market)
    if wanted in labels:
        return labels[wanted]
    near = process.extract(wanted, list(labels), scorer=fuzz.ratio, score_cutoff=_SAME, limit=5)
    same = [label for label, _, _ in near if _digits(label) == _digits(wanted)]
    return labels[same[0]] if same else None


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def near_names(market: Market, name: str, kind: str = "") -> list[str]:
    """Give the names that are likest to one that is not known, of one kind or of all."""
    labels = {k: e for k, e in labels_of(market).items() if kind in ("", e.kind)}
    found = process.extract(
        name.strip().casefold(), list(labels), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=12
    )
    return list(dict.fromkeys(labels[label].name for label, _, _ in found))[:_SUGGESTED]


def fact_key(claim: str) -> str:
    """Name a fact by its claim, short enough for a menu."""
    return hashlib.sha256(claim.encode()).hexdigest()[:10]


def entity_id_of(name: str) -> str:
    """Make the id of something new out of its name.

    Raises:
        InvalidField: the name has no letter or digit.
    """
    words = re.findall(r"[a-z0-9]+", name.casefold())
    if not words:  # a name in another script still needs an id
        words = ["x", hashlib.sha256(name.encode()).hexdigest()[:8]] if name.strip() else []
    if not words:
        raise InvalidField("entity", "no_such_entity", name=name, near=[])
    return "-".join(words)[:80].strip("-")


def row_from(request: Request, market: Market, *, name: str, kind: str) -> dict[str, Any]:
    """Give the fact that was typed as the store keeps it.

    Raises:
        InvalidField: the link, the day, the field or the value is none; says what one looks like.
    """
    url, as_of = _source_of(request), _day_of(request)
    typed = _typed(request, market, kind)
    return fact_row(
        name=name,
        kind=kind,
        claim=_sentence(request.text("claim")),
        url=url,
        as_of=as_of,
        title=request.text("title"),
        publisher=request.text("publisher"),
        **typed,
    )


def _sentence(claim: str) -> str:
    """Give a claim with a full stop: facts are sentences."""
    return claim if claim[-1:] in ".!?。！？" else f"{claim}."


def _source_of(request: Request) -> str:
    url = request.text("source")
    if not _URL.fullmatch(url):
        raise InvalidField("source", "no_link")
    return url


def _day_of(request: Request) -> str:
    today = request.now.date().isoformat()
    as_of = request.text("as_of") or today
    try:
        date.fromisoformat(as_of + "-01" * (2 - as_of.count("-")))
    except ValueError:
        raise InvalidField("as_of", "no_day", value=as_of) from None
    if not _DATE.fullmatch(as_of):
        raise InvalidField("as_of", "no_day", value=as_of)
    if as_of > today[: len(as_of)]:
        raise InvalidField("as_of", "future_day", value=as_of, today=today)
    return as_of


def _typed(request: Request, market: Market, kind: str) -> Mapping[str, str]:
    """Give field, value and what it holds for; a value alone may name its field before a colon."""
    from bot.market.entering import EXAMPLES, entered  # noqa: PLC0415  with the market only
    from bot.market.values import field_of, fields_for  # noqa: PLC0415

    field_id, value = request.text("field").casefold().replace(" ", "_"), request.text("value")
    if not field_id and (pair := _PAIR.fullmatch(value)):
        field_id, value = pair[1], pair[2]
    if not value and not request.text("field"):
        return {}  # a form may offer `max_seconds:`, to be filled in or left
    known = [field.id for field in fields_for(kind)]
    if field_id not in known and field_id not in _in_use(market, kind):
        alike = process.extract(field_id, known, limit=_SUGGESTED, score_cutoff=_NEAR)
        names = [name for name, _, _ in alike] or known[:8]
        raise InvalidField("field" if request.text("field") else "value", "no_such_field",
                           name=field_id or value, near=names)  # fmt: skip
    field = field_of(field_id, kind)
    canonical = entered(value, field)
    if canonical is None:
        allowed = ", ".join(field.values) or EXAMPLES.get(field.type, "")
        raise InvalidField("value", "no_such_value", name=field_id, value=value, allowed=allowed)
    if field.type == "company":
        maker = find_entity(market, canonical)
        if maker is None or maker.kind != "company":
            near = near_names(market, canonical, "company")
            raise InvalidField("value", "no_such_entity", name=canonical, near=near)
        canonical = maker.name
    return {"field": field_id, "value": canonical, **_qualifiers(request, field.type)}


def _in_use(market: Market, kind: str) -> set[str]:
    """Give the fields that facts of a kind of entity have, beside those with a type."""
    facts = (f for e in market.knowledge.entities if e.kind == kind for f in e.facts)
    return {f.field for f in facts if f.field}


def _qualifiers(request: Request, type_: str) -> Mapping[str, str]:
    from bot.market.entering import EXAMPLES, entered  # noqa: PLC0415  with the market only
    from bot.market.values import Field  # noqa: PLC0415

    found = {name: request.text(name) for name in QUALIFIERS if request.text(name)}
    for name, text in found.items():
        wanted = _TYPES.get(name)
        canonical = entered(text, Field(name, wanted)) if wanted else text
        if canonical is None:
            example = EXAMPLES[wanted or ""]
            raise InvalidField(name, "no_such_value", name=name, value=text, allowed=example)
        found[name] = canonical
    if type_ == "price_per_clip" and "seconds" not in found:
        raise InvalidField("seconds", "clip_length_missing")
    return found


def same_fact(entity: Entity, row: Mapping[str, Any], besides: str = "") -> Fact | None:
    """Find a fact that says the same: the same claim, or the same value for the same case."""
    claim = _folded(str(row["claim"]))
    key = tuple(row.get(name) for name in ("field", *QUALIFIERS))
    for fact in entity.facts:
        if fact.claim == besides or not fact.is_current:
            continue
        if _folded(fact.claim) == claim:
            return fact
        is_same = (fact.field, *fact.qualifiers) == key and fact.value == row.get("value")
        if row.get("field") and is_same and fact.as_of >= str(row["as_of"]):
            return fact
    return None


def _folded(claim: str) -> str:
    return " ".join(claim.split()).casefold().rstrip(".!?。")


def fact_of(entity: Entity, wanted: str) -> Sequence[Fact]:
    """Give the facts that are meant: by key or claim, else those that have these words."""
    typed = wanted.casefold()
    found = [f for f in entity.facts if typed in {fact_key(f.claim), f.claim.casefold()}]
    return found or [f for f in entity.facts if typed in f.claim.casefold()]
