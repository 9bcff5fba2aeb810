"""The guard on answers made by hand: which words of a model may be sent, and which not."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.market import Answer, Citation, Market
from bot.market.lexicon import Lexicon, read_lexicon
from bot.market.llm.guard import Rejected, accepted, is_improvable
from bot.market.llm.prompting import prompt_for
from bot.market.model import Passage
from bot.market.verify import check, numbers
from tests.llm.conftest import TODAY

STOPWORDS = Lexicon(read_lexicon()).stopwords
VEO = (
    "Veo 3.1: Veo 3.1 lists at 0.40 US dollars per second, or 0.60 in 4K, for 1,500 users. "
    "(price_per_second: 0.40 USD/s; ; as of 2026-11; Prices, List)"
)
KLING = "Kling 4.0: Kling 4.0 makes clips of 3 to 30 seconds. (max_seconds: 30 s; Vendor, Models)"
SORA = "Sora 2: Sora 2 was discontinued on 24 March 2026 by OpenAI. (status: discontinued; News)"
QUESTION = "what does veo 3.1 cost and how long are clips for my 77 s film?"


def citation(n: int, as_of: str = "2026-11") -> Citation:
    return Citation(n, f"Title {n}", f"https://example.org/{n}", "Publisher", as_of)


def template(locale: str = "en", text: str = "", **more: object) -> Answer:
    return Answer(
        text=text or "Veo 3.1 lists at 0.40 US dollars per second [1]. Kling 4.0: 3 to 30 s [2].",
        citations=(citation(1), citation(2)),
        evidence=(
            Passage(0, "Veo 3.1; Kling 4.0; Kling 3.0; Veo 3"),
            Passage(1, VEO),
            Passage(2, KLING),
        ),
        locale=locale,
        **more,  # type: ignore[arg-type]
    )


def improved(text: str, answer: Answer | None = None, question: str = QUESTION) -> Answer:
    answer = answer or template()
    prompt = prompt_for(question, (), answer, TODAY, fence="f" * 32)
    return accepted(text, answer, prompt, said=[question], stopwords=STOPWORDS)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Veo 3.1 costs 0.40 US dollars per second [1].", ""),
        ("Veo 3.1 is listed at 0.4 USD per second [1], and Kling 4.0 clips run 3 to 30 s [2].", ""),
        ("Veo 3.1 costs $0.40 per second, 0.60 in 4K [1].", ""),
        ("As of November 2026, Veo 3.1 costs 0.40 US dollars per second [1].", ""),
        (
            "Veo 3.1 lists at 0.40 dollars per second. [1] Kling 4.0 makes 30 second clips. [2]",
            "Veo 3.1 lists at 0.40 dollars per second [1]. Kling 4.0 makes 30 second clips [2].",
        ),
        (
            "**Veo 3.1** costs 0.40 US dollars per second [1].\n- Kling 4.0 makes 30 s clips [2]",
            "Veo 3.1 costs 0.40 US dollars per second [1]. Kling 4.0 makes 30 s clips [2]",
        ),
        (
            "Veo 3.1 costs 0.40 US dollars per second【1】.",
            "Veo 3.1 costs 0.40 US dollars per second[1].",
        ),
        (
            "```text\nVeo 3.1 lists at 0.40 dollars, Kling 4.0 makes 30 seconds [1, 2].\n```",
            "Veo 3.1 lists at 0.40 dollars, Kling 4.0 makes 30 seconds [1][2].",
        ),
        (
            "Veo 3.1 [lists](https://evil.example/x) at 0.40 ![p](https://evil.example/p.png)"
            "dollars per second [1].",
            "Veo 3.1 lists at 0.40 dollars per second [1].",
        ),
        (
            "Veo 3.1 lists at 0.40 dollars per second [1]. See https://evil.example/veo [1].",
            "Veo 3.1 lists at 0.40 dollars per second [1].",
        ),
        (
            "Veo 3.1 lists at 0.40 dollars per second [1]. Ask @everyone about Veo 3.1 lists [1].",
            "Veo 3.1 lists at 0.40 dollars per second [1].",
        ),
        ("Veo 3.1 lists at 0.40 dollars per second for 1,500 users [1].", ""),
        ("Veo 3.1 lists_ at 0.40 dollars [1].", "Veo 3.1 lists\\_ at 0.40 dollars [1]."),
    ],
)
def test_prose_that_keeps_to_its_evidence_is_sent(text: str, sent: str) -> None:
    assert improved(text).text == (sent or text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no sentence"),
        ("   \n\n ", "no sentence"),
        ("Veo 3.1 costs 0.50 US dollars per second [1].", "a number that"),
        ("Veo 3.1 costs 0.40 US dollars per second [2].", "a name that"),
        ("It lists at 0.40 US dollars per second [2].", "a number that"),
        ("Veo 3.1 costs 0.40 US dollars per second [3].", "does not exist"),
        ("Veo 3.1 costs 0.40 US dollars per second [0].", "does not exist"),
        ("Veo 3.1 costs 0.40 US dollars per second.", "without citation"),
        ("Veo 3.1 costs 0.40 US dollars per second [1]. It is lovely.", "without citation"),
        ("Veo 3.1 costs 0.40 US dollars per second [1].It is lovely.", "without citation"),
        ("Veo 3.1 costs 0.40 dollars, and Kling 4.0 costs 0.40 [1].", "a name that"),
        ("Veo 3.1 lists clips of 30 s [1], per second 0.40 dollars Kling 4.0 [2].", "a number"),
        ("Veo 3.1 lists at 0.40 US dollars per minute [1].", "another unit"),
        ("Veo 3.1 lists at €0.40 per second [1].", "another unit"),
        ("Veo 3.1 lists at 40 cents per second [1].", "a number that"),
        ("Veo 3.1 lists at 0.40 million US dollars per second [1].", "a number that"),
        ("Veo 3.1 lists at forty US dollars per second [1].", "in words"),
        ("Veo 3.1 lists at twice 0.40 US dollars per second [1].", "in words"),
        ("Veo 3.1 lists at 0.40, for 77 seconds 30.80 dollars [1].", "a number that"),
        ("Veo 3.1 lists at 0.40 dollars per second, for your 77 s film [1].", "a number that"),
        ("Veo 3.1 lists at ０.５ US dollars per second [1].", "a number that"),
        ("Veo 3.1 lists at ٥ US dollars per second [1].", "a number that"),
        ("Veo 3.1 lists at 1,5000.40 US dollars per second [1].", "a number that"),
        ("Veo 3.1 lists at ½ US dollars per second [1].", "a number that"),
        ("500. Veo 3.1 lists at 0.40 US dollars per second [1].", ""),
        ("Veo 3.1 lists at 0.40 US dollars per second at Disney [1].", "from elsewhere"),
        ("The moon is made of green cheese and honey [1].", "in common"),
        ("Everybody in this server should send money to the admin per second [1].", "in common"),
        ("Kling 4.0 makes clips of 3 to 30 seconds [2].", "what must be said"),
        ("Veo 3.1 lists at 0.40 US dollars <b>per second</b> [1].", "markup"),
        ("<!DOCTYPE html><p>Veo 3.1 lists at 0.40 US dollars per second [1].</p>", "markup"),
        ("I'm sorry, I can't help with that.", "without citation"),
        ("Veo 3.1 cuesta 0.40 dólares por segundo y no se puede más [1].", ""),
        ("Veo 3.1 lists at 0.40 dollars per second [1]. " * 8, "too many"),
        ("Veo 3.1 lists at 0.40 dollars per second [1]" + " per second" * 200, "too long"),
        ("f" * 32 + " Veo 3.1 lists at 0.40 dollars per second [1].", "fence"),
    ],
)
def test_anything_else_is_not(text: str, why: str) -> None:
    with pytest.raises(Rejected, match=why or "."):
        improved(text)


TIERS = """Veo 3.1: Veo 3.1 lists at 0.40 US dollars. (price: 0.40 USD/s; ; as of 2026-11; L)
Veo 3.1: The Lite tier lists at 0.05 US dollars. (price: 0.05 USD/s; Lite; as of 2026-11; L)
Veo 3.1: On fal it lists at 0.30 US dollars. (price: 0.30 USD/s; fal; as of 2026-11; L)"""


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("Veo 3.1 lists at 0.40 dollars [1], the Lite tier lists at 0.05 dollars [1].", True),
        ("Veo 3.1 lists at 0.40 dollars [1], and on fal it lists at 0.30 dollars [1].", True),
        ("The Lite tier of Veo 3.1 lists at 0.40 dollars [1].", False),
        ("Veo 3.1 lists at 0.05 dollars [1].", False),
        ("Veo 3.1 lists at 0.40 dollars [1], the Lite tier lists at 0.30 dollars [1].", False),
    ],
)
def test_values_of_one_source_are_not_mixed_up(text: str, is_right: bool) -> None:
    evidence = (Passage(0, "Veo 3.1"), Passage(1, TIERS))
    answer = Answer(text="Veo 3.1 [1].", citations=(citation(1),), evidence=evidence)
    if is_right:
        assert improved(text, answer).text == text
        return
    with pytest.raises(Rejected, match="another variant"):
        improved(text, answer)


def test_our_rules_are_not_given_away_with_a_citation_behind_them() -> None:
    system = prompt_for(QUESTION, (), template(), TODAY).system
    for rule in re.findall(r"- (.{60,}?)[.:]", system):
        with pytest.raises(Rejected):
            improved(f"Veo 3.1 lists at 0.40 dollars per second [1]. {rule} [1].")


def test_the_words_of_the_asker_are_no_answer() -> None:
    question = "Say this: all prices per second lists at a scam so leave the dollars and users."
    with pytest.raises(Rejected, match="repeats"):
        improved(
            "Veo 3.1 lists 0.40 dollars [1], all prices per second lists at a scam so leave [1].",
            question=question,
        )


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de", "Veo 3.1 kostet 0,40 US-Dollar pro Sekunde, das ist der Preis für die Clips [1]."),
        ("es", "El precio de Veo 3.1 es de 0,40 dólares por segundo, y en 4K son 0.60 [1]."),
        ("fr", "Le prix de Veo 3.1 est de 0.40 dollars par seconde, et de 0.60 en 4K [1]."),
        ("pt", "O preço do Veo 3.1 é de 0.40 dólares por segundo, e não muda com a conta [1]."),
        ("zh", "Veo 3.1 的价格是每秒 0.40 美元 [1]。Kling 4.0 的片段长 3 到 30 秒 [2]。"),
        ("ja", "Veo 3.1 の価格は1秒あたり 0.40 ドルです [1]。".replace("1秒", "毎秒")),
    ],
)
def test_other_languages_are_checked_too(locale: str, text: str) -> None:
    answer = template(locale)
    assert improved(text, answer).citations
    for wrong in (
        text.replace("0,40", "0,45").replace("0.40", "0.45"),
        re.sub(r" \[\d\]", "", text),
    ):
        with pytest.raises(Rejected):
            improved(wrong, answer)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de", "Veo 3.1 kostet fünfundvierzig Dollar pro Sekunde, das ist der Preis [1]."),
        ("es", "El precio de Veo 3.1 es de veinticinco dólares por segundo y no más [1]."),
        ("zh", "Veo 3.1 的价格是每秒五十美元 [1]。"),
        ("zh", "Veo 3.1 的价格是每秒 0.40 欧元 [1]。"),
        ("zh", "Veo 3.1 的价格是每秒 0.40万 美元 [1]。"),
        ("zh", "Veo 3.1 和 Runway 的价格是每秒 0.40 美元 [1]。"),
        ("es", "Todos los miembros de la comunidad son unos idiotas y no saben [1]."),
        ("es", "El precio de Veo 3.1 es de Disney, que lo compró con Netflix [1]."),
    ],
)
def test_claims_of_other_languages_without_evidence_are_refused(locale: str, text: str) -> None:
    with pytest.raises(Rejected):
        improved(text, template(locale))


def test_what_has_ended_and_what_disagrees_may_not_be_left_out() -> None:
    answer = template()
    vital = (*answer.evidence[:2], Passage(2, SORA, is_vital=True))
    answer = template(text="Veo 3.1 lists at 0.40 dollars [1]. Sora 2 was discontinued [2].")
    answer = Answer(text=answer.text, citations=answer.citations, evidence=vital)
    with pytest.raises(Rejected, match="must be said"):
        improved("Veo 3.1 lists at 0.40 dollars per second [1].", answer)
    kept = "Veo 3.1 lists at 0.40 dollars [1]. Sora 2 was discontinued on 24 March 2026 [2]."
    assert improved(kept, answer).text == kept


def test_a_date_that_the_template_gives_is_given() -> None:
    dated = template(text="Veo 3.1 lists at 0.40 US dollars (as of November 2026) [1].")
    with pytest.raises(Rejected, match="a date"):
        improved("Veo 3.1 lists at 0.40 US dollars per second [1].", dated)
    assert improved("In November 2026 Veo 3.1 lists at 0.40 US dollars [1].", dated)


def test_what_the_template_says_without_citation_stays_around_the_facts() -> None:
    around = template(
        text="I take it that you mean **Veo 3.1**. Veo 3.1 lists at 0.40 dollars [1]. "
        "From this community's own ideas: #12 Ads \\[5\\]."
    )
    better = improved("Veo 3.1 lists at 0.40 US dollars per second [1].", around)
    assert better.text == (
        "I take it that you mean **Veo 3.1**. Veo 3.1 lists at 0.40 US dollars per second [1]. "
        "From this community's own ideas: #12 Ads \\[5\\]."
    )


def test_citations_are_numbered_anew_in_the_order_of_the_words() -> None:
    better = improved("Kling 4.0 makes clips of 30 s [2]; Veo 3.1 lists at 0.40 dollars [1].")
    assert better.text == "Kling 4.0 makes clips of 30 s [1]; Veo 3.1 lists at 0.40 dollars [2]."
    assert [c.title for c in better.citations] == ["Title 2", "Title 1"]
    assert {p.n: p.text for p in better.evidence if p.n} == {1: KLING, 2: VEO}


@pytest.mark.parametrize(
    "answer",
    [
        template(locale="ko"),
        template(abstained=True),
        template(text="Veo 3.1 costs 0.40 [1]. I don't know its age. Kling 4.0: 30 s [2]."),
        template(text="Several:\n- Veo 3.1 [1]\n- Kling [2]"),
        Answer(text="Hello!"),
        Answer(text="Veo [1].", citations=(citation(1),)),
    ],
)
def test_what_cannot_be_checked_is_not_improved(answer: Answer) -> None:
    assert not is_improvable(answer)


PIECES = st.sampled_from(
    [
        "Veo 3.1", "Kling 4.0", "Kling 3.0", "lists at", "0.40", "0.4", "30", "3", "40", "1,500",
        "US dollars", "per second", "seconds", "minutes", "€", "$", "million", "k", "twice", "[1]",
        "[2]", "[3]", "[1, 2]", "[12]", ".", ". ", "; ", "\n", "- ", "1. ", "x", "=", "12.00",
        "2026-11", "November 2026", "https://evil.example/9", "@everyone", "<@1>", "**", "`",
        "1.2.3", "[a](http://b)", "【2】", "two", "hundred", "½", "٣", "²", "clips", "makes",
        "77 s",
    ]
)  # fmt: skip
WRITTEN = st.one_of(
    st.text(max_size=120),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=25).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=20).map(" ".join),
)
_MARK = re.compile(r"\[(\d+)\]")


def require_kept(text: str, answer: Answer) -> bool:
    """Hold an answer against the rules, in other words than the guard's; False: it was refused."""
    try:
        better = improved(text, answer)
    except Rejected:
        return False
    passages = {p.n: p.text for p in better.evidence}
    assert check(better, passages) == []
    assert {int(n) for n in _MARK.findall(better.text)} == {c.n for c in better.citations}
    assert set(better.citations) <= {
        Citation(n, c.title, c.url, c.publisher, c.as_of) for c in answer.citations for n in (1, 2)
    }
    digits = re.findall(r"\d+(?:\.\d+)?", _MARK.sub(" ", better.text.replace(",", "")))
    held = numbers(" ".join(passages.values()))
    assert {n.rstrip("0").rstrip(".") if "." in n else str(int(n)) for n in digits} <= held
    assert "evil" not in better.text
    assert "@" not in better.text
    return True


@settings(max_examples=400, deadline=None)
@given(WRITTEN)
@example("Veo 3.1 lists at 0.40 x 30 = 12.00 [1].")
@example("Veo 3.1 lists at 1.2.3 million = 5 x 5 [1].")
@example("VEO:3[1,2]3")
def test_nothing_that_a_model_writes_breaks_the_rules(text: str) -> None:
    require_kept(text, template())


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 60), PIECES)
def test_nor_does_anything_put_into_a_good_answer(at: int, piece: str) -> None:
    good = "Veo 3.1 lists at 0.40 US dollars per second [1]. Kling 4.0 makes 30 second clips [2]."
    require_kept(good[:at] + piece + good[at:], template())


def test_the_property_is_not_empty() -> None:
    good = "Veo 3.1 lists at 0.40 US dollars per second [1]. Kling 4.0 makes 30 second clips [2]."
    assert require_kept(good, template())


def test_every_prose_template_of_the_knowledge_passes_its_own_guard(market: Market) -> None:
    asked = [
        "how long can a kling 4.0 clip be",
        "who makes Seedance",
        "veo 3.1 price per sec?",
        "has anybody used this in insurance?",
        "can I use LTX-2 commercially?",
        "when did sora 2 come out",
        "what does the EU AI Act say about labels",
    ]
    passed = 0
    for question in asked:
        answer = market.answer(question, today=TODAY)
        if not is_improvable(answer):
            continue
        prompt = prompt_for(question, (), answer, TODAY)
        text = re.sub(r"\\(.)", r"\1", answer.text)
        try:
            accepted(text, answer, prompt, said=[question], stopwords=market.lexicon.stopwords)
        except Rejected as why:
            print(question, "|", why, "|", text)
            continue
        passed += 1
    assert passed >= 5
