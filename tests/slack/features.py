"""A few commands that show every way a reply can go, so that the adapter is tested by itself."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.errors import InvalidField
from bot.core.model import (
    ActionItem,
    Button,
    Choice,
    Citation,
    Command,
    Field,
    FieldType,
    File,
    Form,
    NameValue,
    Picture,
    Reply,
    Request,
    Role,
    Select,
    Style,
    Table,
    everyone,
)
from bot.core.services import Services
from prompts import plain


@dataclass
class Seen:
    """What the commands were called with."""

    requests: list[Request] = field(default_factory=list)
    gate: asyncio.Event | None = None  # handlers wait here where it is set
    prefill_gate: asyncio.Event | None = None

    async def pass_gate(self, request: Request) -> None:
        self.requests.append(request)
        if self.gate is not None:
            await self.gate.wait()

    def named(self, command: str) -> list[Request]:
        return [r for r in self.requests if r.command == command]


class Features:
    """Handlers that note what reached them."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    async def ask(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(
            text=f"About {plain(request.text('question'))}: 60 seconds [1].",
            citations=(Citation(1, "Docs", "https://example.org/a?b=1&c=2", "Example", "2026-05"),),
            buttons=(
                Button(label="Helpful", command="feedback", values={"value": 1}),
                Button(
                    label="Not helpful", command="feedback", values={"value": -1}, opens_form=True
                ),
            ),
            is_private=request.text("question") == "secret?",
        )

    async def add(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        if request.text("title") == "Again":
            form = Form(
                command="idea add",
                title="Share a use case",
                fields=FORM,
                values={**request.values, "title": "Better", "draft": "7"},
            )
            return Reply(text="Please look again.", form=form)
        if request.text("title") == "Bad link":
            raise InvalidField("title", "field_missing", label="Title")
        return Reply(
            text=f"Kept as #1: {plain(request.text('title'))}",
            buttons=(Button(label="Up", command="idea vote", values={"number": 1, "vote": 1}),),
            style=Style.SUCCESS,
        )

    async def edit(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(text="Changed.")

    async def prefill(self, _: Services, request: Request) -> dict[str, str]:
        if self.seen.prefill_gate is not None:
            await self.seen.prefill_gate.wait()
        return {"title": f"Title of {request.text('number')}"}

    async def complete(self, _: Services, __: Request, typed: str) -> Sequence[Choice]:
        found = (Choice("1", "#1 Crash"), Choice("12", "#12 Advert"))
        return [c for c in found if typed.lower() in c.label.lower()]

    async def vote(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(text=f"Voted {request.number('number')}.", replace=request.flag("replace"))

    async def search(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        more = Button(label="Next", command="idea search", values={"words": "a b", "page": 2})
        menu = Select(
            command="idea search",
            name="industry",
            placeholder="Industry",
            choices=(Choice("film", "Film"), Choice("law", "Law")),
            values={"words": "a b"},
        )
        item = ActionItem(
            "**#1** Crash reconstruction",
            (Button(label="Vote", command="idea vote", values={"number": 1, "vote": 1}),),
        )
        return Reply(
            title="Found",
            text=f"Page {request.text('page') or '1'}",
            fields=(NameValue("Words", "x"), NameValue("Long", "y" * 200, is_inline=False)),
            items=(item,),
            buttons=(more,),
            selects=(menu,),
            footer="1 of 1",
            replace=request.text("page") == "2",
        )

    async def compare(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        table = Table(
            ("Model", "Longest clip", "Sound", "Price per second"),
            (("**Veo 3**", "8 s [1]", "yes", "0.40 USD"), ("Sora 2", "25 s", "yes", "")),
        )
        source = Citation(1, "Veo", "https://example.org/veo", "Google", "2026-05-01")
        return Reply(text="Two models.", table=table, citations=(source,))

    async def export(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        path = Path(tempfile.mkdtemp()) / "ideas.csv"
        await asyncio.to_thread(path.write_text, "number,title\n1,Crash\n")
        return Reply(text="One idea.", file=File("ideas.csv", str(path), "text/csv", "Ideas"))

    async def stats(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(title="How it stands", text="12 ideas", pictures=pictures())

    async def capture(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        source = request.source
        assert source is not None
        return Reply(
            text="Asked.",
            announce=Reply(
                text=f"May I keep what {plain(source.author_name)} said?",
                buttons=(Button(label="Yes", command="consent", values={"answer": "give"}),),
            ),
        )

    async def consent(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(text="Thank you.", replace=True)

    async def slow(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)

        async def grow() -> AsyncIterator[Reply]:
            yield Reply(text="First.")
            yield Reply(text="First. Second.")
            yield Reply(text="First. Second. Third.")

        return Reply(progress=grow())

    async def settings(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(text=f"Set to {plain(request.text('value'))}")

    async def broken(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        raise ValueError(request.text("words"))

    async def help_(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(text=f"Help {plain(request.text('topic'))}".strip())

    async def mine(self, _: Services, request: Request) -> Reply:
        await self.seen.pass_gate(request)
        return Reply(title="Your ideas", text=f"None yet, {plain(request.actor.display_name)}.")


def pictures() -> tuple[Picture, ...]:
    """Make two pictures."""
    return tuple(
        Picture(
            id=n,
            name=f"chart-{n}.png",
            media_type="image/png",
            alt_text=f"Chart {n}: 12 ideas",
            content=b"\x89PNG" + bytes([n]),
        )
        for n in (1, 2)
    )


def make(seen: Seen) -> tuple[Command, ...]:
    """Make commands that note what reached them."""
    has = Features(seen)
    number = Field(name="number", label="Idea", type=FieldType.IDEA, complete=has.complete)
    words = Field(name="words", label="Words")
    return (
        Command(
            name="ask",
            summary="Ask about the market",
            handle=has.ask,
            fields=(
                Field(name="question", label="Question", is_required=True, in_form=True),
                Field(name="private", label="Only for me", type=FieldType.FLAG),
            ),
            form_title="Ask",
            visibility=everyone,
            inline="question",
        ),
        Command(
            name="idea add",
            summary="Share a text-to-video use case",
            handle=has.add,
            fields=FORM,
            form_title="Share a use case",
            is_write=True,
            inline="text",
        ),
        Command(
            name="idea edit",
            summary="Change your idea",
            handle=has.edit,
            fields=(
                Field(**{**spec(number), "is_required": True}),
                Field(name="title", label="Title", in_form=True, is_required=True, max_length=100),
            ),
            form_title="Change your idea",
            prefill=has.prefill,
            is_write=True,
        ),
        Command(
            name="idea vote",
            summary="Vote",
            handle=has.vote,
            fields=(number, Field(name="vote", label="Vote", type=FieldType.INTEGER)),
            is_write=True,
        ),
        Command(name="idea search", summary="Search", handle=has.search, fields=(words,)),
        Command(name="idea compare", summary="Compare", handle=has.compare, visibility=everyone),
        Command(name="stats", summary="Numbers", handle=has.stats),
        Command(name="charts", summary="Numbers", handle=has.stats, visibility=everyone),
        Command(name="idea mine", summary="Your ideas", handle=has.mine),
        Command(
            name="export",
            summary="Export the ideas as a file",
            handle=has.export,
            audience=Role.MODERATOR,
        ),
        Command(
            name="settings set",
            summary="Change a setting",
            handle=has.settings,
            fields=(words, Field(name="value", label="Value")),
            audience=Role.ADMIN,
        ),
        Command(name="slow", summary="Answer bit by bit", handle=has.slow, visibility=everyone),
        Command(name="broken", summary="Fail", handle=has.broken, fields=(words,), inline="words"),
        Command(
            name="help",
            summary="Help",
            handle=has.help_,
            fields=(Field(name="topic", label="Topic"),),
            inline="topic",
        ),
        Command(
            name="capture",
            summary="Save a message as an idea",
            handle=has.capture,
            message_action="Save as idea",
            is_listed=False,
            is_write=True,
        ),
        Command(
            name="consent",
            summary="Agree",
            handle=has.consent,
            is_listed=False,
            is_write=True,
            visibility=everyone,
        ),
        Command(
            name="feedback",
            summary="Say whether it helped",
            handle=has.consent,
            fields=(
                Field(name="value", label="Value", type=FieldType.INTEGER),
                Field(
                    name="reason",
                    label="What was missing?",
                    type=FieldType.TEXT,
                    in_form=True,
                    is_required=True,
                ),
            ),
            form_title="What was missing?",
            is_listed=False,
        ),
    )


def spec(field_: Field) -> dict[str, object]:
    return {name: getattr(field_, name) for name in Field.__slots__}


INDUSTRIES = tuple(Choice(f"i{n}", f"Industry {n}") for n in range(30))
FORM = (
    Field(
        name="title",
        label="Title",
        is_required=True,
        max_length=100,
        in_form=True,
        placeholder="In a few words",
    ),
    Field(
        name="text",
        label="What would you use it for?",
        type=FieldType.TEXT,
        is_required=True,
        min_length=10,
        max_length=3000,
        in_form=True,
        description="Who does what with which video?",
    ),
    Field(
        name="industry", label="Industry", type=FieldType.CHOICE, choices=INDUSTRIES, in_form=True
    ),
    Field(name="anonymous", label="Without my name", type=FieldType.FLAG, in_form=True),
    Field(name="length", label="Seconds", type=FieldType.INTEGER, maximum=600, in_form=True),
)
