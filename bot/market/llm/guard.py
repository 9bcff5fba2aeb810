"""Whether a model's words may be sent in the place of a template answer.

Beyond verify.check (marks that exist, the rule of numbers) each sentence must cite; its numbers
must stand, with the same unit, in the passages cited behind them; it must share words with those
passages; and it must not repeat our rules or the words of whoever asks. Rejecting costs nothing,
since the template answer is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.market.drafting import Notes, renumber
from bot.market.language import detect
from bot.market.llm.cleaning import MARK, cleaned, framed, has_tags, shown, unescaped
from bot.market.llm.prompting import Prompt
from bot.market.llm.quantities import agree, languages, quantities, spelled, written_out
from bot.market.llm.variants import is_mixed_up
from bot.market.model import Answer
from bot.market.text import fold, stem, words
from bot.market.verify import check, numbers
from prompts import render

_LONGEST = 1500  # characters
_MOST_SENTENCES = 7
_LEAST_COVER = 0.4  # of an English sentence's words, that its passages hold
_RUN = 40  # characters in a row that repeat somebody else's words
_RUN_CJK = 12
_WITH_COMMA = frozenset({"de", "es", "fr", "pt"})
_NAME = re.compile(r"(?<=[\w,;:)\]] )[A-Z]\w+")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_MARKS = re.compile(r"((?:\[\d{1,3}\]\s*)+)")
_MONTHS = {render("answer.month", text=f"2026-{m:02}").split()[0] for m in range(1, 13)}
_PLAIN_NAMES = frozenset({m.lower() for m in _MONTHS} | {"us", "usd", "eu", "uk", "ai", "api"})


class Rejected(Exception):
    """The model's words may not be sent; the message is ours and holds none of them."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One answer with what its sentences are held against; all texts folded where so named."""

    answer: Answer
    passages: Mapping[int, str]
    names: tuple[str, ...]  # longest first: numbers in names are no claims
    draft: str
    stopwords: Mapping[str, frozenset[str]]

    def cited(self, marks: Sequence[int]) -> str:
        return "\n".join(self.passages[n] for n in marks)


def is_improvable(answer: Answer) -> bool:
    """Tell whether an answer is prose with evidence: lists and tables are clearest as they are."""
    return (
        bool(answer.citations)
        and not answer.abstained
        and answer.reason is None
        and answer.table is None
        and MARK.search(answer.text) is not None
        and "\n" not in answer.text.strip()
        and answer.locale in languages()
        and {c.n for c in answer.citations} <= {p.n for p in answer.evidence}
        # what stands uncited between facts, such as "I don't know the price", would be lost
        and all(MARK.search(s) for s in framed(answer.text)[1])
    )


def accepted(
    text: str,
    answer: Answer,
    prompt: Prompt,
    *,
    said: Sequence[str],
    stopwords: Mapping[str, frozenset[str]],
) -> Answer:
    """Give the answer in the model's words.

    Args:
        text: what the model wrote.
        answer: the template answer with its evidence.
        prompt: what the model was asked.
        said: the question and earlier turns: repeating them is no answer.
        stopwords: of each language, folded.

    Raises:
        Rejected: they may not be sent; says which rule they break.
    """
    if len(text) > _LONGEST:
        raise Rejected("too long")
    if has_tags(text):
        raise Rejected("markup")
    case = _case(answer, stopwords)
    _require_own_words(text, case, prompt, said)
    evidence = "\n".join(case.passages.values())
    found = cleaned(text, evidence, has_decimal_comma=answer.locale in _WITH_COMMA)
    if not 0 < len(found) <= _MOST_SENTENCES:
        raise Rejected("no sentence left" if not found else "too many sentences")
    for sentence in found:
        _require_evidence(sentence, case)
    body = " ".join(found)
    _require_language(body, case)
    _require_whole(body, case)
    better = [shown(s) for s in found]
    _require_rule_of_numbers(" ".join(better), case)
    return _rebuilt(better, answer)


def _case(answer: Answer, stopwords: Mapping[str, frozenset[str]]) -> _Case:
    passages = {p.n: p.text for p in answer.evidence if p.n > 0}
    listed = next((p.text for p in answer.evidence if p.n == 0), "")
    names = {fold(n).strip() for n in listed.split(";")} - {""}
    return _Case(
        answer,
        passages,
        tuple(sorted(names, key=len, reverse=True)),
        unescaped(answer.text),
        stopwords,
    )


def _require_own_words(text: str, case: _Case, prompt: Prompt, said: Sequence[str]) -> None:
    """Refuse our rules given away, and people's words passed off as an answer."""
    if prompt.fence in text:
        raise Rejected("the fence")
    ours = _squeezed("\n".join([*case.passages.values(), case.draft]))
    others = [_squeezed(t) for t in (prompt.system, *said)]
    written = _squeezed(MARK.sub("", text))
    length = _RUN_CJK if any("\u3040" <= c <= "\u9fff" for c in written) else _RUN
    for start in range(len(written) - length + 1):
        run = written[start : start + length]
        if run not in ours and any(run in other for other in others):
            raise Rejected("repeats what it was told")


def _squeezed(text: str) -> str:
    return " ".join(w.text for w in words(fold(text)))


def _require_evidence(sentence: str, case: _Case) -> None:
    marks = [int(n) for n in MARK.findall(sentence)]
    if not marks:
        raise Rejected("a sentence without citation")
    if not set(marks) <= set(case.passages):
        raise Rejected("a citation that does not exist")
    for part, its_marks in _parts(sentence, marks):
        _require_numbers(part, case, its_marks)
    _require_grounds(MARK.sub("", sentence), case, marks)


def _parts(sentence: str, marks: Sequence[int]) -> list[tuple[str, Sequence[int]]]:
    """Give what stands before each group of marks with them; the rest goes with all of them."""
    pieces = _MARKS.split(sentence)
    found: list[tuple[str, Sequence[int]]] = []
    for text, group in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        found.append((text, [int(n) for n in MARK.findall(group)] or marks))
    return found


def _require_numbers(part: str, case: _Case, marks: Sequence[int]) -> None:
    text = _without_names(part, case, marks)
    cited = case.cited(marks)
    known = numbers(cited)
    units: dict[str, set[str | None]] = {}
    for quantity in quantities(cited):
        units.setdefault(quantity.number, set()).add(quantity.unit)
    for quantity in quantities(text):
        if quantity.number not in known | set(units):
            raise Rejected("a number that no cited passage holds")
        if not agree(quantity.unit, units.get(quantity.number, {None})):
            raise Rejected("a number with another unit")
    stated = {q.number for q in quantities(text)}
    if is_mixed_up(fold(part), stated, cited, frozenset().union(*case.stopwords.values())):
        raise Rejected("a number of another variant")
    spoken = {w.text for w in words(fold(cited))}
    for word, value in written_out(text, case.answer.locale):
        is_held = word in spoken or (value and spelled(value) in known)
        if not is_held and word not in fold(cited):
            raise Rejected("a number in words")


def _without_names(part: str, case: _Case, marks: Sequence[int]) -> str:
    """Take out names; one that the cited passages do not hold may not be spoken of."""
    text, cited = fold(part), fold(case.cited(marks))
    for name in case.names:
        pattern = rf"(?<!\w){re.escape(name)}(?![\w]|\.\d)"
        if not re.search(pattern, text):
            continue
        if not re.search(pattern, cited):
            raise Rejected("a name that its passage does not hold")
        text = re.sub(pattern, " ", text)
    return text


def _require_grounds(sentence: str, case: _Case, marks: Sequence[int]) -> None:
    """Refuse a sentence that has little or nothing to do with what it cites."""
    support = fold(case.cited(marks))
    held = {w.text for w in words(support)} | {
        p for w in words(support) for p in re.findall(r"[a-z]+|\d+", w.text)
    }
    said = [w.text for w in words(fold(sentence))]
    common = frozenset().union(*case.stopwords.values())
    content = [w for w in said if w not in common]
    if not any(w in held for w in content):
        raise Rejected("nothing in common with its passage")
    if case.answer.locale == "en":
        stems = {stem(w) for w in held} | {stem(w.text) for w in words(fold(case.draft))}
        if sum(stem(w) in stems for w in content) < _LEAST_COVER * len(content):
            raise Rejected("too little in common with its passage")
    _require_known_names(sentence, case, held)


def _require_known_names(sentence: str, case: _Case, held: set[str]) -> None:
    """Refuse names from elsewhere; in German every noun looks like one, so it is left out."""
    if case.answer.locale == "de":
        return
    is_uncut = case.answer.locale in ("zh", "ja")
    spoken = (_LATIN if is_uncut else _NAME).findall(sentence)
    known = held | {w.text for w in words(fold(case.draft))} | _PLAIN_NAMES
    known |= {part for name in case.names for part in re.findall(r"[^\W_]+", name)}
    if any(fold(name) not in known for name in spoken):
        raise Rejected("a name from elsewhere")


def _require_language(body: str, case: _Case) -> None:
    if detect(MARK.sub("", body), case.stopwords) != case.answer.locale:
        raise Rejected("another language")


def _require_whole(body: str, case: _Case) -> None:
    """Refuse to lose what an answer must say: its first fact, its end, a conflict, its dates."""
    answer = case.answer
    cited = {int(n) for n in MARK.findall(body)}
    if not {1, *(p.n for p in answer.evidence if p.is_vital)} <= cited:
        raise Rejected("leaves out what must be said")
    for citation in answer.citations:
        dated = render("answer.month", answer.locale, text=citation.as_of)
        if citation.n in cited and dated in answer.text and citation.as_of[:4] not in body:
            raise Rejected("leaves out a date")


def _require_rule_of_numbers(body: str, case: _Case) -> None:
    """Hold the words against the rule that holds for all answers, without the asker's numbers."""
    cited = {int(n) for n in MARK.findall(body)}
    citations = tuple(c for c in case.answer.citations if c.n in cited)
    names = {0: "; ".join(case.names)}
    if check(Answer(text=body, citations=citations), {**case.passages, **names}):
        raise Rejected("the rule of numbers")


def _rebuilt(better: Sequence[str], answer: Answer) -> Answer:
    """Put the words between what the template says without citation before and after its facts."""
    before, _, after = framed(answer.text)
    text = " ".join([*before, *better, *after])
    text, _, citations, numbered = renumber(text, None, Notes(citations=list(answer.citations)))
    evidence = [replace(p, n=numbered[p.n]) for p in answer.evidence if p.n in numbered]
    names = [p for p in answer.evidence if p.n == 0]
    return replace(answer, text=text, citations=citations, evidence=(*names, *evidence))
