"""The Markdown subset: what members type stays as typed, and nothing is cut in two."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cutting import chunks
from bot.core.markup import (
    Block,
    Bold,
    Bullets,
    Cite,
    Code,
    Italic,
    Link,
    Paragraph,
    Quote,
    Text,
    parse,
    plain_text,
)
from prompts import plain


def test_each_construct_is_read() -> None:
    blocks = parse(
        "**Veo** costs *0.40 USD* [1].\n\n- one\n- two\n\n3. c\n\n> said\n\n```\nx [1]\n```"
    )

    paragraph, bullets, numbered, quote, code = blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.inlines == (
        Bold((Text("Veo"),)),
        Text(" costs "),
        Italic((Text("0.40 USD"),)),
        Text(" "),
        Cite(1),
        Text("."),
    )
    assert bullets == Bullets(((Text("one"),), (Text("two"),)))
    assert numbered == Bullets(((Text("c"),),), is_numbered=True, start=3)
    assert quote == Quote((Text("said"),))
    assert code == Code("x [1]")


def test_only_web_and_mail_addresses_become_links() -> None:
    assert parse("[a](https://x.y/(z))") == (Paragraph((Link((Text("a"),), "https://x.y/(z)"),)),)
    assert plain_text("[a](javascript:alert(1))") == "[a](javascript:alert(1))"


def test_an_escaped_mark_does_not_cite() -> None:
    (paragraph,) = parse(r"\[1\]")

    assert isinstance(paragraph, Paragraph)
    assert not any(isinstance(i, Cite) for i in paragraph.inlines)
    assert plain_text(r"\[1\]") == "[1]"


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for block in parse(text):
        assert block is not None


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_escaped_words_come_out_as_typed(text: str) -> None:
    assert plain_text(plain(text)).split() == text.split()


def _render(blocks: "list[Block] | tuple[Block, ...]") -> str:
    """Draw like an adapter would: a citation and a link are one token each."""

    def inline(i: object) -> str:
        if isinstance(i, Cite):
            return f"<cite{i.n}>"
        if isinstance(i, Link):
            return f"<link {i.url}|{''.join(map(inline, i.children))}>"
        if isinstance(i, Bold | Italic):
            return "*" + "".join(map(inline, i.children)) + "*"
        return i.text  # type: ignore[attr-defined]

    def draw(block: Block) -> str:
        if isinstance(block, Code):
            return f"```\n{block.text}\n```"
        if isinstance(block, Bullets):
            return "\n".join("- " + "".join(map(inline, item)) for item in block.items)
        return "".join(map(inline, block.inlines))

    return "\n\n".join(map(draw, blocks))


_words = st.text(alphabet="ab é\U0001f3ac", min_size=1, max_size=120)
_pieces = st.one_of(
    _words,
    st.integers(1, 9).map(lambda n: f" fact [{n}]"),
    _words.map(lambda w: f" [{w.strip() or 'x'}](https://example.org/{len(w)}) "),
    _words.map(lambda w: f"\n\n- {w}\n- {w}\n\n"),
    _words.map(lambda w: f"\n\n```\n{w}\n{w}\n```\n\n"),
)


@given(st.lists(_pieces, max_size=30).map("".join), st.integers(200, 600))
def test_chunks_fit_and_cut_no_token(text: str, limit: int) -> None:
    blocks = parse(text)
    pieces = chunks(blocks, limit, _render)

    assert all(len(piece) <= limit for piece in pieces)
    whole = _render(blocks)
    for token in ("<cite", "<link"):
        assert sum(p.count(token) for p in pieces) == whole.count(token)
    for piece in pieces:
        assert piece.count("<") == piece.count(">")
        assert piece.count("```") % 2 == 0
    letters = [c for c in whole if c in "abé\U0001f3ac"]
    assert [c for p in pieces for c in p if c in "abé\U0001f3ac"] == letters


def test_a_word_longer_than_the_limit_is_cut() -> None:
    pieces = chunks(parse("x" * 10_000), 2000, _render)

    assert "".join(pieces) == "x" * 10_000
    assert max(map(len, pieces)) <= 2000
