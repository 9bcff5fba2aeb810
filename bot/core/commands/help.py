"""Help, made from the same values that the platforms draw the commands from."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from bot.core import commands
from bot.core.errors import NotFound
from bot.core.model import Button, Choice, Command, Field, FieldType, NameValue, Reply, Request
from bot.core.services import Services
from prompts import has, plain, render

_NEAR = 60.0


def _known(request: Request) -> list[Command]:
    """List the commands that the actor may use, in their order."""
    return [c for c in commands.ALL if c.is_listed and c.audience <= request.actor.role]


async def show_help(_services: Services, request: Request) -> Reply:
    """Say what there is, or how one command or family works."""
    name = " ".join(request.text("command").lower().lstrip("/").split())
    if not name:
        return _overview(request)
    known = {command.name: command for command in _known(request)}
    if name in known:
        return _one(request, known[name])
    family = [c for c in known.values() if c.name.split()[0] == name]
    if family:
        return Reply(title=f"/{name}", text=_lines(request, family))
    near = process.extractOne(name, list(known), scorer=fuzz.WRatio, score_cutoff=_NEAR)
    if near is None:
        raise NotFound("unknown_command", name=name)
    return _one(request, known[near[0]])


def _overview(request: Request) -> Reply:
    locale = request.locale
    groups: dict[str, list[Command]] = {}
    for command in _known(request):
        groups.setdefault(_group(command), []).append(command)
    return Reply(
        title=render("help.title", locale),
        text=render("help.intro", locale),
        fields=tuple(
            NameValue(render(f"help.group_{group}", locale), _lines(request, members), False)  # noqa: FBT003
            for group, members in groups.items()
        ),
        footer=render("help.more", locale),
        buttons=(
            Button(label=render("button.new_idea", locale), command="idea add", opens_form=True),
        ),
    )


def _group(command: Command) -> str:
    family = command.name.split()[0]
    return _GROUPS.get(family, "more")


_GROUPS = {
    "ask": "ask",
    "idea": "ideas",
    "queue": "moderate",
    "mod": "moderate",
    "export": "moderate",
    "industry": "moderate",
    "market": "moderate",
    "settings": "admin",
    "setup": "admin",
    "link": "admin",
}


def summary(command: Command, locale: str) -> str:
    """Say what a command does, in the reader's language where there are words for it."""
    text = f"summary.{command.name.replace(' ', '_')}"
    for known in (locale, locale.partition("-")[0]):
        if has(text, known):
            return render(text, known)
    return command.summary


def _lines(request: Request, members: list[Command]) -> str:
    return "\n".join(f"- `/{c.name}` {summary(c, request.locale)}" for c in members)


def _one(request: Request, command: Command) -> Reply:
    locale = request.locale
    fields = [
        render(
            "help.field",
            locale,
            name=f.name,
            about=_about(f),
            is_required=f.is_required,
        )
        for f in command.options
    ]
    return Reply(
        title=f"/{command.name}",
        text=render(
            "help.command",
            locale,
            summary=summary(command, locale),
            fields=fields,
            examples=[f"/{example}" for example in command.examples],
            audience=command.audience.name.lower(),
            menu=command.message_action,
        ),
    )


def _about(field: Field) -> str:
    if field.choices and not field.description:
        return f"{field.label}: {', '.join(c.label for c in field.choices)}"
    return field.description or plain(field.label)


async def complete_command(_services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete a command's name."""
    typed = prefix.lower().lstrip("/")
    return [Choice(c.name, c.name) for c in _known(request) if typed in c.name][:25]


HELP = Command(
    name="help",
    summary="What Reelbank can do, and how",
    handle=show_help,
    fields=(
        Field(
            name="command",
            label="Command",
            type=FieldType.LINE,
            description="Such as idea add",
            max_length=60,
            complete=complete_command,
        ),
    ),
    inline="command",
    examples=("help", "help idea add"),
)
