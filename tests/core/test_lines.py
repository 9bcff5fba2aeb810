"""Typed lines: the console's and Slack's way of naming a command and its options."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import commands
from bot.core.lines import parse_line, split_command
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request
from bot.core.services import Services


async def _nothing(_services: Services, _request: Request) -> Reply:
    return Reply()


SEARCH = Command(
    name="idea search",
    summary="Search",
    handle=_nothing,
    fields=(
        Field(name="text", label="Words"),
        Field(name="industry", label="Industry", type=FieldType.CHOICE),
        Field(name="page", label="Page", type=FieldType.INTEGER),
    ),
    inline="text",
)
DECLINE = Command(
    name="mod decline",
    summary="Decline",
    handle=_nothing,
    fields=(
        Field(name="number", label="Idea", type=FieldType.IDEA, is_required=True),
        Field(name="reason", label="Reason", type=FieldType.TEXT),
    ),
)
VOTE = Command(
    name="idea vote",
    summary="Vote",
    handle=_nothing,
    fields=(
        Field(name="number", label="Idea", type=FieldType.IDEA),
        Field(
            name="vote",
            label="Vote",
            type=FieldType.CHOICE,
            choices=(Choice("1", "up"), Choice("-1", "down"), Choice("0", "none")),
        ),
    ),
)
ASK = Command(
    name="ask",
    summary="Ask",
    handle=_nothing,
    fields=(
        Field(name="question", label="Question"),
        Field(name="private", label="Private", type=FieldType.FLAG),
    ),
    inline="question",
)
ALL = (SEARCH, DECLINE, VOTE, ASK)


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("/idea search crash", "idea search", "crash"),
        ("IDEA   Search  crash  test", "idea search", "crash  test"),
        ("/search crash", "idea search", "crash"),
        ("/ask how long\nis a clip?", "ask", "how long\nis a clip?"),
        ("/ask", "ask", ""),
    ],
)
def test_the_longest_name_is_found(line: str, name: str, rest: str) -> None:
    found = split_command(line, ALL)

    assert found.command is not None
    assert (found.command.name, found.rest) == (name, rest)


@pytest.mark.parametrize(
    ("line", "name"),
    [("/privacy", "privacy show"), ("settings", "settings show"), ("/industry ", "industry list")],
)
def test_a_family_alone_is_its_command_that_shows(line: str, name: str) -> None:
    found = split_command(line, commands.ALL)
    assert found.command is not None
    assert found.command.name == name
    assert split_command("/privacy please", commands.ALL).command is None


def test_a_mistyped_name_brings_the_nearest() -> None:
    assert split_command("/idea serch x", ALL).nearest[0] == "idea search"
    assert split_command("/idea", ALL).nearest == ("idea search", "idea vote")
    assert split_command("", ALL).nearest == ()


@pytest.mark.parametrize(
    ("command", "rest", "values"),
    [
        (SEARCH, "car crash", {"text": "car crash"}),
        (
            SEARCH,
            'car industry:insurance "two words" page=2',
            {"text": 'car  "two words"', "industry": "insurance", "page": "2"},
        ),
        (DECLINE, "42 too vague: see rules", {"number": "42", "reason": "too vague: see rules"}),
        (DECLINE, "#42 reason:'not ours'", {"number": "#42", "reason": "not ours"}),
        (VOTE, "7 up", {"number": "7", "vote": "up"}),
        (VOTE, "7 -1", {"number": "7", "vote": "-1"}),
        (ASK, "is it 16:9? --private", {"question": "is it 16:9?", "private": True}),
        (ASK, "what does price:high mean", {"question": "what does price:high mean"}),
        (ASK, "a\n\nb", {"question": "a\n\nb"}),
    ],
)
def test_options_and_words_are_told_apart(
    command: Command, rest: str, values: dict[str, object]
) -> None:
    assert parse_line(command, rest) == values


@given(st.text(max_size=400))
def test_any_line_is_read(text: str) -> None:
    found = split_command(text, ALL)
    for command in ALL:
        assert isinstance(parse_line(command, found.rest), dict)


@pytest.mark.parametrize(
    ("line", "number", "reason"),
    [
        ("mod decline 1 2 not for us", "1,2", "not for us"),
        ("mod decline 1, 2 5-7 too vague", "1,2,5-7", "too vague"),
        ("mod decline #3 say who watches", "#3", "say who watches"),
    ],
)
def test_several_numbers_may_stand_apart(line: str, number: str, reason: str) -> None:
    found = split_command(line, commands.ALL)
    assert found.command is not None
    values = parse_line(found.command, found.rest)
    assert (values["number"], values["reason"]) == (number, reason)


def test_a_second_number_goes_to_the_option_that_takes_one() -> None:
    found = split_command("mod merge 1 2", commands.ALL)
    assert found.command is not None
    assert parse_line(found.command, found.rest) == {"number": "1", "into": "2"}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("/mod log csv", {"export": "csv"}),
        ("/mod log decisions @moe jsonl", {"kind": "decisions", "export": "jsonl", "by": "@moe"}),
        ("/mod log 42 decisions", {"number": "42", "kind": "decisions"}),
        ("/mod block bob", {"member": "bob"}),
        ("/mod block 42 7", {"number": "42", "days": "7"}),
        ("/mod block 42 lift", {"number": "42", "lift": True}),
        ("/mod accept 3-9 sure", {"number": "3-9", "sure": True}),
        ("/mod decline 42 silent", {"number": "42", "silent": True}),
        ("/mod decline 42 off_topic", {"number": "42", "template": "off_topic"}),
        ("/export csv pending", {"format": "csv", "status": "pending"}),
        ("/export pending xlsx new", {"format": "xlsx", "status": "pending", "sort": "new"}),
        ("/export csv", {"format": "csv"}),
        ("/queue mine", {"whose": "mine"}),
        ("/queue legal pending week", {"kind": "pending", "industry": "legal", "age": "week"}),
        ("/stats insurance", {"industry": "insurance"}),
        ("/stats insurance 30d", {"industry": "insurance", "since": "30d"}),
        ("/idea top accepted", {"status": "accepted"}),
        ("/settings set language es", {"name": "language", "value": "es"}),
        ("/privacy delete keep", {"keep": True}),
    ],
)  # fmt: skip
def test_a_word_that_one_option_alone_can_have_is_that_option(
    line: str, values: dict[str, object]
) -> None:
    found = split_command(line, commands.ALL)
    assert found.command is not None
    assert parse_line(found.command, found.rest) == values


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("/mod decline 42 a silent film", "reason", "a silent film"),
        ("/mod decline 42 please be silent", "reason", "please be silent"),
        ("/idea search new accepted", "query", "new accepted"),
        ("/export new york", "query", "new york"),
        ("/idea note 3 pending", "text", "pending"),
        ("/idea add anonymous", "text", "anonymous"),
        ("/ask private", "question", "private"),
        ("/settings set review before", "value", "before"),
    ],
)
def test_words_of_ones_own_stay_together(line: str, name: str, words: str) -> None:
    found = split_command(line, commands.ALL)
    assert found.command is not None
    assert parse_line(found.command, found.rest)[name] == words
