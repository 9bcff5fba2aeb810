"""What is wrong with the knowledge: the checks behind `reelbank market check`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.market.schema import ENTITY_KINDS, Entity, Fact
from bot.market.values import TEXT, Field, Quantity, field_of, parse

# The day up to which the built-in facts were gathered.
KNOWLEDGE_DATE: Final = "2026-11-22"

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_URL = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")
_WORDS = re.compile(r"[^\W_]+")
_UNDATED = "n.d."
_CAME = ("released", "deprecated", "api_since")  # days of what has happened: none is known before


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend, with where it stands."""

    file: str
    line: int
    entity: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.entity}: {self.text}"


def check(entities: Sequence[Entity], *, knowledge_date: str = KNOWLEDGE_DATE) -> list[Problem]:
    """Give every problem of the knowledge, in the order of the files; an empty list if none."""
    problems: list[Problem] = []
    for looks in (_ids, _names, _links, _vendors):
        problems += looks(entities)
    for entity in entities:
        problems += _entity(entity)
        for fact in entity.facts:
            texts = (*_source(fact), *_dates(fact, knowledge_date), *_value(fact, entity.kind))
            problems += (Problem(entity.file, fact.line, entity.id, text) for text in texts)
    problems += _claims(entities)
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def plain_name(name: str) -> str:
    """Write a name the way that names are compared: no case, no punctuation."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(_WORDS.findall(folded)) or folded


def _problem(entity: Entity, text: str) -> Problem:
    return Problem(entity.file, entity.line, entity.id, text)


def _ids(entities: Sequence[Entity]) -> Iterator[Problem]:
    counts = Counter(entity.id for entity in entities)
    for entity in entities:
        if counts[entity.id] > 1:
            yield _problem(entity, "the id is used twice")
        if not _ID.fullmatch(entity.id):
            yield _problem(entity, "the id is not in kebab-case")
        if entity.kind not in ENTITY_KINDS:
            yield _problem(entity, f"unknown kind {entity.kind!r}")


def _names(entities: Sequence[Entity]) -> Iterator[Problem]:
    """A name may belong to several entities only if a family or name entity lists them all."""
    owners: dict[str, list[Entity]] = {}
    for entity in entities:
        for name in {plain_name(name) for name in (entity.name, *entity.aliases)}:
            owners.setdefault(name, []).append(entity)
    for name, having in owners.items():
        sayers = [entity for entity in having if entity.may_mean]
        rest = {entity.id for entity in having if not entity.may_mean}
        says_so = len(sayers) == 1 and rest <= set(sayers[0].may_mean)
        if len(having) > 1 and not says_so:
            ids = ", ".join(entity.id for entity in having)
            yield _problem(having[0], f"the name {name!r} means {ids} without saying so")


def _links(entities: Sequence[Entity]) -> Iterator[Problem]:
    known = {entity.id: entity for entity in entities}
    for entity in entities:
        ends = (entity.family, entity.predecessor, entity.successor)
        for end in (*filter(None, ends), *entity.may_mean, *entity.members, *entity.related):
            if end not in known:
                yield _problem(entity, f"it points at {end!r}, which does not exist")
        if (family := known.get(entity.family or "")) and entity.id not in family.members:
            yield _problem(entity, f"{family.id} does not list it as a member")
        before = known.get(entity.predecessor or "")
        if before and before.successor != entity.id:
            yield _problem(entity, f"{before.id} does not name it as its successor")


def _vendors(entities: Sequence[Entity]) -> Iterator[Problem]:
    companies = {
        plain_name(name)
        for entity in entities
        if entity.kind == "company"
        for name in (entity.name, *entity.aliases)
    }
    for entity in entities:
        for fact in entity.values("vendor"):
            if plain_name(fact.value or "") not in companies:
                text = f"no company is called {fact.value!r}"
                yield Problem(entity.file, fact.line, entity.id, text)


def _entity(entity: Entity) -> Iterator[Problem]:
    if not entity.name or not all(entity.aliases):
        yield _problem(entity, "a name is empty")
    if entity.kind in ("family", "name"):
        if not entity.may_mean:
            yield _problem(entity, "it does not say what it may mean")
    elif not entity.facts:
        yield _problem(entity, "it has no facts")
    if entity.kind == "usecase" and not entity.industries:
        yield _problem(entity, "it belongs to no industry")


def _source(fact: Fact) -> Iterator[str]:
    if not fact.claim:
        yield "the claim is empty"
    elif fact.claim[-1] not in ".!?。":
        yield "the claim is no sentence"
    for name in ("url", "title", "publisher", "date"):
        if not getattr(fact.source, name):
            yield f"the source has no {name}"
    if fact.source.url and not _URL.fullmatch(fact.source.url):
        yield f"{fact.source.url!r} is no address"


def _dates(fact: Fact, knowledge_date: str) -> Iterator[str]:
    dates = {"as_of": fact.as_of, "until": fact.until, "date of the source": fact.source.date}
    for name, date in dates.items():
        if date is None or (name == "date of the source" and date in ("", _UNDATED)):
            continue
        if not _DATE.fullmatch(date):
            yield f"{name}: {date!r} is no date"
        elif date > knowledge_date[: len(date)]:
            yield f"{name}: {date} lies after {knowledge_date}"
    came = fact.value if fact.field in _CAME else None
    if came and _DATE.fullmatch(came) and fact.as_of < came[: len(fact.as_of)]:
        yield f"as_of: {fact.as_of} lies before the {fact.field} day {came} that it tells of"


def _value(fact: Fact, kind: str) -> Iterator[str]:
    if (fact.field is None) != (fact.value is None):
        yield "a field needs a value, and a value a field"
        return
    if fact.field is None or fact.value is None:
        return
    if not _FIELD.fullmatch(fact.field):
        yield f"{fact.field!r} is no name of a field"
    field = field_of(fact.field, kind)
    found = parse(fact.value, field.type)
    if not fact.value:
        yield f"{fact.field}: the value is empty"
    elif field.type != TEXT and found.type == TEXT:
        yield f"{fact.field}: {fact.value!r} is no {field.type}"
    yield from _vocabulary(field, found)
    yield from _qualifiers(fact, field)


def _vocabulary(field: Field, found: Quantity) -> Iterator[str]:
    for word in found.items if field.values else ():
        if word not in field.values:
            yield f"{field.id}: {word!r} is not one of {', '.join(field.values)}"


_QUALIFIERS: Final[Sequence[tuple[str, str, Callable[[Fact], str | None]]]] = (
    ("resolution", "resolution", lambda fact: fact.resolution),
    ("seconds", "duration", lambda fact: fact.seconds),
    ("sound", "yes_no", lambda fact: fact.sound),
)


def _qualifiers(fact: Fact, field: Field) -> Iterator[str]:
    for name, type_, read in _QUALIFIERS:
        text = read(fact)
        if text is not None and parse(text, type_).type == TEXT:
            yield f"{name}: {text!r} is no {type_}"
    if field.type == "price_per_clip" and fact.seconds is None:
        yield f"{field.id}: `seconds` must say how long the clip is"


def _claims(entities: Sequence[Entity]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for entity in entities:
        for fact in entity.facts:
            claim = " ".join(fact.claim.split()).casefold()
            if claim in seen:
                text = f"the claim stands in {seen[claim]} already"
                yield Problem(entity.file, fact.line, entity.id, text)
            seen.setdefault(claim, entity.id)
