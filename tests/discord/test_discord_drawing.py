"""Replies as messages: whatever core says, Discord takes it, and it reads well on a phone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.adapters.discord_bot.drawing import discard, draw
from bot.adapters.discord_bot.forms import modal, submitted
from bot.adapters.discord_bot.parts import Part
from bot.adapters.discord_bot.tables import table_text
from bot.core.model import (
    ActionItem,
    Actor,
    Button,
    Choice,
    Citation,
    Community,
    Field,
    FieldType,
    File,
    Form,
    NameValue,
    Reply,
    Request,
    Select,
    Style,
    Table,
)
from bot.core.services import Services
from prompts import plain
from tests.fakes import discord_checks

WORDS = st.text(max_size=60)
LONG = st.text(max_size=40).map(lambda text: (text + " [1] @everyone ") * 90)
ANY = st.one_of(WORDS, LONG)
BUTTONS = st.lists(
    st.builds(
        Button, label=WORDS, command=st.just("ask"), values=st.dictionaries(st.just("q"), ANY)
    ),
    max_size=12,
).map(tuple)
CITATIONS = st.lists(
    st.builds(Citation, st.integers(1, 4), WORDS, WORDS.map("https://e.f/".__add__), WORDS, WORDS),
    max_size=4,
).map(tuple)
MENUS = st.lists(
    st.builds(
        Select,
        command=st.just("ask"),
        name=st.just("q"),
        placeholder=WORDS,
        choices=st.lists(st.builds(Choice, WORDS, WORDS, WORDS), max_size=30).map(tuple),
    ),
    max_size=2,
).map(tuple)
ITEMS = st.lists(st.builds(ActionItem, ANY, BUTTONS.map(lambda found: found[:6])), max_size=12).map(
    tuple
)
ROWS = st.lists(st.tuples(WORDS, ANY, WORDS), max_size=6).map(tuple)
REPLIES = st.builds(
    Reply,
    text=ANY,
    title=ANY,
    fields=st.lists(st.builds(NameValue, ANY, ANY, st.booleans()), max_size=30).map(tuple),
    table=st.none() | st.builds(Table, st.just(("", "Veo", "Sora")), ROWS),
    items=ITEMS,
    citations=CITATIONS,
    footer=ANY,
    buttons=BUTTONS,
    selects=MENUS,
    style=st.sampled_from(Style),
)

# Shrinking a whole reply takes minutes; what Discord would refuse is named by the check itself.
QUICK = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def body(part: Part) -> dict[str, Any]:
    """Give what would be sent, by discord.py's own serialisation."""
    given: dict[str, Any] = part.to_send()
    view = given.pop("view", None)
    return {
        "content": given.get("content"),
        "embeds": [embed.to_dict() for embed in given.get("embeds", ())],
        "components": view.to_components() if view else [],
        "allowed_mentions": {"parse": []},
    }


@QUICK
@given(REPLIES)
async def test_discord_takes_whatever_core_says(services: Services, reply: Reply) -> None:
    for part in await draw(services, reply, "en"):
        sent = body(part)
        assert discord_checks.of_message(sent) == []
        assert discord_checks.against_description("POST", "/channels/1/messages", sent) == []


async def drawn(services: Services, reply: Reply) -> list[dict[str, Any]]:
    return [body(part) for part in await draw(services, reply, "en")]


MORE = (Button(label="x", command="ask"),)


async def test_a_longer_answer_is_one_frame(services: Services) -> None:
    sources = [Citation(n, "Card", f"https://e.f/{n}", "E", "2026") for n in range(1, 21)]
    text = "\n\n".join(f"Paragraph {n} says something about a model [{n}]." for n in range(1, 21))
    reply = Reply(text=text, citations=tuple(sources), buttons=MORE)
    (part,) = await drawn(services, reply)

    shown = "\n".join(embed["description"] for embed in part["embeds"])
    assert shown.count("](<https://e.f/20>)") == 2  # the mark, and the title of the source
    assert part["components"]


async def test_a_very_long_answer_goes_on_in_further_messages(services: Services) -> None:
    source = Citation(1, "Card", "https://e.f", "E", "2026")
    text = "\n\n".join(f"Paragraph {n} says something [1]." * 4 for n in range(100))
    parts = await drawn(services, Reply(text=text, citations=(source,), buttons=MORE))

    assert len(parts) > 2
    shown = ["".join(e["description"] for e in part["embeds"]) for part in parts]
    assert all(text.count("[[1]](<https://e.f>)") >= 1 for text in shown)
    assert [bool(p["components"]) for p in parts] == [False] * (len(parts) - 1) + [True]
    assert shown[-1].endswith("\n\\[1\\] Card · E · 2026")


async def test_two_buttons_of_one_kind_have_different_ids(services: Services) -> None:
    twins = (Button(label="a", command="ask"), Button(label="b", command="ask"))
    (part,) = await drawn(services, Reply(text="x", buttons=twins))

    ids = {item["custom_id"] for item in part["components"][0]["components"]}
    assert len(ids) == 2


async def test_hostile_button_addresses_are_disabled(services: Services) -> None:
    links = tuple(
        Button(label="x", url=url) for url in ("javascript:alert(1)", "https://ok.example/a b")
    )
    (part,) = await drawn(services, Reply(text="x", buttons=links))

    bad, good = part["components"][0]["components"]
    assert bad["disabled"]
    assert good["url"] == "https://ok.example/a%20b"


async def test_ten_results_with_one_button_each_fit_one_message(services: Services) -> None:
    items = tuple(
        ActionItem(f"**#{n}** Idea", (Button(label=f"Show #{n}", command="ask", values={"n": n}),))
        for n in range(1, 11)
    )
    more = (Button(label="Next page", command="ask", values={"page": 2}),)
    (part,) = await drawn(services, Reply(text="10 ideas", items=items, buttons=more))

    assert [len(row["components"]) for row in part["components"]] == [5, 5, 1]
    assert part["components"][1]["components"][4]["emoji"]["name"] == "\N{KEYCAP TEN}"


async def test_entries_with_many_buttons_get_rows_of_their_own(services: Services) -> None:
    items = tuple(
        ActionItem(
            f"Idea {n}",
            tuple(Button(label=w, command="ask", values={"n": f"{w}{n}"}) for w in "abcd"),
        )
        for n in range(7)
    )
    first, second = await drawn(services, Reply(title="Queue", items=items))

    assert (len(first["components"]), len(second["components"])) == (5, 2)
    assert len(first["embeds"]) == 6  # the title's, and five


async def test_a_title_is_no_markup(services: Services) -> None:
    (part,) = await drawn(services, Reply(title=plain("*x* [y](https://z)")))

    assert part["embeds"][0]["title"] == "\\*x\\* \\[y\\](<https://z>)"


def test_a_narrow_table_is_aligned() -> None:
    table = Table(("Model", "Price"), (("Veo", "0.40"), ("Kling 大", "0.1")))

    assert (
        table_text(table)
        == "```\nModel     Price\n────────  ─────\nVeo       0.40\nKling 大  0.1\n```"
    )


def test_a_table_with_citations_is_a_list_whose_marks_are_kept() -> None:
    table = Table(
        ("", "Veo", "Sora"), (("length", "8 s [1]", "12 s [2]"), ("sound", "", "yes [3]"))
    )

    assert table_text(table) == (
        "**length**\n- Veo: 8 s [1]\n- Sora: 12 s [2]\n\n**sound**\n- Sora: yes [3]"
    )


def test_a_wide_table_without_citations_has_one_line_a_row() -> None:
    table = Table(
        ("Name", "Value", "What for"), (("cards_channel", "none", "where ideas are shown"),)
    )

    assert table_text(table) == (
        "*Name · Value · What for*\n- **cards\\_channel** · none · where ideas are shown"
    )


# --- files ------------------------------------------------------------------------------------


async def test_a_file_that_is_too_large_is_zipped(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "ideas.csv"
    path.write_bytes(b"a,b\n" * 50_000)
    reply = Reply(text="x", file=File("ideas.csv", str(path)))
    (part,) = await draw(services, reply, "en", file_limit_bytes=10_000)

    (file,) = part.files
    assert file.name == "ideas.csv.zip"
    assert Path(file.path).stat().st_size < 10_000
    assert "zipped" in part.content
    discard(reply, [part])
    assert not list(tmp_path.glob("ideas*"))


async def test_a_file_that_stays_too_large_is_said_to_be(
    services: Services, tmp_path: Path
) -> None:
    path = tmp_path / "ideas.bin"
    path.write_bytes(bytes((n * 7919 + n // 251) % 256 for n in range(50_000)))
    reply = Reply(text="x", file=File("i", str(path)))
    (part,) = await draw(services, reply, "en", file_limit_bytes=1000)

    assert not part.files
    assert "larger than" in part.content
    discard(reply, [part])
    assert not list(tmp_path.glob("ideas*"))


# --- forms ------------------------------------------------------------------------------------


def a_request(services: Services) -> Request:
    return Request(
        command="ask",
        actor=Actor("discord:1:2", "Alice"),
        community=Community(1, "discord:1", "x", 1),
        now=services.clock(),
    )


FIELDS = st.builds(
    Field,
    name=st.sampled_from(["a", "b", "c"]),
    label=st.text(min_size=1, max_size=80),
    type=st.sampled_from(FieldType),
    description=st.text(max_size=200),
    is_required=st.booleans(),
    min_length=st.integers(0, 20),
    max_length=st.integers(20, 9000),
    choices=st.lists(st.builds(Choice, WORDS, WORDS), max_size=30).map(tuple),
    placeholder=st.text(max_size=300),
)


@QUICK
@given(st.lists(FIELDS, min_size=1, max_size=5, unique_by=lambda f: f.name), ANY, ANY)
async def test_discord_takes_every_form(
    services: Services, fields: list[Field], title: str, value: str
) -> None:
    values = dict.fromkeys(("a", "b", "c", "carried"), value)
    form = Form(command="ask", title=title, fields=tuple(fields), values=values)
    drawn_form = await modal(services, form, a_request(services))

    data = drawn_form.to_dict()
    assert discord_checks.of_modal(data) == []
    callback = {"type": 9, "data": data}
    path = "/interactions/1/token/callback"
    assert discord_checks.against_description("POST", path, callback) == []


async def test_choices_and_flags_are_menus_and_long_lists_are_typed(services: Services) -> None:
    few = tuple(Choice(str(n), f"Choice {n}") for n in range(25))
    fields = (
        Field(name="few", label="Few", type=FieldType.CHOICE, choices=few),
        Field(name="many", label="Many", type=FieldType.CHOICE, choices=(*few, Choice("x", "X"))),
        Field(name="flag", label="Flag", type=FieldType.FLAG),
        Field(name="where", label="Where", type=FieldType.CHANNEL),
        Field(name="who", label="Who", type=FieldType.MEMBER),
    )
    values = {"few": "3", "flag": True, "who": "discord:77"}
    form = Form(command="ask", title="x", fields=fields, values=values)
    shown = (await modal(services, form, a_request(services))).to_dict()["components"]

    kinds = [label["component"]["type"] for label in shown]
    assert kinds == [3, 4, 3, 8, 5]
    chosen = [o["value"] for o in shown[0]["component"]["options"] if o.get("default")]
    assert chosen == ["3"]
    assert shown[4]["component"]["default_values"] == [{"id": 77, "type": "user"}]


def test_what_is_sent_is_read_by_field() -> None:
    sent = {
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "a", "value": "words"}},
            {"type": 18, "component": {"type": 3, "custom_id": "b", "values": ["x"]}},
            {"type": 18, "component": {"type": 5, "custom_id": "c", "values": ["77"]}},
            {"type": 18, "component": {"type": 8, "custom_id": "d", "values": []}},
            {"type": 1, "components": [{"type": 4, "custom_id": "e", "value": "old style"}]},
        ]
    }

    assert submitted(sent) == {
        "a": "words",
        "b": "x",
        "c": "discord:77",
        "d": None,
        "e": "old style",
    }


async def test_nothing_of_views_is_kept_in_memory(services: Services) -> None:
    (part,) = await draw(
        services, Reply(text="x", buttons=(Button(label="a", command="ask"),)), "en"
    )
    view = part.to_send()["view"]

    assert isinstance(view, discord.ui.View)
    assert view.is_finished()
    assert replace(part).to_edit()["attachments"] == []
