"""What an answer is made of while it is written: the question at hand, citations, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Lexicon
from bot.market.model import Citation, IdeaLookup, Reason, Table
from bot.market.naming import compact
from bot.market.reading import Reading
from bot.market.retrieval import Retriever
from bot.market.text import fold, stem, stems, words
from prompts import render

_MARK = re.compile(r"\[(\d+)\]")
DEFAULT_MAX_AGE_DAYS = 120
_SUBJECTS = ("model", "product", "company", "regulation", "usecase")
_FEW = 2  # sentences of each of three and more answers
_LONGEST_VALUE = 60  # characters that are shown beside a claim
_MARKUP = re.compile(r"([\\`*<>|~\[\]])")


@dataclass(slots=True)
class Notes:
    """The numbered sources of one answer."""

    citations: list[Citation] = field(default_factory=list)
    rows: dict[int, list[Row]] = field(default_factory=dict)  # number -> facts quoted
    named: set[int] = field(default_factory=set)  # entities whose names stand in the answer
    _numbers: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def mark(self, row: Row) -> str:
        """Give the mark of a fact's source, such as [2]."""
        source = row.fact.source
        key = (source.url, source.title, row.fact.as_of)
        if key not in self._numbers:
            number = len(self.citations) + 1
            self._numbers[key] = number
            self.citations.append(
                Citation(number, source.title, source.url, source.publisher, row.fact.as_of)
            )
        self.rows.setdefault(self._numbers[key], []).append(row)
        return f"[{self._numbers[key]}]"

    def passages(self, knowledge: Knowledge) -> dict[int, str]:
        """Give the text behind each number: what was quoted, of what, when, by whom."""
        return {n: "\n".join(_passage(r, knowledge) for r in rows) for n, rows in self.rows.items()}

    def vital(self) -> set[int]:
        """Give the numbers that no wording may leave out: what disagrees, and what has ended."""
        return {
            n
            for n, rows in self.rows.items()
            if any(r.fact.conflict or {"status", "shutdown"} & set(r.asks) for r in rows)
        }


def _in_english(day: str) -> str:
    """Write a day as the claims do, which are in English."""
    return render("answer.month", "en", text=day)


def _passage(row: Row, knowledge: Knowledge) -> str:
    fact = row.fact
    held = ", ".join(q for q in fact.qualifiers if q)
    name = knowledge.entities[row.owner].name
    value = f"{fact.field}: {fact.value}" if fact.value else ""
    source = f"{fact.source.publisher}, {fact.source.title}"
    return f"{name}: {fact.claim} ({value}; {held}; as of {fact.as_of}; {source})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One part of an answer: several are joined where a message asks several things."""

    sentences: tuple[str, ...]
    table: Table | None = None
    entities: tuple[int, ...] = ()
    abstained: bool = False
    reason: Reason | None = None
    is_gap: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    related: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()  # facts that were quoted
    strength: float = 1.0  # how much of the question it covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question at hand with all that answering it needs."""

    knowledge: Knowledge
    lexicon: Lexicon
    retriever: Retriever
    reading: Reading
    notes: Notes
    today: date
    locale: str
    ask_back: bool = True
    ideas: IdeaLookup | None = None
    max_age_days: int = DEFAULT_MAX_AGE_DAYS

    def name(self, owner: int) -> str:
        """Give the name of an entity."""
        return self.knowledge.entities[owner].name

    def say(self, name: str, **values: object) -> str:
        """Render a text of the answer families in the language of the question."""
        return render(name, self.locale, **values)

    def month(self, as_of: str) -> str:
        """Write a date of the knowledge for people."""
        return self.say("answer.month", text=as_of)

    def sentence(self, row: Row) -> str:
        """Quote a fact with its mark, and with its day where it ages."""
        fact = row.fact
        ages = any(self.lexicon.fields[a].ages for a in row.asks)
        as_of = self.month(fact.as_of) if ages and fact.as_of not in fact.claim else None
        if as_of and _in_english(fact.as_of) in fact.claim:
            as_of = None
        return self.say(
            "answer.sentence",
            claim=escape(self._subject(row) + fact.claim.rstrip(". ") + self._besides(row)),
            mark=self.notes.mark(row),
            as_of=as_of,
            old=ages and is_old(fact.as_of, self.today, self.max_age_days),
            unverified=not fact.verified and "unverified" not in fact.claim,
        )

    def _subject(self, row: Row) -> str:
        """Give the name to put before a claim that names nothing of what it is about."""
        entity = self.knowledge.entities[row.owner]
        if entity.kind not in _SUBJECTS or compact(entity.name) in compact(row.fact.claim):
            return ""
        spelled = {w.text for text in (entity.name, *entity.aliases) for w in words(fold(text))}
        own = {w for w in spelled if stem(w) not in self.lexicon.light | self.lexicon.stop}
        said = {w.text for w in words(fold(row.fact.claim))}
        has_name = said & own or any(w.startswith(tuple(own)) for w in said if own)
        return "" if has_name else f"{entity.name}: "

    def _besides(self, row: Row) -> str:
        """Give the value in brackets where the claim does not say it: a day, a short text."""
        value = row.fact.value or ""
        day = self.month(row.fact.as_of)
        if "date" in self.reading.expects and self._is_vaguer(row.fact.claim, row.fact.as_of):
            return f" ({day})"
        if row.value is None or len(value) > _LONGEST_VALUE:
            return ""
        if row.value.type == "date":
            is_said = any(text in row.fact.claim for text in (value, _in_english(value)))
            return "" if is_said or "-" not in value else f" ({self.month(value)})"
        unsaid = set(stems(value)) - set(stems(row.fact.claim))
        has_digits = any(c.isdigit() for c in "".join(unsaid))
        if row.value.type not in ("text", "list") or has_digits or "industry" in row.asks:
            return ""
        return f" ({value})" if unsaid else ""

    def _is_vaguer(self, claim: str, as_of: str) -> bool:
        """Tell whether a claim names the month of a day, but not the day."""
        month, _, day = as_of.rpartition("-")
        return (
            month.count("-") == 1
            and bool(day)
            and self.month(month) in claim
            and self.month(as_of) not in claim
        )

    def sentences(self, rows: Iterable[Row]) -> list[str]:
        """Quote several facts, each once."""
        return [self.sentence(r) for r in dict.fromkeys(rows)]


def briefly(draft: Draft, among: int) -> Draft:
    """Shorten an answer that is one of several, so that all of them together stay short."""
    most = _FEW if among > 2 else _FEW + 1  # noqa: PLR2004  two questions may take more room
    if draft.table or draft.abstained or among < 2:  # noqa: PLR2004
        return draft
    return replace(draft, sentences=draft.sentences[:most])


def joined(drafts: Sequence[Draft]) -> Draft:
    """Put the answers to several questions together, each sentence once."""
    tables = [d.table for d in drafts if d.table]
    drafts = [*drafts[:1], *(_without_table(d, tables[:1]) for d in drafts[1:])]
    is_unknown = all(d.abstained for d in drafts)
    return Draft(
        sentences=tuple(dict.fromkeys(s for d in drafts for s in d.sentences)),
        table=tables[0] if tables else None,
        entities=tuple(dict.fromkeys(e for d in drafts for e in d.entities)),
        abstained=is_unknown,
        reason=drafts[0].reason if is_unknown else None,
        is_gap=any(d.is_gap for d in drafts),
        choices=next((d.choices for d in drafts if d.choices), ()),
        related=next((d.related for d in drafts if d.related), ()),
    )


def _without_table(draft: Draft, first: Sequence[Table]) -> Draft:
    """Write a second table as lines: an answer has room for one."""
    if draft.table is None or draft.table in first:
        return draft
    lines = (
        f"- {row[0]}: " + "; ".join(f"{c} {v}".strip() for c, v in _named(draft.table, row))
        for row in draft.table.rows
    )
    text = "\n".join((" ".join(draft.sentences), *lines))
    return replace(draft, sentences=(text,))


def _named(table: Table, row: Sequence[str]) -> list[tuple[str, str]]:
    return [(c, v) for c, v in zip(table.columns[1:], row[1:], strict=True) if v != "-"]


def escape(claim: str) -> str:
    """Keep a claim from being read as markup; underscores, as in ids, mean nothing there."""
    return _MARKUP.sub(r"\\\1", claim) if _MARKUP.search(claim) else claim


def is_old(as_of: str, today: date, max_age_days: int) -> bool:
    """Tell whether a day, month or year lies further back than the age allowed."""
    return age_days(as_of, today) > max_age_days


def age_days(as_of: str, today: date) -> int:
    """Give how long ago a day, or the end of a month or year, is."""
    parts = [int(p) for p in as_of.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else 28  # noqa: PLR2004  the end of the month is not past it
    return (today - date(year, month, min(day, 28))).days


def renumber(
    text: str, table: Table | None, notes: Notes
) -> tuple[str, Table | None, tuple[Citation, ...], dict[int, int]]:
    """Number citations in the order in which they appear; those not used are dropped.

    Gives text, table and citations in the new numbers, and old number -> new number.
    """
    cells = [c for row in table.rows for c in row] if table else []
    order: dict[int, int] = {}
    for part in (text, *cells):
        for found in _MARK.findall(part):
            order.setdefault(int(found), len(order) + 1)

    def change(part: str) -> str:
        return _MARK.sub(lambda m: f"[{order[int(m.group(1))]}]", part)

    if table:
        rows = tuple(tuple(change(c) for c in row) for row in table.rows)
        table = Table(table.columns, rows)
    kept = sorted((c for c in notes.citations if c.n in order), key=lambda c: order[c.n])
    citations = tuple(replace(c, n=order[c.n]) for c in kept)
    return change(text), table, citations, order
