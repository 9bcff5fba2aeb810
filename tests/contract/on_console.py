"""The play on the console: one chat for each person, in the same community."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapters.console import COMMUNITY_KEY
from bot.adapters.console.choices import Numbered, chosen
from bot.adapters.console.forms import Cancelled
from bot.adapters.console.screen import Screen, harmless
from bot.adapters.console.session import Chat, Seat
from bot.core.courier import Lack, Sent
from bot.core.dispatch import find
from bot.core.markup import plain_text
from bot.core.model import (
    Actor,
    Choice,
    Command,
    Community,
    Form,
    Place,
    Reply,
    SelectKind,
    SourceMessage,
    Value,
)
from bot.core.services import Services
from tests.contract.stage import (
    EVERYBODY,
    Action,
    Forge,
    Person,
    Press,
    Save,
    Shown,
    Use,
    newest,
    typed_line,
)


@dataclass
class Typist:
    """Reads what is typed into forms: the scripted answer to each field, in their order."""

    answers: list[str | None] = field(default_factory=list)
    is_interactive: bool = False

    async def line(self, prompt: str, *, default: str = "", choices: Sequence[str] = ()) -> str:
        answer = self.answers.pop(0) if self.answers else None
        return default if answer is None else answer


class Paper(Screen):
    """A screen that notes what replies said, apart from their buttons and the chat's own words."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.shown = Shown()
        self.kept: list[Numbered] = []
        self._is_reply = False

    def show(self, reply: Reply, locale: str = "en") -> list[Numbered]:
        self._is_reply = True
        numbered = super().show(reply, locale)
        self._is_reply = False
        self.kept += numbered
        self.shown.pictures += [picture.alt_text for picture in reply.pictures]
        for select in reply.selects:
            names = tuple(plain_text(c.label) for c in select.choices)
            is_own = select.kind is SelectKind.CHOICE
            self.shown.menus.append(names if is_own else (select.kind.value,))
        return numbered

    def line(self, text: str = "") -> None:
        if self._is_reply:
            self.shown.texts.append(text)

    def _choices(self, numbered: Sequence[Numbered], reply: Reply | None) -> None:
        self.shown.buttons += [harmless(plain_text(n.label)) for n in numbered if not n.select]
        links = [b for b in (reply.buttons if reply else ()) if b.url]
        self.shown.buttons += [harmless(plain_text(b.label)) for b in links]


class Wall:
    """A courier that shows everybody's messages on one screen; a console's reaches one person."""

    platform = "console"
    pickers: frozenset[SelectKind] = frozenset()

    def __init__(self) -> None:
        self.paper = Paper()
        self._count = 0

    def _show(self, reply: Reply, channel_id: str) -> Sent:
        self.paper.show(reply)
        self._count += 1
        return Sent(channel_id, str(self._count))

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        return self._show(reply, channel_id)

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        self._show(reply, sent.channel_id)

    async def delete(self, community: Community, sent: Sent) -> None:
        return

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        return self._show(reply, account_key)

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        return sent.channel_id

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        return []

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        return {}

    async def groups(self, community: Community) -> Sequence[Choice]:
        return ()


class Console:
    """Plays by typing lines and numbers."""

    platform = "console"
    community_key = COMMUNITY_KEY
    cards = "C2"

    def __init__(self, services: Services) -> None:
        self._services = services
        self._chats: dict[str, Chat] = {}
        self._typists: dict[str, Typist] = {}
        self._papers: dict[str, Paper] = {}
        self.courier = Wall()

    def begin(self) -> Callable[[], Shown]:
        self.courier.paper.shown = Shown()
        return lambda: self.courier.paper.shown

    def account(self, person: Person) -> str:
        return f"console:{person.name}"

    async def open(self) -> None:
        ensure = self._services.store.communities.ensure
        row = await ensure(self.community_key, "Console", self._services.clock())
        community = Community(row.id, row.key, row.name, row.bank_id, row.settings)
        for person in EVERYBODY:
            actor = Actor(f"console:local:{person.name}", person.name, person.role)
            place = Place(channel_id="console", thread_id=person.name, is_direct=True)
            reader, paper = Typist(), Paper()
            chat = Chat(self._services, Seat(actor, community, place), reader=reader, screen=paper)
            self._note_forms(chat, paper, reader)
            self._chats[person.name] = chat
            self._typists[person.name], self._papers[person.name] = reader, paper

    @staticmethod
    def _note_forms(chat: Chat, paper: Paper, typist: Typist) -> None:
        fill = chat._form.fill

        async def noted(
            form: Form, command: Command, *, errors: Mapping[str, str] | None = None
        ) -> dict[str, Value]:
            if errors or not typist.answers:  # nobody fills it in, in this step
                paper.shown.is_form_again = True
                raise Cancelled
            paper.shown.form = (form.title, *(f.label for f in form.fields))
            return await fill(form, command, errors=errors)

        chat._form.fill = noted  # type: ignore[method-assign]

    async def act(self, action: Action) -> Shown:
        paper = self._papers[action.who.name]
        paper.shown = Shown()
        chat = self._chats[action.who.name]
        if isinstance(action, Use):
            command = find(action.command)
            assert command is not None
            self._will_type(action.who, command, action.form)
            paper.kept = []
            await chat.handle(typed_line(command, action.options))
        elif isinstance(action, Press):
            await self._press(action, chat, paper)
        elif isinstance(action, Forge):
            request = chat.request(action.raw or action.command, action.options)
            request = replace(request, is_form=action.is_sent_form)
            self._typists[action.who.name].answers = []
            with contextlib.suppress(Cancelled):
                await chat._run(request, opens_form=action.opens_form)
        else:
            await self._save(action, chat)
        self._take_files(paper.shown)
        return paper.shown

    def _will_type(self, who: Person, command: Command, form: Mapping[str, str] | None) -> None:
        typist = self._typists[who.name]
        typist.answers = [form.get(f.name) for f in command.form_fields] if form else []

    async def _press(self, action: Press, chat: Chat, paper: Paper) -> None:
        # What is said to all stands on the saver's screen; its buttons are for the one it asks.
        everywhere = [paper, *(p for p in self._papers.values() if p is not paper)]
        one, owner = newest(
            (n, p)
            for p in everywhere
            for n in reversed(p.kept)
            if n.label.startswith(action.label) and not n.select
        )
        command = find(one.command)
        assert command is not None
        self._will_type(action.who, command, action.form)
        chat._numbered = [replace(n, number=at) for at, n in enumerate(owner.kept, 1)]
        number = owner.kept.index(one) + 1
        assert chosen(str(number), chat._numbered) is not None
        await chat.handle(str(number))

    async def _save(self, action: Save, chat: Chat) -> None:
        """Use the message action, which no terminal has, the way that other adapters do."""
        source = SourceMessage(
            text=action.text,
            author_key=f"console:local:{action.author.name}",
            author_name=action.author.name,
            permalink=f"https://example.org/{abs(hash(action.text))}",
            place=Place(channel_id="console", message_id=str(abs(hash(action.text)))),
        )
        await chat._run(replace(chat.request("capture"), source=source))

    @staticmethod
    def _take_files(shown: Shown) -> None:
        """Take the files that the chat put into the current folder, which is the play's own."""
        for path in sorted(Path.cwd().iterdir()):
            shown.files.append(path.read_bytes())
            path.unlink()

    async def close(self) -> list[str]:
        return []
