"""The chat: a line is read, understood, run and answered, until whoever types leaves."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.adapters.console.choices import Numbered, chosen
from bot.adapters.console.files import keep_file, keep_picture
from bot.adapters.console.forms import CANCEL, Cancelled, FormPrompt, Left
from bot.adapters.console.handed_in import ConsoleFiles, with_files
from bot.adapters.console.reading import Reader
from bot.adapters.console.screen import Screen, harmless
from bot.core import commands
from bot.core.dispatch import dispatch, error_reply, find, prefilled
from bot.core.lines import parse_line, split_command
from bot.core.listen import Heard, hear, request_of
from bot.core.model import Actor, Command, Community, Form, Place, Reply, Request, Turn, Value
from bot.core.services import Services
from prompts import render

LONGEST = 4000
"""Characters of a line that are read; an idea holds 3,000."""

_LEAVE = {"/quit", "/exit", "/q", "/bye", "quit", "exit", ":q", ":quit"}
_IDEA_NUMBER = re.compile(r"#?(\d{1,12})")
_TURNS = 6


@dataclass(slots=True)
class Seat:
    """Who sits at the console, and in which community."""

    actor: Actor
    community: Community
    place: Place
    locale: str = "en"


class Chat:
    """One chat at one screen.

    Args:
        services: what commands use.
        seat: who types; its community is read again before every line.
        reader: where lines come from.
        screen: where replies go.
        news: gives what arrived by itself since the last call.
    """

    def __init__(
        self,
        services: Services,
        seat: Seat,
        *,
        reader: Reader,
        screen: Screen,
        news: Callable[[], list[Reply]] = list,
    ) -> None:
        self._services = services
        self._seat = seat
        self._reader = reader
        self._screen = screen
        self._news = news
        self._form = FormPrompt(reader, screen, seat.locale)
        self._numbered: list[Numbered] = []
        services.fetchers["console"] = ConsoleFiles()
        self._turns: list[Turn] = []

    def request(self, command: str, values: Mapping[str, Value] | None = None) -> Request:
        """Make a request of whoever types."""
        return Request(
            command=command,
            actor=self._seat.actor,
            community=self._seat.community,
            now=self._now(),
            values=values or {},
            place=self._seat.place,
            locale=self._seat.locale,
            turns=tuple(self._turns[-_TURNS:]),
        )

    def _now(self) -> datetime:
        return self._services.clock()

    async def run(self) -> None:
        """Talk until the input ends or somebody leaves."""
        while True:
            for reply in self._news():
                self._say("notice")
                self._screen.show(reply, self._seat.locale)
                self._keep(reply)
            try:
                line = await self._reader.line("")
            except KeyboardInterrupt:
                self._numbered = []  # Ctrl-C drops the line, and what was asked
                continue
            if line is None or line.strip().lower() in _LEAVE:
                break
            await self._interruptible(line)
        if self._reader.is_interactive:
            self._say("goodbye")

    async def _interruptible(self, line: str) -> None:
        """Do what a line says; Ctrl-C meanwhile stops that, not the chat."""
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(self.handle(line))
        # Added anew for each line: reading one with prompt_toolkit takes the handler away.
        is_watched = self._reader.is_interactive and _on_ctrl_c(loop, work.cancel)
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            if is_watched:
                loop.remove_signal_handler(signal.SIGINT)
        if work.cancelled():
            self._say("stopped")
        else:
            work.result()

    async def handle(self, line: str) -> None:
        """Do what one line says; every error is words on the screen."""
        try:
            await self._handle(line)
        except Left as left:
            self._say("cancelled")
            await self.handle(left.line)
        except Cancelled:
            self._say("cancelled")
        except BrokenPipeError:
            raise  # whoever read what we say has gone (`head`): there is nobody to tell
        except Exception as error:  # noqa: BLE001  a chat outlives whatever goes wrong in one line
            self._show(error_reply(self.request("chat"), error))

    async def _handle(self, line: str) -> None:
        if len(line) > LONGEST:
            self._say("too_long", length=len(line), limit=LONGEST)
        await self._catch_up()  # another process may have changed what this line is about
        text = harmless(line[:LONGEST]).strip()
        if not text or text.lower() == CANCEL:
            self._say("empty" if not text else "nothing_open")
        elif self._is_choice(text):
            await self._choose(text)
        elif text.startswith("/"):
            await self._command(text)
        elif number := _IDEA_NUMBER.fullmatch(text):
            await self._run(self.request("idea show", {"number": number[1]}))
        else:
            await self._hear(text)
        await self._catch_up()

    def _is_choice(self, text: str) -> bool:
        if not self._numbered:
            return False
        return (
            chosen(text, self._numbered) is not None or re.fullmatch(r"\d{1,3}", text) is not None
        )

    async def _choose(self, text: str) -> None:
        picked = chosen(text, self._numbered)
        if picked is None:
            self._say("no_choice", count=len(self._numbered))
            return
        self._numbered = []
        await self._run(self.request(picked.command, picked.values), opens_form=picked.opens_form)

    async def _command(self, text: str) -> None:
        line = split_command(text, commands.ALL)
        if line.command is None:
            typed = " ".join(text.removeprefix("/").split()[:2])[:40]
            self._say("unknown", typed=typed, nearest=line.nearest)
            return
        values = parse_line(line.command, line.rest, has_files=True)
        await self._run(self.request(line.command.name, values))

    async def _hear(self, text: str) -> None:
        seat = self._seat
        heard = Heard(
            actor=seat.actor,
            community=seat.community,
            place=seat.place,
            text=text,
            now=self._now(),
            is_direct=True,
            locale=seat.locale,
        )
        request = request_of(heard)
        if request is None:
            reply = await hear(self._services, heard)
            if reply is not None:
                self._show(reply)
            return
        self._turns.append(Turn("user", text))
        reply = await self._run(replace(request, turns=tuple(self._turns[-_TURNS - 1 : -1])))
        self._turns.append(Turn("assistant", reply.text))

    async def _run(self, request: Request, *, opens_form: bool = False) -> Reply:
        """Run a request; what a form asks for comes first, and what it got wrong comes again."""
        command = find(request.command)
        if command and self._wants_form(command, request, opens_form=opens_form):
            request = await self._filled(command, request)
        request = with_files(request)
        reply = await dispatch(self._services, request)
        while reply.form is not None:
            self._numbered = []
            shown = replace(reply, errors={}) if reply.errors else reply
            self._show(shown)
            reply = await self._next_step(reply.form, request, reply.errors)
        return await self._shown(reply)

    def _wants_form(self, command: Command, request: Request, *, opens_form: bool) -> bool:
        if not command.form_fields or self._seat.actor.role < command.audience:
            return False
        return opens_form or command.needs_form(request.values)

    async def _filled(self, command: Command, request: Request) -> Request:
        values = dict(request.values)
        if command.prefill is not None:
            known = await prefilled(self._services, request)
            values = {**known, **{k: v for k, v in values.items() if v not in (None, "")}}
        form = Form(
            command=command.name,
            title=command.form_title,
            fields=command.form_fields,
            values=values,
        )
        typed = await self._form.fill(form, command)
        return replace(request, values=typed, is_form=True)

    async def _next_step(self, form: Form, request: Request, errors: Mapping[str, str]) -> Reply:
        command = find(form.command)
        if command is None:
            return await dispatch(self._services, self.request(form.command))
        wrong = {name: words for name, words in errors.items() if any(
            f.name == name for f in form.fields)}  # fmt: skip
        values = await self._form.fill(form, command, errors=wrong or None)
        following = replace(request, command=form.command, values=values, is_form=True)
        return await dispatch(self._services, replace(with_files(following), now=self._now()))

    async def _shown(self, reply: Reply) -> Reply:
        if reply.progress is not None:
            async for step in reply.progress:
                reply = step  # a terminal shows the last one: it cannot edit what scrolled by
        self._show(reply)
        if reply.announce is not None:
            self._say("said_to_all")
            self._screen.show(reply.announce, self._seat.locale)
        self._keep(reply)
        return reply

    def _keep(self, reply: Reply) -> None:
        """Put what a reply carries into files, and say where they are and what pictures show."""
        settings = self._services.settings
        for picture in reply.pictures:
            self._say("picture", alt=picture.alt_text, path=str(keep_picture(picture, settings)))
        if reply.file is not None:
            self._say("saved_file", path=str(keep_file(reply.file, settings)))

    def _show(self, reply: Reply) -> None:
        self._numbered = self._screen.show(reply, self._seat.locale)

    async def _catch_up(self) -> None:
        """Read again what a command may have changed: the bank, the settings, what is cached."""
        await self._services.banks.refresh()
        row = await self._services.store.communities.get(self._seat.community.key)
        if row is not None:
            self._seat.community = Community(row.id, row.key, row.name, row.bank_id, row.settings)
            self._seat.locale = str(row.settings.get("locale") or self._seat.locale)

    def _say(self, text: str, **values: object) -> None:
        self._screen.say(render(f"console.{text}", self._seat.locale, **values))


def _on_ctrl_c(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> bool:
    """Watch for Ctrl-C; False where that cannot be (Windows, or not the main thread)."""
    try:
        loop.add_signal_handler(signal.SIGINT, stop)
    except (NotImplementedError, RuntimeError, ValueError):
        return False
    return True
