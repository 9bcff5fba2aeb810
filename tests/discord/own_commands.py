"""Commands of our own, one per thing that an adapter has to do; what they did is in `seen`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.errors import NotFound
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
    Reply,
    Request,
    Role,
    Select,
    Style,
    Value,
    asker,
    everyone,
)

SOURCE = Citation(1, "Model card", "https://example.org/card", "Example", "2026-05")
seen: list[Request] = []
files: list[Path] = []


def noted(reply: Reply) -> Any:
    async def handle(_services: Any, request: Request) -> Reply:
        seen.append(request)
        return reply

    return handle


async def echo(_services: Any, request: Request) -> Reply:
    seen.append(request)
    return Reply(text=f"You said {request.text('words')} [1].", citations=(SOURCE,))


async def ask(_services: Any, request: Request) -> Reply:
    seen.append(request)
    again = Button(label="Related", command="ask", values={"question": "And the price?"})
    return Reply(
        text=f"About {request.text('question')} [1]", citations=(SOURCE,), buttons=(again,)
    )


async def refuse(_services: Any, _request: Request) -> Reply:
    raise NotFound("not_there")


async def crash(_services: Any, _request: Request) -> Reply:
    raise RuntimeError("a member's words")


async def add(_services: Any, request: Request) -> Reply:
    seen.append(request)
    buttons = (
        Button(label="👍 Vote", command="idea vote", values={"number": "7", "vote": "1"}),
        Button(label="Edit", command="idea add", values={"title": "Old"}, opens_form=True),
    )
    return Reply(
        title="Kept as #7", text=request.text("title"), buttons=buttons, style=Style.SUCCESS
    )


async def vote(_services: Any, request: Request) -> Reply:
    seen.append(request)
    return Reply(title="Idea 7", text=f"votes: {request.text('vote')}", replace=True)


async def ideas(_services: Any, _request: Request, prefix: str) -> Sequence[Choice]:
    titles = [f"Idea about {prefix or 'crashes'} {'x' * 120} {n}" for n in range(40)]
    return [Choice(str(n), title) for n, title in enumerate(titles)]


async def slow(_services: Any, _request: Request) -> Reply:
    await asyncio.sleep(0.3)
    return Reply(text="At last.")


async def export(_services: Any, request: Request) -> Reply:
    seen.append(request)
    files[0].write_bytes(b"number,title\n7,Crash\n")
    return Reply(text="Here it is.", file=File("ideas.csv", str(files[0]), "text/csv", "All ideas"))


async def step(_services: Any, request: Request) -> Reply:
    """Hand on to another form: on Discord a button goes between."""
    seen.append(request)
    field = Field(name="title", label="Title", is_required=True, in_form=True)
    form = Form(command="idea add", title="Once more", fields=(field,), values={"title": "Given"})
    return Reply(text="Look-alikes first.", form=form)


async def known(_services: Any, request: Request) -> Mapping[str, Value]:
    return {"text": request.source.text if request.source else ""}


async def long(_services: Any, _request: Request) -> Reply:
    async def progress() -> AsyncIterator[Reply]:
        for words in ("One.", "One. Two.", "One. Two. Three."):
            yield Reply(text=words)

    return Reply(progress=progress())


TITLE = Field(
    name="title", label="Title", is_required=True, min_length=4, max_length=100, in_form=True
)
TEXT = Field(
    name="text",
    label="What would you make?",
    type=FieldType.TEXT,
    is_required=True,
    max_length=3000,
    in_form=True,
)
KIND = Field(
    name="kind",
    label="Kind",
    type=FieldType.CHOICE,
    choices=(Choice("ad", "Advert"), Choice("film", "Film")),
    in_form=True,
)
NUMBER = Field(name="number", label="Idea", type=FieldType.IDEA, is_required=True, complete=ideas)
VOTE = Field(name="vote", label="Vote", choices=(Choice("1", "Up"),), type=FieldType.CHOICE)
WORDS = Field(name="words", label="Words", is_required=True, max_length=300)
CHANNEL = Field(name="channel", label="Channel", type=FieldType.CHANNEL)
PERSON = Field(name="person", label="Person", type=FieldType.MEMBER)
COUNT = Field(name="count", label="Count", type=FieldType.INTEGER, minimum=1, maximum=5)
SURE = Field(name="sure", label="Sure?", type=FieldType.FLAG)

MENU = Select(
    command="echo",
    name="words",
    placeholder="Which one?",
    choices=(Choice("veo", "Veo"), Choice("sora", "Sora")),
)
QUEUE = tuple(
    ActionItem(
        f"Idea {n}",
        tuple(
            Button(label=label, command="mod look", values={"n": f"{label}{n}"})
            for label in ("Accept", "Decline", "Show")
        ),
    )
    for n in range(1, 4)
)

ALL = (
    Command(name="echo", summary="Say it back", handle=echo, fields=(WORDS,), visibility=everyone),
    Command(
        name="ask",
        summary="Ask",
        handle=ask,
        fields=(Field(name="question", label="Question", is_required=True, max_length=1000),),
        visibility=everyone,
        inline="question",
    ),
    Command(name="slow", summary="Take a moment", handle=slow),
    Command(name="help", summary="Help", handle=noted(Reply(text="Help."))),
    Command(name="refuse", summary="Say no", handle=refuse, visibility=everyone),
    Command(name="crash", summary="Fail", handle=crash, visibility=everyone),
    Command(
        name="quiet", summary="Answer you", handle=noted(Reply(text="Only you.")), visibility=asker
    ),
    Command(name="long", summary="Take a while", handle=long, visibility=everyone, takes_long=True),
    Command(
        name="idea add",
        summary="Share a use case",
        handle=add,
        fields=(TITLE, TEXT, KIND),
        form_title="Share a use case",
        is_write=True,
    ),
    Command(name="idea vote", summary="Vote", handle=vote, fields=(NUMBER, VOTE), is_write=True),
    Command(name="idea step", summary="Two steps", handle=step),
    Command(name="export", summary="Export", handle=export, audience=Role.MODERATOR),
    Command(
        name="mod look",
        summary="Look",
        handle=noted(Reply(text="Queue", items=QUEUE)),
        audience=Role.MODERATOR,
    ),
    Command(
        name="mod decline",
        summary="Decline",
        handle=noted(Reply(text="Declined.", replace=True)),
        fields=(Field(name="reason", label="Why?", is_required=True, in_form=True),),
        form_title="Decline",
        audience=Role.MODERATOR,
        is_write=True,
    ),
    Command(
        name="set up",
        summary="Set up",
        handle=noted(Reply(text="Set.", fields=(NameValue("a", "b"),))),
        fields=(CHANNEL, PERSON, COUNT, SURE),
        audience=Role.ADMIN,
    ),
    Command(name="menu", summary="A menu", handle=noted(Reply(text="Choose.", selects=(MENU,)))),
    Command(
        name="capture",
        summary="Keep a message",
        handle=noted(Reply(text="Asked.", announce=Reply(text="May we keep this?"))),
        fields=(TITLE, TEXT),
        form_title="Save as idea",
        message_action="Save as idea",
        is_listed=False,
        is_write=True,
        prefill=known,
    ),
)
